// Faults: what goes wrong on purpose, with which requests and how often.
import { createHash } from "node:crypto";
import { ApiError } from "./api-error";
import { type Field, type Input, integer, invalid, oneOf, readFields, required, text } from "./fields";

const effects = ["status", "reset", "hang", "truncate", "slow"] as const;
const moments = ["before", "after"] as const;
const methods = ["GET", "POST", "PUT", "DELETE", "HEAD"] as const;

export type FaultEffect = (typeof effects)[number];
type Moment = (typeof moments)[number];

/** What goes wrong with one request. */
export interface Strike {
    /** Of the fault that strikes. */
    id: string;
    effect: FaultEffect;
    /** Whether the request is carried out: `before` its commit everything but `slow` replaces it. */
    when: Moment;
    /** The answer in place of the service's own. */
    status?: number;
    body?: string;
    seconds?: number;
}

const faultFields = {
    method: oneOf(methods, "GET"),
    path: path(),
    nth: integer(1, 1_000_000, 1),
    times: integer(1, 1_000_000, 1),
    effect: oneOf([...effects, "random"], "status"),
    when: oneOf(moments, "before"),
    status: integer(200, 599, 500),
    body: { parse: (value) => value, initial: "", clearable: false } satisfies Field<string>,
    seconds: number(0, 3600),
    probability: number(0, 1),
    seed: text({ max: 100 }),
};

type FaultValues = ReturnType<typeof readFields<typeof faultFields>> & { effect: FaultEffect | "random" };

interface Fault {
    readonly id: string;
    readonly values: FaultValues;
    readonly pattern: RegExp;
    /** Requests that it fits, and those that it struck. */
    matched: number;
    struck: number;
}

export class Faults {
    #faults: Fault[] = [];
    #made = 0;

    /** Adds a fault; answers its id. */
    add(input: Input): string {
        required(input, "effect");
        const { effect = "status", ...values } = readFields(faultFields, input);
        this.#made += 1;
        const id = `${effect}-${this.#made}`;
        const pattern = globPattern(values.path ?? "**");
        this.#faults.push({ id, values: { ...values, effect }, pattern, matched: 0, struck: 0 });
        return id;
    }

    get list(): object[] {
        return this.#faults.map(({ id, values, matched, struck }) => ({ id, ...values, matched, struck }));
    }

    /** Ends one fault, or all of them. */
    remove(id: string | undefined): void {
        if (id !== undefined && !this.#faults.some((fault) => fault.id === id)) {
            throw new ApiError("NOT_FOUND", `There is no fault ${id}.`);
        }
        this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
    }

    /** Counts a request with every fault that it fits. The first of them that is due strikes. */
    strike(method: string, path: string): Strike | undefined {
        let strike: Strike | undefined;
        for (const fault of this.#faults) {
            const { values, pattern } = fault;
            if ((values.method ?? method) !== method || !pattern.test(path)) continue;
            fault.matched += 1;
            if (strike !== undefined || !isDue(fault)) continue;
            fault.struck += 1;
            strike = strikeOf(fault);
        }
        return strike;
    }
}

/** From the `nth` request on that fits, `times` times: once where only `nth` is given, without end where neither is. */
function isDue({ values, matched, struck }: Fault): boolean {
    const { nth, times = nth === undefined ? Number.POSITIVE_INFINITY : 1, effect } = values;
    const { probability = effect === "random" ? 0.1 : 1 } = values;
    if (matched < (nth ?? 1) || struck >= times) return false;
    return probability === 1 || drawn({ values, matched }, "whether") < probability;
}

function strikeOf(fault: Fault): Strike {
    const { id, values } = fault;
    const { status, body, seconds } = values;
    const own = {
        ...(status !== undefined && { status }),
        ...(body !== undefined && { body }),
        ...(seconds !== undefined && { seconds }),
    };
    const { effect, when = effect === "truncate" || effect === "slow" ? "after" : "before" } = values;
    if (effect !== "random") return { id, effect, when, ...own };
    // What keeps a caller waiting is drawn only where it says for how long.
    const choices = seconds === undefined ? brief : [...brief, ...lasting];
    const chosen = choices[Math.floor(drawn(fault, "which") * choices.length)] ?? { effect: "reset", when: "before" };
    return { id, ...chosen, ...own };
}

type Choice = Omit<Strike, "id">;

const brief: readonly Choice[] = [
    ...moments.flatMap((when): Choice[] => [
        { effect: "status", when, status: 500 },
        { effect: "status", when, status: 503 },
        { effect: "reset", when },
    ]),
    { effect: "status", when: "before", status: 429 },
    { effect: "truncate", when: "after" },
];
const lasting: readonly Choice[] = moments.flatMap((when): Choice[] => [
    { effect: "hang", when },
    { effect: "slow", when },
]);

/** From 0 to 1, the same for the same seed and the same request in the row. */
function drawn({ values: { seed = "" }, matched }: Pick<Fault, "values" | "matched">, about: string): number {
    return createHash("sha256").update(`${seed}:${matched}:${about}`).digest().readUInt32BE() / 2 ** 32;
}

function number(min: number, max: number): Field<number> {
    return {
        parse: (value, key) => {
            const parsed = value.trim() === "" ? Number.NaN : Number(value);
            if (!(parsed >= min && parsed <= max)) throw invalid(key, `must be a number from ${min} to ${max}`);
            return parsed;
        },
        initial: min,
        clearable: false,
    };
}

/** What begins with anything else fits no path at all. */
function path(): Field<string> {
    const field = text({ min: 1, max: 2000 });
    return {
        ...field,
        parse: (value, key) => {
            if (!/^[/*]/.test(value)) throw invalid(key, "must begin with / or *, as /workspace/*/update/ does");
            return field.parse(value, key);
        },
    };
}

/**
 * A glob over the paths as the ledger shows them: `*` within a segment, `**` across segments. The base of the API and the
 * slash at the end may be left out.
 */
function globPattern(glob: string): RegExp {
    const path = glob.replace(/^\/current(?=\/)/, "").replace(/\/$/, "");
    const source = path
        .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
        .replace(/\*\*|\*/g, (stars) => (stars === "**" ? ".*" : "[^/]*"));
    return new RegExp(`^(/current)?${source}/?$`);
}
