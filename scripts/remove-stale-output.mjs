// Removes from dist/ what the compiler wrote for a source that is gone: tsc itself only ever adds.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";

// Written by the bundler, from sources elsewhere.
const bundles = [join("dist", "runtime.js"), join("dist", "undici.js"), join("dist", "pulumi-resource-fastio")];

function sweep(folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (bundles.includes(path)) {
            continue;
        }
        if (entry.isDirectory()) {
            sweep(path);
        } else if (/\.(js|d\.ts)$/.test(path) && !existsSync(relative("dist", path).replace(/\.(js|d\.ts)$/, ".ts"))) {
            rmSync(path);
        }
    }
    if (readdirSync(folder).length === 0) {
        rmdirSync(folder);
    }
}

sweep("dist");
