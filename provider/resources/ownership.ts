/** What only the owner may do, what to tell the one who is not the owner, and how to tell who is in. */
import { isApiError } from "../api/errors";
import type { Makers, VerbContext } from "../core/define";
import { ResourceError } from "../core/errors";
import { forgetCommand } from "../core/import-command";

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

/** Whether an object that a list shows was made by others: whoever makes a workspace or a share owns it. */
export function isOfOthers({ has }: Makers, kind: string, row: { id: string; user_permission?: unknown }): boolean {
    return row.user_permission !== undefined && row.user_permission !== "owner" && !has(kind, row.id);
}

/** The caller's role as an answer shows it: null where it shows a stranger's view, undefined where it does not tell. */
export function roleShown(shown: Record<string, unknown>): string | null | undefined {
    const { user_permission: role, member, created } = shown;
    if (typeof role === "string" && role !== "") return role;
    if (role === null || member === false || member === "false") return null;
    return created === undefined ? null : undefined;
}

/**
 * Whether a denial says that the account is not in there: a credential that is limited, and a policy of the organization,
 * are denied as well, and say nothing about the account. Services that know policies deny by these with 403; earlier ones deny
 * a stranger so.
 */
export async function isOutside(context: VerbContext, error: unknown): Promise<boolean> {
    if (!isApiError(error, "denied") || error.reason !== undefined) return false;
    const { fullAccess, admin } = await context.client.scopes();
    return fullAccess && (error.status === 401 || (error.status === 403 && admin === undefined));
}

function notOurs(context: VerbContext, subject: string, cause?: Error): ResourceError {
    return new ResourceError(
        `this account does not own ${subject} (any more), and only the owner may delete it; it was left alone. ` +
            `If it was handed over, take it out of this stack with ${forgetCommand(context)}`,
        cause === undefined ? undefined : { cause },
    );
}
