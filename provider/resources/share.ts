/** Share: what people outside a workspace see of it, with its own address and its own access. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isAmbiguous, isApiError, isTaken } from "../api/errors";
import { defineResource, type Makers, type Properties, type Remote, type VerbContext } from "../core/define";
import { isPast } from "../core/ends";
import { mayExist, messageOf, ResourceError } from "../core/errors";
import { importCommand, importTargetOf } from "../core/import-command";
import { slugOf } from "../core/naming";
import { dateTime, freeJson, longId, parentId, phrase, plainText, textOfLength } from "../core/properties";
import { siblings } from "../core/siblings";
import { fromAnswer, toForm, toRfc3339 } from "../core/wire";
import { counted, organizationDetails, sharesWithin } from "./organization";
import { asOwner, requireOwner } from "./ownership";
import {
    displayType,
    downloadSecurity,
    shareAccess,
    shareInvite,
    shareNotify,
    shareType,
    storageMode,
} from "./phrases";
import { planLimit } from "./plan";
import { countFiles, folderId } from "./storage";
import { archivedOrLive, organizationOf, sharesIn } from "./workspace";

const answer = wrapped(["share"], z.looseObject({ id: identifier }));
type Shown = z.infer<typeof answer>;

const [membersOnly, , anyAccount, anyoneWithTheLink] = shareAccess;

const inputs = z.object({
    workspaceId: parentId("a workspace", "getWorkspaceOutput({ folderName }).id").meta({
        immutable: true,
        reference: "Workspace",
        description: "Id of the workspace that the share belongs to: the `id` output of a `Workspace`.",
    }),
    title: plainText(2, 80).meta({ description: "Display name, 2 to 80 characters without control characters." }),
    shareType: phrase("ShareType", shareType)
        .meta({
            accessRelevant: true,
            fallbackBy: { input: "storageMode", values: { independent: "send", workspace_folder: "exchange" } },
            formerFallback: "exchange",
            description:
                "Which way files go: `send` (guests download), `receive` (guests upload) or `exchange` (both). Default `send`, and `exchange` with the storage mode " +
                "`workspace_folder`. The service of today keeps shares with storage of their own as `send` alone, so `receive` and `exchange` need a folder " +
                "there. A share that an earlier release of this package made as `exchange` by default stays so while the program declares nothing.",
        })
        .optional(),
    storageMode: phrase("StorageMode", storageMode)
        .meta({
            immutable: true,
            fallback: "independent",
            description:
                "Where the files are: `independent` (storage of the share's own) or `workspace_folder` (the folder `folderId`). Default `independent`.",
        })
        .optional(),
    folderId: folderId("workspace")
        .meta({
            immutable: true,
            description:
                "The folder of the workspace that the share shows: the `id` output of a `Folder`, `<workspace id>/<node id>`. " +
                "Required with, and only with, the storage mode `workspace_folder`. A folder backs one share.",
        })
        .optional(),
    description: plainText(10, 500)
        .meta({ description: "Text about the share, 10 to 500 characters. Removing it clears it." })
        .optional(),
    accessOptions: phrase("ShareAccess", shareAccess)
        .meta({
            accessRelevant: true,
            fallback: membersOnly,
            description: `Who may open the share. \`${anyoneWithTheLink}\` is for the type \`send\` alone. Default \`${membersOnly}\`.`,
        })
        .optional(),
    invite: phrase("ShareInvite", shareInvite)
        .meta({
            accessRelevant: true,
            fallback: "owners",
            description: "Who may invite others: `owners` or `guests`. Default `owners`.",
        })
        .optional(),
    customName: textOfLength(4, 100)
        .refine((name) => !/^[0-9]{19}$/.test(name), { error: "must not be 19 digits: that is what an id looks like" })
        .meta({
            unique: true,
            adjusted: true,
            completed: true,
            reset: "keep",
            normalise: (value) => String(value).toLowerCase(),
            description:
                "Name of the share in addresses, unique on the whole service: 4 to 100 characters, compared without case. Default: the service " +
                "makes one that nobody can guess. A change renames in place, and old links end. Removing it from the program leaves it as it is. " +
                "As an output: the name as the service keeps it. A closed share may keep its name reserved.",
        })
        .optional(),
    customUrl: plainText(10, 100)
        .meta({
            unique: true,
            description:
                "A second name in addresses, beside `customName`, unique on the whole service, 10 to 100 characters. Removing it clears it.",
        })
        .optional(),
    password: z
        .string()
        .min(1, { error: "must not be empty; remove the property to have no password" })
        .meta({
            secret: true,
            writeOnly: true,
            description: `Password that opens the share; only with the access \`${anyoneWithTheLink}\`. Removing it clears it.`,
        })
        .optional(),
    expires: dateTime()
        .meta({
            end: "asked",
            description:
                "When the share ends by itself, RFC 3339 or `YYYY-MM-DD HH:MM:SS` in UTC; only with the storage mode `independent`. Once it has come the share stays, " +
                "closed to guests, until a later end opens it again. A date that has passed is refused when it is new. Removing it clears it.",
        })
        .optional(),
    notify: phrase("ShareNotify", shareNotify)
        .meta({
            reset: { to: "never" },
            description:
                "When members are told of files: `never`, `notify_on_file_received` or `notify_on_file_sent_or_received`. Removing it sets `never`.",
        })
        .optional(),
    displayType: phrase("DisplayType", displayType)
        .meta({
            reset: { to: "grid" },
            description: "How files are laid out: `grid` or `list`. Removing it sets `grid`.",
        })
        .optional(),
    commentsEnabled: z
        .boolean()
        .meta({ reset: { to: true }, description: "Whether files can be commented on. Removing it sets true." })
        .optional(),
    downloadEnabled: z
        .boolean()
        .meta({
            accessRelevant: true,
            fallback: true,
            description: "Whether guests may download. Default true. `downloadSecurity` is the finer and newer switch.",
        })
        .optional(),
    downloadSecurity: phrase("DownloadSecurity", downloadSecurity)
        .meta({
            accessRelevant: true,
            reset: { to: "off" },
            description:
                "How downloads by guests are limited: `off` (not at all), `medium` (guests see previews only) or `high` (no download by guests). Not every " +
                "version of the service knows it, so a create sends it only when declared, and fails where it is not known; where it is not declared, and the " +
                "service shows another value than `off`, that is a change made by hand. Not together with `downloadEnabled: false`. Removing it sets `off`.",
        })
        .optional(),
    guestChatEnabled: z
        .boolean()
        .meta({ accessRelevant: true, fallback: false, description: "Whether guests may chat. Default false." })
        .optional(),
    anonymousUploadsEnabled: z
        .boolean()
        .meta({
            accessRelevant: true,
            fallback: false,
            description: `Whether guests may upload without saying who they are; only with the type \`receive\` or \`exchange\` and the access \`${anyAccount}\`. Default false.`,
        })
        .optional(),
    intelligence: z
        .boolean()
        .meta({
            accessRelevant: true,
            fallback: false,
            description:
                "Whether the service's AI may read the files; only with the storage mode `independent`. Default false. Turning it off may be final on some plans.",
        })
        .optional(),
    archived: z
        .boolean()
        .meta({
            reset: { to: false },
            description:
                "Whether the share is archived: kept, closed to guests, and refusing changes; only with the storage mode `independent`. Other changes to an " +
                "archived share, or to what is below it, open it for the change and archive it again.",
        })
        .optional(),
    ownerDefined: freeJson()
        .meta({
            description: "Any JSON value of your own, kept with the share. Compared by content. Removing it clears it.",
        })
        .optional(),
    forceDestroy: z
        .boolean()
        .meta({
            providerOnly: true,
            description:
                "Whether a delete may close the share although it holds files of its own. Default false. Closing cannot be undone. " +
                "A delete works with what the state holds: set it and run `pulumi up` before the delete.",
        })
        .optional(),
});

const outputs = z.object({
    url: z.string().meta({ description: "Address of the share for people." }),
    rootFolderId: z
        .string()
        .meta({ fixed: true, description: "Id of the share's root folder, `<share id>/<node id>`." }),
    orphaned: z.boolean().meta({
        description:
            "Whether the folder of the workspace that the share shows is gone: then nobody finds anything in it, and it cannot be changed. A refresh warns of it.",
    }),
    created: z.string().meta({ form: "datetime", fixed: true, description: "When it was made, RFC 3339." }),
    updated: z.string().meta({ form: "datetime", description: "When it was last changed, RFC 3339." }),
});

const wire = {
    title: "title",
    shareType: "share_type",
    storageMode: "storage_mode",
    folderId: "folder_node_id",
    description: "description",
    accessOptions: "access_options",
    invite: "invite",
    customName: "custom_name",
    customUrl: "custom_url",
    password: "password",
    expires: "expires",
    notify: "notify",
    displayType: "display_type",
    commentsEnabled: "comments_enabled",
    downloadEnabled: "download_enabled",
    downloadSecurity: "download_security",
    guestChatEnabled: "guest_chat_enabled",
    anonymousUploadsEnabled: "anonymous_uploads_enabled",
    intelligence: "intelligence",
    archived: "archived",
    ownerDefined: "owner_defined",
    rootFolderId: "share_root_id",
    created: "created",
    updated: "updated",
};

/** `archived` is read from the object and changed by calls of its own; a folder is named by its node alone. */
function formOf(set: Properties, clear: readonly string[] = []) {
    const { archived: _, ...form } = toForm(share, set, clear);
    if (typeof set.folderId === "string") form.folder_node_id = set.folderId.split("/")[1] ?? "";
    return form;
}

/** The workspace that a share says it belongs to. */
function workspaceOf({ parent_workspace: parent, parents }: Shown): string | undefined {
    const named = parent ?? (isRecord(parents) ? parents.workspace : undefined);
    const id = isRecord(named) ? named.id : named;
    return id === undefined || id === null ? undefined : String(id);
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

/** Services since autumn 2026 keep every share with storage of its own as one that sends, and say nothing of it. */
async function refuseOverridden(context: VerbContext, declared: Properties): Promise<void> {
    const { shareType: type, storageMode: mode } = declared;
    if (type === "send" || type === undefined || mode !== "independent") return;
    // The answer about scopes tells what no answer about shares does: of which time the service is.
    const scopes = await context.client.scopes().catch(() => undefined);
    if (scopes?.admin === undefined) return;
    throw new ResourceError(
        `shareType: the service keeps a share with storage of its own as "send", whatever is asked for; nothing was requested. For "${type}" ` +
            `put the share on a folder of the workspace: declare a Folder, storageMode: "workspace_folder" and folderId`,
    );
}

/** A share whose folder is gone shows nothing to anybody, and nothing else tells that. */
function warnOrphaned(context: VerbContext, remote: Remote): Remote {
    if (remote.orphaned === true)
        context.warn(
            "the folder of the workspace that this share shows is gone, so nobody finds anything in it. Restore the folder from the trash, or replace the share: `pulumi up --replace`",
        );
    return remote;
}

/** What the service shows of a share, as properties. */
export function remoteOf(shown: Shown, declared: Properties): Remote {
    const remote = fromAnswer({ inputs, outputs, wire }, shown);
    const { password: _, ...rest } = withOneSwitch(remote, declared);
    const workspaceId = workspaceOf(shown) ?? declared.workspaceId;
    const { customName, title, folderId, rootFolderId } = remote;
    return {
        ...rest,
        orphaned: shown.is_orphaned === true || shown.is_orphaned === "true",
        ...(workspaceId === undefined ? {} : { workspaceId }),
        // The service says at most whether there is one.
        ...(shown.password === false || shown.password === "false" ? { password: null } : {}),
        ...(typeof shown.comments === "boolean" ? { commentsEnabled: rest.commentsEnabled ?? shown.comments } : {}),
        ...(typeof folderId === "string" ? { folderId: `${workspaceId}/${folderId}` } : {}),
        ...(typeof rootFolderId === "string" ? { rootFolderId: `${shown.id}/${rootFolderId}` } : {}),
        ...(typeof customName === "string" ? { url: urlOf(customName, String(title ?? "")) } : {}),
    };
}

/** A service shows the older switch or the newer one; what it shows is what the declared one stands at. */
function withOneSwitch(remote: Remote, declared: Properties): Remote {
    const { downloadSecurity: newer, downloadEnabled: older, ...rest } = remote;
    if (newer === undefined && declared.downloadSecurity !== undefined && typeof older === "boolean") {
        return { ...remote, downloadSecurity: older ? "off" : "high" };
    }
    // Of an import nothing is declared yet: what is shown will be.
    const { downloadEnabled = older } = declared;
    if (newer === undefined || (older !== undefined && downloadEnabled !== false)) return remote;
    return downloadEnabled === false
        ? { downloadEnabled: older ?? newer === "off", ...rest }
        : { ...remote, downloadEnabled: true };
}

/** The title in the address is for the eye alone. */
function urlOf(customName: string, title: string): string {
    const slug = slugOf(title);
    const parts = slug === "" ? [customName] : [customName, slug];
    return `https://go.fast.io/shared/${parts.map(encodeURIComponent).join("/")}`;
}

/** The share as the caller sees it, or undefined when the service says that it is not there or closed. */
export async function shareDetails(context: VerbContext, idOrName: string) {
    try {
        const shown = await context.client.request({
            operation: "read the share",
            method: "GET",
            path: ["share", idOrName, "details"],
            kind: "read",
            answer,
        });
        return shown.closed === true || shown.deleted === true ? undefined : shown;
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        throw error;
    }
}

const row = z.looseObject({
    id: identifier,
    title: z.string().nullish(),
    created: z.string().nullish(),
});

async function sharesOf(context: VerbContext, workspaceId: string) {
    return context.client.list({
        operation: "list the workspace's shares",
        path: ["workspace", workspaceId, "list", "shares"],
        items: "shares",
        item: row,
        identity: (one) => one.id,
    });
}

/** The workspace's shares, listed once in a run. */
function sharesBeside(context: VerbContext, workspaceId: string) {
    return siblings(context, `shares of ${workspaceId}`, (context) => sharesOf(context, workspaceId));
}

/** What the plan of the workspace's organization says of shares, and those that there are; undefined where it does not limit them. */
async function countedShares(context: VerbContext, workspaceId: string) {
    const organization = await organizationOf(context, workspaceId);
    const allowed = organization === undefined ? undefined : await planLimit(context, organization, "shares");
    if (organization === undefined || allowed === undefined) return undefined;
    const id = await context.remember(`id of ${organization}`, async () =>
        longId.test(organization) ? organization : (await organizationDetails(context, organization))?.id,
    );
    if (id === undefined) return undefined;
    const takeList = (context: VerbContext) => sharesWithin(context, id);
    return { allowed, shares: await siblings(context, `shares of organization ${id}`, takeList) };
}

/** The shares that the account can reach. */
export async function sharesOfAccount(context: VerbContext) {
    return context.client.list({
        operation: "list the account's shares",
        path: ["shares", "all"],
        items: "shares",
        item: row,
        identity: (one) => one.id,
    });
}

async function request(context: VerbContext, declared: Properties): Promise<Shown> {
    try {
        return await context.client.request({
            operation: "create the share",
            method: "POST",
            path: ["workspace", String(declared.workspaceId), "create", "share"],
            form: formOf(declared),
            kind: "create",
            answer,
        });
    } catch (error) {
        // Not every version tells what is taken from what is wrong.
        if (!isTaken(error) && !isApiError(error, "invalid")) throw error;
        // Not every refusal of something that is taken is about the custom name.
        const says = (key: string) => messageOf(error).includes(key);
        if (says(wire.customName) || says(wire.customUrl)) throw error;
        if (declared.folderId === undefined || isApiError(error, "invalid")) throw error;
        throw new ResourceError(
            `folderId: the folder backs a share already, and it can back one only. Declare another folder, or import the share: ${messageOf(error)}`,
            { cause: error },
        );
    }
}

/** Clocks of one service that differ. */
const clockSlackMilliseconds = 60_000;

/** Without a declared name nothing but time and title tells a share whose answer was lost from others. */
async function requestWithoutName(context: VerbContext, declared: Properties): Promise<Shown> {
    const workspaceId = String(declared.workspaceId);
    const beside = await sharesBeside(context, workspaceId);
    await beside.list(context);
    const since = context.client.serviceNow() - clockSlackMilliseconds;
    try {
        return await request(context, declared);
    } catch (error) {
        if (!isAmbiguous(error)) throw error;
        const lost = `${messageOf(error)} The share was requested and the answer was lost; `;
        // Those that this run has made meanwhile were there before for us.
        const before = new Set((await beside.list(context)).map((one) => one.id));
        const candidates = (await sharesOf(context, workspaceId).catch(() => undefined))?.filter(
            ({ id, title, created }) =>
                !before.has(id) &&
                (title ?? declared.title) === declared.title &&
                !(created && Date.parse(toRfc3339(created)) < since),
        );
        const [only, ...others] = candidates ?? [];
        if (only !== undefined && others.length === 0) return only;
        const problem =
            candidates === undefined
                ? `looking for it failed as well, and ${mayExist}`
                : only === undefined
                  ? "no new share of that title is listed; the next `pulumi up` makes it"
                  : `several new shares have that title (${candidates.map(({ id }) => id).join(", ")}). Delete those that nobody uses, or ` +
                    `import the right one: ${importCommand("Share", only.id, importTargetOf(context.urn))}`;
        throw new ResourceError(lost + problem, { cause: error });
    }
}

/** What a share of ours under the declared name holds, or is otherwise than declared for good, in words. */
async function obstaclesOf(context: VerbContext, shown: Shown, declared: Properties): Promise<string[]> {
    const permission = shown.user_permission;
    if (permission !== undefined && permission !== "owner") return ["this account is not its owner"];
    const remote = remoteOf(shown, declared);
    const fixed = ["storageMode", "folderId"].filter(
        (name) => name in remote && (remote[name] ?? undefined) !== declared[name],
    );
    if (fixed.length > 0) return [`it has another ${fixed.join(" and another ")}, which cannot be changed`];
    return (await ownContents(context, shown)).map((part) => `it holds ${part}`);
}

/** What would be lost with a share. The files of a workspace's folder stay in the workspace. */
async function ownContents(
    context: VerbContext,
    { id, storage_mode: mode }: Shown,
    makers?: Makers,
): Promise<string[]> {
    return mode === "workspace_folder"
        ? []
        : counted(await countFiles(context, { segment: "share", id }, makers), "file");
}

const onlyIndependent = (name: string, isSet: (value: unknown) => boolean) => ({
    properties: [name, "storageMode"] as const,
    broken: (declared: Properties) =>
        isSet(declared[name]) && declared.storageMode === "workspace_folder"
            ? "is for shares with storage of their own; leave it out with the storageMode workspace_folder"
            : undefined,
});

export const share = defineResource({
    kind: "Share",
    noun: "share",
    description:
        "A share: a place with its own address, where people outside a workspace get, give or exchange files.\n\n" +
        "It has storage of its own, or shows a folder of the workspace. Deleting it *closes* it for good; a delete is refused while a share with " +
        "storage of its own holds files. A folder that was shared stays. Use the resource option `protect` for every share that matters.",
    importedBy: "its 19-digit id or its custom name",
    inputs,
    outputs,
    wire,
    parent: { input: "workspaceId", kind: "Workspace" },
    rules: [
        {
            properties: ["accessOptions", "shareType"],
            broken: (declared) =>
                declared.accessOptions === anyoneWithTheLink && declared.shareType !== "send"
                    ? `"${anyoneWithTheLink}" is for the shareType send; declare that, or another access`
                    : undefined,
        },
        {
            properties: ["password", "accessOptions"],
            broken: (declared) =>
                declared.password !== undefined && declared.accessOptions !== anyoneWithTheLink
                    ? `needs the accessOptions "${anyoneWithTheLink}"; the service drops a password with any other access`
                    : undefined,
        },
        {
            properties: ["folderId", "storageMode"],
            broken: ({ folderId, storageMode: mode }) => {
                if (mode === "workspace_folder" && folderId === undefined)
                    return "is required with the storageMode workspace_folder";
                return mode === "independent" && folderId !== undefined
                    ? "belongs to the storageMode workspace_folder; declare that, or leave it out"
                    : undefined;
            },
        },
        {
            properties: ["folderId", "workspaceId"],
            broken: ({ folderId, workspaceId }) =>
                typeof folderId === "string" && folderId.split("/")[0] !== workspaceId
                    ? "is a folder of another workspace; a share shows a folder of its own workspace"
                    : undefined,
        },
        {
            properties: ["anonymousUploadsEnabled", "shareType", "accessOptions"],
            broken: (declared) =>
                declared.anonymousUploadsEnabled === true &&
                (declared.shareType === "send" || declared.accessOptions !== anyAccount)
                    ? `needs the shareType receive or exchange and the accessOptions "${anyAccount}"`
                    : undefined,
        },
        {
            properties: ["downloadSecurity", "downloadEnabled"],
            broken: (declared) =>
                declared.downloadSecurity !== undefined && declared.downloadEnabled === false
                    ? "says the same as downloadEnabled: false, in another way; declare one of the two"
                    : undefined,
        },
        onlyIndependent("expires", (value) => value !== undefined),
        onlyIndependent("intelligence", (value) => value === true),
        onlyIndependent("archived", (value) => value === true),
    ],
    samples: {
        minimal: { workspaceId: "1000000000000000001", title: "Q4 Report" },
        full: {
            workspaceId: "1000000000000000001",
            title: "Q4 Report",
            shareType: "send",
            storageMode: "independent",
            description: "The figures of the fourth quarter.",
            accessOptions: "Anyone with the link",
            invite: "owners",
            customName: "acme-q4-report",
            customUrl: "acme-fourth-quarter",
            password: "correct horse battery staple",
            expires: "2099-12-31T23:59:59Z",
            notify: "notify_on_file_received",
            displayType: "list",
            commentsEnabled: false,
            downloadEnabled: true,
            downloadSecurity: "off",
            guestChatEnabled: true,
            anonymousUploadsEnabled: false,
            intelligence: true,
            archived: false,
            ownerDefined: { quarter: 4 },
            forceDestroy: false,
        },
        changed: {
            workspaceId: "1000000000000000001",
            title: "Q4 Questions",
            shareType: "send",
            storageMode: "independent",
            description: "Questions about the fourth quarter.",
            accessOptions: "Anyone with a registered account",
            invite: "guests",
            customName: "acme-q4-questions",
            customUrl: "acme-fourth-questions",
            expires: "2098-12-31T23:59:59Z",
            notify: "notify_on_file_sent_or_received",
            displayType: "grid",
            commentsEnabled: true,
            downloadEnabled: false,
            guestChatEnabled: false,
            anonymousUploadsEnabled: false,
            intelligence: false,
            archived: true,
            ownerDefined: { quarter: 4, round: 2 },
            forceDestroy: true,
        },
    },

    async ceiling(context, { workspaceId }) {
        const counted = await countedShares(context, String(workspaceId));
        if (counted === undefined) return undefined;
        const { allowed, shares } = counted;
        return { name: "shares in the organization", allowed, used: await shares.count(context, allowed) };
    },

    async find(context, declared) {
        if (declared.customName === undefined) return undefined;
        const foreign = { id: String(declared.customName), remote: {}, foreign: true, obstacles: [] };
        try {
            const shown = await shareDetails(context, String(declared.customName).normalize("NFC"));
            if (shown === undefined) return undefined;
            if (workspaceOf(shown) !== declared.workspaceId) return foreign;
            const obstacles = await obstaclesOf(context, shown, declared);
            return { id: shown.id, remote: remoteOf(shown, declared), foreign: false, obstacles };
        } catch (error) {
            if (isApiError(error, "denied")) return foreign;
            throw error;
        }
    },

    async create(context, declared) {
        await refuseOverridden(context, declared);
        const workspaceId = String(declared.workspaceId);
        const lists = [await sharesBeside(context, workspaceId), (await countedShares(context, workspaceId))?.shares];
        const made =
            declared.customName === undefined
                ? await requestWithoutName(context, declared)
                : await request(context, declared);
        for (const list of lists) list?.add(made);
        return { id: made.id, remote: remoteOf(made, declared) };
    },

    async read(context, id, known) {
        const shown = await shareDetails(context, id);
        return shown && warnOrphaned(context, remoteOf(shown, known.inputs));
    },

    async resolve(context, idOrName) {
        const shown = await shareDetails(context, idOrName);
        if (shown === undefined) return undefined;
        const workspaceId = workspaceOf(shown);
        if (workspaceId === undefined)
            throw new ResourceError(`the service does not say which workspace share ${shown.id} belongs to`);
        return { id: shown.id, inputs: { workspaceId } };
    },

    async list(context, { id: workspaceId }, part) {
        const rows = [...(await sharesIn(context, workspaceId, part)).values()];
        return rows
            .filter((one) => one.closed !== true && one.deleted !== true)
            .map((one) => ({
                id: one.id,
                remote: remoteOf(one, { workspaceId }),
                shown: (context, _id, { inputs: declared }) => warnOrphaned(context, remoteOf(one, declared)),
            }));
    },

    partsOf: archivedOrLive,

    notice({ client }, id, { inputs: { expires, title } }) {
        if (!isPast(expires, client.serviceNow())) return undefined;
        return (
            `share ${JSON.stringify(title)} (${id}) has ended as declared, since ${toRfc3339(String(expires))}, and is closed to guests. ` +
            "Take the resource out of the program, or give a later end in expires, which opens it again"
        );
    },

    async update(context, id, { set, clear, inputs: declared, known }) {
        if (known.outputs.orphaned === true)
            throw new ResourceError(
                "the folder of the workspace that the share shows is gone, and a share without its folder cannot be changed. Restore the folder from the trash, " +
                    "or replace the share: `pulumi up --replace`",
            );
        if ("shareType" in set) await refuseOverridden(context, declared);
        // The service may have dropped the password with an access that somebody else set: it never opens without it.
        const password =
            "accessOptions" in set && declared.password !== undefined ? { password: declared.password } : {};
        // What the newer switch was before or beside the older one's off, it is no more with the older one on.
        const newerDefault =
            set.downloadEnabled === true ? { downloadSecurity: declared.downloadSecurity ?? "off" } : {};
        const { download_security: newer, ...form } = formOf({ ...newerDefault, ...set, ...password }, clear);
        // Beside the older switch that is off, the newer one's default would turn it on again.
        const downloads = newer === undefined || declared.downloadEnabled === false ? {} : { download_security: newer };
        const shown = await context.client.request({
            operation: "update the share",
            method: "POST",
            path: ["share", id, "update"],
            form: { ...form, ...downloads },
            kind: "write",
            answer: answer.optional().catch(undefined),
        });
        return shown && remoteOf(shown, declared);
    },

    async archive(context, id, archived) {
        await context.client.request({
            operation: archived ? "archive the share" : "unarchive the share",
            method: "POST",
            path: ["share", id, archived ? "archive" : "unarchive"],
            json: {},
            kind: "write",
            answer: z.unknown(),
        });
    },

    async guard(context, id, _known, makers) {
        const shown = await shareDetails(context, id);
        if (shown === undefined) return [];
        requireOwner(context, `share ${id}`, shown.user_permission);
        return ownContents(context, shown, makers);
    },

    async within(context, id) {
        const shown = await shareDetails(context, id);
        const workspaceId = shown && workspaceOf(shown);
        return workspaceId === undefined ? undefined : { kind: "Workspace", id: workspaceId };
    },

    async delete(context, id) {
        await asOwner(context, `share ${id}`, () =>
            context.client.request({
                operation: "delete the share",
                method: "DELETE",
                path: ["share", id, "delete"],
                form: { confirm: id },
                kind: "delete",
                answer: z.unknown(),
            }),
        );
    },

    async listed(context, id) {
        return (await sharesOfAccount(context)).some((one) => one.id === id);
    },
});
