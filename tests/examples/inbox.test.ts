/** The example inbox on every engine that starts plugins, and with dynamic resources: up, unchanged, protected, down, and its README. */
import type { Engine } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

async function open(engine: Engine): Promise<Fixture> {
    const it_ = await openExample(engine, "inbox", { domain: { value: "acme" } });
    await it_.api("POST", "org/create/", { domain: "acme", name: "Acme" });
    return it_;
}

async function live(it_: Fixture): Promise<void> {
    expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 4 });
    expect((await it_.stack.preview()).changeSummary).toEqual({ same: 4 });
    await it_.stack.setConfig({ inUse: { value: "true" } });
    await it_.stack.up();
    await expect(it_.stack.destroy()).rejects.toThrow("because it is protected");
    expect(await it_.census()).toMatchObject({ workspaces: 1, shares: 1 });
    await it_.stack.setConfig({ inUse: { value: "false" } });
    await it_.stack.up();
    await it_.stack.destroy();
    expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 0, shares: 0, invitations: 0 });
}

test.each(availableEngines())("the example inbox lives as its README says, on $name", async (engine) => {
    const it_ = await open(engine);
    try {
        await live(it_);
        expect(notPrinted("inbox", it_.printed)).toEqual([]);
    } finally {
        await it_.close();
    }
});

test.each(availableEngines().slice(-1))("with the other import line it does the same, on $name", async (engine) => {
    const it_ = await open(engine);
    try {
        const settings = it_.project.read("Pulumi.yaml");
        const program = it_.project.read("index.js");
        it_.project.write({
            "Pulumi.yaml": settings.replace(/^plugins:.*/ms, ""),
            "index.js": program.replace("pulumi-fastio/plugin", "pulumi-fastio"),
        });
        await live(it_);
    } finally {
        await it_.close();
    }
});
