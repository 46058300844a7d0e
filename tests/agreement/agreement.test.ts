// Programs whose runs on the Pulumi CLI 3.260.0 have been recorded: every engine of this machine does the same with them.
//
// A recording has a line for each run: exit code, counts, the calls that the provider got, and the state afterwards. Ids and
// what is made of them name the object that was meant (`w-alpha-2` is the second workspace of that name). What has no line is in
// docs/rehearsal.md, with the reason.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigMap } from "@pulumi/pulumi/automation";
import type { Engine } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { prepareProject } from "../engines/project";
import { type Call, change, compareCalls, expectState, lines, type Properties, perform, type Run } from "./recording";

jest.setTimeout(600_000);

/** Where steps run side by side and one fails, how far the others get is chance: only the exit code is compared. */
const racing = new Set([
    "09-check-failures/1-preview-failures",
    "10a-create-throws/1-up-throws",
    "10c-update-fails/2-up-update-throws",
    "10c-update-fails/3-up-update-partial",
    "15b-program-errors/9-up-dup",
    // Undoes what the one before did where the second of the two names came first.
    "15b-program-errors/10-up-string",
]);

const token = { "fastio:token": { value: "tok-123", secret: true } };
const configs: Record<string, (step: string) => ConfigMap> = {
    "07-secrets": () => token,
    "13-configure": () => ({ "fastio:token": { value: "tok-plain" }, "prog:own": { value: "value-1" } }),
    "18-config-rotation": (step) => ({
        "fastio:token": { value: step.startsWith("2-") ? "tok-old" : "tok-new", secret: true },
    }),
};

/** What assets and archives are made of: names of every form that an archive's hash depends on, and one that it leaves out. */
const contents = {
    "logo.txt": "first logo\n",
    "packed.zip": "PK not really",
    "dir/a.txt": "A",
    "dir/sub/b.txt": "B",
    "dir/ü.txt": "umlaut",
    [`dir/${"very-long-folder-name/".repeat(5)}${"x".repeat(40)}.txt`]: "long",
    [`dir/${"n".repeat(150)}.txt`]: "longer",
    "dir/.pulumi/left-out.txt": "no",
};

const __provider = 'exports.handler = () => require("./toy").provider("Workspace");';
const sealed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const found = { org: "1", name: "found", __provider };
const imports: Record<string, { inputs: Properties; outputs: Properties; protect: boolean }> = {
    "12a-import-file": {
        inputs: { ...found, password: "unknown to the remote" },
        outputs: { ...found, password: "unknown to the remote", status: "ok", slug: "found-w-77" },
        protect: true,
    },
    "12b-import-file-empty-stack": {
        inputs: { ...found, password: { ...sealed, plaintext: '"s3"' } },
        outputs: { ...found, status: "ok", slug: "found-w-77" },
        protect: false,
    },
};

const recordings = join(__dirname, "recordings");
const names = readdirSync(recordings).map((file) => file.replace(/\.jsonl$/, ""));
const toy = readFileSync(join(__dirname, "toy.js"), "utf8");

/**
 * The recordings are the CLI's own, so on the CLI `make test` only looks whether this version still does what it did, with
 * two programs: a refresh, an import file. `make agreement` plays all of them.
 */
const parts = /^(05b|12a)-/;
const played = (engine: Engine) =>
    engine.name === "rehearsal" || process.env.AGREEMENT === "all" ? names : names.filter((name) => parts.test(name));

describe.each(availableEngines())("$name", (engine) => {
    test.concurrent.each(played(engine))("%s", async (name) => {
        const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-agreement-"));
        const service = join(folder, "service.json");
        const log = join(folder, "calls.jsonl");
        const files = {
            "Pulumi.yaml": "name: prog\nruntime: nodejs\n",
            "index.js": readFileSync(join(__dirname, "programs", `${name}.js`), "utf8"),
            "toy.js": toy,
            ...(name.startsWith("14-") && contents),
        };
        const project = prepareProject({ files });
        const stack = await engine.open({ project: project.folder });
        try {
            let before: Properties[] = [];
            let configured: string | undefined;
            for (const recorded of readRecording(name)) {
                const { step, env = {}, touch = {} } = recorded;
                change(service, touch);
                const config = configs[name]?.(step);
                if (config && JSON.stringify(config) !== configured) await stack.setConfig(config);
                configured = JSON.stringify(config);
                await stack.setEnv({ ...env, TOY_SERVICE: service, TOY_LOG: log });
                if (name.startsWith("14-") && step === "5-up-changed-file")
                    project.write({ "logo.txt": "second logo\n", "dir/sub/b.txt": "changed" });
                if (step === "8-up-missing-file") rmSync(join(project.folder, "logo.txt"));
                rmSync(log, { force: true });
                const shown = await perform(stack, recorded, importOf(name));
                const where = `${name}/${step}`;
                expect({ where, exit: shown.exit }).toEqual({ where, exit: recorded.exit });
                if (racing.has(where)) continue;
                const { calls, tokens } = readLog(log);
                if (recorded.counts)
                    expect({ where, counts: shown.counts }).toEqual({ where, counts: recorded.counts });
                if (recorded.tokens && tokens.length > 0)
                    expect({ where, tokens }).toEqual({ where, tokens: recorded.tokens });
                const { resources = "as before" } = recorded;
                before = resources === "as before" ? before : resources;
                if (recorded.calls) compareCalls(where, calls, recorded.calls, before);
                if (recorded.resources) await expectState(stack, where, before);
            }
        } finally {
            await stack.close();
            project.remove();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

function readRecording(name: string): Run[] {
    return lines(join(recordings, `${name}.jsonl`));
}

function importOf(name: string) {
    const { protect, inputs, outputs } = imports[name] ?? { protect: true, inputs: {}, outputs: {} };
    const type = "pulumi-nodejs:dynamic/fastio:index:Workspace";
    const resource = { type, name: "w", id: "w-77", inputs, outputs };
    return { resources: [resource], protect, generateCode: false };
}

function readLog(file: string): { calls: Call[]; tokens: string[] } {
    const all = lines<Call>(file);
    const tokens = all.flatMap(([verb, , args]) => (verb === "configure" && args.token ? [String(args.token)] : []));
    return { calls: all.filter(([verb]) => verb !== "configure"), tokens: [...new Set(tokens)].sort() };
}
