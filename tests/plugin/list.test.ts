/** `List` of the plugin: every kind that the service lists, by parent, in pages, and as `pulumi do … list` asks for it. */
import { join } from "node:path";
import { resources } from "../../provider/resources";
import schema from "../../schema.json";
import { World } from "../adopt/world";
import { repository } from "../docs/markdown";
import { prepareProject } from "../engines/project";
import { missingHost, testUnless, Workstation } from "../engines/workstation";
import { Caller, unknown } from "./caller";

jest.setTimeout(60_000);

let world: World;
let plugin: Caller;

beforeAll(async () => {
    world = await World.open();
    await world.populate();
    const { FASTIO_BASE_URL: baseUrl, FASTIO_TOKEN: token } = world.environment;
    plugin = await Caller.start({ baseUrl, token });
});
afterAll(async () => {
    await plugin?.close();
    await world?.close();
});

const token = (kind: string) => `fastio:index:${kind}`;
const ids = ({ found }: { found: { id: string }[] }) => found.map(({ id }) => id);
const listable = resources.filter(({ list }) => list !== undefined);

test("every kind of which there can be several under a parent has a list", () => {
    const others = resources.filter(({ list }) => list === undefined).map(({ kind }) => kind);
    expect(others).toEqual(["OrganizationBranding", "WorkspaceBranding", "ShareBranding"]);
});

test("the schema has list inputs for these and for no others", () => {
    const specs: Record<string, object> = schema.resources;
    const names = Object.keys(specs).filter((name) => "listInputs" in (specs[name] ?? {}));
    expect(names.sort()).toEqual(listable.map(({ kind }) => token(kind)).sort());
});

describe.each(listable.map(({ kind }) => kind))("%s", (kind) => {
    test("all that the account can see, each with an id that a read takes", async () => {
        const { found, next } = await plugin.list(token(kind));
        expect(next).toBe("");
        // A list names people by e-mail, also those whom a program declares by user id.
        const [, bob = ""] = world.id("full-viewer").split("/");
        const made = world.idsOf(kind).map((id) => id.replace(bob, "bob@example.com"));
        expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
        for (const { id } of found) {
            const urn = `urn:pulumi:dev::p::${token(kind)}::x`;
            expect((await plugin.read(urn, { id, inputs: {}, outputs: {} }))?.id).toBe(id);
        }
    });

    test("pages of one hold the same, each once", async () => {
        const whole = ids(await plugin.list(token(kind)));
        const paged: string[] = [];
        for (let from: string | undefined = ""; from !== undefined; ) {
            const page = await plugin.list(token(kind), {}, { pageSize: 1, from });
            expect(page.found.length).toBe(1);
            paged.push(...ids(page));
            from = page.next || undefined;
        }
        expect(paged).toEqual(whole);
    });

    test("what it does not know is refused by name", async () => {
        await expect(plugin.list(token(kind), { colour: "red" })).rejects.toThrow(/colour is unknown/);
    });
});

test("under one parent only", async () => {
    const { found } = await plugin.list(token("Workspace"), { organizationId: world.id("org") });
    expect(found).toEqual([{ id: world.id("workspace"), name: expect.any(String) }]);
    expect(found[0]?.name).not.toBe("");
});

test("in one folder only", async () => {
    const query = { workspaceId: world.id("workspace"), folderId: world.id("contracts") };
    expect(ids(await plugin.list(token("File"), query))).toEqual([world.id("file")]);
    expect(ids(await plugin.list(token("File"), { ...query, folderId: world.id("legal") }))).toEqual([]);
});

test("a limit ends the list, whether it is repeated with every page or counted down", async () => {
    const whole = ids(await plugin.list(token("Folder")));
    expect(whole.length).toBeGreaterThan(3);
    expect(await plugin.list(token("Folder"), {}, { limit: 2 })).toMatchObject({ next: "" });
    const first = await plugin.list(token("Folder"), {}, { limit: 3, pageSize: 2 });
    for (const limit of [3, 1]) {
        const second = await plugin.list(token("Folder"), {}, { limit, pageSize: 2, from: first.next });
        expect([...ids(first), ...ids(second)]).toEqual(whole.slice(0, 3));
        expect(second.next).toBe("");
    }
});

test("a query with an unknown value is answered as unknown, without a call", async () => {
    const requests = await world.service.requestsOf(async () => {
        expect(await plugin.list(token("Workspace"), { organizationId: unknown })).toMatchObject({
            computed: true,
            found: [],
        });
    });
    expect(requests).toEqual([]);
});

test.each([
    ["Workspace", { organizationId: "acme" }, {}, /organizationId must be the 19-digit id/],
    [
        "Folder",
        { workspaceId: "1".repeat(19), shareId: "2".repeat(19) },
        {},
        /workspaceId cannot be given together with shareId/,
    ],
    ["ShareBranding", {}, {}, /has no list of/],
    ["Nothing", {}, {}, /no resource/],
    ["Workspace", {}, { from: "elsewhere" }, /continuation token/],
])("%s %j %j is refused", async (kind, query, options, reason) => {
    await expect(plugin.list(token(kind), query, options)).rejects.toThrow(reason);
});

test("a parent that is not there is an error, not an empty list", async () => {
    await expect(plugin.list(token("Workspace"), { organizationId: "1000000000000000009" })).rejects.toThrow();
});

testUnless(missingHost("nodejs"), "`pulumi do fastio:index:Workspace list` prints them", async () => {
    const project = prepareProject({ files: { "Pulumi.yaml": "name: listed\nruntime: nodejs\n" } });
    const machine = await Workstation.open(project.folder);
    try {
        const path = join(repository, "dist/pulumi-resource-fastio/pulumi-resource-fastio");
        const list = async (kind: string, flags = "") =>
            JSON.parse(
                await machine.shell(
                    `pulumi do --package ${path} ${token(kind)} list ${flags} 2>/dev/null`,
                    world.environment,
                ),
            );
        expect(await list("Workspace")).toEqual((await plugin.list(token("Workspace"))).found);
        const organizationId = world.id("org");
        expect(await list("Workspace", `--organization-id ${organizationId}`)).toEqual(
            (await plugin.list(token("Workspace"), { organizationId })).found,
        );
        expect(await list("Organization", "--count 1")).toHaveLength(1);
    } finally {
        await machine.close();
        project.remove();
    }
});
