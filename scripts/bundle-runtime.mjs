// Bundles what the resources' provider text requires into dist/runtime.js: one file, so that a provider process
// starts fast and runs the zod and undici it was tested with, whatever else the program's folder has installed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const entry = "provider/dynamic/runtime.ts";
if (!existsSync(entry)) {
    console.error(`bundle-runtime: ${entry} does not exist, so there is nothing to bundle into dist/runtime.js.`);
    process.exit(1);
}

const { metafile } = await build({
    entryPoints: [entry],
    outfile: "dist/runtime.js",
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["@pulumi/pulumi", "*/package.json"],
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
});

const packages = new Set(
    Object.keys(metafile.inputs).flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
);
const licenses = [...packages].sort().map((name) => {
    const folder = join("node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
    if (!file) {
        throw new Error(`bundle-runtime: ${name} has no license file to pass on.`);
    }
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync("dist/runtime.js.LICENSES.txt", `dist/runtime.js holds:\n\n${licenses.join("\n\n")}`);
