/** Workspace: a place for files and people within an organization. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import { defineResource, type Known, type Makers, type Remote, type VerbContext } from "../core/define";
import { freeJson, parentId, phrase, plainText, textOfLength } from "../core/properties";
import { siblings } from "../core/siblings";
import { fromAnswer, toForm } from "../core/wire";
import { counted, organizationDetails } from "./organization";
import { asOwner, isOfOthers, requireOwner } from "./ownership";
import { workspaceJoin, workspaceMemberManage } from "./phrases";
import { planLimit } from "./plan";
import { countFiles } from "./storage";

const answer = wrapped(["workspace"], z.looseObject({ id: identifier }));

const inputs = z.object({
    organizationId: parentId("an organization", "getOrganizationOutput({ domain }).id").meta({
        immutable: true,
        reference: "Organization",
        description: "Id of the organization that owns the workspace: the `id` output of an `Organization`.",
    }),
    name: plainText(2, 100)
        .meta({
            fallbackToName: true,
            description:
                "Display name, 2 to 100 characters without control characters. Default: the name of the resource in the program.",
        })
        .optional(),
    folderName: textOfLength(4, 80)
        .regex(/^[\p{L}\p{M}\p{N}-]+$/u, { error: "must consist of letters, digits and hyphens", abort: true })
        .refine((name) => /^[\p{L}\p{N}-]+$/u.test(name.normalize("NFC")), {
            error: "must consist of letters, digits and hyphens",
        })
        .meta({
            unique: true,
            adjusted: true,
            generatedWithin: "organizationId",
            reset: "keep",
            normalise: (value) => String(value).toLowerCase(),
            description:
                "Name of the workspace in addresses, unique on the whole service: 4 to 80 letters, digits and hyphens, compared without case. " +
                "Default: made of the resource's name and a suffix that stays the same, with six more characters where a closed workspace keeps that name. " +
                "A change renames in place. As an output: " +
                "the name as the service keeps it, which may differ from the declared one. A closed workspace may keep its name reserved.",
        })
        .optional(),
    description: plainText(10, 1000, true)
        .meta({
            description:
                "Text about the workspace, 10 to 1000 characters; line breaks are allowed. Removing it clears it.",
        })
        .optional(),
    permJoin: phrase("WorkspaceJoin", workspaceJoin)
        .meta({
            accessRelevant: true,
            fallback: "Member or above",
            description: "Which members of the organization may join by themselves. Default `Member or above`.",
        })
        .optional(),
    permMemberManage: phrase("WorkspaceMemberManage", workspaceMemberManage)
        .meta({
            accessRelevant: true,
            fallback: "Member or above",
            description: "Who may add, change and remove members of the workspace. Default `Member or above`.",
        })
        .optional(),
    intelligence: z
        .boolean()
        .meta({
            accessRelevant: true,
            fallback: false,
            needs: "the features content_ai and ai_agent",
            description:
                "Whether the service's AI may read the files: indexing, search, questions. Default false, always sent, because the service's own " +
                "default depends on date and plan. Turning it on takes the organization's features `content_ai` and `ai_agent`; turning it off drops the " +
                "index, and turning it on again costs credits for every file.",
        })
        .optional(),
    metadataExtraction: z
        .boolean()
        .meta({
            mayLack: true,
            accessRelevant: true,
            fallback: false,
            description:
                "Whether the service extracts metadata from every uploaded page; only while `intelligence` is on. It costs credits that are not given back, " +
                "and the service's own default is true. So false is the default here, and it is always sent. Services of before autumn 2026 do not know it.",
        })
        .optional(),
    archived: z
        .boolean()
        .meta({
            reset: { to: false },
            description:
                "Whether the workspace is archived: kept, listed apart, and refusing changes. Other changes to an archived workspace, or to what is " +
                "below it, open it for the change and archive it again.",
        })
        .optional(),
    ownerDefined: freeJson()
        .meta({
            description:
                "Any JSON value of your own, kept with the workspace. Compared by content. Removing it clears it.",
        })
        .optional(),
    forceDestroy: z
        .boolean()
        .meta({
            providerOnly: true,
            description:
                "Whether a delete may close the workspace although it holds files, notes or shares. Default false. Closing cannot be undone. " +
                "A delete works with what the state holds: set it and run `pulumi up` before the delete.",
        })
        .optional(),
});

const outputs = z.object({
    url: z.string().meta({ description: "Address of the workspace for people." }),
    created: z.string().meta({ form: "datetime", fixed: true, description: "When it was made, RFC 3339." }),
    updated: z.string().meta({ form: "datetime", description: "When it was last changed, RFC 3339." }),
});

const wire = {
    name: "name",
    folderName: "folder_name",
    description: "description",
    permJoin: "perm_join",
    permMemberManage: "perm_member_manage",
    intelligence: "intelligence",
    metadataExtraction: "metadata_extraction",
    archived: "archived",
    ownerDefined: "owner_defined",
    created: "created",
    updated: "updated",
};

/** `archived` is read from the object and changed by calls of its own. */
function formOf(set: Record<string, unknown>, clear: readonly string[] = []) {
    const { archived: _, ...form } = toForm(workspace, set, clear);
    return form;
}

/** What the service shows of a workspace, as properties. */
export function remoteOf(shown: Record<string, unknown>): Remote {
    const { org_domain: domain, folder_name: folderName } = shown;
    const url = typeof domain === "string" ? { url: `https://${domain}.fast.io/workspace/${folderName}` } : {};
    return { ...fromAnswer({ inputs, outputs, wire }, shown), ...url };
}

/** The workspace as the caller sees it, or undefined when the service says that it is not there or closed. */
export async function workspaceDetails(context: VerbContext, idOrName: string) {
    try {
        const shown = await context.client.request({
            operation: "read the workspace",
            method: "GET",
            path: ["workspace", idOrName, "details"],
            kind: "read",
            answer,
        });
        return shown.closed === true ? undefined : shown;
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        throw error;
    }
}

/** The id or domain of the organization that a workspace belongs to, read once in a run unless it is known from making it. */
export function organizationOf(context: VerbContext, workspace: string, known?: string): Promise<string | undefined> {
    return context.remember(`organization of workspace ${workspace}`, async () => {
        const organization = known ?? (await workspaceDetails(context, workspace))?.org_domain;
        return typeof organization === "string" ? organization : undefined;
    });
}

const row = z.looseObject({ id: identifier });

type Query = Record<string, boolean>;
const liveAndArchived: readonly Query[] = [{}, { archived: true }];

/** Archived workspaces and shares stand in lists of their own. */
export function archivedOrLive({ outputs }: Known): string[] {
    return [outputs.archived === true ? "archived" : "live"];
}

function queryOf(part: string): Query {
    return part === "archived" ? { archived: true } : {};
}

/** The organization's workspaces, by default archived ones included. */
export async function workspacesOf(
    context: VerbContext,
    organization: string,
    queries: readonly Query[] = liveAndArchived,
) {
    const both = await Promise.all(
        queries.map((query) =>
            context.client.list({
                operation: "list the organization's workspaces",
                path: ["org", organization, "list", "workspaces"],
                items: "workspaces",
                item: row,
                identity: (one) => one.id,
                query,
            }),
        ),
    );
    return new Map(both.flat().map((one) => [one.id, one]));
}

/** The organization's workspaces, listed once in a run. */
function workspacesBeside(context: VerbContext, organization: string) {
    return siblings(context, `workspaces of ${organization}`, async (context) => [
        ...(await workspacesOf(context, organization)).values(),
    ]);
}

/** The workspace's shares, archived ones included, or one part of them. */
export async function sharesIn(context: VerbContext, id: string, part?: string) {
    const lists = (part ? [queryOf(part)] : liveAndArchived).map((query) =>
        context.client.list({
            operation: "list the workspace's shares",
            path: ["workspace", id, "list", "shares"],
            items: "shares",
            item: row,
            identity: (one) => one.id,
            query,
        }),
    );
    return new Map((await Promise.all(lists)).flat().map((one) => [one.id, one]));
}

/** What a workspace holds that a close would take with it, in words. */
async function contents(context: VerbContext, id: string, makers?: Makers): Promise<string[]> {
    const [files, shares] = await Promise.all([
        countFiles(context, { segment: "workspace", id }, makers),
        sharesIn(context, id),
    ]);
    const counting = [...shares.values()].filter((one) => makers === undefined || isOfOthers(makers, "Share", one));
    return [...counted(files, "file"), ...counted(counting.length, "share")];
}

/** The workspaces that the account belongs to. */
export async function workspacesOfAccount(context: VerbContext) {
    return context.client.list({
        operation: "list the account's workspaces",
        path: ["workspaces", "all"],
        items: "workspaces",
        item: row,
        identity: (one) => one.id,
    });
}

export const workspace = defineResource({
    kind: "Workspace",
    noun: "workspace",
    description:
        "A workspace: a place for files and people within an organization.\n\n" +
        "Deleting it *closes* it for good, with all that it holds. A delete is refused while it holds live files, notes or shares; " +
        "use the resource option `protect` for every workspace that matters.",
    importedBy: "its 19-digit id or its folder name",
    inputs,
    outputs,
    wire,
    parent: { input: "organizationId", kind: "Organization" },
    samples: {
        minimal: { organizationId: "1000000000000000001" },
        full: {
            organizationId: "1000000000000000001",
            name: "Design",
            folderName: "acme-design",
            description: "Drawings and\ntheir history.",
            permJoin: "Only Org Owners",
            permMemberManage: "Admin or above",
            intelligence: true,
            metadataExtraction: true,
            archived: false,
            ownerDefined: { cost: 42 },
            forceDestroy: false,
        },
        changed: {
            organizationId: "1000000000000000001",
            name: "Design and Build",
            folderName: "acme-design-build",
            description: "Drawings and what came of them.",
            permJoin: "Admin or above",
            permMemberManage: "Member or above",
            intelligence: false,
            metadataExtraction: false,
            archived: true,
            ownerDefined: { cost: 43 },
            forceDestroy: true,
        },
    },

    async ceiling(context, { organizationId }) {
        const allowed = await planLimit(context, String(organizationId), "workspaces");
        if (allowed === undefined) return undefined;
        const neighbours = await workspacesBeside(context, String(organizationId));
        const used = await neighbours.count(context, allowed);
        return { name: "workspaces in the organization", allowed, used };
    },

    async unlisted(context, { folderName, organizationId }) {
        // Only the look at a limit needs the list. Without it a look at the name alone is less.
        if ((await planLimit(context, String(organizationId), "workspaces")) === undefined) return false;
        const listed = await (await workspacesBeside(context, String(organizationId))).list(context);
        const wanted = String(folderName).normalize("NFC").toLowerCase();
        return listed.every(({ folder_name: name }) => typeof name === "string" && name.toLowerCase() !== wanted);
    },

    async namesBeside(context, { organizationId }) {
        const listed = await (await workspacesBeside(context, String(organizationId))).list(context);
        return listed.flatMap(({ folder_name: name }) => (typeof name === "string" ? [name] : []));
    },

    async find(context, { folderName, organizationId }) {
        const foreign = { id: String(folderName), remote: {}, foreign: true, obstacles: [] };
        try {
            const shown = await workspaceDetails(context, String(folderName).normalize("NFC"));
            if (shown === undefined) return undefined;
            const siblings = await workspacesOf(context, String(organizationId));
            if (!siblings.has(shown.id)) return foreign;
            const inside = await contents(context, shown.id);
            const owned = shown.user_permission === undefined || shown.user_permission === "owner";
            const obstacles = owned ? inside.map((part) => `it holds ${part}`) : ["this account is not its owner"];
            return { id: shown.id, remote: remoteOf(shown), foreign: false, obstacles };
        } catch (error) {
            if (isApiError(error, "denied")) return foreign;
            throw error;
        }
    },

    async create(context, declared) {
        const made = await context.client.request({
            operation: "create the workspace",
            method: "POST",
            path: ["org", String(declared.organizationId), "create", "workspace"],
            form: formOf(declared),
            kind: "create",
            answer,
        });
        const organizationId = String(declared.organizationId);
        (await workspacesBeside(context, organizationId)).add(made);
        await organizationOf(context, made.id, organizationId);
        return { id: made.id, remote: remoteOf(made) };
    },

    async read(context, id) {
        const shown = await workspaceDetails(context, id);
        return shown === undefined ? undefined : remoteOf(shown);
    },

    async resolve(context, idOrName) {
        const shown = await workspaceDetails(context, idOrName);
        if (shown === undefined) return undefined;
        // The object names its organization by domain only.
        const org = await organizationDetails(context, String(shown.org_domain));
        return { id: shown.id, inputs: { organizationId: org?.id } };
    },

    async list(context, { id: organizationId }, part) {
        const rows = [...(await workspacesOf(context, organizationId, part ? [queryOf(part)] : undefined)).values()];
        return rows
            .filter((one) => one.closed !== true)
            .map((one) => ({ id: one.id, remote: { ...remoteOf(one), organizationId } }));
    },

    partsOf: archivedOrLive,

    async update(context, id, change) {
        const shown = await context.client.request({
            operation: "update the workspace",
            method: "POST",
            path: ["workspace", id, "update"],
            form: formOf(change.set, change.clear),
            kind: "write",
            answer: answer.optional().catch(undefined),
        });
        return shown === undefined ? undefined : remoteOf(shown);
    },

    async archive(context, id, archived) {
        await context.client.request({
            operation: archived ? "archive the workspace" : "unarchive the workspace",
            method: "POST",
            path: ["workspace", id, archived ? "archive" : "unarchive"],
            json: {},
            kind: "write",
            answer: z.unknown(),
        });
    },

    async guard(context, id, _known, makers) {
        const shown = await workspaceDetails(context, id);
        if (shown === undefined) return [];
        requireOwner(context, `workspace ${id}`, shown.user_permission);
        return contents(context, id, makers);
    },

    async within(context, id) {
        const organization = await organizationOf(context, id);
        // The object names its organization by domain only.
        const org = organization && (await organizationDetails(context, organization));
        return org ? { kind: "Organization", id: org.id } : undefined;
    },

    async delete(context, id) {
        await asOwner(context, `workspace ${id}`, () =>
            context.client.request({
                operation: "delete the workspace",
                method: "DELETE",
                path: ["workspace", id, "delete"],
                form: { confirm: id },
                kind: "delete",
                answer: z.unknown(),
            }),
        );
    },

    async listed(context, id) {
        return (await workspacesOfAccount(context)).some((one) => one.id === id);
    },
});
