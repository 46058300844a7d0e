/** A stack without an engine: a program's resources, registered, replaced and deleted in the order in which an engine does it. */
import type { Properties } from "../../provider/core/define";
import type { Declaration } from "../lifecycle/fixture";
import { type CallFailure, type State, unknown } from "../plugin/caller";
import type { FrontEnd, Verbs } from "./front-ends";

export type Step = "created" | "same" | "updated" | "replaced" | "deleted";

/** What the state holds of one resource. */
interface Kept {
    kind: string;
    name: string;
    /** As the program gave them: they say what it depends on. */
    args: Properties;
    state: State;
    unhealthy?: boolean;
}

/** A run of a program: what it has made so far, by name. */
interface Run {
    verbs: Verbs;
    made: Map<string, Promise<Properties>>;
    /** Those whose turn has come: none of them depends any more on what comes later. */
    registered: Set<string>;
    steps: Map<string, Step>;
}

/** The names of the resources that the arguments refer to. */
export function referencesOf(args: unknown): string[] {
    if (typeof args === "string") return args.startsWith("$") ? [args.slice(1, args.lastIndexOf("."))] : [];
    if (typeof args !== "object" || args === null) return [];
    return Object.values(args).flatMap(referencesOf);
}

/** The arguments with every `$name.property` as that resource has it; what nobody knows stays. */
export function withReferences(args: unknown, outputsOf: (name: string) => Properties | undefined): unknown {
    if (typeof args === "string" && args.startsWith("$")) {
        const end = args.lastIndexOf(".");
        const outputs = outputsOf(args.slice(1, end));
        return outputs === undefined ? args : outputs[args.slice(end + 1)];
    }
    if (Array.isArray(args)) return args.map((one) => withReferences(one, outputsOf));
    if (typeof args !== "object" || args === null) return args;
    return Object.fromEntries(
        Object.entries(args).map(([name, value]) => [name, withReferences(value, outputsOf)] as const),
    );
}

/** What a stack keeps of its resources, by name. */
export interface Remembered {
    names: readonly string[];
    state(name: string): Pick<State, "id" | "outputs"> | undefined;
    /** What its program refers to without declaring it, by name. */
    given: Record<string, Properties>;
}

export interface StackOptions {
    name: string;
    frontEnd: FrontEnd;
    config: Record<string, string>;
    /** Whether what does not depend on each other is registered at once. */
    parallel: boolean;
    /** What the program refers to without declaring it, by name. */
    given?: Record<string, Properties>;
}

export class Stack implements Remembered {
    /** In the order of their registration. */
    #resources = new Map<string, Kept>();
    /** Replaced ones that could not be deleted yet. */
    readonly #replaced: Kept[] = [];

    constructor(readonly options: StackOptions) {}

    get given(): Record<string, Properties> {
        return this.options.given ?? {};
    }

    get names(): string[] {
        return [...this.#resources.keys()];
    }

    state(name: string): State | undefined {
        return this.#resources.get(name)?.state;
    }

    urn({ kind, name }: Pick<Kept, "kind" | "name">): string {
        return `urn:pulumi:${this.options.name}::p::fastio:index:${kind}::${name}`;
    }

    /** What the run did, by name. With `refreshing` it reads everything first, in the same process. */
    async up(program: readonly Declaration[], { refreshing = false } = {}): Promise<Map<string, Step>> {
        return this.#inProcess(async (verbs) => {
            if (refreshing) await this.#refresh(verbs);
            const run: Run = { verbs, made: new Map(), registered: new Set(), steps: new Map() };
            await this.#each(program, run, (one, inputs) => this.#register(one, inputs, run));
            this.#resources = new Map(
                [...program.map(({ name }) => name), ...this.names]
                    .filter((name) => this.#resources.has(name))
                    .map((name) => [name, this.#resources.get(name) as Kept]),
            );
            const declared = new Set(program.map(({ name }) => name));
            const left = [...this.#resources.values()].filter(({ name }) => !declared.has(name));
            await this.#delete(verbs, left, run.steps);
            return run.steps;
        });
    }

    /** What a run would do to each resource that it would not leave as it is. */
    async preview(program: readonly Declaration[]): Promise<Map<string, Step>> {
        return this.#inProcess(async (verbs) => {
            const run: Run = { verbs, made: new Map(), registered: new Set(), steps: new Map() };
            await this.#each(program, run, async (declaration, args) => {
                const old = this.#resources.get(declaration.name);
                const inputs = await this.#check(verbs, declaration, old?.state.inputs ?? {}, args);
                const step = old === undefined ? "created" : await this.#stepOf(verbs, old, inputs);
                run.steps.set(declaration.name, step);
                if (step === "created" || step === "replaced" || old === undefined) return { id: unknown };
                return { ...old.state.outputs, id: old.state.id };
            });
            const declared = new Set(program.map(({ name }) => name));
            for (const name of this.names.filter((one) => !declared.has(one))) run.steps.set(name, "deleted");
            return new Map([...run.steps].filter(([, step]) => step !== "same"));
        });
    }

    /** Reads everything. Answers the names of what is gone. */
    async refresh(): Promise<string[]> {
        return this.#inProcess((verbs) => this.#refresh(verbs));
    }

    async destroy(): Promise<void> {
        await this.#inProcess((verbs) => this.#delete(verbs, [...this.#resources.values()]));
    }

    async #inProcess<T>(work: (verbs: Verbs) => Promise<T>): Promise<T> {
        const verbs = await this.options.frontEnd.start(this.options.config);
        try {
            return await work(verbs);
        } finally {
            await verbs.close();
        }
    }

    /** Each with its arguments as soon as what it refers to is there. What is under way ends before a failure is told. */
    async #each(
        program: readonly Declaration[],
        run: Run,
        register: (declaration: Declaration, args: Properties) => Promise<Properties>,
    ): Promise<void> {
        const { given } = this;
        for (const declaration of program) {
            const registered = (async () => {
                const names = referencesOf(declaration.args).filter((name) => !(name in given));
                const outputs = await Promise.all(names.map(async (name) => [name, await run.made.get(name)] as const));
                const known: Record<string, Properties | undefined> = { ...given, ...Object.fromEntries(outputs) };
                const args = withReferences(declaration.args, (name) => known[name] ?? {}) as Properties;
                return register(declaration, args);
            })();
            registered.catch(() => {});
            run.made.set(declaration.name, registered);
            if (!this.options.parallel) await registered;
        }
        const failed = (await Promise.allSettled(run.made.values())).find((one) => one.status === "rejected");
        if (failed !== undefined) throw failed.reason;
    }

    async #register(declaration: Declaration, args: Properties, run: Run): Promise<Properties> {
        const { name } = declaration;
        const { verbs, steps, registered } = run;
        registered.add(name);
        // What went as a dependent of something that is replaced is checked as if it had never been.
        const recreated = steps.get(name) === "replaced";
        const old = this.#resources.get(name);
        const inputs = await this.#check(verbs, declaration, old?.state.inputs ?? {}, args);
        const step = old === undefined ? "created" : await this.#stepOf(verbs, old, inputs);
        if (old === undefined) {
            await this.#create(verbs, declaration, inputs);
        } else if (step === "replaced") {
            const before = await this.#deletedBefore(run, old, inputs);
            for (const one of before) {
                if (one !== old && registered.has(one.name)) continue;
                await verbs.delete(this.urn(one), one.state);
                this.#resources.delete(one.name);
                steps.set(one.name, "replaced");
            }
            const fresh = await this.#check(verbs, declaration, {}, args);
            await this.#create(verbs, declaration, fresh, () => {
                if (before.length === 0) this.#replaced.push(old);
            });
        } else {
            if (step === "updated") await this.#keeping(declaration, verbs.update(this.urn(old), old.state, inputs));
            old.args = declaration.args;
        }
        steps.set(name, recreated ? "replaced" : step);
        const { id, outputs } = (this.#resources.get(name) as Kept).state;
        return { ...outputs, id };
    }

    async #stepOf(verbs: Verbs, old: Kept, inputs: Properties): Promise<Step> {
        const { changes, replaces } = await verbs.diff(this.urn(old), old.state, inputs);
        if (replaces.length > 0) return "replaced";
        return changes || old.unhealthy ? "updated" : "same";
    }

    /** What goes before its replacement is made: the resource, after all that depends on it and cannot outlive it. */
    async #deletedBefore({ verbs, registered }: Run, root: Kept, inputs: Properties): Promise<Kept[]> {
        const { deleteBeforeReplace } = await verbs.diff(this.urn(root), root.state, inputs);
        if (!deleteBeforeReplace) return [];
        const going = [root];
        for (const one of [...this.#resources.values()].filter(({ name }) => !registered.has(name))) {
            const gone = (value: unknown) => referencesOf(value).some((name) => going.some((it) => it.name === name));
            const unsure = Object.keys(one.args).filter((property) => gone(one.args[property]));
            if (unsure.length === 0) continue;
            const news = { ...one.state.inputs, ...Object.fromEntries(unsure.map((property) => [property, unknown])) };
            if ((await this.#stepOf(verbs, one, news)) === "replaced") going.push(one);
        }
        return going.reverse();
    }

    /** These and what was replaced: nothing goes before what depends on it. */
    async #delete(verbs: Verbs, left: readonly Kept[], steps = new Map<string, Step>()): Promise<void> {
        const going = [...left, ...this.#replaced];
        while (going.length > 0) {
            const needed = new Set(going.flatMap(({ name, args }) => referencesOf(args).filter((one) => one !== name)));
            const at = going.findLastIndex(({ name }) => !needed.has(name));
            const [one] = going.splice(at, 1) as [Kept];
            await verbs.delete(this.urn(one), one.state);
            const replaced = this.#replaced.indexOf(one);
            if (replaced >= 0) {
                this.#replaced.splice(replaced, 1);
                continue;
            }
            this.#resources.delete(one.name);
            steps.set(one.name, "deleted");
        }
    }

    async #refresh(verbs: Verbs): Promise<string[]> {
        const gone: string[] = [];
        const read = async (one: Kept) => {
            const state = await verbs.read(this.urn(one), one.state);
            if (state === undefined) gone.push(one.name);
            else one.state = state;
            one.unhealthy = false;
        };
        if (this.options.parallel) await Promise.all([...this.#resources.values()].map(read));
        else for (const one of this.#resources.values()) await read(one);
        for (const name of gone) this.#resources.delete(name);
        return gone;
    }

    async #check(verbs: Verbs, { kind, name }: Declaration, olds: Properties, args: Properties): Promise<Properties> {
        const { inputs, failures } = await verbs.check(this.urn({ kind, name }), olds, args);
        if (failures.length > 0) throw new Error(`${kind} ${name}: check: ${JSON.stringify(failures)}`);
        return inputs;
    }

    async #create(verbs: Verbs, declaration: Declaration, inputs: Properties, made = () => {}): Promise<void> {
        await this.#keeping(declaration, verbs.create(this.urn(declaration), inputs), made);
    }

    async #keeping({ kind, name, args }: Declaration, work: Promise<State>, made = () => {}): Promise<void> {
        const keep = (state: State, unhealthy: boolean) => {
            this.#resources.set(name, { kind, name, args, state, unhealthy });
            made();
        };
        try {
            keep(await work, false);
        } catch (error) {
            const { kept } = error as CallFailure;
            if (kept !== undefined) keep({ id: kept.id, inputs: kept.inputs, outputs: kept.outputs }, true);
            throw Object.assign(error as Error, { message: `${kind} ${name}: ${(error as Error).message}` });
        }
    }
}
