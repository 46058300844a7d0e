/** Where renames and creates meet the names of other objects: what a resource holds by the state, and what a refusal is about. */
import { isApiError, isTaken } from "../api/errors";
import { isRefusedAsArchived, opened } from "./archived-parents";
import { composed } from "./compare";
import { type Known, metaOf, type Properties, type ResourceDefinition, uniqueInputs, type VerbContext } from "./define";
import type { DiffResult } from "./diff";
import { messageOf, ResourceError } from "./errors";
import { logicalName } from "./naming";
import type { Renames, Way } from "./renames";

/** How many names a verb tries, or has others make room for. */
export const mostNames = 5;

/** How an object is called among all of this run. */
export function objectName({ kind }: Pick<ResourceDefinition, "kind">, id: string): string {
    return `${kind} ${id}`;
}

/** How a unique name is called among all of this run. */
export function uniqueName(definition: ResourceDefinition, property: string, value: unknown): string {
    const { normalise = String } = metaOf(definition, property);
    return `${definition.kind}.${property} ${String(normalise(composed(value)))}`;
}

/** Tells what names an object has by the state, and which of them it gives up by the difference. */
export function noteNames(
    renames: Renames,
    definition: ResourceDefinition,
    id: string,
    known: Known,
    resource: string,
    { differences, replaces }: Pick<DiffResult, "differences" | "replaces">,
): void {
    const held = uniqueInputs(definition).flatMap((property) => {
        const value = known.outputs[property] ?? known.inputs[property];
        return typeof value === "string" ? [{ name: uniqueName(definition, property, value), by: [property] }] : [];
    });
    const object = objectName(definition, id);
    if (definition.named !== undefined) held.push({ name: object, by: [...definition.named] });
    const changed = new Set(differences.map(({ property }) => property));
    const givesUp = held.filter(({ by }) => replaces.length > 0 || by.some((property) => changed.has(property)));
    if (held.length === 0) return;
    renames.note(
        object,
        resource,
        held.map(({ name }) => name),
        givesUp.map(({ name }) => name),
    );
}

/** The unique property of a form that the service refuses as taken, or may refuse so. */
export function refusedName(definition: ResourceDefinition, set: Properties, error: unknown): string | undefined {
    const sent = uniqueInputs(definition).filter((property) => typeof set[property] === "string");
    const isNamed = (property: string) => messageOf(error).includes(definition.wire[property] ?? property);
    if (isTaken(error)) return sent.find(isNamed) ?? sent[0];
    return isApiError(error, "invalid") ? sent.find(isNamed) : undefined;
}

/** What to do about a name that an object of this program has, or may have. */
export function inTheWay(way: Exclude<Way, { is: "free" }>, what = "this name"): string {
    return way.is === "kept"
        ? `It belongs to ${JSON.stringify(logicalName(way.by))}, a resource of this program that keeps ${what}. Declare another for one of the two`
        : `If a resource of this program has ${what} and is to get another, this run did not know that in time, and it takes two steps: ` +
              "give that one its new name and run `pulumi up`; then give this one the name and run it again";
}

/**
 * A write refused because of a unique name is made once what has that name and is to get another has made room. `own` is
 * the object that is written, and a create has none.
 */
export async function withRoom<T>(
    definition: ResourceDefinition,
    context: VerbContext,
    own: string | undefined,
    set: Properties,
    work: () => Promise<T>,
    mayMove: (property: string) => boolean = () => true,
): Promise<T> {
    for (let round = 1; ; round += 1) {
        try {
            return await work();
        } catch (error) {
            const property = refusedName(definition, set, error);
            if (property === undefined || !mayMove(property)) throw error;
            const way = await makeWay(definition, context, property, set[property], own);
            if (way.is === "free" && round < mostNames) continue;
            if (way.is === "free") throw error;
            throw new ResourceError(`${property}: ${messageOf(error)} ${inTheWay(way)}`, { cause: error });
        }
    }
}

/** Has an object give up a unique name that it is to lose in this run. */
export function makeWay(
    definition: ResourceDefinition,
    context: VerbContext,
    property: string,
    value: unknown,
    own: string | undefined,
    patient = true,
): Promise<Way> {
    const setAside = async (object: string, temporary: string) => {
        const id = object.slice(definition.kind.length + 1);
        const nothing = { inputs: {}, outputs: {} };
        const change = { set: { [property]: temporary }, clear: [], inputs: {}, known: nothing };
        const rename = () => definition.update(context, id, change);
        context.info(
            `${definition.noun} ${id} has the ${property} ${JSON.stringify(value)}, and is to get another: a temporary one until its own update`,
        );
        try {
            await rename();
        } catch (error) {
            if (isApiError(error, "not-found")) return;
            if (!(await isRefusedAsArchived(definition, context, id, error))) throw error;
            await opened(definition, context, id, rename, (step) => step());
        }
    };
    const name = uniqueName(definition, property, value);
    const sleep = patient ? (ms: number) => context.client.sleep(ms) : undefined;
    return context.renames.makeWay(name, own, sleep, setAside);
}
