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

interface Wait {
    waitMs: number;
    name: string;
    max: number | undefined;
}

/** What stands in the way of the next request; the last of the budget may be on its way already. */
type Limit = Wait | "others are under way";

export class RateBudget {
    readonly #options: RateBudgetOptions;
    #window: { available: number; max: number | undefined; resetAt: number } | undefined;
    #inFlight = 0;
    #starts: number[] = [];
    #announced = 0;
    #released: (() => void)[] = [];

    constructor(options: RateBudgetOptions) {
        this.#options = options;
    }

    /**
     * Waits until a request may be sent and counts it, until `release`; answers the milliseconds waited. Each wait is bounded,
     * together with what the request has waited since it was first refused: standing in a queue that moves is no failure.
     */
    async acquire(operation: string, waitedMs: number, signal?: AbortSignal): Promise<number> {
        const { clock, serviceNow, maxWaitSeconds, requestsPerMinute } = this.#options;
        let waited = 0;
        for (;;) {
            signal?.throwIfAborted();
            const limit = this.#limit();
            if (limit === undefined) {
                this.#inFlight += 1;
                if (requestsPerMinute !== undefined) {
                    this.#starts.push(clock.monotonic());
                }
                return waited;
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

    release(): void {
        this.#inFlight -= 1;
        for (const resume of this.#released.splice(0)) {
            resume();
        }
    }

    learn({ available, max, resetAt }: RateHeaders): void {
        if (available === undefined) {
            return;
        }
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
        if (this.#window === undefined) {
            return undefined;
        }
        const { available, max, resetAt } = this.#window;
        const waitMs = Math.ceil(resetAt - serviceNow());
        if (waitMs <= 0) {
            this.#window = undefined;
            return undefined;
        }
        if (available > this.#inFlight) {
            return undefined;
        }
        return available > 0 ? "others are under way" : { waitMs, name: "Fast.io's rate limit", max };
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
