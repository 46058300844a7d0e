// The invitee's side of invitations.
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { canonicalOpaque } from "../ids";
import { findOrganization, findShare, findWorkspace } from "../parents";
import { acceptInvitation, type Invitation, invitationObject, isPending } from "./members";

export function invitations(routes: Routes): void {
    routes.get("/user/invitations/list/", list, "unverified");
    routes.get("/user/invitation/:invitation/details/", details, "unverified");
    routes.post("/user/invitations/acceptall/", acceptAll, "unverified");
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

function details(call: Call): Answer {
    const named = call.param("invitation");
    const sql = "SELECT * FROM invitations WHERE userId = ? AND (key = ? OR id = ?)";
    const invitation = call.store.get<Invitation>(sql, call.user.id, named, canonicalOpaque(named));
    if (!invitation) throw new ApiError("RESOURCE_NOT_FOUND", "There is no such invitation.");
    return { invitation: ownObject(call, invitation) };
}

function acceptAll(call: Call): Answer {
    const accepted = pending(call);
    for (const invitation of accepted) {
        acceptInvitation(call.backend, invitation);
        call.did("updated", "invitation", invitation.id);
    }
    return { accepted: accepted.length };
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
