/** When two property values are the same thing. */
import { isDeepStrictEqual } from "node:util";
import { metaOf, type ResourceDefinition } from "./define";

/** Whether two values of a property mean the same; undefined, null and empty text are one. */
export function sameValue(definition: ResourceDefinition, name: string, left: unknown, right: unknown): boolean {
    if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
    const normalise = metaOf(definition, name).normalise ?? ((value: unknown) => value);
    return isDeepStrictEqual(normalise(left), normalise(right));
}

function isEmpty(value: unknown): boolean {
    return value === undefined || value === null || value === "";
}
