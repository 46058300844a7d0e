// A clock that stands still until something sleeps: waits of minutes are tested in no time.
import type { Clock } from "./clock";

export class ManualClock implements Clock {
    /** Every wait, in milliseconds, in its order. */
    readonly waits: number[] = [];
    #elapsed = 0;
    readonly #start: number;

    constructor(start = "2026-02-12T12:00:00Z") {
        this.#start = Date.parse(start);
    }

    now(): number {
        return this.#start + this.#elapsed;
    }

    monotonic(): number {
        return this.#elapsed;
    }

    async sleep(ms: number, signal?: AbortSignal): Promise<void> {
        signal?.throwIfAborted();
        this.waits.push(ms);
        this.advance(ms);
    }

    advance(ms: number): void {
        this.#elapsed += ms;
    }
}
