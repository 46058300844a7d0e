// The code that the documents show compiles, as it would for a reader.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { prepareProject } from "../engines/project";
import { type CodeBlock, codeBlocks, markdownFiles, readDocument, repository } from "./markdown";

jest.setTimeout(120_000);

const tutorial = "docs/adding-a-resource.md";
const reference = "docs/reference/";

const blocks = markdownFiles()
    .flatMap((file) => codeBlocks(readDocument(file)).map((block) => ({ file, ...block })))
    // The tutorial's blocks are files of this repository; its own test compiles them there.
    .filter(({ file, language }) => language === "ts" && file !== tutorial);

/** What the compiler says to these modules in a project that has installed the package; empty when all is well. */
function complaints(modules: readonly (CodeBlock & { file: string })[]): string {
    const options = { module: "nodenext", target: "es2022", strict: true, noEmit: true, types: ["node"] };
    const files = modules.map(({ file, text }, index) => [`${index}-${file.replaceAll("/", "-")}.mts`, text]);
    const project = prepareProject({
        files: {
            ...Object.fromEntries(files),
            "tsconfig.json": JSON.stringify({ compilerOptions: { ...options, skipLibCheck: true } }),
        },
    });
    try {
        return compile(project.folder);
    } finally {
        project.remove();
    }
}

function compile(folder: string): string {
    const tsc = require.resolve("typescript/bin/tsc");
    return spawnSync(process.execPath, [tsc, "--project", folder], { encoding: "utf8" }).stdout;
}

test("every program of the documents compiles", () => {
    const programs = blocks.filter(({ file }) => !file.startsWith(reference));
    expect(programs.length).toBeGreaterThan(3);
    expect(complaints(programs)).toBe("");
});

test("every example of the reference compiles below the resources that it names", () => {
    const examples = blocks.filter(({ file }) => file.startsWith(reference));
    expect(examples.length).toBeGreaterThan(3);
    const parents = ["Organization", "Workspace", "Share", "Folder"].map((kind) => [kind.toLowerCase(), kind]);
    parents.push(["parent", "Folder"]);
    const programs = examples.map(({ text, ...block }) => {
        const declared = parents
            .filter(([name]) => !text.includes(`const ${name} =`))
            .map(([name, kind]) => `declare const ${name}: fastio.${kind};\n`);
        const imports = `import * as fastio from "pulumi-fastio";\nimport * as pulumi from "@pulumi/pulumi";\n`;
        return { ...block, text: `${imports}${declared.join("")}${text}` };
    });
    expect(complaints(programs)).toBe("");
});

test("a mistake in a program is found", () => {
    const wrong = `import * as fastio from "pulumi-fastio";\nnew fastio.Workspace("w", { organization: "1" });\n`;
    expect(complaints([{ file: "wrong", language: "ts", lead: "", text: wrong }])).toMatch(
        /0-wrong\.mts\(2,.*organization/,
    );
});

const typed = readdirSync(join(repository, "examples")).filter((example) =>
    existsSync(join(repository, "examples", example, "tsconfig.json")),
);
test.each(typed)("the example %s compiles with its own settings", (example) => {
    const project = prepareProject({ example });
    try {
        expect(compile(project.folder)).toBe("");
    } finally {
        project.remove();
    }
});
