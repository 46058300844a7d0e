// The invitee's side of invitations.
import { requireAccountWrite } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Backend, Call, Routes } from "../call";
import { canonicalOpaque } from "../ids";
import { findOrganization, findShare, findWorkspace } from "../parents";
import { outsiderProblem } from "../policies";
import { acceptInvitation, declineInvitation, type Invitation, invitationObject, isPending } from "./members";

export function invitations(routes: Routes): void {
    routes.get("/user/invitations/list/", list, "unverified");
    routes.get("/user/invitation/:invitation/details/", details, "unverified");
    routes.post("/user/invitations/acceptall/", acceptAll, "unverified");
    routes.late.post("/user/invitation/:invitation/accept/", (call) => answer(call, acceptInvitation), "unverified");
    routes.late.post("/user/invitation/:invitation/decline/", (call) => answer(call, declineInvitation), "unverified");
}

/** The caller's pending invitations, or the one with the `invitation_key` of the request. */
function pending(call: Call): Invitation[] {
    const { invitation_key: key } = call.input;
    return call.store
        .all<Invitation>("SELECT * FROM invitations WHERE userId = ? ORDER BY created, rowid", call.user.id)
        .filter((invitation) => isPending(invitation, call.now) && (key === undefined || invitation.key === key));
}

function list(call: Call): Answer {
    return call.page("invitations", pending(call), (invitation) => ownObject(call, invitation));
}

/** The caller's invitation of the path, by key or id. */
function ownInvitation(call: Call): Invitation | undefined {
    const named = call.param("invitation");
    const sql = "SELECT * FROM invitations WHERE userId = ? AND (key = ? OR id = ?)";
    return call.store.get<Invitation>(sql, call.user.id, named, canonicalOpaque(named));
}

function noInvitation(): ApiError {
    return new ApiError("RESOURCE_NOT_FOUND", "There is no such invitation.");
}

function details(call: Call): Answer {
    const invitation = ownInvitation(call);
    if (!invitation) throw noInvitation();
    return { invitation: ownObject(call, invitation) };
}

function answer(call: Call, given: (backend: Backend, invitation: Invitation) => void): Answer {
    const invitation = ownInvitation(call);
    if (!invitation || !isPending(invitation, call.now)) throw noInvitation();
    requireAccountWrite(call);
    const problem = given === acceptInvitation ? problemOf(call, invitation) : undefined;
    if (problem) throw problem;
    given(call.backend, invitation);
    call.did("updated", "invitation", invitation.id);
    return {};
}

/** Late accounts 9.5: what a policy refuses stays pending. */
function acceptAll(call: Call): Answer {
    requireAccountWrite(call);
    const answered = pending(call).map((invitation) => ({ invitation, problem: problemOf(call, invitation) }));
    const refused = answered.flatMap(({ invitation: { id }, problem }) =>
        problem ? [{ id, reason: problem.reason, ...problem.details }] : [],
    );
    const accepted = answered.filter(({ problem }) => !problem);
    for (const { invitation } of accepted) {
        acceptInvitation(call.backend, invitation);
        call.did("updated", "invitation", invitation.id);
    }
    return call.dialect.era === "late" ? { refused } : { accepted: accepted.length };
}

/** Why the policy of an organization does not let the caller in. */
function problemOf({ backend }: Call, { kind, parentId, userId }: Invitation): ApiError | undefined {
    if (kind === "organization") return undefined;
    const workspaceId = kind === "workspace" ? parentId : findShare(backend, parentId).workspaceId;
    return outsiderProblem(backend, findWorkspace(backend, workspaceId).organizationId, userId);
}

/** The invitee sees the key that the mail carried, and what the invitation is to. */
function ownObject(call: Call, invitation: Invitation): Answer {
    const { key, kind, parentId } = invitation;
    const { backend } = call;
    const parent = {
        organization: () => ({ org: named(findOrganization(backend, parentId)) }),
        workspace: () => ({ workspace: named(findWorkspace(backend, parentId)) }),
        share: () => ({ share: { id: parentId, name: findShare(backend, parentId).fields.title } }),
    }[kind]();
    return { ...invitationObject(call, invitation), invitation_key: key, ...parent };
}

function named({ id, fields }: { id: string; fields: { name: string | null } }): Answer {
    return { id, name: fields.name };
}
