// Import files: what exists is taken into the state in full, and the program that declares it changes nothing.

import type { ImportedResource } from ".";
import { Toy, thing, type, urn } from "./testdata/toy-service";

jest.setTimeout(120_000);

const __provider = 'exports.handler = () => require(process.cwd() + "/kind.js").provider("Thing");';
const hidden = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: '"hunter2"',
};

function found(name: string, more: Partial<ImportedResource> = {}): ImportedResource {
    const inputs = { name, password: hidden, __provider };
    return { type: `${type}:Thing`, name, id: `${name}-7`, inputs, outputs: { ...inputs, label: "found" }, ...more };
}

test.concurrent("what is imported is there, and a preview of its program is empty", async () => {
    const toy = new Toy();
    const inside = "urn:pulumi:dev::toy::toy:index:Group::room";
    const resources = [
        { type: "toy:index:Group", name: "room", component: true },
        found("w", { parent: "room" }),
        found("v", { parent: "hall", name: "n", logicalName: "v" }),
    ];
    const imported = await toy.open({}).import({ resources, nameTable: { hall: inside } });
    expect(imported.summary.resourceChanges).toEqual({ create: 1, import: 3 });
    expect(imported.stdout).toMatch(/ = {2}\S+ w imported \(/);
    expect(toy.calls()).toEqual(["check w", "check v"]);
    const { w, v } = await toy.state();
    expect(w).toMatchObject({ id: "w-7", protect: true, parent: inside, outputs: { label: "found" } });
    expect(JSON.stringify([w, v])).not.toContain("hunter2");

    const secret = { password: { secret: "hunter2" } };
    const room = { name: "room", kind: "Group" };
    const program = {
        resources: [
            room,
            thing("w", secret, { parent: "$room", protect: true }),
            thing("v", secret, { parent: "$room" }),
        ],
    };
    const { stdout } = await toy.run("preview", program);
    expect(stdout).toContain(`${type}:Thing v  [diff: ~protect]\n`);
    expect(stdout).toContain("    4 unchanged\n");
});

test.concurrent("what cannot be imported is refused with the reason, and nothing is", async () => {
    const toy = new Toy();
    const importing = (resource: ImportedResource) => toy.open({}).import({ resources: [found("w"), resource] });
    const { outputs: _, ...bare } = found("b");
    await expect(importing(bare)).rejects.toThrow("'b' needs `inputs` and `outputs`, each with the provider's text");
    await expect(importing(found("b", { parent: "x" }))).rejects.toThrow("its parent 'x' is neither in `nameTable`");
    await expect(importing({ type: "aws:s3/bucket:Bucket", name: "b" })).rejects.toThrow("the provider plugin `aws`");
    const open = { ...hidden, plaintext: undefined, value: "hunter2" };
    await expect(importing(found("b", { inputs: { __provider: "", open } }))).rejects.toThrow("needs `plaintext`");
    expect(toy.calls()).toEqual([]);
    await toy.open({}).import({ resources: [found("w")], protect: false });
    await expect(toy.open({}).import({ resources: [found("w")] })).rejects.toThrow(
        `${urn("w")} is in the stack already`,
    );
    expect((await toy.state()).w).not.toHaveProperty("protect");
});
