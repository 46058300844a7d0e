// The conversation with one provider process: each verb as Pulumi sends it, values reduced to what the provider takes.

import { type ClientUnaryCall, credentials, type ServiceError, status } from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { ResourceState } from "./deployment-state";
import {
    containsUnknown,
    fromStruct,
    mapProperties,
    markSecrets,
    type Properties,
    plainReceiver,
    type Receiver,
    reducePropertiesTo,
    reduceTo,
    restoreContents,
    toStruct,
} from "./values";

/** What a provider does not accept; an empty property stands for the whole. */
export interface Failure {
    property: string;
    reason: string;
}

export interface CheckAnswer {
    /** Undefined when the provider leaves them out. */
    inputs?: Properties;
    failures: Failure[];
}

export interface InvokeAnswer {
    result: Properties;
    failures: Failure[];
}

/** What a provider says about the difference; `changes` undefined leaves the comparison to the engine. */
export interface DiffAnswer {
    changes?: boolean;
    replaces: string[];
    changed: string[];
    deleteBeforeReplace: boolean;
    /** Changed paths with their kinds, from providers that give details. */
    details: { path: string; kind: "add" | "delete" | "update"; replaces: boolean }[];
}

export interface LiveObject {
    id: string;
    outputs: Properties;
    inputs?: Properties;
    /** Why the object is not whole; empty when it is. */
    initErrors: string[];
}

/** What identifies a resource in every call. */
export interface Subject {
    urn: string;
    name: string;
    type: string;
}

/** Who manages resources: a provider process, or the engine itself where the resources are providers. */
export type ResourceProvider = Pick<
    ProviderProtocol,
    "supportsPreview" | "check" | "diff" | "create" | "update" | "read" | "delete"
> & {
    /** Told of a resource that stays as it is. */
    keep?(old: ResourceState, next: ResourceState): Promise<void>;
};

type Unary<Request, Answer> = (
    request: Request,
    done: (error: ServiceError | null, answer: Answer) => void,
) => ClientUnaryCall;

const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

export class ProviderProtocol {
    private readonly client: ResourceProviderClient;
    private receiver: Receiver = plainReceiver;
    private handshaken = false;
    /** Whether the configuration is not known before the run itself: then the provider is asked for nothing. */
    private isUnknown = false;
    /** Whether the provider itself answers creates and updates of a preview. */
    supportsPreview = false;

    constructor(address: string) {
        this.client = new ResourceProviderClient(address, credentials.createInsecure(), channelOptions);
    }

    /** Agrees on what each side takes, and answers the provider's version; empty when it says none. */
    async handshake(engineAddress: string, folder: string): Promise<string> {
        const request = new proto.ProviderHandshakeRequest()
            .setEngineAddress(engineAddress)
            .setRootDirectory(folder)
            .setProgramDirectory(folder)
            .setConfigureWithUrn(true);
        // Older SDKs lack it.
        request.setInvokeWithPreview?.(true);
        const answer = await this.implemented<proto.ProviderHandshakeRequest, proto.ProviderHandshakeResponse>(
            (sent, done) => this.client.handshake(sent, done),
            request,
        );
        if (answer) {
            this.accept(answer.getAcceptSecrets(), answer.getAcceptResources(), true);
            this.handshaken = true;
        }
        const info = await this.implemented<Empty, PluginInfo>(
            (sent, done) => this.client.getPluginInfo(sent, done),
            new Empty(),
        );
        return info?.getVersion() ?? "";
    }

    /** The provider's view of its configuration; undefined when it has none of its own. */
    async checkConfig(subject: Subject, olds: Properties, news: Properties): Promise<CheckAnswer | undefined> {
        const request = about(new proto.CheckRequest(), subject).setOlds(plainStruct(olds)).setNews(plainStruct(news));
        const answer = await this.implemented<proto.CheckRequest, proto.CheckResponse>(
            (sent, done) => this.client.checkConfig(sent, done),
            request,
        );
        return answer && checkAnswer(answer, news);
    }

    async diffConfig(
        subject: Subject,
        olds: Properties,
        oldOutputs: Properties,
        news: Properties,
    ): Promise<DiffAnswer> {
        const request = about(new proto.DiffRequest(), subject)
            .setOldInputs(plainStruct(olds))
            .setOlds(plainStruct(oldOutputs))
            .setNews(plainStruct(news));
        const answer = await this.implemented<proto.DiffRequest, proto.DiffResponse>(
            (sent, done) => this.client.diffConfig(sent, done),
            request,
        );
        return diffAnswer(answer ?? new proto.DiffResponse());
    }

    async configure(subject: Subject, id: string, config: Properties): Promise<void> {
        this.isUnknown = containsUnknown(config);
        if (this.isUnknown) return;
        const request = about(new proto.ConfigureRequest(), subject)
            .setId(id)
            .setArgs(toStruct(config))
            .setAcceptsecrets(true)
            .setAcceptresources(true)
            .setSendsOldInputs(true)
            .setSendsOldInputsToDelete(true);
        const packageName = subject.type.slice(subject.type.lastIndexOf(":") + 1);
        for (const [key, value] of Object.entries(config)) {
            if (key === "version") continue;
            const plain = reduceTo(plainReceiver, value);
            const written = typeof plain === "string" ? plain : JSON.stringify(plain);
            request.getVariablesMap().set(`${packageName}:config:${key}`, written);
        }
        const answer = await ask<proto.ConfigureRequest, proto.ConfigureResponse>(
            (sent, done) => this.client.configure(sent, done),
            request,
        );
        if (this.handshaken) return;
        this.accept(answer.getAcceptsecrets(), answer.getAcceptresources(), answer.getSupportspreview());
    }

    async check(subject: Subject, olds: Properties, news: Properties): Promise<CheckAnswer> {
        if (this.isUnknown) return { inputs: news, failures: [] };
        const request = about(new proto.CheckRequest(), subject).setOlds(this.struct(olds)).setNews(this.struct(news));
        const answer = await ask<proto.CheckRequest, proto.CheckResponse>(
            (sent, done) => this.client.check(sent, done),
            request,
        );
        return checkAnswer(answer, this.receiver.secrets ? {} : news);
    }

    async diff(
        subject: Subject,
        id: string,
        oldInputs: Properties,
        oldOutputs: Properties,
        newInputs: Properties,
        ignoreChanges: string[],
    ): Promise<DiffAnswer> {
        if (this.isUnknown) {
            return { changes: true, replaces: [], changed: [], deleteBeforeReplace: false, details: [] };
        }
        const request = about(new proto.DiffRequest(), subject)
            .setId(id)
            .setOldInputs(this.hashesOnly(oldInputs))
            .setOlds(this.hashesOnly(oldOutputs))
            .setNews(this.hashesOnly(newInputs))
            .setIgnorechangesList(ignoreChanges);
        const answer = await ask<proto.DiffRequest, proto.DiffResponse>(
            (sent, done) => this.client.diff(sent, done),
            request,
        );
        return diffAnswer(answer);
    }

    async create(subject: Subject, inputs: Properties, timeout: number, preview: boolean): Promise<LiveObject> {
        if (this.isUnknown) return { id: "", outputs: {}, initErrors: [] };
        const request = about(new proto.CreateRequest(), subject)
            .setProperties(this.struct(inputs))
            .setTimeout(timeout)
            .setPreview(preview);
        const made = await this.live(async () => {
            const answer = await ask<proto.CreateRequest, proto.CreateResponse>(
                (sent, done) => this.client.create(sent, done),
                request,
            );
            return { id: answer.getId(), outputs: fromStruct(answer.getProperties()), initErrors: [] };
        });
        if (made.id === "" && !preview)
            throw new Error(`plugin returned empty resource.ID from create '${subject.urn}'`);
        return { ...made, outputs: this.returned(made.outputs, inputs) };
    }

    async update(
        subject: Subject,
        id: string,
        oldInputs: Properties,
        oldOutputs: Properties,
        newInputs: Properties,
        ignoreChanges: string[],
        timeout: number,
        preview: boolean,
    ): Promise<LiveObject> {
        if (this.isUnknown) return { id, outputs: {}, initErrors: [] };
        const request = about(new proto.UpdateRequest(), subject)
            .setId(id)
            .setOldInputs(this.hashesOnly(oldInputs))
            .setOlds(this.hashesOnly(oldOutputs))
            .setNews(this.struct(newInputs))
            .setIgnorechangesList(ignoreChanges)
            .setTimeout(timeout)
            .setPreview(preview);
        const updated = await this.live(async () => {
            const answer = await ask<proto.UpdateRequest, proto.UpdateResponse>(
                (sent, done) => this.client.update(sent, done),
                request,
            );
            return { id, outputs: fromStruct(answer.getProperties()), initErrors: [] };
        });
        return { ...updated, outputs: this.returned(updated.outputs, newInputs) };
    }

    /** The object as it is now; undefined when it is gone. `known` is what the state has of it: nothing before an import. */
    async read(
        subject: Subject,
        id: string,
        known: { inputs: Properties; outputs: Properties } | undefined,
        timeout: number,
    ): Promise<LiveObject | undefined> {
        if (this.isUnknown) return { id, outputs: {}, inputs: {}, initErrors: [] };
        const request = about(new proto.ReadRequest(), subject).setId(id);
        // Older SDKs lack it.
        request.setTimeout?.(timeout);
        // What is not there tells an import from other reads.
        if (known) request.setInputs(this.hashesOnly(known.inputs)).setProperties(this.hashesOnly(known.outputs));
        const { inputs, outputs } = known ?? { inputs: {}, outputs: {} };
        const found = await this.live(async () => {
            const answer = await ask<proto.ReadRequest, proto.ReadResponse>(
                (sent, done) => this.client.read(sent, done),
                request,
            );
            const fresh = answer.getInputs();
            return {
                id: answer.getId(),
                outputs: fromStruct(answer.getProperties()),
                ...(fresh && { inputs: fromStruct(fresh) }),
                initErrors: [],
            };
        });
        if (found.id === "") return undefined;
        return {
            ...found,
            outputs: restoreContents(this.marked(found.outputs, outputs), inputs),
            ...(found.inputs && { inputs: restoreContents(this.marked(found.inputs, inputs), inputs) }),
        };
    }

    async delete(
        subject: Subject,
        id: string,
        inputs: Properties,
        outputs: Properties,
        timeout: number,
    ): Promise<void> {
        const request = about(new proto.DeleteRequest(), subject)
            .setId(id)
            .setTimeout(timeout)
            .setOldInputs(this.hashesOnly(inputs))
            .setProperties(this.hashesOnly(outputs));
        await ask<proto.DeleteRequest, Empty>((sent, done) => this.client.delete(sent, done), request);
    }

    /** The result of a function, or why the provider does not take its arguments. */
    async invoke(token: string, args: Properties, preview: boolean): Promise<InvokeAnswer> {
        if (this.isUnknown) return { result: {}, failures: [] };
        const request = new proto.InvokeRequest().setTok(token).setArgs(this.struct(args)).setPreview(preview);
        const answer = await ask<proto.InvokeRequest, proto.InvokeResponse>(
            (sent, done) => this.client.invoke(sent, done),
            request,
        );
        return { result: fromStruct(answer.getReturn()), failures: failuresIn(answer.getFailuresList()) };
    }

    async cancel(): Promise<void> {
        await this.implemented<Empty, Empty>((sent, done) => this.client.cancel(sent, done), new Empty());
    }

    close(): void {
        this.client.close();
    }

    private accept(secrets: boolean, references: boolean, preview: boolean): void {
        this.receiver = { secrets, references, assetContents: true };
        this.supportsPreview = preview;
    }

    private struct(values: Properties) {
        return toStruct(reducePropertiesTo(this.receiver, values));
    }

    private hashesOnly(values: Properties) {
        return toStruct(reducePropertiesTo({ ...this.receiver, assetContents: false }, values));
    }

    private returned(outputs: Properties, inputs: Properties): Properties {
        return restoreContents(this.marked(outputs, inputs), inputs);
    }

    private marked(received: Properties, sent: Properties): Properties {
        return this.receiver.secrets ? received : markSecrets(received, sent);
    }

    /** A half-made object is reported as an error that carries it. */
    private async live(call: () => Promise<LiveObject>): Promise<LiveObject> {
        try {
            return await call();
        } catch (error) {
            const half = error instanceof ProviderError ? error.partial : undefined;
            if (half) return half;
            throw error;
        }
    }

    private async implemented<Request, Answer>(
        call: Unary<Request, Answer>,
        request: Request,
    ): Promise<Answer | undefined> {
        try {
            return await ask(call, request);
        } catch (error) {
            if (error instanceof ProviderError && error.code === status.UNIMPLEMENTED) return undefined;
            throw error;
        }
    }
}

/** A failed call, with what the provider says in its message. */
export class ProviderError extends Error {
    constructor(
        message: string,
        readonly code: status,
        readonly partial: LiveObject | undefined,
    ) {
        super(message);
        this.name = "ProviderError";
    }
}

function ask<Request, Answer>(call: Unary<Request, Answer>, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
        call(request, (error, answer) => (error ? reject(providerError(error)) : resolve(answer)));
    });
}

function providerError(error: ServiceError): ProviderError {
    const message = error.code === status.UNAVAILABLE ? "error reading from server: EOF" : error.details;
    return new ProviderError(message, error.code, partialObject(error));
}

function partialObject(error: ServiceError): LiveObject | undefined {
    const [trailer] = error.metadata?.get("grpc-status-details-bin") ?? [];
    if (!Buffer.isBuffer(trailer)) return undefined;
    for (const detail of Status.deserializeBinary(trailer).getDetailsList()) {
        if (!detail.getTypeUrl().endsWith("ErrorResourceInitFailed")) continue;
        const half = proto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
        const inputs = half.getInputs();
        return {
            id: half.getId(),
            outputs: fromStruct(half.getProperties()),
            ...(inputs && { inputs: fromStruct(inputs) }),
            initErrors: half.getReasonsList(),
        };
    }
    return undefined;
}

interface SubjectRequest<Self> {
    setUrn(urn: string): Self;
    setName(name: string): Self;
    setType(type: string): Self;
}

function about<Request extends SubjectRequest<Request>>(request: Request, subject: Subject): Request {
    return request.setUrn(subject.urn).setName(subject.name).setType(subject.type);
}

function plainStruct(values: Properties) {
    return toStruct(mapProperties(values, (value) => reduceTo(plainReceiver, value)));
}

function checkAnswer(answer: proto.CheckResponse, sent: Properties): CheckAnswer {
    const inputs = answer.getInputs();
    return {
        ...(inputs && { inputs: restoreContents(markSecrets(fromStruct(inputs), sent), sent) }),
        failures: failuresIn(answer.getFailuresList()),
    };
}

function failuresIn(list: proto.CheckFailure[]): Failure[] {
    return list.map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

function diffAnswer(answer: proto.DiffResponse): DiffAnswer {
    const { DiffChanges } = proto.DiffResponse;
    const changes = answer.getChanges();
    const details: DiffAnswer["details"] = [];
    answer.getDetaileddiffMap().forEach((difference, path) => {
        details.push({ path, ...differenceKind(difference.getKind()) });
    });
    return {
        ...(changes !== DiffChanges.DIFF_UNKNOWN && { changes: changes === DiffChanges.DIFF_SOME }),
        replaces: answer.getReplacesList(),
        changed: answer.getDiffsList(),
        deleteBeforeReplace: answer.getDeletebeforereplace(),
        details,
    };
}

function differenceKind(kind: proto.PropertyDiff.Kind): Pick<DiffAnswer["details"][number], "kind" | "replaces"> {
    const { Kind } = proto.PropertyDiff;
    const replaces = kind === Kind.ADD_REPLACE || kind === Kind.DELETE_REPLACE || kind === Kind.UPDATE_REPLACE;
    if (kind === Kind.ADD || kind === Kind.ADD_REPLACE) return { kind: "add", replaces };
    if (kind === Kind.DELETE || kind === Kind.DELETE_REPLACE) return { kind: "delete", replaces };
    return { kind: "update", replaces };
}
