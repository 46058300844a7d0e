// Runs the program alone, as a preview does, to find what this engine does not do before anything is changed.

import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { holdsAsset, unsupportedArchive, withHashes } from "./assets";
import type { ResourceState } from "./deployment-state";
import { Program, type ProgramOptions } from "./program";
import type { InvokeAnswer } from "./provider-protocol";
import {
    decodeRead,
    decodeRegistration,
    type Place,
    place,
    unsupportedIn,
    unsupportedProviderOf,
} from "./registration";
import { type MonitorEvents, ResourceMonitor } from "./resource-monitor";
import { wantedState } from "./step-generator";
import { Transforms } from "./transforms";
import { type Properties, sameValue } from "./values";

export interface SurveyOptions extends Pick<ProgramOptions, "project" | "config" | "parallel" | "environment">, Place {
    /** What the stack has: what is declared as it stands there, the program may know. */
    resources: readonly ResourceState[];
    /** Functions are really called, as in a preview: nobody else knows what they answer. */
    invoke: (request: ResourceInvokeRequest) => Promise<InvokeAnswer>;
    /** Resolves when nobody waits for the answer any longer. */
    givenUp: Promise<void>;
}

/** Something that this engine does not do, and the resource for which the program asks for it. */
export interface Refusal {
    urn: string;
    what: string;
}

/**
 * The first thing that the program asks for and this engine does not do. Providers are not asked about resources, so what
 * depends on values that only they know is not found. A program that fails here fails in its own run as well, and tells why.
 */
export async function survey(options: SurveyOptions): Promise<Refusal | undefined> {
    const { project, stackName, config, parallel, environment, givenUp } = options;
    const events = new Survey(options);
    const monitor = await ResourceMonitor.listen(() => {});
    monitor.serve({ project: project.name, stack: stackName, config, dryRun: true, parallel }, events);
    const program = new Program({
        project,
        stack: stackName,
        config,
        dryRun: true,
        parallel,
        address: monitor.address,
        environment,
        onLine: () => {},
    });
    try {
        const refusal = await Promise.race([events.refusal, program.exited.then(() => undefined), givenUp]);
        return refusal ?? undefined;
    } finally {
        events.transforms.close();
        await program.stop();
        monitor.close();
    }
}

class Survey implements MonitorEvents {
    readonly transforms = new Transforms();
    private readonly found = Promise.withResolvers<Refusal>();
    readonly refusal = this.found.promise;
    private readonly olds: Map<string, ResourceState>;

    constructor(private readonly options: SurveyOptions) {
        this.olds = new Map(options.resources.filter((old) => !old.delete).map((old) => [old.urn, old]));
    }

    async register(request: RegisterResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        await this.transforms.apply(urn, request);
        const unsupported = unsupportedIn(request, this.options.project);
        if (unsupported) return this.refuse(unsupported, urn);
        const goal = decodeRegistration(request, urn);
        const archive = unsupportedArchive(goal.properties);
        if (archive) return this.refuse(archive, urn);
        if (holdsAsset(goal.properties)) {
            goal.properties = await withHashes(goal.properties, this.options.project.programFolder);
        }
        const old = this.olds.get(urn);
        return old && isDeclaredAs(old, goal.properties) ? old : { ...wantedState(goal), outputs: goal.properties };
    }

    async read(request: ReadResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        const unsupported = unsupportedProviderOf(request.getType(), request.getPackageref(), this.options.project);
        if (unsupported) return this.refuse(unsupported, urn);
        const old = this.olds.get(urn);
        return old?.id === request.getId() ? old : wantedState(decodeRead(request, urn));
    }

    async invoke(request: ResourceInvokeRequest): Promise<InvokeAnswer> {
        await this.transforms.applyToInvoke(request);
        return this.options.invoke(request);
    }

    transform(kind: "resources" | "invokes", callback: Callback): void {
        this.transforms.add(kind, callback);
    }

    async registerOutputs(): Promise<void> {}

    async signal(): Promise<void> {}

    refuse(what: string, urn = ""): Promise<never> {
        this.found.resolve({ urn, what });
        return new Promise(() => {});
    }
}

/** Whether every input is the one of last time; what a provider has added in its check is not the program's. */
function isDeclaredAs(old: ResourceState, inputs: Properties): boolean {
    return Object.entries(inputs).every(([key, value]) => sameValue(old.inputs[key], value));
}
