/** The storage of a workspace or a share: folders, files and notes, wherever they lie. */
import * as z from "zod";
import { wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import type { Makers, VerbContext } from "../core/define";

export interface Storage {
    segment: "workspace" | "share";
    id: string;
}

const node = z.looseObject({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    parent: z.string().nullish(),
    deleted: z.unknown().optional(),
});
/** A folder, file, note or link. */
export type Node = z.infer<typeof node>;

/** The answer of a request about one node. */
export const nodeAnswer = wrapped(["node"], node);

/** The path of a request about the node. */
export function nodePath({ segment, id }: Storage, node: string, ...more: string[]): string[] {
    return [segment, id, "storage", node, ...more];
}

/** Ids of nodes are equal whatever their case and hyphens. */
export function sameNode(left: string, right: string): boolean {
    return plainId(left) === plainId(right);
}

/** Names of nodes are one in whatever form of Unicode their letters are composed. */
export function isCalled(node: Pick<Node, "name">, name: unknown): boolean {
    return composed(node.name) === composed(name);
}

/** A name as it is sent. */
export function composed(name: unknown): string {
    return String(name).normalize("NFC");
}

function plainId(id: string): string {
    return id.replaceAll("-", "").toLowerCase();
}

export function isTrashed({ parent, deleted }: Node): boolean {
    return parent === "trash" || !(deleted === undefined || deleted === null || deleted === false || deleted === "");
}

/** The node, in the trash or not; undefined when the service says that there is none. */
export async function nodeDetails(context: VerbContext, storage: Storage, id: string): Promise<Node | undefined> {
    try {
        return await context.client.request({
            operation: `look into the ${storage.segment}'s storage`,
            method: "GET",
            path: nodePath(storage, id, "details"),
            kind: "read",
            answer: nodeAnswer,
        });
    } catch (error) {
        if (isApiError(error, "not-found")) return undefined;
        throw error;
    }
}

/** What lies in a folder, without what lies in the trash. */
export async function childrenOf(context: VerbContext, storage: Storage, folder: string): Promise<Node[]> {
    const children = await context.client.list({
        operation: `list the ${storage.segment}'s files`,
        path: nodePath(storage, folder, "list"),
        items: "nodes.items",
        item: node,
        identity: (one) => one.id,
        paging: "cursor",
    });
    return children.filter((one) => !isTrashed(one));
}

/** All that lies in a folder and in the folders within. */
export async function nodesWithin(context: VerbContext, storage: Storage, folder = "root"): Promise<Node[]> {
    const children = await childrenOf(context, storage, folder);
    const folders = children.filter(({ type }) => type === "folder");
    const deeper = await Promise.all(folders.map(({ id }) => nodesWithin(context, storage, id)));
    return [...children, ...deeper.flat()];
}

/** The id of a folder, as a `Folder` gives it. */
export function folderId(container: string) {
    return z
        .string()
        .regex(/^[0-9]{19}\/[A-Za-z0-9-]+$/, {
            error: `must be the id of a folder, \`<${container} id>/<node id>\`; use the id output of a Folder`,
        })
        .meta({ reference: "Folder", normalise: (value) => plainId(String(value)) });
}

/** Whether a delete of the node loses something. Folders and links do not count: nothing is lost with them. */
export function isContent({ type }: Node): boolean {
    return type === "file" || type === "note";
}

/** Counts files and notes outside the trash; with `makers` those that others have put there. */
export async function countFiles(
    context: VerbContext,
    storage: Storage,
    makers?: Makers,
    folder?: string,
): Promise<number> {
    const nodes = (await nodesWithin(context, storage, folder)).filter(isContent);
    return nodes.filter((one) => makers === undefined || isOfOthers(makers, storage, one)).length;
}

/** A file whose current version this stack has not uploaded. Of one that does not say where it came from, nobody can tell. */
function isOfOthers({ has, mark }: Makers, { id: container }: Storage, { id, type, origin }: Node): boolean {
    if (has("File", `${container}/${id}`)) return false;
    if (type !== "file") return true;
    if (origin === undefined || mark === undefined) return false;
    return (origin as { creator?: unknown } | null)?.creator !== mark;
}

/** Whether it is the root folder, which has an id beside its alias. */
export async function isRoot(context: VerbContext, storage: Storage, folder: string): Promise<boolean> {
    if (folder === "root") return true;
    const root = await context.remember(
        `root of ${storage.segment} ${storage.id}`,
        async () => (await nodeDetails(context, storage, "root"))?.id,
    );
    return root !== undefined && sameNode(root, folder);
}

/** The names of the folders from below the root to this one; undefined where one of them lies in the trash. */
export async function pathOf(context: VerbContext, storage: Storage, folder: string): Promise<string[] | undefined> {
    const names: string[] = [];
    let at = folder;
    while (!(await isRoot(context, storage, at))) {
        const shown = await nodeDetails(context, storage, at);
        if (shown === undefined) break;
        if (isTrashed(shown)) return undefined;
        names.unshift(shown.name);
        at = shown.parent ?? "root";
    }
    return names;
}
