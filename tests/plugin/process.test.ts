/** The plugin as the engine starts it: the bundle alone, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import manifest from "../../package.json";
import { Service } from "../verbs/service";
import { ask, Caller, urnOf } from "./caller";
import { Relay } from "./relay";

jest.setTimeout(60_000);

let folder: string;
const started: ChildProcess[] = [];

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-plugin-"));
    // The tarball that `pulumi plugin install --file` takes is this folder, packed.
    const archive = join(folder, "plugin.tar.gz");
    const built = join(__dirname, "../../dist/pulumi-resource-fastio");
    execFileSync("tar", ["-czf", archive, "--exclude=./compile-cache", "-C", built, "."]);
    cpSync(archive, join(folder, "unpacked", "plugin.tar.gz"));
    execFileSync("tar", ["-xzf", "plugin.tar.gz"], { cwd: join(folder, "unpacked") });
    symlinkSync(join(folder, "unpacked/pulumi-resource-fastio"), join(folder, "linked"));
});
afterEach(() => {
    for (const one of started.splice(0)) one.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(command = join(folder, "unpacked/pulumi-resource-fastio"), env: NodeJS.ProcessEnv = {}) {
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
    const plugin = spawn(command, ["127.0.0.1:1"], { env: { PATH: path, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    started.push(plugin);
    const printed = { stdout: "", stderr: "" };
    plugin.stdout.on("data", (chunk) => {
        printed.stdout += chunk;
    });
    plugin.stderr.on("data", (chunk) => {
        printed.stderr += chunk;
    });
    await Promise.race([once(plugin.stdout, "data"), once(plugin, "exit")]);
    return { plugin, printed, port: Number(printed.stdout) };
}

test("prints the port and nothing else, serves, and ends on the engine's signal", async () => {
    const { plugin, printed, port } = await start();
    expect(printed.stdout).toMatch(/^\d+\n$/);
    const caller = await Caller.to(port);
    const info = await ask<Empty, PluginInfo>((sent, done) => caller.client.getPluginInfo(sent, done), new Empty());
    expect(info.getVersion()).toBe(manifest.version);
    const request = new proto.GetSchemaRequest();
    const answer = await ask<proto.GetSchemaRequest, proto.GetSchemaResponse>(
        (sent, done) => caller.client.getSchema(sent, done),
        request,
    );
    expect(JSON.parse(answer.getSchema())).toMatchObject({ name: "fastio", version: manifest.version });
    await caller.cancel();
    await caller.close();
    plugin.kill("SIGINT");
    expect(await once(plugin, "exit")).toEqual([0, null]);
    expect(printed).toEqual({ stdout: `${port}\n`, stderr: "" });
});

test("the command of the package is the same plugin", async () => {
    const { port } = await start(join(__dirname, "../../bin/pulumi-resource-fastio.js"));
    const caller = await Caller.to(port);
    await caller.configure({});
    expect((await caller.check(urnOf("Workspace"), {}, {})).failures).toEqual([
        { property: "organizationId", reason: "is required" },
    ]);
    await caller.close();
});

test.each([
    ["its own command", "unpacked/pulumi-resource-fastio"],
    ["a link to it", "linked"],
])(
    "by %s: what Node made of the code is beside it for the next start, although the engine kills it",
    async (_by, command) => {
        rmSync(join(folder, "unpacked/compile-cache"), { recursive: true, force: true });
        const { plugin, port } = await start(join(folder, command));
        const caller = await Caller.to(port);
        await caller.configure({});
        const kept = () => globSync("unpacked/compile-cache/*/*", { cwd: folder });
        while (kept().length === 0) await sleep(50);
        await caller.close();
        plugin.kill("SIGKILL");
        expect(kept()).toHaveLength(1);
        const again = await start(join(folder, command));
        expect(again.port).toBeGreaterThan(0);
        expect(kept()).toHaveLength(1);
    },
);

test("serves where it cannot keep anything", async () => {
    writeFileSync(join(folder, "no-folder"), "");
    const { printed, port } = await start(join(folder, "unpacked/pulumi-resource-fastio"), {
        NODE_COMPILE_CACHE: join(folder, "no-folder"),
    });
    expect(printed).toEqual({ stdout: `${port}\n`, stderr: "" });
});

test("killed in the middle of a create: the next run finds what was made", async () => {
    const service = await Service.open();
    const relay = await Relay.open(service.emulator);
    try {
        const { id: organizationId } = await service.organization("acme");
        const config = { baseUrl: relay.baseUrl, token: service.emulator.token };
        const urn = urnOf("Workspace", "design");
        const { plugin, port } = await start();
        const first = await Caller.to(port);
        await first.configure(config);
        const { inputs } = await first.check(urn, {}, { organizationId });
        relay.troubles.push({ path: /create\/workspace/, how: "answers late" });
        const taken = relay.taken(/create\/workspace/);
        const creating = first.create(urn, inputs).catch((error: Error) => error);
        await taken;
        plugin.kill("SIGKILL");
        expect(await creating).toBeInstanceOf(Error);
        await first.close();
        const second = await Caller.start(config);
        const made = await second.create(urn, inputs);
        expect(second.told).toEqual([expect.objectContaining({ message: expect.stringContaining("taken over"), urn })]);
        const census = await service.control<Record<string, number>>("GET", "census");
        expect(census).toMatchObject({ workspaces: 1 });
        expect(made.id).toMatch(/^\d{19}$/);
        await second.close();
    } finally {
        relay.close();
        await service.close();
    }
});
