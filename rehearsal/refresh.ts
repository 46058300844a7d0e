// Looks at what is really there: reads every resource, compares it with the state, and brings the state up to date.

import type { Checkpoint } from "./checkpoint";
import { decideFrom } from "./decision";
import { withoutDanglingReferences } from "./dependency-graph";
import { isProviderType, type ResourceState } from "./deployment-state";
import type { DiffAnswer, ProviderProtocol } from "./provider-protocol";
import type { Providers } from "./providers";
import type { Operation, Step } from "./step";
import { markSecretOutputs, type StepExecutor, subject } from "./step-executor";
import { sameValue } from "./values";

export interface RefreshOptions {
    checkpoint: Checkpoint;
    providers: Providers;
    executor: StepExecutor;
    warn: (urn: string, message: string) => void;
    /** What is reported for a resource; a refresh that an update begins with reports less. */
    report: (result: Operation) => Operation;
}

export async function refreshState({ checkpoint, providers, executor, warn, report }: RefreshOptions): Promise<void> {
    const { resources } = checkpoint.base;
    const olds = [...resources];
    const fresh = new Map<ResourceState, ResourceState | undefined>();
    const steps: Step[] = [];
    for (const old of olds) {
        if (isProviderType(old.type)) continue;
        const step: Step = { operation: "refresh", urn: old.urn, old, next: old };
        steps.push(step);
        // Components, and what is deleted and not yet made again, have nothing to look at.
        step.look = async () => report("same");
        if (!old.custom || old.pendingReplacement) continue;
        const provider = await providers.find(old.provider, olds);
        step.look = async () => {
            const { state, result } = await look(step, provider, old, warn);
            fresh.set(old, state);
            return report(result);
        };
    }
    await executor.runAll(steps);
    const kept = olds.flatMap((old) => (fresh.has(old) ? (fresh.get(old) ?? []) : old));
    withoutDanglingReferences(kept, olds);
    resources.splice(0, resources.length, ...kept);
}

/** The resource as it is now, undefined when it is gone, and what that means for the state. */
async function look(
    step: Step,
    provider: ProviderProtocol,
    old: ResourceState,
    warn: RefreshOptions["warn"],
): Promise<{ state: ResourceState | undefined; result: Operation }> {
    const found = await provider.read(subject(old), old.id, old, old.customTimeouts.read ?? 0);
    if (!found) return { state: undefined, result: "delete" };
    const { id, outputs, inputs = old.inputs, initErrors } = found;
    if (initErrors.length > 0) {
        warn(old.urn, `Refreshed resource is in an unhealthy state:\n* ${initErrors.join("\n* ")}`);
    }
    const state: ResourceState = { ...old, id, outputs, inputs, initErrors };
    markSecretOutputs(state);
    if (!sameValue(state.inputs, old.inputs) || !sameValue(state.outputs, old.outputs)) {
        state.modified = new Date().toISOString();
    }
    if (old.external) return { state, result: "same" };
    // The program has not run: what it wanted last time is compared with what is there.
    const answer = await provider.diff(subject(old), id, inputs, outputs, old.inputs, old.ignoreChanges);
    const { changes, difference } = decideFrom(inverted(answer), old, state);
    if (difference) step.difference = difference;
    return { state, result: changes ? "update" : "same" };
}

/** The same differences seen from the state, which is about to become what is there. */
function inverted(answer: DiffAnswer): DiffAnswer {
    const opposite = { add: "delete", delete: "add", update: "update" } as const;
    return { ...answer, details: answer.details.map((detail) => ({ ...detail, kind: opposite[detail.kind] })) };
}
