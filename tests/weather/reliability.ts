/** What became of every fault, program, answer and argument that was tried: the rows of docs/reliability.md. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";

export const outcomes = ["recovered", "one more up", "named command", "lost", "doubled", "leaked"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Tried {
    fault: string;
    /** The kind of resource that met it, where it met one. */
    kind?: string;
    /** The request that it struck, ids left out: `POST workspace/{id}/create/share`. */
    write?: string;
    frontEnd: string;
    /** The engine, or `none` where the verbs were called directly. */
    engine: string;
    outcome: Outcome;
}

/** What is tried without a fault on the way, as the page names it. */
export const attempts = {
    program: "a program made at random, brought about",
    edit: "a change of such a program made at random",
    byHand: "something done by hand behind the back of such a program",
    destroy: "a destroy of such a program",
    twoStacks: "two stacks on one organization at once, and somebody who works there by hand",
    answer: "an answer that no honest service gives",
    wrong: "an argument that breaks a rule, refused by check at its place without a request",
    edge: "an argument at the edge of a rule, taken by check and by the service",
} as const;

export interface Attempted {
    attempt: (typeof attempts)[keyof typeof attempts];
    frontEnd: string;
    engine: string;
    /** `recovered` where it came out as declared, or was refused as it has to be. */
    outcome: Outcome;
}

/** Whether everything is tried, as `make soak` does, or the part that `make test` takes. */
export const soaking = process.env.RELIABILITY !== undefined;

/** Adds one to the results that `make soak` collects in the folder that it names. */
export function record(tried: Tried | Attempted): void {
    const folder = process.env.RELIABILITY;
    if (folder === undefined) return;
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(tried)}\n`);
}

/** What counts of objects say that are not as they have to be. */
export function lossOf(found: Record<string, number>, expected: Record<string, number>): Outcome | undefined {
    const kinds = Object.keys({ ...found, ...expected });
    if (kinds.some((kind) => (found[kind] ?? 0) > (expected[kind] ?? 0))) return "doubled";
    return kinds.some((kind) => (found[kind] ?? 0) < (expected[kind] ?? 0)) ? "lost" : undefined;
}

/** The seeds of a random suite: a few in `make test`, more in `make soak`, as many as SEEDS says; `many` at least. */
export function seeds(few: number, many = 0): number[] {
    const length = soaking ? Math.max(many, Number(process.env.SEEDS ?? 50)) : few;
    return Array.from({ length }, (_, index) => index + 1);
}
