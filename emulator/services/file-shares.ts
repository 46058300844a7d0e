// File shares: one file of a workspace, open to named people, to everybody with an account, or to whoever has the link.
// Late content 7.1 and 7.2: how they are managed. What visitors see of them, 7.3, the emulator leaves out.
import { openWorkspace } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import {
    clears,
    date,
    flag,
    initialValues,
    integer,
    invalid,
    oneOf,
    optionalText,
    parseEmail,
    readFields,
    required,
} from "../fields";
import { canonicalOpaque } from "../ids";
import { findNode, openWorkspaceStorage } from "./storage";

const fileShareFields = {
    title: optionalText({ max: 255 }),
    access_option: oneOf(["anyone_with_the_link", "any_registered", "named_people"], "named_people"),
    password: optionalText({ max: 255 }),
    expires_at: date,
    comments_enabled: flag(true),
};

const capabilities = ["view", "download", "edit"] as const;

interface FileShare {
    id: string;
    workspaceId: string;
    nodeId: string;
    /** JSON of the values of the fields above. */
    fields: string;
    creator: string;
    created: number;
    updated: number;
}

interface Grant {
    fileShareId: string;
    email: string;
    capability: (typeof capabilities)[number];
    created: number;
}

export function fileShares(routes: Routes): void {
    routes.newer.post("/workspace/:workspace_id/create/fileshare/", create);
    routes.newer.get("/workspace/:workspace_id/list/fileshares/", list);
    routes.newer.post("/fileshare/:fileshare_id/update/", update);
    routes.newer.patch("/fileshare/:fileshare_id/update/", update);
    routes.newer.delete("/fileshare/:fileshare_id/delete/", remove);
    routes.newer.get("/fileshare/:fileshare_id/grants/", (call) => ({ grants: grantsOf(call, open(call)).map(shown) }));
    routes.newer.post("/fileshare/:fileshare_id/grants/", grant);
    routes.newer.delete("/fileshare/:fileshare_id/grants/", revoke);
}

function create(call: Call): Answer {
    const { workspace } = openWorkspace(call, "member");
    const node = findNode(call, openWorkspaceStorage(call, "member"), nodeOf(call));
    if (node.type !== "file") throw invalid("node", `is a ${node.type}: only files can be shared like this`);
    const fileShare: FileShare = {
        id: call.ids.opaque("g"),
        workspaceId: workspace.id,
        nodeId: node.id,
        fields: JSON.stringify({ ...initialValues(fileShareFields), ...changes(call) }),
        creator: call.user.id,
        created: call.now,
        updated: call.now,
    };
    call.store.insert("fileShares", { ...fileShare });
    call.did("created", "fileShare", fileShare.id);
    return { fileshare: object(call, fileShare) };
}

/** A node that is named and not there is a wrong field, no missing object: late content 7.3, errors. */
function nodeOf(call: Call): string {
    const node = required(call.input, "node");
    const sql = "SELECT 1 FROM nodes WHERE id = ? AND trashId IS NULL";
    if (!call.store.get(sql, canonicalOpaque(node))) throw invalid("node", "is no file of this workspace");
    return node;
}

/** What the request sets; `expires` counts seconds from now, and is another word for `expires_at`. */
function changes(call: Call): Answer {
    const { expires, ...input } = call.input;
    if (expires !== undefined && input.expires_at !== undefined) throw invalid("expires", "goes without expires_at");
    const values = readFields(fileShareFields, input);
    if (expires === undefined) return values;
    const { seconds = 0 } = readFields({ seconds: integer(1, 3_155_760_000, 1) }, { seconds: expires });
    return { ...values, expires_at: call.now + seconds };
}

function list(call: Call): Answer {
    const { workspace } = openWorkspace(call, "member");
    const sql = `SELECT fileShares.* FROM fileShares JOIN nodes ON nodes.id = nodeId
                 WHERE workspaceId = ? AND trashId IS NULL ORDER BY fileShares.rowid`;
    return call.page("fileshares", call.store.all<FileShare>(sql, workspace.id), (row) => ({
        ...object(call, row),
        grants_preview: grantsOf(call, row).slice(0, 5).map(shown),
    }));
}

/** The file share of the path, for whoever works in its workspace; for anybody else there is none. */
function open(call: Call): FileShare {
    const id = canonicalOpaque(call.param("fileshare_id"));
    const fileShare = call.store.get<FileShare>("SELECT * FROM fileShares WHERE id = ?", id);
    if (!fileShare) throw new ApiError("NOT_FOUND", "There is no such file share.");
    openWorkspace(call, "member", undefined, fileShare.workspaceId);
    return fileShare;
}

function update(call: Call): Answer {
    const present = open(call);
    const fields = JSON.stringify({ ...JSON.parse(present.fields), ...changes(call) });
    const changed = { ...present, fields };
    if (fields !== present.fields) {
        changed.updated = call.now;
        call.store.update("fileShares", present.id, { fields, updated: changed.updated });
        call.did("updated", "fileShare", present.id);
    }
    return { fileshare: object(call, changed) };
}

function remove(call: Call): Answer {
    const { id } = open(call);
    call.store.run("DELETE FROM fileShares WHERE id = ?", id);
    call.did("deleted", "fileShare", id);
    return {};
}

function grantsOf({ store }: Call, { id }: FileShare): Grant[] {
    return store.all<Grant>("SELECT * FROM fileShareGrants WHERE fileShareId = ? ORDER BY rowid LIMIT 1000", id);
}

/** Whom the request names, by the one of two keys: both, or none, are refused. */
function personOf({ store, input }: Call): { email: string; userId?: string } {
    const { user = "", email = "" } = input;
    if (clears(user) === clears(email)) throw invalid("user", "or email names the person, exactly one of them");
    const sql = "SELECT id, email FROM users WHERE registered = 1 AND";
    const found = clears(user)
        ? store.get<{ id: string; email: string }>(`${sql} email = ?`, parseEmail(email, "email"))
        : store.get<{ id: string; email: string }>(`${sql} id = ?`, user);
    if (found) return { email: found.email, userId: found.id };
    if (clears(email)) throw invalid("user", "is nobody's id");
    return { email: parseEmail(email, "email") };
}

function grant(call: Call): Answer {
    const { id } = open(call);
    required(call.input, "capability");
    const { capability = "view" } = readFields({ capability: oneOf(capabilities, "view") }, call.input);
    const { email, userId } = personOf(call);
    call.store.run("DELETE FROM fileShareGrants WHERE fileShareId = ? AND email = ?", id, email);
    const given = { fileShareId: id, email, capability, created: call.now };
    call.store.insert("fileShareGrants", given);
    call.did("updated", "fileShare", id, "file_share_access_granted");
    return userId === undefined ? { grant: shown(given) } : { user: { ...shown(given), id: userId } };
}

function revoke(call: Call): Answer {
    const { id } = open(call);
    const { email } = personOf(call);
    const gone = call.store.run("DELETE FROM fileShareGrants WHERE fileShareId = ? AND email = ?", id, email);
    if (gone > 0) call.did("updated", "fileShare", id, "file_share_access_revoked");
    return {};
}

function shown({ email, capability, created }: Grant): Answer {
    return { email, capability, created: dateText(created) };
}

/** The password is never shown. */
function object(call: Call, fileShare: FileShare): Answer {
    const { id, nodeId, workspaceId, creator, created, updated } = fileShare;
    const { password, expires_at, comments_enabled, ...fields } = JSON.parse(fileShare.fields);
    const sql = "SELECT id, name, size FROM nodeRows WHERE id = ?";
    return {
        id,
        node_id: nodeId,
        workspace_id: workspaceId,
        ...fields,
        ...(call.dialect.era === "late" && { comments_enabled }),
        has_password: password !== null,
        expires_at: dateText(expires_at),
        effective_capability: "edit",
        file: { ...call.store.get<Answer>(sql, nodeId) },
        grant_count: call.store.count("fileShareGrants WHERE fileShareId = ?", id),
        url: `https://go.fast.io/fileshare/${id}`,
        creator,
        created: dateText(created),
        updated: dateText(updated),
    };
}
