// The harness itself, on every engine of this machine: a program whose provider is a plain text that requires a file.

import { displayedSteps } from "./displayed-steps";
import type { Engine, EngineStack } from "./engine";
import { availableEngines } from "./engines";
import { type Project, prepareProject } from "./project";

const program = `
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
class Note extends pulumi.CustomResource {
    constructor(name, args) {
        const __provider = 'exports.handler = () => require("./notes").provider;';
        super("pulumi-nodejs:dynamic/notes:Note", name, { length: undefined, node: undefined, ...args, __provider });
    }
}
const note = new Note("note", { text: config.require("text"), password: config.requireSecret("password") });
exports.length = note.length;
exports.nodes = [process.versions.node, note.node];
exports.place = process.env.PLACE;
exports.password = note.password;
`;

const provider = `
const outs = (inputs) => ({ ...inputs, length: inputs.text.length, node: process.versions.node });
exports.provider = {
    check: async (olds, inputs) => ({ inputs }),
    diff: async (id, olds, news) => ({ changes: olds.text !== news.text }),
    create: async (inputs) => ({ id: "note-1", outs: outs(inputs) }),
    read: async (id, props) => ({ id, props, inputs: { __provider: props.__provider, text: props.text, password: props.password } }),
    update: async (id, olds, news) => ({ outs: outs(news) }),
    delete: async () => {},
};
`;

jest.setTimeout(300_000);

const engines = availableEngines();
const files = { "index.js": program, "notes.js": provider };
const config = { "project:text": { value: "hello" }, "project:password": { value: "open sesame", secret: true } };

describe.each(engines)("$name", (engine) => {
    let project: Project;
    let stack: EngineStack;

    beforeAll(async () => {
        project = prepareProject({ files });
        stack = await engine.open({ project: project.folder, config, env: { PLACE: "here" } });
    });

    afterAll(async () => {
        await stack.close();
        project.remove();
    });

    test("goes through the whole life of a stack", async () => {
        expect((await stack.preview()).changeSummary).toEqual({ create: 2 });

        const { summary, stdout } = await stack.up();
        expect(displayedSteps(stdout)).toEqual([
            "+ pulumi-nodejs:dynamic/notes:Note note created",
            "+ pulumi:pulumi:Stack project-dev created",
        ]);
        expect(await stack.outputs()).toEqual({
            length: { value: 5, secret: false },
            nodes: { value: [process.versions.node, process.versions.node], secret: false },
            place: { value: "here", secret: false },
            password: { value: "open sesame", secret: true },
        });
        expect(summary.result).toBe("succeeded");
        expect((await stack.preview()).changeSummary).toEqual({ same: 2 });

        const deployment = await stack.exportStack();
        expect(JSON.stringify(deployment)).not.toContain("open sesame");

        await stack.setConfig({ "project:text": { value: "hello, world" } });
        await stack.setEnv({ PLACE: "there" });
        const update = await stack.up();
        expect(await stack.outputs()).toMatchObject({ length: { value: 12 }, place: { value: "there" } });
        expect(displayedSteps(update.stdout)).toEqual([
            "~ pulumi-nodejs:dynamic/notes:Note note updated [diff: ~text]",
        ]);

        await stack.importStack(deployment);
        expect(await stack.outputs()).toMatchObject({ length: { value: 5 }, place: { value: "here" } });

        expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 2 });
        expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: 2 });
        expect((await stack.preview()).changeSummary).toEqual({ create: 2 });
    });

    test("says what the program did wrong", async () => {
        project.write({ "index.js": "throw new Error('the program is broken');" });
        await expect(stack.up()).rejects.toThrow("the program is broken");
    });
});

test("what one engine has made, every engine takes over unchanged", async () => {
    for (const maker of engines) {
        const made = await onNewStack(maker, async (stack) => {
            await stack.up();
            return { outputs: await stack.outputs(), deployment: await stack.exportStack() };
        });
        for (const heir of engines) {
            await onNewStack(heir, async (stack) => {
                await stack.importStack(made.deployment);
                expect(await stack.outputs()).toEqual(made.outputs);
                expect((await stack.preview()).changeSummary).toEqual({ same: 2 });
            });
        }
    }
});

async function onNewStack<T>(engine: Engine, work: (stack: EngineStack) => Promise<T>): Promise<T> {
    const project = prepareProject({ files });
    const stack = await engine.open({ project: project.folder, config, env: { PLACE: "here" } });
    try {
        return await work(stack);
    } finally {
        await stack.close();
        project.remove();
    }
}
