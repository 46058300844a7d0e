/** The verbs without an engine: provider processes with a real client, and resources driven and remembered as an engine does. */

import { once } from "node:events";
import { Readable } from "node:stream";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Agent, type Dispatcher } from "undici";
import { ApiClient } from "../../provider/api/client";
import { ManualClock } from "../../provider/api/manual-clock";
import type { Known, Properties, ResourceDefinition } from "../../provider/core/define";
import { PartialFailure } from "../../provider/core/errors";
import { Lifecycle } from "../../provider/core/lifecycle";
import { Session } from "../../provider/core/session";
import { resourcesByKind } from "../../provider/resources";
import type { Service } from "./service";

export { Service } from "./service";

/** What goes wrong on the way to the service and back. */
export interface Trouble {
    method?: string;
    path: RegExp;
    /** `lost`: the request never arrives. `unanswered`: it is done, and its answer lost. A number: a gateway answers so. */
    how: "lost" | "unanswered" | number | { status: number; body: object };
    /** How often; without it for ever. */
    times?: number;
    /** Runs when the request arrives, before it goes on. */
    before?: () => Promise<unknown>;
}

export interface ProcessOptions {
    baseUrl?: string;
    token?: string;
    formerOrigin?: string;
    /** By default far from the service's time: whoever asks the local clock is found out. */
    localTime?: string;
    definitions?: ReadonlyMap<string, ResourceDefinition>;
    credentials?: { name: string; token: string }[];
}

/** One provider process: what it checked and touched is forgotten with it. */
export class Process {
    readonly lifecycle: Lifecycle;
    readonly client: ApiClient;
    /** What it told, all severities. */
    readonly told: { severity: string; message: string }[] = [];
    readonly troubles: Trouble[] = [];
    readonly #agent = new Agent();

    constructor(
        readonly service: Service,
        options: ProcessOptions = {},
    ) {
        const { baseUrl = service.baseUrl, token = service.emulator.token, formerOrigin } = options;
        const session = new Session();
        const log = (severity: string, message: string) => {
            this.told.push({ severity, message });
        };
        this.client = new ApiClient({
            baseUrl,
            credentials: options.credentials ?? [{ name: "the test", token }],
            userAgent: "verbs/1",
            log,
            logRequests: true,
            clock: new ManualClock(options.localTime ?? "1999-01-01T00:00:00Z"),
            dispatcher: this as unknown as Dispatcher,
            fallbackAllowed: () => !session.hasChecked,
        });
        this.lifecycle = new Lifecycle({
            definitions: options.definitions ?? resourcesByKind,
            client: () => this.client,
            formerOrigin: () => formerOrigin,
            session,
            log,
        });
    }

    get warnings(): string[] {
        return this.told.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    }

    /** Everything that a terminal or a log could show. */
    get text(): string {
        return this.told.map(({ message }) => message).join("\n");
    }

    /** The way to the service, for undici. */
    async request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
        const path = decodeURIComponent(options.path);
        const trouble = this.troubles.find(
            (one) => (one.method ?? options.method) === options.method && one.path.test(path) && one.times !== 0,
        );
        if (trouble === undefined) return this.#agent.request(options);
        if (trouble.times !== undefined) trouble.times -= 1;
        const signal = options.signal as AbortSignal;
        if (trouble.before !== undefined) await Promise.race([trouble.before(), aborted(signal)]);
        if (trouble.how === "lost") throw broken();
        if (trouble.how === "unanswered") {
            await (await this.#agent.request(options)).body.dump();
            throw broken();
        }
        const { status, body } =
            typeof trouble.how === "number" ? { status: trouble.how, body: { result: false } } : trouble.how;
        const answer = { statusCode: status, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) };
        return answer as unknown as Dispatcher.ResponseData;
    }

    close(): Promise<void> {
        return this.#agent.destroy();
    }
}

async function aborted(signal: AbortSignal): Promise<never> {
    if (!signal.aborted) await once(signal, "abort");
    throw Object.assign(new Error("aborted"), { code: "UND_ERR_ABORTED" });
}

function broken(): Error {
    return Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
}

/** An answer of the API that refuses. */
export function refusal(status: number, code: number, text = "No"): { status: number; body: object } {
    return { status, body: { result: false, error: { code, text } } };
}

/** The engine's protocol, which fails on `undefined` as the real one does. */
function overTheWire<T extends Properties>(properties: T): T {
    return Struct.fromJavaScript(properties as never).toJavaScript() as T;
}

export type Step = "created" | "same" | "updated" | "replaced";

/** What an engine keeps of one resource, and how it drives the verbs. */
export class Resource {
    id: string | undefined;
    known: Known = { inputs: {}, outputs: {} };
    /** Inputs as the engine keeps them beside what the provider keeps. */
    #inputs: Properties = {};
    #unhealthy = false;

    constructor(
        readonly kind: string,
        readonly name = "design",
        private readonly type = `fastio:index:${kind}`,
    ) {}

    get urn(): string {
        return `urn:pulumi:dev::verbs::${this.type}::${this.name}`;
    }

    /** The id of an object that exists. */
    get ownId(): string {
        if (this.id === undefined) throw new Error(`${this.urn} does not exist`);
        return this.id;
    }

    get outputs(): Properties {
        return this.known.outputs;
    }

    get inputs(): Properties {
        const { __resource: _, ...inputs } = this.known.inputs;
        return inputs;
    }

    /** Registers the resource with these arguments and brings it about. */
    async up(process: Process, args: Properties): Promise<Step> {
        const inputs = this.#check(process, this.#inputs, args);
        if (this.id === undefined) {
            await this.#create(process, inputs);
            return "created";
        }
        const { changes, replaces, deleteBeforeReplace } = process.lifecycle.diff(
            { kind: this.kind },
            this.id,
            this.known,
            inputs,
        );
        if (replaces.length > 0) {
            const old = this.copy();
            if (deleteBeforeReplace) await old.delete(process);
            await this.#create(process, this.#check(process, {}, args));
            if (!deleteBeforeReplace) await old.delete(process);
            return "replaced";
        }
        if (!changes && !this.#unhealthy) return "same";
        await this.#update(process, inputs);
        return "updated";
    }

    /** What a preview tells: the step, and the properties that differ. Makes no call. */
    preview(process: Process, args: Properties): { step: Step; properties: string[] } {
        const inputs = this.#check(process, this.#inputs, args);
        if (this.id === undefined) return { step: "created", properties: [] };
        const { changes, replaces, differences } = process.lifecycle.diff(
            { kind: this.kind },
            this.id,
            this.known,
            inputs,
        );
        const step = replaces.length > 0 ? "replaced" : changes || this.#unhealthy ? "updated" : "same";
        return { step, properties: differences.map(({ property }) => property) };
    }

    /** Reads the object. Answers whether it is still there, and which inputs are not as they were. */
    async refresh(process: Process): Promise<{ exists: boolean; drift: string[] }> {
        const before = this.known.inputs;
        const found = await process.lifecycle.read({ kind: this.kind, urn: this.urn }, this.ownId, this.known);
        if (found === undefined) {
            this.id = undefined;
            this.known = { inputs: {}, outputs: {} };
            this.#inputs = {};
            return { exists: false, drift: [] };
        }
        this.id = found.id;
        this.#keep(found.inputs, found.outputs);
        this.#unhealthy = false;
        const names = new Set([...Object.keys(before), ...Object.keys(found.inputs)]);
        const drift = [...names].filter(
            (name) => JSON.stringify(before[name]) !== JSON.stringify(this.known.inputs[name]),
        );
        return { exists: true, drift };
    }

    async delete(process: Process): Promise<void> {
        await process.lifecycle.delete({ kind: this.kind, urn: this.urn }, this.ownId, this.known);
        this.id = undefined;
    }

    /** The same object under its old state, as the engine keeps what it will delete. */
    copy(name = this.name): Resource {
        const copy = new Resource(this.kind, name);
        copy.id = this.id;
        copy.known = this.known;
        copy.#inputs = this.#inputs;
        copy.#unhealthy = this.#unhealthy;
        return copy;
    }

    #check(process: Process, old: Properties, args: Properties): Properties {
        const given = overTheWire({ ...args, __resource: this.urn });
        const { inputs, failures } = process.lifecycle.check({ kind: this.kind }, old, given);
        if (failures.length > 0) throw new Error(`check: ${JSON.stringify(failures)}`);
        return overTheWire(inputs);
    }

    async #create(process: Process, inputs: Properties): Promise<void> {
        try {
            const { id, outputs } = await process.lifecycle.create({ kind: this.kind, urn: this.urn }, inputs);
            this.id = id;
            this.#unhealthy = false;
            this.#keep(inputs, outputs);
        } catch (error) {
            if (error instanceof PartialFailure) this.#keepFailed(error, inputs);
            throw error;
        }
    }

    async #update(process: Process, inputs: Properties): Promise<void> {
        try {
            const subject = { kind: this.kind, urn: this.urn };
            const outputs = await process.lifecycle.update(subject, this.ownId, this.known, inputs);
            this.#unhealthy = false;
            this.#keep(inputs, outputs);
        } catch (error) {
            if (error instanceof PartialFailure) this.#keepFailed(error, this.#inputs);
            throw error;
        }
    }

    #keep(inputs: Properties, outputs: Properties): void {
        this.known = { inputs: overTheWire(inputs), outputs: overTheWire(outputs) };
        this.#inputs = this.known.inputs;
    }

    #keepFailed(failure: PartialFailure, inputs: Properties): void {
        this.id = failure.id;
        this.#keep(failure.inputs, failure.outputs);
        this.#inputs = inputs;
        this.#unhealthy = true;
    }
}

/** What the work fails with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
    const thrown = await work.then(
        () => undefined,
        (error: unknown) => error,
    );
    if (!(thrown instanceof Error)) throw new Error(`expected an Error to be thrown, not ${String(thrown)}`);
    return thrown;
}
