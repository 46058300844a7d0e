/** How a person stands in an organization, a workspace or a share: active, invited, or out by an end that came or an answer. */
import type { Known, Properties, Remote, VerbContext } from "../core/define";
import { isPast } from "../core/ends";
import { toRfc3339 } from "../core/wire";
import { emailOf, isPending, type Person, roleOf } from "./people";

/** What the answers of the three kinds of parents have different names for. */
export interface Spelling {
    parentInput: string;
    /** The parent's spelling of the notification key. */
    notifyKey: "notifications" | "notify_options";
}

export function split(id: string) {
    const [parent = "", person = ""] = id.split("/");
    return { parent, person, byEmail: person.includes("@") };
}

/** A member as properties, under the id that was given to it. */
export function memberRemote({ parentInput, notifyKey }: Spelling, member: Person, id: string): Remote {
    const { parent, person, byEmail } = split(id);
    const pending = isPending(member);
    const settings = pending ? {} : { expires: member.expires ? toRfc3339(member.expires) : null };
    const notify = member[notifyKey] ?? member.notify_options ?? member.notifications;
    return {
        [parentInput]: parent,
        // Both, so that it is known for the same person however it was declared.
        email: emailOf(member) || (byEmail ? person : null),
        userId: member.id || null,
        role: roleOf(member),
        ...settings,
        ...(pending || notify === undefined ? {} : { notifyOptions: notify }),
        status: pending ? "pending" : "active",
        // Lists of invitations have no names.
        firstName: pending ? null : (member.first_name ?? null),
        lastName: pending ? null : (member.last_name ?? null),
        invitationId: pending ? (member.invite?.id ?? null) : null,
        invitationExpiresAt: pending && member.invite?.expires ? toRfc3339(member.invite.expires) : null,
        endedAt: null,
    };
}

/** By the service's clock: who is listed after the end came is out all the same. */
export function withExpiry(context: VerbContext, remote: Remote, declared: Properties = {}): Remote {
    const endedAt = endOfListed(context, remote, declared);
    return endedAt === undefined ? remote : { ...remote, status: "expired", endedAt };
}

function endOfListed(context: VerbContext, remote: Remote, declared: Properties): unknown {
    const hasCome = (date: unknown) => isPast(date, context.client.serviceNow());
    const { status, expires, invitationExpiresAt } = remote;
    // An end that nobody declared is the service's business as long as it lists the person.
    if (status === "active") return declared.expires !== undefined && hasCome(expires) ? expires : undefined;
    if (hasCome(declared.expires)) return toRfc3339(String(declared.expires));
    return hasCome(invitationExpiresAt) ? invitationExpiresAt : undefined;
}

/** The earliest declared end that has come, of a membership or also of an invitation that nobody has answered. */
export function declaredEnd(context: VerbContext, declared: Properties, isOpen: boolean): string | undefined {
    const ends = [declared.expires, ...(isOpen ? [declared.invitationExpires] : [])];
    return ends
        .filter((date) => isPast(date, context.client.serviceNow()))
        .map((date) => toRfc3339(String(date)))
        .sort()[0];
}

/** What is left of somebody who is in no list: nothing where no end and no answer explains that. */
export function unlistedPerson(
    context: VerbContext,
    id: string,
    known: Known,
    parentInput: string,
): Remote | undefined {
    const { status, endedAt, invitationExpiresAt } = known.outputs;
    const out = (as: "expired" | "declined", since: unknown) => personOut(known, id, parentInput, as, since);
    if (status === "declined") return out("declined", endedAt);
    const isOpen = status !== "active";
    const end = declaredEnd(context, known.inputs, isOpen);
    if (end !== undefined) return out("expired", end);
    const ranOut = status === "expired" || isPast(invitationExpiresAt, context.client.serviceNow());
    return isOpen && ranOut ? out("expired", endedAt ?? invitationExpiresAt) : undefined;
}

/** What is known of somebody who is out, and whose resource stays. */
export function personOut(
    { outputs }: Known,
    id: string,
    parentInput: string,
    status: "declined" | "expired",
    since: unknown,
): Remote {
    // What is left of an expired invitation is revoked with the resource.
    const answered = status === "declined" ? { invitationId: null, invitationExpiresAt: null } : {};
    return { ...outputs, [parentInput]: split(id).parent, status, endedAt: since ?? null, ...answered };
}

/** Whether the person is out because an end came that these inputs declare: that is what was wished for. */
export function endedAsDeclared({ endedAt, invitationExpiresAt }: Properties, declared: Properties): boolean {
    const ended = endedAt ?? invitationExpiresAt;
    if (typeof ended !== "string") return false;
    return [declared.expires, declared.invitationExpires].some((end) => isPast(end, Date.parse(ended)));
}

/** What a refresh says of somebody who is out and is left alone. */
export function noticeOf(id: string, noun: string, { inputs, outputs }: Known): string | undefined {
    const { parent, person } = split(id);
    const { status, endedAt } = outputs;
    const since = typeof endedAt === "string" ? ` ${endedAt}` : "";
    if (status === "declined") {
        return (
            `${person} has declined the invitation to ${noun} ${parent}${since && `, since${since}`}, and is not asked again. ` +
            "Take the resource out of the program, or change its role or message, which invites again"
        );
    }
    if (status !== "expired" || !endedAsDeclared(outputs, inputs)) return undefined;
    const isMembership = isPast(inputs.expires, Date.parse(String(endedAt)));
    const [what, property] = isMembership
        ? [`the access of ${person} to ${noun} ${parent} has ended`, "expires"]
        : [
              `nobody has answered the invitation of ${person} to ${noun} ${parent}, which has ended`,
              "invitationExpires",
          ];
    return (
        `${what} as declared,${since && ` since${since}`}. ` +
        `Take the resource out of the program, or give a later end in ${property}, which invites again`
    );
}
