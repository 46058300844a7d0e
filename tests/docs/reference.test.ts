// The examples of the reference run: all of them as one program, and the functions on what it made.
import { rehearsalEngine } from "../engines/rehearsal-engine";
import { Fixture } from "../lifecycle/fixture";
import { codeBlocks, markdownFiles, readDocument } from "./markdown";

jest.setTimeout(120_000);

const examples = markdownFiles()
    .filter((file) => file.startsWith("docs/reference/"))
    .flatMap((file) => codeBlocks(readDocument(file)).map(({ text }) => ({ file, text })));
const isFunctions = ({ file }: { file: string }) => file.endsWith("/functions.md");
const kinds = examples.filter((one) => !isFunctions(one));
const functions = examples.filter(isFunctions);
const images = kinds.flatMap(({ text }) => [...text.matchAll(/FileAsset\("(.*?)"\)/g)].map(([, name = ""]) => name));

/** Every example in a block of its own, below what its variables stand for. */
const program = `
const pulumi = require("@pulumi/pulumi");
const fastio = require("pulumi-fastio");
const organization = new fastio.Organization("organization", { domain: "parent", name: "Parent" });
const workspace = new fastio.Workspace("workspace", { organizationId: organization.id });
const share = new fastio.Share("share", { workspaceId: workspace.id, title: "Parent" });
const folder = new fastio.Folder("folder", { workspaceId: workspace.id, name: "Parent" });
const parent = folder;
exports.ids = { organization: organization.id, workspace: workspace.id };
${kinds
    .map(({ text }) => {
        const [, variable = ""] = /^const (\w+) =/m.exec(text) ?? [];
        // An example that makes what others take as a parent has that name for itself.
        return `(({ organization, workspace, share, folder, parent }) => {\n${text.replace(`const ${variable} =`, "")}\n})({ organization, workspace, share, folder, parent });`;
    })
    .join("\n")}
`;

/** The functions' examples; the ids that they show stand for those that there are. */
const calls = (ids: Record<string, string>) => `
exports.answers = (async () => {
    const { organization, workspace } = ${JSON.stringify({ organization: { id: ids.organization }, workspace: { id: ids.workspace } })};
    const answers = [];
    ${functions
        .map(({ text }) => text.replace(/(\w+)Id: "\d{19}"/g, (_, name: string) => `${name}Id: ${name}.id`))
        .map((text) => `{\n${text}\nanswers.push(pulumi.output(later).apply((it) => [it, found]));\n}`)
        .join("\n")}
    return answers;
})();
`;

test("every example of the reference runs, and a second run changes nothing", async () => {
    const it_ = await Fixture.open(rehearsalEngine);
    try {
        const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
        it_.project.write({ ...Object.fromEntries(images.map((name) => [name, svg])), "index.js": program });
        const { summary } = await it_.stack.up();
        expect(summary.resourceChanges?.create).toBeGreaterThan(kinds.length);

        it_.project.write({ "index.js": program + calls((await it_.stack.outputs()).ids?.value) });
        const again = await it_.stack.up();
        expect(Object.keys(again.summary.resourceChanges ?? {})).toEqual(["same"]);
        const answers = (await it_.stack.outputs()).answers?.value as [unknown, unknown][];
        expect(answers).toHaveLength(functions.length);
        for (const [later, found] of answers) expect(later).toEqual(found);
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    } finally {
        await it_.close();
    }
});
