// A Node that is too old is told so in one line: by the check itself, and by the real command.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { manifest, requireNode } from "../../require-node";

const bin = join(__dirname, "../../bin/pulumi-fastio.js");
const needed = manifest.engines.node.slice(2);
const [major = 0, minor = 0] = needed.split(".").map(Number);

test.each([`${major}.${minor}.0`, `${major}.${minor + 1}.2`, `${major + 1}.0.0`])(
    "Node %s is new enough",
    (version) => {
        expect(() => requireNode(version)).not.toThrow();
    },
);

test.each([`${major}.${minor - 1}.9`, `${major - 1}.99.0`, "9.11.2", "0.12.18"])("Node %s is too old", (version) => {
    expect(() => requireNode(version)).toThrow(`needs Node ${needed} or newer and was started on Node ${version} (`);
});

test("the command says so in one line and exits with 2", () => {
    const folder = mkdtempSync(join(tmpdir(), "old-node-"));
    try {
        const { status, stdout, stderr } = spawnSync(...oldNode(folder), { encoding: "utf8" });
        expect(stderr).toMatch(
            /^pulumi-fastio needs Node .* was started on Node [\d.]+ \(.*node\): install a newer .*\n$/,
        );
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    } finally {
        rmSync(folder, { recursive: true });
    }
});

/** The command on an old Node: a real one where PATH has it, otherwise this one under another version. */
function oldNode(folder: string): [string, string[]] {
    for (const candidate of (process.env.PATH ?? "").split(delimiter).map((path) => join(path, "node"))) {
        const version = spawnSync(candidate, ["--version"], { encoding: "utf8" }).stdout?.slice(1);
        if (version && Number(version.split(".")[0]) < major) {
            return [candidate, [bin, "--version"]];
        }
    }
    const disguise = join(folder, "disguise.js");
    writeFileSync(disguise, "Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } });");
    return [process.execPath, ["--require", disguise, bin, "--version"]];
}
