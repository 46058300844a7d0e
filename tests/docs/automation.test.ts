// The programs of docs/automation.md, started in another folder than theirs.

import { type Project, prepareProject } from "../engines/project";
import { missingHost, testUnless, Workstation } from "../engines/workstation";
import { codeBlocks, readDocument } from "./markdown";

jest.setTimeout(120_000);

const files = Object.fromEntries(
    codeBlocks(readDocument("docs/automation.md")).flatMap(({ lead, text }) => {
        const [, path] = /\bCreate `([^`]+)`/.exec(lead) ?? [];
        return path === undefined ? [] : [[path, text]];
    }),
);

let project: Project;
beforeAll(() => {
    project = prepareProject({
        files: {
            ...files,
            "rooms/Pulumi.yaml": "name: rooms\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
            "rooms/package.json": "{}\n",
            "rooms/index.js":
                'const fastio = require("pulumi-fastio");\n' +
                'exports.id = new fastio.Organization("acme", { domain: "acme-rooms", name: "Acme Rooms" }).id;\n',
        },
    });
});
afterAll(() => project.remove());

testUnless(missingHost("nodejs"), "both programs of the page work wherever the process is started", async () => {
    expect(Object.keys(files)).toEqual(["local.js", "inline.js"]);
    const machine = await Workstation.open(project.folder);
    try {
        for (const file of Object.keys(files))
            expect(await machine.signedIn(`cd / && node "$OLDPWD/${file}"`)).toMatch(/^\d{19}$/m);
        expect(await machine.census()).toMatchObject({ organizations: 0 });
    } finally {
        await machine.close();
    }
});
