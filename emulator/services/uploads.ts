// Uploads in one request: small files straight into a workspace or share.
import { createHash } from "node:crypto";
import { ApiError } from "../api-error";
import type { Answer, Call, Routes } from "../call";
import { invalid, oneOf, parseInteger, readFields, required, text } from "../fields";
import { findOrganization } from "../parents";
import { limitsOf } from "../plans";
import { storedBytes } from "./billing";
import {
    checkNodeName,
    ensureFolder,
    findFolder,
    findNode,
    type Node,
    openShareStorage,
    openWorkspaceStorage,
    putFile,
    replaceFile,
    type Storage,
    storeBytes,
} from "./storage";

const maxBytes = 4 * 1024 * 1024;
const hashes = ["md5", "sha1", "sha256", "sha384"] as const;

const uploadFields = {
    action: oneOf(["create", "update"], "create"),
    profile_type: oneOf(["workspace", "share"], "workspace"),
    hash_algo: oneOf(hashes, "sha256"),
    relative_path: text({ min: 1, max: 8192, pattern: /^[^/].*\/$/ }),
    creator: text({ min: 1, max: 150, pattern: /^[a-zA-Z0-9-]+$/ }),
};

export function uploads(routes: Routes): void {
    routes.post("/upload/", upload);
}

function upload(call: Call): Answer {
    const { input } = call;
    const name = checkNodeName(required(input, "name"));
    const size = parseInteger(required(input, "size"), "size", 0, Number.MAX_SAFE_INTEGER);
    required(input, "action");
    const instanceId = required(input, "instance_id");
    const fields = readFields(uploadFields, input);
    const chunk = call.files.get("chunk");
    if (!chunk)
        throw new ApiError("NOT_IMPLEMENTED", "The emulator takes uploads in one request, with the part chunk.");
    if (chunk.bytes.length > maxBytes) {
        throw new ApiError("EXCEEDED_LIMIT", `chunk: one request carries at most ${maxBytes} bytes.`);
    }
    if (chunk.bytes.length !== size) throw invalid("size", `says ${size}, but ${chunk.bytes.length} bytes arrived`);
    const algorithm = fields.hash_algo ?? "sha256";
    if (input.hash !== undefined && createHash(algorithm).update(chunk.bytes).digest("hex") !== input.hash) {
        throw invalid("hash", `is not the ${algorithm} of the bytes that arrived`);
    }
    const open = fields.profile_type === "share" ? openShareStorage : openWorkspaceStorage;
    const storage = open(call, "member", "write", instanceId);
    refuseOverLimit(call, storage, size);

    const id = call.ids.opaque("5");
    const origin = JSON.stringify({ type: "upload", creator: fields.creator ?? null, upload_session_id: id });
    const type = chunk.type || "application/octet-stream";
    if (fields.action === "update") {
        const file = findNode(call, storage, required(input, "file_id"));
        if (file.type !== "file") throw invalid("file_id", "is not a file");
        return { id, new_file_id: replaceFile(call, file, storeBytes(call, chunk.bytes), type, origin).id };
    }
    const folder = findFolder(call, storage, required(input, "folder_id"), "folder_id");
    const target = subfolder(call, folder, fields.relative_path ?? "");
    return { id, new_file_id: putFile(call, target, name, storeBytes(call, chunk.bytes), type, origin).id };
}

function refuseOverLimit(call: Call, { organizationId }: Storage, size: number): void {
    const { storage_bytes: limit } = limitsOf(findOrganization(call.backend, organizationId));
    if (limit !== null && storedBytes(call, organizationId) + size > limit) {
        throw new ApiError("EXCEEDED_LIMIT", `The plan allows ${limit} bytes of storage.`);
    }
}

/** Walks `a/b/` from a folder, making what is not there. */
function subfolder(call: Call, from: Node, relativePath: string): Node {
    const names = relativePath.split("/").filter((name) => name !== "");
    return names.reduce(
        (folder, name) => ensureFolder(call, folder, checkNodeName(name, "relative_path")).folder,
        from,
    );
}
