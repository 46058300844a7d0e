import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { buildSync } from "esbuild";

const folder = mkdtempSync(join(tmpdir(), "emulator-command-"));
const bundle = join(folder, "emulator.cjs");
const running = new Set<ChildProcess>();

beforeAll(() => {
    buildSync({
        stdin: {
            contents: `import { emulatorCommand } from "./command";
                emulatorCommand().parseAsync().catch((error) => { console.error(error.message); process.exitCode = 1; });`,
            resolveDir: __dirname,
        },
        bundle: true,
        platform: "node",
        outfile: bundle,
    });
});
afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...args: string[]) {
    const child = spawn(process.execPath, [bundle, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    return child;
}

/** Runs until it prints as many lines, or ends. */
async function printed(child: ReturnType<typeof start>, lines: number): Promise<string> {
    let output = "";
    for await (const chunk of child.stdout) {
        output += chunk;
        if (output.split("\n").length > lines) break;
    }
    return output;
}

/** Exit code, standard output and standard error of a run that ends by itself. */
async function ended(child: ReturnType<typeof start>): Promise<[code: number, stdout: string, stderr: string]> {
    const [[code], stdout, stderr] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
    return [code, stdout, stderr];
}

function environment(output: string): Record<string, string> {
    return Object.fromEntries(
        output
            .trim()
            .split("\n")
            .map((line) => line.split("=", 2)),
    );
}

async function call(env: Record<string, string>, path: string, form?: Record<string, string>): Promise<unknown> {
    const response = await fetch(env.FASTIO_BASE_URL + path, {
        method: form ? "POST" : "GET",
        headers: { authorization: `Bearer ${env.FASTIO_TOKEN}` },
        ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    return response.json();
}

describe("the emulator command", () => {
    it.each(["SIGINT", "SIGTERM"] as const)(
        "prints its environment once it answers, and ends on %s",
        async (signal) => {
            const child = start("--port", "0");
            const output = await printed(child, 2);
            expect(output).toMatch(/^FASTIO_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/current\/\nFASTIO_TOKEN=[a-z0-9]+\n$/);
            expect(await call(environment(output), "user/me/details/")).toMatchObject({ result: true });
            const ending = Promise.all([once(child, "exit"), text(child.stderr)]);
            child.kill(signal);
            expect(await ending).toEqual([[0, null], ""]);
        },
    );

    it("prints one JSON object with --json", async () => {
        const env: Record<string, string> = JSON.parse(await printed(start("--port", "0", "--json"), 1));
        expect(Object.keys(env)).toEqual(["FASTIO_BASE_URL", "FASTIO_TOKEN"]);
        expect(await call(env, "ping/")).toMatchObject({ result: true });
    });

    it.each(["SIGTERM", "SIGKILL"] as const)(
        "keeps every answered change in its data file through %s",
        async (signal) => {
            const data = join(folder, `${signal}.db`);
            const first = start("--port", "0", "--data", data);
            const env = environment(await printed(first, 2));
            for (const domain of ["first-one", "second-one"]) await call(env, "org/create/", { domain });
            first.kill(signal);
            await once(first, "exit");
            const again = environment(await printed(start("--port", "0", "--data", data), 2));
            expect(again.FASTIO_TOKEN).toBe(env.FASTIO_TOKEN);
            expect(await call(again, "orgs/list/")).toMatchObject({
                orgs: [{ domain: "first-one" }, { domain: "second-one" }],
            });
        },
    );

    it("says in one line that its port is in use", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const address = server.address();
        const port = typeof address === "object" ? String(address?.port) : "";
        const [code, stdout, stderr] = await ended(start("--port", port));
        server.close();
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr).toBe(
            `Port ${port} of 127.0.0.1 is in use: choose another with --port, or a free one with --port 0.\n`,
        );
    });

    it.each([
        ["--port", "70000"],
        ["--port", "x"],
        ["--latency", "-1"],
        ["--dialect", "klingon"],
    ])("refuses %s %s in one line", async (option, value) => {
        const [code, stdout, stderr] = await ended(start(option, value));
        expect(code).not.toBe(0);
        expect(stdout).toBe("");
        expect(stderr).toMatch(new RegExp(`^error: option '${option} .*\\n$`));
    });
});
