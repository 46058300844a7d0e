// Interrupted once in the middle of a create, as in the recording 16a: it comes to its end and is saved, nothing more begins, nothing is pending.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { availableEngines } from "../engines/engines";
import { prepareProject } from "../engines/project";

jest.setTimeout(300_000);

const program = `
const { Workspace } = require("./toy");
const a = new Workspace("a", { org: "1", name: "alpha" });
new Workspace("b", { org: "1", name: "beta", ref: a.id });
`;

test.each(availableEngines())("on $name", async (engine) => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-interruption-"));
    const [service, log] = [join(folder, "service.json"), join(folder, "calls.jsonl")];
    const project = prepareProject({
        files: {
            "Pulumi.yaml": "name: prog\nruntime: nodejs\n",
            "index.js": program,
            "toy.js": readFileSync(join(__dirname, "toy.js"), "utf8"),
        },
    });
    const late = { create: { name: "alpha", how: "late", after: "go" } };
    const env = { TOY_SERVICE: service, TOY_LOG: log, TOY_FAULTS: JSON.stringify(late) };
    const stack = await engine.open({ project: project.folder, env });
    const calls = () => {
        const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
        const made = lines.map((line) => JSON.parse(line) as [verb: string, kind: string, args: Inputs]);
        return made
            .filter(([verb]) => verb !== "configure")
            .map(([verb, , { news, inputs = news }]) => `${verb} ${inputs?.name}`);
    };
    try {
        const interruption = new AbortController();
        let printed = "";
        const onOutput = (text: string) => {
            printed += text;
        };
        const run = stack.up({ signal: interruption.signal, onOutput });
        const failure = expect(run).rejects.toThrow("error: update canceled");
        while (!calls().includes("create alpha")) await sleep(20);
        interruption.abort();
        // The engine has heard of it before the create ends.
        while (!/cancel/i.test(printed)) await sleep(20);
        writeFileSync(service, JSON.stringify({ made: { go: 1 }, objects: {} }));
        await failure;
        expect(calls()).toEqual(["check alpha", "create alpha"]);
        const { deployment } = await stack.exportStack();
        expect(deployment.pending_operations ?? []).toEqual([]);
        expect(deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith("::a"))).toMatchObject({
            id: "w-alpha-1",
            outputs: { status: "ok" },
        });
        rmSync(log);
        await stack.setEnv({ TOY_SERVICE: service, TOY_LOG: log });
        await stack.up();
        expect(calls()).toEqual(["check alpha", "diff alpha", "check beta", "create beta"]);
    } finally {
        await stack.close();
        project.remove();
        rmSync(folder, { recursive: true, force: true });
    }
});

interface Inputs {
    news?: { name: string };
    inputs?: { name: string };
}
