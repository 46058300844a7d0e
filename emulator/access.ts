// Roles: what the caller is on an organization, workspace or share, and what that allows.
import { ApiError } from "./api-error";
import type { Backend, Call } from "./call";
import {
    findOrganization,
    findShare,
    findWorkspace,
    type Organization,
    type Share,
    shareAccess,
    type Workspace,
} from "./parents";

/** From the least to the most. */
export const roles = ["view", "guest", "member", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

export function atLeast(role: Role | null, needed: Role): boolean {
    return role !== null && roles.indexOf(role) >= roles.indexOf(needed);
}

function highest(...candidates: (Role | null)[]): Role | null {
    return candidates.reduce(
        (best, role) => (role !== null && (best === null || atLeast(role, best)) ? role : best),
        null,
    );
}

/**
 * What a call wants of a parent: `write` is refused while it is archived, `lifecycle` (archive, unarchive, delete) is
 * refused only while what lies above it is archived.
 */
export type Intent = "read" | "write" | "lifecycle";

function intentOf(call: Call): Intent {
    return call.method === "GET" ? "read" : "write";
}

/** The active membership of a user on a parent itself, without what its own parents give. */
export function membership({ store, clock }: Backend, parentId: string, userId: string): Role | null {
    const sql = `SELECT role FROM members WHERE parentId = ? AND userId = ? AND status = 'active'
                 AND (expires IS NULL OR expires > ?)`;
    return store.get<{ role: Role }>(sql, parentId, userId, clock.now)?.role ?? null;
}

/** An organization's owner owns its workspaces too; an admin sees them. */
export function workspaceRole(backend: Backend, workspace: Workspace, userId: string): Role | null {
    const above = membership(backend, workspace.organizationId, userId);
    const inherited = above === "owner" ? "owner" : above === "admin" ? "guest" : null;
    return highest(membership(backend, workspace.id, userId), inherited);
}

const joiners: Record<Workspace["fields"]["perm_join"], Role> = {
    "Only Org Owners": "owner",
    "Admin or above": "admin",
    "Member or above": "member",
};

/** Whether the user's role on the organization lets them join the workspace by themselves. */
export function admitted(backend: Backend, workspace: Workspace, userId: string): boolean {
    return atLeast(membership(backend, workspace.organizationId, userId), joiners[workspace.fields.perm_join]);
}

/**
 * A share is open to its own members, to those of its workspace, and as far as its access options reach until it
 * expires or is archived.
 */
export function shareRole(backend: Backend, share: Share, workspace: Workspace, userId: string): Role | null {
    const { access_options: access, password } = share.fields;
    const visited = !share.archived && !hasExpired(backend, share);
    const open = visited && (access === shareAccess.registered || (access === shareAccess.link && password === null));
    const ofOrganization =
        visited &&
        access === shareAccess.organization &&
        membership(backend, workspace.organizationId, userId) !== null;
    return highest(
        membership(backend, share.id, userId),
        workspaceRole(backend, workspace, userId),
        ofOrganization ? "guest" : null,
        open ? "view" : null,
    );
}

export function hasExpired({ clock }: Backend, { fields: { expires } }: Share): boolean {
    return expires !== null && expires <= clock.now;
}

export interface OpenOrganization {
    organization: Organization;
    role: Role;
}

export interface OpenWorkspace {
    workspace: Workspace;
    role: Role;
}

export interface OpenShare {
    share: Share;
    workspace: Workspace;
    role: Role;
}

/** The organization of the path, for a caller with at least that role. */
export function openOrganization(call: Call, needed: Role, named = call.param("org_id")): OpenOrganization {
    const organization = findOrganization(call.backend, named);
    requireScope(call, [["org", organization.id]]);
    const role = requireRole(membership(call.backend, organization.id, call.user.id), needed, "organization");
    return { organization, role };
}

/** The workspace of the path, for a caller with at least that role. */
export function openWorkspace(
    call: Call,
    needed: Role,
    intent = intentOf(call),
    named = call.param("workspace_id"),
): OpenWorkspace {
    const workspace = findWorkspace(call.backend, named);
    requireScope(call, workspaceLine(workspace));
    const role = requireRole(workspaceRole(call.backend, workspace, call.user.id), needed, "workspace");
    if (intent === "write") refuseArchived("workspace", workspace);
    return { workspace, role };
}

/** The share of the path, for a caller with at least that role. */
export function openShare(
    call: Call,
    needed: Role,
    intent = intentOf(call),
    named = call.param("share_id"),
): OpenShare {
    const share = findShare(call.backend, named);
    const workspace = findWorkspace(call.backend, share.workspaceId);
    requireScope(call, [...workspaceLine(workspace), ["share", share.id]]);
    const role = requireRole(roleOf(call, share, workspace), needed, "share");
    if (intent !== "read") refuseArchived("workspace", workspace);
    if (intent === "write") refuseArchived("share", share);
    return { share, workspace, role };
}

/** The bearer of a share's own token is a guest while strangers may enter; without an account, nothing else. */
function roleOf({ backend, caller, user }: Call, share: Share, workspace: Workspace): Role | null {
    const byLink = share.fields.access_options === shareAccess.link;
    const visited = byLink && !share.archived && !hasExpired(backend, share);
    return highest(
        user.registered ? shareRole(backend, share, workspace, user.id) : null,
        visited && caller.opens === share.id ? "guest" : null,
    );
}

function workspaceLine(workspace: Workspace): [string, string][] {
    return [
        ["org", workspace.organizationId],
        ["workspace", workspace.id],
    ];
}

export function refuseArchived(kind: string, { archived }: { archived: number }): void {
    if (archived) throw new ApiError("RESTRICTED", `The ${kind} is archived: unarchive it before changing it.`);
}

export function requireRole(role: Role | null, needed: Role, kind: string): Role {
    if (role !== null && atLeast(role, needed)) return role;
    if (role !== null) throw new ApiError("DENIED", `This needs the role ${needed}.`);
    const site = kind === "workspace" ? "notAWorkspaceMember" : "notGranted";
    throw new ApiError("DENIED", `You have no access to this ${kind}.`, { site });
}

/** A limited API key reaches what one of its scopes covers: the object itself or something above it. */
export function requireScope(call: Call, line: readonly (readonly [entity: string, id: string])[]): void {
    if (call.scope.org === undefined) call.scope = Object.fromEntries(line);
    const { scopes } = call.caller;
    if (scopes === null) return;
    const covered = scopes.some((scope) => {
        const [entity = "", id = "", mode = ""] = scope.split(":");
        if (call.method !== "GET" && mode !== "rw") return false;
        return line.some(([kind, ownId]) => kind === entity && (id === "*" || id === ownId));
    });
    if (!covered) throw new ApiError("DENIED", "The scopes of this API key do not reach this object.");
}
