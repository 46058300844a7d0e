/** When an object counts as gone: the API said so for it, and its parent, or the account, answered in the same run. */
import { type Known, parentOf, type ResourceDefinition, type VerbContext } from "./define";
import { ResourceError } from "./errors";

/**
 * Confirms that an object whose own read found nothing is really gone, and throws when that is not certain:
 * a lost permission or a wrong address must never empty a state.
 */
export async function confirmGone(
    definitions: ReadonlyMap<string, ResourceDefinition>,
    context: VerbContext,
    definition: ResourceDefinition,
    id: string,
    known: Known,
): Promise<void> {
    const above = parentOf(definition, { ...known.outputs, ...known.inputs });
    const parent = above && definitions.get(above.kind);
    if (above !== undefined && parent !== undefined) {
        const nothing = { inputs: {}, outputs: {} };
        if ((await parent.read(context, above.id, nothing)) !== undefined) return;
        return confirmGone(definitions, context, parent, above.id, nothing);
    }
    if (definition.listed === undefined) {
        throw new ResourceError(
            `the service does not show ${definition.noun} ${id}, and nothing confirms that it is gone; it stays in the state`,
        );
    }
    if (await definition.listed(context, id)) {
        throw new ResourceError(
            `the service answers "not found" for ${definition.noun} ${id} but still lists it for this account; ` +
                "it stays in the state, refresh again later",
        );
    }
}
