// The hash that Pulumi gives an asset: SHA-256 of its bytes.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isArchive, isAsset, isObject, type Properties, signatureKey, type Value } from "./values";

/** Whether `value` holds anything that needs a hash. */
export function holdsAsset(value: Value): boolean {
    if (isAsset(value) || isArchive(value)) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(holdsAsset);
}

/** `properties` with a hash in every asset; paths are relative to `folder`. */
export async function withHashes(properties: Properties, folder: string): Promise<Properties> {
    const entries = Object.entries(properties).map(async ([key, value]): Promise<[string, Value]> => {
        try {
            return [key, await hashed(value, folder)];
        } catch (cause) {
            const reason = cause instanceof Error ? cause.message : String(cause);
            throw new Error(`failed to compute asset hash for "${key}": ${reason}`, { cause });
        }
    });
    return Object.fromEntries(await Promise.all(entries));
}

async function hashed(value: Value, folder: string): Promise<Value> {
    if (isArchive(value)) throw new Error("The rehearsal does not support archives. The Pulumi CLI does.");
    if (isAsset(value)) return hashedAsset(value, folder);
    if (Array.isArray(value)) return Promise.all(value.map((item) => hashed(item, folder)));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(
        async ([key, inner]): Promise<[string, Value]> => [key, await hashed(inner, folder)],
    );
    return Object.fromEntries(await Promise.all(entries));
}

/** Nothing but where the contents are and their hash: programs send more. */
async function hashedAsset(asset: Properties & { [signatureKey]: string }, folder: string): Promise<Properties> {
    const hash = createHash("sha256")
        .update(await bytesOf(asset, folder))
        .digest("hex");
    const source = (["text", "path", "uri"] as const).find((field) => typeof asset[field] === "string") ?? "uri";
    return { [signatureKey]: asset[signatureKey], hash, [source]: asset[source] ?? null };
}

async function bytesOf(asset: Properties, folder: string): Promise<Buffer> {
    const { path, text, uri } = asset;
    if (typeof text === "string") return Buffer.from(text);
    if (typeof path === "string") return readFile(resolve(folder, path));
    const answer = await fetch(String(uri));
    if (!answer.ok) throw new Error(`${uri} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
}
