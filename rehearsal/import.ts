// Takes what exists into the state, as an import file says: each thing is read by its provider, unless it is known in full.

import { makeUrn } from "./aliases";
import type { Checkpoint } from "./checkpoint";
import { providerReference, providerTypePrefix, type ResourceState, stackType, urnName } from "./deployment-state";
import type { Imported } from "./import-file";
import { defaultName, type ProviderRequest, type Providers } from "./providers";
import { type Goal, noOptions } from "./registration";
import { type StepExecutor, subject } from "./step-executor";
import { failureMessages, wantedState } from "./step-generator";

export interface ImportRun {
    imports: Imported[];
    stackUrn: string;
    checkpoint: Checkpoint;
    executor: StepExecutor;
    providers: Providers;
    /** Registers a default provider, and answers its reference. */
    registerDefault: (request: ProviderRequest) => Promise<string>;
    warn: (urn: string, message: string) => void;
}

export async function importResources(run: ImportRun): Promise<void> {
    const { imports, stackUrn, checkpoint, executor } = run;
    const { resources } = checkpoint.base;
    for (const old of resources) {
        await executor.begin([{ operation: "same", urn: old.urn, old, next: { ...old } }]);
        // All providers of the state are there for an import, also those that it does not need.
        if (old.type.startsWith(providerTypePrefix) && !old.delete)
            await run.providers.find(providerReference(old), resources);
    }
    if (!resources.some(({ urn }) => urn === stackUrn)) {
        const name = urnName(stackUrn);
        const goal = { ...noOptions, urn: stackUrn, type: stackType, name, custom: false, parent: "", provider: "" };
        const next = wantedState({ ...goal, properties: {} });
        await executor.begin([{ operation: "create", urn: stackUrn, next }]);
    }
    await executor.idle();
    const references = new Map<string, string>();
    for (const one of imports) {
        if (executor.stopped) return;
        const { goal, id, outputs } = one;
        if (resources.some(({ urn }) => urn === goal.urn)) throw new Error(`${goal.urn} is in the stack already.`);
        const provider = goal.custom ? await referenceOf(goal, run, references) : "";
        const next: ResourceState = { ...wantedState({ ...goal, provider }), id, outputs };
        const manager = goal.custom ? await run.providers.find(provider, resources) : undefined;
        const judge = () => judgeInputs(one, next, run, manager);
        await executor.begin([
            {
                operation: "import",
                urn: goal.urn,
                next,
                ...(manager && { provider: manager, importId: id, judge }),
            },
        ]);
        await executor.idle();
    }
}

/** An existing provider is used with the configuration that the state has of it. */
async function referenceOf(
    { urn, provider, request }: Goal,
    { stackUrn, checkpoint, registerDefault }: ImportRun,
    references: Map<string, string>,
): Promise<string> {
    const [stack = "", project = ""] = stackUrn.slice("urn:pulumi:".length).split("::");
    const wanted = provider || makeUrn(stack, project, "", providerTypePrefix + request.package, defaultName(request));
    const known = checkpoint.base.resources.find((resource) => resource.urn === wanted && !resource.delete);
    if (known) return providerReference(known);
    if (provider !== "") throw new Error(`${urn}: its provider ${provider} is not in the state.`);
    const reference = references.get(wanted) ?? (await registerDefault(request));
    references.set(wanted, reference);
    return reference;
}

/** Inputs that the provider itself does not take are imported all the same, with a warning. */
async function judgeInputs(
    { properties }: Imported,
    next: ResourceState,
    { warn }: ImportRun,
    provider: Awaited<ReturnType<Providers["find"]>> | undefined,
): Promise<void> {
    const read = next.inputs;
    if (properties.length > 0) {
        next.inputs = Object.fromEntries(Object.entries(read).filter(([key]) => properties.includes(key)));
    }
    const answer = await provider?.check(subject(next), read, next.inputs);
    if (!answer || answer.failures.length === 0) return;
    warn(
        next.urn,
        "One or more imported inputs failed to validate. The import will still proceed, but you will need to edit your program.",
    );
    for (const message of failureMessages(next, next.inputs, answer)) warn(next.urn, message);
}
