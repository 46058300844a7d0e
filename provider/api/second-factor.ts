// The six-digit codes of an authenticator app, and where a request carries one: for accounts that have a second factor.
import type { TOTP } from "otpauth";
import type { ApiRequest } from "./client";
import { ConfigurationError } from "./errors";

const stepMs = 30_000;

export class SecondFactor {
    private constructor(private readonly totp: TOTP) {}

    /** `secret` is the text in base32 that the service shows when the app is set up, or the whole `otpauth://` address. */
    static async of(secret: string): Promise<SecondFactor> {
        // Loaded where it is needed: most accounts never are asked.
        const { Secret, TOTP } = await import("otpauth");
        const text =
            /^otpauth:/i.test(secret) && URL.canParse(secret) ? new URL(secret).searchParams.get("secret") : secret;
        try {
            const bytes = Secret.fromBase32((text ?? "").replace(/[\s-]/g, ""));
            if (bytes.bytes.length === 0) throw new Error("it is empty");
            return new SecondFactor(new TOTP({ secret: bytes }));
        } catch {
            throw new ConfigurationError({
                operation: "read fastio:totpSecret",
                problem: "it is not the secret of an authenticator app",
                next: "Give the text of the letters A to Z and the digits 2 to 7 that the service shows when the app is set up.",
            });
        }
    }

    /** The code of this moment, by the service's clock. */
    code(now: number): string {
        return this.totp.generate({ timestamp: now });
    }

    /** How long until the next code, in milliseconds. */
    untilNext(now: number): number {
        return stepMs - (now % stepMs);
    }
}

/** The request with a code: in the query where it has no form. */
export function withCode<T>(request: ApiRequest<T>, token: string): ApiRequest<T> {
    if (request.multipart !== undefined) {
        const { fields, file } = request.multipart;
        return { ...request, multipart: { fields: { ...fields, token }, file } };
    }
    return request.method === "POST" && request.json === undefined
        ? { ...request, form: { ...request.form, token } }
        : { ...request, query: { ...request.query, token } };
}
