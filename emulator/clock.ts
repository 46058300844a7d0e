// The emulator's time: the real one plus an offset that tests move forward.

export class Clock {
    readonly #source: () => number;
    offsetSeconds = 0;
    /** How far the Date header is off: it goes wrong alone, everything else keeps the right time. */
    dateSkewSeconds = 0;

    /** @param source milliseconds since the epoch; the machine's time by default */
    constructor(source: () => number = Date.now) {
        this.#source = source;
    }

    /** Whole seconds since the epoch, the precision of every date of the API. */
    get now(): number {
        return Math.floor(this.#source() / 1000) + this.offsetSeconds;
    }

    get dateHeader(): string {
        return new Date((this.now + this.dateSkewSeconds) * 1000).toUTCString();
    }
}

/** `YYYY-MM-DD HH:MM:SS UTC`, or null. */
export function dateText(seconds: number): string;
export function dateText(seconds: number | null): string | null;
export function dateText(seconds: number | null): string | null {
    if (seconds === null) return null;
    const iso = new Date(seconds * 1000).toISOString();
    return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** Reads `YYYY-MM-DD HH:MM:SS` with an optional ` UTC`; anything else, ISO 8601 included, is undefined. */
export function parseDate(text: string): number | undefined {
    const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?: UTC)?$/.exec(text);
    if (!match) return undefined;
    const milliseconds = Date.parse(`${match[1]}T${match[2]}Z`);
    // Date.parse rolls 31 February over to March; such a date was never meant.
    if (Number.isNaN(milliseconds) || !dateText(milliseconds / 1000).startsWith(match[1] ?? "")) return undefined;
    return milliseconds / 1000;
}
