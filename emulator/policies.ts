// What an organization's people have set in the web app, and the API only shows as refusals: policies, activation, payment.
import type { ApiError } from "./api-error";
import type { Backend, Call, User } from "./call";
import { flag, oneOf, optionalText } from "./fields";
import { numberedRefusal, type Reason, refused } from "./late-refusals";
import type { Feature } from "./plans";
import { covering, grantOf, type Line } from "./scopes";

/** Late accounts 9.3, by the names of the control plane. */
export const policyFields = {
    /** `r` and `rw` cap what credentials may do, `narrow` refuses those of the whole account, the others are faults. */
    credentialPolicy: oneOf(["none", "r", "rw", "narrow", "unreadable", "org", "unavailable"], "none", true),
    /** The mail domain whose people sign in elsewhere. */
    sso: optionalText({ max: 253 }),
    externalInvites: flag(true),
    geo: flag(false),
    mcp: flag(false),
    required2fa: flag(false),
    policyUnavailable: flag(false),
};

export interface Policy {
    credentialPolicy?: "none" | "r" | "rw" | "narrow" | "unreadable" | "org" | "unavailable";
    sso?: string | null;
    /** Whether outsiders may be invited. */
    externalInvites?: boolean;
    geo?: boolean;
    mcp?: boolean;
    required2fa?: boolean;
    policyUnavailable?: boolean;
}

/** Why what costs something is held: late accounts 2.5. */
export const holds = [
    "credits_exhausted",
    "trial_conversion_pending",
    "upgrade_pending",
    "trial_conversion_lapsed",
] as const;

export interface OrganizationSwitches {
    /** Whether the owner has been through the web app's onboarding; it is so where nothing is said. */
    activated?: boolean;
    hold?: (typeof holds)[number] | null;
    policy?: Policy;
    /** Capabilities that are not as the plan has them. */
    features?: Partial<Record<Feature, boolean>>;
}

export function switchesOf({ store }: Backend, organizationId: string): OrganizationSwitches {
    const row = store.get<{ switches: string }>("SELECT switches FROM organizations WHERE id = ?", organizationId);
    return row ? JSON.parse(row.switches) : {};
}

function policyOf(backend: Backend, organizationId: string): Policy {
    return switchesOf(backend, organizationId).policy ?? {};
}

function isMcp({ userAgent }: Call): boolean {
    return /\bmcp\b/i.test(userAgent);
}

interface Place {
    kind: string;
    id: string;
    organizationId: string;
    line: Line;
}

/** Refuses what the organization's policies do not allow this credential, or from here. */
export function requirePolicies(call: Call, { organizationId, line }: Place): void {
    const policy = policyOf(call.backend, organizationId);
    const about = { entity_type: "org", entity_id: organizationId };
    if (policy.policyUnavailable) {
        throw refused("access_policy_unavailable", "The organization's policies cannot be read just now.", about);
    }
    if (policy.geo) throw refused("geo_restricted", "The organization is closed to where this comes from.", about);
    if (policy.mcp && isMcp(call)) throw refused("mcp_access_denied", "The organization is closed to MCP.", about);
    const fault = credentialFault(call, policy, organizationId, line);
    if (fault) throw refused(fault, "The organization's policy on credentials refuses this one.", about);
}

function credentialFault(call: Call, policy: Policy, organizationId: string, line: Line): Reason | undefined {
    const { credentialPolicy: rule = "none", sso } = policy;
    const { scopes, keyId, user } = call.caller;
    if (sso && keyId !== null && isUnderSso(call.backend, user, sso, organizationId)) return "credential_policy_sso";
    if (rule === "none") return undefined;
    if (rule === "unreadable" || rule === "org" || rule === "unavailable") return `credential_policy_${rule}`;
    const reaching = scopes === null ? [grantOf("user:*:rwa")] : covering(scopes, line);
    if (rule === "narrow") {
        return reaching.some(({ id }) => id === "*") ? "credential_policy_scope" : undefined;
    }
    const allowed = rule === "r" ? ["r"] : ["r", "rw"];
    return reaching.every(({ mode }) => allowed.includes(mode)) ? undefined : "credential_policy_mode";
}

/** Owners and admins of the organization that enforces it are exempt. */
function isUnderSso({ store }: Backend, { id, email }: User, domain: string, organizationId: string): boolean {
    const sql = "SELECT role FROM members WHERE parentId = ? AND userId = ? AND status = 'active'";
    const role = store.get<{ role: string }>(sql, organizationId, id)?.role;
    return email.endsWith(`@${domain.toLowerCase()}`) && role !== "owner" && role !== "admin";
}

/** Refuses to sign in, to set passwords and to make keys where somebody's mail domain signs in elsewhere. */
export function requireNoSso(backend: Backend, user: User): void {
    const rows = backend.store.all<{ id: string; switches: string }>(
        "SELECT id, switches FROM organizations WHERE closed = 0 AND switches LIKE '%\"sso\"%'",
    );
    for (const { id, switches } of rows) {
        const { policy }: OrganizationSwitches = JSON.parse(switches);
        if (policy?.sso && isUnderSso(backend, user, policy.sso, id)) {
            throw refused("sso_required", "People of this mail domain sign in with their organization's own service.");
        }
    }
}

/** Whether one of the user's organizations demands a second factor at sign-in. */
export function demandsFactor({ store, clock }: Backend, { id }: User): boolean {
    const rows = store.all<{ switches: string }>(
        `SELECT switches FROM organizations JOIN members ON parentId = organizations.id
         WHERE userId = ? AND status = 'active' AND (expires IS NULL OR expires > ?) AND closed = 0`,
        id,
        clock.now,
    );
    return rows.some(({ switches }) => (JSON.parse(switches) as OrganizationSwitches).policy?.required2fa);
}

/** Lists across organizations leave out those that are closed to where the call comes from. */
export function isListed(call: Call, organizationId: string): boolean {
    if (call.dialect.era === "early") return true;
    const { geo, mcp } = policyOf(call.backend, organizationId);
    return !geo && !(mcp && isMcp(call));
}

/** Why somebody may not be let into a workspace or share of an organization that keeps outsiders out. */
export function outsiderProblem(backend: Backend, organizationId: string, userId: string): ApiError | undefined {
    if (backend.dialect.era === "early") return undefined;
    const isInside = backend.store.get(
        "SELECT 1 FROM members WHERE parentId = ? AND userId = ?",
        organizationId,
        userId,
    );
    if (isInside || policyOf(backend, organizationId).externalInvites !== false) return undefined;
    return refused("external_invites_denied", "The organization's policy lets nobody in from outside.", {
        entity_type: "org",
        entity_id: organizationId,
    });
}

/** Where a new organization is activated by hand, nothing that costs is done before; nor while payment is open. */
export function requireActivated({ backend }: Call, organizationId: string): void {
    if (backend.dialect.era === "early") return;
    const { activated = true, hold = null } = switchesOf(backend, organizationId);
    if (!activated) {
        throw refused(
            "subscription_required",
            "The organization is not activated: its owner finishes its setup first.",
        );
    }
    if (hold === "credits_exhausted") throw refused(hold, "The organization's credits are used up.");
    if (hold !== null) throw refused(hold, "A payment has to be confirmed first.", { plan: "business" });
}

/** A route that is there in principle and switched off. */
export function requireServed(call: Call, name: "basicSignIn" | "transferTokens"): void {
    const state = call.store.settings[name];
    if (call.dialect.era === "early" || state === "served") return;
    if (state === "retired") throw numberedRefusal({ status: 410 }, "This endpoint is retired.");
    throw numberedRefusal({ status: 404, code: 9992 }, "There is no such endpoint.");
}
