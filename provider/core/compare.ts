/** When two property values are the same thing. */
import { isDeepStrictEqual } from "node:util";
import { metaOf, type ResourceDefinition } from "./define";

/** Whether two values of a property mean the same; undefined, null and empty text are one. */
export function sameValue(definition: ResourceDefinition, name: string, left: unknown, right: unknown): boolean {
    if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
    const normalise = metaOf(definition, name).normalise ?? ((value: unknown) => value);
    const form = (value: unknown) => normalise(metaOf(definition, name).composed ? composed(value) : value);
    return isDeepStrictEqual(form(left), form(right));
}

/** Text in the form in which it is sent; anything else unchanged. */
export function composed(value: unknown): unknown {
    return typeof value === "string" ? value.normalize("NFC") : value;
}

function isEmpty(value: unknown): boolean {
    return value === undefined || value === null || value === "";
}
