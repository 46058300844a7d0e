// A Pulumi project in a temporary folder, in which `pulumi-fastio` resolves as an installed package does.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = dirname(dirname(__dirname));

export interface ProjectOptions {
    /** A folder of examples/ to copy. */
    example?: string;
    /** Files by path, on top of the example's. Without an example the program is `index.js` or `index.ts`. */
    files?: Record<string, string>;
}

export interface Project {
    folder: string;
    /** Writes files into the project, for the next run of its program. */
    write(files: Record<string, string>): void;
    remove(): void;
}

/** Makes the project. It knows pulumi-fastio (as built in dist/), @pulumi/pulumi, typescript and Node's types. */
export function prepareProject({ example, files = {} }: ProjectOptions): Project {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-project-"));
    const write = (texts: Record<string, string>) => {
        for (const [path, text] of Object.entries(texts)) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
        }
    };
    if (example === undefined) {
        write({ "Pulumi.yaml": "name: project\nruntime: nodejs\n", "package.json": "{}\n" });
    } else {
        cpSync(join(repository, "examples", example), folder, {
            recursive: true,
            filter: (source) => !source.endsWith("node_modules"),
        });
    }
    write(files);
    linkPackages(folder);
    return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Puts what a program needs into `node_modules` as links, instead of installing it. */
export function linkPackages(folder: string): void {
    const packages = ["@pulumi/pulumi", "typescript", "@types/node"].map((name) => [name, join("node_modules", name)]);
    for (const [name, target] of [["pulumi-fastio", "."], ...packages] as [string, string][]) {
        const link = join(folder, "node_modules", name);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(join(repository, target), link, "dir");
    }
}
