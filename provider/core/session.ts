/** What one provider process remembers of its run. Nothing of it outlives the process. */
import type { Known, Properties } from "./define";
import type { Maker } from "./made-name";
import { Renames } from "./renames";

export class Session {
    readonly #checked = new Set<string>();
    /** By resource, the name of what it declares, and the other way round. */
    readonly #declared = new Map<string, string>();
    readonly #declarers = new Map<string, string>();
    #programRuns = false;
    readonly renames = new Renames();
    readonly #makers = new Map<string, Maker>();
    readonly #former = new Map<string, Former>();
    readonly #plannedCreates = new Map<string, Set<string>>();
    readonly #made = new Set<string>();
    readonly #touched = new Map<string, Properties>();
    readonly #answers = new Map<string, Promise<unknown>>();
    readonly #locks = new Map<string, Promise<unknown>>();

    /** Whether anything was checked: true in previews and updates, false in a refresh or a destroy. */
    get hasChecked(): boolean {
        return this.#programRuns || this.#checked.size > 0;
    }

    /** A program asks for something, and what it makes next must be made by the same account. */
    noteProgram(): void {
        this.#programRuns = true;
    }

    noteCheck(resource: string): void {
        this.#checked.add(resource);
    }

    /** The resource declares the object of this name, and no other one any more. Answers which other resource declares it too. */
    declare(name: string, resource: string): string | undefined {
        const former = this.#declared.get(resource);
        if (former !== undefined && this.#declarers.get(former) === resource) this.#declarers.delete(former);
        this.#declared.set(resource, name);
        const other = this.#declarers.get(name);
        if (other === undefined) this.#declarers.set(name, resource);
        return other;
    }

    wasChecked(resource: string): boolean {
        return this.#checked.has(resource);
    }

    /** Who made the unique name of a resource whose program declares none. */
    noteMaker(resource: string, maker: Maker | undefined): void {
        if (maker === undefined) this.#makers.delete(resource);
        else this.#makers.set(resource, maker);
    }

    makerOf(resource: string): Maker | undefined {
        return this.#makers.get(resource);
    }

    /** The state has an object for the resource. Its id is known once the engine asks for a difference, which a forced replacement does not. */
    noteFormer(resource: string, inputs: Properties, object?: { id: string; known: Known }): void {
        this.#former.set(resource, { inputs, ...object });
    }

    /** What the state had for a resource when the run began: what a create of it replaces. */
    formerOf(resource: unknown): Former | undefined {
        return typeof resource === "string" ? this.#former.get(resource) : undefined;
    }

    /** A resource of this group (kind and parent) that does not exist yet has been checked. */
    planCreate(group: string, resource: string): void {
        const planned = this.#plannedCreates.get(group) ?? new Set();
        this.#plannedCreates.set(group, planned.add(resource));
    }

    /** The create is under way: it is no longer one to come. */
    beginCreate(group: string, resource: string): void {
        this.#plannedCreates.get(group)?.delete(resource);
    }

    /** How many further creates of this group are known to come. */
    plannedCreates(group: string): number {
        return this.#plannedCreates.get(group)?.size ?? 0;
    }

    /** The object did not exist before this run. */
    noteMade(kind: string, id: string): void {
        this.#made.add(`${kind} ${id}`);
    }

    wasMade(kind: string, id: string): boolean {
        return this.#made.has(`${kind} ${id}`);
    }

    /** These names belong to an object that the resource with these inputs owns now. */
    touch(identities: readonly string[], inputs: Properties): void {
        for (const identity of identities) this.#touched.set(identity, inputs);
    }

    /** The inputs of the resource that this run has left in possession of the object with one of these names. */
    ownerOf(identities: readonly string[]): Properties | undefined {
        const named = identities.find((identity) => this.#touched.has(identity));
        return named === undefined ? undefined : this.#touched.get(named);
    }

    /** The answer of the same question asked earlier, else of the work. A failure is not remembered. */
    remember<T>(question: string, work: () => Promise<T>): Promise<T> {
        const known = this.#answers.get(question) as Promise<T> | undefined;
        if (known !== undefined) return known;
        const answer = work();
        this.#answers.set(question, answer);
        answer.catch(() => this.#answers.delete(question));
        return answer;
    }

    /** Runs the work when all earlier work under the same name has ended. */
    async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
        const before = this.#locks.get(name) ?? Promise.resolve();
        const mine = before.then(work, work);
        this.#locks.set(
            name,
            mine.catch(() => undefined),
        );
        return mine;
    }
}

/** The object of a resource before this run. */
export interface Former {
    inputs: Properties;
    id?: string;
    known?: Known;
}
