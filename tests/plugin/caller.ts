/** The plugin as an engine sees it: its calls in wire form, without an engine. */
import {
    type ClientUnaryCall,
    credentials,
    type Metadata,
    Server,
    ServerCredentials,
    type ServiceError,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "../../provider/core/define";
import { PluginServer, type ServerOptions } from "../../provider/plugin/server";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
export const secret = (value: unknown) => ({ [signature]: "1b47061264138c4ac30d75fd1eb44270", value });
export const reference = (id: string, urn = "urn:pulumi:dev::p::fastio:index:Thing::thing") => ({
    [signature]: "5cf8f73096256a8f31e491e813e4eb8e",
    urn,
    id,
});

export const urnOf = (kind: string, name = "thing") => `urn:pulumi:dev::p::fastio:index:${kind}::${name}`;

/** A failed call, and what it asks the engine to keep all the same. */
export interface CallFailure extends Error {
    code: number;
    kept?: { id: string; outputs: Properties; inputs: Properties; reasons: string[] };
}

type Unary<Request, Answer> = (
    request: Request,
    done: (error: ServiceError | null, answer: Answer) => void,
) => ClientUnaryCall;

const struct = (properties: Properties) =>
    Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
const open = (properties: Struct | undefined) => (properties?.toJavaScript() ?? {}) as Properties;

/** What an engine remembers of a resource. */
export interface State {
    id: string;
    inputs: Properties;
    outputs: Properties;
}

export class Caller {
    /** What the plugin told the engine. */
    readonly told: { severity: number; message: string; urn: string }[] = [];
    readonly #engine: Server;

    private constructor(
        readonly client: ResourceProviderClient,
        engine: Server,
        private readonly plugin: PluginServer | undefined,
    ) {
        this.#engine = engine;
    }

    /** Starts a plugin in this process and configures it. */
    static async start(config: Properties = {}, options: Partial<ServerOptions> = {}): Promise<Caller> {
        const plugin = new PluginServer({ environment: {}, ...options });
        const caller = await Caller.to(await plugin.listen(), plugin);
        await caller.configure(config);
        return caller;
    }

    /** Calls a plugin that serves on this port. */
    static async to(port: number, plugin?: PluginServer): Promise<Caller> {
        const engine = new Server();
        const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
        const caller = new Caller(client, engine, plugin);
        engine.addService(EngineService, {
            log: (call: { request: LogRequest }, done: (error: null, answer: Empty) => void) => {
                const { request } = call;
                caller.told.push({
                    severity: request.getSeverity(),
                    message: request.getMessage(),
                    urn: request.getUrn(),
                });
                done(null, new Empty());
            },
        });
        const enginePort = await new Promise<number>((resolve, reject) => {
            engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
                error ? reject(error) : resolve(bound),
            );
        });
        const hello = new proto.ProviderHandshakeRequest().setEngineAddress(`127.0.0.1:${enginePort}`);
        await ask<proto.ProviderHandshakeRequest, proto.ProviderHandshakeResponse>(
            (request, done) => client.handshake(request, done),
            hello,
        );
        return caller;
    }

    async close(): Promise<void> {
        this.client.close();
        await this.plugin?.close();
        this.#engine.forceShutdown();
    }

    async configure(config: Properties, name = "default"): Promise<void> {
        const request = new proto.ConfigureRequest()
            .setArgs(struct(config))
            .setUrn(`urn:pulumi:dev::p::pulumi:providers:fastio::${name}`);
        await ask<proto.ConfigureRequest, proto.ConfigureResponse>(
            (sent, done) => this.client.configure(sent, done),
            request,
        );
    }

    async checkConfig(news: Properties) {
        const request = new proto.CheckRequest().setNews(struct(news));
        return checked(
            await ask<proto.CheckRequest, proto.CheckResponse>(
                (sent, done) => this.client.checkConfig(sent, done),
                request,
            ),
        );
    }

    async diffConfig(olds: Properties, news: Properties) {
        const request = new proto.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news));
        return compared(
            await ask<proto.DiffRequest, proto.DiffResponse>(
                (sent, done) => this.client.diffConfig(sent, done),
                request,
            ),
        );
    }

    async check(urn: string, olds: Properties, news: Properties, change = (_request: proto.CheckRequest) => {}) {
        const request = new proto.CheckRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news));
        request.setRandomseed(Buffer.from("a seed"));
        change(request);
        return checked(
            await ask<proto.CheckRequest, proto.CheckResponse>((sent, done) => this.client.check(sent, done), request),
        );
    }

    async diff(urn: string, { id, inputs, outputs }: State, news: Properties) {
        const request = new proto.DiffRequest()
            .setUrn(urn)
            .setId(id)
            .setOlds(struct(outputs))
            .setOldInputs(struct(inputs))
            .setNews(struct(news));
        return compared(
            await ask<proto.DiffRequest, proto.DiffResponse>((sent, done) => this.client.diff(sent, done), request),
        );
    }

    async create(urn: string, inputs: Properties, { preview = false, timeout = 0 } = {}): Promise<State> {
        const request = new proto.CreateRequest()
            .setUrn(urn)
            .setProperties(struct(inputs))
            .setPreview(preview)
            .setTimeout(timeout);
        const answer = await ask<proto.CreateRequest, proto.CreateResponse>(
            (sent, done) => this.client.create(sent, done),
            request,
        );
        return { id: answer.getId(), inputs, outputs: open(answer.getProperties()) };
    }

    /** Undefined when it is gone. */
    async read(urn: string, { id, inputs, outputs }: State): Promise<State | undefined> {
        const request = new proto.ReadRequest()
            .setUrn(urn)
            .setId(id)
            .setProperties(struct(outputs))
            .setInputs(struct(inputs));
        const answer = await ask<proto.ReadRequest, proto.ReadResponse>(
            (sent, done) => this.client.read(sent, done),
            request,
        );
        if (answer.getId() === "") return undefined;
        return { id: answer.getId(), inputs: open(answer.getInputs()), outputs: open(answer.getProperties()) };
    }

    async update(urn: string, { id, inputs, outputs }: State, news: Properties, preview = false): Promise<State> {
        const request = new proto.UpdateRequest()
            .setUrn(urn)
            .setId(id)
            .setOlds(struct(outputs))
            .setOldInputs(struct(inputs))
            .setNews(struct(news))
            .setPreview(preview);
        const answer = await ask<proto.UpdateRequest, proto.UpdateResponse>(
            (sent, done) => this.client.update(sent, done),
            request,
        );
        return { id, inputs: news, outputs: open(answer.getProperties()) };
    }

    async delete(urn: string, { id, inputs, outputs }: State): Promise<void> {
        const request = new proto.DeleteRequest()
            .setUrn(urn)
            .setId(id)
            .setProperties(struct(outputs))
            .setOldInputs(struct(inputs));
        await ask<proto.DeleteRequest, Empty>((sent, done) => this.client.delete(sent, done), request);
    }

    async invoke(token: string, args: Properties) {
        const request = new proto.InvokeRequest().setTok(token).setArgs(struct(args));
        const answer = await ask<proto.InvokeRequest, proto.InvokeResponse>(
            (sent, done) => this.client.invoke(sent, done),
            request,
        );
        return { found: open(answer.getReturn()), failures: failuresOf(answer.getFailuresList()) };
    }

    /** One page: what it holds, and where the next begins. */
    async list(token: string, query: Properties = {}, { limit = 0, pageSize = 0, from = "" } = {}) {
        const request = new proto.ListRequest()
            .setToken(token)
            .setQuery(struct(query))
            .setLimit(limit)
            .setPageSize(pageSize)
            .setContinuationToken(from);
        const page = { found: [] as { id: string; name: string }[], next: "", computed: false };
        try {
            for await (const answer of this.client.list(request) as AsyncIterable<proto.ListResponse>) {
                const result = answer.getResult();
                if (result) page.found.push({ id: result.getId(), name: result.getName() });
                page.next = answer.getContinuation()?.getContinuationToken() ?? "";
                page.computed ||= answer.hasComputed();
            }
        } catch (error) {
            throw failure(error as ServiceError);
        }
        return page;
    }

    async cancel(): Promise<void> {
        await ask<Empty, Empty>((sent, done) => this.client.cancel(sent, done), new Empty());
    }

    /** Check, then create. */
    async make(urn: string, args: Properties): Promise<State> {
        const { inputs, failures } = await this.check(urn, {}, args);
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
        return this.create(urn, inputs);
    }
}

export function ask<Request, Answer>(call: Unary<Request, Answer>, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
        call(request, (error, answer) => (error === null ? resolve(answer) : reject(failure(error))));
    });
}

function failure(error: ServiceError): CallFailure {
    const told = Object.assign(new Error(error.details), { code: error.code });
    const kept = keptBy(error.metadata);
    return kept === undefined ? told : Object.assign(told, { kept });
}

function keptBy(metadata: Metadata): CallFailure["kept"] {
    const [bytes] = metadata.get("grpc-status-details-bin");
    if (!Buffer.isBuffer(bytes)) return undefined;
    const half = Status.deserializeBinary(bytes)
        .getDetailsList()[0]
        ?.unpack(proto.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    if (!half) return undefined;
    return {
        id: half.getId(),
        outputs: open(half.getProperties()),
        inputs: open(half.getInputs()),
        reasons: half.getReasonsList(),
    };
}

const failuresOf = (failures: proto.CheckFailure[]) =>
    failures.map((one) => ({ property: one.getProperty(), reason: one.getReason() }));

function checked(answer: proto.CheckResponse) {
    return { inputs: open(answer.getInputs()), failures: failuresOf(answer.getFailuresList()) };
}

function compared(answer: proto.DiffResponse) {
    const names = Object.entries(proto.PropertyDiff.Kind);
    const details: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((difference, path) => {
        const kind = names.find(([, value]) => value === difference.getKind())?.[0] ?? "?";
        details[path] = difference.getInputdiff() ? kind : `${kind} of outputs`;
    });
    return {
        changes: answer.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
        replaces: answer.getReplacesList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
        diffs: answer.getDiffsList(),
        details,
    };
}
