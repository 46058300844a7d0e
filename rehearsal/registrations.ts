// What a program registers: taken in the order in which it comes, decided one at a time, answered when it is done.

import type {
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { makeUrn } from "./aliases";
import { holdsAsset, unsupportedArchive, withHashes } from "./assets";
import type { Checkpoint } from "./checkpoint";
import {
    isProviderType,
    providerReference,
    providerTypePrefix,
    providerUrn,
    type ResourceState,
} from "./deployment-state";
import type { Project } from "./project";
import type { InvokeAnswer } from "./provider-protocol";
import { defaultName, type ProviderRequest, type Providers, withVersion } from "./providers";
import {
    decodeRead,
    decodeRegistration,
    type Goal,
    noOptions,
    place,
    providerRequest,
    unsupportedIn,
    unsupportedProviderOf,
} from "./registration";
import { type Step, Told } from "./step";
import type { StepExecutor } from "./step-executor";
import type { Registration, StepGenerator } from "./step-generator";
import { Transforms } from "./transforms";
import { fromStruct, type Properties, unknown } from "./values";

export interface RegistrationsOptions {
    project: Project;
    stackName: string;
    stackUrn: string;
    dryRun: boolean;
    checkpoint: Checkpoint;
    generator: StepGenerator;
    executor: StepExecutor;
    providers: Providers;
    /** Tells an error about a resource and stops the program. */
    fail: (urn: string, error: unknown) => void;
    /** The same for something that this engine does not do. */
    refuse: (urn: string, what: string) => void;
}

export class Registrations {
    private deciding: Promise<void> = Promise.resolve();
    private readonly goals = new Map<string, Goal>();
    private readonly done = new Map<string, ResourceState>();
    private readonly defaultProviders = new Map<string, Promise<string>>();
    /** The stack's outputs, once the program has told them. */
    stackOutputs: Properties | undefined;

    /** Functions of the program that change what it registers. */
    readonly transforms = new Transforms();

    constructor(private readonly options: RegistrationsOptions) {}

    /** Resolves when the resource is as the program wants it, and never when it cannot be. */
    async register(request: RegisterResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        await this.transforms.apply(urn, request);
        const unsupported = unsupportedIn(request, this.options.project);
        if (unsupported) return this.refuse(unsupported, urn);
        const goal = decodeRegistration(request, urn);
        const archive = unsupportedArchive(goal.properties);
        if (archive) return this.refuse(archive, urn);
        this.inherit(goal);
        goal.properties = await this.withHashes(goal.properties);
        if (isProviderType(goal.type)) goal.properties = withVersion(goal.properties, goal.request);
        else if (goal.custom) goal.provider = await this.providerOf(goal);
        return this.decided(goal, (registration) => this.options.generator.generate(registration));
    }

    /** Resolves with what is read, and never when it cannot be. */
    async read(request: ReadResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        const unsupported = unsupportedProviderOf(request.getType(), request.getPackageref(), this.options.project);
        if (unsupported) return this.refuse(unsupported, urn);
        const goal = decodeRead(request, urn);
        goal.properties = await this.withHashes(goal.properties);
        goal.provider = await this.providerOf(goal);
        return this.decided(goal, (registration) => this.options.generator.generateRead(registration, request.getId()));
    }

    /** What a function of a provider answers. */
    async invoke(request: ResourceInvokeRequest): Promise<InvokeAnswer> {
        await this.transforms.applyToInvoke(request);
        return this.call(request);
    }

    /** The same for a request that no transform of this run changes. */
    async call(request: ResourceInvokeRequest): Promise<InvokeAnswer> {
        const token = request.getTok();
        const unsupported = unsupportedProviderOf(token, request.getPackageref(), this.options.project);
        if (unsupported) return this.refuse(unsupported);
        const { providers, checkpoint, dryRun } = this.options;
        const given = request.getProvider();
        const reference =
            given === "" ? await this.defaultProvider(providerRequest(token, request)) : this.known(given);
        // The configuration of its provider is known only later in this run.
        if (reference === undefined) return { result: {}, failures: [] };
        const provider = await providers.find(reference, checkpoint.base.resources);
        try {
            return await provider.invoke(token, await this.withHashes(fromStruct(request.getArgs())), dryRun);
        } catch (cause) {
            throw new Error(`invocation of ${token} returned an error: ${messageOf(cause)}`, { cause });
        }
    }

    /** A component's outputs are saved as they come; the stack's wait for the end of the run. */
    async registerOutputs(urn: string, given: Properties): Promise<void> {
        const outputs = await this.withHashes(given);
        if (urn === this.options.stackUrn) {
            this.stackOutputs = outputs;
            return;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        this.decide(urn, async () => {
            const state = this.done.get(urn);
            if (!state) throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
            state.outputs = outputs;
            await this.options.checkpoint.flush();
            resolve();
        });
        return promise;
    }

    /** Puts the stack's outputs into the state. After a failure, outputs that are missing may still be right. */
    finishStack(succeeded: boolean): void {
        const stack = this.done.get(this.options.stackUrn);
        if (!stack || !this.stackOutputs) return;
        stack.outputs = succeeded ? this.stackOutputs : { ...stack.outputs, ...this.stackOutputs };
    }

    private decided(goal: Goal, generate: (registration: Registration) => Promise<Step[]>): Promise<ResourceState> {
        const { promise, resolve } = Promise.withResolvers<ResourceState>();
        this.decide(goal.urn, async () => {
            const answer = (state: ResourceState) => {
                this.done.set(goal.urn, state);
                resolve(state);
            };
            const later = (next: () => Promise<Step[]>) =>
                this.decide(goal.urn, async () => this.options.executor.begin(await next()));
            await this.options.executor.begin(await generate({ goal, answer, later }));
        });
        return promise;
    }

    /** `urn::id` of the provider that the goal names, a component above it does, or the default one of its package. */
    private async providerOf(goal: Goal): Promise<string> {
        const { request, provider, providers } = goal;
        const given = provider || providers[request.package] || this.goals.get(goal.parent)?.providers[request.package];
        return given ?? this.defaultProvider(request);
    }

    /** `urn::id` of a default provider, which is registered when the first resource or function needs it. */
    defaultProvider(request: ProviderRequest): Promise<string> {
        const name = `${request.package}/${defaultName(request)}`;
        const known = this.defaultProviders.get(name) ?? this.registerDefaultProvider(request);
        this.defaultProviders.set(name, known);
        return known;
    }

    /** The reference of a provider that this run has, for one whose id the asker does not know. */
    private known(reference: string): string | undefined {
        if (this.options.dryRun || !reference.endsWith(`::${unknown}`)) return reference;
        const state = this.done.get(providerUrn(reference));
        return state && providerReference(state);
    }

    private inherit(goal: Goal): void {
        const parent = this.goals.get(goal.parent);
        goal.protect ??= parent?.protect;
        goal.retainOnDelete ??= parent?.retainOnDelete;
        goal.deletedWith ||= parent?.deletedWith ?? "";
        if (!goal.custom) goal.providers = { ...parent?.providers, ...goal.providers };
        this.goals.set(goal.urn, goal);
    }

    /** Stops the program, which asks for something that this engine does not do. */
    refuse(what: string, urn = ""): Promise<never> {
        this.options.refuse(urn, what);
        return new Promise(() => {});
    }

    /** Resolves when everything that has come so far is decided. */
    async settled(): Promise<void> {
        await this.deciding;
    }

    private decide(urn: string, job: () => Promise<void>): void {
        this.deciding = this.deciding.then(async () => {
            if (this.options.executor.stopped) return;
            try {
                await job();
            } catch (error) {
                this.options.fail(urn, error);
            }
        });
    }

    private async withHashes(values: Properties): Promise<Properties> {
        if (!holdsAsset(values)) return values;
        try {
            return await withHashes(values, this.options.project.programFolder);
        } catch (cause) {
            throw new Error(`unmarshal properties: ${cause instanceof Error ? cause.message : cause}`, { cause });
        }
    }

    /** A default provider is a resource that the engine registers itself. */
    private async registerDefaultProvider(request: ProviderRequest): Promise<string> {
        const { project, stackName, generator, providers } = this.options;
        const type = `${providerTypePrefix}${request.package}`;
        const name = defaultName(request);
        const properties = providers.defaultInputs(request);
        const urn = makeUrn(stackName, project.name, "", type, name);
        const goal: Goal = {
            ...noOptions,
            urn,
            type,
            name,
            custom: true,
            parent: "",
            provider: "",
            properties,
            request,
        };
        return providerReference(await this.decided(goal, (registration) => generator.generate(registration)));
    }
}

/** What an error says to people; nothing when they have been told already. */
export function messageOf(error: unknown): string | undefined {
    if (error instanceof Told) return undefined;
    return error instanceof Error ? error.message : String(error);
}
