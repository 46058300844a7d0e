/** File: a file in the storage of a workspace or a share, with the bytes of a Pulumi asset. */
import * as z from "zod";
import { type Asset, asset, decodeAsset, hashedAsset, textAsset } from "../core/assets";
import { defineResource, type Known, type Properties, type Remote, type VerbContext } from "../core/define";
import { ResourceError } from "../core/errors";
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
import { composed, type Node, nodePath, pathOf, type Storage, sameNode } from "./storage";
import { upload } from "./upload";

const of: NodeKind = { kind: "File", type: "file", placedBy: "folderId" };

const inputs = z.object({
    ...storageInputs,
    folderId: placedIn("file"),
    name: nodeName("file"),
    source: asset().meta({
        exampleFile: "plan.txt",
        fileNamedBy: "name",
        description:
            'What the file holds: a Pulumi asset, for instance `new pulumi.asset.FileAsset("plan.pdf")`; a relative path starts at the project\'s folder. ' +
            "Other bytes become a new version of the same file. Up to 4 MiB go in one request, more in chunks of which three are on the way at a time; " +
            "a chunk that breaks is repeated alone. The text of a `StringAsset` is stored in the state. " +
            "`pulumi import` declares the file of that name in the project's folder: put the bytes there.",
    }),
});

const outputs = z.object({
    size: z.number().meta({ description: "Length in bytes." }),
    sha256: z.string().meta({ description: "SHA-256 of the bytes that the service has, in hexadecimal." }),
    version: z.string().meta({ description: "Id of the current version." }),
    mimetype: z.string().meta({ description: "Media type, as the service sees it." }).optional(),
    ...times,
});

const wire = {
    folderId: "parent",
    name: "name",
    size: "size",
    version: "version",
    mimetype: "mimetype",
    created: "created",
    updated: "modified",
};

function sourceOf(declared: Properties): Asset {
    const source = decodeAsset(declared.source);
    if (source === undefined) throw new ResourceError("source: is no asset");
    return source;
}

/** The SHA-256 that the service gives with the file. */
function shownHash({ hash, hash_algo: algorithm }: Node): string | undefined {
    if (typeof hash !== "string" || !/^[0-9a-f]{64}$/i.test(hash)) return undefined;
    return algorithm === undefined || algorithm === "sha256" ? hash.toLowerCase() : undefined;
}

/** The SHA-256 of the bytes. Where the service hashes otherwise, it is computed once for each version. */
async function hashOf(context: VerbContext, storage: Storage, file: Node, recorded: Properties): Promise<string> {
    const shown = shownHash(file);
    if (shown !== undefined) return shown;
    const { version, sha256 } = recorded;
    const isKnown = typeof version === "string" && typeof file.version === "string" && sameNode(version, file.version);
    if (isKnown && typeof sha256 === "string") return sha256;
    return digestOf(context, storage, file);
}

/** Reads the bytes, into a file where one is named, and answers their SHA-256. */
async function digestOf(context: VerbContext, storage: Storage, file: Node, into?: string): Promise<string> {
    const { sha256 } = await context.client.request({
        operation: "read the file",
        method: "GET",
        path: nodePath(storage, file.id, "read"),
        kind: "read",
        digest: true,
        ...(into !== undefined && { into }),
        answer: z.object({ sha256: z.string() }),
        timeoutMs: 3_600_000,
    });
    return sha256;
}

async function remoteOf(context: VerbContext, storage: Storage, shown: Node, known: Known): Promise<Remote> {
    const sha256 = await hashOf(context, storage, shown, known.outputs);
    return {
        ...fromAnswer({ inputs, outputs, wire }, shown),
        ...(await placeOf(context, of, storage, shown)),
        source: hashedAsset(sha256),
        sha256,
    };
}

export const file = defineResource({
    kind: "File",
    noun: "file",
    description:
        "A file in the storage of a workspace or a share.\n\n" +
        "What has the name already is never taken over or overwritten: it is an error that says how to import it. Bytes that were changed behind " +
        "the program's back are found by a refresh, and uploaded again. Deleting puts the file into the trash, from which it can be restored.",
    importedBy: "`<workspace or share id>/<node id>` or `<workspace or share id>/<path>`",
    inputs,
    outputs,
    wire,
    parent: storageParents,
    named: ["name", of.placedBy],
    rules: storageRules(of),
    samples: {
        minimal: { workspaceId: "1000000000000000001", name: "plan.txt", source: textAsset("What we do.") },
        full: {
            workspaceId: "1000000000000000001",
            folderId: "1000000000000000001/2abcd-efghi-jklmn-opqrs-tuvwx-yz23",
            name: "plan.txt",
            source: textAsset("What we do."),
        },
        changed: {
            workspaceId: "1000000000000000001",
            folderId: "1000000000000000001/2zyxw-vutsr-qponm-lkjih-gfedc-ba76",
            name: "plan-2.txt",
            source: textAsset("What we do next."),
        },
    },

    async create(context, declared) {
        const source = sourceOf(declared);
        const name = composed(declared.name);
        const { storage, made } = await makeNode(
            context,
            of,
            declared,
            async (storage, folder) => ({ id: await upload(context, { storage, name, folder }, source) }),
            (found) => shownHash(found) === source.sha256,
        );
        return { id: idOf(storage, made) };
    },

    async read(context, id, known) {
        const found = await present(context, of, id, known);
        if (found === undefined) return undefined;
        const { storage, shown } = found;
        const folder = shown.parent ?? "root";
        const above = await context.remember(`path of ${storage.id}/${folder}`, () => pathOf(context, storage, folder));
        return above && remoteOf(context, storage, shown, known);
    },

    async resolve(context, named) {
        return resolveNode(context, of, named);
    },

    async saveAsset(context, id, _source, file) {
        const found = await present(context, of, id, { inputs: {}, outputs: {} });
        if (found === undefined) return undefined;
        await digestOf(context, found.storage, found.shown, file);
        return found.shown.name;
    },

    async list(context, parent, within) {
        return nodesUnder(context, of, parent, within, (context, storage, shown, _above, known) =>
            remoteOf(context, storage, shown, known),
        );
    },

    partsOf: (known) => [folderOf(of, known)],

    async update(context, id, change) {
        const { storage, before } = await relocate(context, of, id, change);
        if (change.set.source === undefined) return undefined;
        const source = sourceOf(change.set);
        // An imported file has the bytes already that the program declares.
        if ((await hashOf(context, storage, before, change.known.outputs)) === source.sha256) return undefined;
        const name = composed(change.inputs.name);
        const node = await upload(context, { storage, name, file: before.id }, source);
        if (!sameNode(node, before.id)) {
            throw new ResourceError(`the service put the new bytes into another file, ${idOf(storage, { id: node })}`);
        }
        return undefined;
    },

    async delete(context, id, known) {
        await trashNode(context, of, id, known);
    },
});
