// Time as the client sees it: injected, so that waits and expiries are tested without waiting.
import { setTimeout as sleep } from "node:timers/promises";

export interface Clock {
    /** Milliseconds since the epoch by the local clock: only a stand-in until the service has told its time. */
    now(): number;
    /** Milliseconds from an arbitrary point, never going back. */
    monotonic(): number;
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
};
