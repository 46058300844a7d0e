// Decides what has to be done for each resource, from what the program wants, what the state has and what providers say.

import { formerUrns } from "./aliases";
import { type Decision, decideFrom, describe, describeOptions } from "./decision";
import { dependentsOf, rename } from "./dependency-graph";
import { isProviderType, providerUrn, type ResourceState } from "./deployment-state";
import { resetPath, touchesAny } from "./property-path";
import type { CheckAnswer, ResourceProvider } from "./provider-protocol";
import { isReplacement, type Providers } from "./providers";
import type { Goal } from "./registration";
import { type Difference, type Step, Told } from "./step";
import { subject } from "./step-executor";
import { isSecret, mapProperties, masked, type Properties, sameValue, unknown, type Value } from "./values";

/** A resource that the program waits for. */
export interface Registration {
    goal: Goal;
    answer: (state: ResourceState) => void;
    /** Has what follows decided in its turn, when something has been found out. */
    later: (generate: () => Promise<Step[]>) => void;
}

export interface GeneratorOptions {
    dryRun: boolean;
    providers: Providers;
    error: (urn: string, message: string) => void;
}

export class StepGenerator {
    private readonly seen = new Set<string>();
    /** URNs for which something has been decided; what the state has besides is deleted at the end. */
    private readonly decided = new Set<string>();
    /** What the state has by URN, as the run found it. */
    private olds: Map<string, ResourceState> | undefined;
    /** Who has taken over the resource of a former URN, and by which former URN a resource has found its own. */
    private readonly takenBy = new Map<string, string>();
    private readonly foundBy = new Map<string, string>();
    private readonly replaced = new Set<string>();
    /** The providers that the program uses, by URN. */
    private readonly providers = new Map<string, ResourceState>();
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
    async generate({ goal, answer, later }: Registration): Promise<Step[]> {
        const { urn } = goal;
        this.see(urn);
        const { old, former, conflict } = this.findOld(goal);
        const next = wantedState(goal);
        const provider = await this.options.providers.of(next, this.resources);
        const work = { urn, next, answer, ...(provider && { provider }) };

        // Its old self is gone already, on behalf of something that it depends on.
        const recreating = this.deleted.delete(old?.urn ?? urn);
        if (isImport(goal, old)) {
            if (former !== undefined) this.takeOver(former, urn);
            return this.import(work, goal, recreating ? undefined : old, later);
        }
        const known = recreating || old?.external ? undefined : old;
        if (known) next.inputs = this.withIgnoredChanges(goal, known.inputs);
        if (provider) next.inputs = await this.check(provider, next, known?.inputs ?? {}, next.inputs);
        if (isProviderType(goal.type)) this.providers.set(urn, next);
        if (conflict) {
            this.options.error(urn, conflict);
            throw new Told();
        }
        if (former !== undefined) this.takeOver(former, urn);
        if (!old) {
            this.decided.add(urn);
            return [{ operation: "create", ...work }];
        }
        if (!known) {
            this.decided.add(urn);
            this.replaced.add(urn);
            const { difference } = describe(undefined, old, next);
            const step = { ...work, old, ...(difference && { difference }) };
            return replacement(step, recreating ? "delete first" : "create first");
        }

        return this.change(work, goal, old);
    }

    /** The steps that bring `old` to what is wanted. */
    private async change(work: Omit<Work, "old">, goal: Goal, old: ResourceState): Promise<Step[]> {
        const { urn, next, provider } = work;
        const decision = await this.decide(provider, goal, old, next);
        const step = { ...work, old, ...(decision.difference && { difference: decision.difference }) };
        this.decided.add(urn);
        if ((decision.changes && decision.replaces) || old.pendingReplacement) {
            return this.replace(step, goal, decision);
        }
        if (decision.changes || old.initErrors.length > 0) return [{ operation: "update", ...step }];
        return [{ operation: "same", ...work, old, ...describeOptions(old, next) }];
    }

    /** Takes over what exists under the id that the program names. Where the two differ, it is changed at once. */
    private import(
        { answer, ...work }: Omit<Work, "old">,
        goal: Goal,
        replaced: ResourceState | undefined,
        later: Registration["later"],
    ): Step[] {
        const { urn, next, provider } = work;
        this.decided.add(urn);
        const imported = (state: ResourceState) =>
            later(async () => {
                const wanted = { ...wantedState(goal), inputs: this.withIgnoredChanges(goal, state.inputs) };
                if (provider) wanted.inputs = await this.check(provider, wanted, state.inputs, wanted.inputs);
                const steps = await this.change({ ...work, next: wanted, ...(answer && { answer }) }, goal, state);
                // Nothing differs: it has been told as an import.
                if (steps.some(({ operation }) => operation !== "same")) return steps;
                answer?.(state);
                return [];
            });
        next.inputs = {};
        const step: Step = { ...work, operation: "import", importId: goal.importId, answer: imported };
        if (!replaced) return [step];
        return [
            { ...step, operation: "import-replacement", old: replaced, deleteLater: true },
            { operation: "replace", urn, old: replaced, next },
        ];
    }

    /** The steps for something that is only read. What this stack has managed under the same name goes, unless it is that. */
    async generateRead({ goal, answer }: Registration, id: string): Promise<Step[]> {
        const { urn } = goal;
        this.see(urn);
        this.decided.add(urn);
        const { old } = this.findOld(goal);
        const next: ResourceState = { ...wantedState(goal), id, external: true };
        const provider = await this.options.providers.find(goal.provider, this.resources);
        const step: Step = { operation: "read", urn, next, provider, answer, ...(old && { old }) };
        if (!old || old.external || old.id === id) return [step];
        return [
            { ...step, deleteLater: true },
            { operation: "replace", urn, old, next },
        ];
    }

    /** What the state has and the program no longer asks for, and old halves of replacements. */
    async generateDeletes(): Promise<Step[]> {
        const condemned = this.resources.filter((old) =>
            old.delete ? !this.pendingDeletes.has(old) : !this.decided.has(old.urn),
        );
        const urns = new Set(condemned.map(({ urn }) => urn));
        return Promise.all(
            condemned.map(async (old): Promise<Step> => {
                const { urn } = old;
                if (old.pendingReplacement) return { operation: "forget", urn, old };
                const step = await this.deletion(old, urns);
                if (old.external) return { ...step, operation: old.delete ? "discard-replaced" : "discard" };
                if (!old.delete) return { ...step, operation: "delete" };
                const difference = this.differences.get(urn);
                return { ...step, ...(difference && { difference }) };
            }),
        );
    }

    private see(urn: string): void {
        if (this.seen.has(urn)) {
            this.options.error(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
            throw new Told();
        }
        this.seen.add(urn);
    }

    /** The resource in the state that `goal` goes on with, the former URN by which it was found, and what speaks against it. */
    private findOld(goal: Goal): { old?: ResourceState; former?: string; conflict?: string } {
        const { urn } = goal;
        this.olds ??= new Map(this.resources.filter((old) => !old.delete).map((old) => [old.urn, old]));
        const taker = this.takenBy.get(urn);
        if (taker !== undefined) {
            const conflict = `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${taker}'`;
            return { conflict };
        }
        const former = formerUrns(goal, goal.aliases, this.foundBy.get(goal.parent));
        const found = [urn, ...former].find((one) => this.olds?.has(one));
        const old = found === undefined ? undefined : this.olds.get(found);
        if (!old || found === undefined) return {};
        if (found === urn) return { old };
        const other = this.seen.has(found) ? found : this.takenBy.get(found);
        if (other === undefined) return { old, former: found };
        return {
            old,
            conflict:
                `Duplicate resource alias '${found}' applied to resource with URN '${urn}' ` +
                `conflicting with resource with URN '${other}'`,
        };
    }

    private takeOver(former: string, urn: string): void {
        this.takenBy.set(former, urn);
        this.foundBy.set(urn, former);
        rename(former, urn, this.resources);
    }

    private withIgnoredChanges(goal: Goal, olds: Properties): Properties {
        return goal.ignoreChanges.reduce((inputs, path) => resetPath(path, olds, inputs), goal.properties);
    }

    /** The inputs as the provider takes them; throws `Told` when it does not. */
    private async check(
        provider: ResourceProvider,
        next: ResourceState,
        olds: Properties,
        news: Properties,
    ): Promise<Properties> {
        const answer = await provider.check(subject(next), olds, news);
        this.refuseFailures(next, news, answer);
        if (!answer.inputs && Object.keys(olds).length > 0) {
            throw new Error(
                `The provider answered the check of ${next.urn} without inputs: its change cannot be found out.`,
            );
        }
        return answer.inputs ?? {};
    }

    private refuseFailures(next: ResourceState, news: Properties, answer: CheckAnswer): void {
        for (const message of failureMessages(next, news, answer)) this.options.error(next.urn, message);
        if (answer.failures.length > 0) throw new Told();
    }

    private async decide(
        provider: ResourceProvider | undefined,
        goal: Goal,
        old: ResourceState,
        next: ResourceState,
    ): Promise<Decision> {
        if (this.isForced(old, next) || (await this.isProviderReplaced(old, next))) {
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
        const decision = decideFrom(answer, old, next);
        const unfinished = old.initErrors.length > 0 && touchesAny(goal.replaceOnChanges, ["#initErrors"]);
        return unfinished ? { ...decision, changes: true, replaces: true } : decision;
    }

    /** Whether the resource is replaced whatever its provider says. */
    private isForced(old: ResourceState, next: ResourceState): boolean {
        const triggers = [old.replacementTrigger, next.replacementTrigger];
        return (
            [next.deletedWith, ...next.replaceWith].some((urn) => this.replaced.has(urn)) ||
            (!triggers.includes(null) && !sameValue(old.replacementTrigger, next.replacementTrigger))
        );
    }

    /** Whether another provider manages it, one that cannot manage what the former has made. */
    private async isProviderReplaced(old: ResourceState, next: ResourceState): Promise<boolean> {
        if (old.provider === next.provider) return false;
        if (old.provider === "" || next.provider === "") return true;
        const [formerUrn, urn] = [providerUrn(old.provider), providerUrn(next.provider)];
        const former = this.olds?.get(formerUrn);
        const state = this.providers.get(urn);
        if (!former || !state) return true;
        if (this.takenBy.get(formerUrn) === urn) return false;
        const protocol = await this.options.providers.find(next.provider, this.resources);
        const difference = await this.options.providers.compare(protocol, subject(state), former, state.inputs);
        return isReplacement(difference);
    }

    private async replace(step: Work, goal: Goal, decision: Decision): Promise<Step[]> {
        const { urn, old, next } = step;
        if (old.protect && next.protect) this.refuseReplacement(urn);
        if (goal.importId !== "" && !this.options.dryRun) {
            throw new Error(
                "previously-imported resources that still specify an ID may not be replaced; please remove the `import` " +
                    "declaration from your program",
            );
        }
        if (step.provider) next.inputs = await this.check(step.provider, next, {}, goal.properties);
        if (step.difference) this.differences.set(urn, step.difference);
        this.replaced.add(urn);
        if (!(goal.deleteBeforeReplace ?? decision.deleteBeforeReplace)) return replacement(step, "create first");

        const deletions: Step[] = [];
        const dependents = (await this.replacedWith(old)).reverse();
        const urns = new Set([urn, ...dependents.map((dependent) => dependent.urn)]);
        for (const dependent of dependents) {
            if (this.pendingDeletes.has(dependent)) continue;
            if (dependent.protect) this.refuseDependentReplacement(dependent.urn, urn);
            deletions.push({ ...(await this.deletion(dependent, urns)), pendingReplacement: true });
            this.deleted.add(dependent.urn);
            this.pendingDeletes.add(dependent);
        }
        // A delete that an earlier run has done is not done again.
        if (!old.pendingReplacement) deletions.push({ ...(await this.deletion(old, urns)), pendingReplacement: true });
        return [...deletions, ...replacement(step, "delete first")];
    }

    /** The provider is not asked to delete what the program retains, and what goes with something of `condemned`. */
    private async deletion(old: ResourceState, condemned: Set<string>): Promise<Step> {
        const called = old.custom && !old.external && !old.retainOnDelete && !condemned.has(old.deletedWith);
        const provider = called ? await this.options.providers.of(old, this.resources) : undefined;
        return { operation: "delete-replaced", urn: old.urn, old, ...(provider && { provider }) };
    }

    /**
     * What has to be replaced with `root`: because it says so, or because it takes a property from it, whose value nobody
     * knows before it is made.
     */
    private async replacedWith(root: ResourceState): Promise<ResourceState[]> {
        const replaced = new Set([root.urn]);
        const found: ResourceState[] = [];
        for (const dependent of dependentsOf(root, this.resources, (urn) => this.decided.has(urn))) {
            if (!dependent.custom || dependent.delete || dependent.external) continue;
            if ([dependent.deletedWith, ...dependent.replaceWith].some((urn) => replaced.has(urn))) {
                replaced.add(dependent.urn);
                found.push(dependent);
                continue;
            }
            const touched = Object.entries(dependent.propertyDependencies)
                .filter(([, urns]) => urns.some((urn) => replaced.has(urn)))
                .map(([key]) => key);
            if (touched.length === 0) continue;
            const inputs = mapProperties(dependent.inputs, (value, key) => (touched.includes(key) ? unknown : value));
            const provider = await this.options.providers.of(dependent, this.resources);
            const { id, inputs: oldInputs, outputs, ignoreChanges } = dependent;
            const answer = await provider?.diff(subject(dependent), id, oldInputs, outputs, inputs, ignoreChanges);
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

/** Why the provider does not take the inputs. */
export function failureMessages(next: ResourceState, news: Properties, { failures }: CheckAnswer): string[] {
    const what = `${next.type} resource '${subject(next).name}'`;
    return failures.map(({ property, reason }) => {
        const where = property === "" ? what : `${what}: property ${property} value {${printed(news[property])}}`;
        return `${where} has a problem: ${reason}`;
    });
}

function isImport({ custom, importId }: Goal, old: ResourceState | undefined): boolean {
    if (!custom || importId === "") return false;
    return !old || old.external || (old.importId || old.id) !== importId;
}

function replacement(step: Work, order: "create first" | "delete first"): Step[] {
    const create: Step = { ...step, operation: "create-replacement", deleteLater: order === "create first" };
    const { answer: _, ...rest } = step;
    const replace: Step = { ...rest, operation: "replace" };
    return order === "create first" ? [create, replace] : [replace, create];
}

/** The state that a goal leads to, before anybody has been asked. */
export function wantedState(goal: Omit<Goal, "request">): ResourceState {
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
        replaceOnChanges: goal.replaceOnChanges,
        hideDiff: goal.hideDiffs,
        retainOnDelete: goal.retainOnDelete ?? false,
        deletedWith: goal.deletedWith,
        replaceWith: goal.replaceWith,
        replacementTrigger: goal.replacementTrigger,
        customTimeouts: goal.customTimeouts,
        importId: goal.importId,
        external: false,
        carried: {},
    };
}

function printed(value: Value | undefined): string {
    if (value === undefined) return "<nil>";
    if (isSecret(value)) return "[secret]";
    return typeof value === "object" ? JSON.stringify(masked(value)) : String(value);
}
