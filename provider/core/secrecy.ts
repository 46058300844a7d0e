/** Which properties of a resource are secret, by its kind or by its program, and the texts that no message may hold. */
import { decodeAsset } from "./assets";
import { type Known, metaOf, type Properties, type ResourceDefinition } from "./define";

/** Input: the names of the inputs that the program marks as secret, or a part of them, as far as the front-end is told. */
export const secretsKey = "__secrets";

/** Whether the property is secret by its kind, or by the program as far as that is known. */
export function isSecret(
    definition: Pick<ResourceDefinition, "inputs" | "outputs">,
    inputs: Properties,
    name: string,
): boolean {
    return Boolean(metaOf(definition, name).secret) || isMarked(inputs, name);
}

/** Whether the program itself marks the input as secret. */
export function isMarked({ [secretsKey]: marked }: Properties, name: string): boolean {
    return Array.isArray(marked) && marked.includes(name);
}

/** The secret values of a resource as a text may hold them: also in the form in which the service compares them. */
export function secretTexts(definition: ResourceDefinition, { inputs, outputs }: Known): string[] {
    const texts = [inputs, outputs].flatMap((properties) =>
        Object.entries(properties)
            .filter(([name]) => isSecret(definition, inputs, name))
            .flatMap(([name, value]) => {
                const { normalise = (same: unknown) => same } = metaOf(definition, name);
                return [...textsIn(value), ...(typeof value === "string" ? textsIn(normalise(value)) : [])];
            }),
    );
    return [...new Set(texts)];
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") return [value];
    if (typeof value === "number") return [String(value)];
    if (typeof value !== "object" || value === null || decodeAsset(value) !== undefined) return [];
    return Object.values(value).flatMap(textsIn);
}
