// Billing reads: plans, an organization's plan and limits, credits, billable members.
import { openOrganization } from "../access";
import type { Answer, Call, Routes } from "../call";
import { dateText } from "../clock";
import { isPaid, limitsOf, plans } from "../plans";

const periodSeconds = 30 * 86_400;
const creditsPerGigabyte = 100;

export function billing(routes: Routes): void {
    routes.get("/org/billing/plan/list/", () => ({ plans }));
    routes.get("/org/:org_id/billing/details/", details);
    routes.get("/org/:org_id/billing/usage/limits/credits/", credits);
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
    };
}

/** Bytes of all files and notes of an organization, trash included. */
export function storedBytes(call: Call, organizationId: string): number {
    const sql = `SELECT coalesce(sum(size), 0) AS bytes FROM nodeRows WHERE containerId IN (
        SELECT id FROM workspaces WHERE organizationId = ?1 AND closed = 0
        UNION ALL SELECT shares.id FROM shares JOIN workspaces ON workspaces.id = workspaceId
        WHERE organizationId = ?1 AND shares.closed = 0)`;
    return call.store.get<{ bytes: number }>(sql, organizationId)?.bytes ?? 0;
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
