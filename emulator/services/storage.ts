// Storage of workspaces and shares: folders, notes, the trash, and the nodes that uploads make.
import { createHash } from "node:crypto";
import { type Intent, openShare, openWorkspace, type Role } from "../access";
import { ApiError } from "../api-error";
import { type Answer, type Backend, type Call, Content, type Routes } from "../call";
import { dateText } from "../clock";
import { crc32c } from "../crc32c";
import { flag, invalid, readFields, required, text } from "../fields";
import { canonicalOpaque } from "../ids";
import type { Kind } from "../ledger";
import type { Organization, Share, Workspace } from "../parents";

export interface Node {
    id: string;
    /** The workspace or share whose storage holds it. */
    containerId: string;
    /** null for the root folder of a container. */
    parentId: string | null;
    type: "folder" | "file" | "note" | "link";
    name: string;
    /** The current version of a file or note, and what it holds. */
    version: string | null;
    contentId: string | null;
    size: number | null;
    hash: string | null;
    mimetype: string | null;
    crc32c: string | null;
    /** JSON. */
    origin: string | null;
    /** The share that a link leads to. */
    targetId: string | null;
    metadataTitle: string | null;
    metadataShort: string | null;
    /** JSON of a `Lock`. */
    lock: string | null;
    /** The node that was put into the trash: itself or a folder above; null while it is live. */
    trashId: string | null;
    deleted: number | null;
    creator: string;
    created: number;
    modified: number;
}

/** Who alone may change a file or note until it expires. */
export interface Lock {
    token: string;
    userId: string;
    info: unknown;
    created: number;
    expires: number;
}

/** Bytes in the store. */
export interface Stored {
    contentId: string;
    size: number;
    hash: string;
    crc32c: string;
}

/** One storage as a workspace or a share shows it. */
export interface Storage {
    containerId: string;
    rootId: string;
    organizationId: Organization["id"];
    /** The share shows one folder of its workspace. */
    folderBacked: boolean;
    /** The caller's role on the workspace or share. */
    role: Role;
    /** The share, where the storage is one's. */
    share?: Share;
}

type Open = (call: Call, needed: Role, intent?: Intent, named?: string) => Storage;

export const openWorkspaceStorage: Open = (call, needed, intent, named) => {
    const { workspace, role } = openWorkspace(call, needed, intent, named);
    return { ...workspaceStorage(workspace), role };
};

export function workspaceStorage({ id, rootId, organizationId }: Workspace): Omit<Storage, "role"> {
    return { containerId: id, rootId, organizationId, folderBacked: false };
}

export const openShareStorage: Open = (call, needed, intent, named) => {
    const { share, workspace, role } = openShare(call, needed, intent, named);
    const folderBacked = share.storageMode === "workspace_folder";
    const containerId = folderBacked ? workspace.id : share.id;
    return { containerId, rootId: share.rootId, organizationId: workspace.organizationId, folderBacked, role, share };
};

/** Routes of the storage of workspaces and of shares: the same for both. */
export function onStorages(on: (path: string, open: Open) => void): void {
    on("/workspace/:workspace_id/storage", openWorkspaceStorage);
    on("/share/:share_id/storage", openShareStorage);
}

export function storage(routes: Routes): void {
    onStorages((path, open) => {
        const on = (needed: Role, handler: (call: Call, storage: Storage) => Answer | Content) => (call: Call) =>
            handler(call, open(call, needed));
        routes.get(`${path}/trash/list/`, on("view", listTrash));
        routes.delete(`${path}/trash/delete/`, on("member", emptyTrash));
        routes.get(`${path}/:node_id/list/`, on("view", list));
        routes.get(`${path}/:node_id/details/`, on("view", details));
        routes.post(`${path}/:node_id/createfolder/`, on("member", createFolder));
        routes.post(`${path}/:node_id/move/`, on("member", move));
        routes.delete(`${path}/:node_id/delete/`, on("member", toTrash));
        routes.post(`${path}/:node_id/restore/`, on("member", restore));
        routes.delete(`${path}/:node_id/purge/`, on("member", purge));
    });
}

/** Makes the root folder of a new workspace or share. */
export function createRoot(call: Call, containerId: string): string {
    return insert(call, { containerId, parentId: null, type: "folder", name: "" }).id;
}

type NewNode = Pick<Node, "containerId" | "parentId" | "type" | "name"> & { targetId?: string };

export function insert(call: Call, node: NewNode): Node {
    const row = {
        id: call.ids.opaque(node.type === "file" ? "f" : "2"),
        version: null,
        targetId: null,
        metadataTitle: null,
        metadataShort: null,
        lock: null,
        trashId: null,
        deleted: null,
        creator: call.user.id,
        created: call.now,
        modified: call.now,
        ...node,
    };
    call.store.insert("nodes", row);
    return { ...row, contentId: null, size: null, hash: null, mimetype: null, crc32c: null, origin: null };
}

/** Keeps bytes that came in one piece. */
export function storeBytes(call: Call, bytes: Uint8Array, contentId = call.ids.opaque("b")): Stored {
    call.store.insert("pieces", { contentId, number: 1, size: bytes.length, bytes });
    return {
        contentId,
        size: bytes.length,
        hash: createHash("sha256").update(bytes).digest("hex"),
        crc32c: crc32c([bytes]),
    };
}

/** Makes stored bytes the current version of a file or note; the versions before stay. */
export function addVersion(
    call: Call,
    node: Node,
    { contentId, size, hash, crc32c }: Stored,
    mimetype: string,
    origin: string | null,
): Node {
    const id = call.ids.opaque("3");
    const content = { contentId, size, hash, crc32c, mimetype, origin };
    call.store.insert("versions", { id, nodeId: node.id, ...content, creator: call.user.id, created: call.now });
    call.store.update("nodes", node.id, { version: id, modified: call.now });
    return { ...node, ...content, version: id, modified: call.now };
}

/** The pieces of a content one by one, in their order. */
export function* piecesOf({ store }: Backend, contentId: string): Generator<Uint8Array> {
    const sql = "SELECT number, bytes FROM pieces WHERE contentId = ? AND number > ? ORDER BY number LIMIT 1";
    const after = (number: number) => store.get<{ number: number; bytes: Uint8Array }>(sql, contentId, number);
    for (let piece = after(0); piece; piece = after(piece.number)) yield piece.bytes;
}

/** SQL and its one value for the nodes that a storage shows, live or in the trash. */
export function shown({ folderBacked, rootId, containerId }: Storage): [sql: string, value: string] {
    if (!folderBacked) return ["containerId = ?", containerId];
    const tree = `WITH RECURSIVE tree(id) AS (
        VALUES (?) UNION ALL SELECT nodes.id FROM nodes JOIN tree ON nodes.parentId = tree.id) SELECT id FROM tree`;
    return [`id IN (${tree})`, rootId];
}

/** A node by id or the alias `root`; one in the trash only where the call is about the trash. */
export function findNode(call: Call, storage: Storage, named: string, where: "live" | "anywhere" = "live"): Node {
    const id = named === "root" ? storage.rootId : canonicalOpaque(named);
    const [sql, value] = shown(storage);
    const node = call.store.get<Node>(`SELECT * FROM nodeRows WHERE id = ? AND ${sql}`, id, value);
    if (!node || (where === "live" && node.trashId !== null)) {
        throw new ApiError("NOT_FOUND", "There is no such file, folder or note.", { site: "noSuchNode" });
    }
    return node;
}

export function findFolder(call: Call, storage: Storage, named: string, key: string): Node {
    const node = findNode(call, storage, named);
    if (node.type !== "folder") throw invalid(key, "is not a folder");
    return node;
}

export function named(call: Call, storage: Storage, where?: "live" | "anywhere"): Node {
    return findNode(call, storage, call.param("node_id"), where);
}

/** A node that may be changed: anything but the root folder, and what nobody else has locked. */
export function changeable(call: Call, storage: Storage, where?: "live" | "anywhere"): Node {
    const node = named(call, storage, where);
    if (node.id === storage.rootId) throw new ApiError("INPUT_INVALID", "The root folder cannot be changed.");
    return unlocked(call, node);
}

export function unlocked(call: Call, node: Node): Node {
    const lock = activeLock(call, node);
    if (lock && lock.userId !== call.user.id) throw new ApiError("LOCKED", "Somebody else has locked this file.");
    return node;
}

export function activeLock({ now }: { now: number }, node: Node): Lock | null {
    const lock: Lock | null = node.lock === null ? null : JSON.parse(node.lock);
    return lock && lock.expires > now ? lock : null;
}

const sortColumns: Record<string, "name" | "modified" | "created" | "type"> = {
    name: "name",
    updated: "modified",
    created: "created",
    type: "type",
};

type Order = readonly [column: "name" | "modified" | "created" | "type", direction: "asc" | "desc"];

function orderOf({ input: { sort_by = "name", sort_dir = "asc" } }: Call): Order {
    const column = Object.hasOwn(sortColumns, sort_by) ? sortColumns[sort_by] : undefined;
    if (column === undefined) throw invalid("sort_by", "must be name, updated, created or type");
    if (sort_dir !== "asc" && sort_dir !== "desc") throw invalid("sort_dir", "must be asc or desc");
    return [column, sort_dir];
}

/** One page by cursor: `sort_by`, `sort_dir`, `page_size` and the opaque `cursor` of the page before. */
export function keysetPage(
    call: Call,
    storage: Storage,
    condition: string,
    values: (string | null)[],
    [column, direction]: Order = orderOf(call),
    show: (node: Node) => Answer = (node) => nodeObject(call, storage, node),
): Answer {
    const { page_size = "100", cursor = "" } = call.input;
    if (!["100", "250", "500"].includes(page_size)) throw invalid("page_size", "must be 100, 250 or 500");
    const size = Number(page_size);
    const from = cursor === "" ? [] : readCursor(cursor);
    const beyond = cursor === "" ? "" : `AND (${column}, id) ${direction === "asc" ? ">" : "<"} (?, ?)`;
    const rows = call.store.all<Node>(
        `SELECT * FROM nodeRows WHERE ${condition} ${beyond}
         ORDER BY ${column} ${direction}, id ${direction} LIMIT ?`,
        ...values,
        ...from,
        size + 1,
    );
    const items = rows.slice(0, size);
    const last = items.at(-1);
    const hasMore = rows.length > size;
    const next_cursor = hasMore && last ? writeCursor([last[column], last.id]) : null;
    return {
        nodes: { count: items.length, items: items.map(show) },
        pagination: { has_more: hasMore, next_cursor, page_size: size },
    };
}

type Position = [sortValue: string | number, id: string];

function writeCursor(position: Position): string {
    return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function readCursor(cursor: string): Position {
    try {
        const [value, id]: unknown[] = JSON.parse(Buffer.from(cursor, "base64url").toString());
        if ((typeof value === "string" || typeof value === "number") && typeof id === "string") return [value, id];
    } catch {
        // Answered below, like any other text that is no cursor.
    }
    throw invalid("cursor", "is not a cursor of this list");
}

function list(call: Call, storage: Storage): Answer {
    const folder = findFolder(call, storage, call.param("node_id"), "parent_id");
    return keysetPage(call, storage, "parentId = ? AND trashId IS NULL", [folder.id]);
}

function listTrash(call: Call, storage: Storage): Answer {
    findNode(call, storage, "root");
    const [sql, value] = shown(storage);
    return keysetPage(call, storage, `${sql} AND trashId = id`, [value]);
}

function details(call: Call, storage: Storage): Answer | Content {
    if (call.dialect.era === "early") return one(call, storage, named(call, storage, "anywhere"));
    const ids = call.param("node_id").split(",");
    if (ids.length > 1) return several(call, storage, ids);
    return { format: "single", ...one(call, storage, named(call, storage, "anywhere")) };
}

const maxNodes = 25;

/** Late content 8.2: what is not there is an error of its own beside the nodes that are. */
function several(call: Call, storage: Storage, ids: readonly string[]): Answer | Content {
    if (ids.length > maxNodes || new Set(ids).size < ids.length) {
        throw invalid("node_id", `must be at most ${maxNodes} ids, each once`, "tooManyNodes");
    }
    const found = ids.map((id) => {
        try {
            return findNode(call, storage, id, "anywhere");
        } catch (error) {
            if (error instanceof ApiError) return { node_id: id, code: 133_123, message: error.message };
            throw error;
        }
    });
    const nodes = found.flatMap((one) => ("node_id" in one ? [] : [nodeObject(call, storage, one)]));
    const errors = found.filter((one) => "node_id" in one);
    if (nodes.length > 0) return { format: "multi", nodes, errors };
    return new Content(JSON.stringify({ result: false, format: "multi", nodes, errors }), {}, 404);
}

const nameRule = text({ min: 1 });
const maxNameLength = 255;

export function checkNodeName(name: string, key = "name"): string {
    if ([...name].length > maxNameLength) {
        const site = key === "relative_path" ? "folderNameTooLong" : "nameTooLong";
        throw invalid(key, `must be 1 to ${maxNameLength} characters long`, site);
    }
    nameRule.parse(name, key);
    if (/[/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(name) || name === "." || name === "..") {
        throw invalid(key, "holds a character that names may not have");
    }
    if (name.trim() === "" || /[ .]$/.test(name)) throw invalid(key, "must not be blank or end with a blank or a dot");
    return name;
}

export function childNamed(call: Call, parentId: string, name: string): Node | undefined {
    const sql = `SELECT * FROM nodeRows WHERE parentId = ? AND name = ? AND trashId IS NULL`;
    return call.store.get<Node>(sql, parentId, name);
}

/** `name`, or `name (2)` and so on when it is taken. */
export function freeName(call: Call, parentId: string, name: string): string {
    const [, stem = name, extension = ""] = /^(.+?)(\.[^.]+)?$/s.exec(name) ?? [];
    let candidate = name;
    for (let number = 2; childNamed(call, parentId, candidate); number += 1)
        candidate = `${stem} (${number})${extension}`;
    return candidate;
}

/** The folder of that name, made when it is not there. */
export function ensureFolder(call: Call, parent: Node, name: string): { folder: Node; created: boolean } {
    const present = childNamed(call, parent.id, name);
    if (present?.type === "folder") return { folder: present, created: false };
    return { folder: newFolder(call, parent, name), created: true };
}

export function newFolder(call: Call, parent: Node, name: string): Node {
    const folder = { containerId: parent.containerId, parentId: parent.id, type: "folder" } as const;
    return insert(call, { ...folder, name: freeName(call, parent.id, name) });
}

/** An existing folder of that name is the answer, unless `force` asks for a new one. */
function createFolder(call: Call, storage: Storage): Answer {
    const parent = findFolder(call, storage, call.param("node_id"), "parent_id");
    const name = checkNodeName(required(call.input, "name"));
    const { force = false } = readFields({ force: flag(false) }, call.input);
    const { folder, created } = force
        ? { folder: newFolder(call, parent, name), created: true }
        : ensureFolder(call, parent, name);
    if (created) call.did("created", "folder", folder.id);
    return one(call, storage, folder);
}

export interface Version extends Stored {
    id: string;
    nodeId: string;
    mimetype: string;
    origin: string | null;
    creator: string;
    created: number;
}

export function findVersion(call: Call, node: Node, id: string): Version {
    const sql = "SELECT * FROM versions WHERE id = ? AND nodeId = ?";
    const version = call.store.get<Version>(sql, canonicalOpaque(id), node.id);
    if (!version) throw new ApiError("NOT_FOUND", "There is no such version.");
    return version;
}

/** Puts a file into a folder. A file of that name gets a new version and keeps its id; anything else keeps its name. */
export function putFile(call: Call, parent: Node, name: string, stored: Stored, type: string, origin: string): Node {
    const present = childNamed(call, parent.id, name);
    if (present?.type === "file") return replaceFile(call, present, stored, type, origin);
    const place = { containerId: parent.containerId, parentId: parent.id, type: "file" } as const;
    const file = insert(call, { ...place, name: freeName(call, parent.id, name) });
    call.did("created", "file", file.id);
    return addVersion(call, file, stored, type, origin);
}

export function replaceFile(call: Call, file: Node, stored: Stored, type: string, origin: string): Node {
    unlocked(call, file);
    // Late content 2.6: the same bytes again make no version.
    if (call.dialect.era === "late" && file.hash === stored.hash) return file;
    call.did("updated", "file", file.id);
    return addVersion(call, file, stored, type, origin);
}

export function rename(call: Call, node: Node, name: string): Node {
    if (name === node.name) return node;
    if (childNamed(call, node.parentId ?? "", name)) throw invalid("name", `${name} is taken in this folder`);
    const changes = { name, modified: call.now };
    call.store.update("nodes", node.id, changes);
    return { ...node, ...changes };
}

export function kindOf({ type }: Node): Kind {
    return type;
}

function move(call: Call, storage: Storage): Answer {
    const node = changeable(call, storage);
    const target = findFolder(call, storage, required(call.input, "parent"), "parent");
    if (target.id === node.parentId) return one(call, storage, node);
    if (isWithin(call, target, node.id)) throw invalid("parent", "lies in the folder that is moved");
    const moved = place(call, node, target);
    call.did("updated", kindOf(node), node.id);
    return one(call, storage, moved);
}

export function isWithin(call: Call, node: Node, folderId: string): boolean {
    let current: Node | undefined = node;
    while (current && current.id !== folderId) {
        current = call.store.get<Node>("SELECT * FROM nodeRows WHERE id = ?", current.parentId);
    }
    return current !== undefined;
}

/** Hangs a node into a folder. */
function place(call: Call, node: Node, target: Node): Node {
    const changes = { parentId: target.id, name: roomFor(call, node, target), modified: call.now };
    call.store.update("nodes", node.id, changes);
    return { ...node, ...changes };
}

/** The name of a node that arrives in a folder: one of its own kind gives way to it, beside anything else it is renamed. */
export function roomFor(call: Call, node: Node, target: Node): string {
    const present = childNamed(call, target.id, node.name);
    const replaces = present && present.type !== "folder" && present.type === node.type;
    if (replaces) trash(call, unlocked(call, present));
    return freeName(call, target.id, node.name);
}

function toTrash(call: Call, storage: Storage): Answer {
    const node = changeable(call, storage);
    trash(call, node);
    call.did("deleted", kindOf(node), node.id);
    return {};
}

/** What lies below goes along; what was put into the trash before stays there on its own. */
export function trash(call: Call, node: Node): void {
    call.store.run(
        `WITH RECURSIVE tree(id) AS (
             VALUES (?1) UNION ALL
             SELECT nodes.id FROM nodes JOIN tree ON nodes.parentId = tree.id WHERE nodes.trashId IS NULL
         ) UPDATE nodes SET trashId = ?1, deleted = ?2 WHERE id IN (SELECT id FROM tree)`,
        node.id,
        call.now,
    );
}

/** A node that was put into the trash itself. */
function trashed(call: Call, storage: Storage): Node {
    const node = changeable(call, storage, "anywhere");
    if (node.trashId !== node.id) throw new ApiError("NOT_ACCEPTABLE", "This is not in the trash by itself.");
    return node;
}

function restore(call: Call, storage: Storage): Answer {
    const node = trashed(call, storage);
    const sql = `SELECT * FROM nodeRows WHERE id = ? AND trashId IS NULL`;
    const former = call.store.get<Node>(sql, node.parentId);
    const restored = place(call, node, former ?? findNode(call, storage, "root"));
    call.store.run("UPDATE nodes SET trashId = NULL, deleted = NULL WHERE trashId = ?", node.id);
    call.did("created", kindOf(node), node.id);
    return one(call, storage, { ...restored, trashId: null, deleted: null });
}

function purge(call: Call, storage: Storage): Answer {
    const node = trashed(call, storage);
    call.store.run("DELETE FROM nodes WHERE trashId = ?", node.id);
    call.did("deleted", kindOf(node), node.id);
    return {};
}

/** Not while the folder of a share lies in the trash itself: that is for its workspace to empty. */
function emptyTrash(call: Call, storage: Storage): Answer {
    findNode(call, storage, "root");
    const [sql, value] = shown(storage);
    call.store.run(`DELETE FROM nodes WHERE trashId IS NOT NULL AND ${sql}`, value);
    return {};
}

export function one(call: Call, storage: Storage, node: Node): Answer {
    return { node: nodeObject(call, storage, node) };
}

/** Late content 8.4: a change that is based on another version than the current one is refused. */
export function guardVersion({ dialect, input }: Call, node: Node): void {
    const base = input.if_version_id;
    if (dialect.era === "early" || base === undefined) return;
    if (base.trim() === "") throw invalid("if_version_id", "must not be blank", "versionBlank");
    if (node.type === "link") throw invalid("if_version_id", "is not for links");
    if (canonicalOpaque(base) === node.version) return;
    throw new ApiError("CONFLICT", "if_version_id: the content has changed since.", {
        site: "versionMismatch",
        field: "if_version_id",
        reason: "conflict_version_mismatch",
        details: { current_version_id: node.version },
    });
}

export function nodeObject(call: Call, storage: Storage, node: Node): Answer {
    const isRoot = node.id === storage.rootId;
    // What a share's folder lies in is nothing of the share's.
    const parent = isRoot ? null : node.parentId === storage.rootId ? "root" : node.parentId;
    const inTrash = node.trashId === node.id;
    const common = call.dialect.node({
        id: node.id,
        type: node.type,
        name: isRoot ? "root" : node.name,
        parent: inTrash ? "trash" : parent,
        creator: node.creator,
        created: dateText(node.created),
        modified: dateText(node.modified),
        deleted: dateText(node.deleted),
        deleted_from: inTrash ? parent : null,
        metadata:
            node.metadataTitle === null && node.metadataShort === null
                ? null
                : { title: node.metadataTitle, short: node.metadataShort },
    });
    if (node.type === "folder") {
        const sql = "SELECT id FROM shares WHERE rootId = ? AND closed = 0 AND storageMode = 'workspace_folder'";
        const share = call.store.get<{ id: string }>(sql, node.id);
        return { ...common, is_share_root: share !== undefined, share_id: share?.id ?? null };
    }
    if (node.type === "link") return { ...common, target_type: "share", target_id: node.targetId };
    const lock = activeLock(call, node);
    return {
        ...common,
        size: node.size,
        hash: node.hash,
        hash_algo: "sha256",
        mimetype: node.mimetype,
        mimecategory: node.mimetype?.split("/")[0] ?? null,
        ...(call.dialect.era === "late" && { crc32c: node.crc32c }),
        version: node.version,
        origin: node.origin === null ? null : JSON.parse(node.origin),
        restricted: false,
        dmca: false,
        locked: lock !== null,
        lock_info: lock && lockObject(lock),
    };
}

export function lockObject({ userId, info, created, expires }: Lock): Answer {
    return { user_id: userId, client_info: info, created: dateText(created), expires: dateText(expires) };
}
