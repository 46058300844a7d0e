// Ownership-transfer tokens: an agent hands an organization to a human.
import { membership, openOrganization } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { required } from "../fields";
import { canonicalOpaque } from "../ids";
import { findOrganization } from "../parents";
import { requireServed } from "../policies";
import { makeOwner } from "./members";
import { organizationObject } from "./organizations";

const lifetimeSeconds = 72 * 3600;
const maxActive = 5;

interface TransferToken {
    id: string;
    organizationId: string;
    token: string;
    expires: number;
    created: number;
}

export function transferTokens(routes: Routes): void {
    const served = (handler: (call: Call) => Answer) => (call: Call) => {
        requireServed(call, "transferTokens");
        return handler(call);
    };
    routes.post("/org/:org_id/transfer/token/create/", served(create));
    routes.get("/org/:org_id/transfer/token/list/", served(list));
    routes.delete("/org/:org_id/transfer/token/:token_id/", served(revoke));
    routes.post("/org/transfer/claim/", served(claim));
}

function active(call: Call, organizationId: string): TransferToken[] {
    const sql = "SELECT * FROM transferTokens WHERE organizationId = ? AND expires > ? ORDER BY rowid";
    return call.store.all<TransferToken>(sql, organizationId, call.now);
}

function create(call: Call): Answer {
    const { organization } = openOrganization(call, "owner");
    if (call.user.accountType !== "agent") {
        throw new ApiError("RESTRICTED", "Only an agent account can create a transfer token.");
    }
    if (active(call, organization.id).length >= maxActive) {
        throw new ApiError("MAX_LIMIT", `An organization can have ${maxActive} active transfer tokens.`);
    }
    const token: TransferToken = {
        id: call.ids.opaque("4"),
        organizationId: organization.id,
        token: call.ids.secret(64),
        created: call.now,
        expires: call.now + lifetimeSeconds,
    };
    call.store.insert("transferTokens", { ...token });
    call.did("created", "transferToken", token.id);
    return tokenObject(token);
}

function list(call: Call): Answer {
    const { organization } = openOrganization(call, "owner");
    return call.page("tokens", active(call, organization.id), tokenObject);
}

/** By id or by the token itself. */
function revoke(call: Call): Answer {
    const { organization } = openOrganization(call, "owner");
    const named = call.param("token_id");
    const token = active(call, organization.id).find(
        (candidate) => candidate.id === canonicalOpaque(named) || candidate.token === named,
    );
    if (!token) throw noToken();
    call.store.run("DELETE FROM transferTokens WHERE id = ?", token.id);
    call.did("deleted", "transferToken", token.id);
    return {};
}

/** The claimer owns the organization and all below it; every former owner there stays as an admin. */
function claim(call: Call): Answer {
    const sql = "SELECT * FROM transferTokens WHERE token = ? AND expires > ?";
    const token = call.store.get<TransferToken>(sql, required(call.input, "token"), call.now);
    if (!token) throw noToken();
    const { id, plan } = findOrganization(call.backend, token.organizationId);
    if (membership(call.backend, id, call.user.id) === "owner") {
        throw new ApiError("CONFLICT", "You own this organization already.");
    }
    makeOwner(call, "organization", id, call.user.id);
    const workspaces = "SELECT id FROM workspaces WHERE organizationId = ? AND closed = 0";
    for (const workspace of call.store.all<{ id: string }>(workspaces, id)) {
        makeOwner(call, "workspace", workspace.id, call.user.id);
        const shares = "SELECT id FROM shares WHERE workspaceId = ? AND closed = 0";
        for (const share of call.store.all<{ id: string }>(shares, workspace.id)) {
            makeOwner(call, "share", share.id, call.user.id);
        }
    }
    // The former owner's other tokens would let somebody else take the organization from its new owner.
    call.store.run("DELETE FROM transferTokens WHERE organizationId = ?", id);
    call.store.update("organizations", id, { plan: plan === "agent" ? "free" : plan, updated: call.now });
    call.did("updated", "organization", id, "org_transfer_completed");
    return { org: organizationObject(call, findOrganization(call.backend, id)) };
}

function noToken(): ApiError {
    return new ApiError("RESOURCE_NOT_FOUND", "The transfer token is unknown, used or expired.");
}

function tokenObject({ id, token, created, expires }: TransferToken): Answer {
    return { id, token, created: dateText(created), expires: dateText(expires) };
}
