/** What an answer tells somebody without access: less than the object is, and nothing of what became of it. */
import { isApiError } from "../api/errors";
import { type Known, metaOf, propertyNames, type Remote, type ResourceDefinition } from "./define";
import { ResourceError } from "./errors";

/** The service shows this account no more of an object than anybody may see. */
export class NoInsight extends ResourceError {
    constructor({ noun }: { noun: string }) {
        super(
            `the service shows of the ${noun} only what strangers see of it: this account has no access to it (any more).`,
        );
    }
}

/** Whether a failure may come from having no access, rather than from the object or from the way to the service. */
export function isNoInsight(error: unknown): boolean {
    return isApiError(error, "denied", "restricted", "not-found") || error instanceof NoInsight;
}

/**
 * Throws when an answer lacks everything that stays the same as long as the object lives: the service shows strangers a part
 * of an object, with nothing in place of the rest, and that is no news of the object.
 */
export function requireInsight(definition: ResourceDefinition, { outputs }: Known, remote: Remote): void {
    const fixed = propertyNames(definition.outputs).filter(
        (name) => metaOf(definition, name).fixed && outputs[name] !== undefined,
    );
    if (fixed.length > 0 && fixed.every((name) => (remote[name] ?? null) === null)) throw new NoInsight(definition);
}
