/** Ends that a program declares: a membership, an invitation, a share that ends by itself. */

import type { CheckFailure } from "./check";
import { sameValue } from "./compare";
import { metaOf, type Properties, propertyNames, type ResourceDefinition } from "./define";
import { toRfc3339 } from "./wire";

/**
 * Only the service tells the time, and a preview does not ask it. So the local clock refuses nothing but what has passed by
 * more than a day: a clock that is further off trusts no certificate either, and no zone is further away.
 */
const tolerance = 24 * 3_600_000;

/** Ends that have passed and that the program did not declare before. A replacement is no new declaration where the kind keeps ended objects. */
export function pastEndFailures(
    definition: ResourceDefinition,
    oldInputs: Properties,
    inputs: Properties,
    isReplacement: boolean,
): CheckFailure[] {
    return propertyNames(definition.inputs).flatMap((property) => {
        const { end } = metaOf(definition, property);
        if (end === undefined || (end === "kept" && isReplacement)) return [];
        if (!isPast(inputs[property], Date.now() - tolerance)) return [];
        if (sameValue(definition, property, oldInputs[property], inputs[property])) return [];
        const reason = "has passed already: give a later end, or take the resource out of the program";
        return [{ property, reason }];
    });
}

/** Whether a declared or shown date lies before this time, in milliseconds since the epoch. */
export function isPast(date: unknown, now: number): boolean {
    return typeof date === "string" && Date.parse(toRfc3339(date)) <= now;
}
