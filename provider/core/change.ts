/** What an update has to change, and what of it the service has made. */
import { sameValue } from "./compare";
import { type Change, type Known, metaOf, type Properties, type Remote, type ResourceDefinition } from "./define";
import { differencesOf } from "./diff";
import { isAsset, isOurs, standsAsDeclared, withoutInternal } from "./state";

/** Declared properties that the service shows otherwise. What it does not show at all cannot be told. */
export function notMade(definition: ResourceDefinition, inputs: Properties, remote: Remote): string[] {
    return Object.keys(withoutInternal(inputs)).filter((name) => {
        const { adjusted, identity } = metaOf(definition, name);
        if (standsAsDeclared(definition, name, remote) || adjusted || identity || !(name in remote)) return false;
        return !sameValue(definition, name, inputs[name], remote[name]);
    });
}

/** What an update has to bring about so that the object is as the inputs say. */
export function changeOf(definition: ResourceDefinition, known: Known, inputs: Properties): Change {
    const change = { set: {} as Properties, clear: [] as string[], inputs, known };
    for (const { property, kind } of differencesOf(definition, known.inputs, inputs)) {
        const { providerOnly, reset } = metaOf(definition, property);
        if (providerOnly || property === "archived") continue;
        if (kind !== "delete") change.set[property] = inputs[property];
        else if (typeof reset === "object") change.set[property] = reset.to;
        else change.clear.push(property);
    }
    return change;
}

/** The part of a change that withdraws what is declared no more; what an object is known by stays. */
export function withdrawnOf(definition: ResourceDefinition, known: Known, inputs: Properties): Change {
    const { set, clear } = changeOf(definition, known, inputs);
    const isWithdrawn = (name: string) => {
        const { immutable, identity } = metaOf(definition, name);
        return inputs[name] === undefined && !immutable && !identity;
    };
    const withdrawn = Object.entries(set).filter(([name]) => isWithdrawn(name));
    return { set: Object.fromEntries(withdrawn), clear: clear.filter(isWithdrawn), inputs, known };
}

/**
 * What a change does not touch, and somebody has changed by hand: the state keeps what stood after our last write, so that
 * the next refresh finds the difference.
 */
export function driftLeft(
    definition: ResourceDefinition,
    { set, clear, inputs, known }: Change,
    shown: Remote,
): Remote {
    const untouched = Object.keys(withoutInternal(inputs)).filter(
        (name) => name in shown && name !== "archived" && !(name in set) && !clear.includes(name),
    );
    return Object.fromEntries(
        untouched
            .filter((name) => !isOurs(definition, name) && !isAsset(definition, name))
            .filter((name) =>
                [inputs, known.outputs].every((one) => !sameValue(definition, name, shown[name], one[name])),
            )
            .map((name) => [name, known.outputs[name] ?? null]),
    );
}

/** The properties that a change clears, as the service shows them afterwards. */
export function cleared(change: Change): Properties {
    return Object.fromEntries(change.clear.map((name) => [name, null]));
}
