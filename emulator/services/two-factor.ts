// The second factor of signing in: enrolment, codes by message or by an authenticator, the full token.
import { TOTP } from "otpauth";
import { requireAccountSettings } from "../access";
import { fullSignIn } from "../accounts";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, User } from "../call";
import { invalid } from "../fields";
import type { Ids } from "../ids";
import { refused } from "../late-refusals";

interface TwoFactor {
    state: "unverified" | "enabled";
    channel: string;
    /** Of an authenticator, in base 32. */
    secret: string;
    /** The code of the last message, until it is used. */
    code: string | null;
    /** Of somebody who has a passkey and nothing else: codes that each serve once in its place. */
    backupCodes?: string[];
}

export function twoFactor(routes: Routes): void {
    const path = "/user/auth/2factor";
    routes.get(`${path}/`, state, "unverified");
    routes.late.post(`${path}/stepup/`, stepUp, "unverified");
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
    store(call, factor);
    call.did("updated", "user", call.user.id);
}

function store(call: Call, factor: TwoFactor | null): void {
    call.store.update("users", call.user.id, { twoFactor: factor && JSON.stringify(factor) });
}

/** A factor that is enabled from the start: an authenticator's secret, or a passkey's backup codes. */
export function ready(ids: Ids, channel: "totp" | "passkey"): TwoFactor {
    const secret = ids.secret(32).toUpperCase();
    const backupCodes = channel === "passkey" ? [ids.secret(10), ids.secret(10)] : undefined;
    return { state: "enabled", channel, secret, code: null, ...(backupCodes && { backupCodes }) };
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
    requireAccountSettings(call);
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
    if (!isRight(call, factor, code)) throw new ApiError("AUTH_INVALID", "The code is wrong or used already.");
    return { ...factor, code: null };
}

function isRight({ now }: Call, factor: TwoFactor, code: string): boolean {
    if (code === factor.code) return true;
    const authenticator = new TOTP({ secret: factor.secret });
    return (
        factor.channel === "totp" && authenticator.validate({ token: code, timestamp: now * 1000, window: 1 }) !== null
    );
}

/**
 * Late accounts 6: what is protected wants a code in the same call, of keys always and of somebody who signed in where
 * `anybody` is asked. A key of somebody with a passkey alone steps up before.
 */
export function requireProof(call: Call, asked: "keys" | "anybody"): void {
    const factor = read(call.user);
    const { keyId } = call.caller;
    if (call.dialect.era === "early" || factor?.state !== "enabled" || (keyId === null && asked === "keys")) return;
    if (factor.channel === "passkey") {
        if (keyId === null || hasSteppedUp(call, keyId)) return;
        throw refused("stepup_required", "Step up first, with the account's passkey or a backup code.");
    }
    const { token } = call.input;
    if (token === undefined) throw refused("stepup_required", "token: the six digits of the second factor are needed.");
    if (!isRight(call, factor, token)) throw refused("stepup_required", "token: the code is wrong or used already.");
    if (factor.code !== null) store(call, { ...factor, code: null });
}

const stepUpSeconds = 300;

function hasSteppedUp({ store, now }: Call, keyId: string): boolean {
    return store.get("SELECT 1 FROM apiKeys WHERE id = ? AND steppedUp > ?", keyId, now) !== undefined;
}

/** Exactly one of an assertion of the passkey, which the emulator takes as it comes, and a backup code. */
function stepUp(call: Call): Answer {
    const factor = read(call.user);
    const { keyId } = call.caller;
    const { credential, code } = call.input;
    if (keyId === null || factor?.channel !== "passkey") {
        throw new ApiError("NOT_ACCEPTABLE", "Only the keys of an account with a passkey and nothing else step up.");
    }
    if ((credential === undefined) === (code === undefined)) throw invalid("code", "is given, or credential, not both");
    if (code !== undefined) {
        const { backupCodes = [] } = factor;
        if (!backupCodes.includes(code)) throw new ApiError("AUTH_INVALID", "The code is wrong or used already.");
        store(call, { ...factor, backupCodes: backupCodes.filter((one) => one !== code) });
    }
    call.store.update("apiKeys", keyId, { steppedUp: call.now + stepUpSeconds });
    call.did("updated", "apiKey", keyId);
    return { expires_in: stepUpSeconds };
}

function verify(call: Call): Answer {
    write(call, { ...checkCode(call, call.param("token")), state: "enabled" });
    if (!call.caller.enrolling) return {};
    const { auth_token, expires_in } = fullSignIn(call.backend, call.user);
    return { auth_token, expires_in };
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
