// The log of what happened to organizations, workspaces, shares and their people, under the names of the contract.
import { createHash } from "node:crypto";
import {
    isInScope,
    membership,
    openOrganization,
    openShare,
    openWorkspace,
    workspaceLine,
    workspaceRole,
} from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, Scope } from "../call";
import { dateText } from "../clock";
import { invalid, parseDateField, parseInteger, readFields } from "../fields";
import { canonicalOpaque } from "../ids";
import { numberedRefusal, refused } from "../late-refusals";
import type { Effect, Kind } from "../ledger";
import { asWorkspace, findOrganization, type Row, type Workspace } from "../parents";

interface Event {
    rowid: number;
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
    routes.late.get("/org/:org_id/events/changes/", changes);
}

type Names = Partial<Record<Effect, string>>;

const lifecycle = (what: string): Names => ({
    created: `${what}_created`,
    updated: `${what}_updated`,
    deleted: `${what}_deleted`,
});
const peopleOf = (parent: string): Names => ({
    created: `added_member_to_${parent}`,
    updated: "membership_updated",
    deleted: `removed_member_from_${parent}`,
});

/** Category and names by kind; what the contract has no name for leaves no event. */
const logged: Partial<Record<Kind, readonly [category: keyof Scope | "invitation", names: Names]>> = {
    organization: ["org", { ...lifecycle("org"), deleted: "org_closed" }],
    workspace: ["workspace", lifecycle("workspace")],
    share: ["share", lifecycle("share")],
    organizationMember: ["org", peopleOf("org")],
    workspaceMember: ["workspace", peopleOf("workspace")],
    shareMember: ["share", peopleOf("share")],
    invitation: ["invitation", { created: "invitation_email_sent" }],
    transferToken: ["org", { created: "org_transfer_token_created" }],
    fileShare: ["workspace", lifecycle("file_share")],
};

/** Logs what a call did, for those who see where it did it. */
export function recordEvent(call: Call): void {
    const { effect, kind, id = "", event: given } = call.effect;
    const [category, names] = (kind && logged[kind]) ?? [];
    const event = given ?? names?.[effect];
    if (category === undefined || event === undefined) return;
    // The first part of a member's id is its parent; of anything else the id is its own.
    const [objectId = ""] = id.split("/");
    const isProfile = !(category === "invitation" || kind === "transferToken" || kind === "fileShare");
    const scope = isProfile ? { ...call.scope, [category]: objectId } : call.scope;
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
    // Late accounts 12.1: the audit log is for administration.
    const isAudit = input.visibility === "external_audit_log";
    const conditions: [column: string, value: string | number | undefined][] = [
        ["orgId =", input.org_id && openOrganization(call, "view", input.org_id, isAudit).organization.id],
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
        `SELECT rowid, * FROM events WHERE ${asked.map(([column]) => `${column} ?`).join(" AND ")} ORDER BY rowid DESC`,
        ...asked.map(([, value]) => value),
    );
    return call.dialect.era === "late" ? cursorPage(call, rows) : call.page("events", rows, eventObject);
}

/** Late accounts 12.1: a page tells where the next one begins; what happens meanwhile moves nothing. */
function cursorPage(call: Call, rows: readonly Event[]): Answer {
    const { cursor, limit } = call.input;
    const before = cursor === undefined ? undefined : Number(readCursor(cursor).before);
    if (Number.isNaN(before)) throw invalid("cursor", "is none that a page told");
    const left = before === undefined ? rows : rows.filter(({ rowid }) => rowid < before);
    const { events: shown, pagination } = call.page("events", left, eventObject);
    const page = { has_more: false, offset: 0, ...(pagination as object) };
    const size = Number(limit ?? "100");
    const last = left[page.offset + size - 1];
    const next_cursor = page.has_more && last ? cursorOf({ before: last.rowid }) : null;
    return { events: shown, pagination: { ...page, total: rows.length, page_size: size, next_cursor } };
}

function cursorOf(place: Answer): string {
    return Buffer.from(JSON.stringify(place)).toString("base64");
}

/** What a cursor says; nothing for one that was made up. */
function readCursor(cursor: string): Answer {
    try {
        const place: unknown = JSON.parse(Buffer.from(cursor, "base64").toString());
        return typeof place === "object" && place !== null ? { ...place } : {};
    } catch {
        return {};
    }
}

/**
 * Late accounts 12.1: what has happened in an organization since a cursor, oldest first, as far as the caller sees it. Without a
 * cursor the answer says where to begin. The emulator logs no files, so the feed has none either.
 */
function changes(call: Call): Answer {
    const { id } = findOrganization(call.backend, call.param("org_id"));
    const profiles = readable(call, id);
    const isMember = membership(call.backend, id, call.user.id) !== null;
    if (!isMember && profiles.length === 0) {
        throw numberedRefusal({ status: 403, code: 135_626 }, "Nothing in this organization is readable.");
    }
    if (isMember) openOrganization(call, "view", id);
    const limit = readLimit(call.input.limit ?? "250");
    // A cursor is good for the one who got it, with the rights of then.
    const holder = createHash("sha256")
        .update(JSON.stringify([call.user.id, id, call.caller.scopes]))
        .digest("hex")
        .slice(0, 16);
    const head = call.store.get<{ head: number }>("SELECT coalesce(max(rowid), 0) AS head FROM events")?.head ?? 0;
    const items = profiles.map((profile) => ({ id: profile, type: "workspace" }));
    const version = createHash("sha256").update(JSON.stringify(items)).digest("hex").slice(0, 16);
    const { cursor } = call.input;
    if (cursor === undefined || cursor === "") {
        return {
            changes: [],
            cursor: cursorOf({ holder, after: head }),
            has_more: false,
            profiles: { version, items },
        };
    }
    const place = readCursor(cursor);
    const after = Number(place.after);
    if (Number.isNaN(after)) throw numberedRefusal({ status: 406, code: 158_008 }, "The cursor is none of this feed.");
    if (place.holder !== holder) throw refused("cursor_expired", "The cursor is good no more: begin anew without one.");
    const rows = call.store
        .all<Event>("SELECT rowid, * FROM events WHERE orgId = ? AND rowid > ? ORDER BY rowid", id, after)
        .filter(({ workspaceId }) => (workspaceId === null ? isMember : profiles.includes(workspaceId)));
    const page = rows.slice(0, limit);
    const isWhole = page.length === rows.length;
    return {
        changes: page.map(eventObject),
        cursor: cursorOf({ holder, after: isWhole ? head : page.at(-1)?.rowid }),
        has_more: !isWhole,
        profiles: { version, items },
    };
}

function readLimit(text: string): number {
    const limit = Number(text);
    if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
    const told = { status: 406, code: 207_321 };
    throw new ApiError("INPUT_INVALID", "limit: must be a whole number from 1 to 1000.", { field: "limit", told });
}

/** The ids of the organization's workspaces that the caller and the credential may read. */
function readable(call: Call, organizationId: string): string[] {
    const sql = "SELECT * FROM workspaces WHERE organizationId = ? AND closed = 0 ORDER BY id";
    return call.store
        .all<Row<Workspace>>(sql, organizationId)
        .map(asWorkspace)
        .filter((one) => workspaceRole(call.backend, one, call.user.id) !== null && isInScope(call, workspaceLine(one)))
        .map(({ id }) => id);
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
