/** The command `doctor`: what it finds on the machine, of the account and in a state, and what it says to do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import manifest from "../../package.json";
import type { Finding } from "../../provider/doctor";
import { type Project, prepareProject } from "../engines/project";
import type { Resource } from "../verbs/fixture";
import { type CommandResult, command, World } from "./world";

jest.setTimeout(60_000);

let world: World;
let project: Project;
/** A PATH with a Pulumi CLI that only knows its version. */
let tools: string;

beforeAll(async () => {
    world = await World.open();
    project = prepareProject({});
    tools = mkdtempSync(join(tmpdir(), "pulumi-fastio-tools-"));
    writeFileSync(join(tools, "pulumi"), "#!/bin/sh\necho v3.999.0\n", { mode: 0o755 });
});
afterAll(async () => {
    rmSync(tools, { recursive: true, force: true });
    project?.remove();
    await world?.close();
});
beforeEach(() => world.service.reset());

const noProxy = { HTTP_PROXY: "", HTTPS_PROXY: "", NO_PROXY: "", http_proxy: "", https_proxy: "", no_proxy: "" };
const environment = () => ({
    ...noProxy,
    ...world.environment,
    PATH: `${tools}${delimiter}${dirname(process.execPath)}`,
});

interface Diagnosis extends CommandResult {
    findings: Finding[];
    of(subject: string): Finding[];
}

async function doctor(env: Record<string, string> = {}, ...args: string[]): Promise<Diagnosis> {
    const result = await command(project.folder, { ...environment(), ...env }, "doctor", "--json", ...args);
    const { ok, findings } = JSON.parse(result.stdout) as { ok: boolean; findings: Finding[] };
    expect({ ok, stderr: result.stderr }).toMatchObject({ ok: result.code === 0 });
    return { ...result, findings, of: (subject) => findings.filter((one) => one.subject === subject) };
}

test("all is well: one screen that says so, and nothing of the token", async () => {
    await world.make("org", "Organization", { domain: "acme", name: "Acme" });
    const { code, stdout, stderr } = await command(project.folder, environment(), "doctor");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(24);
    for (const line of [
        `ok     Node           ${process.versions.node}; 22.19 or newer is needed`,
        `ok     pulumi-fastio  ${manifest.version}`,
        "ok     Pulumi CLI     3.999.0",
        `ok     Base URL       ${world.service.baseUrl} (FASTIO_BASE_URL)`,
        "ok     Proxy          none",
        "ok     Clock          as the service's",
    ])
        expect(lines).toContain(line);
    expect(stdout).toMatch(/^ok {5}Pulumi SDK {5}3\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^ok {5}Credential {5}a token, from the environment \(FASTIO_TOKEN,/m);
    expect(stdout).toMatch(/^ok {5}Account {8}agent@example\.com, agent, id \d{19}$/m);
    expect(stdout).toMatch(/^ok {5}Scopes {9}everything that the account may do \(api_key\)$/m);
    expect(stdout).toMatch(
        /^ok {5}Plan and use {3}acme \(\w+\): 0( of \d+)? workspaces, 0( of \d+)? shares, 1 members/m,
    );
    expect(stdout).not.toContain(world.service.emulator.token);
});

test("without a credential, and with half of one, it says what to give", async () => {
    const none = await doctor({ FASTIO_TOKEN: "" });
    expect(none.code).toBe(1);
    expect(none.of("Account")).toMatchObject([
        { status: "wrong", next: [expect.stringContaining("Set FASTIO_TOKEN")] },
    ]);
    const half = await doctor({ FASTIO_TOKEN: "", FASTIO_EMAIL: "ann@example.com" });
    expect(half.of("Account")).toMatchObject([{ status: "wrong", text: expect.stringContaining("has no password") }]);
});

test("a credential that the service rejects is named by its source, not by its value", async () => {
    const { code, stdout, stderr, of } = await doctor({ FASTIO_TOKEN: "", FASTIO_API_KEY: "a-wrong-key" });
    expect(code).toBe(1);
    expect(of("Account")).toMatchObject([{ status: "wrong", text: expect.stringContaining("FASTIO_API_KEY") }]);
    expect(stdout + stderr).not.toContain("a-wrong-key");
});

test("a limited key shows what its scopes reach, by name", async () => {
    const { id } = await world.service.organization("acme");
    const scope = `org:${id}:r`;
    const made = await world.service.api("POST", "user/auth/key/", { scopes: JSON.stringify([scope]) });
    const key = String((made as unknown as { api_key: string }).api_key);
    const { of } = await doctor({ FASTIO_TOKEN: key });
    expect(of("Scopes")).toMatchObject([{ status: "ok", text: `${scope} ("acme") (api_key)` }]);
});

test("a limit that is reached is told with what to do", async () => {
    const { id } = await world.service.organization("acme");
    await world.service.workspace(id, "acme-design");
    await world.service.control("POST", "plan", { organizationId: id, workspaces: 1 });
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of("Plan and use")).toMatchObject([
        {
            status: "note",
            text: expect.stringContaining("1 of 1 workspaces"),
            next: [expect.stringMatching(/^No more workspaces/)],
        },
    ]);
});

test.each([
    [200, "note", /^(19|20)\d s behind/],
    [3600, "wrong", /^3(59|60)\d s behind/],
] as const)("a clock that is %i seconds off", async (seconds, status, text) => {
    await world.service.advance(seconds);
    expect((await doctor()).of("Clock")).toMatchObject([{ status, text: expect.stringMatching(text) }]);
});

test("a proxy is shown without its password, and whether it is used", async () => {
    const HTTPS_PROXY = "http://ann:open-sesame@proxy.example.com:3128";
    const env = { FASTIO_BASE_URL: "https://127.0.0.1:9/current/", HTTPS_PROXY, NO_PROXY: "internal.example.com" };
    const { stdout, of } = await doctor(env);
    expect(of("Proxy")).toMatchObject([
        {
            text: "http://[secret]@proxy.example.com:3128 (HTTPS_PROXY), which is not used for this machine's own addresses",
        },
    ]);
    expect(of("Account")).toMatchObject([{ status: "wrong", text: expect.stringContaining("127.0.0.1:9") }]);
    expect(stdout).not.toContain("open-sesame");
});

test("a base URL that would carry the token unencrypted is wrong", async () => {
    const { code, of } = await doctor({ FASTIO_BASE_URL: "http://fast.example.com/current/" });
    expect(code).toBe(1);
    expect(of("Account")).toMatchObject([{ status: "wrong", text: expect.stringContaining("unencrypted") }]);
});

test("no CLI is a note; a project without the SDK is wrong", async () => {
    const empty = prepareProject({});
    rmSync(join(empty.folder, "node_modules"), { recursive: true });
    try {
        const env = { ...environment(), PATH: dirname(process.execPath) };
        const { code, stdout } = await command(empty.folder, { ...env, PATH: empty.folder }, "doctor");
        expect(code).toBe(1);
        expect(stdout).toMatch(/^note {3}Pulumi CLI/m);
        expect(stdout).toMatch(/^WRONG {2}Pulumi SDK .*\n +→ npm install pulumi-fastio @pulumi\/pulumi$/m);
    } finally {
        empty.remove();
    }
});

describe("a state", () => {
    let organizationId: string;
    let workspaceId: string;

    beforeEach(async () => {
        organizationId = await world.make("acme", "Organization", { domain: "acme", name: "Acme" });
        workspaceId = await world.make("design", "Workspace", { organizationId, name: "Design" });
    });

    const urn = (kind: string, name: string) =>
        `urn:pulumi:dev::project::pulumi-nodejs:dynamic/fastio:${kind}::${name}`;
    const entry = ({ kind, name, id, inputs, outputs }: Resource, service = world.service.baseUrl) => ({
        urn: urn(kind, name),
        type: `pulumi-nodejs:dynamic/fastio:${kind}`,
        id,
        inputs,
        outputs: { ...outputs, __service: new URL(service).origin },
    });
    const pending = (type: string, kind: string, name: string, inputs: object, more: object = {}) => ({
        type,
        resource: { urn: urn(kind, name), type: `pulumi-nodejs:dynamic/fastio:${kind}`, inputs, ...more },
    });
    function state(names: readonly string[], operations: readonly object[] = [], service?: string): string {
        const resources = names.map((name) => world.made[name]).filter((one) => one !== undefined);
        const deployment = { resources: resources.map((one) => entry(one, service)), pending_operations: operations };
        const file = join(project.folder, "state.json");
        writeFileSync(file, JSON.stringify({ version: 3, deployment }));
        return file;
    }
    const clear = "pulumi refresh --clear-pending-creates --yes";

    test("without anything pending or unknown", async () => {
        const { code, of } = await doctor({}, "--state", state(["acme", "design"]));
        expect(code).toBe(0);
        expect(of("State")).toMatchObject([
            { status: "ok", text: "2 resources, 2 of them of Fast.io; 0 pending operations" },
        ]);
        expect(of("Not in the state")).toEqual([]);
    });

    test("a create that was interrupted, with what came of it and the commands that work as they stand", async () => {
        const lost = await world.make("lost", "Share", { workspaceId, title: "Q4 Report" });
        const operation = pending(
            "creating",
            "Share",
            "q4",
            { workspaceId, title: "Q4 Report" },
            { parent: urn("Room", "room") },
        );
        const { code, of } = await doctor({}, "--state", state(["acme", "design"], [operation]));
        expect(code).toBe(1);
        const [finding, ...others] = of("Pending");
        expect(others).toEqual([]);
        expect(finding?.text).toMatch(
            new RegExp(`^creating share "q4" .* was interrupted, and it seems to be ${lost} `),
        );
        expect(finding?.next).toEqual([
            clear,
            `npx pulumi-fastio adopt-file Share ${lost} --as q4 --parent ${urn("Room", "room")}`,
            "pulumi import --file import.json --generate-code=false",
        ]);
        expect(of("Not in the state")).toEqual([]);
        const [, adopt = ""] = /^npx pulumi-fastio (.*)/.exec(finding?.next[1] ?? "") ?? [];
        expect(await command(project.folder, environment(), ...adopt.split(" "))).toMatchObject({ code: 0 });
    });

    test("a create of which nothing came", async () => {
        const operation = pending("creating", "Workspace", "build", { organizationId, name: "Build" });
        const { of } = await doctor({}, "--state", state(["acme", "design"], [operation]));
        expect(of("Pending")).toMatchObject([
            { status: "wrong", text: expect.stringMatching(/it is not there$/), next: [clear, "pulumi up"] },
        ]);
    });

    test("a create of which several things may have come names them all", async () => {
        const ids = [];
        for (const name of ["one", "two"])
            ids.push(await world.make(name, "Share", { workspaceId, title: "Q4 Report" }));
        const operation = pending("creating", "Share", "q4", { workspaceId, title: "Q4 Report" });
        const { of } = await doctor({}, "--state", state(["acme", "design"], [operation]));
        const next = of("Pending")[0]?.next ?? [];
        for (const id of ids) expect(next).toContain(`npx pulumi-fastio adopt-file Share ${id} --as q4`);
    });

    test("an organization that was being made is found by its domain", async () => {
        const operation = pending("creating", "Organization", "company", { domain: "acme", name: "Acme" });
        const { of } = await doctor({}, "--state", state([], [operation]));
        expect(of("Pending")[0]?.next).toContain(
            `npx pulumi-fastio adopt-file Organization ${organizationId} --as company`,
        );
    });

    test("other operations, and those of others", async () => {
        const stranger = {
            type: "creating",
            resource: { urn: "urn:pulumi:dev::p::random:index:Pet::pet", type: "random:index:Pet" },
        };
        const operations = [
            pending("deleting", "Workspace", "design", { organizationId }, { id: workspaceId }),
            stranger,
        ];
        const { of } = await doctor({}, "--state", state(["acme", "design"], operations));
        expect(of("Pending")).toMatchObject([
            {
                text: expect.stringContaining(`deleting workspace "design"`),
                next: ["pulumi refresh --yes", "pulumi up"],
            },
            { text: expect.stringContaining("random:index:Pet"), next: [clear] },
        ]);
    });

    test("what lies under its parents and in no resource of it, with the command for each", async () => {
        const stray = await world.make("stray", "Workspace", { organizationId, name: "Build" });
        await world.make("mine", "File", { workspaceId, name: "mine.txt", source: world.text("A") });
        const file = await world.make("theirs", "File", { workspaceId, name: "theirs.txt", source: world.text("B") });
        await world.make("member", "WorkspaceMember", { workspaceId, email: "ann@example.com", role: "member" });
        const { code, of } = await doctor({}, "--state", state(["acme", "design", "mine"]));
        expect(code).toBe(0);
        expect(of("Not in the state")).toMatchObject([
            {
                text: expect.stringMatching(/^1 workspace in organization "acme": \d+ \("Build"/),
                next: [`npx pulumi-fastio adopt-file Workspace ${stray}`],
            },
            {
                text: expect.stringMatching(/^1 file in workspace "design"/),
                next: [`npx pulumi-fastio adopt-file File ${file}`],
            },
        ]);
    });

    test("a member is one, by e-mail or by user id", async () => {
        const { userId } = await world.service.account("ann@example.com");
        await world.make("member", "WorkspaceMember", { workspaceId, userId, role: "member" });
        const { of } = await doctor({}, "--state", state(["acme", "design", "member"]));
        expect(of("Not in the state")).toEqual([]);
    });

    test("of another service is not compared with this one", async () => {
        const { code, of } = await doctor({}, "--state", state(["acme"], [], "https://api.fast.io/"));
        expect(code).toBe(1);
        expect(of("State")).toMatchObject([
            { status: "ok" },
            { status: "wrong", text: expect.stringContaining("https://api.fast.io") },
        ]);
    });

    test("is told also without a credential, as far as the file goes", async () => {
        const operation = pending("creating", "Share", "q4", { workspaceId, title: "Q4 Report" });
        const { of } = await doctor({ FASTIO_TOKEN: "" }, "--state", state(["acme"], [operation]));
        expect(of("Pending")).toMatchObject([{ text: expect.stringContaining("whether it exists is not known") }]);
    });

    test.each([["no-such-file.json"], ["package.json"]])("%s is none", async (file) => {
        const { code, of } = await doctor({}, "--state", join(project.folder, file));
        expect(code).toBe(1);
        expect(of("State")).toMatchObject([
            { status: "wrong", text: expect.stringContaining("cannot be read as a stack export") },
        ]);
    });
});
