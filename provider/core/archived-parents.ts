/** Changes of what is archived, and of what lies in it: it is opened for the change and archived again. */
import { isApiError } from "../api/errors";
import { type Properties, parentOf, type Remote, type ResourceDefinition, type VerbContext } from "./define";
import { messageOf } from "./errors";
import type { Session } from "./session";

/** Does a step once more when the parent has been closed meanwhile, after opening it. */
export type Again = <T>(step: () => Promise<T>) => Promise<T>;

export class ArchivedParents {
    constructor(
        private readonly definitions: ReadonlyMap<string, ResourceDefinition>,
        private readonly session: Pick<Session, "exclusively">,
    ) {}

    /** A child of an archived parent can only change while all above it is open: that is opened for it and closed again, one child at a time. */
    async withOpenParent<T>(
        definition: ResourceDefinition,
        context: VerbContext,
        inputs: Properties,
        work: (again: Again) => Promise<T>,
    ): Promise<T> {
        const { kind = "", id: parentId = "" } = parentOf(definition, inputs) ?? {};
        const parent = this.definitions.get(kind);
        try {
            return await work((step) => this.withOpenParent(definition, context, inputs, step));
        } catch (error) {
            if (parent?.archive === undefined || !mayBeArchived(error)) throw error;
            return this.session.exclusively(`open ${parentId}`, async () => {
                const remote = await readable(parent, context, parentId);
                const isArchived = remote?.archived === true;
                const above = remote && this.definitions.get(parentOf(parent, remote)?.kind ?? "");
                if (remote === undefined || (!isArchived && above?.archive === undefined)) throw error;
                let isRefused = !isArchived;
                // What is above the parent may have been open for a neighbour alone, who closes it in between.
                return this.withOpenParent(parent, context, remote, async (above) => {
                    if (isArchived) return opened(parent, context, parentId, () => work(above), above);
                    // What was refused a moment ago is done again only where something above turns out to be archived.
                    if (isRefused) {
                        isRefused = false;
                        throw error;
                    }
                    return work(above);
                });
            });
        }
    }
}

/** Runs the work while an archived object is open. */
export async function opened<T>(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    work: () => Promise<T>,
    again: Again,
): Promise<T> {
    await definition.archive?.(context, id, false);
    try {
        return await work();
    } finally {
        await again(async () => definition.archive?.(context, id, true)).catch((failure) =>
            context.warn(
                `${definition.noun} ${id} was opened for a change and could not be archived again: ${messageOf(failure)} ` +
                    "`pulumi refresh` shows it, and the next `pulumi up` archives it",
            ),
        );
    }
}

/** A change refused because the object turns out to be archived is made after opening it. */
export async function reopened<T>(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    open: () => Promise<void>,
    work: () => Promise<T>,
): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (!(await isRefusedAsArchived(definition, context, id, error))) throw error;
        await open();
        return work();
    }
}

/** Whether an object refuses a change because it is archived. */
export async function isRefusedAsArchived(
    definition: ResourceDefinition,
    context: VerbContext,
    id: string,
    error: unknown,
): Promise<boolean> {
    if (definition.archive === undefined || !mayBeArchived(error)) return false;
    return (await readable(definition, context, id))?.archived === true;
}

/** Not every version of the service tells a restriction from a denial, whatever a verb made of it; whether the object is archived does. */
function mayBeArchived(error: unknown): boolean {
    return (
        isApiError(error, "restricted", "denied", "invalid") || (error instanceof Error && mayBeArchived(error.cause))
    );
}

/** An object as the caller sees it; what stands in the way of reading it matters less than what failed before. */
async function readable(definition: ResourceDefinition, context: VerbContext, id: string): Promise<Remote | undefined> {
    return definition.read(context, id, { inputs: {}, outputs: {} }).catch(() => undefined);
}
