// Roles: what the caller is on an organization, workspace or share, and what that allows.
import { ApiError } from "./api-error";
import type { Backend, Call } from "./call";
import { numberedRefusal, refused } from "./late-refusals";
import {
    findOrganization,
    findShare,
    findWorkspace,
    type Organization,
    type Share,
    shareAccess,
    type Workspace,
} from "./parents";
import { requirePolicies } from "./policies";
import { accountGrants, allows, covering, type Line } from "./scopes";

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

/** What a call enters, and what it wants there. */
interface Entrance {
    kind: "organization" | "workspace" | "share";
    id: string;
    organizationId: string;
    line: Line;
    role: Role | null;
    needed: Role;
    /** Acts of administration want more of a credential than a role: `rwa`. */
    administers: boolean;
}

/** Late accounts 9.7: administrative scopes, the role, scopes, policies, in this order; before that date scopes first. */
function enter(call: Call, { kind, id, organizationId, line, role, needed, administers }: Entrance): Role {
    if (call.scope.org === undefined) call.scope = Object.fromEntries(line);
    if (call.dialect.era === "early") {
        requireScope(call, line);
        return requireRole(call, role, needed, kind);
    }
    if (administers) requireAdminScope(call, line);
    const held = requireRole(call, role, needed, kind);
    requireScope(call, line);
    requirePolicies(call, { kind, id, organizationId, line });
    return held;
}

/** The organization of the path, for a caller with at least that role. */
export function openOrganization(
    call: Call,
    needed: Role,
    named = call.param("org_id"),
    administers = atLeast(needed, "admin"),
): OpenOrganization {
    const organization = findOrganization(call.backend, named);
    const { id } = organization;
    const held = membership(call.backend, id, call.user.id);
    const line: Line = [["org", id]];
    const place = { kind: "organization", id, organizationId: id, line } as const;
    return { organization, role: enter(call, { ...place, role: held, needed, administers }) };
}

/** The workspace of the path, for a caller with at least that role. */
export function openWorkspace(
    call: Call,
    needed: Role,
    intent = intentOf(call),
    named = call.param("workspace_id"),
    administers = atLeast(needed, "admin"),
): OpenWorkspace {
    const workspace = findWorkspace(call.backend, named);
    const { id, organizationId } = workspace;
    const held = workspaceRole(call.backend, workspace, call.user.id);
    const place = { kind: "workspace", id, organizationId, line: workspaceLine(workspace) } as const;
    const role = enter(call, { ...place, role: held, needed, administers });
    if (intent === "write") refuseArchived("workspace", workspace);
    return { workspace, role };
}

/** The share of the path, for a caller with at least that role. */
export function openShare(
    call: Call,
    needed: Role,
    intent = intentOf(call),
    named = call.param("share_id"),
    administers = atLeast(needed, "admin"),
): OpenShare {
    const share = findShare(call.backend, named);
    const workspace = findWorkspace(call.backend, share.workspaceId);
    const held = roleOf(call, share, workspace);
    const line = shareLine(share, workspace);
    const place = { kind: "share", id: share.id, organizationId: workspace.organizationId, line } as const;
    const role = enter(call, { ...place, role: held, needed, administers });
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

export function workspaceLine(workspace: Workspace): Line {
    return [
        ["org", workspace.organizationId],
        ["workspace", workspace.id],
    ];
}

export function shareLine(share: Share, workspace: Workspace): Line {
    return [...workspaceLine(workspace), ["share", share.id]];
}

export function refuseArchived(kind: string, { archived }: { archived: number }): void {
    if (archived) throw new ApiError("RESTRICTED", `The ${kind} is archived: unarchive it before changing it.`);
}

function requireRole(call: Call, role: Role | null, needed: Role, kind: string): Role {
    if (role !== null && atLeast(role, needed)) return role;
    const problem = role === null ? `You have no access to this ${kind}.` : `This needs the role ${needed}.`;
    // Late accounts 2.4: one number for strangers and for roles that are too low.
    if (call.dialect.era === "late") throw numberedRefusal({ status: 401, code: 10545 }, problem);
    if (role !== null) throw new ApiError("DENIED", problem);
    throw new ApiError("DENIED", problem, { site: kind === "workspace" ? "notAWorkspaceMember" : "notGranted" });
}

// Late accounts 2.4; the number of shares is one of the "other entity-scope refusals".
const unscoped: Record<string, number> = { org: 10545, workspace: 10560, share: 10574 };

/** A limited API key reaches what one of its scopes covers: the object itself or something above it. */
export function requireScope(call: Call, line: Line): void {
    if (call.scope.org === undefined) call.scope = Object.fromEntries(line);
    const { scopes } = call.caller;
    if (scopes === null) return;
    const reaching = covering(scopes, line);
    const suffices = call.method === "GET" ? reaching.length > 0 : allows(reaching, "rw");
    if (suffices) return;
    if (call.dialect.era === "early") {
        throw new ApiError("DENIED", "The scopes of this API key do not reach this object.");
    }
    if (reaching.length > 0) throw numberedRefusal({ status: 403, code: 10175 }, "The scopes allow reading only.");
    const code = unscoped[line.at(-1)?.[0] ?? ""];
    throw numberedRefusal({ status: 403, ...(code && { code }) }, "The scopes of this credential do not reach this.");
}

/** Whether lists show an object to this credential: rows outside its scopes are left out. */
export function isInScope({ dialect, caller: { scopes } }: Call, line: Line): boolean {
    return dialect.era === "early" || scopes === null || covering(scopes, line).length > 0;
}

function requireAdminScope(call: Call, line: Line): void {
    const { scopes, keyId } = call.caller;
    if (scopes === null || allows(covering(scopes, line), "rwa")) return;
    const [entity_type, entity_id] = line.at(-1) ?? [];
    throw refused("scope_admin_required", "This is administration: the credential needs a scope with rwa for it.", {
        entity_type,
        entity_id,
        credential_type: keyId === null ? "oauth" : "api_key",
        credential_id: keyId,
    });
}

/** Whatever changes the account itself, or founds an organization, wants a credential that may write at all. */
export function requireAccountWrite(call: Call): void {
    const { dialect, caller } = call;
    if (dialect.era === "early" || caller.scopes === null || allows(accountGrants(caller.scopes), "rw")) return;
    throw refused("scope_write_required", "The credential may only read.", { credential_id: caller.keyId });
}

/** Password, e-mail address and second factor want a scope of their own. */
export function requireAccountSettings({ dialect, caller: { scopes, keyId } }: Call): void {
    if (dialect.era === "early" || scopes === null || scopes.includes("userdetails:*:rw")) return;
    const problem = "Settings of the account need the scope userdetails:*:rw.";
    throw refused("userdetails_scope_required", problem, { credential_id: keyId });
}
