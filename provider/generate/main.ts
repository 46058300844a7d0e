/** Writes the generated files into the repository, and removes generated files that no definition asks for any more. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./files";
import { generatedMark } from "./sdk";

const files = generatedFiles();
for (const folder of ["sdk", "sdk/plugin", "docs/reference"]) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (/\.(ts|md)$/.test(name) && !(path in files) && readFileSync(path, "utf8").includes(generatedMark))
            rmSync(path);
    }
}
for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
}
console.log(`${Object.keys(files).length} files written`);
