// Requests per minute and caller, told in three headers of every answer.
import { ApiError } from "./api-error";
import type { Clock } from "./clock";

/** What the headers say while no limit is set. */
const unlimited = 1_000_000;
const windowSeconds = 60;

interface Window {
    ends: number;
    used: number;
}

export class RateLimit {
    readonly #clock: Clock;
    readonly #windows = new Map<string, Window>();

    constructor(clock: Clock) {
        this.#clock = clock;
    }

    /** Counts one request of the caller and writes the headers; refuses it when the minute's budget is used up. */
    take(caller: string, limit: number | null, headers: Headers): void {
        const now = this.#clock.now;
        let window = this.#windows.get(caller);
        if (!window || window.ends <= now || window.ends > now + windowSeconds) {
            window = { ends: now + windowSeconds, used: 0 };
            this.#windows.set(caller, window);
        }
        const max = limit ?? unlimited;
        const allowed = limit === null || window.used < limit;
        if (allowed && limit !== null) window.used += 1;
        headers.set("X-Rate-Limit-Available", String(Math.max(0, max - window.used)));
        headers.set("X-Rate-Limit-Max", String(max));
        headers.set("X-Rate-Limit-Expiry", String(window.ends));
        if (!allowed) throw new ApiError("ENHANCE_CALM", "Too many requests: wait until the rate limit expires.");
    }

    clear(): void {
        this.#windows.clear();
    }
}
