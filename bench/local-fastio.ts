// A local Fast.io in a process of its own, started as a user starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** What the benchmarks ask of a request. */
export interface LedgerEntry {
    method: string;
    path: string;
    query: Record<string, string>;
}

export interface LocalFastio {
    /** FASTIO_BASE_URL and FASTIO_TOKEN, as the command prints them. */
    env: { FASTIO_BASE_URL: string; FASTIO_TOKEN: string };
    /** How many API requests it has answered. */
    requests(): Promise<number>;
    /** All of them, in the order of their arrival. */
    ledger(): Promise<LedgerEntry[]>;
    stop(): Promise<void>;
}

/** Starts it, with more options of the command if need be, and answers once it has printed its address. */
export async function startLocalFastio(...options: string[]): Promise<LocalFastio> {
    const command = join(dirname(__dirname), "bin/pulumi-fastio.js");
    const child = spawn(process.execPath, [command, "emulator", "--port", "0", "--json", ...options], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([once(lines, "line"), ended.then(() => undefined)]);
    if (line === undefined) {
        throw new Error("pulumi-fastio emulator ended before it printed its address; what it said is above.");
    }
    const env = JSON.parse(String(line[0])) as LocalFastio["env"];
    const ledger = async () => {
        const answer = await fetch(new URL("/_emulator/ledger", env.FASTIO_BASE_URL));
        return ((await answer.json()) as { entries: LedgerEntry[] }).entries;
    };
    return {
        env,
        requests: async () => (await ledger()).length,
        ledger,
        stop: async () => {
            child.kill("SIGTERM");
            await ended;
        },
    };
}
