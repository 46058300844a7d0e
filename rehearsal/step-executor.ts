// Makes the changes that have been decided: in parallel up to a limit, each recorded before and after its call.

import type { Checkpoint } from "./checkpoint";
import { isProviderType, type ResourceState, urnName } from "./deployment-state";
import type { LiveObject, Subject } from "./provider-protocol";
import type { Operation, Step } from "./step";
import { isSecret, mapProperties, secret, unknown } from "./values";

export interface StepObserver {
    began(step: Step): void;
    ended(step: Step, result: Operation): void;
    failed(step: Step, message: string): void;
}

export interface ExecutorOptions {
    dryRun: boolean;
    parallel: number;
    /** What changes have to wait for; undefined when there is nothing. */
    permission?: () => Promise<void> | undefined;
    /** Called when a failure has stopped the run; without it failures stop nothing. */
    onFailure?: () => void;
}

export class StepExecutor {
    private readonly chains = new Set<Promise<void>>();
    private readonly waiting: (() => void)[] = [];
    private free: number;
    /** True once a step has failed or the run has been given up: nothing new begins, what runs is finished. */
    stopped = false;
    /** Steps that failed. */
    readonly failures: Step[] = [];

    constructor(
        private readonly checkpoint: Checkpoint,
        private readonly observer: StepObserver,
        private readonly options: ExecutorOptions,
    ) {
        this.free = options.parallel;
    }

    /** Begins `chain`, whose steps follow one another, as soon as there is room for it. */
    async begin(chain: Step[]): Promise<void> {
        const permission = chain.some(isChange) ? this.options.permission?.() : undefined;
        // What waits for permission takes no room, and lets others be decided: the answer may need them.
        if (!permission) await this.takeRoom();
        const ready = permission?.then(() => this.takeRoom());
        const running = this.runChain(chain, ready).finally(() => {
            this.chains.delete(running);
            this.giveRoom();
        });
        this.chains.add(running);
    }

    /** Runs `steps` side by side, to the end of all that begin. */
    async runAll(steps: Step[]): Promise<void> {
        for (const step of steps) await this.begin([step]);
        await this.idle();
    }

    async idle(): Promise<void> {
        while (this.chains.size > 0) await Promise.all(this.chains);
    }

    stop(): void {
        this.stopped = true;
    }

    private async runChain(chain: Step[], ready: Promise<void> | undefined): Promise<void> {
        await ready;
        for (const step of chain) {
            if (this.stopped) return;
            try {
                await this.run(step);
            } catch (error) {
                this.failures.push(step);
                this.observer.failed(step, error instanceof Error ? error.message : String(error));
                // A protected resource is refused without a call, so that all of them are named in one run.
                if (error instanceof ProtectedError || !this.options.onFailure) return;
                this.stop();
                this.options.onFailure();
                return;
            }
        }
    }

    private async run(step: Step): Promise<void> {
        this.observer.began(step);
        let result = step.operation;
        switch (step.operation) {
            case "create":
            case "create-replacement":
                await this.create(step, existing(step.next));
                break;
            case "update":
                await this.update(step, existing(step.old), existing(step.next));
                break;
            case "read":
                await this.read(step, existing(step.next));
                break;
            case "import":
            case "import-replacement":
                await this.import(step, existing(step.next));
                break;
            case "delete":
            case "delete-replaced":
            case "discard":
            case "discard-replaced":
                await this.delete(step, existing(step.old));
                break;
            case "same":
                await this.keep(step, existing(step.old), existing(step.next));
                break;
            case "forget":
                await this.checkpoint.end(existing(step.old), { gone: step.old });
                break;
            case "refresh":
                result = (await step.look?.()) ?? "same";
                break;
            case "replace":
                break;
        }
        this.observer.ended(step, result);
        if (step.next) step.answer?.(step.next);
    }

    private async create(step: Step, next: ResourceState): Promise<void> {
        await this.checkpoint.begin(next, "creating");
        let failure: Error | undefined;
        try {
            const made = await this.callCreate(step, next);
            next.id = made.id;
            next.outputs = made.outputs;
            failure = halfMade(made, next);
        } catch (error) {
            await this.checkpoint.end(next, {});
            throw error;
        }
        next.created = next.modified = new Date().toISOString();
        markSecretOutputs(next);
        if (step.deleteLater && step.old) step.old.delete = true;
        await this.checkpoint.end(next, { made: next, gone: step.old?.pendingReplacement ? step.old : undefined });
        if (failure) throw failure;
    }

    private async callCreate(step: Step, next: ResourceState): Promise<LiveObject> {
        if (!step.provider) return { id: "", outputs: {}, initErrors: [] };
        const { dryRun } = this.options;
        if (dryRun && !step.provider.supportsPreview) return { id: "", outputs: next.inputs, initErrors: [] };
        return step.provider.create(subject(next), next.inputs, next.customTimeouts.create ?? 0, dryRun);
    }

    private async update(step: Step, old: ResourceState, next: ResourceState): Promise<void> {
        next.id = old.id;
        if (old.created !== undefined) next.created = old.created;
        if (old.modified !== undefined) next.modified = old.modified;
        await this.checkpoint.begin(next, "updating");
        let failure: Error | undefined;
        try {
            const updated = await this.callUpdate(step, old, next);
            next.outputs = updated.outputs;
            failure = halfMade(updated, next);
        } catch (error) {
            await this.checkpoint.end(next, {});
            throw error;
        }
        // The next run must see what this one did not manage.
        if (failure) next.inputs = old.inputs;
        next.modified = new Date().toISOString();
        markSecretOutputs(next);
        await this.checkpoint.end(next, { made: next, gone: old });
        if (failure) throw failure;
    }

    private async callUpdate(step: Step, old: ResourceState, next: ResourceState): Promise<LiveObject> {
        if (!step.provider) return { id: next.id, outputs: {}, initErrors: [] };
        const { dryRun } = this.options;
        if (dryRun && !step.provider.supportsPreview) return { id: next.id, outputs: next.inputs, initErrors: [] };
        const { inputs, outputs } = old;
        const { ignoreChanges, customTimeouts } = next;
        return step.provider.update(
            subject(next),
            old.id,
            inputs,
            outputs,
            next.inputs,
            ignoreChanges,
            customTimeouts.update ?? 0,
            dryRun,
        );
    }

    private async read(step: Step, next: ResourceState): Promise<void> {
        // What is to be made in this run cannot be read in a preview: all that it says is unknown.
        if (next.id !== unknown) {
            await this.checkpoint.begin(next, "reading");
            let found: LiveObject | undefined;
            try {
                const { id, inputs, customTimeouts } = next;
                found = await step.provider?.read(
                    subject(next),
                    id,
                    { inputs, outputs: inputs },
                    customTimeouts.read ?? 0,
                );
                if (!found) throw new Error(`resource '${next.id}' does not exist`);
            } catch (error) {
                await this.checkpoint.end(next, {});
                throw error;
            }
            next.id = found.id;
            next.outputs = found.outputs;
            next.initErrors = found.initErrors;
        }
        next.created = step.old?.created ?? new Date().toISOString();
        next.modified = step.old?.modified ?? next.created;
        markSecretOutputs(next);
        if (step.deleteLater && step.old) step.old.delete = true;
        await this.checkpoint.end(next, { made: next, gone: step.deleteLater ? undefined : step.old });
    }

    /** Takes what exists into the state: as it is read, unless its outputs are known in full. */
    private async import(step: Step, next: ResourceState): Promise<void> {
        await this.checkpoint.begin(next, "importing");
        try {
            if (step.provider && Object.keys(next.outputs).length === 0) await readImported(step, next);
            await step.judge?.();
        } catch (error) {
            await this.checkpoint.end(next, {});
            throw error;
        }
        next.created = next.modified = new Date().toISOString();
        markSecretOutputs(next);
        if (step.deleteLater && step.old) step.old.delete = true;
        await this.checkpoint.end(next, { made: next });
    }

    private async delete(step: Step, old: ResourceState): Promise<void> {
        if (step.operation === "delete" && old.protect) throw new ProtectedError(old.urn);
        await this.checkpoint.begin(old, "deleting");
        try {
            if (!this.options.dryRun) {
                const { id, inputs, outputs, customTimeouts } = old;
                await step.provider?.delete(subject(old), id, inputs, outputs, customTimeouts.delete ?? 0);
            }
        } catch (error) {
            await this.checkpoint.end(old, {});
            throw error;
        }
        if (step.pendingReplacement) old.pendingReplacement = true;
        await this.checkpoint.end(old, { gone: old.pendingReplacement ? undefined : old });
    }

    private async keep(step: Step, old: ResourceState, next: ResourceState): Promise<void> {
        next.id = old.id;
        next.outputs = old.outputs;
        if (old.created !== undefined) next.created = old.created;
        if (old.modified !== undefined) next.modified = old.modified;
        await step.provider?.keep?.(old, next);
        markSecretOutputs(next);
        this.checkpoint.keep(old, next);
    }

    private async takeRoom(): Promise<void> {
        if (this.free > 0) this.free -= 1;
        else await new Promise<void>((resolve) => this.waiting.push(resolve));
    }

    private giveRoom(): void {
        const next = this.waiting.shift();
        if (next) next();
        else this.free += 1;
    }
}

/** Whether the step changes more than the state: components and providers are nothing but that. */
function isChange({ operation, old, next }: Step): boolean {
    const { custom = false, type = "" } = next ?? old ?? {};
    return custom && !isProviderType(type) && !["same", "read"].includes(operation);
}

class ProtectedError extends Error {
    constructor(urn: string) {
        super(
            `resource "${urn}" cannot be deleted\n` +
                "because it is protected. To unprotect the resource, either remove the `protect` flag from the resource " +
                "in your Pulumi program and run `pulumi up`, or use the command:\n" +
                `\`pulumi state unprotect '${urn}'\``,
        );
    }
}

/** What was given besides fills what the provider cannot read. */
async function readImported({ provider, importId = "" }: Step, next: ResourceState): Promise<void> {
    const found = await provider?.read(subject(next), importId, undefined, next.customTimeouts.read ?? 0);
    if (!found) throw new Error(`resource '${importId}' does not exist`);
    if (!found.inputs) {
        const [name] = next.type.split(":");
        throw new Error(`provider does not support importing resources; please try updating the '${name}' plugin`);
    }
    const { id, inputs, outputs, initErrors } = found;
    Object.assign(next, { id, inputs: { ...next.inputs, ...inputs }, outputs, initErrors });
}

export function subject({ urn, type }: ResourceState): Subject {
    return { urn, type, name: urnName(urn) };
}

function existing(state: ResourceState | undefined): ResourceState {
    if (!state) throw new Error("A step lacks the state it is about.");
    return state;
}

/** Notes what is missing on the state; the step has failed, and yet is saved. */
function halfMade(object: LiveObject, state: ResourceState): Error | undefined {
    if (object.initErrors.length === 0) return undefined;
    state.initErrors = object.initErrors;
    const count = object.initErrors.length;
    const reasons = object.initErrors.map((reason) => `\t* ${reason}\n`).join("");
    return new Error(`${count} error${count === 1 ? "" : "s"} occurred:\n${reasons}`);
}

/** Outputs that the program declared secret, and those that repeat a secret input. */
export function markSecretOutputs(state: ResourceState): void {
    state.outputs = mapProperties(state.outputs, (value, key) =>
        isSecret(state.inputs[key]) || state.additionalSecretOutputs.includes(key) ? secret(value) : value,
    );
}
