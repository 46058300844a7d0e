/** Functions in programs, on every engine: what they answer feeds resources, in a preview and in an update. */
import { createEmulator, type Emulator } from "../../emulator";
import type { EngineStack } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { type Project, prepareProject } from "../engines/project";

jest.setTimeout(120_000);

const program = `
const pulumi = require("@pulumi/pulumi");
const fastio = require("pulumi-fastio");

const config = new pulumi.Config();
const loaded = () => Object.keys(require.cache).filter((file) => /dist.runtime\\.js$/.test(file)).length;
exports.loadedBefore = loaded();
const company = fastio.getOrganizationOutput({ domain: config.require("domain") });
const design = new fastio.Workspace("design", { organizationId: company.id, name: "Design" });
exports.organizationId = design.organizationId;
exports.named = fastio.getWorkspaceOutput({ id: design.id }).name;
exports.hidden = fastio.getOrganizationOutput({ domain: pulumi.secret(config.require("domain")) }).name;
exports.user = fastio.getCurrentUser().then(({ email }) => email);
`;

describe.each(availableEngines())("functions on $name", (engine) => {
    let emulator: Emulator;
    let project: Project;
    let stack: EngineStack;
    let baseUrl: string;
    let organizationId: string;

    beforeAll(async () => {
        emulator = createEmulator({ seed: 5 });
        ({ baseUrl } = await emulator.listen({ port: 0 }));
        const made = await fetch(new URL("org/create/", baseUrl), {
            method: "POST",
            headers: { Authorization: `Bearer ${emulator.token}` },
            body: new URLSearchParams({ domain: "acme", name: "Acme" }),
        });
        organizationId = ((await made.json()) as { org: { id: string } }).org.id;
        project = prepareProject({
            files: {
                "Pulumi.yaml": "name: functions\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
                "index.js": program,
            },
        });
        stack = await engine.open({
            project: project.folder,
            config: {
                "fastio:token": { value: emulator.token, secret: true },
                "fastio:baseUrl": { value: baseUrl },
                "functions:domain": { value: "acme" },
            },
        });
    });
    afterAll(async () => {
        await stack?.close();
        project?.remove();
        await emulator?.close();
    });

    async function requests(): Promise<string[]> {
        const answer = await fetch(new URL("/_emulator/ledger", baseUrl));
        const { entries } = (await answer.json()) as { entries: { method: string; path: string }[] };
        return entries.map(({ method, path }) => `${method} ${path}`);
    }

    test("a preview looks up what it can, and calls nothing for what is not known", async () => {
        const before = (await requests()).length;
        expect((await stack.preview()).changeSummary).toMatchObject({ create: 2 });
        const made = (await requests()).slice(before);
        expect(made).toContainEqual(expect.stringMatching(/^GET .*org\/acme\/details/));
        expect(made.filter((request) => !/^GET .*(org\/acme|user\/me)\/details/.test(request))).toEqual([]);
    });

    test("an update makes what the preview showed, and what came of secret arguments is secret", async () => {
        const { stdout, stderr } = await stack.up();
        expect(await stack.outputs()).toMatchObject({
            loadedBefore: { value: 0 },
            organizationId: { value: organizationId, secret: false },
            named: { value: "Design", secret: false },
            hidden: { value: "Acme", secret: true },
            user: { value: "agent@example.com" },
        });
        expect(stdout + stderr).not.toContain(emulator.token);
        expect((await stack.preview()).changeSummary).toEqual({ same: 2 });
    });

    test("what is not found ends the program with a message that says what was looked for", async () => {
        await stack.setConfig({ "functions:domain": { value: "nobody" } });
        const failure = await stack.preview().then(String, String);
        expect(failure).toContain('there is no organization with the domain "nobody" that this account can see');
        expect(failure).not.toContain("runtime.js");
        expect(failure).not.toContain(emulator.token);
    });
});
