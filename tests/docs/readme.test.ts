// Every claim of the README, as a test of the same name.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { PreviewOptions } from "@pulumi/pulumi/automation";
import manifest from "../../package.json";
import { defaultBaseUrl, readSettings } from "../../provider/core/config";
import { manifest as requirement } from "../../require-node";
import { command } from "../adopt/world";
import type { RunOptions } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { prepareProject } from "../engines/project";
import { rehearsalEngine } from "../engines/rehearsal-engine";
import { type Declaration, Fixture } from "../lifecycle/fixture";
import { codeBlocks, readDocument, repository } from "./markdown";

jest.setTimeout(120_000);

const readme = readDocument("README.md");
/** The rehearsal: it is on every machine. The matrix of engines is for the lifecycle's tests. */
const engine = rehearsalEngine;

const acme: Declaration = { kind: "Organization", name: "acme", args: { domain: "acme-deal", name: "Acme Deal" } };
const program: Declaration[] = [
    acme,
    { kind: "Workspace", name: "deal", args: { organizationId: "$acme.id" } },
    {
        kind: "WorkspaceMember",
        name: "ann",
        args: { workspaceId: "$deal.id", email: "ann@example.com", role: "admin" },
    },
    { kind: "TransferToken", name: "handover", args: { organizationId: "$acme.id" } },
];

let it_: Fixture;

async function open(): Promise<void> {
    it_ = await Fixture.open(engine);
    it_.declare(program);
}

const idOf = async (name: string) => String((await it_.stack.outputs())[name]?.value);
const failure = (run: Promise<unknown>) =>
    run.then(
        () => "it did not fail",
        (error: Error) => error.message,
    );

const claims: Record<string, () => Promise<void>> = {
    async "Previews cost nothing."() {
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl });
        const requests = await it_.requestsOf(() => it_.stack.preview());
        expect(requests).toEqual([]);
    },

    async "The second run changes nothing."() {
        await it_.stack.up();
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.up()).summary.resourceChanges).toEqual({ same: 5 });
        });
        expect(requests).toEqual([]);
    },

    async "A refresh asks once."() {
        const people = Array.from({ length: 3 }, (_, index) => ({
            kind: "WorkspaceMember",
            name: `person-${index}`,
            args: { workspaceId: "$deal.id", email: `person-${index}@example.com`, role: "guest" },
        }));
        it_.declare([...program, ...people]);
        await it_.stack.up();
        const requests = await it_.requestsOf(() => it_.stack.refresh());
        expect(requests.filter(({ path }) => path.includes("/members/")).length).toBeLessThanOrEqual(3);
        expect(requests.filter(({ effect }) => effect !== "read")).toEqual([]);
    },

    async "Drift has a name."() {
        await it_.stack.up();
        const address = `org/${await idOf("acme")}`;
        await it_.api("POST", `${address}/update/`, { name: "Changed by hand" });
        await it_.stack.refresh();
        expect((await it_.stack.preview()).stdout).toMatch(/Organization acme update \[diff: ~name\]/);
        await it_.stack.up();
        expect((await it_.api("GET", `${address}/details/`)).org.name).toBe("Acme Deal");
    },

    async "People come last."() {
        it_.project.write({ "index.js": readmeProgram(), "terms.pdf": "The terms." });
        const order = async (run: () => Promise<unknown>, effect: string) => {
            const requests = await it_.requestsOf(run);
            const kinds = requests.filter((one) => one.effect === effect).map(({ kind }) => kind);
            return kinds.filter((kind) => kind === "file" || kind === "invitation");
        };
        expect(await order(() => it_.stack.up(), "created")).toEqual(["file", "invitation"]);
        expect(await order(() => it_.stack.destroy(), "deleted")).toEqual(["invitation", "file"]);
    },

    async "Secrets stay secret."() {
        it_.project.write({ "index.js": readmeProgram(), "terms.pdf": "The terms." });
        const { stdout } = await it_.stack.up();
        const { claimUrl } = await it_.stack.outputs();
        const token = new URL(String(claimUrl?.value)).searchParams.get("token") ?? "none";
        expect(claimUrl?.secret).toBe(true);
        expect(stdout).toMatch(/claimUrl\s*: \[secret\]/);
        expect(`${stdout}${JSON.stringify(await it_.stack.exportStack())}`).not.toContain(token);
    },

    async "Nothing is lost by accident."() {
        await it_.stack.up();
        const workspace = await idOf("deal");
        await it_.api("POST", `workspace/${workspace}/storage/root/createnote/`, { name: "a.md", content: "A" });
        it_.declare([acme]);
        // Asked before the first delete, the refusal leaves the people in, too.
        expect(await failure(it_.stack.up())).toMatch(/holds 1 file that this stack did not make/);
        it_.declare([]);
        expect(await failure(it_.stack.up())).toMatch(/holds 1 file that this stack did not make/);
        const { deployment } = await it_.stack.exportStack();
        expect(JSON.stringify(deployment)).toContain(
            '"urn":"urn:pulumi:dev::lifecycle::pulumi-nodejs:dynamic/fastio:WorkspaceMember::ann"',
        );
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 1, notes: 1 });

        const willing = program
            .slice(0, 2)
            .map(({ args, ...one }) => ({ ...one, args: { ...args, forceDestroy: true } }));
        it_.declare(willing);
        await it_.stack.up();
        await it_.stack.destroy();
        expect(await it_.census()).toMatchObject({ organizations: 0, workspaces: 0 });
    },

    async "Bad weather loses nothing."() {
        const lost = { method: "POST", path: "/org/*/create/workspace", effect: "reset", when: "after", nth: 1 };
        await it_.control("POST", "faults", lost);
        const requests = await it_.requestsOf(() => it_.stack.up());
        expect(requests.filter(({ path }) => path.endsWith("/create/workspace/"))).toHaveLength(1);
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 1 });
        expect(Object.keys((await it_.stack.up()).summary.resourceChanges ?? {})).toEqual(["same"]);
    },

    async "Mistakes show in the preview."() {
        it_.declare([
            {
                kind: "Organization",
                name: "acme",
                args: { domain: "Acme Deal", name: "Acme", descriptoin: "A typing error" },
            },
        ]);
        const message = await failure(it_.stack.preview());
        expect(message).toMatch(/domain\b.* must be lower-case letters, digits and hyphens/);
        expect(message).toMatch(/descriptoin\b.* did you mean description\?/);
    },

    async "Handing over is a resource."() {
        await it_.stack.up();
        const dana = await it_.control<{ token: string }>("POST", "accounts", {
            email: "dana@example.com",
            accountType: "human",
        });
        const { tokens } = await it_.api("GET", `org/${await idOf("acme")}/transfer/token/list/`);
        await it_.api("POST", "org/transfer/claim/", { token: String(tokens[0]?.token) }, dana.token);
        await it_.stack.refresh();
        expect(JSON.stringify(await it_.stack.exportStack())).toContain('"status":"claimed"');
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 5 });
        const { stdout } = await it_.stack.destroy();
        const [, diagnostics = ""] = stdout.split("Diagnostics:");
        expect(diagnostics.match(/was handed over and belongs to dana@example\.com now/g)).toHaveLength(1);
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 1 });
    },
};

/** The README's first program, as JavaScript: no types are in it. */
function readmeProgram(): string {
    const [first] = codeBlocks(readme);
    return (first?.text ?? "")
        .replace(/^import \* as (\w+) from (.*);$/gm, "const $1 = require($2);")
        .replace(/^export const (\w+) =/gm, "exports.$1 =");
}

describe("why", () => {
    beforeEach(open);
    afterEach(() => it_?.close());

    test("each claim is a test", () => {
        const [, why = ""] = /^## Why\n(.*?)^## /ms.exec(readme) ?? [];
        expect([...why.matchAll(/^- \*\*(.*?)\*\*/gm)].map(([, claim]) => claim)).toEqual(Object.keys(claims));
    });

    test.each(Object.entries(claims))("%s", async (_, holds) => holds());
});

describe("details", () => {
    beforeEach(open);
    afterEach(() => it_?.close());

    test("protect refuses a delete", async () => {
        it_.declare([{ ...acme, options: { protect: true } }]);
        await it_.stack.up();
        it_.declare([]);
        expect(await failure(it_.stack.up())).toContain("protected");
        expect(await it_.census()).toMatchObject({ organizations: 1 });
    });

    test("the rehearsal's state opens in every engine", async () => {
        await it_.stack.up();
        const state = await it_.stack.exportStack();
        for (const other of availableEngines()) {
            const stack = await other.open({ project: it_.project.folder, env: { FASTIO_BASE_URL: it_.baseUrl } });
            try {
                await stack.importStack(state);
                expect({ on: other.name, ...(await stack.preview()).changeSummary }).toEqual({
                    on: other.name,
                    same: 5,
                });
            } finally {
                await stack.close();
            }
        }
    });

    test("what the Pulumi CLI prints with -v=3 holds inputs in plain text, secret ones as well", async () => {
        it_.declare([{ ...acme, args: { ...acme.args, name: { $secret: "A canary" } } }]);
        for (const cli of availableEngines().filter(({ name }) => name !== rehearsalEngine.name)) {
            const stack = await cli.open({ project: it_.project.folder, env: { FASTIO_BASE_URL: it_.baseUrl } });
            try {
                const loud: RunOptions & Pick<PreviewOptions, "logVerbosity" | "logToStdErr"> = {
                    logVerbosity: 3,
                    logToStdErr: true,
                };
                expect((await stack.preview(loud)).stderr).toContain("A canary");
                const quiet = await stack.preview();
                expect(quiet.stdout + quiet.stderr).not.toContain("A canary");
            } finally {
                await stack.close();
            }
        }
    });
});

test("the program at the top runs, as TypeScript and from the installed package", async () => {
    const [first] = codeBlocks(readme);
    const files = {
        "Pulumi.yaml": "name: readme\nruntime: nodejs\n",
        "index.ts": first?.text ?? "",
        "terms.pdf": "The terms.",
    };
    const project = prepareProject({ files });
    const fastio = await Fixture.open(engine);
    const stack = await engine.open({
        project: project.folder,
        env: { FASTIO_BASE_URL: fastio.baseUrl, FASTIO_TOKEN: fastio.emulator.token },
    });
    try {
        expect((await stack.up()).summary.resourceChanges).toEqual({ create: 11 });
        expect(Object.keys(await stack.outputs()).sort()).toEqual(["claimUrl", "url"]);
        expect(await fastio.census()).toMatchObject({
            organizations: 1,
            workspaces: 1,
            shares: 1,
            folders: 3,
            files: 1,
            invitations: 1,
            transferTokens: 1,
        });
    } finally {
        await stack.close();
        await fastio.close();
        project.remove();
    }
});

describe("use", () => {
    test("what is to be installed is this package and the one it goes with", () => {
        const [, installed = ""] = /^npm install (.*)$/m.exec(readme) ?? [];
        expect(installed.split(" ")).toEqual([manifest.name, ...Object.keys(manifest.peerDependencies)]);
    });

    test("the Node that programs need is the one that the package asks for", () => {
        const [, version] = /for TypeScript, with Node (\S+) or newer/.exec(readme) ?? [];
        expect(requirement.engines.node).toBe(`>=${version}`);
    });

    test("the demo and the tests need nothing but Node, npm, make and git", () => {
        const recipes = [...readDocument("Makefile").matchAll(/^\t@?(\w+)/gm)].map(([, command]) => command);
        expect(recipes.filter((command) => !["npm", "touch", "awk", "rm"].includes(command ?? ""))).toEqual([]);
        // The Node that runs them is a dependency: npm scripts find it before the machine's.
        expect(Object.keys(manifest.devDependencies)).toContain("node");
    });
});

describe("configuration", () => {
    const rows = [...readme.matchAll(/^\| (`fastio:.*?) \| (.*?) ?\| .* \|$/gm)].map(
        ([, keys = "", variables = ""]) => ({
            keys: [...keys.matchAll(/`fastio:(\w+)`/g)].map(([, key = ""]) => key),
            variables: [...variables.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
        }),
    );
    // Numbers are numbers, flags are flags, and all else is text.
    const values: Record<string, string> = { requestsPerMinute: "7", maxWaitSeconds: "7", logRequests: "true" };
    const settings = (config: Record<string, string>, env: Record<string, string> = {}) =>
        readSettings((key) => config[key], env);
    const nothing = settings({});

    test("there is a row for each setting", () => {
        expect(rows.flatMap(({ keys }) => keys)).toEqual([
            "token",
            "email",
            "password",
            "baseUrl",
            "formerBaseUrl",
            "requestsPerMinute",
            "maxWaitSeconds",
            "totpSecret",
            "logRequests",
        ]);
    });

    test.each(rows.flatMap(({ keys }) => keys))("fastio:%s is read", (key) => {
        expect(settings({ [key]: values[key] ?? "https://example.com/" })).not.toEqual(nothing);
    });

    test.each(rows.flatMap(({ variables }) => variables))("%s is read", (variable) => {
        const value = variable === "FASTIO_LOG_REQUESTS" ? "true" : "https://example.com/";
        expect(settings({}, { [variable]: value })).not.toEqual(nothing);
    });

    test("the default address is the service's", () => {
        expect(nothing.baseUrl).toBe(defaultBaseUrl);
        expect(readme).toContain(`\`${defaultBaseUrl}\` by default`);
    });

    test("the stack configuration comes before the environment", () => {
        const { credentials, baseUrl } = settings(
            { token: "from the stack", baseUrl: "https://stack.example/" },
            { FASTIO_TOKEN: "from the environment", FASTIO_BASE_URL: "https://environment.example/" },
        );
        expect(credentials.map(({ token }) => token)).toEqual(["from the stack", "from the environment"]);
        expect(baseUrl).toBe("https://stack.example/");
    });
});

test("what is there already is adopted by the commands as they stand", async () => {
    const commands = [...readme.matchAll(/^npx pulumi-fastio (adopt-file .*?)(?: {2,}#.*)?$/gm)].map(([, one]) => one);
    expect(commands).toHaveLength(2);
    const fastio = await Fixture.open(engine);
    try {
        const { org } = await fastio.api("POST", "org/create/", { domain: "acme-deal", name: "Acme Deal" });
        await fastio.api("POST", `org/${org.id}/create/workspace/`, { folder_name: "due-diligence", name: "Deal" });
        const env = { FASTIO_BASE_URL: fastio.baseUrl, FASTIO_TOKEN: fastio.emulator.token };
        let lines = "";
        for (const one of commands) {
            const { code, stdout } = await command(fastio.project.folder, env, ...String(one).split(" "));
            expect(code).toBe(0);
            lines = stdout;
        }
        expect(lines).toMatch(/Organization\("acme-deal".*Workspace\("deal".*organizationId: acmeDeal\.id/s);
        expect(readme).toContain("pulumi import --file import.json --generate-code=false");
    } finally {
        await fastio.close();
    }
});

test("the doctor tells what a program would run with, and what is wrong with a state", async () => {
    const [, plain = "", withState = ""] =
        /^npx pulumi-fastio (doctor)\n.* && npx pulumi-fastio (doctor .*)$/m.exec(readme) ?? [];
    const fastio = await Fixture.open(engine);
    try {
        const env = { FASTIO_BASE_URL: fastio.baseUrl, FASTIO_TOKEN: fastio.emulator.token };
        const { stdout } = await command(fastio.project.folder, env, plain);
        for (const subject of ["Credential", "Account", "Scopes", "Plan and use", "Base URL", "Clock", "Proxy"])
            expect(stdout).toContain(subject);
        expect(stdout).not.toContain(fastio.emulator.token);
        const resource = { urn: "urn:pulumi:dev::p::x:y:Z::z", type: "x:y:Z" };
        const deployment = { resources: [], pending_operations: [{ type: "creating", resource }] };
        fastio.project.write({ "state.json": JSON.stringify({ version: 3, deployment }) });
        const examined = await command(fastio.project.folder, env, ...withState.split(" "));
        expect(examined).toMatchObject({
            code: 1,
            stdout: expect.stringMatching(/creating .* was interrupted.*\n +→ pulumi/),
        });
        expect(await fastio.census()).toMatchObject({ organizations: 0 });
    } finally {
        await fastio.close();
    }
});

test("the local Fast.io prints what a program needs, and shows its page", async () => {
    const [, command = ""] = /^npx pulumi-fastio (emulator)$/m.exec(readme) ?? [];
    const bin = join(repository, manifest.bin["pulumi-fastio"]);
    const child = spawn(process.execPath, [bin, command, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    try {
        const lines: string[] = [];
        for await (const line of createInterface({ input: child.stdout })) {
            if (lines.push(line) === 2) break;
        }
        expect(lines.map((line) => line.split("=")[0])).toEqual(["FASTIO_BASE_URL", "FASTIO_TOKEN"]);
        const page = await fetch(new URL("/_emulator/", lines[0]?.split("=")[1]));
        expect(page.headers.get("content-type")).toContain("text/html");
    } finally {
        child.kill();
        await ended;
    }
});

test("the program at the top passes its rehearsal, run for run", async () => {
    const [, command = "", sentence = ""] = /^npx pulumi-fastio (rehearse)\n```\n\nruns (.*?), on/ms.exec(readme) ?? [];
    const [first] = codeBlocks(readme);
    const project = prepareProject({ files: { "index.ts": first?.text ?? "", "terms.pdf": "The terms." } });
    const bin = join(repository, manifest.bin["pulumi-fastio"]);
    try {
        const child = spawn(process.execPath, [bin, command, "--json"], {
            cwd: project.folder,
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [[code], printed] = await Promise.all([once(child, "close"), text(child.stdout)]);
        expect({ code, printed }).toEqual({ code: 0, printed });
        const steps = (JSON.parse(printed) as { steps: { step: string }[] }).steps.map(({ step }) => step);
        expect(sentence.match(/second preview|preview|up|refresh|destroy/g)).toEqual(steps);
    } finally {
        project.remove();
    }
});
