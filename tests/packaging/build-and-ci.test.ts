// The scripts behind the build and the pipeline, each run on a small project of its own.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = dirname(dirname(__dirname));
let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-scripts-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
}

function run(command: string, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
    return { status, stderr, lastLine: stdout.trimEnd().split("\n").at(-1) };
}

test("what was compiled from a source that is gone vanishes from dist", () => {
    write({
        "sdk/kept.ts": "",
        "dist/sdk/kept.js": "",
        "dist/sdk/kept.d.ts": "",
        "dist/sdk/gone.js": "",
        "dist/old/gone.d.ts": "",
    });
    expect(run(process.execPath, join(repository, "scripts/remove-stale-output.mjs")).status).toBe(0);
    const left = ["sdk/kept.js", "sdk/kept.d.ts", "sdk/gone.js", "old"].filter((path) =>
        existsSync(join(folder, "dist", path)),
    );
    expect(left).toEqual(["sdk/kept.js", "sdk/kept.d.ts"]);
});

test("without the runtime's source the bundle fails and says why", () => {
    const { status, stderr } = run(process.execPath, join(repository, "scripts/bundle.mjs"));
    expect(status).toBe(1);
    expect(stderr).toContain("provider/dynamic/runtime.ts does not exist");
});

test.each([
    ["2 passed, 0 failed", 0, { "one.test.js": "test('a', () => {}); test('b', () => {});" }],
    [
        "1 passed, 1 failed, 1 skipped",
        1,
        { "one.test.js": "test('a', () => {}); test('b', () => { throw 1 }); test.skip('c', () => {});" },
    ],
    ["1 passed, 1 failed", 1, { "one.test.js": "test('a', () => {});", "two.test.js": "syntax error" }],
])("the last line of a test run: %s", (line, status, files) => {
    write({
        ...files,
        "jest.config.js": `module.exports = { reporters: ["default", ${JSON.stringify(join(repository, "scripts/summary-reporter.js"))}] };`,
    });
    const jest = join(dirname(require.resolve("jest/package.json")), "bin/jest.js");
    expect(run(process.execPath, jest, "--rootDir", folder)).toMatchObject({ status, lastLine: line });
});

test.each([0, 1])("the pipeline ends with that line, and fails as the tests do (%d)", (status) => {
    write({ Makefile: `test:\n\t@echo "7 passed, ${status} failed"; exit ${status}\n` });
    cpSync(join(repository, ".ci"), join(folder, ".ci"), { recursive: true });
    const { status: exitCode, lastLine } = run(join(folder, ".ci/run"));
    expect(exitCode === 0).toBe(status === 0);
    expect(lastLine).toBe(`7 passed, ${status} failed`);
});
