/** Imports by id or by name: the canonical id, and inputs under which the program shows no difference. */
import { inputsOf } from "../../provider/core/state";
import { resourcesByKind } from "../../provider/resources";
import { failureOf, Process, Resource, Service } from "./fixture";

let service: Service;
let process: Process;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
// A process remembers the names that it gave; after a reset it would give another one.
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => process.close());

const nothing = { inputs: {}, outputs: {} };

test.each(["id", "domain"] as const)("an organization by its %s", async (key) => {
    const args = { domain: "acme", name: "Acme", description: "Acme builds rockets.", ownerDefined: { a: [1] } };
    const made = new Resource("Organization");
    await made.up(process, args);
    const named = key === "id" ? made.ownId : "acme";
    const read = await process.lifecycle.read({ kind: "Organization" }, named, nothing);
    expect(read).toMatchObject({ id: made.id, inputs: args });
    // What this program has made above it, an import cannot know.
    expect({ ...read?.outputs, __place: made.outputs.__place }).toEqual(made.outputs);
});

test.each(["id", "folderName"] as const)(
    "a workspace by its %s, with the organization that it belongs to",
    async (key) => {
        const { id: organizationId } = await service.organization("acme");
        const made = new Resource("Workspace");
        await made.up(process, { organizationId, archived: true });
        const named = key === "id" ? made.ownId : String(made.outputs.folderName);
        const read = await process.lifecycle.read({ kind: "Workspace" }, named, nothing);
        expect(read).toMatchObject({ id: made.id, inputs: { organizationId, archived: true, intelligence: false } });
        const { differences } = process.lifecycle.diff(
            { kind: "Workspace" },
            made.ownId,
            { inputs: read?.inputs ?? {}, outputs: read?.outputs ?? {} },
            made.known.inputs,
        );
        expect(differences).toEqual([]);
    },
);

test.each(["Organization", "Workspace"])("a name that no %s has", async (kind) => {
    const read = process.lifecycle.read({ kind }, "nothing-here", nothing);
    expect(await read).toBeUndefined();
});

test("a workspace of strangers is a denial, not an absence", async () => {
    const { token } = await service.account("stranger@example.com");
    const { id } = await service.organization("strangers", token);
    await service.workspace(id, "their-own", token);
    const { message } = await failureOf(process.lifecycle.read({ kind: "Workspace" }, "their-own", nothing));
    expect(message).toMatch(/HTTP 401, code (1680|10545)/);
});

test("a transfer token by organization and token id", async () => {
    const { id: organizationId } = await service.organization("acme");
    const made = new Resource("TransferToken");
    await made.up(process, { organizationId });
    const read = await process.lifecycle.read({ kind: "TransferToken" }, made.ownId, nothing);
    expect(read).toMatchObject({ id: made.id, inputs: { organizationId }, outputs: { status: "active" } });
});

test("inputs of an import hold nothing that is no input", () => {
    for (const definition of resourcesByKind.values()) {
        const inputs = inputsOf(definition, { created: "x", url: "x", status: "x" });
        expect(Object.keys(inputs).filter((name) => !(name in definition.inputs.shape))).toEqual([]);
    }
});
