// Decides what has to be done for each resource, from what the program wants, what the state has and what providers say.

import { dependentsOf } from "./dependency-graph";
import { isProviderType, type ResourceState } from "./deployment-state";
import { resetPath } from "./property-path";
import type { CheckAnswer, DiffAnswer, ProviderProtocol } from "./provider-protocol";
import type { Providers } from "./providers";
import type { Goal } from "./registration";
import { type Difference, type Step, Told } from "./step";
import { subject } from "./step-executor";
import {
    compareKeys,
    isSecret,
    mapProperties,
    masked,
    type Properties,
    plainReceiver,
    reduceTo,
    sameValue,
    unknown,
    type Value,
} from "./values";

/** A resource that the program waits for. */
export interface Registration {
    goal: Goal;
    answer: (state: ResourceState) => void;
}

export interface GeneratorOptions {
    dryRun: boolean;
    providers: Providers;
    error: (urn: string, message: string) => void;
}

/** A diff with the engine's own comparison filled in where the provider left it out. */
interface Decision {
    changes: boolean;
    replaces: boolean;
    deleteBeforeReplace: boolean;
    difference: Difference | undefined;
}

export class StepGenerator {
    private readonly seen = new Set<string>();
    /** URNs for which something has been decided; what the state has besides is deleted at the end. */
    private readonly decided = new Set<string>();
    /** URNs deleted before their replacement is made. */
    private readonly deleted = new Set<string>();
    private readonly pendingDeletes = new Set<ResourceState>();
    private readonly differences = new Map<string, Difference>();
    /** True when an error was told although the run went on. */
    sawError = false;

    constructor(
        private readonly resources: ResourceState[],
        private readonly options: GeneratorOptions,
    ) {}

    /** The steps for one registration, in their order. Throws `Told` when the program is to be stopped for it. */
    async generate({ goal, answer }: Registration): Promise<Step[]> {
        const { urn } = goal;
        if (this.seen.has(urn)) {
            this.options.error(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
            throw new Told();
        }
        this.seen.add(urn);
        const old = this.resources.find((resource) => resource.urn === urn && !resource.delete);
        const next = wantedState(goal);
        const provider = goal.custom ? await this.options.providers.find(goal.provider, this.resources) : undefined;
        const work = { urn, next, answer, ...(provider && { provider }) };

        // Its old self is gone already, on behalf of something that it depends on.
        const recreating = this.deleted.delete(urn);
        const known = recreating ? undefined : old;
        if (known) next.inputs = this.withIgnoredChanges(goal, known.inputs);
        if (provider) next.inputs = await this.check(provider, next, known?.inputs ?? {}, next.inputs);
        if (!old) {
            this.decided.add(urn);
            return [{ operation: "create", ...work }];
        }
        if (recreating) {
            this.decided.add(urn);
            const { difference } = describe(undefined, old, next);
            return replacement({ ...work, old, ...(difference && { difference }) }, "delete first");
        }

        const decision = await this.decide(provider, goal, old, next);
        const step = { ...work, old, ...(decision.difference && { difference: decision.difference }) };
        this.decided.add(urn);
        if ((decision.changes && decision.replaces) || old.pendingReplacement) {
            return this.replace(step, goal, decision);
        }
        if (decision.changes || old.initErrors.length > 0) return [{ operation: "update", ...step }];
        return [{ operation: "same", ...work, old, ...describeOptions(old, next) }];
    }

    /** Takes note of a resource whose steps are decided elsewhere. */
    settle(urn: string): void {
        this.decided.add(urn);
    }

    /** What the state has and the program no longer asks for, and old halves of replacements. */
    async generateDeletes(): Promise<Step[]> {
        const steps: Step[] = [];
        for (const old of this.resources) {
            const { urn } = old;
            if (old.delete ? this.pendingDeletes.has(old) : this.decided.has(urn)) continue;
            if (old.pendingReplacement) {
                steps.push({ operation: "forget", urn, old });
                continue;
            }
            const difference = this.differences.get(urn);
            const operation = old.delete ? "delete-replaced" : "delete";
            steps.push({ ...(await this.deletion(old)), operation, ...(old.delete && difference && { difference }) });
        }
        return steps;
    }

    private withIgnoredChanges(goal: Goal, olds: Properties): Properties {
        return goal.ignoreChanges.reduce((inputs, path) => resetPath(path, olds, inputs), goal.properties);
    }

    private async check(provider: ProviderProtocol, next: ResourceState, olds: Properties, news: Properties) {
        const answer = await provider.check(subject(next), olds, news);
        this.refuseFailures(next, news, answer);
        return answer.inputs;
    }

    private refuseFailures(next: ResourceState, news: Properties, { failures }: CheckAnswer): void {
        const what = `${next.type} resource '${subject(next).name}'`;
        for (const { property, reason } of failures) {
            const where = property === "" ? what : `${what}: property ${property} value {${printed(news[property])}}`;
            this.options.error(next.urn, `${where} has a problem: ${reason}`);
        }
        if (failures.length > 0) throw new Told();
    }

    private async decide(
        provider: ProviderProtocol | undefined,
        goal: Goal,
        old: ResourceState,
        next: ResourceState,
    ): Promise<Decision> {
        if (old.provider !== next.provider) {
            return { changes: true, replaces: true, deleteBeforeReplace: false, ...describe(undefined, old, next) };
        }
        const answer = await provider?.diff(
            subject(next),
            old.id,
            old.inputs,
            old.outputs,
            next.inputs,
            goal.ignoreChanges,
        );
        return decideFrom(answer, old, next);
    }

    private async replace(step: Work, goal: Goal, decision: Decision): Promise<Step[]> {
        const { urn, old, next } = step;
        if (old.protect && next.protect) this.refuseReplacement(urn);
        if (step.provider) next.inputs = await this.check(step.provider, next, {}, goal.properties);
        if (step.difference) this.differences.set(urn, step.difference);
        if (!(goal.deleteBeforeReplace ?? decision.deleteBeforeReplace)) return replacement(step, "create first");

        const deletions: Step[] = [];
        for (const dependent of (await this.replacedWith(old)).reverse()) {
            if (this.pendingDeletes.has(dependent)) continue;
            if (dependent.protect) this.refuseDependentReplacement(dependent.urn, urn);
            deletions.push({ ...(await this.deletion(dependent)), pendingReplacement: true });
            this.deleted.add(dependent.urn);
            this.pendingDeletes.add(dependent);
        }
        // A delete that an earlier run has done is not done again.
        if (!old.pendingReplacement) deletions.push({ ...(await this.deletion(old)), pendingReplacement: true });
        return [...deletions, ...replacement(step, "delete first")];
    }

    private async deletion(old: ResourceState): Promise<Step> {
        const called = old.custom && !isProviderType(old.type);
        const provider = called ? await this.options.providers.find(old.provider, this.resources) : undefined;
        return { operation: "delete-replaced", urn: old.urn, old, ...(provider && { provider }) };
    }

    /** What has to be replaced because it takes a property from `root`, whose value nobody knows before it is made. */
    private async replacedWith(root: ResourceState): Promise<ResourceState[]> {
        const replaced = new Set([root.urn]);
        const found: ResourceState[] = [];
        for (const dependent of dependentsOf(root, this.resources, (urn) => this.decided.has(urn))) {
            if (!dependent.custom || dependent.delete) continue;
            const touched = Object.entries(dependent.propertyDependencies)
                .filter(([, urns]) => urns.some((urn) => replaced.has(urn)))
                .map(([key]) => key);
            if (touched.length === 0) continue;
            const inputs = mapProperties(dependent.inputs, (value, key) => (touched.includes(key) ? unknown : value));
            const provider = await this.options.providers.find(dependent.provider, this.resources);
            const { id, inputs: oldInputs, outputs, ignoreChanges } = dependent;
            const answer = await provider.diff(subject(dependent), id, oldInputs, outputs, inputs, ignoreChanges);
            if (!decideFrom(answer, dependent, { ...dependent, inputs }).replaces) continue;
            replaced.add(dependent.urn);
            found.push(dependent);
        }
        return found;
    }

    /** A preview goes on, to show what leads to the error. */
    private refuseReplacement(urn: string): void {
        this.options.error(
            urn,
            `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
                "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
        );
        if (!this.options.dryRun) throw new Told();
        this.sawError = true;
    }

    private refuseDependentReplacement(dependent: string, urn: string): never {
        this.options.error(
            urn,
            `unable to replace resource "${dependent}" as part of replacing "${urn}" as it is currently marked for ` +
                "protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi " +
                `program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${dependent}'\``,
        );
        throw new Told();
    }
}

/** A replacement, whatever its parts will be. */
type Work = Omit<Step, "operation"> & Required<Pick<Step, "old" | "next">>;

function replacement(step: Work, order: "create first" | "delete first"): Step[] {
    const create: Step = { ...step, operation: "create-replacement", deleteLater: order === "create first" };
    const { answer: _, ...rest } = step;
    const replace: Step = { ...rest, operation: "replace" };
    return order === "create first" ? [create, replace] : [replace, create];
}

/** The state that a goal leads to, before anybody has been asked. */
export function wantedState(goal: Goal): ResourceState {
    return {
        urn: goal.urn,
        type: goal.type,
        custom: goal.custom,
        id: "",
        inputs: goal.properties,
        outputs: {},
        parent: goal.parent,
        provider: goal.provider,
        dependencies: goal.dependencies,
        propertyDependencies: goal.propertyDependencies,
        protect: goal.protect ?? false,
        delete: false,
        pendingReplacement: false,
        initErrors: [],
        additionalSecretOutputs: goal.additionalSecretOutputs,
        ignoreChanges: goal.ignoreChanges,
        carried: {},
    };
}

/** Components have no provider to ask: their inputs decide. */
export function decideFrom(answer: DiffAnswer | undefined, old: ResourceState, next: ResourceState): Decision {
    return {
        changes: answer?.changes ?? !sameValue(plain(old.inputs), plain(next.inputs)),
        replaces:
            answer !== undefined && (answer.replaces.length > 0 || answer.details.some((detail) => detail.replaces)),
        deleteBeforeReplace: answer?.deleteBeforeReplace ?? false,
        ...describe(answer, old, next),
    };
}

function describe(
    answer: DiffAnswer | undefined,
    old: ResourceState,
    next: ResourceState,
): { difference: Difference | undefined } {
    const changes =
        answer && answer.details.length > 0 ? fromDetails(answer) : compareKeys(old.inputs, next.inputs, masked);
    const shown = (key: string) => answer === undefined || answer.changed.length === 0 || answer.changed.includes(key);
    return {
        difference: unlessEmpty({
            added: changes.added.filter(shown),
            deleted: changes.deleted.filter(shown),
            updated: [...changes.updated.filter(shown), ...changedOptions(old, next)].sort(),
        }),
    };
}

function describeOptions(old: ResourceState, next: ResourceState): { difference?: Difference } {
    const difference = unlessEmpty({ added: [], deleted: [], updated: changedOptions(old, next) });
    return difference ? { difference } : {};
}

function changedOptions(old: ResourceState, next: ResourceState): string[] {
    return (["protect", "provider"] as const).filter((option) => old[option] !== next[option]);
}

function fromDetails({ details }: DiffAnswer): Difference {
    const top = (kind: "add" | "delete" | "update") => [
        ...new Set(
            details.filter((detail) => detail.kind === kind && !/[.[]/.test(detail.path)).map(({ path }) => path),
        ),
    ];
    const nested = details.filter(({ path }) => /[.[]/.test(path)).map(({ path }) => path.split(/[.[]/)[0] ?? path);
    return { added: top("add"), deleted: top("delete"), updated: [...new Set([...top("update"), ...nested])] };
}

function unlessEmpty(difference: Difference): Difference | undefined {
    const { added, deleted, updated } = difference;
    return added.length + deleted.length + updated.length > 0 ? difference : undefined;
}

function plain(value: Value): Value {
    return reduceTo(plainReceiver, value);
}

function printed(value: Value | undefined): string {
    if (value === undefined) return "<nil>";
    if (isSecret(value)) return "[secret]";
    return typeof value === "object" ? JSON.stringify(masked(value)) : String(value);
}
