// Refuses, when it is imported, a Node older than package.json asks for; in syntax and with modules that any old Node has.

/** package.json of this package: beside this file in the repository, one folder up once it is compiled into dist/. */
export const manifest: { version: string; engines: { node: string } } = readManifest();

function readManifest() {
    try {
        return require("./package.json");
    } catch (_notHere) {
        return require("../package.json");
    }
}

/** Throws, in one line, when `version` is older than the Node this package needs. */
export function requireNode(version: string): void {
    const needed = manifest.engines.node.replace(">=", "");
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [neededMajor = 0, neededMinor = 0] = needed.split(".").map(Number);
    if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
        const error = new Error(
            `pulumi-fastio needs Node ${needed} or newer and was started on Node ${version} (${process.execPath}): ` +
                "install a newer Node, or put one first on PATH.",
        );
        throw Object.assign(error, { code: "NODE_TOO_OLD" });
    }
}

requireNode(process.versions.node);
