/**
 * Names that objects of this run exchange. What stands in the way of a name, and is to give it up in the same run, gets a
 * temporary one first: the run knows that from the differences that it was asked for.
 */
import { randomBytes } from "node:crypto";

/** How far a run is with an object that it gives another name: its own update goes on, waits for another's, or has ended. */
type Phase = "planned" | "under way" | "waiting" | "ended";

interface Holder {
    resource: string;
    /** The names that the state has for it. */
    names: ReadonlySet<string>;
    /** Those that it is to give up. */
    givesUp: ReadonlySet<string>;
    phase: Phase;
    /** While another verb gives it a temporary name. */
    setAside: Promise<void>;
    update: PromiseWithResolvers<void>;
}

/**
 * `free`: the name was taken from what had it, or has been given up; look again. `kept`: a resource of this run has it and
 * keeps it. `unknown`: this run knows nothing of what has it.
 */
export type Way = { is: "free" | "unknown" } | { is: "kept"; by: string };

/** Registrations arrive together; one that waits for this very verb does not arrive at all. */
const patienceMs = 3_000;
const stepMs = 100;

export class Renames {
    readonly #holders = new Map<string, Holder>();

    /** The names that an object has, and those of them that this run is to give to nobody or to another. */
    note(object: string, resource: string, names: readonly string[], givesUp: readonly string[]): void {
        this.#holders.set(object, {
            resource,
            names: new Set(names),
            givesUp: new Set(givesUp),
            phase: "planned",
            setAside: Promise.resolve(),
            update: Promise.withResolvers(),
        });
    }

    /** The update of an object itself, before which nobody is still moving it. */
    async update<T>(object: string, work: () => Promise<T>): Promise<T> {
        const holder = this.#holders.get(object);
        if (holder === undefined) return work();
        await begin(holder);
        try {
            return await work();
        } finally {
            holder.phase = "ended";
            holder.update.resolve();
        }
    }

    /**
     * Has what is called so give the name up, if this run is to give it another one. `own` is the object that wants the name,
     * where there is one already: while it waits, others may set it aside in turn, so that a ring of names comes apart. With
     * `sleep` a while is given to differences that have not been asked for yet.
     */
    async makeWay(
        name: string,
        own: string | undefined,
        sleep: ((ms: number) => Promise<void>) | undefined,
        setAside: (object: string, temporary: string) => Promise<void>,
    ): Promise<Way> {
        for (let waited = 0; this.#holderOf(name) === undefined; waited += stepMs) {
            if (sleep === undefined || waited >= patienceMs) return { is: "unknown" };
            await sleep(stepMs);
        }
        const [object = "", holder] = this.#entryOf(name) ?? [];
        if (holder === undefined) return { is: "unknown" };
        if (!holder.givesUp.has(name)) return { is: "kept", by: holder.resource };
        if (holder.phase === "under way" || holder.phase === "ended") {
            await this.#waiting(own, holder.update.promise);
            return { is: "free" };
        }
        const before = holder.setAside;
        const moved = before.then(() => setAside(object, temporaryName()));
        holder.setAside = moved.catch(() => undefined);
        await moved;
        return { is: "free" };
    }

    async #waiting(own: string | undefined, other: Promise<void>): Promise<void> {
        const holder = own === undefined ? undefined : this.#holders.get(own);
        if (holder === undefined) return other;
        holder.phase = "waiting";
        await other;
        await begin(holder);
    }

    #holderOf(name: string): Holder | undefined {
        return this.#entryOf(name)?.[1];
    }

    #entryOf(name: string): [object: string, holder: Holder] | undefined {
        const entries = [...this.#holders].filter(([, { names }]) => names.has(name));
        return entries.find(([, { givesUp }]) => givesUp.has(name)) ?? entries[0];
    }
}

/** From here on nobody sets it aside; what is under way has ended. */
async function begin(holder: Holder): Promise<void> {
    for (;;) {
        const seen = holder.setAside;
        await seen;
        if (seen !== holder.setAside) continue;
        holder.phase = "under way";
        return;
    }
}

/** Nobody can guess it: for a while it may be the address of something. */
export function temporaryName(): string {
    return `moving-${randomBytes(16).toString("hex")}`;
}
