// What a provider's answer to Diff means for a resource, the engine's own comparison filled in where it is left out.

import type { ResourceState } from "./deployment-state";
import { differingPaths, touchesAny } from "./property-path";
import type { DiffAnswer } from "./provider-protocol";
import type { Difference } from "./step";
import { compareKeys, masked, plainReceiver, reduceTo, sameValue, type Value } from "./values";

export interface Decision {
    changes: boolean;
    replaces: boolean;
    deleteBeforeReplace: boolean;
    difference: Difference | undefined;
}

/** Components have no provider to ask: their inputs decide. */
export function decideFrom(answer: DiffAnswer | undefined, old: ResourceState, next: ResourceState): Decision {
    const changes = answer?.changes ?? !sameValue(plain(old.inputs), plain(next.inputs));
    return {
        changes,
        replaces:
            answer !== undefined &&
            (answer.replaces.length > 0 ||
                answer.details.some((detail) => detail.replaces) ||
                (changes && touchesAny(next.replaceOnChanges, changedPaths(answer, old, next)))),
        deleteBeforeReplace: answer?.deleteBeforeReplace ?? false,
        ...describe(answer, old, next),
    };
}

/** The paths that differ as far as the provider tells, or as the engine finds when the provider leaves it to it. */
function changedPaths(answer: DiffAnswer, old: ResourceState, next: ResourceState): string[] {
    const told = [...answer.details.map(({ path }) => path), ...answer.changed];
    return answer.changes === undefined && told.length === 0
        ? differingPaths(plain(old.inputs), plain(next.inputs))
        : told;
}

export function describe(
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

export function describeOptions(old: ResourceState, next: ResourceState): { difference?: Difference } {
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
