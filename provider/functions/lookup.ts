/** How an object is looked up by its id or by its name. */
import * as z from "zod";
import type { Properties } from "../core/define";
import { ResourceError } from "../core/errors";

interface Shown extends Record<string, unknown> {
    id: string;
}

export interface Lookup<T extends Shown> {
    /** As in sentences: "workspace". */
    noun: string;
    /** The argument that holds a name, and the API's key of that name. */
    nameInput: string;
    nameKey: string;
    /** The object that answers to an id or a name. */
    details(idOrName: string): Promise<T | undefined>;
    /** Everything of the kind that the account can list. */
    list(): Promise<Shown[]>;
}

const looksLikeId = /^[0-9]{19}$/;

/** The id by which an object is looked up. */
export function idArgument(noun: string) {
    return z
        .string()
        .regex(looksLikeId, { error: `must be the 19-digit id of ${noun}` })
        .meta({ description: `Id of ${noun}, 19 digits.` })
        .optional();
}

/** The one object that the arguments name; it is an error when there is none, and when there are several. */
export async function lookUp<T extends Shown>(lookup: Lookup<T>, args: Properties): Promise<T> {
    const { noun, nameInput, details } = lookup;
    const property = args.id === undefined ? nameInput : "id";
    const wanted = String(args[property]);
    const found = property === "id" ? await details(wanted) : await byName(lookup, wanted);
    if (found !== undefined) return found;
    throw new ResourceError(
        `there is no ${noun} with the ${property} ${JSON.stringify(wanted)} that this account can see; ` +
            `check the ${property}, and that the account is a member`,
    );
}

async function byName<T extends Shown>(
    { noun, nameInput, nameKey, details, list }: Lookup<T>,
    wanted: string,
): Promise<T | undefined> {
    // What looks like an id, the service takes for one.
    const direct = looksLikeId.test(wanted) ? undefined : await details(wanted);
    if (direct !== undefined) return direct;
    const isNamed = (one: Shown) => String(one[nameKey] ?? "").toLowerCase() === wanted.toLowerCase();
    const named = (await list()).filter(isNamed);
    const [only, ...others] = named;
    if (others.length > 0)
        throw new ResourceError(
            `the ${nameInput} ${JSON.stringify(wanted)} matches several: ` +
                `${named.map(({ id }) => `${noun} ${id}`).join(", ")}. Look the right one up by its id`,
        );
    return only && details(only.id);
}
