// The log of what happened to organizations, workspaces, shares and their people, under the names of the contract.
import { openOrganization, openShare, openWorkspace } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, Scope } from "../call";
import { dateText } from "../clock";
import { invalid, parseDateField, parseInteger, readFields } from "../fields";
import { canonicalOpaque } from "../ids";
import type { Effect, Kind } from "../ledger";

interface Event {
    id: string;
    event: string;
    category: string;
    objectId: string;
    callingUser: string;
    orgId: string | null;
    workspaceId: string | null;
    shareId: string | null;
    acknowledged: number;
    created: number;
}

export function events(routes: Routes): void {
    routes.get("/events/search/", search);
    routes.get("/event/:event_id/details/", (call) => ({ event: eventObject(named(call)) }));
    routes.early.get("/event/:event_id/ack/", acknowledge);
    routes.late.post("/event/:event_id/ack/", acknowledge);
}

type Names = Partial<Record<Effect, string>>;

const lifecycle = (what: string): Names => ({
    created: `${what}_created`,
    updated: `${what}_updated`,
    deleted: `${what}_deleted`,
});
const membership = (parent: string): Names => ({
    created: `added_member_to_${parent}`,
    updated: "membership_updated",
    deleted: `removed_member_from_${parent}`,
});

/** Category and names by kind; what the contract has no name for leaves no event. */
const logged: Partial<Record<Kind, readonly [category: keyof Scope | "invitation", names: Names]>> = {
    organization: ["org", { ...lifecycle("org"), deleted: "org_closed" }],
    workspace: ["workspace", lifecycle("workspace")],
    share: ["share", lifecycle("share")],
    organizationMember: ["org", membership("org")],
    workspaceMember: ["workspace", membership("workspace")],
    shareMember: ["share", membership("share")],
    invitation: ["invitation", { created: "invitation_email_sent" }],
    transferToken: ["org", { created: "org_transfer_token_created" }],
};

/** Logs what a call did, for those who see where it did it. */
export function recordEvent(call: Call): void {
    const { effect, kind, id = "", event: given } = call.effect;
    const [category, names] = (kind && logged[kind]) ?? [];
    const event = given ?? names?.[effect];
    if (category === undefined || event === undefined) return;
    // The first part of a member's id is its parent; of anything else the id is its own.
    const [objectId = ""] = id.split("/");
    const scope =
        category === "invitation" || kind === "transferToken" ? call.scope : { ...call.scope, [category]: objectId };
    call.store.insert("events", {
        id: call.ids.opaque("e"),
        event,
        category,
        objectId: id,
        callingUser: call.user.id,
        orgId: scope.org ?? null,
        workspaceId: scope.workspace ?? null,
        shareId: scope.share ?? null,
        acknowledged: 0,
        created: call.now,
    });
}

const dates = {
    "created-min": { parse: parseDateField, initial: 0, clearable: false },
    "created-max": { parse: parseDateField, initial: 0, clearable: false },
};

/** Newest first; at least one of the profiles is named, and several must all be right. */
function search(call: Call): Answer {
    const { input } = call;
    parseInteger(input.limit ?? "100", "limit", 1, 250);
    const conditions: [column: string, value: string | number | undefined][] = [
        ["orgId =", input.org_id && openOrganization(call, "view", input.org_id).organization.id],
        ["workspaceId =", input.workspace_id && openWorkspace(call, "guest", "read", input.workspace_id).workspace.id],
        ["shareId =", input.share_id && openShare(call, "guest", "read", input.share_id).share.id],
        ["callingUser =", input.user_id && ownId(call, input.user_id)],
    ];
    if (conditions.every(([, value]) => !value)) {
        throw new ApiError("INPUT_INVALID", "One of user_id, org_id, workspace_id and share_id is required.");
    }
    const { acknowledged } = input;
    if (acknowledged !== undefined && acknowledged !== "true" && acknowledged !== "false") {
        throw invalid("acknowledged", "must be true or false");
    }
    const { "created-min": earliest, "created-max": latest } = readFields(dates, input);
    conditions.push(
        ["event =", input.event],
        ["category =", input.category],
        ["callingUser =", input.calling_user_id],
        ["objectId =", input.object_id],
        ["acknowledged =", acknowledged && Number(acknowledged === "true")],
        ["created >=", earliest],
        ["created <=", latest],
    );
    const asked = conditions.filter((condition): condition is [string, string | number] => condition[1] !== undefined);
    const rows = call.store.all<Event>(
        `SELECT * FROM events WHERE ${asked.map(([column]) => `${column} ?`).join(" AND ")} ORDER BY rowid DESC`,
        ...asked.map(([, value]) => value),
    );
    return call.page("events", rows, eventObject);
}

function ownId(call: Call, named: string): string {
    if (named !== "me" && named !== call.user.id) throw new ApiError("DENIED", "These are another user's events.");
    return call.user.id;
}

/** The event of the path, for whoever sees where it happened. */
function named(call: Call): Event {
    const sql = "SELECT * FROM events WHERE id = ?";
    const event = call.store.get<Event>(sql, canonicalOpaque(call.param("event_id")));
    if (!event) throw new ApiError("NOT_FOUND", "There is no such event.");
    if (event.shareId !== null) openShare(call, "guest", "read", event.shareId);
    else if (event.workspaceId !== null) openWorkspace(call, "guest", "read", event.workspaceId);
    else if (event.orgId !== null) openOrganization(call, "view", event.orgId);
    return event;
}

function acknowledge(call: Call): Answer {
    call.store.update("events", named(call).id, { acknowledged: 1 });
    return {};
}

function eventObject(event: Event): Answer {
    return {
        event_id: event.id,
        event: event.event,
        category: event.category,
        object_id: event.objectId,
        calling_user: event.callingUser,
        org_id: event.orgId,
        workspace_id: event.workspaceId,
        share_id: event.shareId,
        acknowledged: event.acknowledged === 1,
        created: dateText(event.created),
    };
}
