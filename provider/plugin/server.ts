/** The gRPC service over one plugin: every call on its own, and every failure an answer. */
import {
    type handleServerStreamingCall,
    type handleUnaryCall,
    Metadata,
    type Server,
    status,
    type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Connection } from "../connection";
import { messageOf } from "../core/errors";
import type { Bounds } from "../core/lifecycle";
import { Running } from "./bounds";
import { list } from "./list";
import { Plugin } from "./plugin";
import { listen, newServer } from "./port";
import * as verbs from "./verbs";

export interface ServerOptions {
    environment: NodeJS.ProcessEnv;
    /** How long a call that was ended may still learn what became of what it wrote; 10 s by default. */
    graceMs?: number;
    /** The server that serves it; by default one of its own. */
    server?: Server;
}

/** What a call may have of the custom timeouts. */
interface Timed {
    getTimeout?(): number;
}

export class PluginServer {
    readonly #plugin: Plugin;
    readonly #running = new Running();
    readonly #graceMs: number;
    readonly #server: Server;

    constructor({ environment, graceMs = 10_000, server = newServer() }: ServerOptions) {
        this.#server = server;
        this.#plugin = new Plugin(environment);
        this.#graceMs = graceMs;
        this.#server.addService(ResourceProviderService, this.#service());
    }

    /** Serves on a free port of the loopback, and answers it. */
    listen(): Promise<number> {
        return listen(this.#server);
    }

    /** Ends what runs and stops when its answers are given. */
    async close(): Promise<void> {
        this.#running.cancel();
        await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
        await this.#plugin.close();
    }

    #service(): UntypedServiceImplementation {
        const plugin = this.#plugin;
        return {
            handshake: this.#unary((request: proto.ProviderHandshakeRequest) => plugin.handshake(request)),
            attach: this.#unary(async (request: PluginAttach) => {
                plugin.log.connect(request.getAddress());
                return new Empty();
            }),
            getPluginInfo: this.#unary(() => plugin.getPluginInfo()),
            getSchema: this.#unary(() => plugin.getSchema()),
            checkConfig: this.#unary((request: proto.CheckRequest) => plugin.checkConfig(request)),
            diffConfig: this.#unary((request: proto.DiffRequest) => plugin.diffConfig(request)),
            configure: this.#unary((request: proto.ConfigureRequest) => plugin.configure(request)),
            check: this.#verb(verbs.check),
            diff: this.#verb(verbs.diff),
            create: this.#verb(verbs.create, this.#graceMs),
            read: this.#verb(verbs.read),
            update: this.#verb(verbs.update, this.#graceMs),
            delete: this.#verb(verbs.remove, this.#graceMs),
            list: this.#list(),
            invoke: this.#unary((request: proto.InvokeRequest, bounds) => plugin.invoke(request, bounds)),
            cancel: this.#unary(async () => {
                this.#running.cancel();
                return new Empty();
            }),
        };
    }

    #verb<Request, Answer>(
        verb: (connection: Connection, request: Request, bounds: Bounds) => Promise<Answer>,
        graceMs?: number,
    ) {
        return this.#unary<Request, Answer>(
            async (request, bounds) => verb(await this.#plugin.connection(), request, bounds),
            graceMs,
        );
    }

    #list(): handleServerStreamingCall<proto.ListRequest, proto.ListResponse> {
        return async (call) => {
            const broken = (end: () => void) => call.once("cancelled", end);
            try {
                const answers = await this.#running.bounded({ seconds: 0, graceMs: 0 }, broken, async (bounds) =>
                    list(await this.#plugin.connection(), call.request, bounds),
                );
                for (const answer of answers) call.write(answer);
                await this.#plugin.log.flush();
                call.end();
            } catch (error) {
                await this.#plugin.log.flush();
                call.emit("error", failureOf(error));
            }
        };
    }

    #unary<Request, Answer>(
        work: (request: Request, bounds: Bounds) => Promise<Answer>,
        graceMs = 0,
    ): handleUnaryCall<Request, Answer> {
        return async (call, done) => {
            try {
                const seconds = (call.request as Request & Timed).getTimeout?.() ?? 0;
                const broken = (end: () => void) => call.once("cancelled", end);
                const answer = await this.#running.bounded({ seconds, graceMs }, broken, (bounds) =>
                    work(call.request, bounds),
                );
                await this.#plugin.log.flush();
                done(null, answer);
            } catch (error) {
                await this.#plugin.log.flush();
                done(failureOf(error));
            }
        };
    }
}

function failureOf(error: unknown) {
    const details = messageOf(error);
    const metadata = new Metadata();
    if (error instanceof verbs.HalfDone) {
        const detail = new Any();
        detail.pack(error.detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
        const told = new Status().setCode(status.UNKNOWN).setMessage(details).setDetailsList([detail]);
        metadata.set("grpc-status-details-bin", Buffer.from(told.serializeBinary()));
    }
    return { code: status.UNKNOWN, details, metadata };
}
