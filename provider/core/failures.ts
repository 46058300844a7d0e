/** What people read when a verb fails: the resource and what was done with it, what the service said, and what to do next. */
import type { ApiClient } from "../api/client";
import { type ApiError, isApiError } from "../api/errors";
import { type Ceiling, type Found, type Known, metaOf, type ResourceDefinition, type VerbContext } from "./define";
import { mayExist, messageOf, PartialFailure, ResourceError } from "./errors";
import { importCommand, importTargetOf } from "./import-command";
import { isNoInsight } from "./insight";
import { describe, withoutSecrets, withProperty } from "./wording";

/** Names the resource and what was being done in every failure, and lets only errors through. */
export async function explained<T>(
    connection: { client(): ApiClient },
    definition: ResourceDefinition,
    doing: string,
    known: Known,
    work: () => Promise<T>,
): Promise<T> {
    try {
        return await work();
    } catch (thrown) {
        const subject = `${doing} ${describe(definition, known.inputs)} failed`;
        const message = withoutSecrets(definition, known, `${subject}: ${withProperty(definition, messageOf(thrown))}`);
        if (thrown instanceof PartialFailure) {
            throw new PartialFailure(thrown.id, thrown.inputs, thrown.outputs, message, { cause: thrown.cause });
        }
        const isGone = doing === "updating" && isApiError(thrown, "not-found");
        const isHidden = doing === "reading" && isNoInsight(thrown);
        const next = isHidden
            ? ` ${await whose(connection.client())} Nothing leaves the state`
            : isGone
              ? " If it is gone, `pulumi refresh` finds that out, and the next `pulumi up` makes it again"
              : "";
        throw new ResourceError(message + next, { cause: thrown });
    }
}

/** Whose view of the service a failure is about. */
async function whose(client: ApiClient): Promise<string> {
    const known = await client.account().catch(() => undefined);
    return known === undefined
        ? `This is what the configured credential sees on ${client.origin}.`
        : `This is what ${known.email ?? "the account"} (account ${known.id}) sees on ${client.origin}.`;
}

/** What an organization must have so that the service takes these properties, in a sentence for each that says so. */
export function needsOf(definition: ResourceDefinition, properties: readonly string[]): string {
    return properties
        .flatMap((name) => metaOf(definition, name).needs ?? [])
        .map((needs) => ` The organization needs ${needs} for it.`)
        .join("");
}

export function notMadeError(properties: readonly string[], more: string, cause?: ApiError): ResourceError {
    const text = `the service accepted ${properties.join(", ")} and did not make the change. ${more}`;
    return new ResourceError(text, cause && { cause });
}

/** The plan, or the service, allows no further one. `further` creates of the same kind are still to come in this run. */
export function beyondPlan({ name, allowed, used, advice }: Ceiling, further: number): ResourceError {
    const plural = further === 1 ? "1 further one is" : `${further} further ones are`;
    return new ResourceError(
        `${advice ? "the service" : "the plan"} allows ${allowed} ${name} and there are ${used}; ` +
            `nothing was requested${further > 0 ? `, and ${plural} to come in this run` : ""}. ` +
            `${advice ?? "Remove what is not needed, or change the organization's plan"}`,
    );
}

/** The service refuses a declared name, and no object is seen that has it. */
export function refusedByName({ noun }: ResourceDefinition, unique: string, name: unknown, error: unknown): string {
    return (
        `${unique}: the service refuses ${JSON.stringify(name)}: ${messageOf(error)}. ` +
        `The name may be reserved, or kept by a closed ${noun}; declare another`
    );
}

export function takenElsewhere(unique: string, name: unknown): ResourceError {
    return new ResourceError(
        `${unique}: ${JSON.stringify(name)} is taken, by somebody else or in another place; declare another`,
    );
}

/** A replacement is made first, and needs the name of the object that it replaces. */
export function hasNameOfReplaced(
    { noun }: ResourceDefinition,
    id: string,
    unique: string,
    name: unknown,
): ResourceError {
    return new ResourceError(
        `${unique}: ${JSON.stringify(name)} is the name of ${noun} ${id}, which this resource has and which is to be replaced: ` +
            `the new one is made before the old one goes. Declare another ${unique}; or set the resource option deleteBeforeReplace, ` +
            `with which the old one goes first, and the new one gets the name only where the service does not keep it for the closed ${noun}`,
    );
}

/** What has the name may hold the work of others. `made` is the name's property where the name was made here. */
export function notTakenOver(
    { kind, noun }: ResourceDefinition,
    context: VerbContext,
    { id, obstacles }: Found,
    made: string | undefined,
): ResourceError {
    return new ResourceError(
        `${noun} ${id} already has this name and cannot be taken over, because ${obstacles.join(" and ")}. ` +
            `If it shall belong to this program, import it: ${importCommand(kind, id, importTargetOf(context.urn))}. ` +
            "If the resource was only renamed in the program, give it an alias with its old name" +
            (made === undefined ? "" : `. Else declare a ${made} of its own: the name was made here`),
    );
}

/** A create whose answer was lost. `seen` tells what one look found; undefined where the kind has no name to look for. */
export function lostAnswer({ noun }: ResourceDefinition, seen: string | undefined, error: unknown): ResourceError {
    const known = seen === undefined ? mayExist : `${seen}; the next \`pulumi up\` looks again before it creates`;
    return new ResourceError(`${messageOf(error)} The ${noun} was requested and the answer was lost; ${known}`, {
        cause: error,
    });
}
