/** Diff: which properties differ, and whether that can be done in place. Compares inputs with inputs and makes no call. */
import { sameValue } from "./compare";
import { type Known, metaOf, type Properties, type ResourceDefinition } from "./define";
import { isInternal } from "./state";
import { containsUnknown } from "./unknown";

export interface Difference {
    property: string;
    kind: "add" | "update" | "delete";
    replace: boolean;
}

export interface DiffResult {
    differences: Difference[];
    /** Whether anything is to be done: also what the recorded state demands without a difference of inputs. */
    changes: boolean;
    replaces: string[];
    deleteBeforeReplace: boolean;
}

/** Compares what is known of an object with the inputs it shall have. */
export function diff(definition: ResourceDefinition, known: Known, inputs: Properties): DiffResult {
    const differences = differencesOf(definition, known.inputs, inputs);
    const demand = definition.demands?.(known, inputs);
    const replaces = differences.filter((difference) => difference.replace).map((difference) => difference.property);
    if (demand?.action === "replace") replaces.push(demand.property);
    return {
        differences,
        changes: differences.length > 0 || demand !== undefined,
        replaces,
        deleteBeforeReplace: replaces.length > 0 && definition.guard !== undefined,
    };
}

/** The properties whose declared values differ. */
export function differencesOf(
    definition: ResourceDefinition,
    oldInputs: Properties,
    newInputs: Properties,
): Difference[] {
    const names = new Set([...Object.keys(oldInputs), ...Object.keys(newInputs)].filter((name) => !isInternal(name)));
    return [...names].flatMap((property): Difference[] => {
        const before = oldInputs[property];
        const after = newInputs[property];
        const { immutable, reset, generatedWithin } = metaOf(definition, property);
        if (!containsUnknown(after) && sameValue(definition, property, before, after)) return [];
        const withdrawn = after === undefined;
        if (withdrawn && (reset === "keep" || generatedWithin !== undefined)) return [];
        if (withdrawn && typeof reset === "object" && sameValue(definition, property, before, reset.to)) return [];
        const kind = before === undefined ? "add" : withdrawn ? "delete" : "update";
        return [{ property, kind, replace: Boolean(immutable) }];
    });
}
