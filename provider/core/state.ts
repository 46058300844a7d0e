/** How properties stand in the state: the internal ones, the cleaning, and the projection of what the service shows onto what was declared. */
import type * as z from "zod";
import { decodeAsset, fileAsset, fileNameOf, withAssets, withoutAssets } from "./assets";
import { sameValue } from "./compare";
import { innerSchema, type Known, metaOf, type Properties, type Remote, type ResourceDefinition } from "./define";
import { fallbackOf } from "./fallback";
import { asFound, declaredOf, isMarker, markerOf } from "./marker";
import { asShown } from "./wire";

/** Output: the origin of the service that holds the object. */
export const serviceKey = "__service";
/** Input: the URN that the resource would have in the plugin; names the resource in generated names and messages. */
export const resourceKey = "__resource";
/** Output: the inputs as the object has them, where the engine hands over no others or cannot know them after a failure half-way. */
export const inputsKey = "__inputs";

/**
 * The outputs of a state with the object's inputs among them. As text: engines take their time for every property and each
 * part of it, in every call, and these are nobody's but ours.
 */
export function withInputs(outputs: Properties, inputs: Properties): Properties {
    return toState({ ...outputs, [inputsKey]: JSON.stringify(withoutAssets(inputs)) });
}

/** An object as a state tells of it: inputs among the outputs count more than those that the engine hands over beside them. */
export function knownOf(outputs: Properties, inputs: Properties = {}): Known {
    const { [inputsKey]: recorded, ...shown } = outputs;
    if (recorded === undefined) return { inputs, outputs: shown };
    // The first states hold them as an object.
    const own: Properties = typeof recorded === "string" ? JSON.parse(recorded) : recorded;
    return { inputs: withAssets(own), outputs: shown };
}

/** How the name of an input ends that tells of a secret one how often it changed, beside that one's own name. */
export const changesSuffix = " (secret)";

/** Whether a property belongs to the provider and not to the kind: no rule of a kind applies to it, and diff ignores it. */
export function isInternal(name: string): boolean {
    return name.startsWith("__") || name.endsWith(changesSuffix);
}

/** The properties of the kind alone. */
export function withoutInternal(properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([name]) => !isInternal(name)));
}

/**
 * The only way into the state: drops what is undefined at any depth, because the engine's protocol fails on it after the
 * remote object exists, and properties that are null: they are absent. Within free JSON null is a value.
 */
export function toState(properties: Properties): Properties {
    const present = Object.entries(properties).filter(([, value]) => value !== null);
    return cleaned(Object.fromEntries(present)) as Properties;
}

function cleaned(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => cleaned(item) ?? null);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([name, item]) => [name, cleaned(item)]),
    );
}

/** Outputs: what the service shows, and what was declared where it shows nothing. */
export function outputsOf(
    definition: ResourceDefinition,
    inputs: Properties,
    remote: Remote,
    origin: string,
): Properties {
    const declared = Object.entries(withoutInternal(asFound(inputs))).flatMap(([name, value]) => {
        if (standsAsDeclared(definition, name, remote)) return [[name, value]];
        return name in remote ? [] : [[name, asShown(definition, name, value)]];
    });
    const shown = Object.entries(remote).filter(([name]) => !isOurs(definition, name));
    // The engine adds the contents of assets from the inputs; one of which only the hash is known, a program cannot take.
    const plain = [...declared, ...shown].filter(([name]) => !isAsset(definition, String(name)));
    return toState({ ...Object.fromEntries(plain), [serviceKey]: origin });
}

/** Whether the property holds a file. */
export function isAsset(definition: ResourceDefinition, name: string): boolean {
    return metaOf(definition, name).form === "asset";
}

/** Whether only the program knows the value: the service has no such field or never gives it back. */
export function isOurs(definition: ResourceDefinition, name: string): boolean {
    const { writeOnly, providerOnly } = metaOf(definition, name);
    return Boolean(writeOnly || providerOnly);
}

/** Whether nothing that the service shows speaks against the declared value: it is ours, and not shown as missing. */
export function standsAsDeclared(definition: ResourceDefinition, name: string, remote: Remote): boolean {
    return isOurs(definition, name) && remote[name] !== null;
}

/** Whether the service shows an access that nobody declared, other than the default that is not sent. */
function isUndeclaredAccess(definition: ResourceDefinition, name: string, shown: unknown): boolean {
    const { accessRelevant, fallback, fallbackBy, reset } = metaOf(definition, name);
    if (
        !accessRelevant ||
        fallback !== undefined ||
        fallbackBy !== undefined ||
        typeof reset !== "object" ||
        shown === null
    )
        return false;
    return !sameValue(definition, name, shown, reset.to);
}

/**
 * Whether a program that declares the property cannot be told of its loss by leaving it out: what the service shows is no
 * value to declare, or check refuses inputs without one, or fills one in.
 */
export function needsMarker(definition: ResourceDefinition, name: string): boolean {
    const schema = definition.inputs.shape[name] as z.ZodType | undefined;
    const { fallback, fallbackBy, fallbackToName, generatedWithin } = metaOf(definition, name);
    const isFilledIn =
        fallback !== undefined || fallbackBy !== undefined || fallbackToName || generatedWithin !== undefined;
    const isRequired = schema !== undefined && innerSchema(schema) === schema;
    return isOurs(definition, name) || isAsset(definition, name) || isFilledIn || isRequired;
}

/**
 * Inputs after a read: a property keeps its declared form while the service shows what it showed after our last write,
 * and takes the service's value once that differs, so that the next preview names it. Where that is no value to declare, a
 * marker stands for both.
 */
export function projectInputs(definition: ResourceDefinition, known: Known, remote: Remote): Properties {
    const inputs: Properties = {};
    for (const [name, held] of Object.entries(known.inputs)) {
        const declared = declaredOf(held);
        const shown = remote[name];
        const asset = isAsset(definition, name);
        // Somebody set another one meanwhile: whether it is the declared one cannot be told.
        const isUntold = isMarker(held) && (isOurs(definition, name) || !(name in remote));
        const keeps =
            isInternal(name) ||
            standsAsDeclared(definition, name, remote) ||
            metaOf(definition, name).identity ||
            !(name in remote) ||
            sameValue(definition, name, shown, asset ? declared : known.outputs[name]);
        if (isUntold) inputs[name] = held;
        else if (keeps) inputs[name] = declared;
        else if (asset || ((shown === null || shown === undefined) && needsMarker(definition, name)))
            inputs[name] = markerOf(declared, shown);
        else inputs[name] = shown;
    }
    for (const [name, shown] of Object.entries(remote)) {
        if (name in inputs) continue;
        if (isUndeclaredAccess(definition, name, shown)) inputs[name] = shown;
        // A release that did not know the property wrote this: who has access is told from now on.
        const { accessRelevant, immutable } = metaOf(definition, name);
        const fallback = fallbackOf(definition, name, known.inputs);
        if (!accessRelevant || immutable || fallback === undefined) continue;
        inputs[name] = sameValue(definition, name, shown, fallback) ? fallback : (shown ?? markerOf(fallback, shown));
    }
    return toState(inputs);
}

/**
 * Inputs of an object that no program declared yet: all that the service shows of them and that a program could declare,
 * and what else check fills in. An asset is the file of its name in the project, where the kind says which property names
 * it. What the object is known by is taken from the name that it was asked for by, because a program declares that alone.
 */
export function inputsOf(definition: ResourceDefinition, remote: Remote, named: Properties = {}): Properties {
    const names = Object.keys(definition.inputs.shape);
    const inputs = names.map((name) => {
        const { identity, providerOnly, accessRelevant, fallback } = metaOf(definition, name);
        if (isAsset(definition, name)) return [name, fileOf(definition, name, remote)];
        // The service may show a default as nothing.
        const isShownDefault = accessRelevant && name in remote && sameValue(definition, name, remote[name], fallback);
        const filledIn = providerOnly || isShownDefault ? fallback : undefined;
        return [name, named[name] ?? (identity ? undefined : (remote[name] ?? filledIn))];
    });
    return toState(Object.fromEntries(inputs));
}

function fileOf(definition: ResourceDefinition, property: string, remote: Remote): Properties | undefined {
    const { fileNamedBy } = metaOf(definition, property);
    const hash = decodeAsset(remote[property])?.sha256;
    if (fileNamedBy === undefined || hash === undefined) return undefined;
    return fileAsset(fileNameOf(String(remote[fileNamedBy])), hash);
}
