// Whole runs: a real program, the real host of dynamic resources, and what each of them is asked in which order.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rehearse } from ".";
import {
    type Declared,
    folder,
    type Program,
    stackUrn,
    Toy,
    thing,
    type,
    unknown,
    urn,
    workDir,
} from "./testdata/toy-service";

jest.setTimeout(120_000);

test.concurrent("a life: created, left alone, updated in place, removed, destroyed", async () => {
    const toy = new Toy();
    const first: Program = {
        resources: [thing("a"), thing("b", { of: "$a.label", list: ["$a.id"] })],
        outputs: { label: "$b.label", of: "$b.of" },
    };
    const preview = await toy.run("preview", first);
    expect(preview.calls).toEqual(["check a", "check b"]);
    expect(preview.stdout).toContain("    label: [unknown]\n");
    expect(preview.stdout).toContain("    + 3 to create\n");

    const stack = toy.open(first);
    const up = await stack.up();
    expect(toy.details().map(({ verb, name, inputs, news }) => [verb, name, inputs ?? news])).toMatchObject([
        ["configure", "Thing", undefined],
        ["check", "a", { name: "a" }],
        ["create", "a", { name: "a" }],
        ["check", "b", { of: "a (thing-1)", list: ["thing-1"] }],
        ["create", "b", { of: "a (thing-1)", list: ["thing-1"] }],
    ]);
    expect(up.summary).toMatchObject({ kind: "update", result: "succeeded", resourceChanges: { create: 3 } });
    expect(up.outputs).toEqual({
        label: { value: "b (thing-2)", secret: false },
        of: { value: "a (thing-1)", secret: false },
    });
    const again = await stack.up();
    expect(toy.calls()).toEqual(["check a", "diff a", "check b", "diff b"]);
    expect(again.summary.resourceChanges).toEqual({ same: 3 });

    const changed: Program = { resources: [thing("a", { size: 2 }), thing("b", { of: "$a.label", list: ["$a.id"] })] };
    const foreseen = await toy.run("preview", changed);
    // What an update will put out is not known before; what stays the same is.
    expect(foreseen.calls).toEqual(["check a", "diff a", "check b", "diff b"]);
    expect(foreseen.stdout).toContain(` ~  ${type}:Thing a update [diff: +size]\n`);
    expect(foreseen.stdout).toContain(` ~  ${type}:Thing b update [diff: ~of]\n`);
    const updated = await toy.run("up", changed);
    expect(updated.calls).toEqual(["check a", "diff a", "update a", "check b", "diff b"]);
    expect(updated.stdout).toContain("    ~ 1 updated\n    2 unchanged\n");

    const removed = await toy.run("up", { resources: [thing("a", { size: 2 })] });
    expect(removed.calls).toEqual(["check a", "diff a", "delete b"]);
    const destroyed = await toy.run("destroy", {});
    expect(destroyed.calls).toEqual(["delete a"]);
    expect(await toy.state()).toEqual({});
});

test.concurrent("a replacement makes the new one first, and deletes the old ones at the end, dependents first", async () => {
    const toy = new Toy();
    const program = (fixed: string): Program => ({
        resources: [
            thing("a", { fixed }),
            thing("b", { of: "$a.id" }),
            thing("c", { fixedOf: "$a.id" }),
            thing("d", {}, { dependsOn: ["$a"] }),
        ],
    });
    await toy.run("up", program("one"));
    const preview = await toy.run("preview", program("two"));
    expect(preview.stdout).toContain(`+- ${type}:Thing c replace [diff: ~fixedOf]\n`);
    expect(preview.stdout).toContain("    +-2 to replace\n    3 changes. 2 unchanged\n");
    const { calls, stdout } = await toy.run("up", program("two"));
    expect(calls.slice(0, 4)).toEqual(["check a", "diff a", "check a", "create a"]);
    expect(calls.slice(4, -2).sort()).toEqual(
        ["check b", "check c", "check c", "check d", "create c", "diff b", "diff c", "diff d", "update b"].sort(),
    );
    expect(calls.slice(-2)).toEqual(["delete c", "delete a"]);
    expect(stdout).toContain("    ~ 1 updated\n    +-2 replaced\n    3 changes. 2 unchanged\n");
    expect(Object.keys(await toy.state()).sort()).toEqual(["a", "b", "c", "d", "default", "toy-dev"]);
});

test.concurrent("a replacement that deletes first asks what else an unknown value replaces, and deletes that before", async () => {
    const toy = new Toy();
    const program = (fixed: string): Program => ({
        resources: [
            thing("a", { fixed, deleteFirst: true }),
            thing("b", { of: "$a.id" }),
            thing("c", { fixedOf: "$a.id" }),
            thing("d", {}, { dependsOn: ["$a"] }),
        ],
    });
    await toy.run("up", program("one"));
    toy.details();
    const stack = toy.open(program("two"));
    const { summary } = await stack.up();
    const details = toy.details().filter(({ verb }) => verb !== "configure");
    const calls = details.map(({ verb, name }) => `${verb} ${name}`);
    const deleting = calls.indexOf("delete c");
    expect(calls.slice(0, 3)).toEqual(["check a", "diff a", "check a"]);
    // Who only depends on it, without a property, is not even asked.
    expect(calls.slice(3, deleting).sort()).toEqual(["diff b", "diff c"]);
    expect(details.slice(3, deleting).map(({ news }) => news?.of ?? news?.fixedOf)).toEqual([unknown, unknown]);
    expect(calls.slice(deleting, deleting + 3)).toEqual(["delete c", "delete a", "create a"]);
    expect(calls.slice(deleting + 3).sort()).toEqual(
        ["check b", "check c", "check d", "create c", "diff b", "diff d", "update b"].sort(),
    );
    expect(details.filter(({ verb, name }) => verb === "check" && name === "c").map(({ olds }) => olds)).toEqual([{}]);
    expect(summary.resourceChanges).toEqual({ update: 1, replace: 2, same: 2 });
});

test.concurrent("a refresh reads everything, takes over what it finds, and forgets what is gone", async () => {
    const toy = new Toy();
    const program: Program = {
        resources: [thing("a"), thing("b", { of: "$a.id" })],
        outputs: { name: "$a.name" },
    };
    await toy.run("up", program);
    const quiet = await toy.run("refresh", program);
    expect(quiet.calls.sort()).toEqual(["diff a", "diff b", "read a", "read b"]);
    expect(quiet.stdout).toContain("    3 unchanged\n");

    toy.touch("thing-1", { name: "drifted" });
    const drift = await toy.run("refresh", program);
    expect(drift.stdout).toMatch(/ ~ {2}\S+ a updated \(.*s\) \[diff: ~name\]\n/);
    expect((await toy.state()).a).toMatchObject({ inputs: { name: "drifted" }, outputs: { name: "drifted" } });
    const mended = await toy.run("up", program);
    expect(mended.calls.filter((call) => call.startsWith("update"))).toEqual(["update a"]);

    toy.touch("thing-1", { gone: true });
    const gone = await toy.run("refresh", program);
    expect(gone.stdout).toMatch(/ - {2}\S+ a deleted/);
    // What depended on it no longer refers to it, or the state could not be read any more.
    expect((await toy.state()).b).not.toHaveProperty("propertyDependencies");
    const refreshed = await toy.open(program).up({ refresh: true });
    expect(toy.calls()).toEqual(["read b", "diff b", "check a", "create a", "check b", "diff b", "update b"]);
    expect(refreshed.summary.resourceChanges).toEqual({ create: 1, update: 1, same: 1 });
});

test.concurrent("secrets reach providers plain, and the state encrypted, marked by path", async () => {
    const toy = new Toy();
    const program: Program = {
        resources: [
            thing("a", {
                password: { secret: "hunter2" },
                nested: { open: "o", token: { secret: "t" } },
                list: ["x", { secret: "y" }],
            }),
            thing("b", {}, { additionalSecretOutputs: ["label"] }),
        ],
        outputs: { password: "$a.password", label: "$b.label", open: "$a.name" },
        last: "print",
    };
    const config = { "toy:token": { value: "tok-old", secret: true }, "toy:plain": { value: "p" } };
    const stack = toy.open(program, {}, { config, secretsPassphrase: "pass" });
    const up = await stack.up();
    const calls = toy.details();
    expect(calls.find(({ verb }) => verb === "configure")).toMatchObject({ token: "tok-old" });
    expect(calls.find(({ verb, name }) => verb === "create" && name === "a")?.inputs).toMatchObject({
        password: "hunter2",
        nested: { open: "o", token: "t" },
        list: ["x", "y"],
    });
    expect(up.outputs.password).toEqual({ value: "hunter2", secret: true });
    expect(up.outputs.label?.secret).toBe(true);
    expect(up.outputs.open).toEqual({ value: "a", secret: false });
    expect(up.stdout).toContain("    password: [secret]\n");
    expect(up.stdout).toContain("    the token is [secret]\n");
    expect(up.stdout).toContain("    warning: mind the gap\n");

    const written = readFileSync(toy.stateFile, "utf8");
    for (const plain of ["hunter2", "tok-old", "b (thing"]) expect(written).not.toContain(plain);
    const sealed = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        ciphertext: expect.any(String),
    };
    const { a, default: provider } = await toy.state();
    expect(provider).toMatchObject({ inputs: { "toy:token": sealed, "toy:plain": "p" } });
    for (const side of ["inputs", "outputs"]) {
        expect(a?.[side]).toMatchObject({ password: sealed, nested: { open: "o", token: sealed }, list: sealed });
    }

    // Another stack object opens what this one has exported, with the passphrase and not without.
    const exported = await stack.exportStack();
    const copy = rehearse({ workDir, envVars: toy.environment(program), config, secretsPassphrase: "pass" });
    await copy.importStack(exported);
    expect(await copy.outputs()).toEqual(up.outputs);
    await expect(rehearse({ workDir }).importStack(exported)).rejects.toThrow("incorrect passphrase");

    // A refresh uses the configuration that the last update has stored; the next update brings the new one.
    const rotated = { ...config, "toy:token": { value: "tok-new", secret: true } };
    const next = toy.open(program, {}, { config: rotated, secretsPassphrase: "pass" });
    const tokens = async (run: Promise<unknown>) => {
        await run;
        return toy.details().flatMap(({ verb, token }) => (verb === "configure" ? [token] : []));
    };
    expect(await tokens(next.refresh())).toEqual(["tok-old"]);
    expect(await tokens(next.up())).toEqual(["tok-new"]);
    expect(await tokens(next.destroy())).toEqual(["tok-new"]);
});

test.concurrent("a refused input stops the program, and so does a failed step; what is done is kept", async () => {
    const toy = new Toy();
    const refused = await toy.run("preview", {
        resources: [thing("bad", { name: "" }), thing("after", { of: "$bad.label" })],
    });
    expect(refused.ok).toBe(false);
    expect(refused.stdout).toContain(
        `    error: ${type}:Thing resource 'bad': property name value {} has a problem: must not be empty\n`,
    );
    expect(refused.calls).toEqual(["check "]);

    const program: Program = {
        resources: [thing("a"), thing("b", { of: "$a.label" }), thing("c", { of: "$b.label" })],
    };
    const failed = await toy.run("up", program, { "create b": "throw" });
    expect(failed).toMatchObject({ ok: false, calls: ["check a", "create a", "check b", "create b"] });
    expect(failed.stdout).toContain(`    error: the service refuses to create b\n`);
    expect(failed.stdout).toContain("    error: update failed\n");
    expect(failed.stdout).toContain("    + 2 created\n    2 errored\n");
    expect(Object.keys(await toy.state())).toEqual(["toy-dev", "default", "a"]);

    // The half that exists is saved with its errors, and the next update finishes it although nothing has changed.
    const half = await toy.run("up", program, { "create b": "partial" });
    expect(half.stdout).toContain("    error: 1 error occurred:\n    \t* no paint\n");
    expect((await toy.state()).b).toMatchObject({
        id: "thing-3",
        outputs: { label: "half" },
        initErrors: ["no paint"],
    });
    const finished = await toy.run("up", program);
    expect(finished.calls).toEqual(["check a", "diff a", "check b", "diff b", "update b", "check c", "create c"]);
    expect((await toy.state()).b).not.toHaveProperty("initErrors");
});

test.concurrent("a program that fails deletes nothing; a delete that fails keeps what it needs", async () => {
    const toy = new Toy();
    const program: Program = { resources: [thing("a"), thing("b", { of: "$a.id" })], outputs: { keep: "$a.id" } };
    await toy.run("up", program);
    const thrown = await toy.run("up", { last: "throw" });
    expect(thrown).toMatchObject({ ok: false, calls: [] });
    expect(thrown.stdout).toContain("    Error: the program gives up\n");
    const exited = await toy.run("up", { last: "exit" });
    expect(exited.stdout).toContain(
        "    error: an unhandled error occurred: Program exited with non-zero exit code: 3\n",
    );
    const { "toy-dev": stack } = await toy.state();
    expect(stack).toMatchObject({ outputs: { keep: "thing-1" } });

    const stuck = await toy.run("destroy", {}, { "delete b": "throw" });
    expect(stuck).toMatchObject({ ok: false, calls: ["delete b"] });
    expect(Object.keys(await toy.state())).toEqual(["toy-dev", "default", "a", "b"]);
    expect(toy.pending()).toEqual([]);
});

test.concurrent("components, parents, protection and ignored changes", async () => {
    const toy = new Toy();
    const program = (size: number, more: Declared[] = []): Program => ({
        resources: [
            { name: "g", kind: "Group", inputs: { title: "t" }, protect: true },
            thing(
                "inside",
                { size, tags: { fixedBy: size, free: size } },
                { parent: "$g", ignoreChanges: ["size", "tags.fixedBy"] },
            ),
            thing("m", {}, { kind: "Member", dependsOn: ["$g"] }),
            ...more,
        ],
    });
    await toy.run("up", program(1));
    const { g, inside, m } = await toy.state();
    expect(g).toMatchObject({ custom: false, inputs: { title: "t" }, outputs: { title: "t" }, parent: stackUrn });
    const insideUrn = `urn:pulumi:dev::toy::toy:index:Group$${type}:Thing::inside`;
    expect(inside).toMatchObject({ urn: insideUrn, parent: "urn:pulumi:dev::toy::toy:index:Group::g", protect: true });
    expect(m).toMatchObject({ dependencies: [insideUrn] });

    toy.details();
    await toy.open(program(2)).up();
    expect(toy.details().find(({ verb }) => verb === "update")?.news).toMatchObject({
        size: 1,
        tags: { fixedBy: 1, free: 2 },
    });
    const kept = await toy.run("up", { resources: program(2).resources?.slice(0, 1) ?? [] });
    expect(kept).toMatchObject({ ok: false, calls: ["delete m"] });
    expect(kept.stdout).toContain(`error: resource "${insideUrn}" cannot be deleted\n`);
    expect(kept.stdout).toContain(`\`pulumi state unprotect '${insideUrn}'\``);
});

test.concurrent("an engine that is killed takes its processes along, and leaves word of the create it was in", async () => {
    const toy = new Toy();
    const program: Program = { resources: [thing("a"), thing("b", { of: "$a.id" })] };
    const script = `require(${JSON.stringify(join(__dirname, "index.ts"))}).rehearse(${JSON.stringify({
        workDir,
        stateFile: toy.stateFile,
    })}).up();`;
    const engine = spawn(process.execPath, ["--import", "tsx", "--eval", script], {
        env: { ...process.env, ...toy.environment(program, { "create a": "wait" }) },
        stdio: "ignore",
    });
    const provider = await toy.asked("create a");
    expect(toy.pending()).toMatchObject([{ type: "creating", resource: { urn: urn("a") } }]);
    engine.kill("SIGKILL");
    while (isAlive(provider)) await sleep(50);

    toy.details();
    const { ok, stdout, calls } = await toy.run("up", program);
    expect(ok).toBe(true);
    expect(stdout).toContain("warning: Attempting to deploy or update resources with 1 pending operations");
    // Pulumi does not look whether the first create has made its object, and so there are two.
    expect(calls).toEqual(["check a", "create a", "check b", "create b"]);
    expect((await toy.state()).a).toMatchObject({ id: "thing-2" });
    expect(toy.pending()).toHaveLength(1);
    await toy.open(program).refresh({ clearPendingCreates: true });
    expect(toy.pending()).toEqual([]);
});

test.concurrent("a run that is cancelled finishes what it is doing, and begins nothing more", async () => {
    const toy = new Toy();
    const program: Program = { resources: [thing("a"), thing("b", { of: "$a.id" })] };
    const stack = toy.open(program, { "create a": "slow" });
    const abort = new AbortController();
    const run = stack.up({ signal: abort.signal });
    await toy.asked("create a");
    await expect(stack.preview()).rejects.toThrow("the stack is currently locked");
    abort.abort();
    await expect(run).rejects.toThrow("error: update canceled");
    expect(toy.calls()).toEqual(["check a", "create a"]);
    expect((await toy.state()).a).toMatchObject({ id: "thing-1" });
    expect(toy.pending()).toEqual([]);
});

test.concurrent("what the rehearsal does not do, it refuses by name", async () => {
    const toy = new Toy();
    const invoked = await toy.run("preview", { last: "invoke" });
    expect(invoked.stdout).toContain("The rehearsal does not support the provider plugin `toy`, unless ");
    const stack = toy.open({});
    await expect(stack.up({ target: [urn("a")] })).rejects.toThrow("does not support the option `target`");
    await expect(stack.import({ converter: "terraform" })).rejects.toThrow("does not support the option `converter`");
    expect(() => rehearse({ workDir: __dirname })).toThrow("There is no Pulumi.yaml");
});

test.concurrent("what it does not do is found before anything is changed", async () => {
    const toy = new Toy();
    const refused = "error: The rehearsal does not support resource hooks. The Pulumi CLI does.\n";
    const hooked = (name: string, options: object = {}) => thing(name, { of: "$a.id" }, { hooks: true, ...options });
    const late = await toy.run("up", { resources: [thing("a"), hooked("b")] });
    expect(late).toMatchObject({ ok: false, calls: [] });
    expect(late.stdout).toContain(refused);
    expect(late.stdout.match(/^ {4}error: .*\n/gm)).toEqual([`    ${refused}`]);
    expect(await toy.state()).toEqual({});

    // A preview of the same stack proves nothing: the program may be another by now.
    const stack = toy.open({ resources: [thing("a")] });
    toy.programs();
    await stack.preview();
    await stack.up();
    const before = await stack.exportStack();
    toy.calls();
    expect(toy.programs()).toEqual(["preview", "preview", "real"]);
    // What the state knows, the program learns: b is declared.
    const more = [thing("a"), thing("c"), hooked("b", { onceKnown: "$a.label" })];
    expect(await toy.run("up", { resources: more })).toMatchObject({
        ok: false,
        calls: ["check a", "diff a", "check c"],
    });
    expect(JSON.parse(readFileSync(toy.stateFile, "utf8")).deployment.resources).toEqual(before.deployment.resources);

    // Nothing to change, or only what the program no longer asks for: it runs once.
    toy.programs();
    await toy.run("up", { resources: [thing("a")] });
    await toy.run("up", {});
    expect(toy.programs()).toEqual(["real", "real"]);
});

test.concurrent("what a program asks for only once a new object is there is refused then, and the object is kept", async () => {
    const toy = new Toy();
    const program = { resources: [thing("a"), thing("b", {}, { hooks: true, onceKnown: "$a.id" })] };
    expect(await toy.run("up", program)).toMatchObject({ ok: false, calls: ["check a", "create a"] });
    expect((await toy.state()).a).toMatchObject({ id: "thing-1" });
});

test.concurrent("a TypeScript program runs, with the configuration of its stack file and an asset", async () => {
    const project = join(folder, "typed");
    mkdirSync(project);
    symlinkSync(resolve(__dirname, "..", "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "Pulumi.yaml"), "name: typed\nruntime: nodejs\nmain: index.ts\n");
    writeFileSync(join(project, "package.json"), "{}");
    // Written by Pulumi 3.260.0 with an empty passphrase; the secret says "tok-123".
    writeFileSync(
        join(project, "Pulumi.dev.yaml"),
        "encryptionsalt: v1:t5DAULeuPhk=:v1:e+9B4Dy8hdpUVsJT:lbmeuOPDX0bv6Py4LYEWONXwr7QZ7A==\n" +
            "config:\n" +
            "  plain: seven\n" +
            "  toy:token:\n" +
            "    secure: v1:HQiswEuHuWNT1XHY:WfTlHafiV1bmysudui27L0kJ/K7eG7g=\n",
    );
    writeFileSync(
        join(project, "index.ts"),
        'import * as pulumi from "@pulumi/pulumi";\n' +
            "const own: string = new pulumi.Config().require('plain');\n" +
            "export const result: pulumi.Output<string> = new pulumi.Config('toy').requireSecret('token')\n" +
            "    .apply((token) => own + ' ' + token.length);\n",
    );
    const stack = rehearse({ workDir: project });
    const { outputs } = await stack.up();
    expect(outputs).toEqual({ result: { value: "seven 7", secret: true } });
});

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
