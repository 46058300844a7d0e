// Requests per minute and credential, told in three headers of every answer.
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

    /** Counts one request of the credential and writes the headers; refuses it when the minute's budget is used up. */
    take(credential: string, limit: number | null, headers: Headers): void {
        const now = this.#clock.now;
        let window = this.#windows.get(credential);
        if (!window || window.ends <= now || window.ends > now + windowSeconds) {
            window = { ends: now + windowSeconds, used: 0 };
            this.#windows.set(credential, window);
        }
        const max = limit ?? unlimited;
        const allowed = limit === null || window.used < limit;
        if (allowed && limit !== null) window.used += 1;
        write(headers, Math.max(0, max - window.used), max, window.ends);
        if (!allowed) throw new ApiError("ENHANCE_CALM", "Too many requests: wait until the rate limit expires.");
    }

    /** The headers of a refusal that no budget is behind; without a time, none. */
    tellExhausted(seconds: number | undefined, headers: Headers): void {
        if (seconds !== undefined) write(headers, 0, unlimited, Math.ceil(this.#clock.now + seconds));
    }

    clear(): void {
        this.#windows.clear();
    }
}

function write(headers: Headers, available: number, max: number, ends: number): void {
    headers.set("X-Rate-Limit-Available", String(available));
    headers.set("X-Rate-Limit-Max", String(max));
    headers.set("X-Rate-Limit-Expiry", String(ends));
}
