// The installed command: what it prints for help and for mistakes, and its exit codes.
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { manifest } from "../../require-node";

const bin = join(__dirname, "../../bin/pulumi-fastio.js");

function run(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
    return { status, stdout, stderr };
}

test("--version is the package's", () => {
    expect(run("--version")).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test("--help lists the commands, and every command has its own", () => {
    const { status, stdout } = run("--help");
    expect(status).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+(?:-[a-z]+)*) /gm)].map(([, name]) => String(name));
    expect(commands).toEqual(expect.arrayContaining(["adopt-file", "doctor", "emulator", "probe", "rehearse"]));
    for (const command of commands.filter((name) => name !== "help")) {
        expect(run(command, "--help")).toMatchObject({
            status: 0,
            stdout: expect.stringContaining(`Usage: pulumi-fastio ${command}`),
        });
    }
});

test.each([[["emulate"]], [["--what"]], [["emulator", "--what"]]])("%j is a usage error, with a hint", (args) => {
    const { status, stdout, stderr } = run(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
        /^error: unknown (command|option) .*\n(\(Did you mean .*\)\n)?Run with --help to see what it takes\.\n$/,
    );
});

test("no command at all is a usage error that shows what there is", () => {
    expect(run()).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("Commands:") });
});

test("what a command cannot do is a failure, in one line", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { status, stderr } = run("emulator", "--port", String(port));
    taken.close();
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^pulumi-fastio: Port \d+ .*\n$/) });
});

test("probe says what its exit codes mean: 3 where something does not hold, 1 where nothing can be asked", async () => {
    expect(run("probe", "--help").stdout).toContain(
        "Exit code: 0 when all that was asked holds, 3 when something does not, 1 when it failed.",
    );
    const service = createHttpServer((_, response) => {
        response.setHeader("content-type", "application/json");
        response.end('{"result":true}');
    }).listen(0, "127.0.0.1");
    await once(service, "listening");
    const { port } = service.address() as AddressInfo;
    const probe = () =>
        promisify(execFile)(process.execPath, [bin, "probe"], {
            env: { ...process.env, FASTIO_TOKEN: "t".repeat(32), FASTIO_BASE_URL: `http://127.0.0.1:${port}/current/` },
        }).catch((failed: { code: number; stdout: string; stderr: string }) => failed);
    expect(await probe()).toMatchObject({ code: 3, stdout: expect.stringMatching(/[1-9]\d* do not, /) });
    service.closeAllConnections();
    service.close();
    expect(await probe()).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(/^pulumi-fastio: Could not ask .*\n$/),
    });
});
