/** What `adopt-file` writes and prints, imported on every engine: a preview that is empty, for every kind. */
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { resources } from "../../provider/resources";
import type { EngineStack } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { type Project, prepareProject } from "../engines/project";
import { asJavaScript, command, importOptions, World } from "./world";

jest.setTimeout(180_000);

const pulumiYaml = "name: adopted\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
const urn = "urn:pulumi:dev::adopted::adopted:index:Room::deal-room";
const imports = `import * as pulumi from "@pulumi/pulumi";\nimport * as fastio from "pulumi-fastio";\n`;
const compilerOptions = { strict: true, module: "nodenext", target: "es2022", noEmit: true, skipLibCheck: true };

let world: World;
/** Where everything was adopted. */
let folder: Project;
let program = "";

beforeAll(async () => {
    world = await World.open();
    await world.populate();
    folder = prepareProject({ files: { "tsconfig.json": JSON.stringify({ compilerOptions }) } });
    // Children before their parents: references do not depend on the order.
    for (const { kind } of [...resources].reverse()) await adopt(kind, ...world.idsOf(kind));
    const inside = await world.make("inside", "Folder", { workspaceId: world.id("workspace"), name: "Inside" });
    program = await adopt("Folder", inside, "--as", "inside", "--parent", urn);
});
afterAll(async () => {
    folder?.remove();
    await world?.close();
});

async function adopt(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await command(folder.folder, world.environment, "adopt-file", ...args);
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    return stdout;
}

/** All resources of the stack: what is adopted, the component, and the stack itself. */
const everything = () => Object.keys(world.made).length + 2;

/** The program that somebody pastes the printed lines into. */
function pasted(lines: string): string {
    const room = `const dealRoom = new pulumi.ComponentResource("adopted:index:Room", "deal-room");`;
    return lines.replace('pulumi-fastio";\n', `pulumi-fastio";\n\n${room}\n`);
}

test("what is printed declares every kind with references for ids, and compiles", async () => {
    expect(program.match(/new fastio\./g)).toHaveLength(everything() - 2);
    expect(program).toContain(`"inside", {`);
    expect(program).toContain("{ parent: dealRoom, protect: true }");
    expect(program).not.toMatch(/(?<!user)Id: "/);
    folder.write({ "index.ts": pasted(program) });
    const tsc = require.resolve("typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "--project", folder.folder], { encoding: "utf8" });
    expect(stdout).toBe("");
});

describe.each(availableEngines())("import on $name", (engine) => {
    let project: Project;
    let stack: EngineStack;

    beforeAll(async () => {
        project = prepareProject({
            files: { "Pulumi.yaml": pulumiYaml, "index.js": asJavaScript(pasted(imports)) },
        });
        cpSync(join(folder.folder, "adopted"), join(project.folder, "adopted"), { recursive: true });
        stack = await engine.open({ project: project.folder, env: world.environment });
        await stack.up();
    });
    afterAll(async () => {
        await stack?.close();
        project?.remove();
    });

    test("the preview after the import is empty, and makes no request", async () => {
        await stack.import(importOptions(folder.folder));
        project.write({ "index.js": asJavaScript(pasted(program)) });
        const requests = await world.service.requestsOf(async () => {
            const { changeSummary, stdout } = await stack.preview();
            expect(changeSummary).toEqual({ same: everything() });
            expect(stdout).not.toMatch(/\[diff/);
        });
        expect(requests).toEqual([]);
    });

    test("an update and a refresh find nothing, and all secrets are encrypted", async () => {
        expect((await stack.up()).summary.resourceChanges).toEqual({ same: everything() });
        expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: everything() });
        const state = JSON.stringify(await stack.exportStack());
        expect(world.tokens.length).toBeGreaterThan(0);
        for (const token of world.tokens) expect(state).not.toContain(token);
        for (const { kind } of resources) expect(state).toContain(`dynamic/fastio:${kind}"`);
        expect(state).toContain('"__inputs":{"4dabf18193072939515e22adb298388d"');
        expect(state).not.toContain('"__inputs":"');
    });

    test("a password that is filled in is the one update", async () => {
        const filled = program.replace(/\/\/ password: config\S+,.*/, `password: "open sesame",`);
        project.write({ "index.js": asJavaScript(pasted(filled)) });
        const { changeSummary, stdout } = await stack.preview();
        expect(changeSummary).toEqual({ same: everything() - 1, update: 1 });
        expect(stdout).not.toContain("open sesame");
    });
});
