/** Folders and files, as programs declare them, through each front-end on every engine: small ones in one request, a large one in chunks. */
import { createHash } from "node:crypto";
import { fewerColumns } from "./columns";
import { Fixture } from "./fixture";

jest.setTimeout(120_000);

const large = "What we do. ".repeat(500_000);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe.each(fewerColumns())("folders and files on $name", ({ engine, entry, files }) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
        it_.project.write({ "plan.txt": "What we do.", "large.txt": large });
    });
    afterAll(() => it_?.close());

    function declare(legal: string, name = "plan.txt", source = `FileAsset("plan.txt")`): void {
        it_.project.write({
            "index.js": `
                const pulumi = require("@pulumi/pulumi");
                const fastio = require("${entry}");
                const company = new fastio.Organization("company", { domain: "acme", name: "Acme" });
                const { id: workspaceId } = new fastio.Workspace("design", { organizationId: company.id, folderName: "acme-design" });
                const legal = new fastio.Folder("legal", { workspaceId, name: ${JSON.stringify(legal)} });
                const contracts = new fastio.Folder("contracts", { workspaceId, name: "Contracts", parentId: legal.id });
                const plan = new fastio.File("plan", {
                    workspaceId, folderId: contracts.id, name: ${JSON.stringify(name)}, source: new pulumi.asset.${source},
                });
                new fastio.File("large", { workspaceId, name: "large.txt", source: new pulumi.asset.FileAsset("large.txt") });
                exports.path = contracts.path;
                exports.plan = plan.id;
                exports.sha256 = plan.sha256;
            `,
        });
    }

    async function outputs(): Promise<Record<string, string>> {
        await it_.stack.up();
        return Object.fromEntries(Object.entries(await it_.stack.outputs()).map(([name, { value }]) => [name, value]));
    }

    async function expectConverged(): Promise<void> {
        expect(await it_.requestsOf(() => it_.stack.up())).toEqual([]);
        expect(Object.keys((await it_.stack.refresh()).summary.resourceChanges ?? {})).toEqual(["same"]);
    }

    test("are made below each other, and the progress of the large one is told", async () => {
        declare("Legal");
        expect((await it_.stack.preview()).changeSummary).toEqual({ create: 7 });
        const { stdout } = await it_.stack.up();
        expect(await it_.stack.outputs()).toMatchObject({
            path: { value: "Legal/Contracts" },
            sha256: { value: sha256("What we do.") },
        });
        expect(stdout).toContain('uploading "large.txt": 100 % of 5.7 MiB');
        expect(await it_.census()).toMatchObject({ folders: 2, files: 2 });
        await expectConverged();
    });

    test("other bytes and another name are one update, and a renamed folder none of what is in it", async () => {
        const before = (await it_.stack.outputs()).plan?.value;
        declare("Law", "plan-2.txt", `StringAsset("What we do next.")`);
        const preview = await it_.stack.preview();
        expect(preview.changeSummary).toEqual({ same: 5, update: 2 });
        expect(await outputs()).toMatchObject({ plan: before, sha256: sha256("What we do next.") });
        await it_.stack.refresh();
        expect(await outputs()).toMatchObject({ path: "Law/Contracts" });
        await expectConverged();
    });

    test("bytes replaced by hand show after a refresh, and are put back", async () => {
        const plan = String((await it_.stack.outputs()).plan?.value);
        const [workspace = "", file = ""] = plan.split("/");
        const body = new FormData();
        const fields = { name: "x", size: "4", action: "update", instance_id: workspace, file_id: file };
        for (const [key, value] of Object.entries(fields)) body.append(key, value);
        body.append("chunk", new Blob(["hand"]), "x");
        const headers = { Authorization: `Bearer ${it_.emulator.token}` };
        expect((await fetch(new URL("upload/", it_.baseUrl), { method: "POST", headers, body })).ok).toBe(true);
        await it_.stack.refresh();
        expect((await it_.stack.preview()).stdout).toContain("[diff: ~source");
        expect(await outputs()).toMatchObject({ plan, sha256: sha256("What we do next.") });
        await expectConverged();
    });

    test("are gone after a destroy, and then what they lay in", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    });
});
