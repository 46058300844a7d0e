// What a benchmark answers: a figure with the bound it is held to, and how it is taken from repeated runs.

export interface Figure {
    what: string;
    value: number;
    unit: string;
    /** The worst value that is accepted. */
    floor: number;
    /** Which side of the floor is the good one. */
    better: "lower" | "higher";
}

/** Whether the figure is on the good side of its floor. */
export function holds({ value, floor, better }: Figure): boolean {
    return better === "lower" ? value <= floor : value >= floor;
}

/** The middle of an odd number of values: one slow run on a busy machine does not move it. */
export function median(values: number[]): number {
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median of several runs, one after the other. */
export async function medianOf(runs: number, run: () => Promise<number> | number): Promise<number> {
    const values: number[] = [];
    for (let index = 0; index < runs; index++) {
        values.push(await run());
    }
    return median(values);
}

/** How many milliseconds the work takes. */
export async function millisecondsOf(work: () => Promise<unknown> | unknown): Promise<number> {
    const start = performance.now();
    await work();
    return performance.now() - start;
}
