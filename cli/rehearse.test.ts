// The command as people start it, on programs that converge and programs that do not.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Project, prepareProject } from "../tests/engines/project";

jest.setTimeout(120_000);

const projects: Project[] = [];
const running = new Set<ChildProcess>();
afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
});
afterAll(() => {
    for (const project of projects) project.remove();
});

function prepare(files: Record<string, string>): string {
    const javascript = "name: project\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
    const project = prepareProject({ files: { "Pulumi.yaml": javascript, ...files } });
    projects.push(project);
    return project.folder;
}

function start(args: string[], env: Record<string, string> = {}, cwd?: string) {
    const { FORCE_COLOR: _, ...inherited } = process.env;
    const bin = join(__dirname, "../bin/pulumi-fastio.js");
    const child = spawn(process.execPath, [bin, "rehearse", ...args], {
        cwd,
        env: { ...inherited, NO_COLOR: "1", ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    return child;
}

async function ended(child: ReturnType<typeof start>) {
    const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
}

/** Reads until the text is there, and answers all that has been read. */
async function printed(child: ReturnType<typeof start>, wanted: RegExp): Promise<string> {
    let output = "";
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        output += chunk;
        if (wanted.test(output)) break;
    }
    return output;
}

const acme = `
const pulumi = require("@pulumi/pulumi");
const fastio = require("pulumi-fastio");
const config = new pulumi.Config();
const organization = new fastio.Organization("acme", { domain: config.require("domain"), name: "Acme" }, { protect: true });
new fastio.Workspace("deal", { organizationId: organization.id, description: config.requireSecret("note") });
exports.domain = organization.domain;
exports.seen = Object.entries(process.env).filter(([name]) => /^FASTIO_/.test(name)).map(([name]) => name).sort();
`;

test("a program that converges passes, and nothing of it reaches the service that the user's settings name", async () => {
    let requests = 0;
    const service = createServer((_, answer) => {
        requests += 1;
        answer.end();
    }).listen(0, "127.0.0.1");
    await once(service, "listening");
    const real = `http://127.0.0.1:${(service.address() as AddressInfo).port}/current/`;
    const folder = prepare({
        "index.js": acme,
        "Pulumi.staging.yaml":
            "config:\n  project:domain: from-the-file\n  project:note: what the file says\n" +
            `  fastio:baseUrl: ${real}\n  fastio:email: ann@example.com\n  fastio:password:\n    secure: v1:of:a-cloud\n`,
    });
    const settings = ["--stack", "staging", "--config", "domain=a=b", "--config", "project:domain=acme-deal"];
    const child = start(
        [...settings, "--secret", "note=open sesame", "--junit", "reports/rehearsal.xml"],
        { FASTIO_BASE_URL: real, FASTIO_API_KEY: "real", FASTIO_EMAIL: "ann@example.com", FASTIO_PASSWORD: "real" },
        folder,
    );
    const { code, stdout, stderr } = await ended(child);
    service.close();

    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout });
    expect(requests).toBe(0);
    expect(stdout.match(/^\w+( update)? \(staging\):$/gm)).toEqual([
        "Previewing update (staging):",
        "Updating (staging):",
        "Previewing update (staging):",
        "Refreshing (staging):",
        "Destroying (staging):",
        "Rehearsal (staging):",
    ]);
    expect(stdout).toContain('domain: "acme-deal"');
    expect(stdout).toMatch(/seen {2}: \[\n.*"FASTIO_BASE_URL"\n.*"FASTIO_TOKEN"\n {4}\]/);
    expect(stdout).not.toContain("open sesame");
    expect(stdout.match(/^ {4}[\w ]+ passed +\d+\.\ds$/gm)).toHaveLength(5);
    expect(stdout).toMatch(/\nThe program converges\.\n$/);
    expect(readFileSync(join(folder, "reports/rehearsal.xml"), "utf8")).toContain('tests="5" failures="0"');
});

test("a program that always changes, and a resource that always drifts, are named with their step", async () => {
    const provider = `
        exports.provider = {
            check: async (olds, inputs) => ({ inputs }),
            create: async (inputs) => ({ id: "1", outs: inputs }),
            read: async (id, props) => ({ id, props: { ...props, size: "another" } }),
            diff: async (id, olds, news) => ({ changes: olds.size !== news.size, diffs: ["size"] }),
        };`;
    const folder = prepare({
        "drifting.js": provider,
        "index.js": `
            const pulumi = require("@pulumi/pulumi");
            const fastio = require("pulumi-fastio");
            class Drifting extends pulumi.CustomResource {
                constructor(name) {
                    const __provider = 'exports.handler = () => require("./drifting").provider;';
                    super("pulumi-nodejs:dynamic/test:Drifting", name, { __provider, size: "one" });
                }
            }
            new Drifting("my drift");
            new fastio.Organization("acme", { domain: "acme-deal", name: "Acme", description: "At " + Date.now() });
            new fastio.Organization("calm", { domain: "calm-deal", name: "Calm" });`,
    });
    const { code, stdout, stderr } = await ended(start([folder, "--json"]));
    expect(code).toBe(1);
    const update = "~ pulumi-nodejs:dynamic/fastio:Organization acme update [diff: ~description]";
    const drift = expect.stringMatching(/^~ pulumi-nodejs:dynamic\/test:Drifting my drift updated( \[diff: .*\])?$/);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
        stack: "dev",
        converges: false,
        steps: [
            { step: "preview", result: "passed", changes: { create: 4 }, resources: [] },
            { step: "up", result: "passed" },
            { step: "second preview", result: "failed", resources: [update], changes: { update: 1, same: 3 } },
            { step: "refresh", result: "failed", resources: [drift] },
            { step: "destroy", result: "passed", changes: { delete: 4 } },
        ],
    });
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(stderr).toBe(
        "pulumi-fastio: The program does not converge. second preview: the program has just been applied and still " +
            `plans to change 1 resource; ${update}. refresh: nobody has changed anything, and yet it finds changes of ` +
            `1 resource; ${report.steps[3].resources[0]}\n`,
    );
});

const reader = `
const fastio = require("pulumi-fastio");
const acme = fastio.getOrganizationOutput({ domain: "acme-deal" });
new fastio.Workspace("deal", { organizationId: acme.id });`;

test("what a program only reads is missed by name, and the steps after that are skipped", async () => {
    const { code, stdout, stderr } = await ended(start([prepare({ "index.js": reader })]));
    expect(code).toBe(1);
    expect(stderr).toBe("pulumi-fastio: The program does not converge.\n");
    expect(stdout).not.toContain("does not converge");
    expect(stdout).toMatch(
        / preview +failed +\d+\.\ds +the program reads what a fresh emulator does not have \(GET \/current\/org\/acme-deal\/\S* answered 4\d\d\); --before DIR first brings up the program that makes it\n +pulumi:pulumi:Stack \(project-dev\): .*acme-deal/,
    );
    expect(stdout.match(/skipped +preview failed$/gm)).toHaveLength(4);
});

test("another program makes it first; what is kept is there until the end", async () => {
    const owner = prepare({
        "Pulumi.dev.yaml": "config:\n  project:domain: acme-deal\n  project:note: of the owner\n",
        "index.js": acme,
    });
    const child = start([prepare({ "index.js": reader }), "--before", owner, "--keep", "--json"]);
    const { kept, ...report } = JSON.parse(await printed(child, /\n/));
    expect(report.steps.map(({ step, result }: Record<string, string>) => `${step} ${result}`)).toEqual([
        `up of ${owner} passed`,
        "preview passed",
        "up passed",
        "second preview passed",
        "refresh passed",
        "destroy skipped",
    ]);
    const answer = await fetch(new URL("orgs/list/", kept.FASTIO_BASE_URL), {
        headers: { authorization: `Bearer ${kept.FASTIO_TOKEN}` },
    });
    expect(await answer.json()).toMatchObject({ orgs: [{ domain: "acme-deal" }] });
    expect(readFileSync(kept.stateFile, "utf8")).toContain("::deal");
    child.kill("SIGTERM");
    expect((await ended(child)).code).toBe(0);
    expect(existsSync(kept.stateFile)).toBe(false);
});

test("an interruption ends it, and it has not passed", async () => {
    const child = start([prepare({ "index.js": "setInterval(() => {}, 1000);" })]);
    const closed = once(child, "close");
    await printed(child, /Previewing update/);
    child.kill("SIGINT");
    expect(await text(child.stdout)).toMatch(/ preview +failed .* it was interrupted\n/);
    expect((await closed)[0]).toBe(1);
});

/** A program whose first object takes until its file `go` is there; the provider writes down what it does. */
const patient = {
    "patient.js": `
        const fs = require("node:fs");
        const log = (line) => fs.appendFileSync("log", line + " " + process.pid + "\\n");
        exports.provider = {
            check: async (olds, inputs) => ({ inputs }),
            create: async (inputs) => {
                log("begun");
                while (!fs.existsSync("go")) await new Promise((done) => setTimeout(done, 20));
                log("ended");
                return { id: "1", outs: inputs };
            },
        };`,
    "index.js": `
        const pulumi = require("@pulumi/pulumi");
        class Patient extends pulumi.CustomResource {
            constructor(name, inputs) {
                const __provider = 'exports.handler = () => require("./patient").provider;';
                super("pulumi-nodejs:dynamic/test:Patient", name, { __provider, ...inputs });
            }
        }
        new Patient("second", { after: new Patient("first", {}).id });`,
};

async function begun(folder: string): Promise<number> {
    const log = join(folder, "log");
    while (!existsSync(log)) await sleep(20);
    return Number(readFileSync(log, "utf8").split(" ")[1]);
}

/** Interrupts the command, and resolves when it says so. */
async function interrupted(child: ReturnType<typeof start>): Promise<void> {
    const said = once(child.stderr, "data");
    child.kill("SIGINT");
    await said;
}

test("interrupted once, what is under way comes to its end, and nothing more begins", async () => {
    const folder = prepare(patient);
    const child = start([folder, "--json"]);
    const end = ended(child);
    await begun(folder);
    await interrupted(child);
    writeFileSync(join(folder, "go"), "");
    const { code, stdout, stderr } = await end;
    expect(code).toBe(1);
    expect(stderr).toMatch(
        /^pulumi-fastio: interrupted: .*\npulumi-fastio: The program does not converge\. up: it was interrupted/,
    );
    const steps = JSON.parse(stdout).steps.map(({ step, result }: Record<string, string>) => `${step} ${result}`);
    expect(steps).toEqual([
        "preview passed",
        "up failed",
        "second preview skipped",
        "refresh skipped",
        "destroy skipped",
    ]);
    expect(readFileSync(join(folder, "log"), "utf8").match(/^\w+/gm)).toEqual(["begun", "ended"]);
});

test("interrupted twice, it ends at once with Pulumi's exit code, and a kept state says what was under way", async () => {
    const folder = prepare(patient);
    const child = start([folder, "--keep"]);
    const end = ended(child);
    const provider = await begun(folder);
    await interrupted(child);
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(code).toBe(8);
    const [, stateFile = ""] = /interrupted twice\. The state, with what was under way: (.*)\n$/.exec(stderr) ?? [];
    const { deployment } = JSON.parse(readFileSync(stateFile, "utf8"));
    rmSync(dirname(stateFile), { recursive: true });
    expect(deployment.pending_operations).toMatchObject([
        { type: "creating", resource: { urn: expect.stringMatching(/::first$/) } },
    ]);
    while (isAlive(provider)) await sleep(20);
    expect(readFileSync(join(folder, "log"), "utf8").match(/^\w+/gm)).toEqual(["begun"]);
});

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}

test.each([
    [["nowhere"], "there is no Pulumi.yaml in nowhere"],
    [[".", "--before", "nowhere"], "there is no Pulumi.yaml in nowhere"],
    [["--config", "novalue"], "It must be KEY=VALUE."],
    [["--secret", "fastio:token=x"], "A rehearsal has its own Fast.io, and never uses another."],
    [["--config", "fastio:config:baseUrl=https://api.fast.io/"], "A rehearsal has its own Fast.io"],
])("%j is a usage error", async (args, message) => {
    const { code, stdout, stderr } = await ended(start(args, {}, prepare({})));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
});
