// Finding nodes: by name, and the ones that changed last.
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { checkText, invalid, oneOf, readFields, required } from "../fields";
import { keysetPage, type Node, nodeObject, onStorages, type Storage, shown } from "./storage";

export function search(routes: Routes): void {
    onStorages((path, open) => {
        routes.get(`${path}/search/`, (call) => find(call, open(call, "view")));
        routes.get(`${path}/recent/`, (call) => recent(call, open(call, "view")));
        routes.late.get(`${path}/inventory/`, (call) => inventory(call, open(call, "view")));
    });
}

/** By a part of the name, without case; the answer is a map from node id to node. */
function find(call: Call, storage: Storage): Answer {
    if (storage.folderBacked) {
        // Late content 8.10.
        const live = call.store.get("SELECT 1 FROM nodes WHERE id = ? AND trashId IS NULL", storage.rootId);
        const site = live ? "shareNotSearched" : "orphanNotSearched";
        throw new ApiError("NOT_FOUND", "A share of a workspace folder cannot be searched.", { site });
    }
    const text = checkText(required(call.input, "search"), "search", { min: 2, max: 1000 }).toLowerCase();
    const [sql, value] = shown(storage);
    const rows = call.store
        .all<Node>(`SELECT * FROM nodeRows WHERE ${sql} AND parentId IS NOT NULL AND trashId IS NULL`, value)
        .filter(({ name }) => name.toLowerCase().includes(text))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { files, pagination } = call.page("files", rows, (node) => {
        const { parent, ...object } = nodeObject(call, storage, node);
        return [node.id, { ...object, parent_id: parent }];
    });
    return { files: Object.fromEntries(files as [string, Answer][]), pagination };
}

const inventoryFields = { type: oneOf(["file", "folder"], "file"), include: oneOf(["path"], "path") };

/** Late content 8.2: every live node as one flat list; that it pages as the lists of folders do is a guess. */
function inventory(call: Call, storage: Storage): Answer {
    if (call.input.output !== undefined) throw invalid("output", "is not for the inventory");
    const { type, include } = readFields(inventoryFields, call.input);
    const [sql, value] = shown(storage);
    const condition = `${sql} AND id <> ?2 AND trashId IS NULL AND (?3 IS NULL OR type = ?3)`;
    const paths = new Map([[storage.rootId, ""]]);
    const row = ({ id, name, type, parentId }: Node) => ({
        id,
        name,
        type,
        parent: parentId === storage.rootId ? "root" : parentId,
        ...(include && { path: `${pathOf(call, parentId ?? "", paths)}/${name}` }),
    });
    return keysetPage(call, storage, condition, [value, storage.rootId, type ?? null], ["name", "asc"], row);
}

function pathOf(call: Call, folderId: string, paths: Map<string, string>): string {
    const known = paths.get(folderId);
    if (known !== undefined) return known;
    const sql = "SELECT parentId, name FROM nodes WHERE id = ?";
    const folder = call.store.get<{ parentId: string | null; name: string }>(sql, folderId);
    const path = folder ? `${pathOf(call, folder.parentId ?? "", paths)}/${folder.name}` : "";
    paths.set(folderId, path);
    return path;
}

const kinds = { type: oneOf(["file", "folder", "link", "note"], "file") };

function recent(call: Call, storage: Storage): Answer {
    if (call.input.sort_by !== undefined) throw invalid("sort_by", "is not for this list: it is sorted by change");
    const { type } = readFields(kinds, call.input);
    const [sql, value] = shown(storage);
    const condition = `${sql} AND id <> ?2 AND trashId IS NULL AND (?3 IS NULL OR type = ?3)`;
    return keysetPage(call, storage, condition, [value, storage.rootId, type ?? null], ["modified", "desc"]);
}
