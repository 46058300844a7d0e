/** The commands of docs/plugin.md, as they are printed there, where a Pulumi CLI with its YAML host is. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { missingHost, testUnless, Workstation } from "../engines/workstation";
import { codeBlocks, readDocument, repository } from "./markdown";

jest.setTimeout(120_000);

const blocks = codeBlocks(readDocument("docs/plugin.md"));
const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n"));
const program = blocks.find(({ text }) => text.startsWith("name: acme"))?.text ?? "";
const imported = "pulumi import fastio:index:Workspace studio acme-studio";

test("every command is one that is run", () => {
    const kinds = commands.map((command) => /^pulumi (\w+(?: (?:install|add|get-schema|gen-sdk))?)/.exec(command)?.[1]);
    expect(kinds).toEqual(["plugin install", "package add", "package get-schema", "package gen-sdk", "import", "do"]);
});

testUnless(
    missingHost("yaml") ?? missingHost("python"),
    "the program and the commands do what the page says",
    async () => {
        const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-docs-"));
        mkdirSync(join(folder, "node_modules"));
        symlinkSync(repository, join(folder, "node_modules/pulumi-fastio"), "dir");
        execFileSync(process.execPath, ["scripts/pack-plugin.mjs", join(folder, "artifacts")], { cwd: repository });
        writeFileSync(join(folder, "Pulumi.yaml"), program);
        const machine = await Workstation.open(folder);
        try {
            await machine.shell("pulumi stack init dev");
            expect(await machine.signedIn("pulumi up --yes --skip-preview")).toMatch(/account: "agent@example\.com"/);
            for (const command of commands.filter((one) => one !== imported)) await machine.signedIn(command);
            expect(readdirSync(join(folder, "generated/python/pulumi_fastio"))).toContain("workspace.py");
            // From here on the installed archive serves.
            writeFileSync(join(folder, "Pulumi.yaml"), program.replace(/^plugins:.*?(?=^resources:)/ms, ""));
            expect(await machine.signedIn("pulumi preview")).toContain("3 unchanged");

            const organizationId = (await machine.signedIn("pulumi stack export")).match(/"id": "(\d{19})"/)?.[1];
            const form = new URLSearchParams({ folder_name: "acme-studio", name: "Studio", intelligence: "false" });
            const headers = { Authorization: `Bearer ${machine.emulator.token}` };
            const path = new URL(`org/${organizationId}/create/workspace/`, machine.baseUrl);
            expect((await fetch(path, { method: "POST", headers, body: form })).status).toBe(200);
            await machine.signedIn(`${imported} --yes --out studio.yaml`);
            const { resources } = parse(readFileSync(join(folder, "studio.yaml"), "utf8"));
            expect(resources.studio.properties).toMatchObject({ folderName: "acme-studio", organizationId });
            const { plugins: _, ...declared } = parse(program);
            const all = { ...declared, resources: { ...declared.resources, ...resources } };
            writeFileSync(join(folder, "Pulumi.yaml"), stringify(all));
            expect(await machine.signedIn("pulumi preview")).toContain("4 unchanged");
        } finally {
            await machine.close();
            rmSync(folder, { recursive: true });
        }
    },
);
