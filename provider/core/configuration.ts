/** The arguments of an explicit provider, which are the keys of a stack's configuration: what they mean, and what is wrong with them. */
import * as z from "zod";
import { parseBaseUrl } from "../api/base-url";
import { argumentFailures, type CheckFailure } from "./check";
import { defaultBaseUrl } from "./config";
import type { Properties } from "./define";
import { messageOf } from "./errors";

function address(description: string) {
    const valid = z.string().superRefine((text, issues) => {
        try {
            parseBaseUrl(text);
        } catch (error) {
            issues.addIssue(messageOf(error));
        }
    });
    return valid.meta({ description });
}

/** A stack's configuration holds numbers as text. */
function amount(description: string) {
    const error = "must be a number above 0";
    const isAmount = (value: unknown) => value !== "" && Number.isFinite(Number(value)) && Number(value) > 0;
    return z.union([z.number(), z.string()], { error }).refine(isAmount, { error }).meta({ description });
}

export const configuration = z.object({
    token: z
        .string()
        .meta({
            secret: true,
            environment: ["FASTIO_TOKEN", "FASTIO_API_KEY"],
            description: "JWT or API key of the account.",
        })
        .optional(),
    email: z
        .string()
        .meta({
            environment: ["FASTIO_EMAIL"],
            description: "E-mail address of the account, where it signs in with its password.",
        })
        .optional(),
    password: z
        .string()
        .meta({
            secret: true,
            environment: ["FASTIO_PASSWORD"],
            description: "Password of the account; the sign-in is renewed before it expires.",
        })
        .optional(),
    baseUrl: address(`Address of the service, by default \`${defaultBaseUrl}\`. Plain http is for loopback only.`)
        .meta({ environment: ["FASTIO_BASE_URL"] })
        .optional(),
    formerBaseUrl: address(
        "Address under which the same service was known before: what was made there is taken for what is here.",
    ).optional(),
    requestsPerMinute: amount("A ceiling of your own, below what the service allows.").optional(),
    maxWaitSeconds: amount(
        "The longest wait for a rate limit before a failure that tells when it resets. Default 300.",
    ).optional(),
    totpSecret: z
        .string()
        .meta({
            secret: true,
            environment: ["FASTIO_TOTP_SECRET"],
            description:
                "The secret of the account's authenticator app, as the service shows it when the app is set up. The provider answers with a six-digit code " +
                "where the service wants one: at a sign-in, and of an API key before it closes, archives or brands a workspace.",
        })
        .optional(),
    logRequests: z
        .union([z.boolean(), z.enum(["true", "false", "1", "0", "yes", "no"])], { error: "must be true or false" })
        .meta({
            environment: ["FASTIO_LOG_REQUESTS"],
            description:
                "Whether every request is a line of the log: method, path, status, time and request id, never a body.",
        })
        .optional(),
});

/** What is wrong with settings by themselves. Unknown ones are wrong only once they are known. */
export function configurationFailures(settings: Properties): CheckFailure[] {
    const failures = argumentFailures({ kind: "the provider", inputs: configuration, outputs: z.object({}) }, settings);
    const isHalf = (settings.email === undefined) !== (settings.password === undefined);
    const [given, missing] = settings.email === undefined ? ["password", "email"] : ["email", "password"];
    const half = { property: missing, reason: `is required beside ${given}: one without the other is no credential` };
    return isHalf && settings.token === undefined ? [...failures, half] : failures;
}
