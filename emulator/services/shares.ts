// Shares: create, details, update, archive, delete, lists and name check.
import { hasExpired, membership, openShare, openWorkspace, refuseArchived } from "../access";
import { passwordHash, passwordMatches, shareToken } from "../accounts";
import { ApiError } from "../api-error";
import { assetUrl } from "../asset-url";
import type { Answer, Backend, Call, Routes } from "../call";
import { dateText } from "../clock";
import { newerDownloads } from "../dialects";
import {
    clears,
    flag,
    type Input,
    initialValues,
    invalid,
    oneOf,
    optionalText,
    readFields,
    requireAll,
    required,
    text,
} from "../fields";
import {
    asShare,
    findOrganization,
    findShare,
    findWorkspace,
    isTaken,
    type Row,
    type Share,
    shareAccess,
    shareFields,
    type Workspace,
} from "../parents";
import { limitsOf } from "../plans";
import { addOwner, pendingOn } from "./members";
import { checkNodeName, createRoot, findFolder, newFolder, openWorkspaceStorage } from "./storage";
import { archivedFilter, checkIntelligence, closeContainer, mayIndex, shareCount } from "./workspaces";

export function shares(routes: Routes): void {
    routes.post("/workspace/:workspace_id/create/share/", createShare);
    routes.get("/share/:share_id/details/", details);
    routes.get("/share/:share_id/public/details/", publicDetails);
    routes.post("/share/:share_id/update/", updateShare);
    routes.delete("/share/:share_id/delete/", deleteShare);
    routes.post("/share/:share_id/archive/", (call) => setArchived(call, 1));
    routes.post("/share/:share_id/unarchive/", (call) => setArchived(call, 0));
    routes.post("/share/:share_id/auth/password/", passwordAuth, "anyone");
    routes.post("/share/:share_id/auth/guest/", guestAuth, "anyone");
    routes.get("/workspace/:workspace_id/list/shares/", ofWorkspace);
    routes.get("/shares/all/", reachable);
    routes.get("/shares/available/", (call) => listed(call, joined(call)));
    routes.get("/user/me/list/shares/", (call) => listed(call, joined(call)));
    routes.get("/shares/check/name/:name/", checkName);
}

const creationFields = {
    storage_mode: oneOf(["independent", "workspace_folder"], "independent"),
    create_folder: flag(false),
    custom_url: optionalText({ min: 10, max: 100 }),
};

function createShare(call: Call): Answer {
    const { workspace } = openWorkspace(call, "member");
    const isLate = call.dialect.era === "late";
    if (isLate) requireAll(call.input, ["title", "intelligence"]);
    else required(call.input, "title");
    const { storage_mode: storageMode = "independent", custom_url: customUrl = null } = readFields(
        creationFields,
        call.input,
    );
    const { download_enabled, ...newer } = call.input;
    const fields: Share["fields"] = {
        ...initialValues(shareFields),
        // Late content 5.3: the older switch of downloads is no key of a create any more.
        ...readFields(shareFields, isLate ? newer : call.input),
        password: null,
    };
    fields.share_type = settledType(call, storageMode, fields.share_type);
    if (isLate) fields.intelligence &&= mayIndex(call, workspace.organizationId);
    else checkIntelligence(call, workspace.organizationId, "new");
    if (storageMode === "workspace_folder") fields.intelligence = false;
    const id = call.ids.profile();
    const share: Share = {
        id,
        workspaceId: workspace.id,
        customName: newCustomName(call, call.input.custom_name ?? ""),
        customUrl,
        fields,
        creator: call.user.id,
        storageMode,
        rootId: "",
        archived: 0,
        created: call.now,
        updated: call.now,
    };
    fields.password = readPassword(call, share);
    checkRules(call, share);
    refuseTaken(call.backend, share);
    refuseOverLimit(call, workspace);
    share.rootId = storageMode === "independent" ? createRoot(call, id) : backingFolder(call, workspace);
    call.store.insert("shares", { ...share, fields: JSON.stringify(fields) });
    addOwner(call, "share", id);
    call.did("created", "share", id);
    return one(call, share);
}

/** Late content 5.2: a share with storage of its own is always `send`, whatever was asked. */
function settledType({ dialect }: Call, mode: Share["storageMode"], asked: Share["fields"]["share_type"]) {
    return dialect.era === "late" && mode === "independent" ? "send" : asked;
}

/** The named folder, or a new one; a folder backs one share only. */
function backingFolder(call: Call, workspace: Workspace): string {
    const storage = openWorkspaceStorage(call, "member", "write", workspace.id);
    const { create_folder: create = false } = readFields(creationFields, call.input);
    const { folder_node_id: folderId } = call.input;
    if (create === (folderId !== undefined)) {
        throw invalid("folder_node_id", "a workspace_folder share needs either this or create_folder with folder_name");
    }
    if (folderId === undefined) {
        const name = checkNodeName(required(call.input, "folder_name"), "folder_name");
        return newFolder(call, findFolder(call, storage, "root", "folder_node_id"), name).id;
    }
    const folder = findFolder(call, storage, folderId, "folder_node_id");
    if (folder.id === workspace.rootId) throw invalid("folder_node_id", "the root folder cannot back a share");
    if (call.store.get("SELECT 1 FROM shares WHERE rootId = ? AND closed = 0", folder.id)) {
        throw new ApiError("EXISTS", "This folder backs a share already.");
    }
    return folder.id;
}

const customNameRule = text({ min: 4, max: 100, pattern: /^[\p{L}\p{N}-]+$/u });

function checkCustomName(name: string): string {
    return customNameRule.parse(name, "custom_name");
}

/** The name asked for, or a generated one. */
function newCustomName(call: Call, name: string): string {
    return clears(name) ? call.ids.secret(12) : checkCustomName(name);
}

/** No longest one is documented. */
const passwordRule = text({ min: 1 });

/** The hash of the password after the request: a new one, none, or the one that is set. */
function readPassword(call: Call, share: Share): string | null {
    const { password } = call.input;
    if (password === undefined) return share.fields.password;
    return clears(password) ? null : passwordHash(call.backend, share.id, passwordRule.parse(password, "password"));
}

function checkRules({ input, now }: { input: Input; now: number }, { fields, storageMode }: Share): void {
    const { access_options: access, share_type: type, expires } = fields;
    if (access === shareAccess.link && type !== "send") {
        throw invalid("access_options", `"${shareAccess.link}" is for shares of the type send`);
    }
    if (fields.password !== null && access !== shareAccess.link) {
        throw invalid("password", `needs the access "${shareAccess.link}"`);
    }
    if (expires !== null && storageMode !== "independent") {
        throw invalid("expires", "is for shares with storage of their own");
    }
    if (expires !== null && input.expires !== undefined && expires <= now) throw invalid("expires", "is in the past");
    if (fields.anonymous_uploads_enabled && (type === "send" || access !== shareAccess.registered)) {
        throw invalid(
            "anonymous_uploads_enabled",
            `needs the type receive or exchange and the access "${shareAccess.registered}"`,
        );
    }
}

function refuseTaken(backend: Backend, { id, customName, customUrl }: Share): void {
    if (isTaken(backend, "shares", "customName", customName, id)) {
        throw new ApiError("INPUT_DUPLICATE", `custom_name: ${customName} is taken.`);
    }
    if (customUrl !== null && isTaken(backend, "shares", "customUrl", customUrl, id)) {
        throw new ApiError("INPUT_DUPLICATE", `custom_url: ${customUrl} is taken.`);
    }
}

function refuseOverLimit(call: Call, { organizationId }: Workspace): void {
    const organization = findOrganization(call.backend, organizationId);
    const { shares: limit } = limitsOf(organization);
    if (limit === null) return;
    const used = shareCount(call, organizationId);
    if (used >= limit) {
        throw new ApiError("FEATURE_LIMIT", `The plan ${organization.plan} allows ${limit} shares; ${used} exist.`);
    }
}

function details(call: Call): Answer {
    return one(call, openShare(call, "view").share);
}

/** The standard level: neither owner-defined data nor what only members see. */
function publicDetails(call: Call): Answer {
    const share = findShare(call.backend, call.param("share_id"));
    const { owner_defined, share_root_id, capabilities, parents, ...shown } = shareObject(call, share);
    return { share: shown };
}

function updateShare(call: Call): Answer {
    const { share, workspace } = openShare(call, "admin");
    const input = call.dialect.era === "late" ? newerDownloads(call.input) : call.input;
    // Older clients rename with `name`.
    const title = input.title ?? input.name;
    const changes = readFields(shareFields, title === undefined ? input : { ...input, title });
    const { custom_url: customUrl = share.customUrl } = readFields(creationFields, input);
    const { custom_name: customName } = input;
    const unlink = input.share_link_node_id === "null";
    const others = [customName, input.custom_url, input.password, unlink || undefined];
    if (Object.keys(changes).length === 0 && others.every((value) => value === undefined)) {
        throw new ApiError("INPUT_INVALID", "The update names no field of a share.");
    }
    if (share.storageMode === "workspace_folder" && changes.intelligence) {
        throw invalid("intelligence", "cannot be on for a share of a workspace folder");
    }
    checkIntelligence(call, workspace.organizationId);
    const changed: Share = {
        ...share,
        customName: customName === undefined ? share.customName : newCustomName(call, customName),
        customUrl,
        fields: { ...share.fields, ...changes },
    };
    changed.fields.share_type = settledType(call, share.storageMode, changed.fields.share_type);
    // A password belongs to link access and is forgotten with it.
    if (changed.fields.access_options !== shareAccess.link) changed.fields.password = null;
    changed.fields.password = readPassword(call, changed);
    checkRules(call, changed);
    refuseTaken(call.backend, changed);
    const removed = unlink ? call.store.run("DELETE FROM nodes WHERE targetId = ?", share.id) : 0;
    if (removed > 0 || JSON.stringify(changed) !== JSON.stringify(share)) {
        changed.updated = call.now;
        call.store.update("shares", share.id, {
            customName: changed.customName,
            customUrl,
            fields: JSON.stringify(changed.fields),
            updated: changed.updated,
        });
        call.did("updated", "share", share.id);
    }
    return one(call, changed);
}

/** A share that strangers may enter: by link, and neither archived nor expired. */
function visitable(call: Call): Share {
    const share = findShare(call.backend, call.param("share_id"));
    const byLink = share.fields.access_options === shareAccess.link;
    if (!byLink || hasExpired(call.backend, share)) throw new ApiError("DENIED", "This share is not open to guests.");
    refuseArchived("share", share);
    refuseArchived("workspace", findWorkspace(call.backend, share.workspaceId));
    return share;
}

function passwordAuth(call: Call): Answer {
    const { id, fields } = visitable(call);
    const password = required(call.input, "password");
    if (!passwordMatches(call.backend, { id, password: fields.password }, password)) {
        throw new ApiError("AUTH_INVALID", "The password is wrong.");
    }
    return shareToken(call, id);
}

function guestAuth(call: Call): Answer {
    const { id, fields } = visitable(call);
    if (fields.password !== null) throw new ApiError("DENIED", "This share needs a password.");
    return shareToken(call, id);
}

function deleteShare(call: Call): Answer {
    const { share } = openShare(call, "owner", "lifecycle");
    const { confirm } = call.input;
    if (confirm !== share.id && confirm !== share.customName) {
        throw invalid("confirm", "must be the share's custom name or id", confirm ? undefined : "confirmMissing");
    }
    closeContainer(call, "shares", share.id);
    call.did("deleted", "share", share.id);
    return {};
}

function setArchived(call: Call, archived: number): Answer {
    const { share } = openShare(call, "admin", "lifecycle");
    if (share.storageMode === "workspace_folder") {
        throw new ApiError("RESTRICTED", "A share of a workspace folder cannot be archived.");
    }
    const changed = { ...share, archived };
    if (share.archived !== archived) {
        changed.updated = call.now;
        call.store.update("shares", share.id, { archived, updated: changed.updated });
        call.did("updated", "share", share.id, archived ? "share_archived" : "share_unarchived");
    }
    return one(call, changed);
}

type ShareRow = Row<Share>;

function ofWorkspace(call: Call): Answer {
    const { workspace } = openWorkspace(call, "guest");
    const archived = archivedFilter(call) ?? (call.dialect.listsArchivedShares ? undefined : 0);
    const rows = call.store
        .all<ShareRow>("SELECT * FROM shares WHERE workspaceId = ? AND closed = 0 ORDER BY rowid", workspace.id)
        .filter((row) => archived === undefined || row.archived === archived);
    return listed(call, rows);
}

/** Shares that the caller is on, by themselves or through their workspace or organization. */
function reachable(call: Call): Answer {
    const { org_id: named } = call.input;
    const organizationId = named === undefined ? null : findOrganization(call.backend, named).id;
    const rows = call.store.all<ShareRow>(
        `SELECT shares.* FROM shares JOIN workspaces ON workspaces.id = workspaceId
         WHERE shares.closed = 0 AND (?3 IS NULL OR organizationId = ?3) AND EXISTS (
             SELECT 1 FROM members WHERE userId = ?1 AND status = 'active' AND (expires IS NULL OR expires > ?2)
                 AND (parentId IN (shares.id, workspaceId) OR (parentId = organizationId AND role IN ('owner', 'admin')))
         ) ORDER BY shares.rowid`,
        call.user.id,
        call.now,
        organizationId,
    );
    return listed(call, rows);
}

function joined(call: Call): ShareRow[] {
    return call.store.all<ShareRow>(
        `SELECT shares.* FROM shares JOIN members ON parentId = shares.id
         WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0
         ORDER BY shares.rowid`,
        call.user.id,
        call.now,
    );
}

function checkName(call: Call): Answer {
    const name = checkCustomName(call.param("name"));
    return { available: !isTaken(call.backend, "shares", "customName", name) };
}

function listed(call: Call, rows: ShareRow[]): Answer {
    return call.page("shares", rows, (row) => shareObject(call, asShare(row)));
}

function one(call: Call, share: Share): Answer {
    return { share: shareObject(call, share) };
}

/** The node that stands for a share in a workspace's tree. */
function shareLink(call: Call, id: string): Answer | null {
    const sql = "SELECT id, containerId, name FROM nodes WHERE targetId = ? AND trashId IS NULL";
    const link = call.store.get<{ id: string; containerId: string; name: string }>(sql, id);
    return link ? { node_id: link.id, workspace_id: link.containerId, name: link.name } : null;
}

function shareObject(call: Call, share: Share): Answer {
    const { id, workspaceId, fields, storageMode, rootId } = share;
    const { organizationId } = findWorkspace(call.backend, workspaceId);
    const folderBacked = storageMode === "workspace_folder";
    const backing = "SELECT 1 FROM nodes WHERE id = ? AND trashId IS NULL";
    const role = membership(call.backend, id, call.user.id);
    const { comments_enabled: comments, ...shown } = fields;
    return call.dialect.share({
        id,
        ...shown,
        comments,
        expires: dateText(fields.expires),
        password: fields.password !== null,
        storage_mode: storageMode,
        folder_node_id: folderBacked ? rootId : null,
        share_root_id: rootId,
        share_link: shareLink(call, id),
        share_level: null,
        creator: share.creator,
        custom_name: share.customName,
        custom_url: share.customUrl,
        parent_org: organizationId,
        parent_workspace: workspaceId,
        parents: { org: organizationId, workspace: workspaceId },
        user_status: role ? "joined" : pendingOn(call, id) ? "invited" : "available",
        user_permission: role,
        closed: false,
        archived: share.archived === 1,
        locked: false,
        suspended: false,
        is_orphaned: folderBacked && call.store.get(backing, rootId) === undefined,
        logo: assetUrl(call, "share", id, "logo"),
        capabilities: {},
        created: dateText(share.created),
        updated: dateText(share.updated),
    });
}
