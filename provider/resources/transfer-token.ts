/** TransferToken: hands an organization that an agent built to a human. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isAmbiguous, isApiError } from "../api/errors";
import { defineResource, type Known, type Remote, type VerbContext } from "../core/define";
import { mayExist, messageOf, ResourceError } from "../core/errors";
import { NoInsight } from "../core/insight";
import { parentId } from "../core/properties";
import { siblings } from "../core/siblings";
import { toRfc3339 } from "../core/wire";
import { roleShown } from "./ownership";

const mostActive = 5;
const advice = "Revoke one that nobody uses, or wait until one expires: each lives for 72 hours";

const token = z.looseObject({ id: identifier.optional(), token: z.string(), expires: z.string().nullish() });

const inputs = z.object({
    organizationId: parentId("an organization", "getOrganizationOutput({ domain }).id").meta({
        immutable: true,
        reference: "Organization",
        description:
            "Id of the organization to hand over: the `id` output of an `Organization`. This account must own it, and be an agent.",
    }),
    triggers: z
        .record(z.string(), z.string())
        .meta({
            immutable: true,
            description:
                "Values of your own. A change makes a new token and revokes the old one. They are kept in the state only.",
        })
        .optional(),
    rotateWhenExpired: z
        .boolean()
        .meta({
            providerOnly: true,
            fallback: false,
            description:
                "Whether the next `pulumi up` after a refresh makes a new token when this one has expired or was revoked. A claimed token is never renewed. Default false.",
        })
        .optional(),
});

const outputs = z.object({
    token: z
        .string()
        .meta({ secret: true, fixed: true, description: "The token: whoever has it can claim the organization." }),
    claimUrl: z
        .string()
        .meta({ secret: true, fixed: true, description: "The address at which a human claims the organization." }),
    expiresAt: z
        .string()
        .meta({ fixed: true, description: "When the token expires, RFC 3339: 72 hours after it was made." })
        .optional(),
    status: z.string().meta({
        description: "`active`, `expired`, `claimed` (somebody else owns the organization now) or `revoked`.",
    }),
});

/** Ids stand in plain text everywhere: where the service knows a token by itself alone, its id is a hash of it. */
function tokenIdOf(one: { id?: string | undefined; token: string }): string {
    return one.id ?? createHash("sha256").update(one.token).digest("hex").slice(0, 30);
}

function split(id: string): { organization: string; tokenId: string } {
    const [organization = "", tokenId = ""] = id.split("/");
    return { organization, tokenId };
}

async function activeTokens(context: VerbContext, organization: string) {
    return context.client.list({
        operation: "list the organization's transfer tokens",
        path: ["org", organization, "transfer", "token", "list"],
        items: "tokens",
        item: token,
        identity: (one) => one.id ?? one.token,
    });
}

/** For the looks at the limit, and for telling a new token from the earlier ones. */
function tokensBeside(context: VerbContext, organization: string) {
    return siblings(context, `transfer tokens of ${organization}`, (context) => activeTokens(context, organization));
}

/** Whether the caller owns the organization; undefined when the organization is not there. */
async function ownsOrganization(context: VerbContext, id: string, known: Known): Promise<boolean | undefined> {
    try {
        const answer = await context.client.request({
            operation: "read the organization",
            method: "GET",
            path: ["org", id, "details"],
            kind: "read",
            answer: wrapped(
                ["org", "organization"],
                z.looseObject({ user_permission: z.string().nullish(), closed: z.boolean().optional() }),
            ),
        });
        if (answer.closed) return undefined;
        // Strangers see a part of it: that is as much as a denial.
        if (roleShown(answer) === null && known.outputs.status !== "claimed") throw new NoInsight(transferToken);
        return answer.user_permission === "owner";
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        // Whoever claimed it may have removed this account altogether.
        if (isApiError(error, "denied") && known.outputs.status === "claimed") return false;
        throw error;
    }
}

function shown(one: z.infer<typeof token>) {
    return {
        token: one.token,
        claimUrl: `https://go.fast.io/claim?token=${one.token}`,
        expiresAt: one.expires ? toRfc3339(one.expires) : null,
        status: "active",
    };
}

/** What became of a token that is not listed any more. */
async function formerStatus(
    context: VerbContext,
    organization: string,
    known: Known,
    listDenied: boolean,
): Promise<string | undefined> {
    const expiresAt = known.outputs.expiresAt;
    const owns = await ownsOrganization(context, organization, known);
    if (owns === undefined) return undefined;
    if (!listDenied && typeof expiresAt === "string" && Date.parse(expiresAt) <= context.client.serviceNow())
        return "expired";
    return owns ? "revoked" : "claimed";
}

/** A token that is not listed any more; undefined when its organization is gone with it. */
async function former(
    context: VerbContext,
    id: string,
    known: Known,
    listDenied: boolean,
): Promise<Remote | undefined> {
    const { organization } = split(id);
    const { token: value, claimUrl, expiresAt, status: last } = known.outputs;
    const status = isFinal(last)
        ? (await isThere(context, organization, known)) && last
        : await formerStatus(context, organization, known, listDenied);
    return status ? { organizationId: organization, token: value, claimUrl, expiresAt, status } : undefined;
}

/** Whether the organization is there: one look for all of its tokens. */
function isThere(context: VerbContext, organization: string, known: Known): Promise<boolean> {
    const look = async () => (await ownsOrganization(context, organization, known)) !== undefined;
    return context.remember(`organization ${organization} is there`, look);
}

/** What a token has become once it stays for good. */
function isFinal(status: unknown): boolean {
    return status === "expired" || status === "claimed" || status === "revoked";
}

export const transferToken = defineResource({
    kind: "TransferToken",
    noun: "transfer token",
    description:
        "A token with which a human takes over an organization that an agent account built. It is valid for 72 hours, and five can be active.\n\n" +
        "Whoever claims becomes the owner, and this account stays as an admin: `pulumi refresh` then shows the status `claimed`. " +
        "Deleting an active token revokes it; deleting any other makes no request.",
    importedBy: "`<organization id>/<token id>`",
    inputs,
    outputs,
    wire: {},
    parent: { input: "organizationId", kind: "Organization" },
    samples: {
        minimal: { organizationId: "1000000000000000001" },
        full: { organizationId: "1000000000000000001", triggers: { round: "1" }, rotateWhenExpired: false },
        changed: { organizationId: "1000000000000000001", triggers: { round: "2" }, rotateWhenExpired: true },
    },

    async ceiling(context, { organizationId }) {
        const used = await (await tokensBeside(context, String(organizationId))).count(context, mostActive);
        return { name: "active transfer tokens for an organization", allowed: mostActive, used, advice };
    },

    async create(context, declared) {
        const organization = String(declared.organizationId);
        const beside = await tokensBeside(context, organization);
        await beside.list(context);
        const madeNow = async () => {
            const earlier = new Set((await beside.list(context)).map((one) => one.token));
            return (await activeTokens(context, organization)).filter((one) => !earlier.has(one.token));
        };
        try {
            const answered = await context.client.request({
                operation: "create the transfer token",
                method: "POST",
                path: ["org", organization, "transfer", "token", "create"],
                form: {},
                kind: "create",
                answer: token,
            });
            const made =
                answered.id === undefined ? (await madeNow()).find((one) => one.token === answered.token) : answered;
            beside.add(answered);
            return { id: `${organization}/${tokenIdOf(made ?? answered)}`, remote: shown(answered) };
        } catch (error) {
            if (!isAmbiguous(error)) throw error;
            const candidates = await madeNow().catch(() => undefined);
            const [only, ...others] = candidates ?? [];
            if (only !== undefined && others.length === 0)
                return { id: `${organization}/${tokenIdOf(only)}`, remote: shown(only) };
            const problem =
                candidates === undefined
                    ? `looking for it failed as well, and ${mayExist}`
                    : only === undefined
                      ? "no new one is listed; the next `pulumi up` makes it"
                      : `several new ones are listed (${candidates.map(tokenIdOf).join(", ")}): revoke those that nobody uses`;
            throw new ResourceError(
                `${messageOf(error)} The transfer token was requested and the answer was lost; ${problem}`,
                { cause: error },
            );
        }
    },

    async read(context, id, known) {
        const { organization, tokenId } = split(id);
        if (isFinal(known.outputs.status)) return former(context, id, known, false);
        let listDenied = false;
        const active = await activeTokens(context, organization).catch((error) => {
            if (isApiError(error, "not-found")) return [];
            if (!isApiError(error, "denied")) throw error;
            listDenied = true;
            return [];
        });
        const listed = active.find((one) => tokenIdOf(one) === tokenId || one.token === known.outputs.token);
        if (listed !== undefined) return { organizationId: organization, ...shown(listed) };
        return former(context, id, known, listDenied);
    },

    async list(context, { id: organizationId }) {
        const active = await activeTokens(context, organizationId);
        return active.map((one) => ({
            id: `${organizationId}/${tokenIdOf(one)}`,
            remote: { organizationId },
            shown: () => ({ organizationId, ...shown(one) }),
        }));
    },

    readsList: true,

    // No list has a token that has become something for good.
    partsOf: ({ outputs: { status } }) => (isFinal(status) ? [] : ["active"]),

    unlistedNow: (context, id, known) => former(context, id, known, false),

    notice(_context, id, { inputs: { rotateWhenExpired }, outputs: { status, expiresAt } }) {
        if (status !== "expired" || rotateWhenExpired === true) return undefined;
        return (
            `transfer token ${id} has expired, since ${expiresAt}. Take the resource out of the program, or change its triggers or ` +
            "set rotateWhenExpired, which makes a new one"
        );
    },

    async update() {
        return undefined;
    },

    isOver({ outputs: { status } }) {
        return status !== undefined && status !== "active";
    },

    async delete(context, id, known) {
        const { organization, tokenId } = split(id);
        const value = String(known.outputs.token);
        try {
            await context.client.request({
                operation: "revoke the transfer token",
                method: "DELETE",
                path: [
                    "org",
                    organization,
                    "transfer",
                    "token",
                    tokenIdOf({ token: value }) === tokenId ? value : tokenId,
                ],
                kind: "delete",
                answer: z.unknown(),
            });
        } catch (error) {
            const claimed =
                isApiError(error, "denied") && (await ownsOrganization(context, organization, known)) === false;
            if (!claimed) throw error;
        }
    },

    demands(known, { rotateWhenExpired }) {
        const ended = known.outputs.status === "expired" || known.outputs.status === "revoked";
        return ended && rotateWhenExpired === true ? { action: "replace", property: "rotateWhenExpired" } : undefined;
    },
});
