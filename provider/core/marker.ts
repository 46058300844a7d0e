/**
 * What a state's inputs hold in the place of a declared value that the service lacks, or of which it holds something else that no
 * program could declare. A value that is simply taken away would count as withdrawn: with `ignoreChanges` the engine takes
 * what the state has for what the program declares.
 */
import { withAssets, withoutAssets } from "./assets";
import type { Properties } from "./define";

const declaredKey = "__declared";
const foundKey = "__found";

interface Marker {
    [declaredKey]: unknown;
    /** Absent where the service has nothing. */
    [foundKey]?: unknown;
}

/** The marker for a declared value, or for what another marker says was declared. */
export function markerOf(declared: unknown, found: unknown): Properties {
    const { value, has } = withoutAssets({ value: declaredOf(declared), has: found });
    return { [declaredKey]: value, ...(has === undefined || has === null ? {} : { [foundKey]: has }) };
}

export function isMarker(value: unknown): value is Marker {
    return typeof value === "object" && value !== null && Object.hasOwn(value, declaredKey);
}

/** A declared value, also where a marker stands for it. Of an asset that is the hash alone. */
export function declaredOf(value: unknown): unknown {
    return isMarker(value) ? withAssets({ value: value[declaredKey] }).value : value;
}

/** Inputs as they were declared. */
export function asDeclared(inputs: Properties): Properties {
    return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, declaredOf(value)]));
}

/** Names what the markers of inputs told to be lacking; copies of the inputs keep it, and no state or protocol sees it. */
const lackingKey = Symbol("lacking");

/** Whether a marker told that the object lacks the property: other inputs without it may be of a release that did not know it. */
export function isKnownToLack(inputs: Properties & { [lackingKey]?: readonly string[] }, name: string): boolean {
    return inputs[lackingKey]?.includes(name) ?? false;
}

/** Inputs that would describe the object as it is: without what it lacks, and with what it has instead. */
export function asFound(inputs: Properties & { [lackingKey]?: readonly string[] }): Properties {
    const found = Object.entries(inputs).flatMap(([name, value]) => {
        if (!isMarker(value)) return [[name, value]];
        return value[foundKey] === undefined ? [] : [[name, withAssets({ value: value[foundKey] }).value]];
    });
    const lacking = Object.keys(inputs).filter((name) => {
        const value = inputs[name];
        return isMarker(value) && value[foundKey] === undefined;
    });
    const told = [...(inputs[lackingKey] ?? []), ...lacking];
    return { ...Object.fromEntries(found), ...(told.length > 0 && { [lackingKey]: told }) };
}

/** Inputs that an object has reached, with the markers of its earlier inputs for what it still lacks. */
export function stillMarked(reached: Properties, earlier: Properties): Properties {
    const before = asFound(earlier);
    const markers = Object.entries(earlier).filter(
        ([name, value]) => isMarker(value) && JSON.stringify(reached[name]) === JSON.stringify(before[name]),
    );
    return { ...reached, ...Object.fromEntries(markers) };
}
