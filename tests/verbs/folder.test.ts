/** Folders: names that are never taken from others, renaming, moving, the trash, what a delete refuses, lost answers, imports. */
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import type { Shown } from "./service";

let service: Service;
let process: Process;
let workspaceId: string;
let shareId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    const { id: organizationId } = await service.organization("acme");
    workspaceId = (await service.workspace(organizationId, "design")).id;
    shareId = (await service.share(workspaceId, "Q4 Report")).id;
});
afterEach(() => process.close());

async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

const nodeOf = (id: unknown) => String(id).split("/")[1] ?? "";

describe.each(["workspace", "share"] as const)("in the storage of a %s", (segment) => {
    let place: Properties;
    let container: string;
    beforeEach(() => {
        container = segment === "workspace" ? workspaceId : shareId;
        place = { [`${segment}Id`]: container };
    });

    async function up(name: string, more: Properties = {}, resource = new Resource("Folder", name)): Promise<Resource> {
        await resource.up(process, { ...place, name, ...more });
        return resource;
    }
    const storage = (method: string, node: string, verb: string, form?: Record<string, string>) =>
        service.api(method, `${segment}/${container}/storage/${node}/${verb}/`, form);
    const shown = async (resource: Resource) => (await storage("GET", nodeOf(resource.id), "details")).node;
    const listed = async (node: string) => (await storage("GET", node, "list")).nodes.items.map(({ name }) => name);
    const byHand = async (name: string, parent = "root"): Promise<Shown> =>
        (await storage("POST", parent, "createfolder", { name })).node;
    const note = (parent: string) => service.note(segment, container, "a.md", parent);

    test("the id, and the path from the root", async () => {
        const legal = await up("Legal");
        const contracts = await up("Contracts", { parentId: legal.id });
        const { id } = await shown(contracts);
        expect(contracts.id).toBe(`${container}/${id}`);
        expect([legal.outputs.path, contracts.outputs.path]).toEqual(["Legal", "Legal/Contracts"]);
        expect(contracts.outputs.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        for (const resource of [legal, contracts])
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a second run makes no request", async () => {
        const legal = await up("Legal");
        expect(await service.requestsOf(() => up("Legal", {}, legal))).toEqual([]);
    });

    test("renamed and moved at once, back to the root, the id stays", async () => {
        const [legal, drafts] = [await up("Legal"), await up("Drafts")];
        const contracts = await up("Contracts", { parentId: legal.id });
        const { id } = contracts;
        await up("Signed", { parentId: drafts.id }, contracts);
        expect(contracts.outputs.path).toBe("Drafts/Signed");
        await up("Signed", {}, contracts);
        expect([contracts.id, contracts.outputs.path]).toEqual([id, "Signed"]);
        expect(await shown(contracts)).toMatchObject({ name: "Signed", parent: "root" });
        expect(contracts.outputs).not.toHaveProperty("parentId");
    });

    test("moved by hand is drift, also when no folder is declared, and put back", async () => {
        const [legal, drafts] = [await up("Legal"), await up("Drafts")];
        for (const declared of [{ parentId: legal.id }, {}]) {
            const contracts = await up("Contracts", declared);
            const parent = nodeOf(drafts.id);
            await storage("POST", nodeOf(contracts.id), "move", { parent });
            expect(await contracts.refresh(process)).toEqual({ exists: true, drift: ["parentId"] });
            expect(contracts.outputs.path).toBe("Drafts/Contracts");
            await up("Contracts", declared, contracts);
            expect(await shown(contracts)).toMatchObject({ parent: nodeOf(declared.parentId) || "root" });
            expect(await contracts.refresh(process)).toEqual({ exists: true, drift: [] });
        }
    });

    test("on its way it takes no third name from others", async () => {
        const [legal, drafts] = [await up("Legal"), await up("Drafts")];
        const contracts = await up("Contracts", { parentId: legal.id });
        await byHand("Contracts", nodeOf(drafts.id));
        await up("Signed", { parentId: drafts.id }, contracts);
        expect((await listed(nodeOf(drafts.id))).sort()).toEqual(["Contracts", "Signed"]);
        await byHand("Open", nodeOf(drafts.id));
        await up("Open", { parentId: legal.id }, contracts);
        expect([await listed(nodeOf(legal.id)), (await listed(nodeOf(drafts.id))).sort()]).toEqual([
            ["Open"],
            ["Contracts", "Open"],
        ]);
    });

    test("with both names taken on the way, it goes there under a third", async () => {
        const [legal, drafts] = [await up("Legal"), await up("Drafts")];
        const contracts = await up("Contracts", { parentId: legal.id });
        const { id } = contracts;
        await byHand("Contracts", nodeOf(drafts.id));
        await byHand("Signed", nodeOf(legal.id));
        await up("Signed", { parentId: drafts.id }, contracts);
        expect([await listed(nodeOf(legal.id)), (await listed(nodeOf(drafts.id))).sort()]).toEqual([
            ["Signed"],
            ["Contracts", "Signed"],
        ]);
        expect([contracts.id, await listed("trash")]).toEqual([id, []]);
    });

    test("an id of its folder without hyphens or in capitals is the same folder", async () => {
        const legal = await up("Legal");
        const plain = String(legal.id).replaceAll("-", "").toUpperCase();
        const contracts = await up("Contracts", { parentId: plain });
        expect(await contracts.refresh(process)).toEqual({ exists: true, drift: [] });
        const args = { ...place, name: "Contracts", parentId: legal.id };
        expect(contracts.preview(process, args)).toEqual({ step: "same", properties: [] });
    });

    test("into itself: the service's refusal names the property, and nothing is changed", async () => {
        const legal = await up("Legal");
        const contracts = await up("Contracts", { parentId: legal.id });
        const { message } = await failureOf(up("Legal", { parentId: contracts.id }, legal));
        expect(message).toContain("parentId");
        expect(await shown(legal)).toMatchObject({ parent: "root" });
    });

    describe("a name that is taken", () => {
        test("at create: an error with the import command, and nothing is taken over", async () => {
            const { id } = await byHand("Legal");
            const { message } = await failureOf(up("Legal"));
            expect(message).toMatch(/^creating folder "Legal" failed: name: another folder there/);
            expect(message).toContain(`pulumi import fastio:index:Folder Legal ${container}/${id}`);
            expect(message).toContain("alias");
        });

        test("by a note: no import command, for it is no folder", async () => {
            await note("root");
            const { message } = await failureOf(up("a.md"));
            expect(message).toMatch(/name: a (note|file) there has the name "a.md"/);
            expect(message).not.toContain("import");
        });

        test("at a rename and at a move: an error that names the property, and nothing is changed", async () => {
            const [legal, drafts] = [await up("Legal"), await up("Drafts")];
            const { id } = await byHand("Legal", nodeOf(drafts.id));
            const rename = await failureOf(up("Drafts", {}, legal.copy()));
            expect(rename.message).toMatch(/^updating folder "Drafts" failed: name: another folder/);
            const move = await failureOf(up("Legal", { parentId: drafts.id }, legal));
            expect(move.message).toMatch(/^updating folder "Legal" failed: parentId: another folder/);
            // Another resource than the moved one would hold it.
            expect(move.message).toContain(`pulumi import fastio:index:Folder NAME ${container}/${id}`);
            expect((await listed("root")).sort()).toEqual(["Drafts", "Legal"]);
        });

        test("only for the service: its own folder is not taken over either", async () => {
            const { id } = await byHand("Legal");
            process.troubles.push({
                path: /createfolder/,
                how: { status: 200, body: { result: true, node: { id, type: "folder", name: "Legal" } } },
            });
            expect((await failureOf(up("LEGAL"))).message).toContain(
                `pulumi import fastio:index:Folder LEGAL ${container}/${id}`,
            );
        });

        test("in the trash it is free", async () => {
            const { id } = await byHand("Legal");
            await storage("DELETE", id, "delete");
            expect(nodeOf((await up("Legal")).id)).not.toBe(id);
        });
    });

    describe("gone", () => {
        test.each(["itself", "the folder above"])("with %s in the trash", async (what) => {
            const legal = await up("Legal");
            const contracts = await up("Contracts", { parentId: legal.id });
            await storage("DELETE", nodeOf(what === "itself" ? contracts.id : legal.id), "delete");
            expect((await contracts.refresh(await nextRun())).exists).toBe(false);
        });

        test("purged", async () => {
            const legal = await up("Legal");
            for (const verb of ["delete", "purge"]) await storage("DELETE", nodeOf(legal.id), verb);
            expect((await legal.refresh(process)).exists).toBe(false);
        });

        test(`with its ${segment}`, async () => {
            const legal = await up("Legal");
            await service.api("DELETE", `${segment}/${container}/delete/?confirm=${container}`);
            expect((await legal.refresh(process)).exists).toBe(false);
        });

        test("not while its parent does not answer, nor on any other refusal", async () => {
            const legal = await up("Legal");
            await storage("DELETE", nodeOf(legal.id), "delete");
            for (const how of [refusal(401, 1680), refusal(500, 1654), "lost"] as const) {
                process.troubles.splice(0, 1, { path: new RegExp(`/${segment}/\\d+/details/`), how });
                await failureOf(legal.refresh(process));
            }
            await storage("POST", nodeOf(legal.id), "restore");
            for (const how of [refusal(401, 1680), refusal(403, 1680), refusal(404, 9992), 502]) {
                process.troubles.splice(0, 1, { path: /\/storage\//, how });
                await failureOf(legal.refresh(process));
            }
            expect(legal.id).toBeDefined();
        });

        test("changed before a refresh: the error says how to go on", async () => {
            const legal = await up("Legal");
            await storage("DELETE", nodeOf(legal.id), "delete");
            expect((await failureOf(up("Contracts", {}, legal))).message).toContain("pulumi refresh");
        });

        test("its own folder: a create says which property", async () => {
            const legal = await up("Legal");
            await storage("DELETE", nodeOf(legal.id), "delete");
            const { message } = await failureOf(up("Contracts", { parentId: legal.id }));
            expect(message).toContain(`parentId: there is no folder ${legal.id}`);
        });
    });

    describe("a delete", () => {
        test("puts an empty one into the trash; a second one, and one of what is gone, is no error", async () => {
            const legal = await up("Legal");
            await up("Contracts", { parentId: legal.id });
            const second = legal.copy();
            await legal.delete(await nextRun());
            await second.delete(process);
            expect(await listed("trash")).toEqual(["Legal"]);
        });

        test("is refused while there are notes or files, however deep, unless forced", async () => {
            const legal = await up("Legal");
            const contracts = await up("Contracts", { parentId: legal.id });
            await note(nodeOf(contracts.id));
            const { message } = await failureOf(legal.copy().delete(await nextRun()));
            expect(message).toMatch(/it still holds 1 file, .*forceDestroy: true/);
            await up("Legal", { forceDestroy: true }, legal);
            await legal.delete(await nextRun());
            expect(await listed("trash")).toEqual(["Legal"]);
        });

        test("of one that a renamed resource owns now makes no request", async () => {
            const legal = await up("Legal");
            await up("Legal", {}, legal.copy("renamed"));
            await legal.delete(process);
            expect(await listed("root")).toEqual(["Legal"]);
        });
    });

    describe("when the answer of a create is lost", () => {
        test("the new folder of that name is ours", async () => {
            process.troubles.push({ path: /createfolder/, how: "unanswered" });
            const legal = await up("Legal");
            expect((await shown(legal)).name).toBe("Legal");
        });

        test("and it was not made: the error says so, and the next create makes it", async () => {
            process.troubles.push({ path: /createfolder/, how: 502, times: 1 });
            expect((await failureOf(up("Legal"))).message).toContain("it was not there when looked for right after");
            await up("Legal");
        });

        test("and the look fails as well: the error says so", async () => {
            process.troubles.push({
                path: /createfolder/,
                how: "unanswered",
                before: async () => process.troubles.push({ path: /\/list\//, how: refusal(401, 1680) }),
            });
            expect((await failureOf(up("Legal"))).message).toContain("looking for it failed as well");
        });
    });

    describe("imported", () => {
        const nothing = { inputs: {}, outputs: {} };
        const read = (named: string) => process.lifecycle.read({ kind: "Folder" }, named, nothing);

        test("by id, by id without hyphens, and by path, each without a difference afterwards", async () => {
            const legal = await up("Legal");
            const contracts = await up("Contracts", { parentId: legal.id });
            const names = [contracts.ownId, contracts.ownId.replaceAll("-", ""), `${container}/Legal/Contracts`];
            for (const named of names) {
                const found = await read(named);
                expect(found).toMatchObject({ id: contracts.id, inputs: contracts.inputs });
                const { __place: place } = contracts.outputs;
                expect({ ...found?.outputs, __place: place }).toEqual(contracts.outputs);
            }
            expect(await read(`${container}/Legal`)).toMatchObject({ id: legal.id, inputs: legal.inputs });
        });

        test("by a path that nothing has, or that leads to a note: nothing", async () => {
            await note("root");
            for (const path of ["Legal", "Legal/Contracts", "a.md", ""])
                expect(await read(`${container}/${path}`)).toBeUndefined();
        });

        test("the root is nobody's", async () => {
            const { node } = await storage("GET", "root", "details");
            for (const id of ["root", node.id])
                expect((await failureOf(read(`${container}/${id}`))).message).toContain("the root folder");
        });
    });
});

test("imported from a workspace that is not there: nothing; from one of strangers: a denial", async () => {
    const nothing = { inputs: {}, outputs: {} };
    const read = (named: string) => process.lifecycle.read({ kind: "Folder" }, named, nothing);
    expect(await read("1999999999999999999/Legal")).toBeUndefined();
    const { token } = await service.account("stranger@example.com");
    const { id } = await service.workspace((await service.organization("strangers", token)).id, "their-own", token);
    expect((await failureOf(read(`${id}/Legal`))).message).toMatch(/HTTP 401, code (1680|10545)/);
});

test("a folder that a share shows is not deleted before the share", async () => {
    const legal = new Resource("Folder", "legal");
    await legal.up(process, { workspaceId, name: "Legal" });
    const contracts = new Resource("Folder", "contracts");
    await contracts.up(process, { workspaceId, name: "Contracts", parentId: legal.id });
    const share = new Resource("Share");
    await share.up(process, {
        workspaceId,
        title: "Contracts",
        storageMode: "workspace_folder",
        folderId: contracts.id,
    });
    expect((await failureOf(legal.copy().delete(await nextRun()))).message).toContain("it still holds 1 share");
    await share.delete(await nextRun());
    await legal.delete(await nextRun());
});

test("a folder within a share that shows a folder of the workspace lies in that share's root", async () => {
    const legal = new Resource("Folder", "legal");
    await legal.up(process, { workspaceId, name: "Legal" });
    const form = { storage_mode: "workspace_folder", folder_node_id: nodeOf(legal.id) };
    const { id } = await service.share(workspaceId, "Contracts", form);
    const inside = new Resource("Folder", "inside");
    await inside.up(process, { shareId: id, name: "Inside" });
    expect(inside.outputs.path).toBe("Inside");
    expect(await inside.refresh(process)).toEqual({ exists: true, drift: [] });
});

test("another workspace, or a share instead, is a replacement", async () => {
    const legal = new Resource("Folder", "legal");
    await legal.up(process, { workspaceId, name: "Legal" });
    expect(legal.preview(process, { shareId, name: "Legal" }).step).toBe("replaced");
    expect(await legal.up(await nextRun(), { shareId, name: "Legal" })).toBe("replaced");
    expect(await service.control("GET", "census")).toMatchObject({ folders: 1 });
});

test("a folder is made and changed in an archived workspace, which is archived afterwards", async () => {
    await service.api("POST", `workspace/${workspaceId}/archive/`);
    const legal = new Resource("Folder", "legal");
    await legal.up(process, { workspaceId, name: "Legal" });
    await legal.up(process, { workspaceId, name: "Contracts" });
    const details = await service.api("GET", `workspace/${workspaceId}/details/`);
    expect([legal.outputs.path, details.workspace.archived]).toEqual(["Contracts", true]);
});
