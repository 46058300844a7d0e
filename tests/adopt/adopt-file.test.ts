/** The command `adopt-file`: what it writes, prints and refuses. No engine is needed for it. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { saveAsset } from "../../provider/adopt/save-asset";
import { textAsset } from "../../provider/core/assets";
import { dynamicType } from "../../provider/dynamic/host-state";
import { type Project, prepareProject } from "../engines/project";
import { failureOf, Resource, refusal } from "../verbs/fixture";
import { type CommandResult, command, World } from "./world";

jest.setTimeout(60_000);

let world: World;
let project: Project;
let organizationId: string;
let workspaceId: string;

beforeAll(async () => {
    world = await World.open();
});
afterAll(() => world?.close());
beforeEach(async () => {
    await world.service.reset();
    world.process.troubles.length = 0;
    project = prepareProject({});
    organizationId = await world.make("org", "Organization", { domain: "acme", name: "Acme Deal" });
    workspaceId = await world.make("workspace", "Workspace", {
        organizationId,
        folderName: "acme-design",
        name: "Design",
    });
});
afterEach(() => project.remove());

interface Entry {
    type: string;
    name: string;
    id: string;
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
}

const run = (...args: string[]): Promise<CommandResult> =>
    command(project.folder, world.environment, "adopt-file", ...args);
const written = (file = "import.json") => JSON.parse(readFileSync(join(project.folder, file), "utf8"));
const entries = (file?: string): Entry[] => written(file).resources;

async function adopted(...args: string[]): Promise<CommandResult> {
    const result = await run(...args);
    expect({ args, ...result }).toMatchObject({ code: 0 });
    return result;
}

async function refused(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(...args);
    expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: "" });
    expect(() => written()).toThrow("ENOENT");
    return stderr;
}

test("by name as by id, in any spelling of the kind; the program alone is on standard output", async () => {
    const { stdout, stderr } = await adopted("workspace", "acme-design");
    expect(stdout).toBe(
        [
            `import * as fastio from "pulumi-fastio";`,
            ``,
            `const design = new fastio.Workspace("design", {`,
            `    organizationId: "${organizationId}",`,
            `    name: "Design",`,
            `    folderName: "acme-design",`,
            `}, { protect: true });`,
            ``,
        ].join("\n"),
    );
    expect(stderr).toContain("pulumi import --file import.json --generate-code=false");
    expect(entries()).toEqual([
        expect.objectContaining({
            type: "pulumi-nodejs:dynamic/fastio:Workspace",
            name: "design",
            id: workspaceId,
            inputs: expect.objectContaining({
                organizationId,
                intelligence: false,
                __provider: `exports.handler = () => require("pulumi-fastio/runtime").provider("Workspace");`,
            }),
            outputs: expect.objectContaining({
                __service: new URL(world.service.baseUrl).origin,
                __inputs: { "4dabf18193072939515e22adb298388d": expect.any(String), plaintext: expect.any(String) },
            }),
        }),
    ]);
});

test("further calls add to the file, and what refers to what is seen then", async () => {
    await adopted("Workspace", workspaceId);
    expect((await adopted("Organization", "acme")).stdout).toMatch(
        /const acmeDeal = new fastio\.Organization\("acme-deal".*organizationId: acmeDeal\.id,/s,
    );
    // What is adopted again keeps its name and takes its new look.
    await world.service.api("POST", `workspace/${workspaceId}/update/`, { name: "Design and build" });
    const { stdout } = await adopted("Workspace", workspaceId);
    expect(stdout).toMatch(/Workspace\("design", {\n {4}organizationId: acmeDeal.id,\n {4}name: "Design and build"/);
    expect(entries()).toHaveLength(2);
});

test("entries of others in the file stay as they are", async () => {
    const placeholder = { type: "random:index/randomPet:RandomPet", name: "pet", id: "<PLACEHOLDER>" };
    project.write({ "all.json": JSON.stringify({ nameTable: { a: "urn:a" }, resources: [placeholder] }) });
    const { stdout } = await adopted("Organization", "acme", "--out", "all.json", "--as", "company");
    expect(stdout).toContain(`const company = new fastio.Organization("company"`);
    expect(written("all.json").nameTable).toEqual({ a: "urn:a" });
    expect(entries("all.json")).toEqual([placeholder, expect.objectContaining({ name: "company" })]);
});

describe("a file of `pulumi preview --import-file`", () => {
    const waiting = (kind: string, name: string, more: object = {}) => {
        return { type: dynamicType(kind), name, id: "<PLACEHOLDER>", ...more };
    };
    const room = { type: "my:index:Room", name: "room", component: true };
    const preview = (...resources: object[]) => project.write({ "import.json": JSON.stringify({ resources }) });

    test("its entries are filled where they are, with the parents that they have, and what is left is named", async () => {
        preview(
            room,
            waiting("Organization", "org", { parent: "room" }),
            waiting("Organization", "other"),
            waiting("Workspace", "orgWorkspace", { logicalName: "org", parent: "org" }),
        );
        const first = await adopted("Organization", "acme", "--as", "org");
        expect(first.stdout).toContain(`new fastio.Organization("org", {`);
        expect(first.stdout).toContain("{ parent: room, protect: true }");
        expect(first.stderr).toMatch(
            /adopt-file Organization ID --as other\nnpx pulumi-fastio adopt-file Workspace ID --as orgWorkspace\n/,
        );
        const { stdout, stderr } = await adopted("Workspace", workspaceId, "--as", "org");
        expect(stdout).toContain(`new fastio.Workspace("org", {`);
        expect(stderr).not.toContain("adopt-file Workspace");
        expect(written().nameTable).toEqual({});
        expect(entries()).toMatchObject([
            room,
            { name: "org", id: organizationId, parent: "room", inputs: { domain: "acme" } },
            waiting("Organization", "other"),
            { name: "orgWorkspace", logicalName: "org", id: workspaceId, parent: "org", outputs: { name: "Design" } },
        ]);
        // What is filled already takes its new look in the same place.
        await world.service.api("POST", `workspace/${workspaceId}/update/`, { name: "Built" });
        await adopted("Workspace", workspaceId);
        expect(entries()[3]).toMatchObject({ name: "orgWorkspace", parent: "org", inputs: { name: "Built" } });
    });

    test("an id that somebody wrote into it, and an entry without the provider's text, find their place by the id", async () => {
        preview(
            waiting("Organization", "one", { id: organizationId }),
            waiting("Workspace", "two", { id: workspaceId, inputs: { name: "Design" }, outputs: {} }),
        );
        await adopted("Workspace", workspaceId);
        await adopted("Organization", "acme");
        expect(entries()).toMatchObject([
            { name: "one", inputs: { __provider: expect.any(String), domain: "acme" } },
            { name: "two", inputs: { __provider: expect.any(String), folderName: "acme-design" } },
        ]);
    });

    test("of two that have one name in the program, the name in the file tells which", async () => {
        preview(
            waiting("Workspace", "a", { logicalName: "design", parent: "room" }),
            waiting("Workspace", "b", { logicalName: "design" }),
        );
        const { code, stderr } = await run("Workspace", workspaceId, "--as", "design");
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("choose one with --as a, b") });
        await adopted("Workspace", workspaceId, "--as", "b");
        expect(entries()).toMatchObject([
            { name: "a", id: "<PLACEHOLDER>" },
            { name: "b", id: workspaceId },
        ]);
    });
});

test("what is not an import file is not touched", async () => {
    project.write({ "notes.json": `{"resources": 3}` });
    expect((await run("Organization", "acme", "--out", "notes.json")).stderr).toContain("no import file");
    expect(readFileSync(join(project.folder, "notes.json"), "utf8")).toBe(`{"resources": 3}`);
});

test("names: of two with one name the second gets a number, and one that is taken is refused", async () => {
    const other = await world.make("other", "Workspace", { organizationId, folderName: "acme-other", name: "Design" });
    const { stdout } = await adopted("Workspace", workspaceId, other);
    expect(stdout).toMatch(/const design = .*const design2 = new fastio\.Workspace\("design-2"/s);
    const third = await world.make("third", "Workspace", { organizationId, folderName: "acme-third", name: "Design" });
    const { code, stderr } = await run("Workspace", third, "--as", "design");
    expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining("another workspace under the name design"),
    });
    expect(entries()).toHaveLength(2);
});

test("everything that is not found is named, and nothing is written", async () => {
    const stderr = await refused("Workspace", "nobody-here", workspaceId, "1000000000000000009");
    expect(stderr).toMatch(/no workspace "nobody-here".*its 19-digit id or its folder name/);
    expect(stderr).toMatch(/no workspace "1000000000000000009"/);
    expect(stderr).not.toContain(workspaceId);
});

test("what a program cannot declare is refused, with the reason", async () => {
    const stderr = await refused("OrganizationMember", `${organizationId}/agent@example.com`);
    expect(stderr).toMatch(/a program cannot declare it. role: must be one of "admin", "member"/);
});

test("a name that a workspace and a share have lists both", async () => {
    const shareId = await world.make("share", "Share", { workspaceId, title: "Q4 Report", customName: "acme-design" });
    await world.make("legal", "Folder", { workspaceId, name: "Legal" });
    const stderr = await refused("Folder", "acme-design/Legal");
    expect(stderr).toContain(`the name of workspace ${workspaceId} and of share ${shareId}`);
    await adopted("Folder", `${workspaceId}/Legal`);
});

test("a path that several nodes have lists them", async () => {
    const node = (id: string) => ({ id, type: "folder", name: "Legal", parent: "root" });
    const items = ["2aaaa-bbbbb", "2cccc-ddddd"].map(node);
    const body = { result: true, nodes: { items, pagination: { has_more: false } } };
    world.process.troubles.push({ path: /storage\/Legal\/details/, how: refusal(404, 1609) });
    world.process.troubles.push({ path: /storage\/root\/list/, how: { status: 200, body } });
    const read = world.process.lifecycle.read({ kind: "Folder" }, `${workspaceId}/Legal`, { inputs: {}, outputs: {} });
    expect((await failureOf(read)).message).toContain(`${workspaceId}/2aaaa-bbbbb, ${workspaceId}/2cccc-ddddd`);
});

test.each([
    [["Workspaces", "1"], /there is no kind Workspaces; the kinds are Organization, Workspace, .*TransferToken/],
    [["Workspace"], /missing required argument 'id or name'/],
    [["Workspace", "1", "2", "--as", "w"], /'--as <name>' is for one thing/],
    [["Workspace", "1", "--parent", "room"], /'--parent <urn>' must be a URN/],
])("%j is a usage error", async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
});

test("without a credential it says where one is looked for", async () => {
    const { code, stderr } = await command(project.folder, {}, "adopt-file", "Organization", "acme");
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("Set FASTIO_TOKEN") });
});

test("a transfer token is in the file alone, which others may not read and which is to be deleted", async () => {
    const id = await world.make("token", "TransferToken", { organizationId });
    const { stdout, stderr } = await adopted("TransferToken", id);
    expect(stderr).toContain("import.json holds secrets in plain text: delete it after the import");
    expect(statSync(join(project.folder, "import.json")).mode & 0o777).toBe(0o600);
    const secret = String(world.made.token?.outputs.token);
    expect(stdout + stderr).not.toContain(secret);
    const [entry] = entries();
    expect(entry?.outputs.token).toEqual(expect.objectContaining({ plaintext: JSON.stringify(secret) }));
    expect(entry?.outputs.claimUrl).toEqual(expect.objectContaining({ plaintext: expect.any(String) }));
});

test("a password that there may be is named as something to fill in, and only there", async () => {
    const open = { workspaceId, shareType: "send", accessOptions: "Anyone with the link" };
    const first = await world.make("open", "Share", { ...open, title: "Open", password: "open sesame" });
    const second = await world.make("closed", "Share", { workspaceId, title: "Closed" });
    expect((await adopted("Share", first)).stdout).toMatch(/\/\/ password: config\.requireSecret.*fill it in/);
    expect((await adopted("Share", second, "--out", "second.json")).stdout).not.toContain("password");
});

test("with the older download switch off, the newer one is not declared beside it", async () => {
    const id = await world.make("share", "Share", { workspaceId, title: "Q4 Report" });
    await world.service.api("POST", `share/${id}/update/`, { download_enabled: "false", download_security: "high" });
    const { stdout } = await adopted("Share", id);
    expect(stdout).toContain("downloadEnabled: false");
    expect(stdout).not.toContain("downloadSecurity");
});

describe("bytes", () => {
    const content = "What we do.";
    const file = (name: string) => world.make(name, "File", { workspaceId, name, source: textAsset(content) });

    test("of a file are put into the project, and never over others", async () => {
        const id = await file("plan.txt");
        const path = "adopted/File/plan-txt/plan.txt";
        const { stdout, stderr } = await adopted("File", id);
        expect(stdout).toContain(`source: new pulumi.asset.FileAsset("${path}")`);
        expect(stderr).toContain(`The program needs ${path}`);
        expect(readFileSync(join(project.folder, path), "utf8")).toBe(content);
        await adopted("File", id);

        project.write({ [path]: "mine" });
        const again = await run("File", id);
        expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`${path} is there with other bytes`) });
        expect(readFileSync(join(project.folder, path), "utf8")).toBe("mine");
    });

    test("of a file whose name is a path somewhere else stay in the project", async () => {
        for (const name of ["../../../escape.txt", "..", "a\\b"]) {
            const saved = await saveAsset(project.folder, "File", name, async (part) => {
                writeFileSync(part, name);
                return name;
            });
            expect(String(saved?.path)).toMatch(/^adopted\/File\/[a-z-]+\/[^/\\]+$/);
            expect(readFileSync(join(project.folder, String(saved?.path)), "utf8")).toBe(name);
        }
    });
});

test.each(["Folder", "Workspace", "Share"])(
    "the command that an error about a %s names works as it is printed",
    async (kind) => {
        const args: Record<string, Record<string, unknown>> = {
            Folder: { workspaceId, name: "Legal" },
            Workspace: { organizationId, folderName: "acme-build", name: "Build" },
            Share: { workspaceId, title: "Q4 Report", customName: "acme-q4-report" },
        };
        const id = await world.make("first", kind, args[kind] ?? {});
        if (kind === "Workspace") {
            await world.service.api("POST", `workspace/${id}/storage/root/createnote/`, { name: "a.md", content: "A" });
        }
        if (kind === "Share") {
            await world.service.api("POST", `share/${id}/storage/root/createnote/`, { name: "a.md", content: "A" });
        }
        const error = await failureOf(
            new Resource(kind, "second", dynamicType(kind)).up(world.process, args[kind] ?? {}),
        );
        const [, line = ""] = /npx pulumi-fastio (adopt-file .*?)\. /.exec(error.message) ?? [];
        const { code, stdout } = await command(project.folder, world.environment, ...line.split(" "));
        expect({ line, code, stdout }).toMatchObject({
            code: 0,
            stdout: expect.stringMatching(`new fastio.${kind}\\(\\s*"second"`),
        });
        expect(entries()).toMatchObject([{ id }]);
    },
);
