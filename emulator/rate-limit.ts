// Requests per minute and credential, told in the headers of every answer.
import { ApiError } from "./api-error";
import type { Clock } from "./clock";
import type { Budget, Dialect } from "./dialects";
import { numberedRefusal } from "./late-refusals";

/** What the headers say while no limit is set. */
const unlimited = 1_000_000;
const windowSeconds = 60;

interface Window {
    ends: number;
    used: number;
}

/** Late accounts 2.4 and 2.7: the wait stands in the body too. */
export function tooMany({ era }: Dialect, problem: string, seconds: number | undefined): ApiError {
    if (era === "early") return new ApiError("ENHANCE_CALM", problem);
    const details = seconds === undefined ? {} : { retry_after_seconds: seconds };
    return numberedRefusal({ status: 429, code: 10368 }, problem, details);
}

export class RateLimit {
    readonly #clock: Clock;
    readonly #windows = new Map<string, Window>();

    readonly #dialect: Dialect;

    constructor({ clock, dialect }: { clock: Clock; dialect: Dialect }) {
        this.#clock = clock;
        this.#dialect = dialect;
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
        this.#write(headers, { available: Math.max(0, max - window.used), max, ends: window.ends });
        if (allowed) return;
        throw tooMany(this.#dialect, "Too many requests: wait until the rate limit expires.", window.ends - now);
    }

    /** The headers of a refusal that no budget is behind; without a time, none. */
    tellExhausted(seconds: number | undefined, headers: Headers): void {
        if (seconds === undefined) return;
        this.#write(headers, { available: 0, max: unlimited, ends: Math.ceil(this.#clock.now + seconds) });
    }

    clear(): void {
        this.#windows.clear();
    }

    #write(headers: Headers, budget: Budget): void {
        for (const [name, value] of Object.entries(this.#dialect.rateHeaders(budget))) headers.set(name, value);
    }
}
