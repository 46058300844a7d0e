/** Organization: the company account that owns workspaces and shares. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import { defineResource, type Makers, type Remote, type VerbContext } from "../core/define";
import { emailAddress, freeJson, phrase, plainText, textOfLength, webAddress } from "../core/properties";
import { fromAnswer, toForm } from "../core/wire";
import { asOwner, isOfOthers, isOutside, requireOwner, roleShown } from "./ownership";
import { emailOf, listedIn, membersOf, roleOf } from "./people";
import { industry, organizationMemberManage } from "./phrases";

const answer = wrapped(["org", "organization"], z.looseObject({ id: identifier }));

const social = (site: string) =>
    webAddress()
        .meta({ description: `Address of the organization on ${site}. Removing it clears it.` })
        .optional();

const inputs = z.object({
    domain: textOfLength(2, 63)
        .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, {
            error: "must be lower-case letters, digits and hyphens, and neither begin nor end with a hyphen",
        })
        .meta({
            unique: true,
            description:
                "Name of the organization in addresses, `https://<domain>.fast.io`; unique on the whole service. 2 to 63 lower-case letters, " +
                "digits and inner hyphens. A change renames in place. A closed organization may keep its domain reserved.",
        }),
    name: plainText(3, 100).meta({ description: "Display name, 3 to 100 characters without control characters." }),
    description: plainText(10, 1000)
        .meta({ description: "Text about the organization, 10 to 1000 characters. Removing it clears it." })
        .optional(),
    industry: phrase("Industry", industry)
        .meta({ reset: { to: "unspecified" }, description: "Line of business. Removing it sets `unspecified`." })
        .optional(),
    billingEmail: emailAddress()
        .meta({
            reset: "keep",
            description:
                "Address for bills; its domain must be reachable. The service starts with the creator's address. " +
                "It cannot be cleared: removing it from the program leaves it as it is.",
        })
        .optional(),
    homepage: webAddress().meta({ description: "Home page of the organization. Removing it clears it." }).optional(),
    facebook: social("Facebook"),
    twitter: social("Twitter"),
    instagram: social("Instagram"),
    youtube: social("YouTube"),
    permMemberManage: phrase("OrganizationMemberManage", organizationMemberManage)
        .meta({
            accessRelevant: true,
            fallback: "Member or above",
            description: "Who may add, change and remove members of the organization. Default `Member or above`.",
        })
        .optional(),
    permAuthDomains: z
        .string()
        .regex(/^(([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,})?$/, {
            error: "must be one e-mail domain in lower case such as acme.com, or empty",
        })
        .meta({
            accessRelevant: true,
            fallback: "",
            normalise: (value) => String(value).toLowerCase(),
            description:
                "One e-mail domain, such as `acme.com`, whose users may join by themselves. Default: empty, nobody may.",
        })
        .optional(),
    ownerDefined: freeJson()
        .meta({
            description:
                "Any JSON value of your own, kept with the organization. Compared by content. Removing it clears it.",
        })
        .optional(),
    forceDestroy: z
        .boolean()
        .meta({
            providerOnly: true,
            description:
                "Whether a delete may close the organization although it has workspaces, shares, other members or a paid plan. Default false. " +
                "Closing cannot be undone. A delete works with what the state holds: set it and run `pulumi up` before the delete.",
        })
        .optional(),
});

const outputs = z.object({
    plan: z.string().meta({ description: "The plan that the organization is on, such as `agent`." }),
    url: z.string().meta({ description: "Address of the organization for people." }),
    created: z.string().meta({ form: "datetime", fixed: true, description: "When it was made, RFC 3339." }),
    updated: z.string().meta({ form: "datetime", description: "When it was last changed, RFC 3339." }),
});

const wire = {
    domain: "domain",
    name: "name",
    description: "description",
    industry: "industry",
    billingEmail: "billing_email",
    homepage: "homepage",
    facebook: "facebook",
    twitter: "twitter",
    instagram: "instagram",
    youtube: "youtube",
    permMemberManage: "perm_member_manage",
    permAuthDomains: "perm_auth_domains",
    ownerDefined: "owner_defined",
    plan: "plan",
    created: "created",
    updated: "updated",
};

/** What the service shows of an organization, as properties. */
export function remoteOf(org: Record<string, unknown>): Remote {
    const longNames = "perm_authorized_domains" in org ? { perm_auth_domains: org.perm_authorized_domains } : {};
    const url = typeof org.domain === "string" ? { url: `https://${org.domain}.fast.io` } : {};
    return { ...fromAnswer({ inputs, outputs, wire }, { ...longNames, ...org }), ...url };
}

/** The organization as the caller sees it, or undefined when the service says that it is not there or closed. */
export async function organizationDetails(context: VerbContext, idOrDomain: string) {
    try {
        const org = await context.client.request({
            operation: "read the organization",
            method: "GET",
            path: ["org", idOrDomain, "details"],
            kind: "read",
            answer,
        });
        return org.closed === true ? undefined : org;
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        throw error;
    }
}

const row = z.looseObject({ id: identifier });

/** What an organization holds besides its owner, in words. Of people nobody can tell who let them in. */
async function contents(context: VerbContext, id: string, makers?: Makers): Promise<string[]> {
    const { client } = context;
    const listing = (path: string[], items: string, query: Record<string, string | boolean> = {}) =>
        client.list({
            operation: `list the organization's ${items}`,
            path,
            items,
            item: row,
            identity: (one) => one.id,
            query,
        });
    const [live, archived, shares, members, billing] = await Promise.all([
        listing(["org", id, "list", "workspaces"], "workspaces"),
        listing(["org", id, "list", "workspaces"], "workspaces", { archived: true }),
        sharesWithin(context, id),
        makers === undefined ? membersOf(context, "org", id) : [],
        client
            .request({
                operation: "read the organization's plan",
                method: "GET",
                path: ["org", id, "billing", "details"],
                kind: "read",
                answer: z.looseObject({ subscription: z.unknown().optional() }),
            })
            .catch((error: unknown) => {
                // Bills are for credentials that administer. The service itself refuses the close by the others.
                if (!isApiError(error)) throw error;
                return { subscription: undefined };
            }),
    ]);
    const counts = (kind: string) => (one: { id: string }) => makers === undefined || isOfOthers(makers, kind, one);
    const workspaces = new Set([...live, ...archived].filter(counts("Workspace")).map((one) => one.id)).size;
    const others = members.filter((member) => roleOf(member) !== "owner").length;
    return [
        ...counted(workspaces, "workspace"),
        ...counted(shares.filter(counts("Share")).length, "share"),
        ...counted(others, "other member"),
        ...(billing.subscription ? ["a paid plan"] : []),
    ];
}

/** The shares in the organization's workspaces, archived ones included. */
export async function sharesWithin(context: VerbContext, organization: string) {
    const shares = await context.client.list({
        operation: "list the organization's shares",
        path: ["shares", "all"],
        items: "shares",
        item: row,
        identity: (one) => one.id,
        query: { org_id: organization },
    });
    return shares.filter((share) => belongsTo(share, organization));
}

function belongsTo(share: Record<string, unknown>, organization: string): boolean {
    const parent = share.parent_org;
    const parentId = typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>).id : parent;
    return parentId === undefined || parentId === null || String(parentId) === organization;
}

/** "3 files", "1 share", or nothing for none. */
export function counted(count: number, noun: string): string[] {
    return count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"}`];
}

/** The organizations that the account belongs to. */
export async function organizationsOfAccount(context: VerbContext) {
    return context.client.list({
        operation: "list the account's organizations",
        path: ["orgs", "all"],
        items: "orgs",
        item: row,
        identity: (one) => one.id,
    });
}

export const organization = defineResource({
    kind: "Organization",
    noun: "organization",
    description:
        "An organization: the owner of workspaces and shares. The account that creates it is its owner.\n\n" +
        "Deleting it *closes* it for good; the service knows no way back. A delete is refused while it holds anything; " +
        "use the resource option `protect` for every organization that matters.",
    importedBy: "its 19-digit id or its domain",
    inputs,
    outputs,
    wire,
    samples: {
        minimal: { domain: "acme", name: "Acme" },
        full: {
            domain: "acme",
            name: "Acme",
            description: "Acme builds rockets.",
            industry: "technology",
            billingEmail: "billing@example.com",
            homepage: "https://acme.example.com",
            facebook: "https://facebook.com/acme",
            twitter: "https://twitter.com/acme",
            instagram: "https://instagram.com/acme",
            youtube: "https://youtube.com/acme",
            permMemberManage: "Admin or above",
            permAuthDomains: "acme.example.com",
            ownerDefined: { team: "platform" },
            forceDestroy: false,
        },
        changed: {
            domain: "acme-2",
            name: "Acme Two",
            description: "Acme builds bigger rockets.",
            industry: "manufacturing",
            billingEmail: "invoices@example.com",
            homepage: "https://acme-2.example.com",
            facebook: "https://facebook.com/acme2",
            twitter: "https://twitter.com/acme2",
            instagram: "https://instagram.com/acme2",
            youtube: "https://youtube.com/acme2",
            permMemberManage: "Owner only",
            permAuthDomains: "two.example.com",
            ownerDefined: { team: "platform", tier: 2 },
            forceDestroy: true,
        },
    },

    async find(context, { domain }) {
        try {
            const org = await organizationDetails(context, String(domain));
            if (org === undefined) return undefined;
            const owned = org.user_permission === "owner";
            const inside = owned ? await contents(context, org.id) : [];
            const obstacles = owned ? inside.map((part) => `it holds ${part}`) : ["this account is not its owner"];
            return { id: org.id, remote: remoteOf(org), foreign: false, obstacles };
        } catch (error) {
            if (isApiError(error, "denied")) return { id: String(domain), remote: {}, foreign: true, obstacles: [] };
            throw error;
        }
    },

    async create(context, declared) {
        const org = await context.client.request({
            operation: "create the organization",
            method: "POST",
            path: ["org", "create"],
            form: toForm(organization, declared),
            kind: "create",
            answer,
        });
        return { id: org.id, remote: remoteOf(org) };
    },

    async read(context, id) {
        const org = await organizationDetails(context, id);
        return org === undefined ? undefined : remoteOf(org);
    },

    async resolve(context, idOrDomain) {
        const org = await organizationDetails(context, idOrDomain);
        return org && { id: org.id, inputs: {} };
    },

    async update(context, id, change) {
        const org = await context.client.request({
            operation: "update the organization",
            method: "POST",
            path: ["org", id, "update"],
            form: toForm(organization, change.set, change.clear),
            kind: "write",
            answer: answer.optional().catch(undefined),
        });
        return org === undefined ? undefined : remoteOf(org);
    },

    async guard(context, id, _known, makers) {
        const org = await organizationDetails(context, id);
        if (org === undefined) return [];
        requireOwner(context, `organization ${id}`, org.user_permission);
        return contents(context, id, makers);
    },

    async holder(context, id) {
        const owner = async () => {
            const held = (await listedIn(context, "org", id)).find((member) => roleOf(member) === "owner");
            return held && (emailOf(held) || `user ${held.id}`);
        };
        try {
            const org = await organizationDetails(context, id);
            return org && { name: String(org.domain ?? org.name ?? ""), role: roleShown(org), owner };
        } catch (error) {
            if (!(await isOutside(context, error))) throw error;
            return { name: "", role: null };
        }
    },

    async delete(context, id) {
        await asOwner(context, `organization ${id}`, () =>
            context.client.request({
                operation: "close the organization",
                method: "POST",
                path: ["org", id, "close"],
                form: { confirm: id },
                kind: "delete",
                answer: z.unknown(),
            }),
        );
    },

    async list(context) {
        return (await organizationsOfAccount(context)).map((one) => ({ id: one.id, remote: remoteOf(one) }));
    },

    async listed(context, id) {
        return (await organizationsOfAccount(context)).some((one) => one.id === id);
    },
});
