/** Who calls: package, Pulumi SDK and Node, each with its version. */
import { manifest } from "../require-node";

export function userAgent(): string {
    return `pulumi-fastio/${manifest.version} pulumi/${pulumiVersion()} node/${process.versions.node}`;
}

/** The version of the SDK that the program's folder resolves; only told, so it may be missing. */
function pulumiVersion(): string {
    try {
        return (require("@pulumi/pulumi/package.json") as { version: string }).version;
    } catch {
        return "unknown";
    }
}
