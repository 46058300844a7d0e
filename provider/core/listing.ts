/** The objects of a kind that an account can see: what `pulumi do … list` asks for. */
import { isApiError } from "../api/errors";
import type { CheckFailure } from "./check";
import { sameValue } from "./compare";
import {
    innerSchema,
    type Listed,
    metaOf,
    type Properties,
    parentsOf,
    propertyNames,
    type ResourceDefinition,
    type VerbContext,
} from "./define";

/** What a kind without a parent is listed under. */
const account = { kind: "Account", id: "me" };

/** The inputs by which a list is narrowed: the parent's id, and other ids of which the object holds one. */
export function listInputs(definition: ResourceDefinition): string[] {
    const parents = parentsOf(definition).map(({ input }) => input);
    const others = propertyNames(definition.inputs).filter((name) => metaOf(definition, name).reference === "Folder");
    return [...new Set([...parents, ...others])];
}

/** What is wrong with a query, by property. */
export function queryFailures(definition: ResourceDefinition, query: Properties): CheckFailure[] {
    const known = listInputs(definition);
    const parents = parentsOf(definition).flatMap(({ input }) => (input in query ? [input] : []));
    const [first, second] = parents;
    if (first !== undefined && second !== undefined)
        return [{ property: first, reason: `cannot be given together with ${second}` }];
    return Object.entries(query).flatMap(([property, value]) => {
        if (!known.includes(property)) {
            const choice = known.length === 0 ? "takes no inputs" : `is narrowed by ${known.join(", ")} only`;
            return [{ property, reason: `is unknown: a list of ${definition.noun}s ${choice}` }];
        }
        const checked = innerSchema(definition.inputs.shape[property]).safeParse(value);
        return checked.success ? [] : [{ property, reason: checked.error.issues[0]?.message ?? "is not valid" }];
    });
}

/** Every object of the kind that the query describes, in the order of the ids. Without a parent in it, those under all parents. */
export async function listObjects(
    definitions: ReadonlyMap<string, ResourceDefinition>,
    context: VerbContext,
    definition: ResourceDefinition,
    query: Properties,
): Promise<Listed[]> {
    const parents = parentsOf(definition);
    const given = parents.find(({ input }) => input in query);
    const rows =
        given === undefined
            ? await underAll(definitions, context, definition)
            : await under(context, definition, given.kind, String(query[given.input]));
    const filters = Object.entries(query).filter(([name]) => name !== given?.input);
    const kept = await Promise.all(rows.map((row) => matches(context, definition, row, filters)));
    const unique = new Map(rows.filter((_, index) => kept[index]).map((row) => [row.id, row]));
    return [...unique.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

async function underAll(
    definitions: ReadonlyMap<string, ResourceDefinition>,
    context: VerbContext,
    definition: ResourceDefinition,
): Promise<Listed[]> {
    const parents = parentsOf(definition);
    if (parents.length === 0) return (await definition.list?.(context, account)) ?? [];
    const listed: Listed[] = [];
    for (const { kind } of parents) {
        const above = definitions.get(kind);
        for (const { id } of above === undefined ? [] : await underAll(definitions, context, above)) {
            try {
                listed.push(...(await under(context, definition, kind, id)));
            } catch (error) {
                if (!isApiError(error, "denied")) throw error;
                const place = above?.noun ?? kind;
                context.warn(`the ${definition.noun}s of ${place} ${id} are left out: ${error.message}`);
            }
        }
    }
    return listed;
}

async function under(context: VerbContext, definition: ResourceDefinition, kind: string, id: string) {
    return (await definition.list?.(context, { kind, id })) ?? [];
}

/** A list need not show everything of an object; what it leaves out is read. */
async function matches(
    context: VerbContext,
    definition: ResourceDefinition,
    { id, remote }: Listed,
    filters: [string, unknown][],
): Promise<boolean> {
    if (filters.length === 0) return true;
    const isShown = filters.every(([name]) => name in remote);
    const shown = isShown ? remote : await definition.read(context, id, { inputs: {}, outputs: {} });
    return shown !== undefined && filters.every(([name, value]) => sameValue(definition, name, shown[name], value));
}
