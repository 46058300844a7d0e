// Options of resources: what each changes in the calls, in the state, and in what happens to others.

import { readFileSync, writeFileSync } from "node:fs";
import { Toy, thing, type, urn } from "./testdata/toy-service";

jest.setTimeout(120_000);

const group = (name: string, inputs: object, options: object = {}) => ({ name, kind: "Group", inputs, ...options });

test.concurrent("renamed in the program with an alias, a resource is kept; without one it is made again", async () => {
    const toy = new Toy();
    await toy.run("up", { resources: [thing("old", { name: "x" }), thing("user", { of: "$old.id" })] });
    const renamed = {
        resources: [
            thing("new", { name: "x" }, { aliases: [{ name: "old" }] }),
            thing("user", { of: "$new.id" }, { aliases: [urn("nobody")] }),
        ],
    };
    expect((await toy.run("preview", renamed)).stdout).toContain("    3 unchanged\n");
    const { calls } = await toy.run("up", renamed);
    expect(calls).toEqual(["check x", "diff x", "check user", "diff user"]);
    const state = await toy.state();
    expect(state).not.toHaveProperty("old");
    expect(state.new).toMatchObject({ id: "thing-1", urn: urn("new") });
    expect(state.user).toMatchObject({ dependencies: [urn("new")], propertyDependencies: { of: [urn("new")] } });

    // What the run does not reach refers to the new name, too.
    const failed = await toy.run(
        "up",
        { resources: [thing("newer", { name: "x" }, { aliases: [{ name: "new" }] }), thing("bad", { name: "" })] },
        {},
    );
    expect(failed.ok).toBe(false);
    expect((await toy.state()).user).toMatchObject({ dependencies: [expect.stringMatching(/new(er)?$/)] });

    const forgotten = await toy.run("up", { resources: [thing("newest", { name: "x" })] });
    expect(forgotten.calls).toEqual(["check x", "create x", "delete user", "delete x"]);
});

test.concurrent("a project and a stack that have got other names: resources are found by an alias for it", async () => {
    const toy = new Toy();
    const before = { resources: [thing("a"), thing("b"), thing("c")] };
    await toy.run("up", before);
    toy.calls();
    const state = readFileSync(toy.stateFile, "utf8");
    const home = "urn:pulumi:dev::toy::";
    const moved = (name: string, former: string) => (text: string) =>
        text.replaceAll(urn(name), urn(name).replace(home, former));
    const former = [
        moved("a", "urn:pulumi:dev::former::"),
        moved("b", "urn:pulumi:prod::toy::"),
        moved("c", "urn:pulumi:prod::former::"),
    ];
    writeFileSync(
        toy.stateFile,
        former.reduce((text, change) => change(text), state),
    );
    const aliased = {
        resources: [
            thing("a", {}, { aliases: [{ project: "former" }] }),
            thing("b", {}, { aliases: [{ stack: "prod" }] }),
            thing("c", {}, { aliases: [{ project: "former", stack: "prod" }] }),
        ],
    };
    const { calls, stdout } = await toy.run("up", aliased);
    expect(stdout).toContain("    4 unchanged\n");
    expect(calls.toSorted()).toEqual(["check a", "check b", "check c", "diff a", "diff b", "diff c"]);
    const { a, b, c } = await toy.state();
    expect([a?.urn, b?.urn, c?.urn]).toEqual([urn("a"), urn("b"), urn("c")]);
});

test.concurrent("aliases by type, parent and whole URN; those of a component are its children's, too", async () => {
    const toy = new Toy();
    await toy.run("up", {
        resources: [
            thing("kind", {}, { kind: "Former" }),
            group("room", { children: ["room-inside", "other"] }),
            thing("moved", {}, { parent: "$room" }),
            thing("urn"),
        ],
    });
    const { calls, stdout } = await toy.run("up", {
        resources: [
            thing("kind", {}, { aliases: [{ type: `${type}:Former` }] }),
            group("hall", { children: ["hall-inside", "other"], inner: "same" }, { aliases: [{ name: "room" }] }),
            thing(
                "moved",
                {},
                { aliases: [{ parent: "$hall" }, { parent: `urn:pulumi:dev::toy::toy:index:Group::room` }] },
            ),
            thing("urn2", { name: "urn" }, { aliases: [urn("urn")] }),
        ],
    });
    expect(stdout).toContain("unchanged");
    expect(calls.filter((call) => /create|delete/.test(call))).toEqual([]);
    const { "hall-inside": inside } = await toy.state();
    expect(inside).toMatchObject({ urn: `urn:pulumi:dev::toy::toy:index:Group$${type}:Thing::hall-inside` });
});

test.concurrent("two resources cannot be one", async () => {
    const toy = new Toy();
    await toy.run("up", { resources: [thing("old")] });
    const alias = { aliases: [{ name: "old" }] };
    const both = await toy.run("preview", { resources: [thing("old"), thing("new", { of: "$old.id" }, alias)] });
    expect(both.stdout).toContain(
        `error: Duplicate resource alias '${urn("old")}' applied to resource with URN '${urn("new")}' ` +
            `conflicting with resource with URN '${urn("old")}'\n`,
    );
    const after = await toy.run("preview", { resources: [thing("new", {}, alias), thing("old", { of: "$new.id" })] });
    expect(after.stdout).toContain(
        `error: Duplicate resource URN '${urn("old")}' conflicting with alias on resource with URN '${urn("new")}'\n`,
    );
});

test.concurrent("what is retained, or goes with something else, is deleted without a call; both are inherited", async () => {
    const toy = new Toy();
    await toy.run("up", {
        resources: [
            thing("a"),
            thing("kept", {}, { retainOnDelete: true }),
            group("room", { children: ["inside"] }, { deletedWith: "$a" }),
            thing("with", {}, { deletedWith: "$a", customTimeouts: { create: "5m", delete: "90s" } }),
        ],
    });
    const state = await toy.state();
    expect(state.kept).toMatchObject({ retainOnDelete: true });
    expect(state.inside).toMatchObject({ deletedWith: urn("a") });
    expect(state.with).toMatchObject({ customTimeouts: { create: 300, delete: 90 } });
    const { calls, stdout } = await toy.run("up", {});
    expect(calls).toEqual(["delete a"]);
    expect(stdout).toContain(` -  ${type}:Thing kept deleted (`);
    expect(stdout).toContain("[retain]");
    expect(Object.keys(await toy.state())).toEqual(["toy-dev"]);
});

test.concurrent("a replacement takes along who says so, by deletedWith, replaceWith and a trigger", async () => {
    const toy = new Toy();
    const program = (fixed: string, trigger: string, more: object = {}) => ({
        resources: [
            thing("a", { fixed, ...more }),
            thing("gone", {}, { deletedWith: "$a" }),
            thing("again", {}, { replaceWith: ["$a"] }),
            thing("trigger", {}, { replacementTrigger: trigger }),
        ],
    });
    await toy.run("up", program("one", "t"));
    const first = await toy.run("up", program("two", "t"));
    const changing = (calls: string[]) => calls.filter((call) => /create|delete/.test(call));
    expect(changing(first.calls).slice(0, 1)).toEqual(["create a"]);
    expect(changing(first.calls).sort()).toEqual([
        "create a",
        "create again",
        "create gone",
        "delete a",
        "delete again",
    ]);
    expect(first.calls).not.toContain("diff gone");
    const second = await toy.run("up", program("two", "u"));
    expect(changing(second.calls)).toEqual(["create trigger", "delete trigger"]);
    const third = await toy.run("up", program("three", "u", { deleteFirst: true }));
    expect(changing(third.calls).slice(0, 3)).toEqual(["delete again", "delete a", "create a"]);
    expect(changing(third.calls).slice(3).sort()).toEqual(["create again", "create gone"]);
});

test.concurrent("transforms change what is registered: a resource's own, its parents', the stack's", async () => {
    const toy = new Toy();
    await toy.run("up", {
        resources: [
            group("room", { children: ["inside"] }, { transforms: ["sized"] }),
            thing("a"),
            thing("b", {}, { transforms: ["sized"] }),
        ],
        stackTransform: "retained",
    });
    const state = await toy.state();
    expect(state.inside).toMatchObject({ inputs: { size: 7 }, retainOnDelete: true });
    expect(state.b).toMatchObject({ inputs: { size: 7 }, retainOnDelete: true });
    expect(state.a?.inputs).not.toHaveProperty("size");
    const refused = await toy.run("up", { resources: [thing("c")], stackTransform: "imported" });
    expect(refused).toMatchObject({ ok: false, calls: [] });
});

test.concurrent("what is read is never managed: it is read in every run, refreshed, and forgotten without a call", async () => {
    const toy = new Toy();
    await toy.run("up", { resources: [thing("a")] });
    const program = {
        resources: [thing("a"), thing("got", { name: "a" }, { id: "thing-1" }), thing("user", { of: "$got.label" })],
    };
    await toy.run("preview", program);
    toy.touch("thing-1", { label: "seen" });
    const up = await toy.run("up", program);
    expect(up.calls.filter((call) => call.startsWith("read"))).toEqual(["read a"]);
    const { got, user } = await toy.state();
    expect(got).toMatchObject({ id: "thing-1", external: true, outputs: { label: "seen" } });
    expect(user).toMatchObject({ inputs: { of: "seen" } });
    const refreshed = await toy.run("refresh", program);
    expect(refreshed.calls.filter((call) => call === "read a")).toHaveLength(2);
    const gone = await toy.run("up", { resources: [thing("a")] });
    expect(gone.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete user"]);
    const none = await toy.run("up", { resources: [thing("got", {}, { id: "thing-99" })] });
    expect(none.stdout).toContain("error: resource 'thing-99' does not exist\n");
});

test.concurrent("a provider's answer to an invoke reaches the program", async () => {
    const { stdout } = await new Toy().run("preview", { last: "lookup" });
    expect(stdout).toContain(
        "invocation of pulumi-nodejs:index:lookup returned an error: unknown function pulumi-nodejs:index:lookup",
    );
});
