/** Both front-ends as an engine calls them, without an engine: what they answer, and what they ask to keep of a failure. */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "../../provider/core/define";
import { providerText, stateOf } from "../../provider/dynamic/host-state";
import { Caller, type CallFailure, type State } from "../plugin/caller";

/** The verbs of one provider process. */
export type Verbs = Pick<Caller, "check" | "create" | "read" | "update" | "delete" | "close"> & {
    diff(
        urn: string,
        state: State,
        inputs: Properties,
    ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }>;
};

export interface FrontEnd {
    name: string;
    /** A new process. */
    start(config: Record<string, string>): Promise<Verbs>;
    /** What the state holds of an object once it has been imported. */
    imported(urn: string, found: State): State;
}

export const frontEnds: readonly FrontEnd[] = [
    {
        name: "dynamic",
        start: async (config) => new DynamicHost(config),
        // The host cannot read by id alone: the file of the command adopt-file brings inputs and outputs.
        imported: (urn, { id, inputs, outputs }) => {
            const declared = { ...inputs, __provider: providerText(kindOf(urn)) };
            return { id, inputs: declared, outputs: overTheWire(stateOf(outputs, inputs, declared)) };
        },
    },
    { name: "plugin", start: (config) => Caller.start(config), imported: (_urn, found) => found },
];

type Runtime = typeof import("../../provider/dynamic/runtime");
type Provider = Required<ReturnType<Runtime["provider"]>>;

/** A process of its own keeps nothing but what the runtime holds: everything below it is loaded once. */
function newRuntime(): Runtime {
    let runtime: Runtime | undefined;
    jest.doMock("../../provider/connection", () => connection);
    jest.doMock("../../provider/core/check", () => check);
    jest.doMock("../../provider/core/compare", () => compare);
    jest.doMock("../../provider/core/define", () => define);
    jest.doMock("../../provider/core/errors", () => errors);
    jest.doMock("../../provider/core/secrecy", () => secrecy);
    jest.doMock("../../provider/core/state", () => state);
    jest.doMock("../../provider/core/config", () => config);
    jest.doMock("../../provider/core/define-function", () => defineFunction);
    jest.doMock("../../provider/dynamic/host-state", () => hostState);
    jest.doMock("../../provider/functions", () => functions);
    jest.doMock("../../provider/resources", () => resources);
    jest.isolateModules(() => {
        runtime = require("../../provider/dynamic/runtime") as Runtime;
    });
    return runtime as Runtime;
}

const connection = jest.requireActual("../../provider/connection");
const check = jest.requireActual("../../provider/core/check");
const compare = jest.requireActual("../../provider/core/compare");
const define = jest.requireActual("../../provider/core/define");
const errors = jest.requireActual("../../provider/core/errors");
const state = jest.requireActual("../../provider/core/state");
const config = jest.requireActual("../../provider/core/config");
const defineFunction = jest.requireActual("../../provider/core/define-function");
const secrecy = jest.requireActual("../../provider/core/secrecy");
const hostState = jest.requireActual("../../provider/dynamic/host-state");
const functions = jest.requireActual("../../provider/functions");
const resources = jest.requireActual("../../provider/resources");

/** The engine's protocol, which fails on `undefined` as the real one does. */
function overTheWire(properties: object): Properties {
    return Struct.fromJavaScript(properties as never).toJavaScript() as Properties;
}

/** Pulumi's host of dynamic resources: it hands over old outputs, and keeps what an error brings. */
class DynamicHost implements Verbs {
    readonly #runtime = newRuntime();
    readonly #configured = new Map<string, Promise<Provider>>();

    constructor(private readonly config: Record<string, string>) {}

    async check(urn: string, olds: Properties, news: Properties) {
        const one = await this.#provider(urn);
        const given = overTheWire({ ...news, __provider: providerText(kindOf(urn)), __resource: urn });
        const { inputs, failures = [] } = await one.check(olds, given);
        return { inputs: overTheWire(inputs), failures };
    }

    async diff(urn: string, { id, outputs }: State, inputs: Properties) {
        const { changes, replaces, deleteBeforeReplace } = await (await this.#provider(urn)).diff(id, outputs, inputs);
        return {
            changes: changes === true,
            replaces: replaces ?? [],
            deleteBeforeReplace: deleteBeforeReplace === true,
        };
    }

    async create(urn: string, inputs: Properties): Promise<State> {
        const one = await this.#provider(urn);
        const { id, outs } = await kept(one.create(inputs), inputs);
        return { id, inputs, outputs: overTheWire(outs) };
    }

    async read(urn: string, { id, inputs, outputs }: State): Promise<State | undefined> {
        const found = await (await this.#provider(urn)).read(id, outputs);
        if (found.id === undefined) return undefined;
        const fresh = found as { props?: object; inputs?: object };
        return { id: found.id, inputs: overTheWire(fresh.inputs ?? inputs), outputs: overTheWire(fresh.props ?? {}) };
    }

    async update(urn: string, { id, inputs, outputs }: State, news: Properties): Promise<State> {
        const one = await this.#provider(urn);
        const { outs } = await kept(one.update(id, outputs, news), inputs);
        return { id, inputs: news, outputs: overTheWire(outs) };
    }

    async delete(urn: string, { id, outputs }: State): Promise<void> {
        await (await this.#provider(urn)).delete(id, outputs);
    }

    async close(): Promise<void> {}

    #provider(urn: string): Promise<Provider> {
        const kind = kindOf(urn);
        const known = this.#configured.get(kind) ?? this.#configure(kind);
        this.#configured.set(kind, known);
        return known;
    }

    async #configure(kind: string): Promise<Provider> {
        const one = this.#runtime.provider(kind) as Provider;
        const request = { config: { get: (key: string) => this.config[key.replace("fastio:", "")] } };
        await one.configure.call(one, request as unknown as Parameters<Provider["configure"]>[0]);
        return one;
    }
}

async function kept<T>(work: Promise<T>, inputs: Properties): Promise<T> {
    try {
        return await work;
    } catch (thrown) {
        const { id, properties, reasons } = thrown as { id?: string; properties?: object; reasons?: string[] };
        if (id === undefined) throw thrown;
        const keeps = { id, inputs, outputs: overTheWire(properties ?? {}), reasons: reasons ?? [] };
        throw Object.assign(thrown as Error, { kept: keeps });
    }
}

export function kindOf(urn: string): string {
    return urn.split("::").at(-2)?.split(":").at(-1) ?? "";
}

/** One resource of a program, as an engine remembers it and drives the verbs. */
export class Registered {
    state: State | undefined;
    /** Replaced ones that could not be deleted yet. */
    #replaced: State[] = [];
    #unhealthy = false;

    constructor(
        readonly kind: string,
        readonly name = "thing",
    ) {}

    get urn(): string {
        return `urn:pulumi:dev::p::fastio:index:${this.kind}::${this.name}`;
    }

    /** Registers it with these arguments and brings it about. */
    async up(verbs: Verbs, args: Properties): Promise<"created" | "same" | "updated" | "replaced"> {
        const before = this.state;
        const inputs = await this.#check(verbs, before?.inputs ?? {}, args);
        const step = before === undefined ? await this.#create(verbs, inputs) : undefined;
        const made = step ?? (await this.#change(verbs, before as State, inputs, args));
        while (this.#replaced[0] !== undefined) {
            await verbs.delete(this.urn, this.#replaced[0]);
            this.#replaced.shift();
        }
        return made;
    }

    /** Whether it is still there, and whether its inputs are as they were. */
    async refresh(verbs: Verbs): Promise<{ exists: boolean; drifted: boolean }> {
        const before = this.state;
        if (before === undefined) return { exists: false, drifted: false };
        this.state = await verbs.read(this.urn, before);
        this.#unhealthy = false;
        const drifted = JSON.stringify(this.state?.inputs) !== JSON.stringify(before.inputs);
        return { exists: this.state !== undefined, drifted: this.state !== undefined && drifted };
    }

    async delete(verbs: Verbs): Promise<void> {
        if (this.state === undefined) return;
        await verbs.delete(this.urn, this.state);
        this.state = undefined;
    }

    async #change(verbs: Verbs, before: State, inputs: Properties, args: Properties) {
        const { changes, replaces, deleteBeforeReplace } = await verbs.diff(this.urn, before, inputs);
        if (replaces.length > 0) {
            if (deleteBeforeReplace) await this.delete(verbs);
            await this.#create(verbs, await this.#check(verbs, {}, args), () => {
                if (!deleteBeforeReplace) this.#replaced.push(before);
            });
            return "replaced" as const;
        }
        if (!changes && !this.#unhealthy) return "same" as const;
        await this.#keeping(verbs.update(this.urn, before, inputs));
        return "updated" as const;
    }

    async #create(verbs: Verbs, inputs: Properties, made = () => {}) {
        await this.#keeping(verbs.create(this.urn, inputs), made);
        return "created" as const;
    }

    async #keeping(work: Promise<State>, made = () => {}): Promise<void> {
        try {
            this.state = await work;
            this.#unhealthy = false;
            made();
        } catch (error) {
            const { kept } = error as CallFailure;
            if (kept !== undefined) {
                const { id, outputs, inputs } = kept;
                this.state = { id, outputs, inputs };
                this.#unhealthy = true;
                made();
            }
            throw error;
        }
    }

    async #check(verbs: Verbs, old: Properties, args: Properties): Promise<Properties> {
        const { inputs, failures } = await verbs.check(this.urn, old, args);
        if (failures.length > 0) throw new Error(`check: ${JSON.stringify(failures)}`);
        return inputs;
    }
}
