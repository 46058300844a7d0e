/** Diff: which properties differ, and whether that can be done in place. Compares inputs with inputs and makes no call. */
import { isDeepStrictEqual } from "node:util";
import { decodeAsset } from "./assets";
import { filledIn, pathText } from "./check";
import { sameValue } from "./compare";
import { type Known, metaOf, type Properties, type ResourceDefinition } from "./define";
import { fallbackOf } from "./fallback";
import { asFound, isKnownToLack } from "./marker";
import { isInternal } from "./state";
import { containsUnknown } from "./unknown";

export type DifferenceKind = "add" | "update" | "delete";

export interface Difference {
    property: string;
    kind: DifferenceKind;
    replace: boolean;
}

/** A difference by its path within a property. */
export interface DetailedDifference {
    /** `links[1].url`. */
    path: string;
    kind: DifferenceKind;
    replace: boolean;
    /** Whether it is one of inputs; if not, the recorded outputs demand it. */
    ofInputs: boolean;
}

export interface DiffResult {
    differences: Difference[];
    details: DetailedDifference[];
    /** Whether anything is to be done: also what the recorded state demands without a difference of inputs. */
    changes: boolean;
    replaces: string[];
    deleteBeforeReplace: boolean;
}

/** Compares what is known of an object with the inputs it shall have. */
export function diff(definition: ResourceDefinition, recorded: Known, wanted: Properties): DiffResult {
    // A marker that comes back as a wish says that what is there may stay.
    const known = { ...recorded, inputs: asFound(recorded.inputs) };
    const inputs = asFound(wanted);
    const differences = differencesOf(definition, known.inputs, inputs);
    const demand = definition.demands?.(known, inputs);
    const replaces = differences.filter((difference) => difference.replace).map((difference) => difference.property);
    if (demand?.action === "replace") replaces.push(demand.property);
    const details = differences.flatMap(({ property, kind, replace }) => {
        const within = detailsOf([property], known.inputs[property], inputs[property]);
        // Values that are equal part by part may still differ in meaning.
        const parts = within.length > 0 ? within : [{ path: property, kind }];
        return parts.map((part) => ({ ...part, replace, ofInputs: true }));
    });
    if (demand !== undefined && !differences.some(({ property }) => property === demand.property))
        details.push({
            path: demand.property,
            kind: "update",
            replace: demand.action === "replace",
            ofInputs: demand.property in definition.inputs.shape && demand.property in inputs,
        });
    return {
        differences,
        details,
        changes: differences.length > 0 || demand !== undefined,
        replaces,
        deleteBeforeReplace: replaces.length > 0 && definition.guard !== undefined,
    };
}

/** Where two values differ, part by part. */
function detailsOf(
    path: readonly (string | number)[],
    before: unknown,
    after: unknown,
): { path: string; kind: DifferenceKind }[] {
    if (isDeepStrictEqual(before, after) && !containsUnknown(after)) return [];
    if (Array.isArray(before) && Array.isArray(after)) {
        const indices = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
        return indices.flatMap((index) => detailsOf([...path, index], before[index], after[index]));
    }
    if (isPlain(before) && isPlain(after)) {
        const names = new Set([...Object.keys(before), ...Object.keys(after)]);
        // A key may be called like something that every object inherits.
        const at = (value: Properties, name: string) => (Object.hasOwn(value, name) ? value[name] : undefined);
        return [...names].flatMap((name) => detailsOf([...path, name], at(before, name), at(after, name)));
    }
    return [{ path: pathText(path), kind: before === undefined ? "add" : after === undefined ? "delete" : "update" }];
}

function isPlain(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value) && decodeAsset(value) === undefined;
}

/**
 * The properties whose declared values differ. What only an older release's state lacks is made when something else is; by itself
 * it is no difference.
 */
export function differencesOf(
    definition: ResourceDefinition,
    oldInputs: Properties,
    newInputs: Properties,
): Difference[] {
    const names = new Set([...Object.keys(oldInputs), ...Object.keys(newInputs)].filter((name) => !isInternal(name)));
    const differences = [...names].flatMap((property): Difference[] => {
        const before = oldInputs[property];
        const after = newInputs[property];
        const { immutable, reset, generatedWithin } = metaOf(definition, property);
        const fallback = fallbackOf(definition, property, newInputs);
        if (!containsUnknown(after) && sameValue(definition, property, before, after)) return [];
        const withdrawn = after === undefined;
        if (withdrawn && (reset === "keep" || generatedWithin !== undefined)) return [];
        if (withdrawn && typeof reset === "object" && sameValue(definition, property, before, reset.to)) return [];
        // A refresh asks with the inputs of a state that did not know the property.
        if (withdrawn && fallback !== undefined && sameValue(definition, property, before, fallback)) return [];
        const kind = before === undefined ? "add" : withdrawn ? "delete" : "update";
        return [{ property, kind, replace: Boolean(immutable) }];
    });
    const isNews = ({ property }: Difference) => isUnheardOf(definition, property, oldInputs, newInputs);
    if (differences.every(isNews)) return [];
    return differences.filter((difference) => !difference.replace || !isNews(difference));
}

/**
 * Whether a state lacks what check fills in, because the release that wrote it did not know the property: any other state
 * has it, or a marker for it.
 */
function isUnheardOf(
    definition: ResourceDefinition,
    name: string,
    oldInputs: Properties,
    newInputs: Properties,
): boolean {
    if (oldInputs[name] !== undefined || isKnownToLack(oldInputs, name)) return false;
    const filled = filledIn(definition, name, newInputs);
    return filled !== undefined && sameValue(definition, name, filled, newInputs[name]);
}
