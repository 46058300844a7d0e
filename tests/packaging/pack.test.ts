// What `npm pack` makes: it holds what is needed and nothing else, and works in a folder that has only the package.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import manifest from "../../package.json";

const repository = dirname(dirname(__dirname));
const peers = Object.keys(manifest.peerDependencies);
const dependencies = Object.keys(manifest.dependencies);

let folder: string;
let packed: string[];

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-packed-"));
    const report = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
        cwd: repository,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
    });
    const [{ filename, files }] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    const installed = join(folder, "node_modules/pulumi-fastio");
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, filename), "-C", installed, "--strip-components=1"]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function link(names: string[]): void {
    for (const name of names) {
        const path = join(folder, "node_modules", name);
        if (existsSync(path)) continue;
        mkdirSync(dirname(path), { recursive: true });
        symlinkSync(join(repository, "node_modules", name), path, "dir");
    }
}

function node(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    return { status, stdout, stderr };
}

test("it has compiled code, its declarations, the command, the readme and the licenses, and nothing else", () => {
    const allowed =
        /^(package\.json|README\.md|LICENSE|bin\/[\w-]+\.js|dist\/runtime\.js\.LICENSES\.txt|dist\/[\w/-]+\.(js|d\.ts))$/;
    expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.filter((path) => /^dist\/(tests|scripts|bench|examples|provider\/generate)\//.test(path))).toEqual(
        [],
    );
});

test("it has every file that package.json names", () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : [entry.types, entry.default],
    );
    const named = [manifest.main, manifest.types, ...entries, ...Object.values(manifest.bin)];
    expect(named.map((path) => path.replace("./", "")).filter((path) => !packed.includes(path))).toEqual([]);
});

test("what providers require needs no package but Pulumi's, and undici only at the first request", () => {
    link(peers);
    // Loading undici leaves its symbols on the global object.
    const script = `
        require("pulumi-fastio/runtime");
        console.log(Object.getOwnPropertySymbols(globalThis).filter((symbol) => /undici/.test(String(symbol))).length);`;
    expect(node("-e", script)).toEqual({ status: 0, stdout: "0\n", stderr: "" });
});

test("every entry loads, and the command runs", () => {
    link([...peers, ...dependencies]);
    for (const entry of Object.keys(manifest.exports)) {
        const name = entry.replace(".", "pulumi-fastio");
        expect({ name, ...node("-e", `require(${JSON.stringify(name)})`) }).toEqual({
            name,
            status: 0,
            stdout: "",
            stderr: "",
        });
    }
    expect(node("node_modules/pulumi-fastio/bin/pulumi-fastio.js", "--version").stdout).toBe(`${manifest.version}\n`);
});

test("a program of its own compiles against it", () => {
    link([...peers, ...dependencies, "typescript", "@types/node"]);
    const program = `
        import * as fastio from "pulumi-fastio";
        import { createEmulator } from "pulumi-fastio/emulator";
        import { rehearse } from "pulumi-fastio/rehearsal";
        import { provider } from "pulumi-fastio/runtime";
        const organization = new fastio.Organization("acme", { domain: "acme", name: "Acme" });
        // @ts-expect-error a workspace belongs to an organization
        new fastio.Workspace("design", {});
        export const all: [unknown, string] = [[rehearse, provider, organization], createEmulator().token];`;
    writeFileSync(join(folder, "index.ts"), program);
    const compiler = require.resolve("typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2023"];
    expect(node(compiler, ...options, "--types", "node", "index.ts")).toEqual({ status: 0, stdout: "", stderr: "" });
});
