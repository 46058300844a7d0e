// What the engine serves to the program: the resource monitor and the engine's log, on one port.

import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
    GetRootResourceResponse,
    type LogRequest,
    LogSeverity,
    type RequirePulumiVersionRequest,
    RequirePulumiVersionResponse,
    SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { type IResourceMonitorServer, ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
    DeploymentInfo,
    type ReadResourceRequest,
    ReadResourceResponse,
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    RegisterResourceResponse,
    type ResourceInvokeRequest,
    ResourceInvokeResponse,
    type ResourceMonitorFeature,
    type SupportsFeatureRequest,
    SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { satisfies } from "semver";
import { engineVersion, type ResourceState } from "./deployment-state";
import { secretKeys } from "./program";
import type { Config } from "./project";
import type { InvokeAnswer } from "./provider-protocol";
import {
    fromStruct,
    mapProperties,
    type Properties,
    type Receiver,
    reducePropertiesTo,
    toStruct,
    withoutOutputValues,
} from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

/** What happens when the program calls. A registration that fails is never answered: its program is stopped. */
export interface MonitorEvents {
    register(request: RegisterResourceRequest): Promise<ResourceState>;
    registerOutputs(urn: string, outputs: Properties): Promise<void>;
    read(request: ReadResourceRequest): Promise<ResourceState>;
    invoke(request: ResourceInvokeRequest): Promise<InvokeAnswer>;
    /** The program wants to see every registration, or every invoke, that follows. */
    transform(kind: "resources" | "invokes", callback: Callback): void;
    /** The program has come to its end; answered when everything is done. */
    signal(): Promise<void>;
    /** The program asks for something that this engine does not do. */
    refuse(what: string): void;
}

export type Log = (severity: Severity, urn: string, message: string) => void;

export interface MonitorFacts {
    project: string;
    stack: string;
    config: Config;
    dryRun: boolean;
    parallel: number;
}

/** The features that a program may use, with their numbers; what of them is not supported is refused when it is used. */
const features: Record<string, ResourceMonitorFeature> = {
    secrets: 0,
    resourceReferences: 1,
    outputValues: 2,
    aliasSpecs: 3,
    replacementTrigger: 4,
    deletedWith: 5,
    replaceWith: 6,
    transforms: 7,
    invokeTransforms: 8,
    parameterization: 9,
    resourceHooks: 10,
    errorHooks: 11,
    sendsOptionsToHooks: 12,
};

const severities: Record<LogSeverity, Severity> = {
    [LogSeverity.DEBUG]: "debug",
    [LogSeverity.INFO]: "info",
    [LogSeverity.WARNING]: "warning",
    [LogSeverity.ERROR]: "error",
};

export class ResourceMonitor {
    private constructor(
        private readonly server: Server,
        readonly address: string,
    ) {}

    /** Takes messages from now on, and a program once it is told what to `serve`. */
    static async listen(log: Log): Promise<ResourceMonitor> {
        const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
        server.addService(EngineService, engineService(log));
        const port = await new Promise<number>((resolve, reject) => {
            server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
                error ? reject(error) : resolve(bound),
            );
        });
        return new ResourceMonitor(server, `127.0.0.1:${port}`);
    }

    serve(facts: MonitorFacts, events: MonitorEvents): void {
        this.server.addService(ResourceMonitorService, monitorService(facts, events));
    }

    close(): void {
        this.server.forceShutdown();
    }
}

/** Every method that the service names gets an answer, so that a program never waits for one that is missing. */
function monitorService(facts: MonitorFacts, events: MonitorEvents): IResourceMonitorServer {
    const refused = refusals(events);
    return {
        getDeploymentInfo: (_, done) => done(null, deploymentInfo(facts)),
        supportsFeature: ({ request }: ServerUnaryCall<SupportsFeatureRequest, SupportsFeatureResponse>, done) =>
            done(null, new SupportsFeatureResponse().setHassupport(request.getId() in features)),
        registerResource: async (
            { request }: ServerUnaryCall<RegisterResourceRequest, RegisterResourceResponse>,
            done: sendUnaryData<RegisterResourceResponse>,
        ) => {
            try {
                done(null, registered(request, await events.register(request)));
            } catch (error) {
                done(failure(error));
            }
        },
        registerResourceOutputs: async (
            { request }: ServerUnaryCall<RegisterResourceOutputsRequest, Empty>,
            done: sendUnaryData<Empty>,
        ) => {
            try {
                const outputs = mapProperties(fromStruct(request.getOutputs()), withoutOutputValues);
                await events.registerOutputs(request.getUrn(), outputs);
                done(null, new Empty());
            } catch (error) {
                done(failure(error));
            }
        },
        signalAndWaitForShutdown: async (_, done) => {
            await events.signal();
            done(null, new Empty());
        },
        readResource: async (
            { request }: ServerUnaryCall<ReadResourceRequest, ReadResourceResponse>,
            done: sendUnaryData<ReadResourceResponse>,
        ) => {
            try {
                const { urn, outputs } = await events.read(request);
                const properties = toStruct(reducePropertiesTo(receiverOf(request), outputs));
                done(null, new ReadResourceResponse().setUrn(urn).setProperties(properties));
            } catch (error) {
                done(failure(error));
            }
        },
        invoke: async (
            { request }: ServerUnaryCall<ResourceInvokeRequest, ResourceInvokeResponse>,
            done: sendUnaryData<ResourceInvokeResponse>,
        ) => {
            try {
                done(null, invoked(await events.invoke(request)));
            } catch (error) {
                done(failure(error));
            }
        },
        call: refused("methods of resources (`Call`)"),
        existsResource: refused("looking for existing resources (`ExistsResource`)"),
        registerStackTransform: ({ request }: ServerUnaryCall<Callback, Empty>, done) => {
            events.transform("resources", request);
            done(null, new Empty());
        },
        registerStackInvokeTransform: ({ request }: ServerUnaryCall<Callback, Empty>, done) => {
            events.transform("invokes", request);
            done(null, new Empty());
        },
        registerResourceHook: refused("resource hooks"),
        registerErrorHook: refused("error hooks"),
        registerPackage: refused("parameterized packages (`RegisterPackage`)"),
    };
}

function failure(error: unknown): { code: status; details: string } {
    return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

/** What is refused is not answered, either. */
function refusals(events: MonitorEvents) {
    return (what: string) => () => events.refuse(what);
}

function engineService(log: Log): IEngineServer {
    let root = "";
    return {
        log: ({ request }: ServerUnaryCall<LogRequest, Empty>, done) => {
            log(severities[request.getSeverity()], request.getUrn(), request.getMessage());
            done(null, new Empty());
        },
        setRootResource: ({ request }, done) => {
            root = request.getUrn();
            done(null, new SetRootResourceResponse());
        },
        getRootResource: (_, done) => done(null, new GetRootResourceResponse().setUrn(root)),
        startDebugging: (_, done) => done(null, new Empty()),
        requirePulumiVersion: ({ request }: ServerUnaryCall<RequirePulumiVersionRequest, Empty>, done) => {
            const range = request.getPulumiVersionRange();
            const version = engineVersion.slice(1);
            if (satisfies(version, range)) return done(null, new RequirePulumiVersionResponse());
            const details = `Pulumi CLI version ${version} does not satisfy the version range "${range}"`;
            done({ code: status.UNKNOWN, details });
        },
    };
}

function deploymentInfo({ project, stack, config, dryRun, parallel }: MonitorFacts): DeploymentInfo {
    const info = new DeploymentInfo()
        .setProject(project)
        .setStack(stack)
        .setOrganization("organization")
        .setDryrun(dryRun)
        .setParallel(parallel)
        .setConfigsecretkeysList(secretKeys(config))
        .setSupportedfeaturesList(Object.values(features));
    for (const [key, { value }] of Object.entries(config)) info.getConfigMap().set(key, value);
    return info;
}

function registered(request: RegisterResourceRequest, state: ResourceState): RegisterResourceResponse {
    // What a component puts out may refer to resources that are not registered yet: the program has it anyway.
    const outputs = state.custom ? reducePropertiesTo(receiverOf(request), state.outputs) : {};
    return new RegisterResourceResponse().setUrn(state.urn).setId(state.id).setObject(toStruct(outputs));
}

interface Accepting {
    getAcceptsecrets(): boolean;
    getAcceptresources(): boolean;
}

function receiverOf(request: Accepting): Receiver {
    return { secrets: request.getAcceptsecrets(), references: request.getAcceptresources(), assetContents: true };
}

function invoked({ result, failures }: InvokeAnswer): ResourceInvokeResponse {
    const list = failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));
    // Older SDKs have no message of its own for it.
    const Answer = ResourceInvokeResponse ?? InvokeResponse;
    return new Answer().setReturn(toStruct(result)).setFailuresList(list);
}
