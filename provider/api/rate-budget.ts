// The rate budget of one token: learned from the answers' headers, waited for before a request and never after the fact.
import type { Clock } from "./clock";
import { RateLimitWaitError } from "./errors";

export interface RateBudgetOptions {
    clock: Clock;
    /** Milliseconds since the epoch by the service's clock. */
    serviceNow: () => number;
    log: (message: string) => void;
    maxWaitSeconds: number;
    /** Own ceiling, below what the service allows. */
    requestsPerMinute?: number;
}

export interface RateHeaders {
    available?: number;
    max?: number;
    /** Milliseconds since the epoch. */
    resetAt?: number;
}

const minuteMs = 60_000;

function integer(text: string | undefined): number | undefined {
    return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}

function instant(text: string | undefined): number | undefined {
    const seconds = integer(text);
    if (seconds !== undefined) {
        return seconds * 1000;
    }
    const parsed = text === undefined ? Number.NaN : Date.parse(text);
    return Number.isNaN(parsed) ? undefined : parsed;
}

/** The rate headers of an answer in either spelling; the reset is an epoch in seconds or the text of a date. */
export function readRateHeaders(headers: Readonly<Record<string, string>>): RateHeaders {
    const available = integer(headers["x-ve-limit-avail"] ?? headers["x-rate-limit-available"]);
    const max = integer(headers["x-ve-limit-max"] ?? headers["x-rate-limit-max"]);
    const resetAt = instant(headers["x-ve-limit-expires"] ?? headers["x-rate-limit-expiry"]);
    return {
        ...(available === undefined ? {} : { available }),
        ...(max === undefined ? {} : { max }),
        ...(resetAt === undefined ? {} : { resetAt }),
    };
}

/** The right to send one request. */
export interface Place {
    /** How long it was waited for, in milliseconds. */
    waitedMs: number;
    /** The request has an answer, or none will come. */
    release(): void;
}

interface Wait {
    waitMs: number;
    name: string;
    max: number | undefined;
}

/** What stands in the way of the next request; the last of the budget may be on its way already. */
type Limit = Wait | "others are under way";

/**
 * Of the requests that are left one in so many is under way at once: four processes may use the same token, and as much again
 * as is left may be on its way from the others.
 */
const share = 8;

/** With fewer than these left the number grows with the answers, because a first one does not show how fast others send. */
const few = 256;

/** How long an answer tells what is left: others send meanwhile. */
const freshMs = 1000;

export class RateBudget {
    readonly #options: RateBudgetOptions;
    #window: { available: number; max: number | undefined; resetAt: number } | undefined;
    /** When an answer last told what is left; infinite where answers tell nothing. */
    #toldAt = Number.NEGATIVE_INFINITY;
    /** How many answers told it without a pause. */
    #told = 0;
    #inFlight = 0;
    /** Sent alone, to be told what is left. */
    #probes = 0;
    #starts: number[] = [];
    #announced = 0;
    #released: (() => void)[] = [];

    constructor(options: RateBudgetOptions) {
        this.#options = options;
    }

    /**
     * Waits until a request may be sent and counts it, until `release`. Each wait is bounded, together with what the request has
     * waited since it was first refused: standing in a queue that moves is no failure.
     */
    async acquire(operation: string, waitedMs: number, signal?: AbortSignal): Promise<Place> {
        const { clock, serviceNow, maxWaitSeconds, requestsPerMinute } = this.#options;
        let waited = 0;
        for (;;) {
            signal?.throwIfAborted();
            const limit = this.#limit();
            if (limit === undefined) {
                if (requestsPerMinute !== undefined) {
                    this.#starts.push(clock.monotonic());
                }
                return { waitedMs: waited, release: this.#take() };
            }
            if (limit === "others are under way") {
                await new Promise<void>((resolve) => {
                    const wake = () => {
                        signal?.removeEventListener("abort", wake);
                        resolve();
                    };
                    signal?.addEventListener("abort", wake);
                    this.#released.push(wake);
                });
                continue;
            }
            if (waitedMs + limit.waitMs > maxWaitSeconds * 1000) {
                const resetAt = new Date(serviceNow() + limit.waitMs);
                throw new RateLimitWaitError({
                    operation,
                    problem: `${limit.name} resets at ${resetAt.toISOString()}, later than the longest wait of ${maxWaitSeconds} s`,
                    next: "Repeat after that time, or allow a longer wait.",
                    resetAt,
                });
            }
            this.#announce(limit);
            await clock.sleep(limit.waitMs, signal);
            waited += limit.waitMs;
        }
    }

    #take(): () => void {
        const isProbe = !this.#isTold();
        this.#inFlight += 1;
        if (isProbe) this.#probes += 1;
        return () => {
            this.#inFlight -= 1;
            if (isProbe) this.#probes -= 1;
            for (const resume of this.#released.splice(0)) {
                resume();
            }
        };
    }

    #isTold(): boolean {
        return this.#options.clock.monotonic() - this.#toldAt < freshMs;
    }

    learn({ available, max, resetAt }: RateHeaders): void {
        if (available === undefined) {
            if (this.#window === undefined) this.#toldAt = Number.POSITIVE_INFINITY;
            return;
        }
        this.#told = this.#isTold() ? this.#told + 1 : 1;
        this.#toldAt = this.#options.clock.monotonic();
        const now = this.#options.serviceNow();
        const known = this.#window !== undefined && this.#window.resetAt > now ? this.#window : undefined;
        const end = resetAt ?? now + minuteMs;
        // Answers come back out of order: within one window the lowest count is the newest.
        const sameWindow = known !== undefined && (resetAt === undefined || Math.abs(resetAt - known.resetAt) < 1000);
        if (known !== undefined && !sameWindow && end < known.resetAt) {
            return;
        }
        this.#window = {
            available: sameWindow ? Math.min(known.available, available) : available,
            max: max ?? known?.max,
            resetAt: sameWindow ? known.resetAt : end,
        };
    }

    /** The service refused a request: nothing is left until the reset that its headers name, or for a minute. */
    exhausted({ max, resetAt }: RateHeaders): void {
        const now = this.#options.serviceNow();
        this.#window = {
            available: 0,
            max: max ?? this.#window?.max,
            // A reset that lies in the past must not become a tight loop.
            resetAt: Math.max(resetAt ?? now + minuteMs, now + 1000),
        };
    }

    #limit(): Limit | undefined {
        const { clock, serviceNow, requestsPerMinute } = this.#options;
        if (requestsPerMinute !== undefined) {
            const ceiling = Math.max(1, Math.floor(requestsPerMinute));
            const now = clock.monotonic();
            this.#starts = this.#starts.filter((start) => start > now - minuteMs);
            const oldest = this.#starts[this.#starts.length - ceiling];
            if (oldest !== undefined) {
                return {
                    waitMs: Math.ceil(oldest + minuteMs - now),
                    name: "the own ceiling of requests per minute",
                    max: ceiling,
                };
            }
        }
        const waitMs = this.#window === undefined ? 0 : Math.ceil(this.#window.resetAt - serviceNow());
        if (waitMs <= 0 && this.#window !== undefined) {
            this.#window = undefined;
            this.#toldAt = Number.NEGATIVE_INFINITY;
        }
        const { available = Number.POSITIVE_INFINITY, max } = this.#window ?? {};
        if (available === 0) {
            return { waitMs, name: "Fast.io's rate limit", max };
        }
        const most = Math.floor(available / share);
        const isFree = this.#isTold()
            ? this.#inFlight < Math.max(1, available < few ? Math.min(most, this.#told) : most)
            : this.#probes === 0 && this.#inFlight < available;
        return isFree ? undefined : "others are under way";
    }

    #announce({ waitMs, name, max }: Wait): void {
        const resetAt = this.#options.serviceNow() + waitMs;
        // Many requests wait for one reset: one line is enough.
        if (Math.abs(resetAt - this.#announced) < 1000) {
            return;
        }
        this.#announced = resetAt;
        const left = max === undefined ? "none left" : `0 of ${max} left`;
        const time = new Date(resetAt).toISOString().slice(11, 19);
        this.#options.log(`waiting ${Math.ceil(waitMs / 1000)} s for ${name} (${left}, resets ${time} UTC)`);
    }
}
