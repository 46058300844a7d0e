// Sign-in, token check, scopes and API keys.
import { requireAccountSettings, requireAccountWrite, shareLine, workspaceLine } from "../access";
import {
    type ApiKey,
    createApiKey,
    enrolmentSignIn,
    fullSignIn,
    limitedSignIn,
    passwordMatches,
    userByEmail,
} from "../accounts";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, User } from "../call";
import { dateText } from "../clock";
import { clears, type FieldValues, invalid, optionalText, parseDateField, readFields } from "../fields";
import { canonicalOpaque } from "../ids";
import { numberedRefusal, refused } from "../late-refusals";
import { findOrganization, findShare, findWorkspace } from "../parents";
import { demandsFactor, requireNoSso, requireServed } from "../policies";
import { allows, allScopes, defaultScopes, type Grant, grantOf, type Line, mayIssue, parseScopes } from "../scopes";
import { checkCode, isEnabled, requireProof } from "./two-factor";

export function auth(routes: Routes): void {
    routes.get("/user/auth/", signInWithPassword, "anyone");
    routes.get("/user/auth/check/", (call) => ({ id: call.user.id }), "unverified");
    routes.late.post("/user/auth/sign-out/", signOut, "unverified");
    routes.late.post("/user/auth/invalidate-all/", invalidateAll, "unverified");
    routes.get("/auth/scopes/", scopes, "unverified");
    routes.post("/user/auth/key/", createKey, "unverified");
    routes.get("/user/auth/keys/", listKeys, "unverified");
    routes.get("/user/auth/key/:key_id/", readKey, "unverified");
    routes.post("/user/auth/key/:key_id/", updateKey, "unverified");
    routes.delete("/user/auth/key/:key_id/", deleteKey, "unverified");
}

const agentName = optionalText({ max: 128 });
const mostFailures = 5;
const lockSeconds = 1800;

function signInWithPassword(call: Call): Answer | ApiError {
    requireServed(call, "basicSignIn");
    const { backend } = call;
    const isLate = call.dialect.era === "late";
    const encoded = /^Basic +(\S+)$/i.exec(call.authorization ?? "")?.[1] ?? "";
    const [email = "", ...rest] = Buffer.from(encoded, "base64").toString().split(":");
    const user = userByEmail(backend, email);
    if (isLate && user?.registered && isLocked(user, call.now)) throw locked(user, call.now);
    if (!user?.registered || !passwordMatches(backend, user, rest.join(":"))) {
        const problem = "E-mail address or password is wrong.";
        if (!isLate) throw new ApiError("AUTH_INVALID", problem);
        if (!user?.registered) throw numberedRefusal({ status: 401, code: 10008 }, problem);
        return countedFailure(call, user, problem);
    }
    if (!isLate) return isEnabled(user) ? limitedSignIn(backend, user) : fullSignIn(backend, user);
    requireNoSso(backend, user);
    if (user.failures > 0) call.store.update("users", user.id, { failures: 0, lockedUntil: null });
    if (isEnabled(user)) return limitedSignIn(backend, user);
    if (demandsFactor(backend, user)) return enrolmentSignIn(backend, user);
    const { agent_name: agent } = readFields({ agent_name: agentName }, call.query);
    return fullSignIn(backend, user, agent ?? undefined);
}

function isLocked({ lockedUntil }: User, now: number): boolean {
    return lockedUntil !== null && lockedUntil > now;
}

function locked({ lockedUntil }: User, now: number): ApiError {
    const told = { status: 429, code: 10760, withoutBudget: true };
    const params = { retry_after_seconds: (lockedUntil ?? now) - now };
    return numberedRefusal(told, "The account is locked: too many wrong passwords.", params);
}

/** Late accounts 2.4: the fifth wrong password locks the account for half an hour. The refusal keeps the count. */
function countedFailure(call: Call, user: User, problem: string): ApiError {
    const failures = user.failures + 1;
    const isLast = failures >= mostFailures;
    const lockedUntil = isLast ? call.now + lockSeconds : null;
    call.store.update("users", user.id, { failures: isLast ? 0 : failures, lockedUntil });
    const params = { attempts_remaining: mostFailures - failures, attempts_max: mostFailures };
    return numberedRefusal({ status: 401, code: 10008 }, problem, params);
}

/** Of tokens only those that can be revoked end, and the emulator makes none: keys stay. */
function signOut(call: Call): Answer {
    requireAccountWrite(call);
    return {};
}

function invalidateAll(call: Call): Answer {
    requireAccountSettings(call);
    return {};
}

function scopes(call: Call): Answer {
    const { user, authType, scopes: granted, agentName, legacy, expires } = call.caller;
    if (call.dialect.era === "late") {
        const held = granted ?? allScopes;
        const isKey = authType === "api_key";
        return {
            auth_type: isKey && !legacy ? "api_key_scoped" : authType,
            scopes: legacy ? [] : held,
            scopes_detail: legacy ? [] : held.map((scope) => lateDetail(call, scope)),
            is_agent: user.accountType === "agent",
            agent_name: agentName,
            full_access: allows(
                held.map(grantOf).filter(({ entity }) => entity === "user"),
                "rw",
            ),
            admin: allows(held.map(grantOf), "rwa"),
            legacy,
            // Late accounts 2.1: without the zone that every other date has.
            expires: dateText(expires)?.replace(" UTC", "") ?? null,
        };
    }
    return {
        auth_type: authType,
        scopes: granted ?? [],
        scopes_detail: (granted ?? []).map((scope) => scopeDetail(call, scope)),
        is_agent: user.accountType === "agent",
        agent_name: agentName,
        full_access: granted === null,
    };
}

/** What does not apply is left out. */
function lateDetail(call: Call, scope: string): Answer {
    const { entity, id, mode } = grantOf(scope);
    const { name } = id === "*" ? { name: null } : scopeDetail(call, scope);
    return { entity_type: entity, entity_id: id, access_mode: mode, ...(name !== null && { name }) };
}

function scopeDetail(call: Call, scope: string): Answer {
    const [entity = "", id = "", mode = ""] = scope.split(":");
    const detail = { scope, entity, id, mode };
    if (id === "*") return { ...detail, name: null };
    try {
        if (entity === "org") {
            const { fields, domain } = findOrganization(call.backend, id);
            return { ...detail, name: fields.name, domain };
        }
        if (entity === "workspace") {
            const { fields, folderName, organizationId } = findWorkspace(call.backend, id);
            return { ...detail, name: fields.name, folder_name: folderName, parents: { org: organizationId } };
        }
        const { fields, customName, workspaceId } = findShare(call.backend, id);
        return { ...detail, name: fields.title, custom_name: customName, parents: { workspace: workspaceId } };
    } catch (error) {
        // What a scope names may be closed by now; the scope itself is still told.
        if (error instanceof ApiError) return { ...detail, name: null };
        throw error;
    }
}

const keyFields = {
    memo: optionalText({ max: 255 }),
    agent_name: agentName,
    expires: { parse: parseDateField, initial: null, clearable: true },
};

function keyChanges(call: Call): Partial<ApiKey> {
    const { agent_name, ...fields }: Partial<FieldValues<typeof keyFields>> = readFields(keyFields, call.input);
    if (typeof fields.expires === "number" && fields.expires <= call.now) {
        throw invalid("expires", "must be in the future");
    }
    const { scopes } = call.input;
    return {
        ...fields,
        ...(agent_name === undefined ? {} : { agentName: agent_name }),
        ...(scopes === undefined ? {} : { scopes: readScopes(call, scopes) }),
    };
}

/** Until late 2026 no scopes are all rights; since then they have to be said. */
function readScopes(call: Call, value: string): string | null {
    const { era } = call.dialect;
    if (era === "early" && clears(value)) return null;
    const scopes = parseScopes(value, "scopes", era);
    if (era === "late") requireWithinOwn(call, JSON.parse(scopes));
    return scopes;
}

/** A credential passes on what it holds and nothing more; somebody who signed in holds everything. */
function requireWithinOwn(call: Call, wanted: readonly string[]): void {
    const { scopes: held, keyId } = call.caller;
    if (held === null || wanted.every((scope) => mayIssue(held, scope, (grant) => lineOf(call, grant)))) return;
    throw refused("scope_exceeds_issuer", "A credential cannot pass on more than it holds.", { credential_id: keyId });
}

/** Where the thing that a scope names lies, as far as it is there. */
function lineOf({ backend }: Call, { entity, id }: Grant): Line {
    try {
        if (entity === "workspace") return workspaceLine(findWorkspace(backend, id));
        if (entity !== "share") return [[entity, id]];
        const share = findShare(backend, id);
        return shareLine(share, findWorkspace(backend, share.workspaceId));
    } catch (error) {
        if (error instanceof ApiError) return [[entity, id]];
        throw error;
    }
}

/** With a second factor a key needs a code, unless a key itself asks. */
function requireCode(call: Call): void {
    requireProof(call, "anybody");
    if (call.dialect.era === "late") return;
    if (!isEnabled(call.user) || call.caller.authType === "api_key") return;
    if (call.input.token === undefined) throw new ApiError("RESTRICTED", "token: the second factor's code is needed.");
    checkCode(call, call.input.token);
}

function createKey(call: Call): Answer {
    requireCode(call);
    const isLate = call.dialect.era === "late";
    if (isLate) {
        requireAccountWrite(call);
        if (call.input.scopes === undefined) requireWithinOwn(call, defaultScopes);
        requireNoSso(call.backend, call.user);
    }
    const unsaid = isLate ? JSON.stringify(defaultScopes) : null;
    const key = createApiKey(call.backend, { scopes: unsaid, ...keyChanges(call), userId: call.user.id });
    call.did("created", "apiKey", key.id);
    return isLate ? { ...lateKey(key), api_key: key.secret } : { api_key: key.secret, id: key.id };
}

function listKeys(call: Call): Answer {
    requireProof(call, "keys");
    const keys = call.store.all<ApiKey>("SELECT * FROM apiKeys WHERE userId = ? ORDER BY rowid", call.user.id);
    return { results: keys.length, api_keys: keys.length === 0 ? null : keys.map((key) => keyObject(call, key)) };
}

function readKey(call: Call): Answer {
    requireProof(call, "keys");
    return { api_key: keyObject(call, ownKey(call)) };
}

function updateKey(call: Call): Answer {
    requireProof(call, "keys");
    requireAccountWrite(call);
    const key = ownKey(call);
    const changes = keyChanges(call);
    if (call.dialect.era === "late" && changes.scopes !== undefined) compareAndSwap(call, key.id);
    if (Object.keys(changes).length > 0) {
        call.store.update("apiKeys", key.id, changes);
        call.did("updated", "apiKey", key.id);
    }
    return { api_key: keyObject(call, { ...key, ...changes }) };
}

/** Late accounts 4: refused when the scopes have changed since this request came. */
function compareAndSwap({ backend: { arrivals }, arrival }: Call, keyId: string): void {
    if ((arrivals.written.get(keyId) ?? 0) >= arrival) {
        throw numberedRefusal(
            { status: 409, code: 181_408 },
            "The key's scopes have changed meanwhile: read them again.",
        );
    }
    arrivals.written.set(keyId, arrivals.count);
}

function deleteKey(call: Call): Answer {
    requireCode(call);
    requireAccountWrite(call);
    const key = ownKey(call);
    call.store.run("DELETE FROM apiKeys WHERE id = ?", key.id);
    call.did("deleted", "apiKey", key.id);
    return {};
}

function ownKey(call: Call): ApiKey {
    const sql = "SELECT * FROM apiKeys WHERE id = ? AND userId = ?";
    const key = call.store.get<ApiKey>(sql, canonicalOpaque(call.param("key_id")), call.user.id);
    if (!key) throw new ApiError("RESOURCE_NOT_FOUND", "There is no such API key.");
    return key;
}

function keyObject({ dialect }: Call, key: ApiKey): Answer {
    const masked = `…${key.secret.slice(-4)}`;
    if (dialect.era === "late") return { ...lateKey(key), api_key: masked };
    return {
        id: key.id,
        memo: key.memo,
        api_key: masked,
        scopes: key.scopes === null ? null : JSON.parse(key.scopes),
        agent_name: key.agentName,
        expires: dateText(key.expires),
        created: dateText(key.created),
    };
}

/** Its scopes are the text of a JSON array. */
function lateKey({ id, memo, scopes, agentName: agent_name, expires, created }: ApiKey): Answer {
    const held: string[] = scopes === null ? defaultScopes : JSON.parse(scopes);
    return {
        id,
        memo,
        scopes,
        agent_name,
        expires: dateText(expires),
        created: dateText(created),
        admin: allows(held.map(grantOf), "rwa"),
        legacy: scopes === null,
    };
}
