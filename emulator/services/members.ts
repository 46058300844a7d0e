// Members and invitations of organizations, workspaces and shares: one implementation for the three.

import {
    admitted,
    atLeast,
    type Intent,
    openOrganization,
    openShare,
    openWorkspace,
    type Role,
    refuseArchived,
    shareRole,
} from "../access";
import { invitedUser, registeredUser, userByEmail, userById } from "../accounts";
import { ApiError } from "../api-error";
import { assetUrl } from "../asset-url";
import type { Answer, Backend, Call, Routes, User } from "../call";
import { dateText } from "../clock";
import { date, type Input, invalid, oneOf, optionalText, parseEmail, readFields, required } from "../fields";
import { canonicalOpaque } from "../ids";
import type { Kind } from "../ledger";
import { findOrganization, findShare, findWorkspace } from "../parents";
import { limitsOf } from "../plans";
import { outsiderProblem } from "../policies";

export type ParentKind = "organization" | "workspace" | "share";

/** A parent that the caller may see, and what the caller may do with its members. */
interface Parent {
    id: string;
    organizationId: string;
    role: Role;
    mayManage: boolean;
    memberLimit: number | null;
}

/** What differs between the three. */
interface Family {
    kind: ParentKind;
    memberKind: Kind;
    path: string;
    assignable: readonly Role[];
    /** The wire keys of the notification preference; answers use the first. */
    notifyKeys: readonly [string, ...string[]];
    open(call: Call, needed: Role, intent?: Intent, administers?: boolean): Parent;
    /** The parent that the caller wants to join, and the role that joining without an invitation gives, if it may. */
    joining(call: Call): { id: string; role: Role | null };
}

const organizationFamily: Family = {
    kind: "organization",
    memberKind: "organizationMember",
    path: "/org/:org_id",
    assignable: ["admin", "member"],
    notifyKeys: ["notify_options", "notifications"],
    open(call, needed, _, administers) {
        const { organization, role } = openOrganization(call, needed, undefined, administers);
        const managers = { "Owner only": "owner", "Admin or above": "admin", "Member or above": "member" } as const;
        const mayManage = atLeast(role, managers[organization.fields.perm_member_manage]);
        return { id: organization.id, organizationId: organization.id, role, mayManage, memberLimit: null };
    },
    joining(call) {
        const { id, fields } = findOrganization(call.backend, call.param("org_id"));
        const opened = fields.perm_auth_domains?.toLowerCase() === call.user.email.split("@")[1];
        return { id, role: opened ? "member" : null };
    },
};

const workspaceFamily: Family = {
    kind: "workspace",
    memberKind: "workspaceMember",
    path: "/workspace/:workspace_id",
    assignable: ["admin", "member", "guest"],
    notifyKeys: ["notifications"],
    open(call, needed, intent, administers) {
        const { workspace, role } = openWorkspace(call, needed, intent, undefined, administers);
        const managers = { "Admin or above": "admin", "Member or above": "member" } as const;
        const mayManage = atLeast(role, managers[workspace.fields.perm_member_manage]);
        const { organizationId } = workspace;
        const memberLimit = limitsOf(findOrganization(call.backend, organizationId)).members_per_workspace;
        return { id: workspace.id, organizationId, role, mayManage, memberLimit };
    },
    joining(call) {
        const workspace = findWorkspace(call.backend, call.param("workspace_id"));
        refuseArchived("workspace", workspace);
        return { id: workspace.id, role: admitted(call.backend, workspace, call.user.id) ? "member" : null };
    },
};

const shareFamily: Family = {
    kind: "share",
    memberKind: "shareMember",
    path: "/share/:share_id",
    assignable: ["admin", "member", "guest", "view"],
    notifyKeys: ["notify_options"],
    open(call, needed, intent, administers) {
        const { share, workspace, role } = openShare(call, needed, intent, undefined, administers);
        const mayManage = atLeast(role, share.fields.invite === "guests" ? "guest" : "admin");
        return { id: share.id, organizationId: workspace.organizationId, role, mayManage, memberLimit: null };
    },
    joining(call) {
        const share = findShare(call.backend, call.param("share_id"));
        const workspace = findWorkspace(call.backend, share.workspaceId);
        refuseArchived("workspace", workspace);
        refuseArchived("share", share);
        // Whoever the share's access reaches may make it a membership of their own.
        return { id: share.id, role: shareRole(call.backend, share, workspace, call.user.id) && "guest" };
    },
};

export function members(routes: Routes): void {
    for (const family of [organizationFamily, workspaceFamily, shareFamily]) {
        const { path } = family;
        const on = (handler: (call: Call, family: Family) => Answer) => (call: Call) => handler(call, family);
        routes.get(`${path}/members/list/`, on(list));
        routes.post(`${path}/members/join/`, on(join));
        routes.post(`${path}/members/join/:invitation_key/:action/`, on(answerInvitation));
        routes.get(`${path}/members/invitations/list/`, on(listInvitations));
        routes.get(`${path}/members/invitations/list/:state/`, on(listInvitations));
        routes.post(`${path}/members/invitation/:invitation/`, on(updateInvitation));
        routes.delete(`${path}/members/invitation/:invitation/`, on(deleteInvitation));
        routes.post(`${path}/members/:member/`, on(add));
        routes.delete(`${path}/members/:member/`, on(remove));
        routes.get(`${path}/member/:member/details/`, on(details));
        routes.post(`${path}/member/:member/update/`, on(update));
        routes.get(`${path}/member/:member/transfer_ownership/`, on(transferOwnership));
        routes.post(`${path}/member/:member/transfer_ownership/`, on(transferOwnership));
        routes.delete(`${path}/member/`, on(leave));
    }
}

export interface Invitation {
    id: string;
    key: string;
    kind: ParentKind;
    parentId: string;
    userId: string;
    email: string;
    role: Role;
    state: "pending" | "accepted" | "declined";
    message: string | null;
    notify: string | null;
    inviter: string;
    expires: number | null;
    created: number;
    updated: number;
}

interface Member {
    parentId: string;
    userId: string;
    kind: ParentKind;
    role: Role;
    status: "active" | "pending";
    notify: string | null;
    expires: number | null;
    created: number;
}

/** A member with the user and the invitation behind it. */
interface MemberRow extends Member, Pick<User, "email" | "accountType" | "firstName" | "lastName" | "registered"> {
    invitationId: string | null;
    invitationCreated: number;
    invitationExpires: number | null;
}

/** Members who count: active and not lapsed, or pending with an invitation that still stands. */
const memberRows = `
    SELECT members.*, email, accountType, firstName, lastName, registered, invited.id AS invitationId,
        invited.created AS invitationCreated, invited.expires AS invitationExpires
    FROM members JOIN users ON users.id = members.userId
    LEFT JOIN (SELECT id, parentId, userId, created, expires FROM invitations WHERE state = 'pending') AS invited
        ON members.status = 'pending' AND invited.parentId = members.parentId AND invited.userId = members.userId
    WHERE members.parentId = ?1
        AND (members.expires IS NULL OR members.expires > ?2)
        AND (status = 'active' OR (invited.id IS NOT NULL AND (invited.expires IS NULL OR invited.expires > ?2)))`;

function memberRow({ store, clock }: Backend, parentId: string, userId: string): MemberRow | undefined {
    return store.get<MemberRow>(`${memberRows} AND members.userId = ?3`, parentId, clock.now, userId);
}

function listRows({ store, clock }: Backend, parentId: string): MemberRow[] {
    return store.all<MemberRow>(`${memberRows} ORDER BY members.rowid`, parentId, clock.now);
}

/** How many count; while even with those who do not there are fewer than `atLeast`, these are not told apart. */
function countRows(backend: Backend, parentId: string, atLeast: number): number {
    const all = backend.store.count("members WHERE parentId = ?", parentId);
    return all < atLeast ? all : listRows(backend, parentId).length;
}

function put(backend: Backend, member: Member): void {
    backend.store.run("DELETE FROM members WHERE parentId = ? AND userId = ?", member.parentId, member.userId);
    backend.store.insert("members", { ...member });
}

/** The creator's own membership of a new parent. */
export function addOwner(call: Call, kind: ParentKind, parentId: string): void {
    put(call.backend, { ...newMember(call, kind, parentId, call.user.id), role: "owner" });
}

function newMember({ now }: { now: number }, kind: ParentKind, parentId: string, userId: string): Member {
    return { parentId, userId, kind, role: "member", status: "active", notify: null, expires: null, created: now };
}

/** Whether the caller is invited to a parent. */
export function pendingOn(call: Call, parentId: string): boolean {
    return memberRow(call.backend, parentId, call.user.id)?.status === "pending";
}

function list(call: Call, family: Family): Answer {
    const { id } = family.open(call, "guest");
    const { dialect } = call;
    const rows = listRows(call.backend, id).filter(({ status }) => dialect.listsInvited || status === "active");
    return call.page("users", rows, (row) => dialect.listedMember(memberObject(call, row, family)));
}

const preferences = [
    "Do not notify me",
    "Notify me in app",
    "Notify me in app and via email",
    "Notify me via app, email and text message",
] as const;
const preference = oneOf(preferences, preferences[1]);

interface MemberChanges {
    role?: Role;
    notify?: string;
    expires?: number | null;
}

/** `permissions` (guides also write `permission`), the notification preference under the parent's own key, `expires`. */
function memberChanges(input: Input, family: Family): MemberChanges {
    const changes: MemberChanges = {};
    const wanted = input.permissions ?? input.permission;
    if (wanted !== undefined) {
        const role = family.assignable.find((candidate) => candidate === wanted);
        if (role === undefined) throw invalid("permissions", `must be one of ${family.assignable.join(", ")}`);
        changes.role = role;
    }
    const notifyKey = family.notifyKeys.find((key) => input[key] !== undefined);
    const notify = notifyKey === undefined ? undefined : input[notifyKey];
    if (notifyKey !== undefined && notify !== undefined) changes.notify = preference.parse(notify, notifyKey);
    const { expires } = readFields({ expires: date }, input);
    return expires === undefined ? changes : { ...changes, expires };
}

/** The parent of the path, for somebody who manages its members: an act of administration, whatever role it takes. */
function openToManage(call: Call, family: Family): Parent {
    return family.open(call, "view", undefined, true);
}

function requireManager(parent: Parent, target: Role | undefined): void {
    if (!parent.mayManage) throw new ApiError("DENIED", "Your role may not manage the members here.");
    if (target !== undefined && !atLeast(parent.role, target)) {
        throw new ApiError("DENIED", `Your role ${parent.role} may not manage somebody with the role ${target}.`);
    }
}

const invitationFields = { message: optionalText({ min: 10, max: 255 }), invitation_expires: date };

/** Adds an existing account at once; invites an address that has none. */
function add(call: Call, family: Family): Answer {
    const parent = openToManage(call, family);
    if (call.dialect.era === "late" && family.kind === "organization") required(call.input, "permissions");
    const { role = "member", ...rest } = memberChanges(call.input, family);
    requireManager(parent, role);
    const named = call.param("member");
    const user = named.includes("@")
        ? invitedUser(call.backend, parseEmail(named, "email"))
        : (userById(call.backend, named === "me" ? call.user.id : named) ?? registeredUser(call.backend, named));
    const present = memberRow(call.backend, parent.id, user.id);
    const outside =
        family.kind === "organization" ? undefined : outsiderProblem(call.backend, parent.organizationId, user.id);
    if (outside) throw outside;
    if (present?.status === "active") throw new ApiError("EXISTS", `${user.email} is a member already.`);
    const { memberLimit } = parent;
    const used = memberLimit === null || present ? 0 : countRows(call.backend, parent.id, memberLimit);
    if (memberLimit !== null && used >= memberLimit) {
        throw new ApiError(
            "FEATURE_LIMIT",
            `The plan allows ${memberLimit} members per ${family.kind}; ${used} exist.`,
        );
    }
    if (user.registered && !present) {
        put(call.backend, { ...newMember(call, family.kind, parent.id, user.id), role, ...rest });
        call.did("created", family.memberKind, `${parent.id}/${user.id}`);
        return { member: oneMember(call, family, parent.id, user.id) };
    }
    const invitation = invite(call, family, parent.id, user, { role, ...rest });
    return { invitation: invitationObject(call, invitation) };
}

/** Makes an invitation, or renews the pending one of the same person; an expired one is replaced. */
function invite(call: Call, family: Family, parentId: string, user: User, changes: MemberChanges & { role: Role }) {
    const { message, invitation_expires } = readFields(invitationFields, call.input);
    const last = pendingInvitation(call.backend, parentId, user.id);
    const pending = last && isPending(last, call.now) ? last : undefined;
    const { role, notify } = changes;
    const invitation: Invitation = {
        id: pending?.id ?? call.ids.opaque("9"),
        key: pending?.key ?? call.ids.secret(48),
        kind: family.kind,
        parentId,
        userId: user.id,
        email: user.email,
        role,
        state: "pending",
        message: message ?? pending?.message ?? null,
        notify: notify ?? pending?.notify ?? null,
        inviter: call.user.id,
        expires: invitation_expires === undefined ? (pending?.expires ?? null) : invitation_expires,
        created: pending?.created ?? call.now,
        updated: call.now,
    };
    if (last) call.store.run("DELETE FROM invitations WHERE id = ?", last.id);
    call.store.insert("invitations", { ...invitation });
    put(call.backend, { ...newMember(call, family.kind, parentId, user.id), status: "pending", ...changes });
    call.did(pending ? "updated" : "created", "invitation", invitation.id);
    return invitation;
}

/** The invitation without an answer; it may have expired. */
function pendingInvitation({ store }: Backend, parentId: string, userId: string): Invitation | undefined {
    const sql = "SELECT * FROM invitations WHERE parentId = ? AND userId = ? AND state = 'pending'";
    return store.get<Invitation>(sql, parentId, userId);
}

/** The member of the path: user id, e-mail or `me`. */
function namedMember(call: Call, parentId: string): MemberRow {
    const named = call.param("member");
    const userId = named === "me" ? call.user.id : named.includes("@") ? userByEmail(call.backend, named)?.id : named;
    const row = memberRow(call.backend, parentId, userId ?? "");
    if (!row) throw new ApiError("USER_NOT_FOUND", "There is no such member.");
    return row;
}

function details(call: Call, family: Family): Answer {
    const parent = family.open(call, "guest");
    return { member: memberObject(call, namedMember(call, parent.id), family) };
}

function update(call: Call, family: Family): Answer {
    const parent = openToManage(call, family);
    const row = namedMember(call, parent.id);
    const changes = memberChanges(call.input, family);
    requireManager(parent, row.role);
    requireManager(parent, changes.role);
    if (row.role === "owner" && changes.role !== undefined) {
        throw new ApiError("DENIED", "The owner's role changes only by a transfer of ownership.");
    }
    const { role = row.role, notify = row.notify, expires = row.expires } = changes;
    if (role !== row.role || notify !== row.notify || expires !== row.expires) {
        const sql = "UPDATE members SET role = ?, notify = ?, expires = ? WHERE parentId = ? AND userId = ?";
        call.store.run(sql, role, notify, expires, parent.id, row.userId);
        if (row.invitationId) call.store.update("invitations", row.invitationId, { role, updated: call.now });
        call.did("updated", family.memberKind, `${parent.id}/${row.userId}`);
    }
    return { member: memberObject(call, { ...row, role, notify, expires }, family) };
}

function remove(call: Call, family: Family): Answer {
    const parent = openToManage(call, family);
    const row = namedMember(call, parent.id);
    requireManager(parent, row.role === "owner" ? undefined : row.role);
    drop(call, family, row);
    return {};
}

function leave(call: Call, family: Family): Answer {
    const parent = family.open(call, "view");
    const row = memberRow(call.backend, parent.id, call.user.id);
    if (!row) throw new ApiError("USER_NOT_FOUND", "You are not a member here.");
    drop(call, family, row);
    return {};
}

function drop(call: Call, family: Family, row: MemberRow): void {
    if (row.role === "owner") {
        throw new ApiError("RESTRICTED", "The owner cannot be removed: transfer the ownership first.");
    }
    call.store.run("DELETE FROM members WHERE parentId = ? AND userId = ?", row.parentId, row.userId);
    if (row.invitationId) {
        call.store.run("DELETE FROM invitations WHERE id = ?", row.invitationId);
        call.did("deleted", "invitation", row.invitationId);
    }
    call.did("deleted", family.memberKind, `${row.parentId}/${row.userId}`);
}

/** The former owner stays as an admin. Older clients ask with GET. */
function transferOwnership(call: Call, family: Family): Answer {
    const parent = family.open(call, "owner", "write");
    const row = namedMember(call, parent.id);
    if (row.status !== "active") throw new ApiError("USER_NOT_FOUND", "The new owner has not joined yet.");
    if (row.role === "owner") throw new ApiError("CONFLICT", "This member is the owner already.");
    makeOwner(call, family.kind, parent.id, row.userId);
    call.did("updated", family.memberKind, `${parent.id}/${row.userId}`);
    return {};
}

/** Hands a parent over: the user becomes its owner, whoever was is an admin from now on. */
export function makeOwner(call: Call, kind: ParentKind, parentId: string, userId: string): void {
    call.store.run("UPDATE members SET role = 'admin' WHERE parentId = ? AND role = 'owner'", parentId);
    call.store.run("DELETE FROM invitations WHERE parentId = ? AND userId = ? AND state = 'pending'", parentId, userId);
    put(call.backend, { ...newMember(call, kind, parentId, userId), role: "owner" });
}

function join(call: Call, family: Family): Answer {
    const present = (id: string) => memberRow(call.backend, id, call.user.id);
    const { id, role } = family.joining(call);
    const row = present(id);
    if (row?.status === "active") throw new ApiError("EXISTS", "You are a member already.");
    const invitation = pendingInvitation(call.backend, id, call.user.id);
    if (row && invitation) {
        acceptInvitation(call.backend, invitation);
    } else {
        if (role === null) throw new ApiError("DENIED", `You may not join this ${family.kind} without an invitation.`);
        put(call.backend, { ...newMember(call, family.kind, id, call.user.id), role });
    }
    call.did("created", family.memberKind, `${id}/${call.user.id}`);
    return { member: oneMember(call, family, id, call.user.id) };
}

function answerInvitation(call: Call, family: Family): Answer {
    const { id } = family.joining(call);
    const action = call.param("action");
    if (action !== "accept" && action !== "decline") throw invalid("action", "must be accept or decline");
    const sql = "SELECT * FROM invitations WHERE key = ? AND parentId = ? AND userId = ?";
    const invitation = call.store.get<Invitation>(sql, call.param("invitation_key"), id, call.user.id);
    if (!invitation || !isPending(invitation, call.now)) throw noInvitation();
    if (action === "accept") acceptInvitation(call.backend, invitation);
    else declineInvitation(call.backend, invitation);
    call.did("updated", "invitation", invitation.id);
    return action === "accept" ? { member: oneMember(call, family, id, call.user.id) } : {};
}

function noInvitation(): ApiError {
    return new ApiError("RESOURCE_NOT_FOUND", "There is no such invitation.");
}

export function isPending(invitation: Invitation, now: number): boolean {
    return invitation.state === "pending" && (invitation.expires === null || invitation.expires > now);
}

/** The membership keeps the user id that the invitation named. */
export function acceptInvitation({ store, clock }: Backend, { id, role, parentId, userId }: Invitation): void {
    store.update("invitations", id, { state: "accepted", updated: clock.now });
    const sql = "UPDATE members SET status = 'active', role = ?, created = ? WHERE parentId = ? AND userId = ?";
    store.run(sql, role, clock.now, parentId, userId);
}

export function declineInvitation({ store, clock }: Backend, { id, parentId, userId }: Invitation): void {
    store.update("invitations", id, { state: "declined", updated: clock.now });
    store.run("DELETE FROM members WHERE parentId = ? AND userId = ?", parentId, userId);
}

function listInvitations(call: Call, family: Family): Answer {
    const { id } = family.open(call, "guest");
    const state = call.param("state");
    if (state !== "" && !["pending", "accepted", "declined"].includes(state)) {
        throw invalid("state", "must be pending, accepted or declined");
    }
    const rows = call.store
        .all<Invitation>("SELECT * FROM invitations WHERE parentId = ? ORDER BY created, rowid", id)
        .filter((invitation) => state === "" || stateOf(invitation, call.now) === state);
    return call.page("invitations", rows, (row) => invitationObject(call, row));
}

/** The invitation of the path by id or by the invitee's e-mail; of several to one address the open, then newest one. */
function namedInvitation(call: Call, parentId: string): Invitation {
    const named = call.param("invitation");
    const [column, value] = named.includes("@") ? ["email", named.toLowerCase()] : ["id", canonicalOpaque(named)];
    const sql = `SELECT * FROM invitations WHERE parentId = ? AND ${column} = ?
                 ORDER BY state = 'pending' DESC, rowid DESC`;
    const invitation = call.store.get<Invitation>(sql, parentId, value ?? "");
    if (!invitation) throw noInvitation();
    return invitation;
}

function updateInvitation(call: Call, family: Family): Answer {
    const parent = openToManage(call, family);
    const invitation = namedInvitation(call, parent.id);
    const { role, notify, expires } = memberChanges(call.input, family);
    requireManager(parent, role ?? invitation.role);
    const states = ["pending", "accepted", "declined"] as const;
    const { state } = readFields({ state: oneOf(states, "pending") }, call.input);
    if (invitation.state !== "pending") {
        throw new ApiError("NOT_ACCEPTABLE", `The invitation is ${invitation.state} already.`);
    }
    const changed: Invitation = {
        ...invitation,
        role: role ?? invitation.role,
        notify: notify ?? invitation.notify,
        expires: expires === undefined ? invitation.expires : expires,
    };
    if (JSON.stringify(changed) !== JSON.stringify(invitation)) {
        changed.updated = call.now;
        const { id, ...columns } = changed;
        call.store.update("invitations", id, { ...columns });
        const sql = "UPDATE members SET role = ?, notify = ? WHERE parentId = ? AND userId = ?";
        call.store.run(sql, changed.role, changed.notify, parent.id, changed.userId);
        call.did("updated", "invitation", id);
    }
    if (state === "accepted" || state === "declined") {
        if (state === "accepted") acceptInvitation(call.backend, changed);
        else declineInvitation(call.backend, changed);
        changed.state = state;
        call.did("updated", "invitation", changed.id);
    }
    return { invitation: invitationObject(call, changed) };
}

function deleteInvitation(call: Call, family: Family): Answer {
    const parent = openToManage(call, family);
    const invitation = namedInvitation(call, parent.id);
    requireManager(parent, invitation.role);
    if (invitation.state === "accepted") {
        throw new ApiError("NOT_ACCEPTABLE", "The invitation is accepted already: remove the member instead.");
    }
    call.store.run("DELETE FROM invitations WHERE id = ?", invitation.id);
    const sql = "DELETE FROM members WHERE parentId = ? AND userId = ? AND status = 'pending'";
    if (invitation.state === "pending") call.store.run(sql, parent.id, invitation.userId);
    call.did("deleted", "invitation", invitation.id);
    return {};
}

function oneMember(call: Call, family: Family, parentId: string, userId: string): Answer | null {
    const row = memberRow(call.backend, parentId, userId);
    return row ? memberObject(call, row, family) : null;
}

function memberObject(call: Call, row: MemberRow, family: Family): Answer {
    return {
        // Late accounts 9.2: somebody without an account has no id.
        id: call.dialect.era === "late" && !row.registered ? null : row.userId,
        account_type: row.accountType,
        email_address: row.email,
        first_name: row.firstName,
        last_name: row.lastName,
        profile_pic: assetUrl(call, "user", row.userId, "profile_pic"),
        permissions: row.role,
        [family.notifyKeys[0]]: row.notify,
        expires: dateText(row.expires),
        status: row.status,
        invite: row.invitationId && {
            id: row.invitationId,
            created: dateText(row.invitationCreated),
            expires: dateText(row.invitationExpires),
        },
        created: dateText(row.created),
    };
}

function stateOf(invitation: Invitation, now: number): string {
    return invitation.state === "pending" && !isPending(invitation, now) ? "expired" : invitation.state;
}

export function invitationObject({ dialect, now }: Call, invitation: Invitation): Answer {
    return dialect.invitation({
        id: invitation.id,
        email: invitation.email,
        user_id: invitation.userId,
        state: stateOf(invitation, now),
        permissions: invitation.role,
        message: invitation.message,
        notify_options: invitation.notify,
        inviter: invitation.inviter,
        created: dateText(invitation.created),
        updated: dateText(invitation.updated),
        expires: dateText(invitation.expires),
    });
}
