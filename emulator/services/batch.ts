// Many small files in one request: late content 10.6.
import { ApiError } from "../api-error";
import type { Answer, Call, Routes, UploadedFile } from "../call";
import { type Input, invalid, parseJson, required, text } from "../fields";
import { canonicalOpaque } from "../ids";
import { requireActivated } from "../policies";
import { checkNodeName, type Storage, storeBytes } from "./storage";
import { checksumProblem, newSession, store, storedStatus, targetStorage } from "./uploads";

const maxFiles = 200;
const maxFileBytes = 4 * 1024 ** 2;
const maxBytes = 100 * 1024 ** 2;
const snapshotSeconds = 3600;

export function batch(routes: Routes): void {
    routes.late.post("/upload/batch/", upload);
    routes.late.get("/upload/batch/:batch_id/", snapshot);
}

interface Entry {
    index?: unknown;
    filename?: unknown;
    relative_path?: unknown;
    hash?: unknown;
    hash_algo?: unknown;
}

/** One file that cannot be stored does not keep the others from it. */
function upload(call: Call): Answer {
    const storage = targetStorage(call, { instance_id: required(call.input, "instance_id") });
    if (!storage) throw invalid("instance_id", "is required");
    requireActivated(call, storage.organizationId);
    const { creator } = call.input;
    if (creator !== undefined) text({ min: 1, max: 150, pattern: /^[a-zA-Z0-9-]+$/ }).parse(creator, "creator");
    const files = filesOf(call, entriesOf(call));
    const results = files.map(({ entry, file }, index) => one(call, storage, entry, file, index));
    const succeeded = results.filter(({ status }) => status === "ok").length;
    const answer = {
        batch_id: call.ids.opaque("5"),
        count_total: results.length,
        count_succeeded: succeeded,
        count_errored: results.length - succeeded,
        results,
    };
    const { batch_id: id } = answer;
    call.store.insert("batches", { id, userId: call.user.id, answer: JSON.stringify(answer), created: call.now });
    return answer;
}

function entriesOf(call: Call): Entry[] {
    const manifest = parseJson(required(call.input, "manifest"), "manifest");
    if (!Array.isArray(manifest) || manifest.length === 0) throw invalid("manifest", "must be a list of files");
    if (manifest.length > maxFiles) throw tooLarge(`A batch has at most ${maxFiles} files.`);
    return manifest.map((entry, index) => {
        if (typeof entry !== "object" || entry === null || entry.index !== index) {
            throw invalid("manifest", `must have the index ${index} in its place`);
        }
        if ((entry.hash === undefined) !== (entry.hash_algo === undefined)) {
            throw invalid("manifest", "hash and hash_algo go together", "hashIncomplete");
        }
        return entry;
    });
}

function filesOf({ files }: Call, entries: readonly Entry[]): { entry: Entry; file: UploadedFile }[] {
    const found = entries.map((entry, index) => {
        const file = files.get(`file_${index}`);
        if (!file) throw invalid(`file_${index}`, "is required, as a part of multipart/form-data");
        if (file.bytes.length > maxFileBytes) throw tooLarge(`A file of a batch has at most ${maxFileBytes} bytes.`);
        return { entry, file };
    });
    const bytes = found.reduce((sum, { file }) => sum + file.bytes.length, 0);
    if (bytes > maxBytes) throw tooLarge(`A batch has at most ${maxBytes} bytes.`);
    return found;
}

function tooLarge(problem: string): ApiError {
    return new ApiError("FEATURE_LIMIT", problem, { site: "batchTooLarge" });
}

function one(call: Call, storage: Storage, entry: Entry, file: UploadedFile, index: number) {
    const { filename, relative_path: path, hash, hash_algo: algorithm } = entry;
    const told = { index, filename: typeof filename === "string" ? filename : "" };
    try {
        const name = checkNodeName(told.filename, "filename");
        if (typeof path === "string" && path.split("/").includes("..")) throw invalid("relative_path", "holds ..");
        const { folder_id = "root", creator } = call.input;
        const input: Input = {
            action: "create",
            folder_id,
            ...(creator !== undefined && { creator }),
            ...(typeof path === "string" && { relative_path: path }),
        };
        const checks = typeof hash === "string" && { hash, hash_algo: String(algorithm) };
        const problem = checks && checksumProblem(call, file.bytes, checks);
        if (problem) throw problem;
        const session = newSession(call, name, file.bytes.length, file, input);
        const node = store(call, session, storage, storeBytes(call, file.bytes, session.id));
        call.store.insert("uploads", { ...session, status: storedStatus(call), newFileId: node.id });
        return { ...told, status: "ok", upload_id: session.id, node_id: null, error_code: null, error_message: null };
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { code } = call.dialect.refusal(error, "POST /current/upload/batch/");
        return {
            ...told,
            status: "error",
            upload_id: null,
            node_id: null,
            error_code: code,
            error_message: error.message,
        };
    }
}

/** What the answer was, for an hour; nothing that came of it since. */
function snapshot(call: Call): Answer {
    const sql = "SELECT answer FROM batches WHERE id = ? AND userId = ? AND created > ?";
    const id = canonicalOpaque(call.param("batch_id"));
    const row = call.store.get<{ answer: string }>(sql, id, call.user.id, call.now - snapshotSeconds);
    if (!row) throw new ApiError("RESOURCE_NOT_FOUND", "There is no such batch.");
    return JSON.parse(row.answer);
}
