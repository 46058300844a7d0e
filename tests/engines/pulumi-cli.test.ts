// Which Pulumi CLI is found: with small scripts that answer as a CLI does, and no network.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { findPulumiCli } from "./pulumi-cli";

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-cli-"));
    Object.assign(process.env, {
        PATH: "",
        PULUMI_HOME: join(folder, "home"),
        // The npm package's download ends at a port where nothing listens.
        NODE_USE_ENV_PROXY: "1",
        HTTPS_PROXY: "http://127.0.0.1:9",
        NO_PROXY: "",
    });
});

afterEach(() => {
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
});

function cli(path: string, script: string): string {
    const file = join(folder, path, "pulumi");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
}

test("the first on PATH that answers with its version", () => {
    cli("shim/node_modules/.bin", "echo v9.9.9");
    cli("broken", "exit 1");
    cli("silent", "exit 0");
    const first = cli("first", "echo v3.200.0");
    cli("second", "echo v3.300.0");
    cli("home/versions/3.400.0/bin", "echo v3.400.0");
    process.env.PATH = ["shim/node_modules/.bin", "empty", "broken", "silent", "first", "second"]
        .map((path) => join(folder, path))
        .join(delimiter);
    expect(findPulumiCli()).toBe(first);
});

test("else the newest in Pulumi's version cache that answers", () => {
    cli("home/versions/3.99.0/bin", "echo v3.99.0");
    const newest = cli("home/versions/3.101.0/bin", "echo v3.101.0");
    cli("home/versions/3.102.0/bin", "exit 126");
    expect(findPulumiCli()).toBe(newest);
});

test("else none, when the npm package cannot download one", () => {
    expect(findPulumiCli()).toBeUndefined();
});
