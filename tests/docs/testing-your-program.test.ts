// docs/testing-your-program.md, followed in a project that has installed the package: its commands pass, and can fail.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { rehearseCommand } from "../../cli/rehearse";
import manifest from "../../package.json";
import { type Project, prepareProject } from "../engines/project";
import { codeBlocks, readDocument, repository } from "./markdown";

jest.setTimeout(120_000);

const page = readDocument("docs/testing-your-program.md");
const blocks = codeBlocks(page);
const files = Object.fromEntries(
    blocks.flatMap(({ lead, text }) => {
        const [, path] = /\bcreate `([^`]+)`/i.exec(lead) ?? [];
        return path === undefined ? [] : [[path, text]];
    }),
);
const commands = blocks.filter(({ language }) => language === "sh").map(({ text }) => text.trim());

/** What `npx` starts, by its name. */
const programs: Record<string, string> = {
    "pulumi-fastio": join(repository, manifest.bin["pulumi-fastio"]),
    jest: join(dirname(require.resolve("jest/package.json")), "bin/jest.js"),
};

let project: Project;
beforeAll(() => {
    project = prepareProject({ files });
});
afterAll(() => project.remove());

function run(command: string) {
    const [, program = "", rest = ""] = /^(node|npx \S+) ?(.*)$/.exec(command) ?? [];
    const script = program === "node" ? [] : [programs[program.slice("npx ".length)] ?? ""];
    // Node's runner does not run within another one.
    const { NODE_TEST_CONTEXT: _, JEST_WORKER_ID: __, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...script, ...rest.split(" ").filter(Boolean)], {
        cwd: project.folder,
        encoding: "utf8",
        env: { ...env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    return { status, stdout, stderr };
}

test("the page has a program, two tests and their commands", () => {
    expect(Object.keys(files)).toEqual(["index.ts", "program.test.ts", "program.test.js"]);
    expect(commands).toHaveLength(3);
});

test.each(commands)("%s", (command) => {
    const { status, stdout, stderr } = run(command);
    expect({ status, printed: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, printed: "" });
    if (!command.endsWith("rehearse")) return;
    const withoutTimes = (text: string) => text.replace(/\d+\.\ds/g, "<time>").replace(/ +/g, " ");
    const shown = blocks.find(({ language }) => language === "text")?.text ?? "nothing";
    expect(withoutTimes(stdout)).toContain(withoutTimes(shown));
});

test("a program that does not converge fails its test", () => {
    const source = files["index.ts"] ?? "";
    project.write({ "index.ts": source.replace('name: "Deal"', 'name: "At " + Date.now()') });
    expect(run("node --test program.test.ts")).toMatchObject({
        status: 1,
        stdout: expect.stringContaining("update: 1"),
    });
});

test("its table of options is the command's", () => {
    const rows = [...page.matchAll(/^\| (`(?:DIR|--).*?`) \|/gm)].flatMap(
        ([, cell = ""]) => cell.match(/--[a-z]+/g) ?? [],
    );
    expect(rows).toEqual(rehearseCommand().options.map(({ long }) => long));
});
