/** What forbids a delete: of an object itself, and before it of everything that goes with what lies above. */
import { isApiError } from "../api/errors";
import type { Known, ResourceDefinition, VerbContext } from "./define";
import { parentsOf } from "./define";
import { ResourceError } from "./errors";
import { uploadMark } from "./naming";
import type { Place, Places } from "./places";

const forced =
    "set forceDestroy: true on it, run `pulumi up` for that alone, because a delete works with what the state holds, and then delete";

/** Throws when the object holds what its delete would take along. */
export async function refuseGuarded(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    known: Known,
): Promise<void> {
    if (known.inputs.forceDestroy === true || known.outputs.forceDestroy === true) return;
    const inTheWay = (await definition.guard?.(context, id, known)) ?? [];
    if (inTheWay.length === 0) return;
    throw new ResourceError(
        `it still holds ${inTheWay.join(", ")}, and a delete would take that along. Empty it first; or ${forced} it`,
    );
}

/**
 * Throws when something above goes as well, as far as anybody can know, and would refuse that: the engine deletes what is
 * below first, and after a refusal nothing shall have changed. What the program keeps above takes nothing along. Each is
 * asked once, before the first delete below it.
 */
export async function refuseBelowGuarded(
    definitions: ReadonlyMap<string, ResourceDefinition>,
    places: Places,
    definition: ResourceDefinition,
    context: VerbContext,
    place: Place,
    { inputs }: Known,
): Promise<void> {
    const makers = { has: (kind: string, id: string) => places.has(kind, id), mark: uploadMark(context.urn) };
    const within = Object.fromEntries(parentsOf(definition).map(({ input }) => [input, inputs[input]]));
    for (const name of place.above ?? []) {
        const [kind = "", id = ""] = name.split(" ");
        const above = definitions.get(kind);
        if (above?.guard === undefined || places.isKept(name) || places.isUnguarded(name, place)) continue;
        const inTheWay = await context.remember(`in the way of ${name}`, async () => {
            try {
                return await above.guard?.(context, id, { inputs: within, outputs: {} }, makers);
            } catch (error) {
                if (!isApiError(error, "not-found")) throw error;
                return undefined;
            }
        });
        if (inTheWay === undefined || inTheWay.length === 0) continue;
        throw new ResourceError(
            `the ${above.noun} ${id} above it holds ${inTheWay.join(", ")} that this stack did not make, so a delete of the ${above.noun} would be ` +
                "refused, and nothing below it is deleted either. To take this one out alone, remove it from the program and run `pulumi up`. " +
                `To delete all of it, empty the ${above.noun} first; or ${forced}. Where the state does hold what is named, because it was imported, ` +
                "`pulumi destroy --refresh` sees that",
        );
    }
}
