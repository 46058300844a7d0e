/** What folders and files have in common: the storage and the folder they lie in, names that are never taken from others, renaming, moving, the trash. */
import * as z from "zod";
import { isAmbiguous, isApiError } from "../api/errors";
import type { Change, Known, Listed, Parent, Properties, Remote, Rule, VerbContext } from "../core/define";
import { messageOf, ResourceError } from "../core/errors";
import { type ImportTarget, importCommand, importTargetOf } from "../core/import-command";
import { inTheWay } from "../core/name-exchange";
import { parentId, textOfLength } from "../core/properties";
import { temporaryName, type Way } from "../core/renames";
import { siblings } from "../core/siblings";
import { shareDetails } from "./share";
import {
    childrenOf,
    composed,
    folderId,
    isCalled,
    isRoot,
    isTrashed,
    type Node,
    nodeAnswer,
    nodeDetails,
    nodePath,
    nodesWithin,
    pathOf,
    type Storage,
    sameNode,
} from "./storage";
import { workspaceDetails } from "./workspace";

/** One of the kinds of nodes. */
export interface NodeKind {
    kind: string;
    /** As the service calls it. */
    type: string;
    /** The input that names the folder in which it lies. */
    placedBy: string;
}

export const storageInputs = {
    workspaceId: parentId("a workspace", "getWorkspaceOutput({ folderName }).id")
        .meta({
            immutable: true,
            reference: "Workspace",
            description:
                "Id of the workspace in whose storage it lies: the `id` output of a `Workspace`. Exactly one of `workspaceId` and `shareId` is declared.",
        })
        .optional(),
    shareId: parentId("a share", "getShareOutput({ customName }).id")
        .meta({
            immutable: true,
            description:
                "Id of the share in whose storage it lies: the `id` output of a `Share`. Exactly one of `workspaceId` and `shareId` is declared.",
        })
        .optional(),
};

export const storageParents: readonly Parent[] = [
    { input: "workspaceId", kind: "Workspace" },
    { input: "shareId", kind: "Share" },
];

export const times = {
    created: z.string().meta({ form: "datetime", fixed: true, description: "When it was made, RFC 3339." }),
    updated: z.string().meta({ form: "datetime", description: "When it was last changed, RFC 3339." }),
};

const longestName = 255;

/** The name of a node within its folder. */
export function nodeName(noun: string) {
    return textOfLength(1, longestName, "must not be empty")
        .regex(/^[^/\\]*$/, { error: "must not contain / or \\; each folder is a Folder of its own" })
        .regex(/^[^\p{C}]*$/u, { error: "must not contain control characters, nor characters that cannot be seen" })
        .regex(/[^ .]$/, { error: "must not end with a blank or a dot" })
        .meta({
            description:
                `Name of the ${noun}, 1 to ${longestName} characters, without \`/\` and \`\\\` and without a blank or a dot at the end. A change renames in place. ` +
                "A name that something else in the same folder has is refused, unless that gets another name in the same `pulumi up`.",
        });
}

/** The id of the folder in which a node lies. */
export function placedIn(noun: string) {
    return folderId("workspace or share")
        .meta({
            // Whoever may see a folder sees what is moved into it.
            accessRelevant: true,
            reset: { to: null },
            description:
                `The folder in which the ${noun} lies: the \`id\` output of a \`Folder\` of the same workspace or share. Default: the root. ` +
                "A change moves it, and removing it from the program moves it to the root.",
        })
        .optional();
}

export function storageRules({ placedBy }: NodeKind): Rule[] {
    return [
        {
            properties: ["workspaceId", "shareId"],
            broken: ({ workspaceId, shareId }) =>
                (workspaceId === undefined) === (shareId === undefined)
                    ? "declare exactly one of workspaceId and shareId"
                    : undefined,
        },
        {
            properties: [placedBy, "workspaceId", "shareId"],
            broken: ({ [placedBy]: folder, workspaceId, shareId }) =>
                typeof folder === "string" && containerOf(folder) !== (workspaceId ?? shareId)
                    ? "is a folder of another workspace or share"
                    : undefined,
        },
    ];
}

function containerOf(id: string): string {
    return id.split("/")[0] ?? "";
}

/** The part of an id that the service knows the node by. */
export function nodeOf(id: unknown): string {
    return typeof id === "string" ? (id.split("/")[1] ?? "") : "root";
}

export function idOf(storage: Storage, { id }: Pick<Node, "id">): string {
    return `${storage.id}/${id}`;
}

/** The storage that the properties name. */
function storageIn({ workspaceId, shareId }: Properties): Storage | undefined {
    if (typeof workspaceId === "string") return { segment: "workspace", id: workspaceId };
    return typeof shareId === "string" ? { segment: "share", id: shareId } : undefined;
}

export function declaredStorage(declared: Properties): Storage {
    const storage = storageIn(declared);
    if (storage === undefined) throw new ResourceError("neither workspaceId nor shareId is declared");
    return storage;
}

/** The storage of what the state knows, or of what is imported. */
async function storageOf(context: VerbContext, id: string, { inputs, outputs }: Known): Promise<Storage | undefined> {
    return storageIn({ ...outputs, ...inputs }) ?? storageNamed(context, containerOf(id));
}

/** The storage of the workspace or share that has this id or name. */
function storageNamed(context: VerbContext, idOrName: string): Promise<Storage | undefined> {
    return context.remember(`storage of ${idOrName}`, async (): Promise<Storage | undefined> => {
        let denial: unknown;
        const workspace = await workspaceDetails(context, idOrName).catch((error) => {
            if (!isApiError(error, "denied")) throw error;
            denial = error;
            return undefined;
        });
        // No two things have one id, but a workspace and a share may have one name.
        if (workspace?.id === idOrName) return { segment: "workspace", id: workspace.id };
        const share = await shareDetails(context, idOrName).catch((error) => {
            if (workspace === undefined || !isApiError(error, "denied")) throw error;
            return undefined;
        });
        if (workspace !== undefined && share !== undefined) {
            throw new ResourceError(
                `${JSON.stringify(idOrName)} is the name of workspace ${workspace.id} and of share ${share.id}: begin with the id of the one that is meant`,
            );
        }
        if (workspace !== undefined) return { segment: "workspace", id: workspace.id };
        if (share !== undefined) return { segment: "share", id: share.id };
        if (denial !== undefined) throw denial;
        return undefined;
    });
}

/** The node and its storage; undefined when it is not there, or in the trash. */
export async function present(context: VerbContext, of: NodeKind, id: string, known: Known) {
    const storage = await storageOf(context, id, known);
    const shown = storage && (await nodeDetails(context, storage, nodeOf(id)));
    if (storage === undefined || shown === undefined || isTrashed(shown)) return undefined;
    if (shown.type !== of.type) throw new ResourceError(`${id} is a ${shown.type}, not a ${of.type}`);
    return { storage, shown };
}

/** Where a node lies, as properties. */
export async function placeOf(context: VerbContext, of: NodeKind, storage: Storage, { parent }: Node): Promise<Remote> {
    const folder = parent ?? "root";
    return {
        [storage.segment === "workspace" ? "workspaceId" : "shareId"]: storage.id,
        [of.placedBy]: (await isRoot(context, storage, folder)) ? null : idOf(storage, { id: folder }),
    };
}

/** Imports by `<workspace or share>/<node id>` or `<workspace or share>/<path>`. */
export async function resolveNode(context: VerbContext, of: NodeKind, named: string) {
    const [container = "", ...path] = named.split("/");
    const storage = await storageNamed(context, container);
    if (storage === undefined) return undefined;
    const node = (await nodeById(context, storage, path)) ?? (await nodeByPath(context, of, storage, path));
    if (node === undefined) return undefined;
    if (await isRoot(context, storage, node.id)) {
        throw new ResourceError(`${named} is the root folder, which belongs to the ${storage.segment} itself`);
    }
    return { id: idOf(storage, node), inputs: {} };
}

async function nodeById(context: VerbContext, storage: Storage, [id = "", ...deeper]: string[]) {
    if (deeper.length > 0 || !/^[A-Za-z0-9-]+$/.test(id)) return undefined;
    try {
        return await nodeDetails(context, storage, id);
    } catch (error) {
        // A name is no id.
        if (isApiError(error, "invalid")) return undefined;
        throw error;
    }
}

async function nodeByPath(
    context: VerbContext,
    of: NodeKind,
    storage: Storage,
    [name, ...deeper]: string[],
    folder = "root",
): Promise<Node | undefined> {
    const type = deeper.length > 0 ? "folder" : of.type;
    const named = (await childrenOf(context, storage, folder)).filter(
        (one) => isCalled(one, name) && one.type === type,
    );
    const [found, ...others] = named;
    if (others.length > 0) {
        const candidates = named.map((one) => idOf(storage, one)).join(", ");
        throw new ResourceError(
            `several ${type}s there have the name ${JSON.stringify(name)}: ${candidates}. Name the right one by its id`,
        );
    }
    return found === undefined || deeper.length === 0 ? found : nodeByPath(context, of, storage, deeper, found.id);
}

/** Shows a node as its own read does, given the names of the folders above it. */
export type ShowNode = (
    context: VerbContext,
    storage: Storage,
    node: Node,
    above: string[],
    known: Known,
) => Promise<Remote>;

/** The nodes of the kind in one folder, or in the whole storage of a workspace or a share. */
export async function nodesUnder(
    context: VerbContext,
    of: NodeKind,
    { kind, id }: { kind: string; id: string },
    folder: string | undefined,
    show: ShowNode,
): Promise<Listed[]> {
    const storage: Storage = { segment: kind === "Share" ? "share" : "workspace", id };
    const nodes = await (folder === undefined ? nodesWithin(context, storage) : childrenOf(context, storage, folder));
    const pathAbove = folder === undefined ? undefined : await pathOf(context, storage, folder);
    return nodes
        .filter(({ type }) => type === of.type)
        .map((node) => ({
            id: idOf(storage, node),
            remote: { name: node.name, [of.placedBy]: node.parent ? idOf(storage, { id: node.parent }) : null },
            shown: async (context, _id, known) => pathAbove && show(context, storage, node, pathAbove, known),
        }));
}

/** The folder in which a node lies that is known like this: what lies in one folder is listed together. */
export function folderOf(of: NodeKind, { outputs }: Known): string {
    return nodeOf(outputs[of.placedBy]);
}

/**
 * What lies in the folder in which a node shall lie, as it is now: the service hands over, or overwrites, what has the same
 * name. Nodes that are made at the same time share one look.
 */
async function neighbours(context: VerbContext, of: NodeKind, storage: Storage, folder: string) {
    const nodes = await siblings(context, `nodes of ${storage.id}/${folder}`, (context) =>
        childrenOf(context, storage, folder),
    );
    try {
        return await nodes.listAnew(context);
    } catch (error) {
        if (folder === "root" || !isApiError(error, "not-found")) throw error;
        const gone = `there is no folder ${idOf(storage, { id: folder })}, or it lies in the trash`;
        throw new ResourceError(`${of.placedBy}: ${gone}`, { cause: error });
    }
}

/** The kinds that a program has of nodes, by the service's type. */
const kindByType: Record<string, string> = { file: "File", folder: "Folder" };

type Holder = Pick<Node, "id" | "type" | "name">;

/** Has a node give up its name in its folder, where this run is to give it another; answers why not. */
async function makeWay(
    context: VerbContext,
    storage: Storage,
    holder: Holder,
    own: string | undefined,
): Promise<Exclude<Way, { is: "free" }> | undefined> {
    const kind = kindByType[holder.type];
    if (kind === undefined) return { is: "unknown" };
    const sleep = (ms: number) => context.client.sleep(ms);
    const nodeName = `${kind} ${idOf(storage, holder)}`;
    const way = await context.renames.makeWay(nodeName, own, sleep, async (_, temporary) => {
        context.info(
            `${holder.type} ${idOf(storage, holder)} has the name ${JSON.stringify(holder.name)}, and is to get another: a temporary one until its own update`,
        );
        await rename(context, storage, holder, temporary);
    });
    return way.is === "free" ? undefined : way;
}

function taken(
    of: NodeKind,
    storage: Storage,
    property: string,
    other: Holder,
    way: Exclude<Way, { is: "free" }> | undefined,
    target: ImportTarget,
): ResourceError {
    const there =
        `${property}: ${of.type === other.type ? "another" : "a"} ${other.type} there has the name ${JSON.stringify(other.name)} already ` +
        `(${idOf(storage, other)}). `;
    if (way?.is === "kept") return new ResourceError(there + inTheWay(way));
    const importIt =
        other.type === of.type
            ? `if it shall belong to this program, import it: ${importCommand(of.kind, idOf(storage, other), target)}`
            : "it stays as it is";
    const alias =
        other.type === of.type
            ? " If the resource was only renamed in the program, give it an alias with its old name."
            : "";
    return new ResourceError(
        `${there}Declare another name, or ${importIt}.${alias} If it is of this program and was taken out of it, it goes only at the end of an update, ` +
            `which takes two steps: run \`pulumi up\` without this ${of.type}, then with it. ${inTheWay(way ?? { is: "unknown" }, "this name")}`,
    );
}

/** Whether a create that replaces something meets that, which has the same name in the same folder. */
function isReplaced({ replaced }: VerbContext, of: NodeKind, declared: Properties, holder: Holder): boolean {
    if (replaced === undefined || holder.type !== of.type) return false;
    const places = ["workspaceId", "shareId", of.placedBy];
    return isCalled(holder, replaced.name) && places.every((name) => replaced[name] === declared[name]);
}

/** How often a name is looked for anew once something has made room for it. */
const mostRounds = 5;

/**
 * Makes a node where nothing has its name yet: the service would hand over, or overwrite, what is there. When the answer is
 * lost, what has the name now and was not there before is ours.
 */
export async function makeNode<Made extends Pick<Node, "id">>(
    context: VerbContext,
    of: NodeKind,
    declared: Properties,
    make: (storage: Storage, folder: string) => Promise<Made>,
    isMade: (found: Node) => boolean = () => true,
): Promise<{ storage: Storage; made: Made | Node }> {
    const storage = declaredStorage(declared);
    const folder = nodeOf(declared[of.placedBy]);
    const target = importTargetOf(context.urn);
    const look = async (round = 1): Promise<readonly Node[]> => {
        const nodes = await neighbours(context, of, storage, folder);
        const holder = nodes.find((one) => isCalled(one, declared.name));
        if (holder === undefined) return nodes;
        if (isReplaced(context, of, declared, holder)) {
            throw new ResourceError(
                `name: ${of.type} ${idOf(storage, holder)} has the name ${JSON.stringify(holder.name)}, and it is the one that is to be replaced: ` +
                    "the new one is made before the old one goes. Set the resource option deleteBeforeReplace, with which the old one goes first",
            );
        }
        const way =
            round < mostRounds ? await makeWay(context, storage, holder, undefined) : { is: "unknown" as const };
        if (way !== undefined) throw taken(of, storage, "name", holder, way, target);
        return look(round + 1);
    };
    const before = await look();
    const wasThere = ({ id }: Pick<Node, "id">) => before.find((one) => sameNode(one.id, id));
    try {
        const made = await make(storage, folder);
        // Names that differ for us may be equal for the service.
        const other = wasThere(made) ?? (await madeEarlier(context, storage, declared, made));
        if (other !== undefined) throw taken(of, storage, "name", { type: of.type, ...other }, undefined, target);
        return { storage, made };
    } catch (error) {
        if (!isAmbiguous(error)) throw error;
        const after = await childrenOf(context, storage, folder).catch(() => undefined);
        const made = after?.find(
            (one) => isCalled(one, declared.name) && one.type === of.type && wasThere(one) === undefined && isMade(one),
        );
        if (made !== undefined) return { storage, made };
        const seen =
            after === undefined
                ? "looking for it failed as well. If it is there, the next `pulumi up` says so"
                : "it was not there when looked for right after; the next `pulumi up` looks again before it creates";
        throw new ResourceError(`${messageOf(error)} The ${of.type} was requested and the answer was lost; ${seen}`, {
            cause: error,
        });
    }
}

/** The node of another resource of this run that the service handed over instead of making one. */
async function madeEarlier(context: VerbContext, storage: Storage, { name }: Properties, made: Pick<Node, "id">) {
    const nodes = await context.remember(
        `nodes made in ${storage.id}`,
        async (): Promise<Pick<Node, "id" | "name">[]> => [],
    );
    const earlier = nodes.find(({ id }) => sameNode(id, made.id));
    nodes.push({ id: made.id, name: String(name) });
    return earlier;
}

/** Brings a node to its declared name and folder, and answers how it was before. */
export async function relocate(
    context: VerbContext,
    of: NodeKind,
    id: string,
    change: Change,
    round = 1,
): Promise<{ storage: Storage; before: Node }> {
    const { set, inputs, known } = change;
    const found = await present(context, of, id, known);
    if (found === undefined) {
        throw new ResourceError(
            `it is not there any more, or lies in the trash. \`pulumi refresh\` finds that out, and the next \`pulumi up\` makes it again`,
        );
    }
    const { storage, shown } = found;
    const name = composed(inputs.name);
    const source = shown.parent ?? "root";
    const target = of.placedBy in set ? nodeOf(set[of.placedBy]) : source;
    const moves = !sameNode(source, target);
    const renames = !isCalled(shown, name);
    if (!moves && !renames) return { storage, before: shown };
    const holderOf = (nodes: readonly Node[], wanted: string) =>
        nodes.find((one) => isCalled(one, wanted) && !sameNode(one.id, shown.id));
    const there = await neighbours(context, of, storage, target);
    const holder = holderOf(there, name);
    if (holder !== undefined) {
        const own = `${of.kind} ${id}`;
        const way = round < mostRounds ? await makeWay(context, storage, holder, own) : { is: "unknown" as const };
        // What had the name may have made room, and this node may have made room for another meanwhile.
        if (way === undefined) return relocate(context, of, id, change, round + 1);
        // Another resource than this one would hold it.
        const elsewhere = { ofPlugin: importTargetOf(context.urn).ofPlugin };
        throw taken(of, storage, renames ? "name" : of.placedBy, holder, way, elsewhere);
    }
    const move = () => post(context, of.type, storage, shown, "move", { parent: target });
    if (!moves) await rename(context, storage, shown, name);
    else if (!renames) await move();
    else if (holderOf(there, shown.name) === undefined) {
        await move();
        await rename(context, storage, shown, name);
    } else {
        // On the way it would take somebody's place in the new folder with its old name, and perhaps in the old one with the new.
        const isFree = holderOf(await childrenOf(context, storage, source), name) === undefined;
        await rename(context, storage, shown, isFree ? name : temporaryName());
        await move();
        if (!isFree) await rename(context, storage, shown, name);
    }
    return { storage, before: shown };
}

function rename(context: VerbContext, storage: Storage, node: Pick<Node, "id" | "type">, name: string): Promise<void> {
    return post(context, node.type, storage, node, "update", { name });
}

async function post(
    context: VerbContext,
    type: string,
    storage: Storage,
    { id }: Pick<Node, "id">,
    verb: "update" | "move",
    form: Record<string, string>,
): Promise<void> {
    await context.client.request({
        operation: `${verb === "move" ? "move" : "rename"} the ${type}`,
        method: "POST",
        path: nodePath(storage, id, verb),
        form,
        kind: "write",
        answer: nodeAnswer.optional().catch(undefined),
    });
}

/** Puts a node into the trash, and what lies in it along. */
export async function trashNode(context: VerbContext, of: NodeKind, id: string, known: Known): Promise<void> {
    const storage = await storageOf(context, id, known);
    if (storage === undefined) return;
    await context.client.request({
        operation: `delete the ${of.type}`,
        method: "DELETE",
        path: nodePath(storage, nodeOf(id), "delete"),
        kind: "delete",
        answer: z.unknown(),
    });
}
