// One run over a stack: an update, a refresh or a destroy, for real or as a preview.

import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Checkpoint } from "./checkpoint";
import { allNeededBy, deleteRounds } from "./dependency-graph";
import type { PendingOperation, ResourceState, StackState } from "./deployment-state";
import type { Display, RunKind } from "./display";
import { importResources } from "./import";
import type { Imported } from "./import-file";
import { Program, toldExitCode } from "./program";
import type { Config, Project } from "./project";
import { Providers } from "./providers";
import { refreshState } from "./refresh";
import { messageOf, Registrations } from "./registrations";
import { ResourceMonitor } from "./resource-monitor";
import { StepExecutor } from "./step-executor";
import { StepGenerator } from "./step-generator";
import { survey } from "./survey";
import type { Properties } from "./values";

export interface DeploymentOptions {
    kind: RunKind;
    dryRun: boolean;
    /** Look at what is really there before anything else. */
    refresh: boolean;
    parallel: number;
    project: Project;
    stackName: string;
    stackUrn: string;
    config: Config;
    environment: Record<string, string | undefined>;
    state: StackState;
    save: (state: StackState) => Promise<void>;
    display: Display;
    signal: AbortSignal | undefined;
    /** Of an import: what to take into the state. */
    imports?: Imported[];
}

/** What a run leaves to be shown: the stack's outputs before and after. */
export interface DeploymentResult {
    succeeded: boolean;
    outputs?: { olds: Properties; news: Properties; created: boolean };
}

export async function runDeployment(options: DeploymentOptions): Promise<DeploymentResult> {
    const monitor = await ResourceMonitor.listen((severity, urn, message) =>
        options.display.message(severity, urn, message),
    );
    const deployment = new DeploymentRun(options, monitor);
    try {
        return await deployment.run();
    } finally {
        monitor.close();
        await deployment.providers.stop();
    }
}

class DeploymentRun {
    private readonly checkpoint: Checkpoint;
    private readonly executor: StepExecutor;
    private readonly generator: StepGenerator;
    readonly providers: Providers;
    /** Resolves when the run has failed: then nobody waits for the program any longer. */
    private readonly givenUp = Promise.withResolvers<void>();
    private failed = false;
    /** What changes have to wait for, as long as the program may still ask for what this engine does not do. */
    private permission: (() => Promise<void>) | undefined;
    /** Whether the program was refused something before it got permission. */
    private refused = false;

    constructor(
        private readonly options: DeploymentOptions,
        private readonly monitor: ResourceMonitor,
    ) {
        const { state, dryRun, parallel, display, project, environment, config } = options;
        this.checkpoint = new Checkpoint(copyOf(state), dryRun ? async () => {} : options.save);
        this.executor = new StepExecutor(this.checkpoint, display, {
            dryRun,
            parallel,
            permission: () => this.permission?.(),
            onFailure: () => this.giveUp(),
        });
        this.providers = new Providers({
            project,
            config,
            engineAddress: monitor.address,
            environment: {
                ...environment,
                PULUMI_PROJECT: project.name,
                PULUMI_RUNTIME_TYPESCRIPT: `${project.typescript}`,
            },
            onLine: (line) => display.line(line),
            onMessage: (severity, message) => display.message(severity, "", message),
        });
        this.generator = new StepGenerator(this.checkpoint.base.resources, {
            dryRun,
            providers: this.providers,
            error: (urn, message) => display.message("error", urn, message),
        });
    }

    async run(): Promise<DeploymentResult> {
        const { kind, refresh, dryRun, signal, display, state } = this.options;
        const olds = this.stack(state.resources)?.outputs ?? {};
        const cancel = () => {
            display.message("error", "", "update canceled");
            this.giveUp();
        };
        if (signal?.aborted) cancel();
        signal?.addEventListener("abort", cancel, { once: true });
        let news = olds;
        try {
            if ((kind === "refresh" || refresh) && !this.failed) await this.refresh();
            else if (kind === "update" && !dryRun) this.warnOfPending(state.pendingOperations);
            if (kind === "destroy" && !this.failed) await this.deleteTheRest();
            if (kind === "import" && !this.failed) await this.import();
            if (kind === "update" && !this.failed) news = await this.update();
        } catch (error) {
            this.fail("", error);
        } finally {
            signal?.removeEventListener("abort", cancel);
            await this.executor.idle();
            if (this.refused) await this.options.save(state);
            else await this.checkpoint.flush();
        }
        if (this.executor.failures.length > 0 || this.generator.sawError) this.reportFailure();
        const left = this.stack(this.checkpoint.current().resources);
        if (!left || kind === "destroy") return { succeeded: !this.failed };
        const created = !this.stack(state.resources);
        return { succeeded: !this.failed, outputs: { olds, news, created } };
    }

    private async refresh(): Promise<void> {
        const { display, dryRun, parallel, kind } = this.options;
        // One resource that cannot be read does not keep the others from being refreshed.
        const executor = new StepExecutor(this.checkpoint, display, { dryRun, parallel });
        await refreshState({
            checkpoint: this.checkpoint,
            providers: this.providers,
            executor,
            warn: (urn, message) => display.message("warning", urn, message),
            report: (result) => (kind === "refresh" ? result : "refresh"),
        });
        if (executor.failures.length === 0) return;
        this.giveUp();
        this.reportFailure();
    }

    /** Runs the program and does what it wants; the stack's outputs are what comes of it. */
    private async update(): Promise<Properties> {
        const { project, stackName, config, dryRun, parallel, environment, display, state } = this.options;
        const registrations = this.registrations();
        let surveyed: Promise<void> | undefined;
        if (!dryRun) this.permission = () => (surveyed ??= this.survey(registrations));
        // A new stack begins with a change.
        if (!this.stack(state.resources)) void this.permission?.();
        const signalled = Promise.withResolvers<void>();
        const finished = Promise.withResolvers<void>();
        this.monitor.serve(
            { project: project.name, stack: stackName, config, dryRun, parallel },
            {
                register: (request) => registrations.register(request),
                registerOutputs: (urn, outputs) => registrations.registerOutputs(urn, outputs),
                read: (request) => registrations.read(request),
                invoke: (request) => registrations.invoke(request),
                transform: (kind, callback) => registrations.transforms.add(kind, callback),
                refuse: (what) => registrations.refuse(what),
                signal: () => {
                    signalled.resolve();
                    return finished.promise;
                },
            },
        );
        const program = new Program({
            project,
            stack: stackName,
            config,
            dryRun,
            parallel,
            address: this.monitor.address,
            environment,
            onLine: (line) => display.line(line),
        });
        const ended = program.exited.then((code) => this.noteExit(code));
        try {
            await Promise.race([signalled.promise, ended, this.givenUp.promise]);
            // It has asked for everything, and was refused nothing.
            this.permission = undefined;
            await registrations.settled();
            await this.executor.idle();
            if (!this.failed) await this.deleteTheRest();
            await this.executor.idle();
        } finally {
            finished.resolve();
            registrations.transforms.close();
            if (this.failed) await program.stop();
            await Promise.all([ended, surveyed]);
        }
        registrations.finishStack(!this.failed);
        return registrations.stackOutputs ?? {};
    }

    /** Fails when the program is going to ask for what this engine does not do. */
    private async survey(registrations: Registrations): Promise<void> {
        const { resources } = this.checkpoint.base;
        const invoke = (request: ResourceInvokeRequest) => registrations.call(request);
        try {
            const refusal = await survey({ ...this.options, resources, invoke, givenUp: this.givenUp.promise });
            if (refusal) this.refuse(refusal.urn, refusal.what);
            else this.permission = undefined;
        } catch (error) {
            this.fail("", error);
        }
    }

    private async import(): Promise<void> {
        const { stackUrn, imports = [], display } = this.options;
        const registrations = this.registrations();
        await importResources({
            imports,
            stackUrn,
            checkpoint: this.checkpoint,
            executor: this.executor,
            providers: this.providers,
            registerDefault: (request) => registrations.defaultProvider(request),
            warn: (urn, message) => display.message("warning", urn, message),
        });
    }

    private registrations(): Registrations {
        const { project, stackName, stackUrn, dryRun } = this.options;
        return new Registrations({
            project,
            stackName,
            stackUrn,
            dryRun,
            checkpoint: this.checkpoint,
            generator: this.generator,
            executor: this.executor,
            providers: this.providers,
            fail: (urn, error) => this.fail(urn, error),
            refuse: (urn, what) => this.refuse(urn, what),
        });
    }

    private noteExit(code: number | null): void {
        if (code === 0 || this.failed) return;
        // The program may have told why: then there is nothing to add.
        if (code !== toldExitCode) {
            const message = `an unhandled error occurred: Program exited with non-zero exit code: ${code}`;
            this.options.display.message("error", "", message);
        }
        this.giveUp();
    }

    /** Deletes, round by round, what nobody asks for; what a failed delete still needs is kept. */
    private async deleteTheRest(): Promise<void> {
        const steps = new Map((await this.generator.generateDeletes()).map((step) => [step.old, step]));
        const { resources } = this.checkpoint.base;
        const condemned = [...steps.keys()].filter((old) => old !== undefined);
        const needed = new Set<ResourceState>();
        for (const round of deleteRounds(condemned, [...resources])) {
            if (this.executor.stopped) return;
            for (const { old } of this.executor.failures) {
                if (old) for (const kept of allNeededBy(old, resources)) needed.add(kept);
            }
            const allowed = round.filter((old) => !needed.has(old)).map((old) => steps.get(old));
            await this.executor.runAll(allowed.filter((step) => step !== undefined));
        }
        if (this.executor.failures.length > 0) this.giveUp();
    }

    private warnOfPending(pending: PendingOperation[]): void {
        if (pending.length === 0) return;
        const lines = pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`);
        this.options.display.message(
            "warning",
            "",
            `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n` +
                `${lines.join("")}These resources are in an unknown state: an earlier run was interrupted while it waited ` +
                "for them. Look at the service to see whether the operations were completed. `refresh` brings the state up " +
                "to date and forgets interrupted updates and deletes; interrupted creates are forgotten only by a refresh " +
                "with `clearPendingCreates`.",
        );
    }

    private refuse(urn: string, what: string): void {
        this.refused ||= this.permission !== undefined;
        this.fail(urn, new Error(`The rehearsal does not support ${what}. The Pulumi CLI does.`));
    }

    private fail(urn: string, error: unknown): void {
        const message = messageOf(error);
        if (message !== undefined && !this.failed) this.options.display.message("error", urn, message);
        this.giveUp();
    }

    private giveUp(): void {
        this.failed = true;
        this.executor.stop();
        this.givenUp.resolve();
    }

    private reportFailure(): void {
        this.failed = true;
        this.options.display.message("error", "", `${this.options.dryRun ? "preview" : "update"} failed`);
    }

    private stack(resources: ResourceState[]): ResourceState | undefined {
        return resources.find(({ urn }) => urn === this.options.stackUrn);
    }
}

/** A run changes resources in place, and must not change what was before it until it saves. */
function copyOf(state: StackState): StackState {
    return { ...state, resources: state.resources.map((resource) => ({ ...resource })) };
}
