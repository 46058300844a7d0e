// Workspaces: create, details, update, archive, delete, lists and name check.
import { admitted, atLeast, isInScope, membership, openOrganization, openWorkspace, workspaceLine } from "../access";
import { ApiError } from "../api-error";
import { assetUrl } from "../asset-url";
import type { Answer, Backend, Call, Routes } from "../call";
import { dateText } from "../clock";
import { flag, initialValues, invalid, readFields, requireAll, required } from "../fields";
import {
    asWorkspace,
    findOrganization,
    isTaken,
    type Organization,
    type Row,
    reservedNames,
    type Workspace,
    workspaceFields,
} from "../parents";
import { hasFeature, limitsOf } from "../plans";
import { isListed } from "../policies";
import { storedBytes } from "./billing";
import { addOwner, pendingOn } from "./members";
import { createRoot } from "./storage";
import { requireProof } from "./two-factor";

export function workspaces(routes: Routes): void {
    routes.post("/org/:org_id/create/workspace/", createWorkspace);
    routes.get("/workspace/:workspace_id/details/", (call) => one(call, openWorkspace(call, "guest").workspace));
    routes.post("/workspace/:workspace_id/update/", updateWorkspace);
    routes.delete("/workspace/:workspace_id/delete/", deleteWorkspace);
    routes.post("/workspace/:workspace_id/archive/", (call) => setArchived(call, 1));
    routes.post("/workspace/:workspace_id/unarchive/", (call) => setArchived(call, 0));
    routes.get("/workspace/:workspace_id/limits/", limits);
    routes.late.get("/workspace/:workspace_id/jobs/status/", jobs);
    routes.get("/workspaces/all/", (call) => listed(call, joined(call)));
    routes.get("/workspaces/available/", (call) => listed(call, available(call)));
    routes.get("/org/:org_id/list/workspaces/", ofOrganization);
    routes.get("/workspaces/check/name/:name/", checkName);
}

function createWorkspace(call: Call): Answer {
    const { organization } = openOrganization(call, "member");
    const isLate = call.dialect.era === "late";
    // Late content 3.2: the permissions have no default any more.
    if (isLate) requireAll(call.input, ["folder_name", "name", "perm_join", "perm_member_manage"]);
    const folderName = required(call.input, "folder_name");
    checkFolderName(folderName);
    required(call.input, "name");
    const fields = { ...initialValues(workspaceFields), ...readFields(workspaceFields, call.input) };
    if (isLate) fields.intelligence &&= mayIndex(call, organization.id);
    else checkIntelligence(call, organization.id, "new");
    refuseTaken(call.backend, folderName);
    refuseOverLimit(call, organization);
    const id = call.ids.profile();
    const workspace: Workspace = {
        id,
        organizationId: organization.id,
        folderName,
        fields,
        rootId: createRoot(call, id),
        archived: 0,
        created: call.now,
        updated: call.now,
    };
    call.store.insert("workspaces", { ...workspace, fields: JSON.stringify(fields) });
    addOwner(call, "workspace", id);
    call.did("created", "workspace", id);
    return one(call, workspace);
}

/** Where plans gate it, a create says `intelligence` and only a paid plan turns it on. */
export function checkIntelligence(call: Call, organizationId: string, made?: "new"): void {
    if (!call.dialect.gatesIntelligence) return;
    if (made === "new") required(call.input, "intelligence");
    const { intelligence = false } = readFields({ intelligence: flag(false) }, call.input);
    if (intelligence && !mayIndex(call, organizationId)) {
        throw invalid("intelligence", "needs a plan with content_ai and ai_agent");
    }
}

export function mayIndex(call: Call, organizationId: string): boolean {
    const organization = findOrganization(call.backend, organizationId);
    return hasFeature(organization, "content_ai") && hasFeature(organization, "ai_agent");
}

function checkFolderName(folderName: string): void {
    const { length } = [...folderName];
    if (length < 4 || length > 80 || !/^[\p{L}\p{N}-]+$/u.test(folderName)) {
        throw invalid("folder_name", "must be 4 to 80 letters, digits or hyphens");
    }
    if (reservedNames.has(folderName.toLowerCase())) throw invalid("folder_name", "is reserved");
}

function refuseTaken(backend: Backend, folderName: string, exceptId?: string): void {
    if (isTaken(backend, "workspaces", "folderName", folderName, exceptId)) {
        throw new ApiError("INPUT_DUPLICATE", `folder_name: ${folderName} is taken.`);
    }
}

function refuseOverLimit(call: Call, organization: Organization): void {
    const { workspaces: limit } = limitsOf(organization);
    const used = call.store.count("workspaces WHERE organizationId = ? AND closed = 0", organization.id);
    if (limit !== null && used >= limit) {
        throw new ApiError("FEATURE_LIMIT", `The plan ${organization.plan} allows ${limit} workspaces; ${used} exist.`);
    }
}

function updateWorkspace(call: Call): Answer {
    const { workspace } = openWorkspace(call, "admin");
    const changes = readFields(workspaceFields, call.input);
    const { folder_name: folderName = workspace.folderName } = call.input;
    checkIntelligence(call, workspace.organizationId);
    if (Object.keys(changes).length === 0 && call.input.folder_name === undefined) {
        throw new ApiError("INPUT_INVALID", "The update names no field of a workspace.");
    }
    if (folderName !== workspace.folderName) {
        checkFolderName(folderName);
        refuseTaken(call.backend, folderName, workspace.id);
    }
    const changed = { ...workspace, folderName, fields: { ...workspace.fields, ...changes } };
    if (JSON.stringify(changed) !== JSON.stringify(workspace)) {
        changed.updated = call.now;
        call.store.update("workspaces", workspace.id, {
            folderName,
            fields: JSON.stringify(changed.fields),
            updated: changed.updated,
        });
        call.did("updated", "workspace", workspace.id);
    }
    return one(call, changed);
}

function deleteWorkspace(call: Call): Answer {
    requireProof(call, "keys");
    const { workspace } = openWorkspace(call, "owner", "lifecycle");
    const { confirm } = call.input;
    if (confirm !== workspace.id && confirm !== workspace.folderName) {
        throw invalid("confirm", "must be the workspace's folder name or id");
    }
    closeWorkspace(call, workspace.id);
    call.did("deleted", "workspace", workspace.id);
    return {};
}

/** Closes a workspace with its shares; what hangs on them is gone, their names stay on record. */
export function closeWorkspace(call: Call, id: string): void {
    const shares = call.store.all<{ id: string }>("SELECT id FROM shares WHERE workspaceId = ? AND closed = 0", id);
    for (const share of shares) closeContainer(call, "shares", share.id);
    closeContainer(call, "workspaces", id);
}

/** Closes one workspace or share and drops its members, invitations and files. */
export function closeContainer(call: Call, table: "workspaces" | "shares", id: string): void {
    call.store.update(table, id, { closed: 1, updated: call.now });
    for (const dependent of ["members", "invitations", "assets"]) {
        call.store.run(`DELETE FROM ${dependent} WHERE parentId = ?`, id);
    }
    // Its storage, and the links that lead to it.
    call.store.run("DELETE FROM nodes WHERE containerId = ?1 OR targetId = ?1", id);
}

function setArchived(call: Call, archived: number): Answer {
    requireProof(call, "keys");
    const { workspace } = openWorkspace(call, "admin", "lifecycle");
    const changed = { ...workspace, archived };
    if (workspace.archived !== archived) {
        changed.updated = call.now;
        call.store.update("workspaces", workspace.id, { archived, updated: changed.updated });
        call.did("updated", "workspace", workspace.id, archived ? "workspace_archived" : "workspace_unarchived");
    }
    return one(call, changed);
}

/** Nothing runs here: the emulator has no models. */
function jobs(call: Call): Answer {
    openWorkspace(call, "guest");
    return { jobs: { intelligence: null, summarize: null, upsert_file: null, metadata_extract: [] } };
}

/** What the plan allows here, and how much of it is used. */
function limits(call: Call): Answer {
    const { workspace } = openWorkspace(call, "guest");
    const plan = limitsOf(findOrganization(call.backend, workspace.organizationId));
    const members = call.store.count("members WHERE parentId = ? AND status = 'active'", workspace.id);
    return {
        limits: {
            members: { limit: plan.members_per_workspace, used: members },
            shares: { limit: plan.shares, used: shareCount(call, workspace.organizationId) },
            storage_bytes: { limit: plan.storage_bytes, used: storedBytes(call, workspace.organizationId) },
        },
    };
}

/** Live shares of an organization: the plan counts them together. */
export function shareCount({ store }: Call, organizationId: string): number {
    return store.count(
        "shares JOIN workspaces ON workspaces.id = workspaceId WHERE organizationId = ? AND shares.closed = 0",
        organizationId,
    );
}

type WorkspaceRow = Row<Workspace>;

function joined(call: Call): WorkspaceRow[] {
    return call.store.all<WorkspaceRow>(
        `SELECT workspaces.* FROM workspaces JOIN members ON parentId = workspaces.id
         WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0
         ORDER BY workspaces.rowid`,
        call.user.id,
        call.now,
    );
}

/** Those of the caller's organizations that their role on it admits and that they have not joined. */
function available(call: Call): WorkspaceRow[] {
    const own = new Set(joined(call).map(({ id }) => id));
    return call.store
        .all<WorkspaceRow>(
            `SELECT workspaces.* FROM workspaces JOIN members ON parentId = organizationId
             WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0
             ORDER BY workspaces.rowid`,
            call.user.id,
            call.now,
        )
        .filter((row) => !own.has(row.id) && admitted(call.backend, asWorkspace(row), call.user.id));
}

/** Owners and admins see all workspaces of the organization, members those that they are in or may join. */
function ofOrganization(call: Call): Answer {
    const { organization, role } = openOrganization(call, "member");
    const rows = call.store.all<WorkspaceRow>(
        "SELECT * FROM workspaces WHERE organizationId = ? AND archived = ? AND closed = 0 ORDER BY rowid",
        organization.id,
        archivedFilter(call) ?? 0,
    );
    const visible = (row: WorkspaceRow) =>
        membership(call.backend, row.id, call.user.id) !== null ||
        admitted(call.backend, asWorkspace(row), call.user.id);
    return listed(call, atLeast(role, "admin") ? rows : rows.filter(visible));
}

/** The list filter `archived`, as the column holds it; undefined when the request has none. */
export function archivedFilter(call: Call): number | undefined {
    const { archived } = call.input;
    if (archived === undefined) return undefined;
    if (archived !== "true" && archived !== "false") throw invalid("archived", "must be true or false");
    return archived === "true" ? 1 : 0;
}

function checkName(call: Call): Answer {
    requireProof(call, "keys");
    const name = call.param("name");
    checkFolderName(name);
    return { available: !isTaken(call.backend, "workspaces", "folderName", name) };
}

function listed(call: Call, rows: WorkspaceRow[]): Answer {
    const shown = rows
        .map(asWorkspace)
        .filter((row) => isInScope(call, workspaceLine(row)) && isListed(call, row.organizationId));
    return call.page("workspaces", shown, (row) => workspaceObject(call, row));
}

function one(call: Call, workspace: Workspace): Answer {
    return { workspace: workspaceObject(call, workspace) };
}

/** Late content 3.1. */
function capabilities(call: Call, organizationId: string): Answer {
    if (call.dialect.era === "early") return {};
    const organization = findOrganization(call.backend, organizationId);
    return { signing: hasFeature(organization, "signing"), can_publish_agent_chat: false };
}

function workspaceObject(call: Call, workspace: Workspace): Answer {
    const { id, organizationId, fields } = workspace;
    const sql = "SELECT domain FROM organizations WHERE id = ?";
    const role = membership(call.backend, id, call.user.id);
    return call.dialect.workspace({
        id,
        ...fields,
        folder_name: workspace.folderName,
        org_domain: call.store.get<{ domain: string }>(sql, organizationId)?.domain,
        parents: { org: organizationId },
        user_status: role ? "joined" : pendingOn(call, id) ? "invited" : "available",
        user_permission: role,
        workspace_level: null,
        closed: false,
        archived: workspace.archived === 1,
        locked: false,
        suspended: false,
        logo: assetUrl(call, "workspace", id, "logo"),
        storage: null,
        capabilities: capabilities(call, organizationId),
        created: dateText(workspace.created),
        updated: dateText(workspace.updated),
    });
}
