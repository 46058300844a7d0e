/** One object, one resource: two resources of a program that are the same thing would undo each other's work in every run. */
import type { CheckFailure } from "./check";
import { type Known, metaOf, type Properties, propertyNames, type ResourceDefinition, uniqueInput } from "./define";
import { ResourceError } from "./errors";
import { logicalName } from "./naming";
import type { Session } from "./session";
import { resourceKey } from "./state";
import { containsUnknown } from "./unknown";

/** The second declaration of what another resource declares, as far as the inputs alone tell that. */
export function declaredTwice(
    session: Session,
    definition: ResourceDefinition,
    inputs: Properties,
    resource: string,
): CheckFailure[] {
    if (definition.idOf === undefined) return [];
    const naming = propertyNames(definition.inputs).filter((name) => {
        const { identity, reference } = metaOf(definition, name);
        return (identity || reference !== undefined) && inputs[name] !== undefined;
    });
    if (containsUnknown(naming.map((name) => inputs[name]))) return [];
    const other = session.declare(`${definition.kind} ${definition.idOf(inputs)}`, resource);
    if (other === undefined) return [];
    const property = naming.find((name) => metaOf(definition, name).identity) ?? "";
    return [{ property, reason: sameThing(definition, other, resource) }];
}

/** What this run made, changed or left alone for one resource does not become another one's as well. */
export function refuseSecondOwner(
    session: Session,
    definition: ResourceDefinition,
    { id, remote = {} }: { id: string; remote?: Properties | undefined },
    inputs: Properties,
): void {
    const owner = session.ownerOf(identitiesOf(definition, id, { inputs, outputs: remote }))?.[resourceKey];
    const resource = inputs[resourceKey];
    if (typeof owner !== "string" || typeof resource !== "string" || owner === resource) return;
    throw new ResourceError(sameThing(definition, owner, resource));
}

/** The names under which this process knows an object. */
export function identitiesOf(definition: ResourceDefinition, id: string, known: Known): string[] {
    return (definition.identities?.(id, known) ?? [id]).map((identity) => `${definition.kind} ${identity}`);
}

function sameThing(definition: ResourceDefinition, other: string, resource: string): string {
    const unique = uniqueInput(definition);
    const [first, second] = [other, resource].map((urn) => JSON.stringify(logicalName(urn)));
    return `the resources ${first} and ${second} of this program are the same ${definition.noun}: remove one of them${unique === undefined ? "" : `, or declare another ${unique}`}`;
}
