// The refusals of October 2026 that say their reason: late accounts 2.4 and 2.5.
import { ApiError, type ErrorClass, type Told } from "./api-error";

/** Without a code that is known the dialect draws one. */
type Listed = Pick<Told, "status" | "code">;

type Details = Readonly<Record<string, unknown>>;

const denied: Listed = { status: 403 };
const unpaid: Listed = { status: 402 };
const unreadable: Listed = { status: 503 };

const reasons = {
    scope_admin_required: { status: 403, code: 10767 },
    scope_exceeds_issuer: { status: 403, code: 10768 },
    access_mode_exceeds_initiate: { status: 403, code: 10768 },
    userdetails_scope_required: { status: 403, code: 10769 },
    scope_write_required: { status: 403, code: 10770 },
    stepup_required: denied,
    two_factor_enrolment_only: denied,
    sso_required: denied,
    credential_policy_mode: denied,
    credential_policy_scope: denied,
    credential_policy_sso: denied,
    credential_policy_unreadable: denied,
    credential_policy_org: denied,
    credential_policy_unavailable: unreadable,
    access_policy_unavailable: unreadable,
    external_invites_denied: denied,
    external_invites_object_denied: denied,
    geo_restricted: denied,
    mcp_access_denied: denied,
    ai_policy_denied: denied,
    cloud_sync_disabled: denied,
    cloud_sync_read_only: denied,
    subscription_required: unpaid,
    credits_exhausted: unpaid,
    trial_conversion_pending: unpaid,
    upgrade_pending: unpaid,
    trial_conversion_lapsed: unpaid,
    invalid_scope: { status: 406 },
    cursor_expired: { status: 406, code: 187_907 },
} as const satisfies Record<string, Listed>;

export type Reason = keyof typeof reasons;

const classes: Record<number, ErrorClass> = {
    401: "AUTH_INVALID",
    402: "FEATURE_LIMIT",
    403: "DENIED",
    406: "INPUT_INVALID",
    409: "CONFLICT",
    410: "NOT_FOUND",
    429: "ENHANCE_CALM",
    503: "INTERNAL_ERROR",
};

/** A refusal by its documented reason, with what else its `params` tell. */
export function refused(reason: Reason, text: string, details: Details = {}): ApiError {
    const told: Listed = reasons[reason];
    return new ApiError(classes[told.status] ?? "DENIED", text, { told, reason, details });
}

/** A refusal with a status, and maybe a number and `params`, of its own. */
export function numberedRefusal(told: Told, text: string, details: Details = {}): ApiError {
    return new ApiError(classes[told.status] ?? "DENIED", text, { told, details });
}
