// docs/adding-a-resource.md, followed to the letter in a copy of the repository: at the end there is a kind that works.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CodeBlock, codeBlocks, readDocument, repository } from "./markdown";

jest.setTimeout(300_000);

const page = readDocument("docs/adding-a-resource.md");
let copy: string;

beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "pulumi-fastio-tutorial-"));
    const listed = ["ls-files", "--cached", "--others", "--exclude-standard"];
    const sources = execFileSync("git", listed, { cwd: repository, encoding: "utf8" }).trim().split("\n");
    for (const path of sources.filter((source) => existsSync(join(repository, source)))) {
        cpSync(join(repository, path), join(copy, path));
    }
    // What is built already need not be built again.
    cpSync(join(repository, "dist"), join(copy, "dist"), {
        recursive: true,
        preserveTimestamps: true,
        // Plugins that start meanwhile write it.
        filter: (path) => !path.includes("compile-cache"),
    });
    symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"), "dir");
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

let lastNamed = "";

/** Makes the new file, or the change in a file, that one block says, and answers its path. */
function follow({ language, text, lead }: CodeBlock): string {
    const [, step, path] = /\b(Create|In) `([^`]+)`:$/.exec(lead) ?? [];
    // A change right after another is in the same file.
    lastNamed = path ?? lastNamed;
    if (language === "ts" && step === "Create") {
        mkdirSync(dirname(join(copy, lastNamed)), { recursive: true });
        writeFileSync(join(copy, lastNamed), text);
    } else if (language === "diff") {
        change(lastNamed, text);
    } else {
        throw new Error(`The page does not say what to do with the block after "${lead}"`);
    }
    return lastNamed;
}

function change(path: string, diff: string): void {
    const lines = diff.trimEnd().split("\n");
    const side = (mark: string) =>
        lines.filter((line) => line.startsWith(" ") || line.startsWith(mark)).map((line) => `${line.slice(1)}\n`);
    const source = readFileSync(join(copy, path), "utf8");
    const [before, after] = [side("-").join(""), side("+").join("")];
    if (source.split(before).length !== 2) throw new Error(`${path} does not hold exactly once:\n${before}`);
    writeFileSync(
        join(copy, path),
        source.replace(before, () => after),
    );
}

function run(command: string, ...args: string[]): void {
    const env = { ...process.env, ENGINES_PULUMI_CLI: "none" };
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8", env });
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
}

/** What the targets of the Makefile run, as far as it is about the new kind. */
const targets: Record<string, (touched: readonly string[]) => void> = {
    generate: () => run("npm", "run", "--silent", "generate"),

    lint(touched) {
        run("npm", "exec", "--", "biome", "check", ...touched);
        writeFileSync(
            join(copy, "tsconfig.new.json"),
            JSON.stringify({ extends: "./tsconfig.json", include: touched }),
        );
        run("npm", "exec", "--", "tsc", "--project", "tsconfig.new.json");
    },

    test(touched) {
        run("npm", "run", "--silent", "build");
        const tests = touched.filter((path) => path.endsWith(".test.ts"));
        // Of the tests that walk over the registry, what they say of this kind.
        const names = "instructions|make generate|in the table|every kind";
        run(
            "npm",
            "exec",
            "--",
            "jest",
            ...tests,
            "provider/generate",
            "tests/verbs/convergence",
            "tests/lifecycle/whole",
            "-t",
            names,
        );
    },
};

test("the page is followed, and the kind lives", () => {
    raiseSchemaVersion();
    const touched = new Set<string>();
    for (const block of codeBlocks(page)) {
        if (block.language === "sh") {
            for (const [, target = ""] of block.text.matchAll(/^make (\w+)$/gm)) targets[target]?.([...touched]);
        } else {
            touched.add(follow(block));
        }
    }
    expect([...touched].filter((path) => path.endsWith(".test.ts"))).toHaveLength(2);
    for (const file of ["sdk/organization-instructions.ts", "docs/reference/organization-instructions.md"]) {
        expect(existsSync(join(copy, file))).toBe(true);
    }
});

/** The one step that the page has in words. */
function raiseSchemaVersion(): void {
    expect(page).toContain("raise `schemaVersion`");
    const store = join(copy, "emulator/store.ts");
    const raised = (_: string, start: string, version: string) => `${start}${Number(version) + 1};`;
    writeFileSync(store, readFileSync(store, "utf8").replace(/^(const schemaVersion = )(\d+);/m, raised));
}
