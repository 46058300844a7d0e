/** Imports through the plugin: reads of what no state knows yet, by every name that a kind is found by, and `pulumi import`. */

import { resources, resourcesByKind } from "../../provider/resources";
import { World } from "../adopt/world";
import { prepareProject } from "../engines/project";
import { missingHost, testUnless, Workstation } from "../engines/workstation";
import { pluginSettings } from "../lifecycle/fixture";
import { Caller, type CallFailure, type State, urnOf } from "./caller";

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

const read = (kind: string, id: string) => plugin.read(urnOf(kind), { id, inputs: {}, outputs: {} });

async function found(kind: string, id: string): Promise<State> {
    const state = await read(kind, id);
    if (state === undefined) throw new Error(`${kind} ${id} counts as gone`);
    return state;
}

async function failureOf(kind: string, id: string): Promise<CallFailure> {
    return read(kind, id).then(
        () => Promise.reject(new Error(`${kind} ${id} was found`)),
        (error: CallFailure) => error,
    );
}

describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
    test("by id: what a program that says the same would have, in every shape", async () => {
        const ids = world.idsOf(kind);
        expect(ids.length).toBeGreaterThan(1);
        for (const id of ids) {
            const state = await found(kind, id);
            expect(state.id).toBe(id);
            // The engine keeps the inputs as they are read, and the program is made of them.
            const { inputs, failures } = await plugin.check(urnOf(kind), state.inputs, state.inputs);
            expect(failures).toEqual([]);
            const difference = await plugin.diff(urnOf(kind), state, inputs);
            expect(difference).toMatchObject({ changes: false, details: {} });
            // And the next refresh finds it so.
            expect(await plugin.read(urnOf(kind), state)).toEqual(state);
        }
    });

    test("a wrong id says what was looked for, where, and how it is found", async () => {
        const { noun, importedBy } = resourcesByKind.get(kind) ?? { noun: "", importedBy: "" };
        const [made = ""] = world.idsOf(kind);
        const wrong = made.replace(/\d{19}/, "1000000000000000009");
        const { message } = await failureOf(kind, wrong);
        expect(message).toContain(`no ${noun} "${wrong}" on ${new URL(world.service.baseUrl).origin}`);
        expect(message).toContain(importedBy);
    });
});

/** The names by which people know the things of the world; `$` stands for an id in it. */
const names: [kind: string, name: string, made: string][] = [
    ["Organization", "acme", "org"],
    ["Workspace", "acme-design", "workspace"],
    ["Share", "acme-q4-report", "share"],
    ["Folder", "$workspace/Legal/Contracts", "contracts"],
    ["Folder", "acme-design/Legal", "legal"],
    ["Folder", "$share/Inbox", "full-inbox"],
    ["File", "$workspace/Legal/Contracts/plan.txt", "file"],
    ["OrganizationMember", "$org/Ann@Example.com", "org-member"],
    ["WorkspaceMember", "$workspace/STRANGER@example.com", "workspace-member"],
    ["OrganizationBranding", "acme", "org-branding"],
    ["WorkspaceBranding", "acme-design", "workspace-branding"],
    ["ShareBranding", "acme-q4-report", "share-branding"],
];

const withIds = (name: string) => name.replace(/\$([\w-]+)/, (_, parent: string) => world.id(parent));

test.each(names)("%s by name: %s", async (kind, name, made) => {
    const named = withIds(name);
    expect(await found(kind, named)).toEqual(await found(kind, world.id(made)));
    expect((await found(kind, named)).id).toBe(world.id(made));
});

test("a member by user id is declared by user id", async () => {
    const { id, inputs } = await found("ShareMember", world.id("full-viewer"));
    expect(inputs).toMatchObject({ userId: id.split("/")[1], role: "view" });
    expect(inputs).not.toHaveProperty("email");
});

test.each(names)("%s by a name that nothing has: %s", async (kind, name) => {
    const wrong = withIds(name).replace(/\w+(?=(@example.com|\.txt)?$)/i, "nothing-here");
    expect((await failureOf(kind, wrong)).message).toMatch(/^.*there is no .*nothing-here.* on http:\/\/127/s);
});

testUnless(
    missingHost("nodejs"),
    "the program that `pulumi import` writes previews empty, for every kind",
    async () => {
        const everything = Object.entries(world.made).map(([name, { kind, ownId }]) => ({ kind, name, id: ownId }));
        // By name where there is one, the rest by id.
        const called = new Map(names.map(([, name, made]) => [made, withIds(name)]));
        const imported = everything.map(({ kind, name, id }) => ({
            type: `fastio:index:${kind}`,
            name,
            id: called.get(name) ?? id,
        }));
        const project = prepareProject({
            files: {
                "Pulumi.yaml": `name: imported\nruntime: nodejs\n${pluginSettings}`,
                "tsconfig.json": "{}",
                "import.json": JSON.stringify({ resources: imported }),
                // The bytes, which the program needs under the names that the files have.
                "plan.txt": "What we do.",
                "what_is_.txt": "What we do.",
            },
        });
        const machine = await Workstation.open(project.folder);
        try {
            const run = (command: string) => machine.shell(command, world.environment);
            await run("pulumi stack init dev");
            const report = await run("pulumi import --file import.json --yes --skip-preview --out index.ts");
            expect(report).toContain(`= ${imported.length} imported`);
            expect(report).not.toMatch(/warning/);
            const requests = await world.service.requestsOf(async () => {
                const preview = await run("pulumi preview");
                expect(preview).toContain(`${imported.length + 1} unchanged`);
                expect(preview).not.toMatch(/\[diff/);
            });
            expect(requests).toEqual([]);
            await expect(run("pulumi import fastio:index:Workspace nothing no-such-name --yes")).rejects.toThrow(
                /no workspace "no-such-name" on http.*19-digit id or its folder name/s,
            );
        } finally {
            await machine.close();
            project.remove();
        }
    },
);

test("a name that several things have lists them", async () => {
    const workspaceId = world.id("workspace");
    const shareId = await world.make("namesake", "Share", { workspaceId, title: "Design", customName: "acme-design" });
    const { FASTIO_BASE_URL: baseUrl, FASTIO_TOKEN: token } = world.environment;
    const other = await Caller.start({ baseUrl, token });
    const asked = other.read(urnOf("Folder"), { id: "acme-design/Legal", inputs: {}, outputs: {} });
    const message = await asked.then(String, (error: CallFailure) => error.message);
    await other.close();
    expect(message).toContain(`the name of workspace ${workspaceId} and of share ${shareId}`);
});

test("a name that no file can have is another one in the program", async () => {
    const workspaceId = world.id("workspace");
    const source = world.text("What we do.");
    const id = await world.make("strange", "File", { workspaceId, name: "what*is?.txt", source });
    expect((await found("File", id)).inputs.source).toMatchObject({ path: "what_is_.txt" });
});
