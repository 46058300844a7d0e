// Uploads: small files in one request, large ones in chunks that a session puts together.
import { createHash } from "node:crypto";
import { atLeast, type Intent } from "../access";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, UploadedFile } from "../call";
import { dateText } from "../clock";
import { crc32c } from "../crc32c";
import { type Input, invalid, oneOf, parseInteger, readFields, required, text } from "../fields";
import { canonicalOpaque } from "../ids";
import { findOrganization } from "../parents";
import { isPaid, limitsOf, type Plan } from "../plans";
import { requireActivated } from "../policies";
import { storedBytes } from "./billing";
import {
    checkNodeName,
    ensureFolder,
    findFolder,
    findNode,
    type Node,
    openShareStorage,
    openWorkspaceStorage,
    piecesOf,
    putFile,
    replaceFile,
    type Storage,
    type Stored,
    storeBytes,
    unlocked,
} from "./storage";

const megabyte = 1024 ** 2;
const gigabyte = 1024 ** 3;
const maxSingleBytes = 4 * megabyte;
const minChunkBytes = megabyte;
const maxChunkBytes = 100 * megabyte;
const olderHashes = ["md5", "sha1", "sha256", "sha384"] as const;
const hashes = [...olderHashes, "crc32c"] as const;
type Algorithm = (typeof hashes)[number];

function algorithmOf({ dialect }: Call, input: Input): Algorithm {
    const known: readonly Algorithm[] = dialect.era === "late" ? hashes : olderHashes;
    const { hash_algo: algorithm = "sha256" } = readFields({ hash_algo: oneOf(known, "sha256") }, input);
    return algorithm;
}

const uploadFields = {
    action: oneOf(["create", "update"], "create"),
    profile_type: oneOf(["workspace", "share"], "workspace"),
    relative_path: text({ min: 1, max: 8192, pattern: /^[^/].*\/$/ }),
    creator: text({ min: 1, max: 150, pattern: /^[a-zA-Z0-9-]+$/ }),
};

/** `complete` is the end for a session without a target, `stored` for one with; since late content 10.2 it is `complete` for all. */
type Status =
    | "ready"
    | "uploading"
    | "assemble"
    | "assembling"
    | "storing"
    | "complete"
    | "stored"
    | "assembly_failed"
    | "store_failed";

export interface Session {
    id: string;
    userId: string;
    name: string;
    size: number;
    mimetype: string;
    /** JSON of the request's fields: where the file goes, and its hash. */
    request: string;
    maxChunks: number;
    status: Status;
    statusMessage: string | null;
    newFileId: string | null;
    /** JSON of the two checksums that do not agree. */
    integrity: string | null;
    created: number;
}

export function uploads(routes: Routes): void {
    routes.get("/upload/limits/", limits);
    routes.get("/upload/limits/extensions/", extensions);
    routes.get("/upload/algos/", ({ dialect }) => ({ algos: dialect.era === "late" ? hashes : olderHashes }));
    routes.post("/upload/", start);
    routes.delete("/upload/", cancelAll);
    routes.get("/upload/details/", (call) => ({ sessions: ownSessions(call).map((one) => sessionObject(call, one)) }));
    routes.get("/upload/:upload_id/details/", details);
    routes.post("/upload/:upload_id/chunk/", addChunk);
    routes.get("/upload/:upload_id/chunk/", (call) => ({ chunks: chunkSizes(call, named(call)) }));
    routes.delete("/upload/:upload_id/chunk/", dropChunk);
    routes.post("/upload/:upload_id/complete/", complete);
    routes.delete("/upload/:upload_id/", cancel);
}

/** What an upload may be, by plan; without an organization the free plan's. */
function uploadLimits(plan: Plan = "free") {
    const paid = isPaid(plan);
    return {
        size: { agent: 1, free: 1, pro: 25, business: 50 }[plan] * gigabyte,
        chunk_size: maxChunkBytes,
        chunks: paid ? 550 : 35,
        sessions: paid ? 7500 : 150,
    };
}

function limits(call: Call): Answer {
    const { org, instance_id: instanceId } = call.input;
    const organizationId = instanceId === undefined ? org : openEither(call, "read", instanceId).organizationId;
    const organization = organizationId === undefined ? undefined : findOrganization(call.backend, organizationId);
    const sessions_size_max = organization ? limitsOf(organization).storage_bytes : null;
    return { ...uploadLimits(organization?.plan), sessions_size_max };
}

/** The workspace or else the share of an id. */
function openEither(call: Call, intent: Intent, instanceId: string): Storage {
    try {
        return openWorkspaceStorage(call, intent === "write" ? "member" : "view", intent, instanceId);
    } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        return openShareStorage(call, "view", intent, instanceId);
    }
}

function extensions(call: Call): Answer {
    return {
        restricted_extensions: [],
        archive_extensions: ["7z", "bz2", "gz", "rar", "tar", "xz", "zip"],
        enforcement_enabled: false,
        plan: call.input.plan ?? "free",
        cache_ttl: 3600,
    };
}

/** With the part `chunk` the whole upload, else the session that chunks go into. */
function start(call: Call): Answer {
    const { input } = call;
    const name = checkNodeName(required(input, "name"));
    const size = parseInteger(required(input, "size"), "size", 0, Number.MAX_SAFE_INTEGER);
    const isLate = call.dialect.era === "late";
    // Late content 10.1: what has no target has no action either.
    if (!isLate || input.instance_id !== undefined) required(input, "action");
    const chunk = call.files.get("chunk");
    algorithmOf(call, input);
    if (chunk) checkChunk(call, chunk, size, maxSingleBytes, input);
    else readFields(uploadFields, input);
    const storage = targetStorage(call, input);
    if (storage) findTarget(call, storage, input);
    if (storage) requireActivated(call, storage.organizationId);
    const maxChunks = refuseOverLimits(call, storage, size);

    const session = newSession(call, name, size, chunk);
    session.maxChunks = maxChunks;
    if (chunk) {
        const stored = storeBytes(call, chunk.bytes, session.id);
        session.status = storage ? storedStatus(call) : "complete";
        session.newFileId = storage ? store(call, session, storage, stored).id : null;
    }
    call.store.insert("uploads", { ...session });
    const { id, newFileId } = session;
    // Late content 10.1: where the file is, the session tells later.
    if (isLate) return { id, new_file_id: null };
    return newFileId === null ? { id } : { id, new_file_id: newFileId };
}

export function newSession(
    call: Call,
    name: string,
    size: number,
    file: UploadedFile | undefined,
    input = call.input,
): Session {
    return {
        id: call.ids.opaque("5"),
        userId: call.user.id,
        name,
        size,
        mimetype: file?.type || "application/octet-stream",
        request: JSON.stringify(input),
        maxChunks: 1,
        status: "ready",
        statusMessage: null,
        newFileId: null,
        integrity: null,
        created: call.now,
    };
}

/** What a session says the moment its file is there: since late content 10.2 it takes another look to hear of the end. */
export function storedStatus({ dialect }: Call): Status {
    return dialect.era === "late" ? "storing" : "stored";
}

/** The storage that the request names; a session without one is attached to a folder later. */
export function targetStorage(call: Call, input: Input): Storage | undefined {
    const { instance_id: instanceId } = input;
    if (instanceId === undefined) return undefined;
    // Late content 10.1: what the target is, its id says.
    const isNamedOnly = call.dialect.era === "late" && input.profile_type === undefined;
    if (isNamedOnly) return takingFiles(openEither(call, "write", instanceId));
    if (readFields(uploadFields, input).profile_type !== "share") {
        return openWorkspaceStorage(call, "member", "write", instanceId);
    }
    return takingFiles(openShareStorage(call, "view", "write", instanceId));
}

function takingFiles(storage: Storage): Storage {
    const { role, share } = storage;
    if (!share || atLeast(role, "member")) return storage;
    const { share_type: type, anonymous_uploads_enabled: anonymous } = share.fields;
    // Guests may hand in files where the share takes some; mere visitors only where it says so.
    if (type === "send" || (role === "view" && !anonymous)) {
        throw new ApiError("DENIED", "This share does not take files from its guests.");
    }
    return storage;
}

function findTarget(call: Call, storage: Storage, input: Input): { file: Node } | { folder: Node } {
    if (readFields(uploadFields, input).action !== "update") {
        const { folder_id: folderId = call.dialect.era === "late" ? "root" : required(input, "folder_id") } = input;
        return { folder: findFolder(call, storage, folderId, "folder_id") };
    }
    const file = findNode(call, storage, required(input, "file_id"));
    if (file.type !== "file") throw invalid("file_id", "is not a file");
    return { file: unlocked(call, file) };
}

/** Refuses what the plan does not allow; answers how many chunks it does. */
function refuseOverLimits(call: Call, storage: Storage | undefined, size: number): number {
    const named = storage?.organizationId ?? call.input.org;
    const organization = named === undefined ? undefined : findOrganization(call.backend, named);
    const { size: largest, sessions, chunks } = uploadLimits(organization?.plan);
    if (size > largest) throw new ApiError("EXCEEDED_LIMIT", `size: the plan allows ${largest} bytes a file.`);
    const open = "uploads WHERE userId = ? AND status IN ('ready', 'uploading')";
    if (call.store.count(open, call.user.id) >= sessions) {
        throw new ApiError("MAX_LIMIT", `The plan allows ${sessions} open uploads.`);
    }
    if (organization) refuseOverStorage(call, organization.id, size);
    return chunks;
}

function refuseOverStorage(call: Call, organizationId: string, size: number): void {
    const { storage_bytes: limit } = limitsOf(findOrganization(call.backend, organizationId));
    if (limit !== null && storedBytes(call, organizationId) + size > limit) {
        throw new ApiError("EXCEEDED_LIMIT", `The plan allows ${limit} bytes of storage.`);
    }
}

function checkChunk(call: Call, { bytes }: UploadedFile, size: number, most: number, input: Input): void {
    if (bytes.length > most) throw new ApiError("EXCEEDED_LIMIT", `chunk: one request carries at most ${most} bytes.`);
    if (bytes.length !== size) throw invalid("size", `says ${size}, but ${bytes.length} bytes arrived`);
    readFields(uploadFields, input);
    const problem = checksumProblem(call, bytes, input);
    if (problem) throw problem;
}

export function checksumProblem(call: Call, bytes: Uint8Array, input: Input): ApiError | undefined {
    const algorithm = algorithmOf(call, input);
    if (input.hash === undefined || digest(algorithm, [bytes]) === input.hash.toLowerCase()) return undefined;
    return invalid("hash", `is not the ${algorithm} of the bytes that arrived`, "checksumMismatch");
}

function digest(algorithm: Algorithm, pieces: Iterable<Uint8Array>): string {
    if (algorithm === "crc32c") return crc32c(pieces);
    const hash = createHash(algorithm);
    for (const piece of pieces) hash.update(piece);
    return hash.digest("hex");
}

/** Puts what a session holds where its request says. */
export function store(call: Call, session: Session, storage: Storage, stored: Stored): Node {
    const input: Input = JSON.parse(session.request);
    const { creator = null, relative_path: path = "" } = readFields(uploadFields, input);
    const origin = originOf(session, creator);
    const target = findTarget(call, storage, input);
    if ("file" in target) return replaceFile(call, target.file, stored, session.mimetype, origin);
    return putFile(call, subfolder(call, target.folder, path), session.name, stored, session.mimetype, origin);
}

function originOf({ id }: Session, creator: string | null): string {
    return JSON.stringify({ type: "upload", creator, upload_session_id: id });
}

/** Walks `a/b/` from a folder, making what is not there. */
function subfolder(call: Call, from: Node, relativePath: string): Node {
    const names = relativePath.split("/").filter((name) => name !== "");
    return names.reduce(
        (folder, name) => ensureFolder(call, folder, checkNodeName(name, "relative_path")).folder,
        from,
    );
}

function ownSessions(call: Call): Session[] {
    return call.store.all<Session>("SELECT * FROM uploads WHERE userId = ? ORDER BY rowid", call.user.id);
}

/** The caller's own session of that id. */
function findSession(call: Call, id: string): Session {
    const sql = "SELECT * FROM uploads WHERE id = ? AND userId = ?";
    const session = call.store.get<Session>(sql, canonicalOpaque(id), call.user.id);
    if (!session) throw new ApiError("RESOURCE_NOT_FOUND", "There is no such upload.");
    return session;
}

function named(call: Call): Session {
    return findSession(call, call.param("upload_id"));
}

/** A session that still takes chunks. */
function open(call: Call): Session {
    const session = named(call);
    if (session.status !== "ready" && session.status !== "uploading") {
        throw new ApiError("NOT_ACCEPTABLE", `The upload is not in a valid state: it is ${session.status}.`);
    }
    return session;
}

function change(call: Call, session: Session, changes: Partial<Session>): Session {
    call.store.update("uploads", session.id, changes);
    return { ...session, ...changes };
}

function orderOf(call: Call, input = call.query): number {
    // No plan allows more chunks; the session's own limit is checked when one arrives.
    return parseInteger(required(input, "order"), "order", 1, uploadLimits("business").chunks);
}

function addChunk(call: Call): Answer | ApiError {
    let session = open(call);
    const isLate = call.dialect.era === "late";
    const input = { ...call.input, ...call.query };
    // Late content 10.4: the numbers of a chunk may stand in the form too.
    const order = orderOf(call, isLate ? input : call.query);
    const size = parseInteger(required(isLate ? input : call.query, "size"), "size", 0, Number.MAX_SAFE_INTEGER);
    if (order > session.maxChunks) {
        throw new ApiError("EXCEEDED_LIMIT", `order: the plan allows ${session.maxChunks} chunks.`);
    }
    const chunk = call.files.get("chunk");
    if (!chunk) throw invalid("chunk", "is required, as a part of multipart/form-data");
    const problem = isLate && checksumProblem(call, chunk.bytes, input);
    if (problem) {
        // Late content 10.5: nothing of it is stored, and the session is over.
        change(call, session, { status: "assembly_failed", statusMessage: problem.message });
        return problem;
    }
    checkChunk(call, chunk, size, maxChunkBytes, input);
    if (isLate && input.file_crc32c !== undefined) session = announceChecksum(call, session, input.file_crc32c);
    call.store.run("DELETE FROM pieces WHERE contentId = ? AND number = ?", session.id, order);
    call.store.insert("pieces", { contentId: session.id, number: order, size, bytes: chunk.bytes });
    change(call, session, { status: "uploading" });
    return {};
}

/** Late content 10.5: the checksum of the whole file comes with its last chunk. */
function announceChecksum(call: Call, session: Session, file_crc32c: string): Session {
    const request: Input = JSON.parse(session.request);
    const announced = request.file_crc32c ?? (request.hash_algo === "crc32c" ? request.hash : undefined);
    if (announced !== undefined && announced !== file_crc32c) {
        throw new ApiError("CONFLICT", "file_crc32c: another checksum was announced before.", {
            site: "checksumContradicted",
        });
    }
    return change(call, session, { request: JSON.stringify({ ...request, file_crc32c }) });
}

function dropChunk(call: Call): Answer {
    const { id } = open(call);
    const order = orderOf(call);
    if (call.store.run("DELETE FROM pieces WHERE contentId = ? AND number = ?", id, order) === 0) {
        throw new ApiError("NOT_FOUND", `There is no chunk ${order}.`);
    }
    return {};
}

function chunkSizes(call: Call, { id }: Session): Record<string, number> {
    const sql = "SELECT number, size FROM pieces WHERE contentId = ? ORDER BY number";
    const rows = call.store.all<{ number: number; size: number }>(sql, id);
    return Object.fromEntries(rows.map(({ number, size }) => [number, size]));
}

/** Begins the assembly, which polls move on. Chunks that do not make up the file end the session. */
function complete(call: Call): Answer | ApiError {
    const session = open(call);
    const problem = chunkProblem(session, chunkSizes(call, session));
    if (problem) {
        change(call, session, { status: "assembly_failed", statusMessage: problem });
        return new ApiError("UPLOAD_SIZE", problem);
    }
    return { session: sessionObject(call, change(call, session, { status: "assemble" })) };
}

function chunkProblem({ size }: Session, chunks: Record<string, number>): string | undefined {
    const entries = Object.entries(chunks);
    const gap = entries.findIndex(([order], index) => Number(order) !== index + 1);
    if (gap >= 0) return `Chunk ${gap + 1} is missing.`;
    const short = entries.slice(0, -1).find(([, bytes]) => bytes < minChunkBytes);
    if (short) return `Chunk ${short[0]} has less than ${minChunkBytes} bytes and is not the last.`;
    const sum = entries.reduce((total, [, bytes]) => total + bytes, 0);
    return sum === size ? undefined : `The chunks have ${sum} bytes, the upload was announced with ${size}.`;
}

/** A plain poll moves the session on by a step; one that waits answers when it has ended. */
function details(call: Call): Answer {
    const { wait = "0" } = call.input;
    const patient = parseInteger(wait, "wait", 0, 590) > 0;
    let session = movedOn(call, named(call));
    while (patient && (session.status === "assembling" || session.status === "storing"))
        session = movedOn(call, session);
    return { session: sessionObject(call, session) };
}

function movedOn(call: Call, session: Session): Session {
    if (session.status === "assemble") return change(call, session, { status: "assembling" });
    if (session.status === "storing") return change(call, session, { status: "complete" });
    return session.status === "assembling" ? finish(call, session) : session;
}

function finish(call: Call, session: Session): Session {
    const { id, size } = session;
    const input: Input = JSON.parse(session.request);
    const algorithm = algorithmOf(call, input);
    const hash = digest(algorithm, piecesOf(call.backend, id));
    const checksum = crc32c(piecesOf(call.backend, id));
    const expected = input.file_crc32c ?? (algorithm === "crc32c" ? input.hash : undefined);
    const isOther = expected !== undefined && expected !== checksum;
    if (isOther || (input.hash !== undefined && hash !== input.hash.toLowerCase())) {
        const statusMessage = `The bytes do not have the announced ${isOther ? "crc32c" : algorithm}.`;
        const integrity = isOther ? JSON.stringify({ expected_crc32c: expected, computed_crc32c: checksum }) : null;
        return change(call, session, { status: "assembly_failed", statusMessage, integrity });
    }
    try {
        const storage = targetStorage(call, input);
        if (!storage) return change(call, session, { status: "complete" });
        refuseOverStorage(call, storage.organizationId, size);
        const contents = { contentId: id, size, hash, crc32c: checksum };
        const node = store(call, session, storage, algorithm === "sha256" ? contents : storedContent(call, session));
        return change(call, session, { status: storedStatus(call), newFileId: node.id });
    } catch (error) {
        // What was fine when the upload began may be gone by now.
        if (!(error instanceof ApiError)) throw error;
        return change(call, session, { status: "store_failed", statusMessage: error.message });
    }
}

function storedContent(call: Call, { id, size }: Session): Stored {
    const pieces = () => piecesOf(call.backend, id);
    return { contentId: id, size, hash: digest("sha256", pieces()), crc32c: crc32c(pieces()) };
}

/** What a finished session without a target holds, for the file that it becomes. */
export function attachable(call: Call, id: string): Stored & { mimetype: string; origin: string } {
    let session = findSession(call, id);
    if (session.status === "assemble" || session.status === "assembling") session = finish(call, session);
    if (session.status !== "complete") {
        throw new ApiError("NOT_ACCEPTABLE", `The upload cannot be attached: it is ${session.status}.`);
    }
    const { creator = null } = readFields(uploadFields, JSON.parse(session.request));
    return { ...storedContent(call, session), mimetype: session.mimetype, origin: originOf(session, creator) };
}

/** Of a finished session only the record goes: the file stays. */
function cancel(call: Call): Answer {
    call.store.run("DELETE FROM uploads WHERE id = ?", named(call).id);
    return {};
}

function cancelAll(call: Call): Answer {
    call.store.run("DELETE FROM uploads WHERE userId = ?", call.user.id);
    return {};
}

function sessionObject(call: Call, session: Session): Answer {
    const { id, name, size, status, statusMessage, newFileId, integrity, created } = session;
    const isLate = call.dialect.era === "late";
    return {
        id,
        name,
        size,
        status,
        status_message: statusMessage,
        new_file_id: isLate && status !== "complete" ? null : newFileId,
        ...(isLate && integrity !== null && { integrity_failure: JSON.parse(integrity) }),
        chunks: chunkSizes(call, session),
        created: dateText(created),
    };
}
