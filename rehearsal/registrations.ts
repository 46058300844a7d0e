// What a program registers: taken in the order in which it comes, decided one at a time, answered when it is done.

import { randomUUID } from "node:crypto";
import type {
    ReadResourceRequest,
    RegisterResourceRequest,
    ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { makeUrn } from "./aliases";
import { holdsAsset, unsupportedArchive, withHashes } from "./assets";
import type { Checkpoint } from "./checkpoint";
import { decideFrom } from "./decision";
import { providerReference, providerTypePrefix, type ResourceState } from "./deployment-state";
import type { Config, Project } from "./project";
import type { InvokeAnswer } from "./provider-protocol";
import type { Providers } from "./providers";
import {
    decodeRead,
    decodeRegistration,
    type Goal,
    noOptions,
    place,
    unsupportedIn,
    unsupportedProviderOf,
} from "./registration";
import { type Step, Told } from "./step";
import type { StepExecutor } from "./step-executor";
import { type Registration, type StepGenerator, wantedState } from "./step-generator";
import { Transforms } from "./transforms";
import { fromStruct, type Properties, secret, unknown } from "./values";

export interface RegistrationsOptions {
    project: Project;
    stackName: string;
    stackUrn: string;
    config: Config;
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

/** The type of the one provider that this engine has. */
export const dynamicProviderType = `${providerTypePrefix}pulumi-nodejs`;

export class Registrations {
    private deciding: Promise<void> = Promise.resolve();
    private readonly goals = new Map<string, Goal>();
    private readonly done = new Map<string, ResourceState>();
    private dynamicProvider: Promise<string> | undefined;
    /** The stack's outputs, once the program has told them. */
    stackOutputs: Properties | undefined;

    /** Functions of the program that change what it registers. */
    readonly transforms = new Transforms();

    constructor(private readonly options: RegistrationsOptions) {}

    /** Resolves when the resource is as the program wants it, and never when it cannot be. */
    async register(request: RegisterResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        await this.transforms.apply(urn, request);
        const unsupported = unsupportedIn(request);
        if (unsupported) return this.refuse(unsupported, urn);
        const goal = decodeRegistration(request, urn);
        const archive = unsupportedArchive(goal.properties);
        if (archive) return this.refuse(archive, urn);
        this.inherit(goal);
        goal.properties = await this.withHashes(goal.properties);
        if (goal.custom) goal.provider = await this.providerReference();
        return this.decided(goal, (registration) => this.options.generator.generate(registration));
    }

    /** Resolves with what is read, and never when it cannot be. */
    async read(request: ReadResourceRequest): Promise<ResourceState> {
        const urn = place(request, this.options);
        const unsupported = unsupportedProviderOf(request.getType(), request.getPackageref());
        if (unsupported) return this.refuse(unsupported, urn);
        const goal = decodeRead(request, urn);
        goal.properties = await this.withHashes(goal.properties);
        goal.provider = await this.providerReference();
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
        const unsupported =
            request.getProvider() === ""
                ? unsupportedProviderOf(token, request.getPackageref())
                : "the invoke option `provider`";
        if (unsupported) return this.refuse(unsupported);
        const { providers, checkpoint, dryRun } = this.options;
        const provider = await providers.find(await this.providerReference(), checkpoint.base.resources);
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
            await this.options.executor.begin(await generate({ goal, answer }));
        });
        return promise;
    }

    /** `urn::id` of the provider of dynamic resources, which is registered when the first of them needs it. */
    providerReference(): Promise<string> {
        this.dynamicProvider ??= this.registerDynamicProvider();
        return this.dynamicProvider;
    }

    private inherit(goal: Goal): void {
        const parent = this.goals.get(goal.parent);
        goal.protect ??= parent?.protect;
        goal.retainOnDelete ??= parent?.retainOnDelete;
        goal.deletedWith ||= parent?.deletedWith ?? "";
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

    /** The default provider of dynamic resources: a resource of its own, which keeps the whole configuration. */
    private registerDynamicProvider(): Promise<string> {
        const { project, stackName, config, dryRun, checkpoint, generator, executor, providers } = this.options;
        const type = dynamicProviderType;
        const urn = makeUrn(stackName, project.name, "", type, "default");
        const { promise, resolve } = Promise.withResolvers<string>();
        this.decide(urn, async () => {
            const inputs: Properties = {};
            for (const [key, value] of Object.entries(config)) {
                inputs[key] = value.secret ? secret(value.value) : value.value;
            }
            const subject = { urn, type, name: "default" };
            const old = checkpoint.base.resources.find((resource) => resource.urn === urn && !resource.delete);
            const protocol = await providers.start();
            const checked = await protocol.checkConfig(subject, old?.inputs ?? {}, inputs);
            const next = wantedState({ ...providerGoal(urn, type), properties: checked?.inputs ?? inputs });
            next.id = old?.id ?? (dryRun ? unknown : randomUUID());
            const answer = (state: ResourceState) => resolve(providerReference(state));
            generator.settle(urn);
            if (!old) {
                const configure = (state: ResourceState) => providers.serve(state, protocol);
                await executor.begin([{ operation: "create", urn, next, answer, configure }]);
                return;
            }
            const difference = await protocol.diffConfig(subject, old.inputs, old.outputs, next.inputs);
            const { changes } = decideFrom(difference, old, next);
            // A provider that sees no difference goes on with the configuration that it had.
            const configure = (state: ResourceState) =>
                providers.serve(changes ? state : { ...state, inputs: old.inputs }, protocol);
            await executor.begin([{ operation: changes ? "update" : "same", urn, old, next, answer, configure }]);
        });
        return promise;
    }
}

function providerGoal(urn: string, type: string): Goal {
    return { ...noOptions, urn, type, name: "default", custom: true, parent: "", provider: "", properties: {} };
}

/** What an error says to people; nothing when they have been told already. */
export function messageOf(error: unknown): string | undefined {
    if (error instanceof Told) return undefined;
    return error instanceof Error ? error.message : String(error);
}
