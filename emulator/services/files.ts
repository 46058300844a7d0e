// Files and what they hold: reading, versions, renaming, copies, links, locks, other workspaces.
import { openShare, openWorkspace, type Role } from "../access";
import { readToken, signToken } from "../accounts";
import { ApiError } from "../api-error";
import { type Answer, type Call, Content, type Routes } from "../call";
import { dateText } from "../clock";
import { clears, integer, invalid, oneOf, optionalText, parseJson, readFields, requireAll, required } from "../fields";
import { canonicalOpaque } from "../ids";
import { maxZipBytes, type ZipEntry, zip } from "../zip";
import { noteName } from "./notes";
import {
    activeLock,
    addVersion,
    changeable,
    checkNodeName,
    findFolder,
    findVersion,
    freeName,
    guardVersion,
    insert,
    isWithin,
    kindOf,
    type Lock,
    lockObject,
    type Node,
    named,
    one,
    onStorages,
    openShareStorage,
    openWorkspaceStorage,
    piecesOf,
    putFile,
    rename,
    roomFor,
    type Storage,
    type Stored,
    trash,
    unlocked,
    type Version,
    workspaceStorage,
} from "./storage";
import { attachable } from "./uploads";

export function files(routes: Routes): void {
    onStorages((path, open) => {
        const node = `${path}/:node_id`;
        const on = (needed: Role, handler: (call: Call, storage: Storage) => Answer) => (call: Call) =>
            handler(call, open(call, needed));
        routes.get(`${node}/requestread/`, on("view", requestRead));
        // The token of `requestread` stands in for a credential.
        routes.get(`${node}/read/`, (call) => read(call, () => open(call, "view")), "anyone");
        routes.get(`${node}/zip/`, (call) => archive(call, () => open(call, "view")), "anyone");
        routes.get(`${node}/versions/`, on("view", listVersions));
        routes.post(`${node}/restore-version/`, on("member", restoreVersion));
        routes.post(`${node}/update/`, on("member", update));
        routes.post(`${node}/copy/`, on("member", copy));
        // Late content 8.2: the tree of a workspace alone has links, and nodes that go to another one.
        const ofWorkspaces = open === openShareStorage ? routes.early : routes;
        ofWorkspaces.post(`${node}/transfer/`, on("member", transfer));
        ofWorkspaces.post(`${node}/addlink/`, on("member", addLink));
        routes.post(`${node}/addfile/`, on("member", addFile));
        routes.get(`${node}/lock/`, on("view", lockStatus));
        routes.post(`${node}/lock/`, on("member", lock));
        routes.delete(`${node}/lock/`, on("member", unlock));
        routes.late.post(`${node}/lock/heartbeat/`, on("member", heartbeat));
        routes.late.get(`${node}/requestzip/`, on("view", requestRead));
    });
}

/** A node that the caller may take away: visitors of a share only as far as it lets them. */
function downloadable(call: Call, storage: Storage): Node {
    const { share, role } = storage;
    if (share && (role === "guest" || role === "view")) {
        const { share_type: type, download_enabled: enabled, download_security: security } = share.fields;
        if (type === "receive" || !enabled || security !== "off") {
            throw new ApiError("DENIED", "This share does not let its guests download.");
        }
    }
    return named(call, storage);
}

function requestRead(call: Call, storage: Storage): Answer {
    return { token: signToken(call.backend, { node: downloadable(call, storage).id }) };
}

/** The node of the path, for whoever may read it or holds the token of `requestread`. */
function taken(call: Call, open: () => Storage): Node {
    const { token } = call.input;
    return token === undefined ? downloadable(call, open()) : nodeOfToken(call, token);
}

function read(call: Call, open: () => Storage): Content {
    const node = taken(call, open);
    if (node.contentId === null) throw invalid("node_id", `is a ${node.type}: only files and notes have bytes`);
    const { version_id: versionId } = call.input;
    const version = versionId === undefined ? node.version : canonicalOpaque(versionId);
    const { contentId, size, hash, mimetype } = findVersion(call, node, version ?? "");
    return new Content(stream(piecesOf(call.backend, contentId)), {
        "Content-Type": mimetype ?? "application/octet-stream",
        "Content-Length": String(size),
        "Content-Disposition": attachment(node.name),
        ETag: `"${hash}"`,
    });
}

/** Reads a piece only when the reader has taken the one before. */
function stream(pieces: Iterator<Uint8Array>): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
        {
            pull(controller) {
                const { value, done } = pieces.next();
                if (done) controller.close();
                else controller.enqueue(value);
            },
        },
        { highWaterMark: 0 },
    );
}

function attachment(name: string): string {
    return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}

/** A folder with all that lies below, as a zip. */
function archive(call: Call, open: () => Storage): Content {
    const folder = taken(call, open);
    if (folder.type !== "folder") throw invalid("node_id", `is a ${folder.type}, not a folder`);
    const entries = [...entriesOf(call, folder, "")];
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    if (total > maxZipBytes) throw new ApiError("EXCEEDED_LIMIT", `A zip holds at most ${maxZipBytes} bytes.`);
    return new Content(stream(zip(entries)), {
        "Content-Type": "application/zip",
        "Content-Disposition": attachment(`${folder.name || "files"}.zip`),
    });
}

function* entriesOf(call: Call, folder: Node, path: string): Generator<ZipEntry> {
    const sql = "SELECT * FROM nodeRows WHERE parentId = ? AND trashId IS NULL ORDER BY name, id";
    for (const { contentId, size, ...node } of call.store.all<Node>(sql, folder.id)) {
        const { name, modified } = node;
        if (node.type === "folder") {
            yield { path: `${path}${name}/`, modified, size: 0, pieces: () => [] };
            yield* entriesOf(call, { contentId, size, ...node }, `${path}${name}/`);
        } else if (contentId !== null) {
            yield { path: path + name, modified, size: size ?? 0, pieces: () => piecesOf(call.backend, contentId) };
        }
    }
}

function nodeOfToken(call: Call, token: string): Node {
    const { node } = readToken(call.backend, token) ?? {};
    const isNamed = node !== undefined && (node === canonicalOpaque(call.param("node_id")) || isRoot(call, node));
    if (!isNamed) {
        throw new ApiError("AUTH_INVALID", "The download token is not valid for this file or has expired.");
    }
    const row = call.store.get<Node>("SELECT * FROM nodeRows WHERE id = ? AND trashId IS NULL", node);
    if (!row) throw new ApiError("NOT_FOUND", "There is no such file or note.");
    return row;
}

/** Late content 11: a token of `requestzip` may be one of a root, which its path calls so. */
function isRoot(call: Call, id: string): boolean {
    const sql = "SELECT 1 FROM workspaces WHERE rootId = ?1 UNION SELECT 1 FROM shares WHERE rootId = ?1";
    return call.dialect.era === "late" && call.param("node_id") === "root" && call.store.get(sql, id) !== undefined;
}

function listVersions(call: Call, storage: Storage): Answer {
    const node = named(call, storage);
    const sql = "SELECT * FROM versions WHERE nodeId = ? ORDER BY rowid DESC";
    return { versions: call.store.all<Version>(sql, node.id).map((version) => versionObject(version, node)) };
}

function versionObject({ id, size, hash, mimetype, creator, created }: Version, node: Node): Answer {
    const current = id === node.version;
    return { id, size, hash, hash_algo: "sha256", mimetype, creator, created: dateText(created), current };
}

/** An older content becomes the newest version. */
function restoreVersion(call: Call, storage: Storage): Answer {
    const node = changeable(call, storage);
    const version = findVersion(call, node, required(call.input, "version_id"));
    if (version.id === node.version) return one(call, storage, node);
    call.did("updated", kindOf(node), node.id);
    return one(call, storage, addVersion(call, node, version, version.mimetype, version.origin));
}

function copy(call: Call, storage: Storage): Answer {
    const node = named(call, storage);
    const target = findFolder(call, storage, required(call.input, "parent"), "parent");
    if (isWithin(call, target, node.id)) throw invalid("parent", "lies in the folder that is copied");
    return one(call, storage, copyInto(call, node, target));
}

/** With the current content of all that lies below; contents are shared, not doubled. */
function copyInto(call: Call, node: Node, target: Node): Node {
    const place = { containerId: target.containerId, parentId: target.id, type: node.type };
    const made = insert(call, {
        ...place,
        name: roomFor(call, node, target),
        ...(node.targetId !== null && { targetId: node.targetId }),
    });
    call.did("created", kindOf(made), made.id);
    const sql = "SELECT * FROM nodeRows WHERE parentId = ? AND trashId IS NULL ORDER BY name, id";
    for (const child of call.store.all<Node>(sql, node.id)) copyInto(call, child, made);
    if (node.version === null) return made;
    const { mimetype, origin, ...stored } = findVersion(call, node, node.version);
    return addVersion(call, made, stored, mimetype, origin);
}

/** A copy in the root of another workspace. */
function transfer(call: Call, storage: Storage): Answer {
    const node = named(call, storage);
    if (call.dialect.era === "late") return transferTo(call, node, storage);
    if (node.id === storage.rootId) throw invalid("node_id", "is the root folder");
    const { workspace, role } = openWorkspace(call, "member", "write", required(call.input, "target_workspace_id"));
    const target = { ...workspaceStorage(workspace), role };
    if (target.containerId === storage.containerId) throw invalid("target_workspace_id", "is where the file lies");
    return one(call, target, copyInto(call, node, findFolder(call, target, "root", "target_workspace_id")));
}

/** Late content 8.8, a guess: into a folder of a workspace or a share, as a copy or, in the mode `move`, instead. */
function transferTo(call: Call, node: Node, storage: Storage): Answer {
    requireAll(call.input, ["profile_type", "profile_id", "parent"]);
    const { profile_id = "", parent = "" } = call.input;
    const { profile_type: type, transfer_mode: mode = "copy" } = readFields(transferFields, call.input);
    if (node.id === storage.rootId) throw invalid("node_id", "is the root folder");
    const open = type === "share" ? openShareStorage : openWorkspaceStorage;
    const target = open(call, "member", "write", profile_id);
    const made = copyInto(call, node, findFolder(call, target, parent, "parent"));
    if (mode === "move") trash(call, unlocked(call, node));
    return { ...one(call, target, made), source_trashed: mode === "move" };
}

const transferFields = {
    profile_type: oneOf(["workspace", "share"], "workspace"),
    transfer_mode: oneOf(["copy", "move"], "copy"),
};

/** A node that leads to a share. */
function addLink(call: Call, storage: Storage): Answer {
    const parent = findFolder(call, storage, call.param("node_id"), "parent_id");
    if (required(call.input, "type") !== "share") throw invalid("type", "must be share");
    const { share } = openShare(call, "view", "read", required(call.input, "share"));
    if (call.store.get("SELECT 1 FROM nodes WHERE targetId = ? AND trashId IS NULL", share.id)) {
        throw new ApiError("EXISTS", "There is a link to this share already.");
    }
    const title = share.fields.title ?? share.customName;
    const place = { containerId: parent.containerId, parentId: parent.id, type: "link", targetId: share.id } as const;
    const link = insert(call, { ...place, name: freeName(call, parent.id, nodeNameOf(title)) });
    call.did("created", "link", link.id);
    return one(call, storage, link);
}

/** Titles may hold what names of nodes may not. */
function nodeNameOf(title: string): string {
    return title.replace(/[/\\]/g, "-").replace(/[ .]+$/, "") || "share";
}

/** Where a file's content comes from: a finished upload session, or bytes that lie in this storage already. */
function contentFrom(call: Call, storage: Storage): Stored & { mimetype: string; origin: string } {
    const from = parseJson(required(call.input, "from"), "from");
    const at = (value: unknown, key: string): unknown =>
        typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
    const type = at(from, "type");
    if (type === "upload") return attachable(call, String(at(at(from, "upload"), "id")));
    // Late content 8.6: a workspace takes no hashes any more.
    const takesHashes = call.dialect.era === "early" || storage.share !== undefined;
    if (type !== "hash" || !takesHashes) throw invalid("from", "must be of the type upload or hash");
    const { hash, algorithm } = { hash: at(at(from, "hash"), "hash"), algorithm: at(at(from, "hash"), "hash_type") };
    if (algorithm !== "sha256" || typeof hash !== "string") throw invalid("from", "must give a sha256 hash");
    const known = call.store.get<Version>(
        `SELECT versions.* FROM versions JOIN nodes ON nodes.id = nodeId
         WHERE hash = ? AND containerId = ? AND trashId IS NULL`,
        hash.toLowerCase(),
        storage.containerId,
    );
    if (!known) throw new ApiError("NOT_FOUND", "No file here has this hash.");
    const { contentId, size, crc32c, mimetype } = known;
    return { contentId, size, hash: known.hash, crc32c, mimetype, origin: JSON.stringify({ type: "hash" }) };
}

function addFile(call: Call, storage: Storage): Answer {
    const parent = findFolder(call, storage, call.param("node_id"), "parent_id");
    const name = checkNodeName(required(call.input, "name"));
    const { mimetype, origin, ...stored } = contentFrom(call, storage);
    return one(call, storage, putFile(call, parent, name, stored, mimetype, origin));
}

const metadataFields = { metadata_title: optionalText({ max: 50 }), metadata_short: optionalText({ max: 2048 }) };

function update(call: Call, storage: Storage): Answer {
    const node = changeable(call, storage);
    guardVersion(call, node);
    const { name } = call.input;
    const metadata = readFields(metadataFields, call.input);
    if (name === undefined && call.input.from === undefined && Object.keys(metadata).length === 0) {
        throw new ApiError("INPUT_INVALID", "The update names no field of a node.");
    }
    if (name !== undefined && clears(name)) throw invalid("name", "cannot be cleared");
    const renamed =
        name === undefined
            ? node
            : rename(call, node, node.type === "note" ? noteName(call, name) : checkNodeName(name));
    const { metadata_title: metadataTitle = node.metadataTitle, metadata_short: metadataShort = node.metadataShort } =
        metadata;
    const filled = call.input.from === undefined ? renamed : refill(call, storage, renamed);
    const changed = { ...filled, metadataTitle, metadataShort };
    if (JSON.stringify(changed) !== JSON.stringify(node)) {
        changed.modified = call.now;
        call.store.update("nodes", node.id, { metadataTitle, metadataShort, modified: changed.modified });
        call.did("updated", kindOf(node), node.id);
    }
    return one(call, storage, changed);
}

/** Gives a file other bytes, as a new version. */
function refill(call: Call, storage: Storage, node: Node): Node {
    if (node.type !== "file") throw invalid("from", `is for files, and this is a ${node.type}`);
    const { mimetype, origin, ...stored } = contentFrom(call, storage);
    return addVersion(call, node, stored, mimetype, origin);
}

function lockable(call: Call, storage: Storage): Node {
    const node = named(call, storage);
    if (node.type !== "file" && node.type !== "note") throw invalid("node_id", `is a ${node.type}`);
    return node;
}

function lockStatus(call: Call, storage: Storage): Answer {
    const lock = activeLock(call, lockable(call, storage));
    return { locked: lock !== null, lock_info: lock && lockObject(lock) };
}

/** Asked again by its holder, a lock goes on under the same token. */
function lock(call: Call, storage: Storage): Answer {
    const node = unlocked(call, lockable(call, storage));
    const { duration = 300 } = readFields({ duration: integer(60, 3600, 300) }, call.input);
    const { client_info: info } = call.input;
    const lock: Lock = {
        token: activeLock(call, node)?.token ?? call.ids.secret(32),
        userId: call.user.id,
        info: info === undefined ? null : parseJson(info, "client_info"),
        created: call.now,
        expires: call.now + duration,
    };
    call.store.update("nodes", node.id, { lock: JSON.stringify(lock) });
    call.did("updated", kindOf(node), node.id);
    return { lock_token: lock.token, locked: true, lock_info: lockObject(lock) };
}

/** Whoever holds the token makes the lock go on. */
function heartbeat(call: Call, storage: Storage): Answer {
    const node = lockable(call, storage);
    const lock = activeLock(call, node);
    if (!lock) throw new ApiError("NOT_ACCEPTABLE", "This file is not locked.");
    if (required(call.input, "lock_token") !== lock.token) {
        throw new ApiError("LOCKED", "The lock token is not that of this lock.");
    }
    const renewed = { ...lock, expires: call.now + lock.expires - lock.created, created: call.now };
    call.store.update("nodes", node.id, { lock: JSON.stringify(renewed) });
    call.did("updated", kindOf(node), node.id);
    return { locked: true, lock_info: lockObject(renewed) };
}

/** Whoever holds the token ends the lock. */
function unlock(call: Call, storage: Storage): Answer {
    const node = lockable(call, storage);
    const lock = activeLock(call, node);
    const { lock_token: token = "" } = call.input;
    if (token === "") throw invalid("lock_token", "is required", "lockTokenMissing");
    if (!lock) throw new ApiError("NOT_ACCEPTABLE", "This file is not locked.");
    if (token !== lock.token) throw new ApiError("LOCKED", "The lock token is not that of this lock.");
    call.store.update("nodes", node.id, { lock: null });
    call.did("updated", kindOf(node), node.id);
    return {};
}
