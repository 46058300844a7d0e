// `up` of 500 resources, from the start of the command to its end and with all processes that it starts: the rehearsal against the
// Pulumi CLI, in time and in memory. And how soon the rehearsal begins its first step.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { prepareHome } from "../tests/engines/cli-engine";
import { passphrase } from "../tests/engines/engine";
import { pulumiCli } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { type Figure, median } from "./figure";
import { startLocalFastio } from "./local-fastio";

const runs = 3;
const resources = 500;
const firstStepMilliseconds = 1500;

/** An organization, five workspaces (more the plan does not allow), and folders in them. */
const program = `
const fastio = require("pulumi-fastio");
const { id: organizationId } = new fastio.Organization("bench", { domain: "bench-rehearsal", name: "Bench" });
const workspaces = Array.from({ length: 5 }, (_, n) => new fastio.Workspace("workspace-" + n, { organizationId }));
for (let n = 0; n < ${resources} - 6; n++)
    new fastio.Folder("folder-" + n, { workspaceId: workspaces[n % 5].id, name: "Folder " + n });
`;
const files = {
    "Pulumi.yaml": "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    "index.js": program,
};

const rehearsal = `
const { rehearse } = require("pulumi-fastio/rehearsal");
rehearse({
    workDir: process.cwd(),
    stateFile: "state.json",
    secretsPassphrase: ${JSON.stringify(passphrase)},
    onOutput: (text) => process.stdout.write(text),
}).up();
`;

interface Life {
    milliseconds: number;
    /** The most that all processes together ever had, shared pages counted once. */
    mebibytes: number;
    /** From the start of the command to the first line about a step. */
    firstStepMilliseconds: number;
}

export async function measure(): Promise<Figure[]> {
    const cli = pulumiCli();
    const lives = { rehearsal: [] as Life[], cli: [] as Life[] };
    // In turns, so that whatever else this machine does meets both.
    for (let run = 0; run < runs; run++) {
        lives.rehearsal.push(await rehearsed());
        if (cli) lives.cli.push(await real(cli.path));
    }
    const middle = (which: keyof typeof lives, key: keyof Life) => median(lives[which].map((life) => life[key]));
    const figures: Figure[] = [
        {
            what: "the rehearsal, from its start to the first step of a program",
            value: middle("rehearsal", "firstStepMilliseconds"),
            unit: "ms",
            floor: firstStepMilliseconds,
            better: "lower",
        },
    ];
    if (!cli) return figures;
    for (const [what, key, unit] of [
        ["time", "milliseconds", "ms"],
        ["memory of all processes", "mebibytes", "MiB"],
    ] as const) {
        figures.push({
            what: `up of ${resources} resources, ${what}: the rehearsal, against pulumi ${cli.version}`,
            value: middle("rehearsal", key),
            unit,
            floor: middle("cli", key),
            better: "lower",
        });
    }
    return figures;
}

async function rehearsed(): Promise<Life> {
    return inProject((folder, env) => life(folder, env, process.execPath, "-e", rehearsal));
}

async function real(cli: string): Promise<Life> {
    const { home, settings, remove } = prepareHome(cli);
    const pulumi = join(home, "bin", "pulumi");
    try {
        return await inProject(async (folder, given) => {
            const env = { ...given, ...settings, PULUMI_HOME: home, PATH: `${join(home, "bin")}:${process.env.PATH}` };
            await life(folder, env, pulumi, "stack", "init", "dev");
            return life(folder, env, pulumi, "up", "--stack", "dev", "--yes", "--skip-preview");
        });
    } finally {
        remove();
    }
}

async function inProject(work: (folder: string, env: NodeJS.ProcessEnv) => Promise<Life>): Promise<Life> {
    const fastio = await startLocalFastio();
    const project = prepareProject({ files });
    try {
        return await work(project.folder, { ...process.env, ...fastio.env });
    } finally {
        project.remove();
        await fastio.stop();
    }
}

/** Runs the command to its end and watches it. */
async function life(cwd: string, env: NodeJS.ProcessEnv, command: string, ...args: string[]): Promise<Life> {
    const began = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    let running = true;
    ended.finally(() => {
        running = false;
    });
    let first = Number.NaN;
    let printed = "";
    child.stdout.on("data", (text) => {
        printed += text;
        if (Number.isNaN(first) && /^ \+ /m.test(printed)) first = performance.now() - began;
    });
    let mebibytes = 0;
    while (running) {
        mebibytes = Math.max(mebibytes, memoryOf(child.pid ?? 0));
        await pause(100);
    }
    const [code] = await ended;
    if (code !== 0) throw new Error(`${command} ${args[0]} ended with exit code ${code}:\n${printed}`);
    return { milliseconds: performance.now() - began, mebibytes, firstStepMilliseconds: first };
}

/** What a process and its descendants have, in MiB. */
function memoryOf(root: number): number {
    const children = new Map<number, number[]>();
    for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const [, parent] = /\) \w (\d+)/.exec(textOf(`/proc/${name}/stat`)) ?? [];
        if (parent) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
    }
    const own = (pid: number): number => {
        const [, kibibytes = 0] = /^Pss: +(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`)) ?? [];
        return Number(kibibytes) / 1024 + (children.get(pid) ?? []).reduce((sum, child) => sum + own(child), 0);
    };
    return own(root);
}

/** Empty for a process that has ended meanwhile. */
function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}
