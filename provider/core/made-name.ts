/** Unique names that a program leaves to us: what a create tries, what it knows as its own, and what it says where none is free. */
import { type Autonaming, longestText } from "./check";
import { metaOf, type Properties, type ResourceDefinition, uniqueInput } from "./define";
import { type OwnNames, ownNames } from "./naming";
import { resourceKey } from "./state";

/** Who made a name that no program declares: we alone, we of what the stack's automatic names propose, or those alone. */
export type Maker = "ourselves" | "propose" | "enforce";

/** The unique name of a resource that declares none. */
export interface MadeName {
    property: string;
    maker: Maker;
    /** The names that are as good; a name that the stack enforces is the only one. */
    names: OwnNames | undefined;
}

/** The unique name in the inputs, where it was made; undefined where the program declares it. Without a known maker the name itself tells. */
export function madeNameOf(
    definition: ResourceDefinition,
    inputs: Properties,
    maker: Maker | undefined,
): MadeName | undefined {
    const property = uniqueInput(definition);
    const within = property === undefined ? undefined : metaOf(definition, property).generatedWithin;
    const urn = inputs[resourceKey];
    if (property === undefined || within === undefined || typeof urn !== "string") return undefined;
    const name = inputs[property];
    if (typeof name !== "string") return undefined;
    if (maker === "enforce") return { property, maker, names: undefined };
    const proposal = maker === "propose" ? name : undefined;
    const names = ownNames(urn, String(inputs[within]), definition.noun, longestText(definition, property), proposal);
    return name === names.first ? { property, maker: maker ?? "ourselves", names } : undefined;
}

/** Why no name is found, that the name is none of the program's, and what to do. */
export function noNameFree(
    definition: ResourceDefinition,
    { property, maker }: MadeName,
    tried: readonly string[],
    refusal: string,
): string {
    const quoted = tried.map((name) => JSON.stringify(name));
    const which = quoted.length === 1 ? quoted[0] : `all of ${quoted.join(", ")}`;
    const origin =
        maker === "ourselves"
            ? "the name was made here, of the resource's own"
            : "the name comes from the stack's automatic names (pulumi:autonaming)";
    return (
        `${property}: the service refuses ${which}: ${refusal} No program declares this: ${origin}. ` +
        `Declare one that is free in the ${definition.noun}'s arguments, ${property}: "…"`
    );
}

/** Who makes the unique name of a resource where the program declares none. */
export function makerOf(
    definition: ResourceDefinition,
    declared: Properties,
    autonaming: Autonaming | undefined,
): Maker | undefined {
    const unique = uniqueInput(definition);
    if (unique === undefined || metaOf(definition, unique).generatedWithin === undefined) return undefined;
    if ((declared[unique] ?? null) !== null || autonaming?.mode === "disable") return undefined;
    return autonaming?.mode ?? "ourselves";
}
