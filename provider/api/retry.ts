// Whether and when a failed request is sent again: a pure table, without timers and without IO.

/** What a request does to the service: reads, partial updates and deletes may be repeated; a create may not, nor a read that has an effect. */
export type RequestKind = "read" | "write" | "delete" | "create";

/**
 * How an attempt ended: `unsent` provably never left, `rate-limited` and `unavailable` were refused before acting, `failed` is the service's own
 * fault (500, 502, 503, 504), `unanswered` broke, timed out or was cut off, `final` will not change by asking again.
 */
export type Outcome = "unsent" | "rate-limited" | "unavailable" | "failed" | "unanswered" | "final";

export interface Attempt {
    kind: RequestKind;
    outcome: Outcome;
    /** 1 for the first. */
    attempt: number;
    /** Since the first attempt began, without waits for the rate limit. */
    elapsedMs: number;
    /** From 0 to 1, for the jitter. */
    random: number;
}

export type Decision = { retry: true; delayMs: number } | { retry: false };

const maxAttempts = 4;
const maxRateLimitedAttempts = 8;
const firstDelayMs = 500;
const longestDelayMs = 8_000;
const budgetMs = 180_000;

const repeatable: Readonly<Record<RequestKind, readonly Outcome[]>> = {
    read: ["unsent", "unavailable", "failed", "unanswered"],
    write: ["unsent", "unavailable", "failed", "unanswered"],
    delete: ["unsent", "unavailable", "failed", "unanswered"],
    create: ["unsent", "unavailable"],
};

export function decide({ kind, outcome, attempt, elapsedMs, random }: Attempt): Decision {
    if (outcome === "rate-limited") {
        // The wait itself is the rate budget's: it knows when the limit resets.
        return attempt < maxRateLimitedAttempts ? { retry: true, delayMs: 0 } : { retry: false };
    }
    if (!repeatable[kind].includes(outcome) || attempt >= maxAttempts) {
        return { retry: false };
    }
    const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
    const delayMs = Math.round(ceiling * (0.5 + random / 2));
    return elapsedMs + delayMs > budgetMs ? { retry: false } : { retry: true, delayMs };
}
