// What the overview lists of OAuth: server metadata and client registration, in the forms of their RFCs.
import { ApiError } from "../api-error";
import { type Call, Content, type Routes } from "../call";
import { type Input, invalid, parseJson, required } from "../fields";

export function oauth(routes: Routes): void {
    routes.get("/.well-known/oauth-authorization-server/", authorizationServer, "anyone");
    routes.get("/.well-known/oauth-protected-resource/", protectedResource, "anyone");
    routes.post("/oauth/register/", registerClient, "anyone");
    routes.put("/oauth/register/", updateClient, "anyone");
    // Nobody signs in to the emulator with a browser, so there is never a session.
    routes.get("/oauth/sessions/", () => ({ sessions: [] }));
}

function document(body: object, status = 200): Content {
    return new Content(JSON.stringify(body), {}, status);
}

const scopes = ["user", "org", "workspace", "all_orgs", "all_workspaces", "all_shares"];

/** RFC 8414. */
function authorizationServer({ origin }: Call): Content {
    const at = (name: string) => `${origin}/current/oauth/${name}/`;
    return document({
        issuer: origin,
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        revocation_endpoint: at("revoke"),
        registration_endpoint: at("register"),
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        client_id_metadata_document_supported: true,
        scopes_supported: scopes,
    });
}

/** RFC 9728. */
function protectedResource({ origin }: Call): Content {
    return document({
        resource: `${origin}/current/`,
        authorization_servers: [origin],
        bearer_methods_supported: ["header"],
        scopes_supported: scopes,
    });
}

interface Metadata {
    client_name: string | null;
    redirect_uris: string[];
}

/** Custom schemes and plain http to this machine are what desktop programs use; anything else must be https. */
function readMetadata(input: Input): Metadata {
    const uris = parseJson(required(input, "redirect_uris"), "redirect_uris");
    const valid =
        Array.isArray(uris) &&
        uris.length > 0 &&
        uris.every((uri) => typeof uri === "string" && URL.canParse(uri) && (!uri.startsWith("http:") || isLocal(uri)));
    if (!valid) throw invalid("redirect_uris", "must be a JSON array of addresses, https or of this machine");
    return { client_name: input.client_name ?? null, redirect_uris: uris };
}

function isLocal(uri: string): boolean {
    return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(uri).hostname);
}

/** RFC 7591: a public client, which has no secret. */
function registerClient(call: Call): Content {
    const metadata = readMetadata(call.input);
    const id = call.ids.secret(32);
    call.store.insert("oauthClients", { id, metadata: JSON.stringify(metadata), created: call.now });
    return document(clientObject(id, metadata, call.now), 201);
}

function updateClient(call: Call): Content {
    const id = required(call.input, "client_id");
    const sql = "SELECT metadata, created FROM oauthClients WHERE id = ?";
    const row = call.store.get<{ metadata: string; created: number }>(sql, id);
    if (!row) throw new ApiError("RESOURCE_NOT_FOUND", "There is no such client.");
    const present: Metadata = JSON.parse(row.metadata);
    const metadata = readMetadata(call.input);
    if (![...present.redirect_uris, ...metadata.redirect_uris].every(isLocal)) {
        throw new ApiError("RESTRICTED", "Only clients on this machine can be changed.");
    }
    call.store.update("oauthClients", id, { metadata: JSON.stringify(metadata) });
    return document(clientObject(id, metadata, row.created));
}

function clientObject(client_id: string, metadata: Metadata, created: number): object {
    return {
        client_id,
        client_id_issued_at: created,
        ...metadata,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
    };
}
