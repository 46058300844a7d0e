// Packs the plugin, as built, for every platform under the names that `pulumi plugin install` and servers of plugins know:
// node scripts/pack-plugin.mjs FOLDER. It is JavaScript, so the archives differ in their names alone.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];
const [folder] = process.argv.slice(2);
if (!folder) {
    console.error("usage: node scripts/pack-plugin.mjs FOLDER");
    process.exit(2);
}
const built = "dist/pulumi-resource-fastio";
const { version } = JSON.parse(readFileSync(join(built, "package.json"), "utf8"));
const archives = platforms.map((platform) => join(folder, `pulumi-resource-fastio-v${version}-${platform}.tar.gz`));
const [first, ...others] = archives;
mkdirSync(folder, { recursive: true });
// Where PulumiPlugin.yaml lies, an installation fetches what the plugin depends on. This one depends on nothing.
// A compile cache is of the Node that made it.
const left = ["PulumiPlugin.yaml", "package-lock.json", "node_modules", "compile-cache"].map(
    (name) => `--exclude=./${name}`,
);
execFileSync("tar", ["-czf", first, ...left, "-C", built, "."]);
for (const other of others) copyFileSync(first, other);
console.log(archives.join("\n"));
