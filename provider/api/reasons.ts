// What the reason of a refusal (`error.params.reason`) means, and what its reader can do. Reasons outrank codes, which the service reuses.
import type { ApiErrorClass } from "./errors";

export type RefusalParams = Readonly<Record<string, unknown>>;

interface Meaning {
    class: ApiErrorClass;
    next: string | ((params: RefusalParams) => string);
}

/** Where an account makes and changes its API keys. */
export const keysPage = "https://go.fast.io/settings/api-keys";

/** Where the owner of an organization activates it. */
const onboardingPage = "https://go.fast.io/onboarding";

const text = (value: unknown, otherwise: string): string =>
    (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : otherwise;

/** The scope that would have been enough, as far as the refusal names what it is about. */
function scopeOf({ entity_type, entity_id }: RefusalParams, mode: string): string {
    return `${text(entity_type, "org")}:${text(entity_id, "<id>")}:${mode}`;
}

const byAdministrator = (policy: string) =>
    `The organization's ${policy} forbids it: an admin of the organization can change that in its settings in the web app.`;

const credentialPolicy = byAdministrator("policy on credentials");
const invitePolicy =
    "The organization admits no people from outside: an admin of the organization can change that in its settings in the web app, or add the person to the organization first.";
const unreadable = "The service could not read the organization's policy: try again later.";

const aiPolicy = ({ feature }: RefusalParams) =>
    `The organization's policy on AI forbids ${text(feature, "the feature")}: an admin of the organization can change that in its settings in the web app.`;
const payment = ({ plan }: RefusalParams) =>
    `The organization waits for its owner to confirm a payment${plan === undefined ? "" : ` (plan ${text(plan, "")})`} in the web app.`;

const meanings: Readonly<Record<string, Meaning>> = {
    scope_admin_required: {
        class: "denied",
        next: (params) =>
            `The credential may read and write content, and not administer: make an API key with the scope ${scopeOf(params, "rwa")} at ${keysPage}.`,
    },
    scope_exceeds_issuer: {
        class: "denied",
        next: "A key gives no more rights than it has itself: ask for narrower scopes, or make the key in a signed-in session of the web app.",
    },
    access_mode_exceeds_initiate: {
        class: "denied",
        next: "The consent was wider than what was asked for: start the sign-in again.",
    },
    userdetails_scope_required: {
        class: "denied",
        next: `Settings of the account need the scope userdetails:*:rw: make an API key with it at ${keysPage}.`,
    },
    scope_write_required: {
        class: "denied",
        next: `The credential only reads: make an API key with a scope that ends in rw or rwa at ${keysPage}.`,
    },
    stepup_required: {
        class: "denied",
        next:
            "The account has a second factor, and this call of an API key needs a proof of it. Set the secret of the authenticator app as fastio:totpSecret " +
            "(or FASTIO_TOTP_SECRET). An account that has a passkey alone cannot give one here: use a signed-in session's token, or a key of another account.",
    },
    two_factor_enrolment_only: {
        class: "denied",
        next: "The organization demands a second factor of its members: set one up in the account's settings in the web app, then sign in again.",
    },
    sso_required: {
        class: "denied",
        next: "The organization of this e-mail domain demands single sign-on: sign in through it in the web app, and use a key that was made before it was enforced, or an account of another domain.",
    },
    credential_policy_mode: { class: "denied", next: credentialPolicy },
    credential_policy_scope: { class: "denied", next: credentialPolicy },
    credential_policy_sso: { class: "denied", next: credentialPolicy },
    credential_policy_unreadable: {
        class: "denied",
        next: "The organization's policy on credentials is damaged: an admin of the organization has to save it again in the web app.",
    },
    credential_policy_org: {
        class: "denied",
        next: "The organization that the policy on credentials belongs to is gone: use a credential of another account.",
    },
    credential_policy_unavailable: { class: "unavailable", next: unreadable },
    access_policy_unavailable: { class: "unavailable", next: unreadable },
    external_invites_denied: { class: "denied", next: invitePolicy },
    external_invites_object_denied: {
        class: "denied",
        next: "This share or workspace admits no people from outside: its own setting for that can be changed in the web app.",
    },
    geo_restricted: {
        class: "denied",
        next: "The organization is open from certain places only: run this from one of them, or ask an admin of the organization.",
    },
    mcp_access_denied: { class: "denied", next: byAdministrator("policy on MCP") },
    ai_policy_denied: { class: "denied", next: aiPolicy },
    ai_policy_workspace_not_allowed: { class: "denied", next: aiPolicy },
    cloud_sync_disabled: { class: "denied", next: byAdministrator("policy on cloud drives") },
    cloud_sync_read_only: { class: "denied", next: byAdministrator("policy on cloud drives") },
    subscription_required: {
        class: "limit",
        next: ({ org_id, org_domain }) =>
            `The organization is not activated: its owner finishes that at ${onboardingPage}` +
            `${org_id === undefined ? "" : `?orgId=${text(org_id, "")}&orgDomain=${text(org_domain, "")}`}, then repeat.`,
    },
    credits_exhausted: {
        class: "limit",
        next: "The organization's credits are used up: wait for the next period, or ask its owner for more.",
    },
    trial_conversion_pending: { class: "limit", next: payment },
    upgrade_pending: { class: "limit", next: payment },
    trial_conversion_lapsed: { class: "limit", next: payment },
    cursor_expired: { class: "invalid", next: "Begin the list again from its start." },
    conflict_version_mismatch: {
        class: "conflict",
        next: "Somebody changed it at the same time: read it again, then repeat.",
    },
};

/** Codes of refusals that older answers give without a reason, and what they say. */
const reasonByCode: Readonly<Record<number, string>> = {
    10767: "scope_admin_required",
    10768: "scope_exceeds_issuer",
    10769: "userdetails_scope_required",
    10770: "scope_write_required",
};

const scopeCodes: ReadonlySet<number> = new Set([10175, 10545, 10560, 10574, 10753, 10754, 10757]);

/** The meaning of a refusal that says why by a reason, or by a code that stands for one; undefined where it does not. */
export function meaningOf(
    status: number,
    code: number | undefined,
    reason: string | undefined,
    params: RefusalParams = {},
): { class: ApiErrorClass; next: string } | undefined {
    const named = reason ?? (code === undefined ? undefined : reasonByCode[code]);
    const meaning = named !== undefined && Object.hasOwn(meanings, named) ? meanings[named] : undefined;
    if (meaning !== undefined) {
        const { next } = meaning;
        return { class: meaning.class, next: typeof next === "string" ? next : next(params) };
    }
    if (status === 403 && code !== undefined && scopeCodes.has(code)) {
        const next = `The credential's scopes do not reach this, whatever the account's role: make an API key with the scope ${scopeOf(params, "rw")} at ${keysPage}.`;
        return { class: "denied", next };
    }
    if (status === 429 && code === 10760) {
        const seconds = Number(params.retry_after_seconds);
        const wait = Number.isFinite(seconds) ? `${Math.ceil(seconds / 60)} minutes` : "half an hour";
        const next = `Too many sign-ins failed, and the service locked the account for ${wait}: nothing is tried again until then. Use an API key, or correct the password.`;
        return { class: "locked", next };
    }
    return undefined;
}
