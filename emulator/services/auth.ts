// Sign-in, token check, scopes and API keys.
import { type ApiKey, createApiKey, fullSignIn, limitedSignIn, passwordMatches, userByEmail } from "../accounts";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { type FieldValues, invalid, optionalText, parseDateField, parseJson, readFields } from "../fields";
import { canonicalOpaque } from "../ids";
import { findOrganization, findShare, findWorkspace } from "../parents";
import { checkCode, isEnabled } from "./two-factor";

export function auth(routes: Routes): void {
    routes.get("/user/auth/", signInWithPassword, "anyone");
    routes.get("/user/auth/check/", (call) => ({ id: call.user.id }), "unverified");
    routes.get("/auth/scopes/", scopes, "unverified");
    routes.post("/user/auth/key/", createKey, "unverified");
    routes.get("/user/auth/keys/", listKeys, "unverified");
    routes.get("/user/auth/key/:key_id/", (call) => ({ api_key: keyObject(ownKey(call)) }), "unverified");
    routes.post("/user/auth/key/:key_id/", updateKey, "unverified");
    routes.delete("/user/auth/key/:key_id/", deleteKey, "unverified");
}

function signInWithPassword(call: Call): Answer {
    const encoded = /^Basic +(\S+)$/i.exec(call.authorization ?? "")?.[1] ?? "";
    const [email = "", ...rest] = Buffer.from(encoded, "base64").toString().split(":");
    const user = userByEmail(call.backend, email);
    if (!user?.registered || !passwordMatches(call.backend, user, rest.join(":"))) {
        throw new ApiError("AUTH_INVALID", "E-mail address or password is wrong.");
    }
    return isEnabled(user) ? limitedSignIn(call.backend, user) : fullSignIn(call.backend, user);
}

function scopes(call: Call): Answer {
    const { user, authType, scopes: granted, agentName } = call.caller;
    return {
        auth_type: authType,
        scopes: granted ?? [],
        scopes_detail: (granted ?? []).map((scope) => scopeDetail(call, scope)),
        is_agent: user.accountType === "agent",
        agent_name: agentName,
        full_access: granted === null,
    };
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

const scopePattern = /^(org|workspace|share):(\d{19}|\*):(r|rw)$/;

function parseScopes(value: string, key: string): string {
    const list = parseJson(value, key);
    const valid = Array.isArray(list) && list.every((scope) => typeof scope === "string" && scopePattern.test(scope));
    if (!valid) throw invalid(key, "must be a JSON array of scopes such as org:1234567890123456789:rw");
    return JSON.stringify(list);
}

const keyFields = {
    memo: optionalText({ max: 255 }),
    scopes: { parse: parseScopes, initial: null, clearable: true },
    agent_name: optionalText({ max: 128 }),
    expires: { parse: parseDateField, initial: null, clearable: true },
};

function keyChanges(call: Call): Partial<ApiKey> {
    const { agent_name, ...fields }: Partial<FieldValues<typeof keyFields>> = readFields(keyFields, call.input);
    if (typeof fields.expires === "number" && fields.expires <= call.now) {
        throw invalid("expires", "must be in the future");
    }
    return { ...fields, ...(agent_name === undefined ? {} : { agentName: agent_name }) };
}

/** With a second factor a key needs a code, unless a key itself asks. */
function requireCode(call: Call): void {
    if (!isEnabled(call.user) || call.caller.authType === "api_key") return;
    if (call.input.token === undefined) throw new ApiError("RESTRICTED", "token: the second factor's code is needed.");
    checkCode(call, call.input.token);
}

function createKey(call: Call): Answer {
    requireCode(call);
    const key = createApiKey(call.backend, { ...keyChanges(call), userId: call.user.id });
    call.did("created", "apiKey", key.id);
    return { api_key: key.secret, id: key.id };
}

function listKeys(call: Call): Answer {
    const keys = call.store.all<ApiKey>("SELECT * FROM apiKeys WHERE userId = ? ORDER BY rowid", call.user.id);
    return { results: keys.length, api_keys: keys.length === 0 ? null : keys.map(keyObject) };
}

function updateKey(call: Call): Answer {
    const key = ownKey(call);
    const changes = keyChanges(call);
    if (Object.keys(changes).length > 0) {
        call.store.update("apiKeys", key.id, changes);
        call.did("updated", "apiKey", key.id);
    }
    return { api_key: keyObject({ ...key, ...changes }) };
}

function deleteKey(call: Call): Answer {
    requireCode(call);
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

function keyObject(key: ApiKey): Answer {
    return {
        id: key.id,
        memo: key.memo,
        api_key: `…${key.secret.slice(-4)}`,
        scopes: key.scopes === null ? null : JSON.parse(key.scopes),
        agent_name: key.agentName,
        expires: dateText(key.expires),
        created: dateText(key.created),
    };
}
