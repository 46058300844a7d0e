// The hash that Pulumi gives an asset: SHA-256 of its bytes.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isArchive, isAsset, isObject, type Properties, type Value } from "./values";

/** Whether `value` holds anything that needs a hash. */
export function holdsAsset(value: Value): boolean {
    if (isAsset(value) || isArchive(value)) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(holdsAsset);
}

/** `value` with a hash in every asset; paths are relative to `folder`. */
export async function withHashes(value: Value, folder: string): Promise<Value> {
    if (isArchive(value)) throw new Error("The rehearsal does not support archives. The Pulumi CLI does.");
    if (isAsset(value))
        return {
            ...value,
            hash: createHash("sha256")
                .update(await bytesOf(value, folder))
                .digest("hex"),
        };
    if (Array.isArray(value)) return Promise.all(value.map((item) => withHashes(item, folder)));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(
        async ([key, inner]): Promise<[string, Value]> => [key, await withHashes(inner, folder)],
    );
    return Object.fromEntries(await Promise.all(entries));
}

async function bytesOf(asset: Properties, folder: string): Promise<Buffer> {
    const { path, text, uri } = asset;
    if (typeof text === "string") return Buffer.from(text);
    if (typeof path === "string") return readFile(resolve(folder, path));
    const answer = await fetch(String(uri));
    if (!answer.ok) throw new Error(`${uri} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
}
