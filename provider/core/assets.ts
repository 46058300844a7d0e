/** Pulumi assets: the one decoder of their wire form, the form in which a state holds them within outputs, and their bytes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Content } from "../api/client";
import { download } from "../api/download";
import type { Properties } from "./define";
import { messageOf, ResourceError } from "./errors";

const signatureKey = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const hashKey = "__asset";
const emptyHash = sha256("");
/** Node's own 64 KiB make a large file a matter of waiting for threads. */
const pieces = { highWaterMark: 512 * 1024 };

export interface Asset {
    /** The engine's hash: SHA-256 of the bytes, in hexadecimal. */
    sha256: string;
    /** Where the bytes are; the engine leaves it out where it hands over the hash alone. */
    source: { path: string } | { text: string } | { uri: string } | undefined;
}

/** The asset that a property value is, if it is one. */
export function decodeAsset(value: unknown): Asset | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const { [signatureKey]: signature, hash, path, text, uri } = value as Record<string, unknown>;
    if (signature !== assetSignature || typeof hash !== "string" || hash === "") return undefined;
    if (typeof path === "string" && path !== "") return { sha256: hash, source: { path } };
    if (typeof uri === "string" && uri !== "") return { sha256: hash, source: { uri } };
    // Empty text is left out of the wire form.
    if (typeof text === "string" || hash === emptyHash)
        return { sha256: hash, source: { text: typeof text === "string" ? text : "" } };
    return { sha256: hash, source: undefined };
}

/** The wire form of text, with the hash that the engine adds. */
export function textAsset(text: string): Properties {
    return { ...hashedAsset(sha256(text)), text };
}

/** The wire form of an asset of which only the hash is known. */
export function hashedAsset(hash: string): Properties {
    return { [signatureKey]: assetSignature, hash };
}

/** The wire form of a file's bytes. */
export function fileAsset(path: string, hash: string): Properties {
    return { ...hashedAsset(hash), path };
}

/** The name of one file, of a name that the service may let hold anything: it leads nowhere else. */
export function fileNameOf(name: string): string {
    const safe = name.replace(/[/\\:*?"<>|\p{C}]/gu, "_");
    return /^\.*$/.test(safe) ? "asset" : safe;
}

/** The schema of an asset: equal when the bytes are. */
export function asset() {
    return z
        .custom<unknown>((value) => decodeAsset(value) !== undefined, {
            error: 'must be a Pulumi asset, for instance new pulumi.asset.FileAsset("image.png"); an archive is none',
        })
        .meta({ form: "asset", normalise: (value) => decodeAsset(value)?.sha256 ?? value });
}

/** Inputs as a state may hold them within outputs: no contents, and nothing that the engine takes for an asset and fills with contents again. */
export function withoutAssets(inputs: Properties): Properties {
    return mapValues(inputs, (value) => {
        const decoded = decodeAsset(value);
        return decoded === undefined ? value : { [hashKey]: decoded.sha256 };
    });
}

/** Inputs from that form. */
export function withAssets(inputs: Properties): Properties {
    return mapValues(inputs, (value) => {
        const hash = typeof value === "object" && value !== null && (value as Properties)[hashKey];
        return typeof hash === "string" ? hashedAsset(hash) : value;
    });
}

function mapValues(properties: Properties, change: (value: unknown) => unknown): Properties {
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, change(value)]));
}

export interface AssetContent extends Content {
    /** The last part of the path or address; text has none. */
    readonly name: string | undefined;
    /** All bytes, or those from `start` to before `end`. */
    open(start?: number, end?: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Runs the work with the bytes of an asset, which are read piece by piece while they are sent. A relative path starts at
 * the project's folder, in which the provider runs; a remote asset lies in a temporary file meanwhile.
 */
export async function withContent<T>(
    { source, sha256: expected }: Asset,
    work: (content: AssetContent) => Promise<T>,
): Promise<T> {
    if (source === undefined) {
        throw new ResourceError("the engine gave the hash of an asset without its contents; run `pulumi up` again");
    }
    if ("text" in source) {
        const bytes = Buffer.from(source.text);
        return work({ name: undefined, size: bytes.length, open: (start, end) => [bytes.subarray(start, end)] });
    }
    if ("path" in source) return work(await fileContent(source.path, source.path, expected));
    const address = URL.parse(source.uri);
    if (address === null) throw new ResourceError(`the asset's address ${JSON.stringify(source.uri)} is not a URL`);
    // What follows the path of an address may be a credential.
    const shown = `${address.protocol}//${address.host}${address.pathname}`;
    if (address.protocol === "file:") return work(await fileContent(fileURLToPath(address), shown, expected));
    const folder = await mkdtemp(join(tmpdir(), "pulumi-fastio-"));
    try {
        const file = join(folder, "asset");
        await download(address, file).catch((error) => {
            throw new ResourceError(`the asset ${shown} cannot be fetched: ${messageOf(error)}`, { cause: error });
        });
        return await work({ ...(await fileContent(file, shown, expected)), name: basename(address.pathname) });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** The file is read once before it is sent: what is recorded must be what is sent. */
async function fileContent(file: string, shown: string, expected: string): Promise<AssetContent> {
    const hash = createHash("sha256");
    let size = 0;
    try {
        for await (const piece of createReadStream(file, pieces)) {
            hash.update(piece);
            size += piece.length;
        }
    } catch (error) {
        throw new ResourceError(`the asset ${shown} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    if (hash.digest("hex") !== expected) {
        throw new ResourceError(`the asset ${shown} changed after Pulumi had read it; run \`pulumi up\` again`);
    }
    const open = (start = 0, end = size) =>
        start < end ? createReadStream(file, { ...pieces, start, end: end - 1 }) : [];
    return { name: basename(file), size, open };
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
