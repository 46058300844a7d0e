/** The bytes of an adopted asset as a file of the project, where the program finds them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileAsset, fileNameOf } from "../core/assets";
import type { Properties } from "../core/define";
import { ResourceError } from "../core/errors";
import { slugOf } from "../core/naming";

/** The folder, within the project's, that takes what is adopted. */
const assetFolder = "adopted";

/**
 * Has the bytes written by `save`, which answers their name as a file, and answers the asset that a program declares for
 * them; undefined when there are none. A file that is there with other bytes is never overwritten.
 */
export async function saveAsset(
    project: string,
    kind: string,
    name: string,
    save: (file: string) => Promise<string | undefined>,
): Promise<Properties | undefined> {
    const temporary = await mkdtemp(join(project, ".adopt-"));
    try {
        const bytes = join(temporary, "bytes");
        const fileName = await save(bytes);
        if (fileName === undefined) return undefined;
        const path = posix.join(assetFolder, kind, slugOf(name) || "asset", fileNameOf(fileName));
        const target = join(project, path);
        const hash = await sha256(bytes);
        if (!(await exists(target))) {
            await mkdir(dirname(target), { recursive: true });
            await rename(bytes, target);
        } else if ((await sha256(target)) !== hash) {
            throw new ResourceError(`${path} is there with other bytes than the service has; move it away first`);
        }
        return fileAsset(path, hash);
    } finally {
        await rm(temporary, { recursive: true, force: true });
    }
}

async function sha256(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}

function exists(file: string): Promise<boolean> {
    return access(file).then(
        () => true,
        () => false,
    );
}
