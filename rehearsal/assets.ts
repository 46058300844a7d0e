// The hashes that Pulumi gives assets and archives: SHA-256 of the bytes. Of an archive that is no file, those of a tar file of it.

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { padding, tarEnd, tarHeader } from "./tar-header";
import { isArchive, isAsset, isObject, type Marked, type Properties, signatureKey, type Value } from "./values";

/** Whether `value` holds anything that needs a hash. */
export function holdsAsset(value: Value): boolean {
    if (isAsset(value) || isArchive(value)) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(holdsAsset);
}

/** `properties` with a hash in every asset and archive; paths are relative to `folder`. */
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

/** What of the archives in `value` has no hash here: their files would have to be unpacked. */
export function unsupportedArchive(value: Value): string | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const packed = isArchive(value) ? membersOf(value).find(([, member]) => isPackedFile(member)) : undefined;
    if (packed) return `archive files within an archive (\`${packed[0]}\`)`;
    return Object.values(value).map(unsupportedArchive).find(Boolean);
}

async function hashed(value: Value, folder: string): Promise<Value> {
    if (isArchive(value)) return hashedArchive(value, folder);
    if (isAsset(value)) return hashedAsset(value, folder);
    if (Array.isArray(value)) return Promise.all(value.map((item) => hashed(item, folder)));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(
        async ([key, inner]): Promise<[string, Value]> => [key, await hashed(inner, folder)],
    );
    return Object.fromEntries(await Promise.all(entries));
}

/** Nothing but where the contents are and their hash: programs send more. */
async function hashedAsset(asset: Marked, folder: string): Promise<Properties> {
    const hash = createHash("sha256")
        .update(await bytesOf(asset, folder))
        .digest("hex");
    const source = (["text", "path", "uri"] as const).find((field) => typeof asset[field] === "string") ?? "uri";
    return { [signatureKey]: asset[signatureKey], hash, [source]: asset[source] ?? null };
}

async function bytesOf({ path, text, uri }: Marked, folder: string): Promise<Buffer> {
    if (typeof text === "string") return Buffer.from(text);
    if (typeof path === "string") return readFile(resolve(folder, path));
    return download(String(uri));
}

async function download(uri: string): Promise<Buffer> {
    if (uri.startsWith("file:")) return readFile(fileURLToPath(uri));
    const answer = await fetch(uri);
    if (!answer.ok) throw new Error(`${uri} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
}

async function hashedArchive(archive: Marked, folder: string): Promise<Properties> {
    const { [signatureKey]: mark, path, uri } = archive;
    const hash = createHash("sha256");
    if (isPackedFile(archive)) {
        if (typeof path === "string") await addFile(hash, resolve(folder, path));
        else hash.update(await download(String(uri)));
    } else {
        await addTar(hash, await filesOf(archive, folder));
    }
    const kept = { [signatureKey]: mark, hash: hash.digest("hex") };
    if (typeof path === "string") return { ...kept, path };
    if (typeof uri === "string") return { ...kept, uri };
    const members = membersOf(archive).map(async ([name, member]) => [name, await hashed(member, folder)] as const);
    return { ...kept, assets: Object.fromEntries(await Promise.all(members)) };
}

/** What is in an archive, by name. */
function membersOf({ assets }: Marked): [string, Value][] {
    return isObject(assets) ? Object.entries(assets) : [];
}

/** An archive that is one file; others are a folder, or what the program puts together. */
function isPackedFile(value: Value): boolean {
    if (!isArchive(value)) return false;
    const name = typeof value.uri === "string" ? new URL(value.uri).pathname : value.path;
    return typeof name === "string" && /\.(tar|tgz|tar\.gz|zip|jar)$/.test(name);
}

type Contents = { path: string } | { bytes: Buffer };

/** The files of an archive in Pulumi's order, each with its name in there. */
async function filesOf(archive: Marked, folder: string): Promise<[name: string, Contents][]> {
    const { path, uri } = archive;
    if (isPackedFile(archive)) throw new Error("the rehearsal does not support archive files within an archive");
    if (typeof path === "string") return filesBelow(resolve(folder, path), "");
    if (typeof uri === "string") throw new Error(`file at URL '${uri}' is not a recognized archive format`);
    const members = membersOf(archive).sort(([one], [other]) => byBytes(one, other));
    const files = members.map(async ([name, member]): Promise<[string, Contents][]> => {
        if (isAsset(member)) return [[name, { bytes: await bytesOf(member, folder) }]];
        if (!isArchive(member)) throw new Error(`'${name}' is neither an asset nor an archive`);
        const inner = await filesOf(member, folder);
        return inner.map(([file, contents]) => [posix.join(name, file), contents]);
    });
    return (await Promise.all(files)).flat();
}

/** Every file of a folder; links to files are files, links to folders are left out, and so is Pulumi's own folder. */
async function filesBelow(path: string, name: string): Promise<[name: string, Contents][]> {
    if (basename(path) === ".pulumi") return [];
    const info = await lstat(path);
    if (info.isSymbolicLink() && (await stat(path)).isDirectory()) return [];
    if (!info.isDirectory()) {
        if (name === "") throw new Error(`'${path}' is neither a recognized archive type nor a directory`);
        return [[name, { path }]];
    }
    const names = (await readdir(path)).sort(byBytes);
    const files = names.map((inner) => filesBelow(join(path, inner), posix.join(name, inner)));
    return (await Promise.all(files)).flat();
}

async function addTar(hash: Hash, files: [name: string, Contents][]): Promise<void> {
    const seen = new Set<string>();
    for (const [name, contents] of files) {
        // A name that comes again is left out.
        if (seen.has(name)) continue;
        seen.add(name);
        const size = "path" in contents ? (await stat(contents.path)).size : contents.bytes.length;
        hash.update(tarHeader(name, size));
        if ("path" in contents) await addFile(hash, contents.path);
        else hash.update(contents.bytes);
        hash.update(padding(size));
    }
    hash.update(tarEnd);
}

async function addFile(hash: Hash, path: string): Promise<void> {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
}

function byBytes(one: string, other: string): number {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
