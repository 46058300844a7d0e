/** When an object counts as gone: the API said so for it, and its parent, or the account, answered in the same run. */
import { AbortedError } from "../api/errors";
import { type Known, parentOf, type ResourceDefinition, type VerbContext } from "./define";
import { ResourceError } from "./errors";

const nothing: Known = { inputs: {}, outputs: {} };

export class Evidence {
    /** Whether a parent is there: asked once for all that is missing below it. */
    readonly #parents = new Map<string, Promise<boolean>>();

    constructor(private readonly definitions: ReadonlyMap<string, ResourceDefinition>) {}

    /** After a write of ours a parent may not be what it was. */
    drop(): void {
        this.#parents.clear();
    }

    /**
     * Confirms that an object whose own read found nothing is really gone, and throws when that is not certain:
     * a lost permission or a wrong address must never empty a state.
     */
    async confirmGone(context: VerbContext, definition: ResourceDefinition, id: string, known: Known): Promise<void> {
        const above = parentOf(definition, { ...known.outputs, ...known.inputs });
        const parent = above && this.definitions.get(above.kind);
        if (above !== undefined && parent !== undefined) {
            if (await this.#isThere(context, parent, above.id)) return;
            return this.confirmGone(context, parent, above.id, nothing);
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

    #isThere(context: VerbContext, parent: ResourceDefinition, id: string): Promise<boolean> {
        const key = `${parent.kind} ${id}`;
        const ask = async () => (await parent.read(context, id, nothing)) !== undefined;
        const asked = this.#parents.get(key);
        if (asked !== undefined) {
            // That the verb which asked had to end early says nothing about the parent.
            return asked.catch((error) => {
                if (!(error instanceof AbortedError)) throw error;
                return ask();
            });
        }
        const answer = ask();
        this.#parents.set(key, answer);
        answer.catch(() => this.#parents.delete(key));
        return answer;
    }
}
