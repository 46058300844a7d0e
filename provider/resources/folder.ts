/** Folder: a folder in the storage of a workspace or a share. */
import * as z from "zod";
import { defineResource, type Remote, type VerbContext } from "../core/define";
import { fromAnswer } from "../core/wire";
import {
    folderOf,
    idOf,
    makeNode,
    type NodeKind,
    nodeName,
    nodesUnder,
    placedIn,
    placeOf,
    present,
    relocate,
    resolveNode,
    storageInputs,
    storageParents,
    storageRules,
    times,
    trashNode,
} from "./node";
import { counted } from "./organization";
import {
    composed,
    countFiles,
    isContent,
    type Node,
    nodeAnswer,
    nodePath,
    nodesWithin,
    pathOf,
    type Storage,
} from "./storage";

const of: NodeKind = { kind: "Folder", type: "folder", placedBy: "parentId" };

const inputs = z.object({
    ...storageInputs,
    name: nodeName("folder"),
    parentId: placedIn("folder"),
    forceDestroy: z
        .boolean()
        .meta({
            providerOnly: true,
            description:
                "Whether a delete may put the folder into the trash although it holds files or notes, or a share shows it. Default false. " +
                "A delete works with what the state holds: set it and run `pulumi up` before the delete.",
        })
        .optional(),
});

const outputs = z.object({
    path: z.string().meta({
        description:
            "The names from the root to the folder, `Legal/Contracts`. As of the last change or refresh of the folder itself.",
    }),
    ...times,
});

const wire = { name: "name", parentId: "parent", created: "created", updated: "modified" };

async function remoteOf(context: VerbContext, storage: Storage, shown: Node, above: string[]): Promise<Remote> {
    const place = await placeOf(context, of, storage, shown);
    return { ...fromAnswer({ inputs, outputs, wire }, shown), ...place, path: [...above, shown.name].join("/") };
}

/** The folder as the answer that made it shows it; undefined when that does not tell where it lies. */
async function shownBy(context: VerbContext, storage: Storage, made: Node): Promise<Remote | undefined> {
    const above = made.parent ? await pathOf(context, storage, made.parent) : undefined;
    return above && remoteOf(context, storage, made, above);
}

/** Whether a share shows the folder. */
function isShared(shown: Node): boolean {
    return shown.is_share_root === true || shown.is_share_root === "true";
}

export const folder = defineResource({
    kind: "Folder",
    noun: "folder",
    description:
        "A folder in the storage of a workspace or a share.\n\n" +
        "What has the name already is never taken over silently: it is an error that says how to import it. Deleting puts the folder into the trash, " +
        "from which it can be restored; a delete is refused while it holds files or notes.",
    importedBy: "`<workspace or share id>/<node id>` or `<workspace or share id>/<path>`",
    inputs,
    outputs,
    wire,
    parent: storageParents,
    named: ["name", of.placedBy],
    rules: storageRules(of),
    samples: {
        minimal: { workspaceId: "1000000000000000001", name: "Legal" },
        full: {
            workspaceId: "1000000000000000001",
            name: "Contracts",
            parentId: "1000000000000000001/2abcd-efghi-jklmn-opqrs-tuvwx-yz23",
            forceDestroy: false,
        },
        changed: {
            workspaceId: "1000000000000000001",
            name: "Signed contracts",
            parentId: "1000000000000000001/2zyxw-vutsr-qponm-lkjih-gfedc-ba76",
            forceDestroy: true,
        },
    },

    async create(context, declared) {
        const { storage, made } = await makeNode(context, of, declared, (storage, parent) =>
            context.client.request({
                operation: "create the folder",
                method: "POST",
                path: nodePath(storage, parent, "createfolder"),
                form: { name: composed(declared.name) },
                kind: "create",
                answer: nodeAnswer,
            }),
        );
        return { id: idOf(storage, made), remote: await shownBy(context, storage, made).catch(() => undefined) };
    },

    async read(context, id, known) {
        const found = await present(context, of, id, known);
        if (found === undefined) return undefined;
        const { storage, shown } = found;
        const above = await pathOf(context, storage, shown.parent ?? "root");
        return above && remoteOf(context, storage, shown, above);
    },

    async resolve(context, named) {
        return resolveNode(context, of, named);
    },

    async list(context, parent, within) {
        return nodesUnder(context, of, parent, within, remoteOf);
    },

    partsOf: (known) => [folderOf(of, known)],

    async update(context, id, change) {
        await relocate(context, of, id, change);
        return undefined;
    },

    async guard(context, id, known, makers) {
        const found = await present(context, of, id, known);
        if (found === undefined) return [];
        if (makers !== undefined)
            return counted(await countFiles(context, found.storage, makers, found.shown.id), "file");
        const within = await nodesWithin(context, found.storage, found.shown.id);
        const shared = [found.shown, ...within].filter(isShared).length;
        return [...counted(within.filter(isContent).length, "file"), ...counted(shared, "share")];
    },

    async delete(context, id, known) {
        await trashNode(context, of, id, known);
    },
});
