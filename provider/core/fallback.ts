/** What check fills in for a property that the program leaves out. */
import { metaOf, type Properties, type ResourceDefinition } from "./define";

/** The default of a property; undefined where it has none, or where the input that decides about it is not known yet. */
export function fallbackOf(
    definition: Pick<ResourceDefinition, "inputs" | "outputs">,
    name: string,
    inputs: Properties,
): unknown {
    const { fallback, fallbackBy } = metaOf(definition, name);
    if (fallbackBy === undefined) return fallback;
    const deciding = inputs[fallbackBy.input] ?? metaOf(definition, fallbackBy.input).fallback;
    return typeof deciding === "string" ? fallbackBy.values[deciding] : undefined;
}
