/** When a call has to end: the engine's Cancel, the program's custom timeouts, a connection that broke. */
import type { Bounds } from "../core/lifecycle";

export interface BoundsOptions {
    /** The custom timeout, 0 for none. */
    seconds: number;
    /** How long the call may still learn what became of what it wrote. */
    graceMs: number;
}

export class Running {
    readonly #calls = new Set<AbortController>();

    /** Ends whatever runs, as soon as nothing is lost by it. */
    cancel(): void {
        for (const call of this.#calls) call.abort();
    }

    /** Runs the work of one call; `broken` tells it that nobody waits for the answer any more. */
    async bounded<T>(
        { seconds, graceMs }: BoundsOptions,
        broken: (end: () => void) => void,
        work: (bounds: Bounds) => Promise<T>,
    ): Promise<T> {
        const end = new AbortController();
        const last = new AbortController();
        const over = new AbortController();
        const timers: NodeJS.Timeout[] = [];
        const later = (ms: number, action: () => void) => timers.push(setTimeout(action, ms));
        end.signal.addEventListener("abort", () => later(graceMs, () => last.abort(end.signal.reason)), {
            signal: over.signal,
        });
        if (seconds > 0)
            later(seconds * 1000, () =>
                end.abort(new Error(`it took longer than the ${seconds} s that its custom timeout allows`)),
            );
        broken(() => end.abort());
        this.#calls.add(end);
        try {
            return await work({ end: end.signal, last: graceMs === 0 ? end.signal : last.signal });
        } finally {
            // A call counts as broken as well once it has been answered.
            over.abort();
            this.#calls.delete(end);
            for (const timer of timers) clearTimeout(timer);
        }
    }
}
