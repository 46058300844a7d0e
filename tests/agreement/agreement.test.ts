// Programs whose runs on the Pulumi CLI 3.260.0 have been recorded: every engine of this machine does the same with them.
//
// A recording has a line for each run: exit code, counts, the calls that the provider got, and the state afterwards. Ids and
// what is made of them name the object that was meant (`w-alpha-2` is the second workspace of that name). What has no line is in
// docs/rehearsal.md, with the reason.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigMap } from "@pulumi/pulumi/automation";
import type { Engine, EngineStack } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { prepareProject } from "../engines/project";

jest.setTimeout(600_000);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Properties = { [key: string]: Json };
type Call = [verb: string, kind: string, args: Properties];

interface Run {
    step: string;
    run: "preview" | "up" | "refresh" | "destroy" | "import";
    options?: { refresh?: true; previewOnly?: true };
    env?: Record<string, string>;
    /** Changes of objects behind the engine's back, new ones among them; null removes one. */
    touch?: Record<string, Properties | null>;
    exit: number;
    counts?: string[];
    /** The tokens that the provider was configured with. */
    tokens?: string[];
    calls?: Call[];
    resources?: Properties[] | "as before";
}

/** Where steps run side by side and one fails, how far the others get is chance: only the exit code is compared. */
const racing = new Set([
    "09-check-failures/1-preview-failures",
    "10a-create-throws/1-up-throws",
    "10c-update-fails/2-up-update-throws",
    "10c-update-fails/3-up-update-partial",
    "15b-program-errors/9-up-dup",
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
 * one program of each part: changes, replacements, refresh, secrets, aliases, import files. `make agreement` plays all of them.
 */
const parts = /^(01|02|03a|04|05b|07|11c|12a)-/;
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
                const shown = await perform(stack, name, recorded);
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
                if (!recorded.resources) continue;
                const state = await stack.exportStack();
                expect({ where, state: comparable((state.deployment.resources ?? []) as Properties[]) }).toEqual({
                    where,
                    state: comparable(before),
                });
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

function lines<Line>(file: string): Line[] {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
}

function change(service: string, touch: NonNullable<Run["touch"]>): void {
    if (Object.keys(touch).length === 0) return;
    const content = JSON.parse(readFileSync(service, "utf8"));
    for (const [id, edit] of Object.entries(touch)) {
        if (edit === null) delete content.objects[id];
        else content.objects[id] = { ...content.objects[id], ...edit };
    }
    writeFileSync(service, JSON.stringify(content));
}

/** Runs the step; the counts are the lines under `Resources:` at the end. */
async function perform(
    stack: EngineStack,
    name: string,
    { run, options }: Run,
): Promise<{ exit: number; counts: string[] }> {
    let exit = 0;
    let output = "";
    try {
        const result = run === "import" ? await importFile(stack, name) : await stack[run](options);
        output = result.stdout;
    } catch (error) {
        exit = 1;
        output = String(error);
    }
    const [, block = ""] = [...output.matchAll(/^ *Resources:\n((?: {4,}.*\n)+)/gm)].at(-1) ?? [];
    return { exit, counts: block.trim().split(/\n\s+/) };
}

function importFile(stack: EngineStack, name: string) {
    const { protect, inputs, outputs } = imports[name] ?? { protect: true, inputs: {}, outputs: {} };
    const type = "pulumi-nodejs:dynamic/fastio:index:Workspace";
    const resource = { type, name: "w", id: "w-77", inputs, outputs };
    return stack.import({ resources: [resource], protect, generateCode: false });
}

function readLog(file: string): { calls: Call[]; tokens: string[] } {
    const all = lines<Call>(file);
    const tokens = all.flatMap(([verb, , args]) => (verb === "configure" && args.token ? [String(args.token)] : []));
    return { calls: all.filter(([verb]) => verb !== "configure"), tokens: [...new Set(tokens)].sort() };
}

/**
 * The same calls; those for one object in the same order, and changes of objects that depend on one another, too. All
 * else may come in any order.
 */
function compareCalls(where: string, calls: Call[], recorded: Call[], resources: Properties[]): void {
    const sorted = (list: Call[]) => list.map((call) => stable(call)).sort();
    expect({ where, calls: sorted(calls) }).toEqual({ where, calls: sorted(recorded) });
    const related = relations(resources);
    const orders = (list: Call[]) => {
        const seen = list.map((call) => ({
            object: objectOf(call),
            changes: changing.test(call[0]),
            text: stable(call),
        }));
        return seen
            .flatMap((one, index) =>
                seen
                    .slice(index + 1)
                    .filter(
                        (other) =>
                            other.object === one.object ||
                            (one.changes && other.changes && related.has(`${one.object} ${other.object}`)),
                    )
                    .map((other) => `${one.text} before ${other.text}`),
            )
            .sort();
    };
    expect({ where, orders: orders(calls) }).toEqual({ where, orders: orders(recorded) });
}

const changing = /^(create|update|delete)$/;

function objectOf([, kind, args]: Call): string {
    const values = (args.news ?? args.inputs ?? args.props) as Properties;
    return `${kind}/${String(values.name)}`;
}

/** Pairs of objects of which one depends on the other, directly or not. */
function relations(resources: Properties[]): Set<string> {
    const label = new Map(
        resources.map(({ urn, type, inputs }) => [
            String(urn),
            `${String(type).split(":").pop()}/${String((inputs as Properties | undefined)?.name)}`,
        ]),
    );
    const needs = new Map(resources.map((resource) => [String(resource.urn), neededBy(resource)]));
    const pairs = new Set<string>();
    const visit = (from: string, urn: string): void => {
        for (const needed of needs.get(urn) ?? []) {
            pairs.add(`${label.get(from)} ${label.get(needed)}`).add(`${label.get(needed)} ${label.get(from)}`);
            visit(from, needed);
        }
    };
    for (const urn of needs.keys()) visit(urn, urn);
    return pairs;
}

function neededBy({ dependencies = [], parent, deletedWith }: Properties): string[] {
    return [...(dependencies as string[]), parent, deletedWith].filter((urn): urn is string => typeof urn === "string");
}

/** A state without what differs from run to run, in the order of the URNs. */
function comparable(resources: Properties[]): Json[] {
    return resources
        .map(
            ({ created: _, modified: __, sourcePosition: ___, stackTrace: ____, ...resource }) =>
                plain(resource) as Properties,
        )
        .sort((one, other) => (`${one.urn} ${one.id}` < `${other.urn} ${other.id}` ? -1 : 1));
}

function plain(value: Json): Json {
    if (typeof value === "string") {
        return value.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid-1>");
    }
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value)
        .filter(([key]) => key !== "__provider")
        .map(([key, inner]): [string, Json] => [key, key === "ciphertext" ? "<ciphertext>" : plain(inner)])
        .map(([key, inner]): [string, Json] => [key, key === "propertyDependencies" ? withoutEmpty(inner) : inner])
        // They stand in the order in which the program's promises resolve.
        .map(([key, inner]): [string, Json] => [key, key === "dependencies" ? (inner as string[]).toSorted() : inner])
        .filter(([key, inner]) => key !== "propertyDependencies" || Object.keys(inner ?? {}).length > 0);
    return Object.fromEntries(entries);
}

function withoutEmpty(value: Json): Json {
    const entries = Object.entries(value as Properties).filter(([, urns]) => (urns as Json[]).length > 0);
    return Object.fromEntries(entries);
}

function stable(value: Json): string {
    return JSON.stringify(value, (_, inner) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
            : inner,
    );
}
