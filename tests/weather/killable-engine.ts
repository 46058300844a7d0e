/** The engines in processes of their own, which can be killed as a user's can. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { prepareHome } from "../engines/cli-engine";
import { type Engine, passphrase } from "../engines/engine";
import { pulumiCli } from "../engines/engines";
import type { Project } from "../engines/project";

const repository = join(__dirname, "..", "..");

export interface Ended {
    code: number | null;
    printed: string;
}

export interface Running {
    pid: number;
    ended: Promise<Ended>;
}

/** A stack that has nothing but its project's folder and its state. */
export interface KillableStack {
    up(): Running;
    /** Fails when there is something to do. */
    preview(): Running;
    /** A command as the doctor or an error prints it; a `pulumi` at its begin is this engine. */
    command(line: string): Running;
    /** Writes the state into state.json in the project's folder. */
    exportStack(): Promise<void>;
    close(): void;
}

export async function openKillable(
    engine: Engine,
    project: Project,
    env: Record<string, string>,
): Promise<KillableStack> {
    return engine.name === "rehearsal" ? new RehearsalProcess(project.folder, env) : openCli(project.folder, env);
}

async function openCli(folder: string, env: Record<string, string>): Promise<KillableStack> {
    const { home, settings, remove } = prepareHome(pulumiCli()?.path ?? "");
    const path = [join(home, "bin"), join(folder, "node_modules", ".bin"), process.env.PATH].join(delimiter);
    const environment = { ...process.env, ...settings, ...env, PATH: path, HOME: home, PULUMI_HOME: home };
    const command = (line: string) => start("bash", ["-c", line.replace(/^pulumi .*/, "exec $&")], folder, environment);
    await succeeded(command("pulumi stack init dev --non-interactive"));
    const unattended = "--yes --skip-preview --non-interactive --stack dev";
    return {
        up: () => command(`pulumi up ${unattended}`),
        preview: () => command("pulumi preview --expect-no-changes --non-interactive --stack dev"),
        command: (line) => command(/^pulumi (refresh|import) /.test(line) ? withOption(line, unattended) : line),
        exportStack: async () => void (await succeeded(command("pulumi stack export --file state.json --stack dev"))),
        close: remove,
    };
}

function withOption(line: string, options: string): string {
    return `${line.replace(" --yes", "")} ${options}`;
}

class RehearsalProcess implements KillableStack {
    readonly #home = mkdtempSync(join(tmpdir(), "pulumi-fastio-rehearsal-"));
    readonly #state = join(this.#home, "state.json");

    constructor(
        private readonly folder: string,
        private readonly env: Record<string, string>,
    ) {}

    up(): Running {
        return this.#run("up", {});
    }

    preview(): Running {
        return this.#run("preview", { expectNoChanges: true });
    }

    command(line: string): Running {
        if (line.startsWith("pulumi refresh --clear-pending-creates"))
            return this.#run("refresh", { clearPendingCreates: true });
        if (line.startsWith("pulumi refresh")) return this.#run("refresh", {});
        if (line.startsWith("pulumi import --file")) return this.#run("import", { file: "import.json" });
        const [, type, name, id] = /^pulumi import (fastio:\S+) (\S+) (\S+)$/.exec(line) ?? [];
        if (id !== undefined) return this.#run("import", { resources: [{ type, name, id }] });
        if (line.startsWith("pulumi ")) throw new Error(`The rehearsal has no ${line}`);
        const path = [join(this.folder, "node_modules", ".bin"), process.env.PATH].join(delimiter);
        return start("bash", ["-c", line], this.folder, { ...process.env, ...this.env, PATH: path });
    }

    async exportStack(): Promise<void> {
        copyFileSync(this.#state, join(this.folder, "state.json"));
    }

    close(): void {
        rmSync(this.#home, { recursive: true, force: true });
    }

    #run(verb: string, options: object): Running {
        const settings = { workDir: this.folder, stateFile: this.#state, secretsPassphrase: passphrase };
        const script = `
            const { rehearse } = require(${JSON.stringify(join(repository, "dist", "rehearsal"))});
            const { file, ...options } = ${JSON.stringify(options)};
            const resources = file === undefined ? {} : JSON.parse(require("node:fs").readFileSync(file, "utf8"));
            rehearse(${JSON.stringify(settings)}).${verb}({ ...options, ...resources }).then(
                ({ stdout }) => console.log(stdout),
                (error) => { console.error(error.message); process.exitCode = 1; },
            );`;
        return start(process.execPath, ["--eval", script], this.folder, { ...process.env, ...this.env });
    }
}

function start(file: string, args: string[], folder: string, env: NodeJS.ProcessEnv): Running {
    const child = spawn(file, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    return { pid: child.pid as number, ended: ended(child) };
}

async function ended(child: ChildProcess): Promise<Ended> {
    const printed = Promise.all([child.stdout, child.stderr].map((stream) => stream && text(stream)));
    const code = await new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", resolve);
    });
    return { code, printed: (await printed).join("") };
}

/** Its end; an error with what it printed, where it failed. */
export async function succeeded({ ended }: Running): Promise<string> {
    const { code, printed } = await ended;
    if (code !== 0) throw new Error(`exit code ${code}: ${printed}`);
    return printed;
}

export interface Process {
    pid: number;
    command: string;
}

/** What a process has started, and what that has. */
export function descendants(pid: number): Process[] {
    const listed = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8", maxBuffer: 2 ** 24 });
    const all = listed.split("\n").flatMap((line) => {
        const [, own, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
        return own === undefined ? [] : [{ pid: Number(own), parent: Number(parent), command }];
    });
    const below = (above: number): Process[] =>
        all.filter(({ parent }) => parent === above).flatMap((one) => [one, ...below(one.pid)]);
    return below(pid);
}

export function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

export function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // It has ended by itself.
    }
}
