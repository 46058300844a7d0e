import { type StackState, StateWriter } from "./deployment-state";
import { type Properties, secret } from "./values";

const writer = new StateWriter("passphrase");

/** Resources of these names, as a state that is read has them. */
async function resources(...names: string[]) {
    const resources = names.map((name) => ({
        urn: `urn:pulumi:dev::project::fastio:index:Workspace::${name}`,
        type: "fastio:index:Workspace",
        custom: true,
        id: "1",
        inputs: { name },
    }));
    const state = await writer.read({ version: 3, deployment: { resources } });
    for (const one of state.resources) one.inputs = { ...one.inputs, token: secret("tok") };
    return state.resources;
}

test("what was changed since it was last written is written anew, and nothing else is", async () => {
    const state: StackState = { resources: await resources("one", "other"), pendingOperations: [] };
    const written = async () => (await writer.write(state)).deployment.resources as Properties[];
    const [, before] = await written();
    const [one] = state.resources;
    if (one === undefined) throw new Error("nothing to change");
    one.outputs = { url: "https://acme.fast.io/" };
    one.delete = true;
    const [changed, after] = await written();
    expect(changed).toMatchObject({ delete: true, outputs: { url: "https://acme.fast.io/" } });
    expect(after).toEqual(before);
    // What an export hands out is the caller's own.
    Object.assign(changed ?? {}, { id: "2" });
    expect((await written())[0]).toMatchObject({ id: "1" });
});

test("what is under way stands beside the resources, as an export has it", async () => {
    const made = await resources("one");
    const under = made.map((resource) => ({ resource, type: "creating" as const }));
    const { deployment } = await writer.write({ resources: [], pendingOperations: under });
    expect(deployment).not.toHaveProperty("resources");
    expect(deployment.pending_operations).toMatchObject([{ resource: { urn: made[0]?.urn }, type: "creating" }]);
    const { pendingOperations } = await writer.read({ version: 3, deployment });
    expect(pendingOperations).toEqual(under);
});
