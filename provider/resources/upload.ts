/** Uploads: the bytes of a file on their way into a storage, in one request or in chunks that a session puts together. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import { type Asset, type AssetContent, withContent } from "../core/assets";
import type { VerbContext } from "../core/define";
import { ResourceError } from "../core/errors";
import { uploadMark } from "../core/naming";
import type { Storage } from "./storage";

/** Where bytes go: into a new file of a folder, or as a new version into a file that is there. */
export type Target = { storage: Storage; name: string } & ({ folder: string } | { file: string });

const mebibyte = 1024 ** 2;
const singleRequestBytes = 4 * mebibyte;
const smallestChunkBytes = 4 * mebibyte;
const parallelChunks = 3;
/** For one request: a chunk over a slow line. */
const timeoutMs = 600_000;
/** How long the service may hold an answer until something changes. */
const longPollSeconds = 60;
const pollMs = 2_000;
const longestAssemblyMs = 30 * 60_000;
const progressMs = 10_000;

/** Uploads the bytes and answers the id of the node that holds them. */
export async function upload(context: VerbContext, target: Target, asset: Asset): Promise<string> {
    return withContent(asset, async (content) => {
        const { storage, name } = target;
        const creator = uploadMark(context.urn);
        const request: UploadRequest = {
            name,
            size: content.size,
            instance_id: storage.id,
            profile_type: storage.segment,
            hash: asset.sha256,
            hash_algo: "sha256",
            // By this a guard tells the stack's own files from those of others.
            ...(creator !== undefined && { creator }),
            ...("file" in target
                ? { action: "update", file_id: target.file }
                : { action: "create", folder_id: target.folder }),
        };
        return content.size <= singleRequestBytes
            ? uploadAtOnce(context, request, content)
            : uploadInChunks(context, request, content);
    });
}

/** The fields of the request that begins an upload. */
interface UploadRequest extends Record<string, string | number> {
    name: string;
    size: number;
    instance_id: string;
    action: "create" | "update";
}

const begun = z.looseObject({ id: z.string(), new_file_id: z.string().nullish() });

async function uploadAtOnce(context: VerbContext, request: UploadRequest, content: AssetContent): Promise<string> {
    const { id, new_file_id: node } = await context.client.request({
        operation: "upload the file",
        method: "POST",
        path: ["upload"],
        multipart: { fields: request, file: { part: "chunk", name: request.name, content } },
        // A repeated update is one more version of the same bytes; a repeated create may be a second file.
        kind: request.action === "update" ? "write" : "create",
        answer: begun,
        timeoutMs,
    });
    // Storing goes on after the answer, so most answers have no file yet.
    return node ?? orCancelled(context, id, () => stored(context, request.name, id));
}

async function uploadInChunks(context: VerbContext, request: UploadRequest, content: AssetContent): Promise<string> {
    const chunks = chunksOf(content, await chunkBytes(context, request));
    const { id } = await context.client.request({
        operation: "begin the upload of the file",
        method: "POST",
        path: ["upload"],
        form: request,
        // A session that nobody uses ends by itself.
        kind: "write",
        answer: begun,
    });
    return orCancelled(context, id, async () => {
        await sendChunks(context, id, chunks, progressOf(context, request));
        return completed(context, request.name, id);
    });
}

/** Leaves no session behind that came to nothing, also where the run is cancelled. */
async function orCancelled(context: VerbContext, upload: string, work: () => Promise<string>): Promise<string> {
    try {
        return await work();
    } catch (error) {
        await context.client
            .request({
                operation: "cancel the upload",
                method: "DELETE",
                path: ["upload", upload],
                kind: "delete",
                tidies: true,
                answer: z.unknown(),
            })
            // What counts is why it is cancelled.
            .catch(() => undefined);
        throw error;
    }
}

const limits = wrapped(
    ["limits"],
    z.looseObject({
        size: z.coerce.number().optional(),
        chunk_size: z.coerce.number().optional(),
        chunks: z.coerce.number().optional(),
    }),
);

/** The size of a chunk: as small as the plan's number of chunks allows, since a broken chunk is sent again as a whole. */
async function chunkBytes(context: VerbContext, request: UploadRequest): Promise<number> {
    const { size, name: _, ...query } = request;
    const allowed = await context.client.request({
        operation: "read the limits of uploads",
        method: "GET",
        path: ["upload", "limits"],
        query: { ...query },
        kind: "read",
        answer: limits,
    });
    const { size: largest = size, chunks = size, chunk_size: most = size } = allowed;
    if (size > Math.min(largest, chunks * most)) {
        const bytes = Math.min(largest, chunks * most);
        throw new ResourceError(
            `source: it has ${inMebibytes(size)}, and the plan allows ${inMebibytes(bytes)} a file; nothing was uploaded`,
        );
    }
    return Math.min(most, Math.max(smallestChunkBytes, Math.ceil(size / chunks)));
}

interface Chunk {
    /** From 1. */
    order: number;
    size: number;
    open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

function chunksOf(content: AssetContent, bytes: number): Chunk[] {
    return Array.from({ length: Math.ceil(content.size / bytes) }, (_, index) => {
        const start = index * bytes;
        const end = Math.min(start + bytes, content.size);
        return { order: index + 1, size: end - start, open: () => content.open(start, end) };
    });
}

/** Sends the chunks, few at a time. Each is repeated alone; the first that fails for good ends all. */
async function sendChunks(
    context: VerbContext,
    upload: string,
    chunks: readonly Chunk[],
    progress: (order: number, bytes: number) => void,
): Promise<void> {
    const rest = chunks.values();
    const failure = new AbortController();
    const send = async () => {
        for (const chunk of rest) await sendChunk(context, upload, chunk, progress, failure.signal);
    };
    const lines = Array.from({ length: parallelChunks }, () =>
        send().catch((error) => {
            failure.abort();
            throw error;
        }),
    );
    try {
        await Promise.all(lines);
    } finally {
        await Promise.allSettled(lines);
    }
}

async function sendChunk(
    context: VerbContext,
    upload: string,
    { order, size, open }: Chunk,
    progress: (order: number, bytes: number) => void,
    signal: AbortSignal,
): Promise<void> {
    const hash = createHash("sha256");
    for await (const piece of open()) hash.update(piece);
    async function* counted() {
        let sent = 0;
        for await (const piece of open()) {
            yield piece;
            sent += piece.length;
            progress(order, sent);
        }
    }
    await context.client.request({
        operation: `upload chunk ${order} of the file`,
        method: "POST",
        path: ["upload", upload, "chunk"],
        query: { order, size, hash: hash.digest("hex"), hash_algo: "sha256" },
        multipart: { file: { part: "chunk", name: `chunk-${order}`, content: { size, open: counted } } },
        kind: "write",
        answer: z.unknown(),
        timeoutMs,
        signal,
    });
}

/** Tells how far an upload is, now and then. */
function progressOf(context: VerbContext, { name, size }: UploadRequest): (order: number, bytes: number) => void {
    const sent = new Map<number, number>();
    let told = { tenths: 0, at: context.client.serviceNow() };
    return (order, bytes) => {
        sent.set(order, bytes);
        const share = [...sent.values()].reduce((sum, one) => sum + one, 0) / size;
        const at = context.client.serviceNow();
        const tenths = Math.floor(share * 10);
        if (tenths <= told.tenths && at < told.at + progressMs) return;
        told = { tenths, at };
        context.info(`uploading ${JSON.stringify(name)}: ${Math.floor(share * 100)} % of ${inMebibytes(size)}`);
    };
}

function inMebibytes(bytes: number): string {
    return `${(bytes / mebibyte).toFixed(1)} MiB`;
}

/** Has the service put the chunks together. */
async function completed(context: VerbContext, name: string, upload: string): Promise<string> {
    let refusal: unknown;
    try {
        await context.client.request({
            operation: "complete the upload of the file",
            method: "POST",
            path: ["upload", upload, "complete"],
            kind: "write",
            answer: z.unknown(),
        });
    } catch (error) {
        // A repeated request finds a session that takes no second one, which not every version tells from a wrong value.
        if (!isApiError(error, "restricted", "invalid")) throw error;
        refusal = error;
    }
    return stored(context, name, upload, refusal);
}

const session = wrapped(
    ["session"],
    z.looseObject({
        status: z.string(),
        status_message: z.string().nullish(),
        new_file_id: z.string().nullish(),
        integrity_failure: z.looseObject({}).nullish().catch(null),
    }),
);
type Session = z.infer<typeof session>;

/** How an upload ended that has no file; undefined while it may still get one. */
function failureOf({ status, status_message, integrity_failure }: Session): string | undefined {
    if (!status.endsWith("_failed")) return undefined;
    const said = status_message ? ` (${status_message.replace(/\.$/, "")})` : "";
    if (integrity_failure != null || /\b1077[89]\b/.test(said))
        return `the bytes did not arrive as they were sent: their checksum differs${said}. Nothing was stored; run \`pulumi up\` again`;
    return status === "store_failed"
        ? `the service has all the bytes and could not put them into the storage: ${status}${said}. Run \`pulumi up\` again`
        : `the service could not put the file together: ${status}${said}. Run \`pulumi up\` again`;
}

/** Waits until the service has stored what was uploaded, and answers the node. */
async function stored(context: VerbContext, name: string, upload: string, refusal?: unknown): Promise<string> {
    const { client } = context;
    const began = client.serviceNow();
    let told = began;
    for (;;) {
        const shown = await client.request({
            operation: "look how far the upload is",
            method: "GET",
            path: ["upload", upload, "details"],
            query: { wait: longPollSeconds },
            kind: "read",
            answer: session,
            timeoutMs: 2 * longPollSeconds * 1000,
        });
        const { status, new_file_id: node } = shown;
        // Services differ in the word for the end, and in some more comes after "complete": the file itself tells.
        if ((status === "complete" || status === "stored") && node) return node;
        const failure = failureOf(shown);
        if (failure !== undefined) throw new ResourceError(failure);
        if (refusal !== undefined && (status === "ready" || status === "uploading")) throw refusal;
        if (client.serviceNow() > began + longestAssemblyMs) {
            throw new ResourceError(
                `the service has not stored the file within ${longestAssemblyMs / 60_000} minutes: upload ${upload} is ${status}`,
            );
        }
        if (client.serviceNow() >= told + progressMs) {
            told = client.serviceNow();
            context.info(`waiting until the service has stored ${JSON.stringify(name)}: ${status}`);
        }
        await client.sleep(pollMs);
    }
}
