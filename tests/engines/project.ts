// A Pulumi project in a temporary folder, in which `pulumi-fastio` resolves as an installed package does.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
    /** The text of a file of the project. */
    read(path: string): string;
    remove(): void;
}

/** Makes the project. It knows pulumi-fastio (as built in dist/), @pulumi/pulumi, typescript, Node's types and what its package.json names. */
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
    return {
        folder,
        write,
        read: (path) => readFileSync(join(folder, path), "utf8"),
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}

/** Puts what a program needs into `node_modules` as links, instead of installing it. */
export function linkPackages(folder: string): void {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const names = [
        "pulumi-fastio",
        "@pulumi/pulumi",
        "typescript",
        "@types/node",
        ...Object.keys(manifest.dependencies ?? {}),
    ];
    for (const name of new Set(names)) {
        const target = name === "pulumi-fastio" ? "." : join("node_modules", name);
        const link = join(folder, "node_modules", name);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(join(repository, target), link, "dir");
    }
    mkdirSync(join(folder, "node_modules", ".bin"));
    symlinkSync(join(repository, "bin", "pulumi-fastio.js"), join(folder, "node_modules", ".bin", "pulumi-fastio"));
}
