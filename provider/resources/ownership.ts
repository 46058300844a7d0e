/** What only the owner may do, and what to tell the one who is not the owner any more. */
import { isApiError } from "../api/errors";
import type { VerbContext } from "../core/define";
import { ResourceError } from "../core/errors";

/** Throws when the caller's permission on an object of ours is known and is not the owner's. */
export function requireOwner(context: VerbContext, subject: string, permission: unknown): void {
    if (typeof permission === "string" && permission !== "owner") throw notOurs(context, subject);
}

/** Runs a request that only the owner may make, and explains a denial. */
export async function asOwner<T>(context: VerbContext, subject: string, work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (isApiError(error, "denied")) throw notOurs(context, subject, error);
        throw error;
    }
}

function notOurs(context: VerbContext, subject: string, cause?: Error): ResourceError {
    const forget = context.urn === undefined ? "`pulumi state delete`" : `\`pulumi state delete '${context.urn}'\``;
    return new ResourceError(
        `this account does not own ${subject} (any more), and only the owner may delete it; it was left alone. ` +
            `If it was handed over, take it out of this stack with ${forget}`,
        cause === undefined ? undefined : { cause },
    );
}
