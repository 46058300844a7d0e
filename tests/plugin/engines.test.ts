/** What only a plugin can do, and the way from one front-end to the other, on every engine that starts plugins. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { availableEngines, pulumiCli } from "../engines/engines";
import { Fixture, pluginSettings } from "../lifecycle/fixture";

jest.setTimeout(240_000);

const settings = `name: plugin\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n${pluginSettings}`;
const program = (entry: string, body: string) =>
    `const pulumi = require("@pulumi/pulumi");\nconst fastio = require("${entry}");\n${body}`;
const everything = `
class Group extends pulumi.ComponentResource {
    constructor(name) { super("my:index:Group", name); }
}
const company = new fastio.Organization("company", { domain: "acme", name: "Acme" });
const design = new fastio.Workspace("design", { organizationId: company.id }, { parent: new Group("group") });
const share = new fastio.Share("report", {
    workspaceId: design.id, title: "Report", shareType: "send",
    accessOptions: "Anyone with the link", password: "canary-of-a-share",
}, { parent: design });
new fastio.File("plan", { workspaceId: design.id, name: "plan.txt", source: new pulumi.asset.StringAsset("A plan.") });
exports.token = new fastio.TransferToken("handover", { organizationId: company.id }).token;
exports.name = fastio.getWorkspaceOutput({ id: design.id }).name;`;

const writes = (requests: { effect: string }[]) =>
    requests.filter(({ effect }) => effect !== "read" && effect !== "none");

describe.each(availableEngines())("the plugin on $name", (engine) => {
    let it_: Fixture;

    beforeEach(async () => {
        it_ = await Fixture.open(engine, undefined, { files: { "Pulumi.yaml": settings, "index.js": "" } });
    });
    afterEach(() => it_.close());

    const write = (entry: string, body: string) => it_.project.write({ "index.js": program(entry, body) });

    test.each([
        ["dynamic resources to the plugin", "pulumi-fastio", "pulumi-fastio/plugin"],
        ["the plugin to dynamic resources", "pulumi-fastio/plugin", "pulumi-fastio"],
    ])("a stack moves from %s with the import line, and no remote object is touched", async (_way, from, to) => {
        write(from, everything);
        await it_.stack.up();
        write(to, everything);
        const requests = await it_.requestsOf(async () => {
            const { summary } = await it_.stack.up();
            expect(Object.keys(summary.resourceChanges ?? {})).not.toContain("create");
            expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
            expect(Object.keys((await it_.stack.refresh()).summary.resourceChanges ?? {})).toEqual(["same"]);
            expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
        });
        expect(writes(requests)).toEqual([]);
        expect(JSON.stringify(await it_.stack.exportStack())).not.toContain("canary-of-a-share");
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    });

    test("two providers are two accounts, and get uses what exists", async () => {
        const { token } = await it_.control<{ token: string }>("POST", "accounts", {
            email: "client@example.com",
            accountType: "agent",
        });
        const { org } = await it_.api("POST", "org/create/", { domain: "theirs", name: "Theirs" }, token);
        write(
            "pulumi-fastio/plugin",
            `const client = new fastio.Provider("client", { token: ${JSON.stringify(token)} });
             new fastio.Workspace("mine", { organizationId: new fastio.Organization("acme", { domain: "acme", name: "Acme" }).id });
             const theirs = fastio.Organization.get("theirs", "${org.id}", { provider: client });
             new fastio.Workspace("theirs", { organizationId: theirs.id }, { provider: client });
             exports.who = pulumi.all([fastio.getCurrentUserOutput(), fastio.getCurrentUserOutput({ provider: client })])
                 .apply((people) => people.map(({ email }) => email));
             exports.name = theirs.name;`,
        );
        await it_.stack.up();
        const outputs = await it_.stack.outputs();
        expect(outputs.who?.value).toEqual(["agent@example.com", "client@example.com"]);
        expect(outputs.name?.value).toBe("Theirs");
        expect(JSON.stringify(await it_.stack.exportStack())).not.toContain(token);
        const { workspaces } = await it_.census();
        expect(workspaces).toBe(2);
        await it_.stack.destroy();
        expect(await it_.api("GET", `org/${org.id}/details/`, undefined, token)).toMatchObject({
            org: { name: "Theirs" },
        });
    });

    test("a kind is imported by its natural name, and the program that says the same previews empty", async () => {
        const { org } = await it_.api("POST", "org/create/", { domain: "acme", name: "Acme" });
        const form = { folder_name: "acme-design", name: "Design", intelligence: "false" };
        await it_.api("POST", `org/${org.id}/create/workspace/`, form);
        await it_.stack.import({
            resources: [{ type: "fastio:index:Workspace", name: "design", id: "acme-design" }],
            protect: false,
            generateCode: false,
        });
        write(
            "pulumi-fastio/plugin",
            `new fastio.Workspace("design", { organizationId: "${org.id}", name: "Design", folderName: "acme-design" });`,
        );
        expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
        expect(JSON.stringify(await it_.stack.exportStack())).toMatch(/"id":"\d{19}","type":"fastio:index:Workspace"/);
        const missing = { type: "fastio:index:Workspace", name: "nothing", id: "no-such-name" };
        await expect(it_.stack.import({ resources: [missing], generateCode: false })).rejects.toThrow(
            /no workspace "no-such-name" on http.*19-digit id or its folder name/s,
        );
    });
});

const cli = pulumiCli();
(cli ? test : test.skip)("the schema is valid for the CLI, and an SDK can be made of it", async () => {
    const plugin = join(__dirname, "../../dist/pulumi-resource-fastio/pulumi-resource-fastio");
    const run = (...args: string[]) =>
        promisify(execFile)(cli?.path ?? "", ["package", ...args], {
            env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_CONFIG_PASSPHRASE: "" },
            maxBuffer: 16 * 1024 * 1024,
        });
    const { stdout } = await run("get-schema", plugin);
    const schema = JSON.parse(stdout) as { resources: Record<string, unknown>; functions: Record<string, unknown> };
    expect(Object.keys(schema.resources)).toContain("fastio:index:Workspace");
    expect(Object.keys(schema.functions)).toContain("fastio:index:getWorkspace");
});
