// The second factor of signing in: enrolment, codes by message or by an authenticator, the full token.
import { createHmac } from "node:crypto";
import { fullSignIn } from "../accounts";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, User } from "../call";
import { invalid } from "../fields";

interface TwoFactor {
    state: "unverified" | "enabled";
    channel: string;
    /** Of an authenticator, in base 32. */
    secret: string;
    /** The code of the last message, until it is used. */
    code: string | null;
}

export function twoFactor(routes: Routes): void {
    const path = "/user/auth/2factor";
    routes.get(`${path}/`, state, "unverified");
    routes.post(`${path}/:channel/`, enrol, "unverified");
    routes.post(`${path}/verify/:token/`, verify, "unverified");
    routes.get(`${path}/send/:channel/`, send, "unverified");
    routes.post(`${path}/auth/:token/`, authenticate, "unverified");
    routes.delete(`${path}/:token/`, disable, "unverified");
}

function read({ twoFactor }: User): TwoFactor | null {
    return twoFactor === null ? null : JSON.parse(twoFactor);
}

function write(call: Call, factor: TwoFactor | null): void {
    call.store.update("users", call.user.id, { twoFactor: factor && JSON.stringify(factor) });
    call.did("updated", "user", call.user.id);
}

export function isEnabled(user: User): boolean {
    return read(user)?.state === "enabled";
}

function state(call: Call): Answer {
    const factor = read(call.user);
    return { state: factor?.state ?? "disabled", totp: factor?.channel === "totp" };
}

function newCode(call: Call): string {
    return String(BigInt(call.ids.profile()) % 1_000_000n).padStart(6, "0");
}

function enrol(call: Call): Answer {
    const channel = call.param("channel");
    if (!["sms", "totp", "whatsapp"].includes(channel)) throw invalid("channel", "must be sms, totp or whatsapp");
    if (isEnabled(call.user)) throw new ApiError("NOT_ACCEPTABLE", "The second factor is enabled already.");
    const secret = call.ids.secret(32).toUpperCase();
    const totp = channel === "totp";
    write(call, { state: "unverified", channel, secret, code: totp ? null : newCode(call) });
    if (!totp) return {};
    return {
        binding_uri: `otpauth://totp/Fast.io:${encodeURIComponent(call.user.email)}?secret=${secret}&issuer=Fast.io`,
    };
}

function send(call: Call): Answer {
    const channel = call.param("channel");
    if (!["sms", "call", "whatsapp"].includes(channel)) throw invalid("channel", "must be sms, call or whatsapp");
    write(call, { ...set(call), code: newCode(call) });
    return {};
}

function set(call: Call): TwoFactor {
    const factor = read(call.user);
    if (!factor) throw new ApiError("NOT_ACCEPTABLE", "There is no second factor.");
    return factor;
}

/** Refuses a wrong code; one that came by message is used up. */
export function checkCode(call: Call, code: string): TwoFactor {
    const factor = set(call);
    const step = Math.floor(call.now / 30);
    const accepted = [-1, 0, 1].map((drift) => totp(factor.secret, step + drift));
    if (code !== factor.code && !(factor.channel === "totp" && accepted.includes(code))) {
        throw new ApiError("AUTH_INVALID", "The code is wrong or used already.");
    }
    return { ...factor, code: null };
}

function verify(call: Call): Answer {
    write(call, { ...checkCode(call, call.param("token")), state: "enabled" });
    return {};
}

function authenticate(call: Call): Answer {
    write(call, checkCode(call, call.param("token")));
    return fullSignIn(call.backend, call.user);
}

/** An enrolment that was never verified needs no code. */
function disable(call: Call): Answer {
    if (set(call).state === "enabled") checkCode(call, call.param("token"));
    write(call, null);
    return {};
}

/** RFC 6238, six digits. */
function totp(secret: string, step: number): string {
    const bits = [...secret].map((letter) =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    );
    const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac("sha1", key).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 15;
    return String((mac.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, "0");
}
