/** The people of an organization, a workspace or a share: members, and those who are invited. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import type { VerbContext } from "../core/define";

/** First segment of the API's paths to what has members. */
export type Segment = "org" | "workspace" | "share";

const invite = z.looseObject({ id: identifier, expires: z.string().nullish(), updated: z.string().nullish() });
const member = z.looseObject({
    /** Of the user; empty where an invitation does not say whose it is. */
    id: z.union([
        identifier,
        z
            .literal("")
            .or(z.null())
            .transform(() => ""),
    ]),
    email_address: z.string().nullish(),
    email: z.string().nullish(),
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
    permissions: z.string().nullish(),
    permission: z.string().nullish(),
    role: z.string().nullish(),
    status: z.string().nullish(),
    expires: z.string().nullish(),
    invite: invite.nullish().catch(null),
});
export type Person = z.infer<typeof member>;

const invitation = z.looseObject({
    id: identifier,
    user_id: identifier.nullish(),
    email: z.string().nullish(),
    email_address: z.string().nullish(),
    invitee_email: z.string().nullish(),
    permissions: z.string().nullish(),
    expires: z.string().nullish(),
    /** When it was last changed, by an answer above all; not every version of the service shows it. */
    updated: z.string().nullish(),
});
/** An invitation as the person who is invited. */
const invitedPerson = invitation.transform(asPerson);
type InvitedPerson = z.infer<typeof invitedPerson>;

interface Addressed {
    email_address?: string | null | undefined;
    email?: string | null | undefined;
    invitee_email?: unknown;
}

export function emailOf({ email_address, email, invitee_email }: Addressed): string {
    return String(email_address ?? email ?? invitee_email ?? "").toLowerCase();
}

export function roleOf({ permissions, permission, role }: Person): string | null {
    return permissions ?? permission ?? role ?? null;
}

export function isPending({ status, invite }: Person): boolean {
    return status === "pending" || (status == null && invite != null);
}

/** Those in the list of members: the owner among them, and not in every version of the service who is invited. */
export function listedIn(
    context: VerbContext,
    segment: Segment,
    parent: string,
    arrived?: (page: readonly Person[]) => void,
): Promise<Person[]> {
    const request = {
        operation: `list the ${segment}'s members`,
        path: [segment, parent, "members", "list"],
        items: "users",
        item: member,
        // Invited people without an account have no id yet.
        identity: (one: Person) => one.id || one.invite?.id || emailOf(one),
    };
    return context.client.list(request, arrived);
}

/** Those whose invitation is open, or was declined. */
export function invitedTo(
    context: VerbContext,
    segment: Segment,
    parent: string,
    state: "pending" | "declined",
    arrived?: (page: readonly Person[]) => void,
): Promise<InvitedPerson[]> {
    const request = {
        operation: `list the ${segment}'s ${state} invitations`,
        path: [segment, parent, "members", "invitations", "list", state],
        items: "invitations",
        item: invitedPerson,
        identity: ({ invite }: InvitedPerson) => invite.id,
    };
    return context.client.list(request, arrived);
}

/** Everybody, the owner and invited people included. */
export async function membersOf(context: VerbContext, segment: Segment, parent: string): Promise<Person[]> {
    const list = () => listedIn(context, segment, parent);
    let first: Person[] | undefined;
    const hasInvited = await context.remember("whether lists of members have the invited people", async () => {
        first = await list();
        // Only those lists tell everybody's status; an empty one tells nothing.
        return first.length > 0 && first.every(({ status }) => status != null);
    });
    if (hasInvited) return first ?? list();
    // Invitations first: somebody who accepts between the two lists is in one of them.
    const invited: Person[] = await invitedTo(context, segment, parent, "pending");
    const joined = await list();
    return [...joined, ...invited.filter((one) => !joined.some((other) => isSame(one, other)))];
}

/** Whether an answer about one person shows all that a list does. */
export function isWhole(person: Person): boolean {
    const { status, expires, first_name: firstName, invite } = person;
    if (roleOf(person) === null || status == null) return false;
    return isPending(person) ? invite != null : expires !== undefined && firstName !== undefined;
}

/** One member by the user's id; undefined when the service does not show one there, or not all of it. */
export async function personWith(
    context: VerbContext,
    segment: Segment,
    parent: string,
    userId: string,
): Promise<Person | undefined> {
    try {
        const shown = await context.client.request({
            operation: `read the ${segment}'s member`,
            method: "GET",
            path: [segment, parent, "member", userId, "details"],
            kind: "read",
            answer: wrapped(["member", "user"], member).optional().catch(undefined),
        });
        return shown?.id === userId && isWhole(shown) ? shown : undefined;
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        throw error;
    }
}

/** The answer to adding or inviting somebody; no version promises more than a success. */
export const added = z
    .object({ member: member.nullish().catch(undefined), invitation: invitedPerson.nullish().catch(undefined) })
    .catch({})
    .transform(({ member: joined, invitation: invited }): Person | undefined => joined ?? invited ?? undefined);

function isSame(one: Person, other: Person): boolean {
    return one.id === "" ? emailOf(one) === emailOf(other) : one.id === other.id;
}

function asPerson({ id, user_id, permissions, expires, updated, ...rest }: z.infer<typeof invitation>) {
    return {
        id: user_id ?? "",
        email: emailOf(rest),
        permissions,
        status: "pending",
        invite: { id, expires, updated },
    };
}
