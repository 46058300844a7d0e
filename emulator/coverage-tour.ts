// A tour of the API: one request to every route that the emulator serves, in an order in which each can succeed.
import { lateContentTour } from "./coverage-tour-content";

/** `$name` in a path's parameters and in the fields stands for what an earlier step kept under that name. */
export interface Step {
    /** As in the contract; its parameters are filled with what was kept under their names, or by `params`. */
    route: string;
    params?: Record<string, string>;
    /** Query of a GET and DELETE, form of the others. */
    send?: Record<string, string>;
    /** Query of a request that carries a file, too. */
    query?: Record<string, string>;
    /** Name of the part of a multipart body that carries a few bytes. */
    file?: string;
    /** Name of the kept token to ask with; the agent's by default, none for "". */
    as?: string;
    /** Basic credentials in place of a token. */
    basic?: string;
    /** Paths in the answer that must be there. */
    wants?: readonly string[];
    /** Values of the answer to keep, by name. */
    keep?: Record<string, string>;
}

/** What only the control plane can do on the way: an account, or a look into the mail. */
export interface Aside {
    account?: string;
    /** The organization has signing. */
    signing?: boolean;
    /** The account has a passkey, and its first backup code is kept as `backup_code`. */
    passkey?: boolean;
    mail?: { kind: string; field: string; as: string };
}

const get = (route: string, ...wants: string[]): Step => ({ route: `GET ${route}`, wants });
const post = (route: string, send: Record<string, string>, ...wants: string[]): Step => ({
    route: `POST ${route}`,
    send,
    wants,
});
const remove = (route: string, send: Record<string, string> = {}): Step => ({ route: `DELETE ${route}`, send });

const account: readonly (Step | Aside)[] = [
    { ...get("/ping/"), as: "" },
    { ...get("/system/status/"), as: "" },
    { ...get("/.well-known/oauth-authorization-server/", "issuer", "code_challenge_methods_supported"), as: "" },
    { ...get("/.well-known/oauth-protected-resource/", "resource", "authorization_servers"), as: "" },
    {
        ...post("/oauth/register/", { redirect_uris: '["http://localhost:1/cb"]' }, "client_id"),
        keep: { client_id: "client_id" },
    },
    {
        route: "PUT /oauth/register/",
        send: { client_id: "$client_id", redirect_uris: '["http://localhost:2/cb"]' },
        wants: ["client_id"],
    },
    post("/user/email/", { email: "new@example.com" }, "available"),
    {
        ...post("/user/", {
            email_address: "new@example.com",
            password: "long enough",
            first_name: "New",
            last_name: "Person",
            tos_agree: "true",
        }),
        as: "",
    },
    {
        ...get("/user/auth/", "auth_token", "expires_in"),
        basic: "new@example.com:long enough",
        keep: { jwt: "auth_token" },
    },
    { ...get("/user/auth/check/", "id"), as: "jwt" },
    { ...post("/user/email/validate/", { email: "new@example.com" }), as: "jwt" },
    { ...post("/user/email/reset/", { email: "new@example.com" }), as: "" },
    { mail: { kind: "password", field: "passwordCode", as: "code" } },
    { ...get("/user/password/{code}/details/", "email"), as: "" },
    { ...post("/user/password/{code}/", { password1: "another one", password2: "another one" }), as: "" },
    { ...get("/user/auth/2factor/", "state", "totp"), as: "jwt" },
    { ...post("/user/auth/2factor/{channel}/", {}), params: { channel: "sms" }, as: "jwt" },
    { mail: { kind: "secondFactor", field: "code", as: "token" } },
    { ...post("/user/auth/2factor/verify/{token}/", {}), as: "jwt" },
    { ...get("/user/auth/2factor/send/{channel}/"), params: { channel: "call" }, as: "jwt" },
    { mail: { kind: "secondFactor", field: "code", as: "token" } },
    { ...post("/user/auth/2factor/auth/{token}/", {}, "auth_token", "expires_in"), as: "jwt" },
    { ...get("/user/auth/2factor/send/{channel}/"), params: { channel: "sms" }, as: "jwt" },
    { mail: { kind: "secondFactor", field: "code", as: "token" } },
    { ...remove("/user/auth/2factor/{token}/"), as: "jwt" },
    { ...post("/user/close/", { confirmation: "new@example.com" }), as: "jwt" },
    get("/auth/scopes/", "auth_type", "scopes", "scopes_detail", "is_agent", "agent_name", "full_access"),
    { ...post("/user/auth/key/", { memo: "tour" }, "api_key"), keep: { key_id: "id" } },
    get("/user/auth/keys/", "results", "api_keys"),
    get("/user/auth/key/{key_id}/", "api_key"),
    post("/user/auth/key/{key_id}/", { memo: "renamed" }, "api_key"),
    remove("/user/auth/key/{key_id}/"),
    { ...get("/user/me/details/", "id", "user.email_address"), keep: { user_id: "id" } },
    get("/user/details/", "user.account_type"),
    get("/user/{user_id}/details/", "user.id"),
    post("/user/update/", { first_name: "Guide" }, "user.first_name"),
    get("/user/me/allowed/"),
    get("/user/me/limits/orgs/"),
];

const organization: readonly (Step | Aside)[] = [
    { ...post("/org/create/", { domain: "acme", name: "Acme" }, "org.id", "org.domain"), keep: { org_id: "org.id" } },
    get("/org/{org_id}/details/", "org.plan", "org.user_permission"),
    post("/org/{org_id}/update/", { name: "Acme Inc" }, "org.name"),
    get("/org/{org_id}/public/details/", "org.name", "org.domain", "org.logo"),
    get("/orgs/list/", "orgs", "pagination.has_more"),
    get("/orgs/list/external/", "orgs", "pagination.total"),
    get("/orgs/all/", "orgs", "pagination.limit"),
    get("/orgs/available/", "orgs", "pagination.offset"),
    { ...get("/orgs/check/domain/{domain}/", "available"), params: { domain: "acme" } },
    get("/orgs/industries/", "industries"),
    get("/org/billing/plan/list/", "plans"),
    get("/org/{org_id}/billing/details/", "plan", "subscription"),
    get("/org/{org_id}/billing/usage/limits/credits/", "credits.limit", "period.start"),
    { ...get("/org/{org_id}/billing/usage/meters/list/", "meter", "points"), send: { meter: "storage_bytes" } },
    get("/org/{org_id}/billing/usage/members/list/", "billable_members", "pagination"),
    {
        ...post(
            "/org/{org_id}/create/workspace/",
            { folder_name: "client-files", name: "Client files" },
            "workspace.folder_name",
        ),
        keep: { workspace_id: "workspace.id" },
    },
    get("/org/{org_id}/list/workspaces/", "workspaces", "pagination"),
    get("/workspaces/all/", "workspaces", "pagination"),
    get("/workspaces/available/", "workspaces"),
    { ...get("/workspaces/check/name/{name}/", "available"), params: { name: "client-files" } },
    get("/workspace/{workspace_id}/details/", "workspace.org_domain", "workspace.user_status"),
    post("/workspace/{workspace_id}/update/", { name: "Files" }, "workspace.name"),
    get("/workspace/{workspace_id}/limits/"),
    post("/workspace/{workspace_id}/archive/", {}),
    post("/workspace/{workspace_id}/unarchive/", {}),
    {
        ...post(
            "/workspace/{workspace_id}/create/share/",
            {
                title: "Room",
                share_type: "send",
                access_options: "Anyone with the link",
                password: "open sesame",
            },
            "share.custom_name",
        ),
        keep: { share_id: "share.id" },
    },
    get("/workspace/{workspace_id}/list/shares/", "shares", "pagination"),
    get("/shares/all/", "shares", "pagination"),
    get("/shares/available/", "shares"),
    get("/user/me/list/shares/", "shares", "pagination"),
    { ...get("/shares/check/name/{name}/", "available"), params: { name: "some-name" } },
    get("/share/{share_id}/details/", "share.share_type", "share.storage_mode", "share.parent_org"),
    get("/share/{share_id}/public/details/", "share.title"),
    { ...post("/share/{share_id}/auth/password/", { password: "open sesame" }, "auth_token", "expires_in"), as: "" },
    post("/share/{share_id}/update/", { password: "null" }, "share.id"),
    { ...post("/share/{share_id}/auth/guest/", {}, "auth_token", "expires_in"), as: "" },
    post("/share/{share_id}/archive/", {}),
    post("/share/{share_id}/unarchive/", {}),
    get("/user/available_profiles/", "orgs", "workspaces", "shares"),
];

const assets = ["user", "org", "workspace", "share"].flatMap((family): Step[] => {
    const path = `/${family}/{${family}_id}/assets`;
    const params = { asset_name: family === "user" ? "profile_pic" : "logo" };
    return [
        get(`/${family}/assets/`, "assets.0.name"),
        { route: `POST ${path}/{asset_name}/`, params, file: "file", wants: ["response"] },
        get(`${path}/`, "assets.0.url"),
        { ...get(`${path}/{asset_name}/read/`), params },
        { route: `HEAD ${path}/{asset_name}/read/`, params },
        { route: `DELETE ${path}/{asset_name}/`, params, wants: ["response"] },
    ];
});

const members = ["org", "workspace", "share"].flatMap((family, index): (Step | Aside)[] => {
    const path = `/${family}/{${family}_id}`;
    const [ann, bob, cleo] = ["ann", "bob", "cleo"].map((name) => `${name}${index}@example.com`) as [
        string,
        string,
        string,
    ];
    const invite = (email: string) => ({ ...post(`${path}/members/{member}/`, {}), params: { member: email } });
    return [
        { account: ann },
        { ...invite(ann), wants: ["member.permissions"] },
        get(`${path}/members/list/`, "users.0.permissions", "pagination"),
        { ...get(`${path}/member/{member}/details/`, "member.id"), params: { member: ann } },
        { ...post(`${path}/member/{member}/update/`, { permissions: "admin" }), params: { member: ann } },
        { ...post(`${path}/member/{member}/transfer_ownership/`, {}), params: { member: ann } },
        {
            ...get(`${path}/member/{member}/transfer_ownership/`),
            params: { member: "agent@example.com" },
            as: ann,
        },
        { ...remove(`${path}/members/{member}/`), params: { member: ann } },
        { ...invite(ann), wants: ["member.permissions"] },
        { ...remove(`${path}/member/`), as: ann },
        { ...invite(bob), keep: { invitation: "invitation.id" } },
        get(`${path}/members/invitations/list/`, "invitations.0.id", "invitations.0.created", "pagination"),
        { ...get(`${path}/members/invitations/list/{state}/`, "invitations"), params: { state: "pending" } },
        { ...post(`${path}/members/invitation/{invitation}/`, { permissions: "admin" }) },
        { account: bob },
        { ...get("/user/invitations/list/", "invitations.0.id"), as: bob },
        { ...get("/user/invitation/{invitation}/details/", "invitation.invitation_key"), as: bob },
        { ...post("/user/invitations/acceptall/", {}), as: bob },
        { ...invite(cleo), keep: { invitation: "invitation.id" } },
        remove(`${path}/members/invitation/{invitation}/`),
        invite(cleo),
        { mail: { kind: "invitation", field: "invitationKey", as: "invitation_key" } },
        { account: cleo },
        {
            ...post(`${path}/members/join/{invitation_key}/{action}/`, {}),
            params: { action: "decline" },
            as: cleo,
        },
        invite(`dan${index}@example.com`),
        { account: `dan${index}@example.com` },
        { ...post(`${path}/members/join/`, {}, "member"), as: `dan${index}@example.com` },
        { ...get("/users/search/", "users"), send: { search: "dan" } },
        { ...remove(`${path}/members/{member}/`), params: { member: `dan${index}@example.com` } },
        { ...remove(`${path}/members/{member}/`), params: { member: bob } },
    ];
});

const uploads: readonly Step[] = [
    get("/upload/limits/", "chunk_size", "size"),
    get("/upload/limits/extensions/", "restricted_extensions"),
    get("/upload/algos/", "algos"),
    {
        route: "POST /upload/",
        send: {
            name: "big.txt",
            size: "5",
            action: "create",
            instance_id: "$workspace_id",
            profile_type: "workspace",
            folder_id: "root",
        },
        wants: ["id"],
        keep: { upload_id: "id" },
    },
    { route: "POST /upload/{upload_id}/chunk/", query: { order: "1", size: "5" }, file: "chunk" },
    { ...get("/upload/{upload_id}/chunk/", "chunks.1") },
    { ...remove("/upload/{upload_id}/chunk/", { order: "1" }) },
    { route: "POST /upload/{upload_id}/chunk/", query: { order: "1", size: "5" }, file: "chunk" },
    post("/upload/{upload_id}/complete/", {}),
    {
        ...get("/upload/{upload_id}/details/", "session.status", "session.new_file_id"),
        send: { wait: "60" },
    },
    get("/upload/details/"),
    remove("/upload/{upload_id}/"),
    remove("/upload/"),
];

const storage = ["workspace", "share"].flatMap((family): Step[] => {
    const path = `/${family}/{${family}_id}/storage`;
    const root = { node_id: "root" };
    return [
        {
            ...post(`${path}/{node_id}/createfolder/`, { name: "Folder" }, "node.id"),
            params: root,
            keep: { folder: "node.id", node_id: "node.id" },
        },
        get(`${path}/{node_id}/details/`, "node.type", "node.parent"),
        post(`${path}/{node_id}/update/`, { name: "Renamed" }, "node.name"),
        { ...get(`${path}/{node_id}/list/`, "nodes.items.0.id", "pagination.page_size"), params: root },
        {
            route: "POST /upload/",
            file: "chunk",
            send: {
                name: "a.txt",
                size: "5",
                action: "create",
                instance_id: `$${family}_id`,
                profile_type: family,
                folder_id: "root",
            },
            wants: ["id", "new_file_id"],
            keep: { node_id: "new_file_id" },
        },
        { ...get(`${path}/{node_id}/requestread/`, "token"), keep: { download: "token" } },
        { ...get(`${path}/{node_id}/read/`), send: { token: "$download" }, as: "" },
        { ...get(`${path}/{node_id}/versions/`, "versions.0.id"), keep: { version: "versions.0.id" } },
        post(`${path}/{node_id}/restore-version/`, { version_id: "$version" }, "node.version"),
        { ...post(`${path}/{node_id}/lock/`, { duration: "60" }, "lock_token"), keep: { lock: "lock_token" } },
        get(`${path}/{node_id}/lock/`, "locked"),
        remove(`${path}/{node_id}/lock/`, { lock_token: "$lock" }),
        post(`${path}/{node_id}/copy/`, { parent: "$folder" }, "node.id"),
        post(`${path}/{node_id}/move/`, { parent: "$folder" }, "node.parent"),
        { ...get(`${path}/{node_id}/zip/`), params: { node_id: "$folder" } },
        { ...get(`${path}/search/`, "files", "pagination"), send: { search: "a.t" } },
        get(`${path}/recent/`, "nodes.items.0.id", "pagination.has_more"),
        {
            ...post(
                `${path}/{node_id}/addfile/`,
                {
                    name: "same.txt",
                    from: JSON.stringify({
                        type: "hash",
                        hash: {
                            hash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                            hash_type: "sha256",
                        },
                    }),
                },
                "node.id",
            ),
            params: root,
        },
        {
            ...post(`/org/{org_id}/create/workspace/`, { folder_name: `other-${family}`, name: "Other" }),
            keep: { other: "workspace.id" },
        },
        post(`${path}/{node_id}/transfer/`, { target_workspace_id: "$other" }, "node.id"),
        {
            ...post(`${path}/{node_id}/addlink/`, { type: "share", share: "$share_id" }, "node.target_id"),
            params: root,
        },
        post("/share/{share_id}/update/", { share_link_node_id: "null" }),
        ...(family === "share"
            ? []
            : [
                  {
                      ...post(`${path}/{node_id}/quickshare/`, {}, "quickshare.id"),
                      keep: { quickshare_id: "quickshare.id" },
                  },
                  get(`${path}/{node_id}/quickshare/`, "quickshare.expires"),
                  get("/workspace/{workspace_id}/quickshares/", "quickshares.0.id"),
                  { ...get("/quickshare/{quickshare_id}/details/", "quickshare.file"), as: "" },
                  remove(`${path}/{node_id}/quickshare/`),
              ]),
        remove(`${path}/{node_id}/delete/`),
        get(`${path}/trash/list/`, "nodes.items.0.id", "pagination"),
        post(`${path}/{node_id}/restore/`, {}, "node.id"),
        remove(`${path}/{node_id}/delete/`),
        remove(`${path}/{node_id}/purge/`),
        remove(`${path}/trash/delete/`),
        {
            ...post(`${path}/{node_id}/createnote/`, { name: "plan.md", content: "# Plan" }, "node.version"),
            params: root,
            keep: { node_id: "node.id" },
        },
        post(`${path}/{node_id}/updatenote/`, { content: "# New plan" }, "node.size"),
        get(`${path}/{node_id}/readnote/`, "content", "note.name"),
    ];
});

const farewell: readonly (Step | Aside)[] = [
    {
        ...get("/events/search/", "events.0.event", "events.0.category", "pagination.has_more"),
        send: { org_id: "$org_id" },
        keep: { event_id: "events.0.event_id" },
    },
    get("/event/{event_id}/details/", "event.object_id", "event.created"),
    get("/event/{event_id}/ack/"),
    remove("/share/{share_id}/delete/", { confirm: "$share_id" }),
    remove("/workspace/{workspace_id}/delete/", { confirm: "$workspace_id" }),
    { ...post("/org/{org_id}/transfer/token/create/", {}, "token"), keep: { token_id: "id" } },
    get("/org/{org_id}/transfer/token/list/", "tokens.0.token"),
    remove("/org/{org_id}/transfer/token/{token_id}/"),
    { ...post("/org/{org_id}/transfer/token/create/", {}, "token"), keep: { transfer: "token" } },
    { account: "human@example.com" },
    { ...post("/org/transfer/claim/", { token: "$transfer" }, "org.id"), as: "human@example.com" },
    { ...post("/org/{org_id}/close/", { confirm: "acme" }), as: "human@example.com" },
];

export const tour: readonly (Step | Aside)[] = [
    ...account,
    ...organization,
    ...assets,
    ...members,
    ...uploads,
    ...storage,
    ...farewell,
];

/** The routes that came with the contract of October 2026, asked in its dialect. */
export const lateTour: readonly (Step | Aside)[] = [
    { ...post("/org/create/", { domain: "later" }, "org.id"), keep: { org_id: "org.id" } },
    post("/user/auth/sign-out/", {}),
    post("/user/auth/invalidate-all/", {}),
    { account: "passkey@example.com", passkey: true },
    { ...post("/user/auth/2factor/stepup/", { code: "$backup_code" }, "expires_in"), as: "passkey@example.com" },
    { ...post("/org/{org_id}/members/{member}/", { permissions: "member" }), params: { member: "first@example.com" } },
    { account: "first@example.com" },
    {
        ...get("/user/invitations/list/", "invitations.0.id"),
        as: "first@example.com",
        keep: { invitation: "invitations.0.id" },
    },
    { ...post("/user/invitation/{invitation}/accept/", {}), as: "first@example.com" },
    { ...post("/org/{org_id}/members/{member}/", { permissions: "member" }), params: { member: "second@example.com" } },
    { account: "second@example.com" },
    { ...get("/user/invitations/list/"), as: "second@example.com", keep: { invitation: "invitations.0.id" } },
    { ...post("/user/invitation/{invitation}/decline/", {}), as: "second@example.com" },
    { ...get("/events/search/"), send: { org_id: "$org_id" }, keep: { event_id: "events.0.event_id" } },
    post("/event/{event_id}/ack/", {}),
    get("/org/{org_id}/events/changes/", "changes", "cursor", "has_more", "profiles.version", "profiles.items"),
    get("/oauth/sessions/", "sessions"),
    { signing: true },
    ...lateContentTour,
];
