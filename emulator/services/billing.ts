// Billing reads: plans, an organization's plan and limits, credits, billable members.
import { openOrganization } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { invalid, parseDateField, readFields, required } from "../fields";
import { findShare, findWorkspace, type Organization } from "../parents";
import { isPaid, limitsOf, plans } from "../plans";

const periodSeconds = 30 * 86_400;
const creditsPerGigabyte = 100;

export function billing(routes: Routes): void {
    routes.get("/org/billing/plan/list/", () => ({ plans }));
    routes.get("/org/:org_id/billing/details/", details);
    routes.get("/org/:org_id/billing/usage/limits/credits/", credits);
    routes.get("/org/:org_id/billing/usage/meters/list/", meters);
    routes.get("/org/:org_id/billing/usage/members/list/", billableMembers);
}

/** The 30 days that the present moment falls into, counted from the organization's creation. */
function period(created: number, now: number): { start: number; end: number } {
    const start = created + Math.floor((now - created) / periodSeconds) * periodSeconds;
    return { start, end: start + periodSeconds };
}

function details(call: Call): Answer {
    const { organization } = openOrganization(call, "admin");
    const { id, plan, created } = organization;
    const { start, end } = period(created, call.now);
    return {
        plan,
        limits: limitsOf(organization),
        customer: null,
        setup_intent: null,
        payment_intent: null,
        subscription: isPaid(plan)
            ? { id: `sub_${id}`, current_period_start: start, current_period_end: end, cancel_at: null }
            : null,
    };
}

function credits(call: Call): Answer {
    const { organization } = openOrganization(call, "admin");
    const { credits: limit } = limitsOf(organization);
    const used = Math.ceil((storedBytes(call, organization.id) / 1024 ** 3) * creditsPerGigabyte);
    const { start, end } = period(organization.created, call.now);
    return {
        credits: { limit, used, remaining: limit === null ? null : Math.max(0, limit - used) },
        period: { start: dateText(start), end: dateText(end) },
        trial: null,
        run_rate: { projected: used },
        ...(call.dialect.era === "late" && lateFlags(organization, limit, used)),
    };
}

/** Late accounts 10: whether usage is held at the allowance, and whether it is beyond it. */
function lateFlags({ plan, switches }: Organization, limit: number | null, used: number): Answer {
    const isBeyond = switches.hold === "credits_exhausted" || (limit !== null && used > limit);
    return {
        credit_limits_enabled: !isPaid(plan),
        over_free_allowance: switches.activated === false && isBeyond,
        over_limit: isBeyond,
    };
}

const storages = `
    SELECT id FROM workspaces WHERE organizationId = ?1 AND closed = 0
    UNION ALL SELECT shares.id FROM shares JOIN workspaces ON workspaces.id = workspaceId
    WHERE organizationId = ?1 AND shares.closed = 0`;

/** Bytes of all files and notes of an organization, trash included. */
export function storedBytes(call: Call, organizationId: string): number {
    const sql = `SELECT coalesce(sum(size), 0) AS bytes FROM nodeRows WHERE containerId IN (${storages})`;
    return call.store.get<{ bytes: number }>(sql, organizationId)?.bytes ?? 0;
}

const meterNames = ["storage_bytes", "bandwidth_bytes", "transfer_bytes", "ai_tokens"];
const daySeconds = 86_400;

/** One point a day. Only what is stored is counted: the emulator moves no bytes that cost, and runs no AI. */
function meters(call: Call): Answer {
    const { organization } = openOrganization(call, "admin");
    const { input, now } = call;
    const meter = required(input, "meter");
    if (!meterNames.includes(meter)) throw invalid("meter", `must be one of ${meterNames.join(", ")}`);
    const { workspace_id: workspaceId, share_id: shareId } = input;
    if (workspaceId !== undefined && shareId !== undefined) throw invalid("share_id", "is given beside workspace_id");
    const { start_time: start = now - periodSeconds, end_time: end = now } = readFields(
        { start_time: moment, end_time: moment },
        input,
    );
    if (start > end) throw invalid("start_time", "is after end_time");
    if (end - start > 366 * daySeconds) throw invalid("start_time", "is more than a year before end_time");
    const containers = metered(call, organization.id);
    const points = [];
    for (let time = start; time <= end; time += daySeconds) {
        const value = meter === "storage_bytes" ? storedAt(call, containers, Math.min(time + daySeconds - 1, end)) : 0;
        const spent = (value / 1024 ** 3) * creditsPerGigabyte;
        points.push({ time: dateText(time), value, cost: 0, credits: Number(spent.toFixed(4)) });
    }
    return { meter, points };
}

const moment = { parse: parseDateField, initial: 0, clearable: false };

/** The storages that a request asks about: one, or all of the organization. */
function metered(call: Call, organizationId: string): string {
    const { workspace_id: workspaceId, share_id: shareId } = call.input;
    const all = call.store.all<{ id: string }>(storages, organizationId).map(({ id }) => id);
    if (workspaceId === undefined && shareId === undefined) return JSON.stringify(all);
    const { id } =
        workspaceId === undefined ? findShare(call.backend, shareId ?? "") : findWorkspace(call.backend, workspaceId);
    if (!all.includes(id)) throw new ApiError("NOT_FOUND", "This organization has no such workspace or share.");
    return JSON.stringify([id]);
}

/** What the files hold that were there at a time, as far as they are still there. */
function storedAt(call: Call, containers: string, time: number): number {
    const sql = `SELECT coalesce(sum(size), 0) AS bytes FROM nodeRows
                 WHERE containerId IN (SELECT value FROM json_each(?)) AND created <= ?`;
    return call.store.get<{ bytes: number }>(sql, containers, time)?.bytes ?? 0;
}

/** Everyone who is on the organization or on one of its workspaces. */
function billableMembers(call: Call): Answer {
    const { organization } = openOrganization(call, "admin");
    const rows = call.store.all<{ id: string; email: string; workspaces: string }>(
        `SELECT users.id, email, json_group_array(workspaces.id) FILTER (WHERE workspaces.id IS NOT NULL) AS workspaces
         FROM members JOIN users ON users.id = userId LEFT JOIN workspaces ON workspaces.id = parentId
         WHERE status = 'active' AND (expires IS NULL OR expires > ?2)
             AND (parentId = ?1 OR (workspaces.organizationId = ?1 AND closed = 0))
         GROUP BY users.id ORDER BY min(members.rowid)`,
        organization.id,
        call.now,
    );
    return call.page("billable_members", rows, ({ id, email, workspaces }) => ({
        id,
        email_address: email,
        workspaces: JSON.parse(workspaces),
    }));
}
