// A Node process beside the engine: in a group of its own, ended with the engine however that ends.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

// Runs first in every child. A killed engine cannot end its children, so they watch their parent themselves; and Node keeps what it has
// compiled, because every run loads the same SDK twice or more.
const preamble = `data:text/javascript,${encodeURIComponent(
    "const parent = process.ppid; setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 200).unref();" +
        "import { enableCompileCache } from 'node:module'; enableCompileCache();",
)}`;

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

export interface NodeProcessOptions {
    script: string;
    nodeArguments?: string[];
    arguments: string[];
    folder: string;
    environment: Record<string, string | undefined>;
    /** Called for every line on either stream. */
    onLine: (line: string, stream: "stdout" | "stderr") => void;
}

export class NodeProcess {
    private readonly child: ChildProcess;
    /** The exit code, null after a signal; resolves when both streams have been read to their end. */
    readonly exited: Promise<number | null>;

    constructor(options: NodeProcessOptions) {
        this.child = spawn(
            process.execPath,
            [...(options.nodeArguments ?? []), `--import=${preamble}`, options.script, ...options.arguments],
            { cwd: options.folder, env: options.environment, detached: true, stdio: ["ignore", "pipe", "pipe"] },
        );
        if (running.size === 0) process.once("exit", killAll);
        running.add(this.child);
        for (const stream of ["stdout", "stderr"] as const) {
            const input = this.child[stream];
            if (input) createInterface({ input }).on("line", (line) => options.onLine(line, stream));
        }
        this.exited = this.watch();
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
            running.delete(this.child);
            if (running.size === 0) process.removeListener("exit", killAll);
        }
    }
}
