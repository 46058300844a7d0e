/** What a workspace or share holds: files and notes, wherever they lie. */
import { z } from "zod";
import type { VerbContext } from "../core/define";

const node = z.looseObject({ id: z.string(), type: z.string() });

/** Counts files and notes outside the trash. Folders and links do not count: nothing is lost with them. */
export async function countFiles(
    context: VerbContext,
    parent: "workspace" | "share",
    id: string,
    folder = "root",
): Promise<number> {
    const nodes = await context.client.list({
        operation: `list the ${parent}'s files`,
        path: [parent, id, "storage", folder, "list"],
        items: "nodes.items",
        item: node,
        identity: (one) => one.id,
        paging: "cursor",
    });
    const within = nodes.map(({ id: node, type }) =>
        type === "folder" ? countFiles(context, parent, id, node) : Number(type === "file" || type === "note"),
    );
    return (await Promise.all(within)).reduce((sum: number, count) => sum + count, 0);
}
