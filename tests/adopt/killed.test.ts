/** A run that is killed in the middle of a create, an update and a delete: what `doctor` prints brings the stack back, with nothing lost or doubled. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createEmulator, type Emulator } from "../../emulator";
import type { Finding } from "../../provider/doctor";
import { rehearse } from "../../rehearsal";
import { availableEngines } from "../engines/engines";
import { type Project, prepareProject } from "../engines/project";
import { Workstation } from "../engines/workstation";
import { command, importOptions } from "./world";

jest.setTimeout(300_000);

/** A share with the title that a file says, as long as there is one. */
const program = `
const fs = require("node:fs");
const fastio = require("pulumi-fastio");
const { id: organizationId } = new fastio.Organization("acme", { domain: "acme-killed", name: "Acme" });
const { id: workspaceId } = new fastio.Workspace("design", { organizationId });
const title = fs.existsSync("title") && fs.readFileSync("title", "utf8");
if (title) new fastio.Share("q4", { workspaceId, title });
`;

/** Somebody at a machine that loses its power in the middle of things. */
interface Desk {
    emulator: Emulator;
    baseUrl: string;
    /** Begins an `up`; answers what kills it, and everything that it has started. */
    begin(): { kill(): Promise<void> };
    /** Runs a command as `doctor` prints it. */
    type(line: string): Promise<unknown>;
    /** A file with the state, after what one has to do first after a crash. */
    exportState(): Promise<string>;
    /** Fails when anything is left to do. */
    expectNothingToDo(): Promise<unknown>;
    close(): Promise<void>;
}

async function cliDesk({ folder }: Project): Promise<Desk> {
    const machine = await Workstation.open(folder);
    const env = { FASTIO_TOKEN: machine.emulator.token, PULUMI_SKIP_CONFIRMATIONS: "true" };
    const type = (line: string) => machine.shell(line, env);
    await type("pulumi stack init dev");
    return {
        emulator: machine.emulator,
        baseUrl: machine.baseUrl,
        begin: () => {
            rmSync(join(folder, "up.pid"), { force: true });
            const ended = type("pulumi up --skip-preview & echo $! > up.pid; wait $!").catch(() => {});
            const kill = async () => {
                const pid = Number(readFileSync(join(folder, "up.pid"), "utf8"));
                for (const one of [pid, ...descendantsOf(pid)]) process.kill(one, "SIGKILL");
                await ended;
            };
            return { kill };
        },
        type,
        exportState: async () => {
            await type("pulumi cancel --yes && pulumi stack export --file state.json");
            return "state.json";
        },
        expectNothingToDo: () => type("pulumi preview --expect-no-changes"),
        close: () => machine.close(),
    };
}

async function rehearsalDesk({ folder }: Project): Promise<Desk> {
    const emulator = createEmulator({ seed: 7 });
    const { baseUrl } = await emulator.listen({ port: 0 });
    const env = { FASTIO_BASE_URL: baseUrl, FASTIO_TOKEN: emulator.token };
    const options = { workDir: folder, stateFile: join(folder, "state.json"), envVars: env };
    const open = () => rehearse(options);
    const type = async (line: string) => {
        const [, args] = /^npx pulumi-fastio (.*)/.exec(line) ?? [];
        if (args !== undefined) {
            expect(await command(folder, env, ...args.split(" "))).toMatchObject({ code: 0 });
            return;
        }
        const ways: Record<string, () => Promise<unknown>> = {
            "pulumi up": () => open().up(),
            "pulumi refresh --yes": () => open().refresh(),
            "pulumi refresh --clear-pending-creates --yes": () => open().refresh({ clearPendingCreates: true }),
            "pulumi import --file import.json --generate-code=false": () => open().import(importOptions(folder)),
        };
        const way = ways[line];
        if (!way) throw new Error(`The rehearsal has nothing for ${line}.`);
        await way();
    };
    return {
        emulator,
        baseUrl,
        begin: () => {
            const script = `require("pulumi-fastio/rehearsal").rehearse(${JSON.stringify(options)}).up()`;
            const child = spawn(process.execPath, ["-e", script], { cwd: folder, stdio: "ignore" });
            const ended = once(child, "exit");
            const kill = async () => {
                child.kill("SIGKILL");
                await ended;
            };
            return { kill };
        },
        type,
        exportState: async () => "state.json",
        expectNothingToDo: () => open().preview({ expectNoChanges: true }),
        close: () => emulator.close(),
    };
}

/** The processes that a process has started, and those that these have. */
function descendantsOf(pid: number): number[] {
    const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const children = all.map(Number).filter((child) => {
        const file = `/proc/${child}/stat`;
        return existsSync(file) && Number(/\) \w (\d+)/.exec(readFileSync(file, "utf8"))?.[1]) === pid;
    });
    return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

// The CLI where it is: what a killed rehearsal leaves, tests/weather/killed-runs.test.ts repairs as well.
describe.each(availableEngines().slice(0, 1))("killed on $name", ({ name }) => {
    let project: Project;
    let desk: Desk;

    beforeAll(async () => {
        project = prepareProject({ files: { "index.js": program } });
        desk = await (name === "rehearsal" ? rehearsalDesk(project) : cliDesk(project));
        await desk.type("pulumi up");
    });
    afterAll(async () => {
        await desk?.close();
        project?.remove();
    });

    const control = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const answer = await fetch(new URL(`/_emulator/${path}`, desk.baseUrl), {
            method,
            headers: { "Content-Type": "application/json" },
            ...(body && { body: JSON.stringify(body) }),
        });
        expect(answer.ok).toBe(true);
        return (await answer.json()) as T;
    };

    /** An `up` that is killed when the service has made the change and not yet answered. */
    async function killedIn(path: string): Promise<void> {
        const entries = async (after = 0) =>
            (await control<{ entries: { seq: number; fault?: object }[] }>("GET", `ledger?after=${after}`)).entries;
        const last = (await entries()).at(-1)?.seq;
        await control("POST", "faults", { path, effect: "hang", when: "after", times: 1 });
        const run = desk.begin();
        const isMade = async () => (await entries(last)).some(({ fault }) => fault !== undefined);
        while (!(await isMade())) await sleep(50);
        await run.kill();
        await control("DELETE", "faults");
    }

    /** Does what the doctor says about what was under way. */
    async function heal(operation: string): Promise<void> {
        const env = { FASTIO_BASE_URL: desk.baseUrl, FASTIO_TOKEN: desk.emulator.token };
        const state = await desk.exportState();
        const { stdout } = await command(project.folder, env, "doctor", "--json", "--state", state);
        const { findings } = JSON.parse(stdout) as { findings: Finding[] };
        const pending = findings.filter(({ subject }) => subject === "Pending");
        expect(pending).toMatchObject([{ status: "wrong", text: expect.stringContaining(`${operation} share "q4"`) }]);
        for (const line of pending[0]?.next ?? []) await desk.type(line);
    }

    test.each([
        ["creating", "Q4 Report", "**/create/share/", 1],
        ["updating", "Q4 Report, final", "**/share/*/update/", 1],
        ["deleting", "", "**/share/*/delete/", 0],
    ] as const)("while %s a share", async (operation, title, path, shares) => {
        project.write({ title });
        await killedIn(path);
        await heal(operation);
        await desk.expectNothingToDo();
        expect(await control("GET", "census")).toMatchObject({ organizations: 1, workspaces: 1, shares });
        // It is as the program says, and known: a destroy would find it.
        const after = JSON.parse(readFileSync(join(project.folder, await desk.exportState()), "utf8"));
        const known = after.deployment.resources.filter(({ urn }: { urn: string }) => urn.endsWith("::q4"));
        expect(known).toHaveLength(shares);
        for (const share of known) expect(share.outputs).toMatchObject({ title });
        expect(after.deployment.pending_operations ?? []).toEqual([]);
    });
});
