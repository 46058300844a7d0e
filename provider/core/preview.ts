/** What a preview can tell of the outputs that a create or an update will have: exactly what is known, and the rest as unknown. */
import type * as z from "zod";
import { innerSchema, type Known, metaOf, type Properties, propertyNames, type ResourceDefinition } from "./define";
import { differencesOf } from "./diff";
import { isAsset, isOurs, toState, withoutInternal } from "./state";
import { containsUnknown, unknownValue } from "./unknown";
import { asShown } from "./wire";

/** Outputs of an object that is to be made: of what only the service decides, nothing is known. */
export function previewOfCreate(definition: ResourceDefinition, inputs: Properties): Properties {
    const outputs: Properties = {};
    for (const name of propertyNames(definition.inputs)) {
        if (isAsset(definition, name)) continue;
        if (inputs[name] !== undefined) outputs[name] = shown(definition, name, inputs[name]);
        else if (!isOurs(definition, name)) outputs[name] = unknownValue;
    }
    for (const name of propertyNames(definition.outputs)) outputs[name] = unknownValue;
    return toState(outputs);
}

/** Outputs of an object that is to be changed: what the change cannot touch stays. */
export function previewOfUpdate(definition: ResourceDefinition, known: Known, inputs: Properties): Properties {
    const outputs = withoutInternal(known.outputs);
    const differences = differencesOf(definition, known.inputs, inputs);
    for (const { property, kind } of differences) {
        const { reset, completed } = metaOf(definition, property);
        if (isAsset(definition, property)) continue;
        if (kind !== "delete") outputs[property] = shown(definition, property, inputs[property]);
        else if (typeof reset === "object") outputs[property] = reset.to;
        else if (completed) outputs[property] = unknownValue;
        else delete outputs[property];
    }
    const isOnlyOurs = differences.every(({ property }) => metaOf(definition, property).providerOnly);
    // An update without a difference goes on after a failure half-way.
    const isWritten = !isOnlyOurs || differences.length === 0 || definition.demands?.(known, inputs) !== undefined;
    for (const name of propertyNames(definition.outputs)) {
        const mayChange = isWritten && !metaOf(definition, name).fixed;
        const isMissing = !(name in outputs) && isRequired(definition, name);
        if (mayChange || isMissing) outputs[name] = unknownValue;
    }
    return toState(outputs);
}

function isRequired(definition: ResourceDefinition, name: string): boolean {
    const schema = definition.outputs.shape[name] as z.ZodType;
    return innerSchema(schema) === schema;
}

/** A declared value as the outputs will have it, where that is certain. */
function shown(definition: ResourceDefinition, name: string, value: unknown): unknown {
    if (value === unknownValue || metaOf(definition, name).adjusted) return unknownValue;
    return isOurs(definition, name) || containsUnknown(value) ? value : asShown(definition, name, value);
}
