/** What the members of workspaces, shares and organizations have in common: people, roles, and invitations with their states. */
import * as z from "zod";
import { isApiError, isTaken } from "../api/errors";
import {
    defineResource,
    type Known,
    type Listed,
    type Properties,
    type Remote,
    type ResourceDefinition,
    type VerbContext,
} from "../core/define";
import { messageOf, ResourceError } from "../core/errors";
import { forgetCommand } from "../core/import-command";
import { dateTime, emailAddress, longId, parentId, phrase, plainText } from "../core/properties";
import { siblings } from "../core/siblings";
import { toForm, toRfc3339 } from "../core/wire";
import { derived } from "../derived";
import {
    declaredEnd,
    endedAsDeclared,
    memberRemote,
    noticeOf,
    personOut,
    type Spelling,
    split,
    unlistedPerson,
    withExpiry,
} from "./membership";
import {
    added,
    emailOf,
    invitedTo,
    isPending,
    isWhole,
    listedIn,
    membersOf,
    type Person,
    personWith,
    roleOf,
} from "./people";
import { memberNotify } from "./phrases";

export interface MemberOf extends Spelling {
    kind: string;
    parentKind: string;
    /** The parent as in sentences, with its article: "a workspace". */
    parentNoun: string;
    /** First segment of the API's paths. */
    segment: "org" | "workspace" | "share";
    /** How a program looks the parent's id up by name. */
    lookUp: string;
    roles: readonly [string, ...string[]];
    roleEnum: string;
    /** How many members the plan allows; undefined when there is no limit or it cannot be seen. */
    limit?(context: VerbContext, parent: string): Promise<number | undefined>;
}

const nothing: Known = { inputs: {}, outputs: {} };

/** Who is in what was just made. Whoever it is, no program can declare them: the service refuses that. */
const owner: Person = { id: "", permissions: "owner" };

/** One definition of a member for each kind of parent. */
export function memberDefinition(of: MemberOf): ResourceDefinition {
    const { segment, parentInput } = of;
    const noun = segment === "org" ? "organization" : segment;
    const listMembers = (context: VerbContext, parent: string) => membersOf(context, segment, parent);
    /** For the looks at the plan's limit and for the people of all creates. */
    const everybody = (context: VerbContext, parent: string) =>
        siblings(
            context,
            `members of ${segment} ${parent}`,
            (context) => listMembers(context, parent),
            context.isNew(of.parentKind, parent) ? [owner] : undefined,
        );

    const inputs = z.object({
        [parentInput]: parentId(of.parentNoun, of.lookUp).meta({
            immutable: true,
            reference: of.parentKind,
            description: `Id of ${of.parentNoun}: the \`id\` output of ${/^[AEIO]/.test(of.parentKind) ? "an" : "a"} \`${of.parentKind}\`.`,
        }),
        email: emailAddress()
            .meta({
                immutable: true,
                identity: true,
                openInId: { instead: "userId" },
                description:
                    "E-mail address of the person, compared without case. Somebody without an account is invited. Exactly one of `email` and `userId`.",
            })
            .optional(),
        userId: z
            .string()
            .regex(longId, { error: "must be a 19-digit user id" })
            .meta({
                immutable: true,
                identity: true,
                description:
                    "Id of the person's account, 19 digits. Exactly one of `email` and `userId`. As an output: the id, also of somebody declared by e-mail.",
            })
            .optional(),
        role: phrase(of.roleEnum, of.roles).meta({
            description: `What the person may do: ${of.roles.map((role) => `\`${role}\``).join(", ")}. The owner cannot be declared.`,
        }),
        expires: dateTime()
            .meta({
                end: "kept",
                description:
                    "When the membership ends by itself, RFC 3339 or `YYYY-MM-DD HH:MM:SS` in UTC. Once it has come the resource stays, with the status " +
                    "`expired`, and nobody is added or invited; a later end adds or invites again. A date that has passed is refused when it is new. Removing it clears it.",
            })
            .optional(),
        notifyOptions: phrase("MemberNotify", memberNotify)
            .meta({
                reset: "keep",
                description:
                    "How the person is told of what happens. It cannot be cleared: removing it from the program leaves it as it is.",
            })
            .optional(),
        message: plainText(10, 255, true)
            .meta({
                providerOnly: true,
                description:
                    "Text of the invitation, 10 to 255 characters; used when somebody is invited. Somebody who declined is asked again when it changes.",
            })
            .optional(),
        invitationExpires: dateTime()
            .meta({
                end: "kept",
                writeOnly: true,
                reset: "keep",
                description:
                    "When an invitation that nobody has answered ends, RFC 3339 or `YYYY-MM-DD HH:MM:SS` in UTC. Once it has come the resource stays, with the status " +
                    "`expired`, and nobody is invited again; a later end invites somebody anew who has not joined. A date that has passed is refused when it is new.",
            })
            .optional(),
    });

    const outputs = z.object({
        status: z.string().meta({
            description:
                "`active`, `pending` (invited), `expired` or `declined`. Somebody whose invitation ran out is invited again by the next `pulumi up` after a refresh, " +
                "unless the program declares that end. Somebody who declined is asked again when the role or the message changes.",
        }),
        firstName: z.string().meta({ description: "First name of the person's account." }).optional(),
        lastName: z.string().meta({ description: "Last name of the person's account." }).optional(),
        invitationId: z
            .string()
            .meta({ description: "Id of the invitation until it is accepted or declined." })
            .optional(),
        invitationExpiresAt: z.string().meta({ description: "When the invitation ends, RFC 3339." }).optional(),
        endedAt: z
            .string()
            .meta({
                description:
                    "With the status `expired`: when the membership or the invitation ended. With `declined`: when that was answered, or first seen. RFC 3339.",
            })
            .optional(),
    });

    const wire = {
        role: "permissions",
        expires: "expires",
        notifyOptions: of.notifyKey,
        message: "message",
        invitationExpires: "invitation_expires",
    };

    const parentOf = (properties: Properties) => String(properties[parentInput]);
    function personOf(rows: readonly Person[], id: string, known: Known): Person | undefined {
        const { person, byEmail } = split(id);
        const userId = known.outputs.userId ?? (byEmail ? undefined : person);
        return rows.find((one) => one.id === userId) ?? rows.find((one) => byEmail && emailOf(one) === person);
    }

    /** The person as the service shows them now: by the user's id where it is known, else in the list. */
    async function look(context: VerbContext, id: string, known: Known): Promise<Person | undefined> {
        const { parent, person, byEmail } = split(id);
        const { userId = byEmail ? undefined : person } = known.outputs;
        const shown = typeof userId === "string" ? await personWith(context, segment, parent, userId) : undefined;
        return shown ?? personOf(await listMembers(context, parent), id, known);
    }

    /**
     * What is done with somebody who was a member when last seen is asked for at once. Else, and where the service refuses
     * it, a look tells what the person is now.
     */
    async function withMember<T>(
        context: VerbContext,
        id: string,
        known: Known,
        work: (userId: string) => Promise<T>,
    ): Promise<{ done: T } | { person: Person | undefined }> {
        const { status, userId } = known.outputs;
        let refusal: unknown;
        if (status === "active" && typeof userId === "string") {
            try {
                return { done: await work(userId) };
            } catch (error) {
                if (!isApiError(error, "not-found", "denied", "restricted", "conflict", "invalid")) throw error;
                refusal = error;
            }
        }
        const person = await look(context, id, known);
        refuseOwner(context, person);
        if (person === undefined || isPending(person)) return { person };
        if (refusal !== undefined && person.id === userId) throw refusal;
        return { done: await work(person.id) };
    }

    function refuseOwner(context: VerbContext, member: Person | undefined): void {
        if (member === undefined || roleOf(member) !== "owner") return;
        throw new ResourceError(
            `${emailOf(member) || `user ${member.id}`} is the owner of the ${noun}: the owner's membership cannot be ` +
                `declared, changed or removed. Remove the resource from the program, or take it out of the stack with ${forgetCommand(context)}`,
        );
    }

    /** Those who declined an invitation, as rows of a list: one for all invitations to an address. */
    async function listDeclined(context: VerbContext, parent: string): Promise<Listed[]> {
        const declined = await invitedTo(context, segment, parent, "declined");
        return [...Map.groupBy(declined, emailOf)].map(([address, theirs]) => ({
            id: `${parent}/${address}`,
            remote: { status: "declined" },
            shown({ client }, id, known) {
                const { invitationId, status, endedAt } = known.outputs;
                const answered = theirs.find(({ invite }) => (invitationId ?? invite.id) === invite.id);
                if (answered === undefined) return undefined;
                const { updated } = answered.invite;
                const first = status === "declined" && endedAt ? endedAt : new Date(client.serviceNow()).toISOString();
                return personOut(known, id, parentInput, "declined", toRfc3339(String(updated ?? first)));
            },
        }));
    }

    async function invitePerson(
        context: VerbContext,
        parent: string,
        person: string,
        declared: Properties,
        kind: "create" | "write",
        clear: readonly string[] = [],
    ): Promise<Person | undefined> {
        const { role, expires, notifyOptions, message, invitationExpires } = declared;
        try {
            return await context.client.request({
                operation: `add the member to the ${segment}`,
                method: "POST",
                path: [segment, parent, "members", person],
                form: toForm(definition, { role, expires, notifyOptions, message, invitationExpires }, clear),
                kind,
                answer: added,
            });
        } catch (error) {
            if (person.includes("@") || !isApiError(error, "not-found")) throw error;
            throw new ResourceError(
                `userId: ${messageOf(error)} No account has this id any more if it was closed, and then no \`pulumi up\` can add the person: ` +
                    "declare another userId or an e-mail address, or take the resource out of the program",
                { cause: error },
            );
        }
    }

    /** The person whom a write was about, as properties: by its answer, else by the person's own read; undefined when neither shows all. */
    async function shownAfter(
        context: VerbContext,
        id: string,
        declared: Properties,
        answered: Person | undefined,
        userId = answered?.id,
    ): Promise<Remote | undefined> {
        const asMember = (one: Person) => withExpiry(context, memberRemote(of, one, id), declared);
        if (answered !== undefined && isWhole(answered)) return asMember(answered);
        if (!userId) return undefined;
        // The write is done: whatever fails here, the lifecycle reads again when that is saved.
        const shown = await personWith(context, segment, split(id).parent, userId).catch(() => undefined);
        return shown && asMember(shown);
    }

    const definition = defineResource({
        kind: of.kind,
        noun: `${noun} member`,
        description:
            `A person's membership in ${of.parentNoun}, by e-mail address or user id.\n\n` +
            "Somebody with an account becomes a member at once; anybody else is invited and is `pending` until the invitation is accepted. " +
            "Somebody who is already a member is taken over, with a warning. Deleting removes the member or revokes the invitation, whichever there is.",
        importedBy: "`<parent id>/<e-mail address>` or `<parent id>/<user id>`",
        inputs,
        outputs,
        wire,
        parent: { input: parentInput, kind: of.parentKind },
        rules: [
            {
                properties: ["email", "userId"],
                broken: ({ email, userId }) =>
                    (email === undefined) === (userId === undefined)
                        ? "declare exactly one of email and userId"
                        : undefined,
            },
            {
                properties: ["message", "userId"],
                broken: ({ message, userId }) =>
                    message !== undefined && userId !== undefined
                        ? "belongs to an invitation, and a user id is never invited; leave it out"
                        : undefined,
            },
            {
                properties: ["invitationExpires", "userId"],
                broken: ({ invitationExpires, userId }) =>
                    invitationExpires !== undefined && userId !== undefined
                        ? "belongs to an invitation, and a user id is never invited; leave it out"
                        : undefined,
            },
        ],
        samples: {
            minimal: { [parentInput]: "1000000000000000001", email: "ann@example.com", role: "member" },
            full: {
                [parentInput]: "1000000000000000001",
                email: "ann@example.com",
                role: "member",
                expires: "2099-12-31T23:59:59Z",
                notifyOptions: "Notify me in app",
                message: "Welcome to the team.",
                invitationExpires: "2099-01-31T12:00:00Z",
            },
            changed: {
                [parentInput]: "1000000000000000001",
                email: "ann@example.com",
                role: "admin",
                expires: "2098-12-31T23:59:59Z",
                notifyOptions: "Do not notify me",
                message: "Welcome back to the team.",
                invitationExpires: "2098-01-31T12:00:00Z",
            },
        },

        idOf,

        identities(id, known) {
            const { parent, person } = split(id);
            const { userId, email } = known.outputs;
            const names = [person, userId, typeof email === "string" ? email.toLowerCase() : undefined];
            return [...new Set(names)].filter((name) => typeof name === "string").map((name) => `${parent}/${name}`);
        },

        async ceiling(context, declared) {
            const parent = parentOf(declared);
            const allowed = await of.limit?.(context, parent);
            if (allowed === undefined) return undefined;
            const members = await everybody(context, parent);
            return { name: `members in ${of.parentNoun}`, allowed, used: await members.count(context, allowed) };
        },

        async unlisted(context, declared) {
            const members = await everybody(context, parentOf(declared));
            return personOf(await members.list(context), idOf(declared), nothing) === undefined;
        },

        async find(context, declared) {
            const id = idOf(declared);
            const member = await look(context, id, nothing);
            refuseOwner(context, member);
            return member && { id, remote: memberRemote(of, member, id), foreign: false, obstacles: [] };
        },

        async create(context, declared) {
            const id = idOf(declared);
            const { parent, person, byEmail } = split(id);
            if (isOver(context, declared, false, id)) return { id };
            try {
                const answered = await invitePerson(context, parent, person, declared, "create");
                const named = byEmail ? { id: "", email: person } : { id: person };
                (await everybody(context, parent)).add(answered ?? named);
                return { id, remote: await shownAfter(context, id, declared, answered) };
            } catch (error) {
                // Somebody else added the person between our look and our request: what counts is that the person is a member.
                if (!isTaken(error)) throw error;
                const member = await look(context, id, nothing);
                if (member === undefined && !isApiError(error, "exists")) throw error;
                refuseOwner(context, member);
                return { id, remote: member && memberRemote(of, member, id) };
            }
        },

        async read(context, id, known) {
            const { parent, byEmail } = split(id);
            const rows = await listMembers(context, parent).catch((error) => {
                if (isApiError(error, "not-found")) return undefined;
                throw error;
            });
            if (rows === undefined) return undefined;
            const member = personOf(rows, id, known);
            if (member !== undefined) return withExpiry(context, memberRemote(of, member, id), known.inputs);
            const declined =
                byEmail && known.outputs.status !== "active"
                    ? (await listDeclined(context, parent)).find((one) => one.id === id)
                    : undefined;
            const answered = await declined?.shown?.(context, id, known);
            return answered ?? unlistedPerson(context, id, known, parentInput);
        },

        async resolve(_context, named) {
            const id = named.toLowerCase();
            const { person, byEmail } = split(id);
            return { id, inputs: byEmail ? { email: person } : { userId: person } };
        },

        async list(context, { id: parent }, part, arrived) {
            // Whoever has come with a page is in the whole list again.
            const row = derived((one: Person) => listedUnder(parent, one));
            const showed = (page: readonly Person[]) => arrived?.(page.map(row));
            if (part === "declined") return listDeclined(context, parent);
            if (part === "invited") return (await invitedTo(context, segment, parent, "pending", showed)).map(row);
            if (part === "joined") return (await listedIn(context, segment, parent, showed)).map(row);
            const people = await listMembers(context, parent);
            // Nobody can declare the owner, and whoever became the owner is not gone.
            return people.filter((one) => part === "everybody" || roleOf(one) !== "owner").map(row);
        },

        partsOf({ outputs: { status } }) {
            // After the part where somebody was last, all of them as they are then: who moved meanwhile is found in these.
            if (status === "active") return ["joined", "everybody"];
            return status === "declined" || status === "expired"
                ? ["everybody", "declined"]
                : ["invited", "everybody", "declined"];
        },

        unlistedNow: (context, id, known) => unlistedPerson(context, id, known, parentInput),

        notice: (_context, id, known) => noticeOf(id, noun, known),

        listedAs(id, known) {
            const { parent, person, byEmail } = split(id);
            const { userId } = known.outputs;
            return typeof userId === "string" && byEmail
                ? [`${parent}/${userId}`, id]
                : [`${parent}/${userId ?? person}`];
        },

        readsList: true,

        async update(context, id, change) {
            const { parent, person } = split(id);
            const { message: _, invitation_expires: __, ...form } = toForm(definition, change.set, change.clear);
            const outcome = await withMember(context, id, change.known, async (userId) => {
                if (Object.keys(form).length === 0) return undefined;
                const answered = await context.client.request({
                    operation: `change the ${segment}'s member`,
                    method: "POST",
                    path: [segment, parent, "member", userId, "update"],
                    form,
                    kind: "write",
                    answer: added,
                });
                return shownAfter(context, id, change.inputs, answered, userId);
            });
            if ("done" in outcome) return outcome.done;
            const { person: invited } = outcome;
            const { status } = change.known.outputs;
            const ended = status === "expired" || status === "declined";
            if (isOver(context, change.inputs, invited !== undefined || status !== "active", id)) return undefined;
            if (invited === undefined && !ended)
                context.warn(
                    `${person} was not in ${noun} ${parent} any more: the change adds or invites the person again`,
                );
            // `expires` of an invitation that stands would be the invitation's own end: what ends what is told by inviting again.
            const newEnd = [...Object.keys(change.set), ...change.clear].some((name) => /expires/i.test(name));
            if (invited === undefined || ended || newEnd) {
                await invitePerson(context, parent, person, change.inputs, "write", change.clear);
                return undefined;
            }
            const notify = form[of.notifyKey];
            // Sources disagree on the key that an invitation takes; the other one is ignored.
            if (notify !== undefined) form.notify_options = notify;
            if (Object.keys(form).length === 0) return undefined;
            await context.client.request({
                operation: `change the invitation to the ${segment}`,
                method: "POST",
                path: [segment, parent, "members", "invitation", invited.invite?.id ?? person],
                form,
                kind: "write",
                answer: z.unknown(),
            });
            return undefined;
        },

        async delete(context, id, known) {
            const { parent, person } = split(id);
            const outcome = await withMember(context, id, known, (userId) =>
                context.client.request({
                    operation: `remove the member from the ${segment}`,
                    method: "DELETE",
                    path: [segment, parent, "members", userId],
                    kind: "delete",
                    answer: z.unknown(),
                }),
            );
            if ("done" in outcome) return;
            const { person: invited } = outcome;
            const invitationId = invited === undefined ? known.outputs.invitationId : (invited.invite?.id ?? person);
            if (typeof invitationId !== "string") return;
            await context.client.request({
                operation: `revoke the invitation to the ${segment}`,
                method: "DELETE",
                path: [segment, parent, "members", "invitation", invitationId],
                kind: "delete",
                answer: z.unknown(),
            });
        },

        demands({ inputs: before, outputs }, declared) {
            if (outputs.status === "declined")
                return before.message === declared.message ? undefined : { action: "update", property: "message" };
            const isWished = outputs.status !== "expired" || endedAsDeclared(outputs, declared);
            return isWished ? undefined : { action: "update", property: "status" };
        },
    });

    /** Whether the declared end has come: then nobody is added or invited, and a word says so. */
    function isOver(context: VerbContext, declared: Properties, isOpen: boolean, id: string): boolean {
        const endedAt = declaredEnd(context, declared, isOpen);
        if (endedAt === undefined) return false;
        const notice = noticeOf(id, noun, { inputs: declared, outputs: { status: "expired", endedAt } });
        if (notice !== undefined) context.warn(notice);
        return true;
    }

    function listedUnder(parent: string, one: Person): Listed {
        const address = emailOf(one);
        const id = `${parent}/${address || one.id}`;
        const names = [one.id, address].filter((name) => name !== "").map((name) => `${parent}/${name}`);
        const shown = (context: VerbContext, id: string, { inputs: declared }: Known) =>
            withExpiry(context, memberRemote(of, one, id), declared);
        return { id, remote: memberRemote(of, one, id), names, shown };
    }

    function idOf(declared: Properties): string {
        const person = declared.userId ?? String(declared.email).toLowerCase();
        return `${parentOf(declared)}/${person}`;
    }

    return definition;
}
