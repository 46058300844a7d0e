// What `npm pack` makes: it holds what is needed and nothing else, and works in a folder that has only the package.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json";
import { dependencies, link, otherVersions, pack, peers, repository, type Tarball, unpack } from "./installation";

let folder: string;
let tarball: Tarball;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-packed-"));
    tarball = pack(folder);
    unpack(tarball, join(folder, "node_modules/pulumi-fastio"));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function linkMissing(names: string[]): void {
    link(
        folder,
        names.filter((name) => !existsSync(join(folder, "node_modules", name))),
    );
}

function node(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    return { status, stdout, stderr };
}

test("it has compiled code, its declarations, the command, the readme and the licenses, and nothing else", () => {
    const allowed =
        /^(package\.json|schema\.json|README\.md|LICENSE|bin\/[\w-]+\.js|dist\/runtime\.js\.LICENSES\.txt|dist\/[\w/-]+\.(js|d\.ts))$/;
    const plugin = ["", ".cmd"].map((suffix) => `pulumi-resource-fastio${suffix}`);
    const ofPlugin = [
        ...plugin,
        ...["plugin.js", "undici.js", "plugin.js.LICENSES.txt", "PulumiPlugin.yaml", "package.json", "LICENSE"],
    ];
    const expected = ofPlugin.map((name) => `dist/pulumi-resource-fastio/${name}`);
    expect(tarball.paths.filter((path) => !allowed.test(path) && !expected.includes(path))).toEqual([]);
    expect(expected.filter((path) => !tarball.paths.includes(path))).toEqual([]);
    expect(
        tarball.paths.filter((path) => /^dist\/(tests|scripts|bench|examples|provider\/generate)\//.test(path)),
    ).toEqual([]);
});

test("it has every file that package.json names", () => {
    const entries = Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : [entry.types, entry.default],
    );
    const named = [manifest.main, manifest.types, ...entries, ...Object.values(manifest.bin)];
    expect(named.map((path) => path.replace("./", "")).filter((path) => !tarball.paths.includes(path))).toEqual([]);
});

test("what providers load at their first check is small: no undici, and of zod what is used", () => {
    const { size } = statSync(join(folder, "node_modules/pulumi-fastio/dist/runtime.js"));
    // One `import { z }` instead of `import * as z` brings 300 kB of error messages in fifty languages along.
    expect(size).toBeLessThan(450_000);
});

test("what providers require needs no package but Pulumi's, and undici only at the first request", () => {
    linkMissing(peers);
    // Loading undici leaves its symbols on the global object.
    const script = `
        require("pulumi-fastio/runtime");
        console.log(Object.getOwnPropertySymbols(globalThis).filter((symbol) => /undici/.test(String(symbol))).length);`;
    expect(node("-e", script)).toEqual({ status: 0, stdout: "0\n", stderr: "" });
});

test("every entry loads, and the command runs", () => {
    linkMissing([...peers, ...dependencies]);
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

const installed = (command: string) => join(repository, "node_modules/.bin", command);

test("publint finds nothing to say about it", () => {
    const { status, stdout } = node(installed("publint"), "run", tarball.file, "--strict");
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("All good!") });
});

test("its types resolve as its code does, in every mode of the compiler", () => {
    // It exits before a pipe has taken all that it says.
    const report = join(folder, "attw.json");
    const said = openSync(report, "w");
    const { status } = spawnSync(process.execPath, [installed("attw"), tarball.file, "--format", "json"], {
        cwd: folder,
        stdio: ["ignore", said, "ignore"],
    });
    closeSync(said);
    const { analysis } = JSON.parse(readFileSync(report, "utf8")) as {
        analysis: { entrypoints: object; problems: object[] };
    };
    expect({ status, problems: analysis.problems }).toEqual({ status: 0, problems: [] });
    expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
});

describe("a program of its own compiles against it", () => {
    const program = `
        import * as fastio from "pulumi-fastio";
        import { createEmulator } from "pulumi-fastio/emulator";
        import { rehearse } from "pulumi-fastio/rehearsal";
        import { provider } from "pulumi-fastio/runtime";
        const organization = new fastio.Organization("acme", { domain: "acme", name: "Acme" });
        // @ts-expect-error a workspace belongs to an organization
        new fastio.Workspace("design", {});
        export const all: [unknown, string] = [[rehearse, provider, organization], createEmulator().token];`;

    test.each([
        ["TypeScript 5.9", "commonjs", ["--module", "commonjs", "--moduleResolution", "node10"], otherVersions],
        ["TypeScript 5.9", "nodenext", ["--module", "nodenext"], otherVersions],
        ["TypeScript 6", "nodenext", ["--module", "nodenext"], undefined],
        ["TypeScript 6", "bundler", ["--module", "esnext", "--moduleResolution", "bundler"], undefined],
    ])("with %s, %s", (_, __, module, from) => {
        linkMissing([...peers, ...dependencies, "@types/node"]);
        writeFileSync(join(folder, "index.ts"), program);
        const compiler = from ? join(from, "node_modules/typescript/bin/tsc") : require.resolve("typescript/bin/tsc");
        const options = ["--noEmit", "--strict", "--target", "es2023", "--types", "node", "--skipLibCheck"];
        expect(node(compiler, ...options, ...module, "index.ts")).toEqual({ status: 0, stdout: "", stderr: "" });
    });
});
