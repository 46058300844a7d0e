/** What lists showed in this run: the first read of a kind under a parent takes the whole list, and the others are answered from it. */
import { AbortedError } from "../api/errors";
import {
    type Known,
    type Listed,
    metaOf,
    parentOf,
    propertyNames,
    type Remote,
    type ResourceDefinition,
    type VerbContext,
} from "./define";
import { isInternal, isOurs } from "./state";

/** One list, from which reads are answered while its further pages are on their way. */
class Collection {
    /** Whom it has answered: who asks again wants to know what is new. */
    readonly answered = new Set<string>();
    /** All of it has come, so that what it does not hold was not there. */
    isRead = false;
    #rows = new Map<string, Listed>();
    #hasEnded = false;
    #next = Promise.withResolvers<void>();

    /** The requests for the pages end with the call that took the list, so that this one waits for all of them. */
    constructor(private readonly taker: string) {}

    /** The row of the first name that is listed. Another one than the surest counts only when all have arrived. */
    async row(resource: string, [surest = "", ...others]: readonly string[]): Promise<Listed | undefined> {
        const isAnswered = () => resource !== this.taker && this.#rows.has(surest);
        while (!isAnswered() && !this.#hasEnded) await this.#next.promise;
        return [surest, ...others].map((name) => this.#rows.get(name)).find((row) => row !== undefined);
    }

    arrived(rows: readonly Listed[]): void {
        for (const row of rows) for (const name of row.names ?? [row.id]) this.#rows.set(name, row);
        this.#next.resolve();
        this.#next = Promise.withResolvers();
    }

    /** Nothing else arrives. Without rows the list could not be read: then everything is asked for directly. */
    end(rows?: readonly Listed[]): void {
        this.#rows.clear();
        this.#hasEnded = true;
        this.isRead = rows !== undefined;
        this.arrived(rows ?? []);
    }
}

export class Collections {
    readonly #taken = new Map<string, Collection>();
    /** By kind, what its own read shows of an object and a list does not: learned once. */
    readonly #gaps = new Map<string, Promise<ReadonlySet<string>>>();

    /** After a write of ours no list is what it was. */
    drop(): void {
        this.#taken.clear();
    }

    /**
     * The object as its own read would show it, where lists tell that; without a `remote` they tell that it is gone. Undefined
     * says nothing about the object.
     */
    async read(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        known: Known,
    ): Promise<{ remote: Remote | undefined } | undefined> {
        const parent = parentOf(definition, { ...known.outputs, ...known.inputs });
        if (definition.list === undefined || parent === undefined) return undefined;
        const gap = await this.#gaps.get(definition.kind)?.catch(() => undefined);
        if (gap !== undefined && recorded(definition, known).some((name) => gap.has(name))) return undefined;
        const resource = `${context.urn ?? context.lastUrn} ${id}`;
        let areRead = true;
        for (const part of definition.partsOf?.(known) ?? [undefined]) {
            const collection = this.#take(definition, context, { ...parent, part }, resource);
            const row = await collection.row(resource, definition.listedAs?.(id, known) ?? [id]);
            const remote = row?.shown === undefined ? row?.remote : await row.shown(context, id, known);
            if (remote === undefined) {
                areRead &&= collection.isRead;
                continue;
            }
            if (definition.readsList || isWhole(definition, remote)) return { remote };
            const compared = await this.#compared(definition, context, id, known, remote);
            return compared && { remote: compared };
        }
        if (!areRead || definition.unlistedNow === undefined) return undefined;
        return { remote: await definition.unlistedNow(context, id, known) };
    }

    #take(
        definition: ResourceDefinition,
        context: VerbContext,
        { part, ...parent }: { kind: string; id: string; part: string | undefined },
        resource: string,
    ): Collection {
        const key = [definition.kind, parent.kind, parent.id, part].join(" ");
        let collection = this.#taken.get(key);
        if (collection === undefined || collection.answered.has(resource)) {
            const taken = new Collection(resource);
            definition
                .list?.(context, parent, part, (page) => taken.arrived(page))
                .then(
                    (rows) => taken.end(rows),
                    (error) => {
                        // Whoever took it for all had to end early; what it says otherwise, each read finds out for itself.
                        if (error instanceof AbortedError && this.#taken.get(key) === taken) this.#taken.delete(key);
                        taken.end();
                    },
                );
            this.#taken.set(key, taken);
            collection = taken;
        }
        collection.answered.add(resource);
        return collection;
    }

    /** Not every version of the service shows in its lists what it shows of one object: the first that is met is read as well. */
    async #compared(
        definition: ResourceDefinition,
        context: VerbContext,
        id: string,
        known: Known,
        listed: Remote,
    ): Promise<Remote | undefined> {
        const learned = this.#gaps.get(definition.kind);
        if (learned === undefined) {
            const direct = definition.read(context, id, known);
            const gap = direct.then((shown) => {
                if (shown === undefined) throw new Error("nothing to compare with");
                return new Set(Object.keys(shown).filter((name) => !(name in listed)));
            });
            this.#gaps.set(definition.kind, gap);
            gap.catch(() => this.#gaps.delete(definition.kind));
            return direct;
        }
        const gap = await learned.catch(() => undefined);
        const lacks = (name: string) => !(name in listed);
        // What the direct read did not show either, this version of the service shows nowhere.
        const shown = recorded(definition, known).filter((name) => !metaOf(definition, name).mayLack);
        if (gap === undefined || [...gap].some(lacks) || shown.some(lacks)) return undefined;
        return listed;
    }
}

/** What the state holds of the object that the service could show. */
function recorded(definition: ResourceDefinition, { inputs, outputs }: Known): string[] {
    const names = Object.keys({ ...inputs, ...outputs });
    return names.filter((name) => !isInternal(name) && !isOurs(definition, name));
}

/** Whether nothing is missing that a read could show. */
function isWhole(definition: ResourceDefinition, remote: Remote): boolean {
    const names = [...propertyNames(definition.inputs), ...propertyNames(definition.outputs)];
    return names.every((name) => name in remote || isOurs(definition, name));
}
