// Functions of the program that change what it registers: of one resource and all below it, of the stack, of invokes.

import { type Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";

const channelOptions = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

export class Transforms {
    private readonly callbacks: Record<"resources" | "invokes", Callback[]> = { resources: [], invokes: [] };
    private readonly ofResources = new Map<string, { callbacks: Callback[]; parent: string }>();
    private readonly clients = new Map<string, CallbacksClient>();

    /** Takes note of a transform of everything that comes from now on. */
    add(kind: "resources" | "invokes", callback: Callback): void {
        this.callbacks[kind].push(callback);
    }

    /** Changes `request` as its own transforms say, then those of its parents, then the stack's. */
    async apply(urn: string, request: proto.RegisterResourceRequest): Promise<void> {
        this.ofResources.set(urn, { callbacks: request.getTransformsList(), parent: request.getParent() });
        const own: Callback[] = [];
        for (let at = this.ofResources.get(urn); at; at = this.ofResources.get(at.parent)) own.push(...at.callbacks);
        for (const callback of [...own, ...this.callbacks.resources]) {
            const asked = new proto.TransformRequest()
                .setType(request.getType())
                .setName(request.getName())
                .setCustom(request.getCustom())
                .setParent(request.getParent())
                .setProperties(request.getObject())
                .setOptions(optionsOf(request));
            const answer = proto.TransformResponse.deserializeBinary(
                await this.call(callback, asked.serializeBinary()),
            );
            if (answer.hasProperties()) request.setObject(answer.getProperties());
            const options = answer.getOptions();
            if (options) setOptions(request, options);
        }
    }

    async applyToInvoke(request: proto.ResourceInvokeRequest): Promise<void> {
        for (const callback of this.callbacks.invokes) {
            const options = new proto.TransformInvokeOptions()
                .setProvider(request.getProvider())
                .setVersion(request.getVersion())
                .setPluginDownloadUrl(request.getPlugindownloadurl());
            const asked = new proto.TransformInvokeRequest()
                .setToken(request.getTok())
                .setArgs(request.getArgs())
                .setOptions(options);
            const bytes = await this.call(callback, asked.serializeBinary());
            const answer = proto.TransformInvokeResponse.deserializeBinary(bytes);
            if (answer.hasArgs()) request.setArgs(answer.getArgs());
            const changed = answer.getOptions();
            if (changed) request.setProvider(changed.getProvider()).setVersion(changed.getVersion());
        }
    }

    close(): void {
        for (const client of this.clients.values()) (client as Client).close();
    }

    private call(callback: Callback, bytes: Uint8Array): Promise<Uint8Array> {
        const target = callback.getTarget();
        const client =
            this.clients.get(target) ?? new CallbacksClient(target, credentials.createInsecure(), channelOptions);
        this.clients.set(target, client);
        const request = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(bytes);
        return new Promise((resolve, reject) => {
            client.invoke(request, (error: ServiceError | null, answer: CallbackInvokeResponse) =>
                error ? reject(new Error(error.details)) : resolve(answer.getResponse_asU8()),
            );
        });
    }
}

function optionsOf(request: proto.RegisterResourceRequest): proto.TransformResourceOptions {
    const options = new proto.TransformResourceOptions()
        .setDependsOnList(request.getDependenciesList())
        .setIgnoreChangesList(request.getIgnorechangesList())
        .setReplaceOnChangesList(request.getReplaceonchangesList())
        .setVersion(request.getVersion())
        .setAliasesList(request.getAliasesList())
        .setProvider(request.getProvider())
        .setCustomTimeouts(request.getCustomtimeouts())
        .setDeletedWith(request.getDeletedwith())
        .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
        .setHooks(request.getHooks())
        .setImport(request.getImportid());
    // Older SDKs lack these.
    options.setHideDiffList?.(request.getHidediffsList());
    options.setReplaceWithList?.(request.getReplaceWithList());
    options.setReplacementTrigger?.(request.getReplacementTrigger());
    if (request.hasProtect()) options.setProtect(request.getProtect() === true);
    if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() === true);
    if (request.getDeletebeforereplacedefined())
        options.setDeleteBeforeReplace(request.getDeletebeforereplace() === true);
    request.getProvidersMap().forEach((reference, name) => {
        options.getProvidersMap().set(name, reference);
    });
    return options;
}

/** What a transform answers are all options: one that it leaves out is gone. */
function setOptions(request: proto.RegisterResourceRequest, options: proto.TransformResourceOptions): void {
    request
        .setDependenciesList(options.getDependsOnList())
        .setIgnorechangesList(options.getIgnoreChangesList())
        .setReplaceonchangesList(options.getReplaceOnChangesList())
        .setVersion(options.getVersion())
        .setAliasesList(options.getAliasesList())
        .setProvider(options.getProvider())
        .setCustomtimeouts(options.getCustomTimeouts())
        .setDeletedwith(options.getDeletedWith())
        .setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList())
        .setHooks(options.getHooks())
        .setImportid(options.getImport())
        .setDeletebeforereplacedefined(options.hasDeleteBeforeReplace())
        .setDeletebeforereplace(options.getDeleteBeforeReplace() === true);
    if (options.getHideDiffList) request.setHidediffsList(options.getHideDiffList());
    if (options.getReplaceWithList) request.setReplaceWithList(options.getReplaceWithList());
    if (options.getReplacementTrigger) request.setReplacementTrigger(options.getReplacementTrigger());
    if (options.hasProtect()) request.setProtect(options.getProtect() === true);
    else request.clearProtect();
    if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() === true);
    else request.clearRetainondelete();
    const providers = request.getProvidersMap();
    providers.clear();
    options.getProvidersMap().forEach((reference, name) => {
        providers.set(name, reference);
    });
}
