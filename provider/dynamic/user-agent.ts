/** Who calls: package, Pulumi SDK and Node, each with its version. */

export function userAgent(): string {
    const version = (path: string) => {
        try {
            return (require(path) as { version: string }).version;
        } catch {
            return "unknown";
        }
    };
    return `pulumi-fastio/${version("pulumi-fastio/package.json")} pulumi/${version("@pulumi/pulumi/package.json")} node/${process.versions.node}`;
}
