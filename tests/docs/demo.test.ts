// The demo, played on every engine.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json";
import { availableEngines } from "../engines/engines";
import { repository } from "./markdown";

jest.setTimeout(180_000);

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-demo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The demo as package.json starts it, with a folder of its own for temporary files and, as in a terminal, a process group of its own. */
function startDemo(env: Record<string, string>): { child: ChildProcess; printed: () => string } {
    const { FORCE_COLOR: _, ...inherited } = process.env;
    const child = spawn(process.execPath, manifest.scripts.demo.split(" ").slice(1), {
        cwd: repository,
        env: { ...inherited, NO_COLOR: "1", TMPDIR: folder, ...env },
        detached: true,
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (piece) => {
            text += piece;
        });
    return { child, printed: () => text };
}

async function playDemo(env: Record<string, string> = {}) {
    const { child, printed } = startDemo(env);
    const [code] = await once(child, "close");
    return { code, printed: printed(), left: left(child) };
}

/** What the demo left behind. The compilers keep their work for the next start. */
function left(child: ChildProcess): string[] {
    const files = readdirSync(folder).filter((name) => !/^(tsx|ts-node|node-compile-cache)/.test(name));
    return isRunning(child.pid ?? 0) ? [...files, "a process"] : files;
}

/** Whether a process of the group runs; one that has ended and that nobody asks about does not. */
function isRunning(group: number): boolean {
    if (existsSync("/proc/self/stat")) {
        const states = readdirSync("/proc")
            .filter((name) => /^\d+$/.test(name))
            .map(statusOf);
        return states.some(([state, , itsGroup]) => Number(itsGroup) === group && state !== "Z");
    }
    try {
        return process.kill(-group, 0);
    } catch {
        return false;
    }
}

/** State, parent and group of a process; nothing when it ended meanwhile. */
function statusOf(pid: string): string[] {
    try {
        return readFileSync(`/proc/${pid}/stat`, "utf8")
            .replace(/^.*\) /s, "")
            .split(" ");
    } catch {
        return [];
    }
}

/** The rehearsal plays where no CLI is known. */
const environmentOf = (name: string): Record<string, string> =>
    name === "rehearsal" ? { ENGINES_PULUMI_CLI: "none" } : {};

describe.each(availableEngines())("the demo on $name", ({ name }) => {
    test("plays to the end, shows no password, and leaves nothing behind", async () => {
        const { code, printed, left } = await playDemo(environmentOf(name));
        expect({ code, left, printed }).toEqual({ code: 0, left: [], printed });

        expect(printed).toMatch(new RegExp(`^ +Engine +${name}\\b`, "m"));
        expect(
            [...printed.matchAll(/^(\d) {2}([\w ]+?) {2}/gm)].map(([, number, title]) => `${number} ${title}`),
        ).toEqual(["1 Preview", "2 Up", "3 Outputs", "4 Up again", "5 A visitor", "6 By hand", "7 Destroy"]);
        expect(printed).toMatch(/^✔ Built, guarded, gone\./m);
        expect(printed).toMatch(/Share series-b update \[diff: ~password \(secret\)\]/);
        expect(printed).toMatch(/password +: \[secret\]/);
        expect(printed).not.toContain("correct horse");
    });

    test("stops at an interruption and cleans up", async () => {
        const { child, printed } = startDemo(environmentOf(name));
        const closed = once(child, "close");
        await new Promise<void>((resolve) => {
            child.stdout?.on("data", () => printed().includes("Previewing update") && resolve());
            closed.then(() => resolve());
        });
        process.kill(-(child.pid ?? 0), "SIGINT");
        const [code] = await closed;
        expect({ code, left: left(child) }).toEqual({ code: 130, left: [] });
    });
});

test("the demo fails, with the reason, when the engine does", async () => {
    const cli = join(folder, "pulumi");
    writeFileSync(cli, '#!/bin/sh\n[ "$1" = version ] && echo v3.260.0 && exit 0\necho "out of order" >&2\nexit 1\n');
    chmodSync(cli, 0o755);
    const { code, printed, left } = await playDemo({ ENGINES_PULUMI_CLI: cli });
    expect({ code, left }).toEqual({ code: 1, left: ["pulumi"] });
    expect(printed).toMatch(/The demo failed: .*out of order/s);
});
