// A process beside the engine: in a group of its own, ended with the engine however that ends.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

// Runs first in every child. A killed engine cannot end its children, so they watch their parent themselves; and Node keeps what it has
// compiled, because every run loads the same SDK twice or more.
const preamble = require.resolve("./preamble");

const running = new Set<ChildProcess>();

function killAll(): void {
    for (const child of running) signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
    if (child.pid === undefined) return;
    try {
        process.kill(-child.pid, signal);
    } catch {
        // The group is gone already.
    }
}

export interface SideProcessOptions {
    command: string;
    arguments: string[];
    folder: string;
    environment: Record<string, string | undefined>;
    /** Called for every line on either stream. */
    onLine: (line: string, stream: "stdout" | "stderr") => void;
}

export class SideProcess {
    private readonly child: ChildProcess;
    private guard: ChildProcess | undefined;
    /** The exit code, null after a signal; resolves when both streams have been read to their end. */
    readonly exited: Promise<number | null>;

    constructor({ command, arguments: args, folder, environment, onLine }: SideProcessOptions) {
        this.child = spawn(command, args, { cwd: folder, env: environment, detached: true, stdio: "pipe" });
        // Whoever is gone is not written to.
        this.child.stdin?.on("error", () => {});
        if (running.size === 0) process.once("exit", killAll);
        running.add(this.child);
        for (const stream of ["stdout", "stderr"] as const) {
            const input = this.child[stream];
            if (input) createInterface({ input }).on("line", (line) => onLine(line, stream));
        }
        this.exited = this.watch();
    }

    /** A process of the engine's own Node, which also looks itself whether the engine is still there. */
    static node(
        script: string,
        options: Omit<SideProcessOptions, "command"> & { nodeArguments?: string[] },
    ): SideProcess {
        const { nodeArguments = [], arguments: args, ...rest } = options;
        const all = [...nodeArguments, `--require=${preamble}`, script, ...args];
        return new SideProcess({ ...rest, command: process.execPath, arguments: all });
    }

    /** An executable of any kind, with a shell beside it that kills it when the engine is gone. */
    static executable(options: SideProcessOptions): SideProcess {
        const made = new SideProcess(options);
        if (made.child.pid !== undefined) {
            const line = 'read -r _; kill -9 -- "-$1"';
            const stdio = ["pipe", "ignore", "ignore"] as const;
            made.guard = spawn("/bin/sh", ["-c", line, "sh", `${made.child.pid}`], {
                detached: true,
                stdio: [...stdio],
            });
            made.guard.on("error", () => {});
        }
        return made;
    }

    /** Asks the process to end, and kills it when it has not after `patienceMs`. */
    async stop(patienceMs: number): Promise<void> {
        signalGroup(this.child, "SIGINT");
        const timer = setTimeout(() => signalGroup(this.child, "SIGKILL"), patienceMs);
        await this.exited;
        clearTimeout(timer);
    }

    private async watch(): Promise<number | null> {
        // What the process itself has started dies with it, or would keep its streams open.
        this.child.once("exit", () => signalGroup(this.child, "SIGKILL"));
        try {
            const [code] = await once(this.child, "close");
            return code;
        } finally {
            this.guard?.kill("SIGKILL");
            running.delete(this.child);
            if (running.size === 0) process.removeListener("exit", killAll);
        }
    }
}
