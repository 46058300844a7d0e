// Programs of a provider plugin whose runs on the Pulumi CLI 3.260.0 have been recorded: every engine of this machine does the same
// with them. What has no line is in docs/rehearsal.md, with the reason.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availableEngines } from "../engines/engines";
import { prepareProject } from "../engines/project";
import {
    type Call,
    change,
    compareCalls,
    expectState,
    type Json,
    lines,
    type Properties,
    perform,
    plain,
    type Run,
} from "./recording";

jest.setTimeout(600_000);

const recordings = join(__dirname, "plugin-recordings");
const names = readdirSync(recordings).map((file) => file.replace(/\.jsonl$/, ""));

/** The recordings are the CLI's own, so there `make agreement` alone plays them. */
const engines = availableEngines().filter(({ name }) => name === "rehearsal" || process.env.AGREEMENT === "all");

/** Recordings of one program under different circumstances. */
const programs: Record<string, RegExp> = {
    "21-plugin-first": /^(21|22|30|36|37)-/,
    "25-plugin-refresh": /^(25|26)-/,
};
const programOf = (name: string) => Object.keys(programs).find((program) => programs[program]?.test(name)) ?? name;

const executable = "plugin/pulumi-resource-fastio";
const files = {
    "Pulumi.yaml": "name: prog\nruntime: nodejs\nplugins:\n  providers:\n    - name: fastio\n      path: plugin\n",
    "toy-classes.js": readFileSync(join(__dirname, "toy-classes.js"), "utf8"),
    [executable]: `#!/bin/sh\nexec '${process.execPath}' '${join(__dirname, "toy-plugin.js")}' "$@"\n`,
    "logo.txt": "first logo\n",
};

describe.each(engines)("$name", (engine) => {
    test.concurrent.each(names)("%s", async (name) => {
        const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-agreement-"));
        const service = join(folder, "service.json");
        const log = join(folder, "calls.jsonl");
        const project = prepareProject({
            files: {
                ...files,
                "index.js": readFileSync(join(__dirname, "plugin-programs", `${programOf(name)}.js`), "utf8"),
            },
        });
        chmodSync(join(project.folder, executable), 0o755);
        const stack = await engine.open({ project: project.folder });
        try {
            let before: Properties[] = [];
            for (const recorded of lines<Run>(join(recordings, `${name}.jsonl`))) {
                const { step, env = {}, touch = {}, config, write = {}, resources = "as before" } = recorded;
                change(service, touch);
                project.write(write);
                if (config) await stack.setConfig(config);
                await stack.setEnv({ ...env, TOY_SERVICE: service, TOY_LOG: log });
                rmSync(log, { force: true });
                const where = `${name}/${step}`;
                const { exit, counts, output } = await perform(stack, recorded, importOf(recorded));
                expect({ where, exit }).toEqual({ where, exit: recorded.exit });
                for (const text of recorded.prints ?? []) expect(output).toContain(text);
                const { calls, processes } = readLog(log);
                for (const verbs of processes)
                    expect({ where, first: verbs[0] }).toEqual({ where, first: "handshake" });
                before = resources === "as before" ? before : resources;
                expect({ where, counts }).toEqual({ where, counts: recorded.counts });
                compareCalls(where, once(calls), once(recorded.calls ?? []), before);
                await expectState(stack, where, before);
            }
        } finally {
            await stack.close();
            project.remove();
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

/** A bare `up` of the rehearsal looks at the program once more, so how often a function is asked is not compared. */
function once(calls: Call[]): Call[] {
    const texts = calls.map((call) => JSON.stringify(call));
    return calls.filter(([verb], index) => verb !== "invoke" || texts.indexOf(texts[index] ?? "") === index);
}

function importOf({ import: named = { name: "", id: "" } }: Run) {
    return { resources: [{ type: "fastio:index:Workspace", ...named }], generateCode: false };
}

/** The calls about configurations and resources, and those that each process got. */
function readLog(file: string): { calls: Call[]; processes: string[][] } {
    const all = lines<[...Call, process: number]>(file);
    const ids = [...new Set(all.map(([, , , process]) => process))];
    const processes = ids.map((id) => all.flatMap(([verb, , , process]) => (process === id ? [verb] : [])));
    const unnamed = /^(handshake|getPluginInfo|cancel|attach)$/;
    const calls = all
        .filter(([verb]) => !unnamed.test(verb))
        .map(([verb, kind, args]) => [verb, kind, plain(args as Json) as Properties] as Call);
    return { calls, processes };
}
