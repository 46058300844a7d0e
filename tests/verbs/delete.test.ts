/** 3.7 and 3.10: what a delete refuses to take with it, and that it never takes what another resource has now. */
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";

let service: Service;
let process: Process;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => process.close());

/** Made in a process of its own, as by an earlier run. */
async function made(kind: string, args: Properties, name?: string): Promise<Resource> {
    const earlier = new Process(service);
    const resource = new Resource(kind, name);
    await resource.up(earlier, args);
    await earlier.close();
    return resource;
}

const writes = async (work: () => Promise<unknown>) =>
    (await service.requestsOf(work)).filter(({ method }) => method !== "GET");

const advice = /Empty it first; or set forceDestroy: true on it, run `pulumi up` for that alone.*what the state holds/;

describe("3.7 a workspace", () => {
    let organizationId: string;
    beforeEach(async () => {
        organizationId = (await service.organization("acme")).id;
    });

    const storage = (id: string, path: string, form: Record<string, string>) =>
        service.api("POST", `workspace/${id}/storage/${path}/`, form);
    const share = async (id: string, name: string) =>
        (await service.api("POST", `workspace/${id}/create/share/`, { title: name, custom_name: name })).share;
    const file = (id: string, folderId: string, name: string) =>
        service.upload("workspace", id, name, "data", { folder_id: folderId });
    const folder = async (id: string, name: string, parent = "root") =>
        (await storage(id, `${parent}/createfolder`, { name })).node;
    const note = (id: string, name?: string, parent?: string) => service.note("workspace", id, name, parent);

    type Content = [what: string, put: (id: string) => Promise<unknown>, named: string];
    const inTheWay: Content[] = [
        ["a note", (id) => note(id), "1 file"],
        ["a file", (id) => file(id, "root", "a.bin"), "1 file"],
        [
            "files and notes deep in folders",
            async (id) => {
                const deep = await folder(id, "inner", (await folder(id, "outer")).id);
                await note(id, "deep.md", deep.id);
                await file(id, deep.id, "deep.bin");
                await note(id);
            },
            "3 files",
        ],
        ["a share", (id) => share(id, "a-share-of-it"), "1 share"],
        [
            "an archived share",
            async (id) => service.api("POST", `share/${(await share(id, "archived-share")).id}/archive/`),
            "1 share",
        ],
        [
            "both",
            async (id) => {
                await note(id);
                await share(id, "one-share");
                await share(id, "two-shares");
            },
            "1 file, 2 shares",
        ],
    ];

    test.each(inTheWay)("with %s is left, and what is in the way is named", async (_what, put, named) => {
        const resource = await made("Workspace", { organizationId });
        await put(resource.ownId);
        let failure: Error | undefined;
        const requests = await writes(async () => {
            failure = await failureOf(resource.delete(process));
        });
        expect(failure?.message).toContain(`it still holds ${named},`);
        expect(failure?.message).toMatch(advice);
        expect(requests).toEqual([]);
    });

    test.each(inTheWay)("with %s goes with forceDestroy", async (_what, put) => {
        const resource = await made("Workspace", { organizationId, forceDestroy: true });
        await put(resource.ownId);
        await resource.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 0, shares: 0, files: 0, notes: 0 });
    });

    test("archived shares are asked for by name: not every listing shows them", async () => {
        const resource = await made("Workspace", { organizationId });
        const requests = await service.requestsOf(() => resource.delete(process));
        const listings = requests.filter(({ path }) => path.endsWith("/list/shares/"));
        expect(listings.map(({ query }) => query.archived).sort()).toEqual(["true", undefined]);
    });

    test.each<[string, (id: string) => Promise<unknown>]>([
        ["nothing", async () => undefined],
        ["folders alone", async (id) => folder(id, "inner", (await folder(id, "outer")).id)],
        ["trash alone", async (id) => service.api("DELETE", `workspace/${id}/storage/${await note(id)}/delete/`)],
    ])("with %s goes", async (_what, put) => {
        const resource = await made("Workspace", { organizationId });
        await put(resource.ownId);
        await resource.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 0 });
    });

    test("forceDestroy set later is a step without a request, and counts from then on", async () => {
        const resource = await made("Workspace", { organizationId });
        await note(resource.ownId);
        const args = { organizationId, forceDestroy: true };
        expect(resource.preview(process, args)).toEqual({ step: "updated", properties: ["forceDestroy"] });
        expect(await service.requestsOf(() => resource.up(process, args))).toEqual([]);
        await resource.delete(new Process(service));
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 0 });
    });

    test("forceDestroy taken away again counts as well", async () => {
        const resource = await made("Workspace", { organizationId, forceDestroy: true });
        await note(resource.ownId);
        await resource.up(process, { organizationId });
        expect((await failureOf(resource.delete(new Process(service)))).message).toMatch(advice);
    });

    test("a replacement deletes first, so it is refused in the same way", async () => {
        const { id: other } = await service.organization("other");
        const resource = await made("Workspace", { organizationId });
        await note(resource.ownId);
        const failure = await failureOf(resource.up(process, { organizationId: other }));
        expect(failure.message).toContain("1 file");
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 1 });
    });

    test("a replacement in another organization", async () => {
        const { id: other } = await service.organization("other");
        const resource = await made("Workspace", { organizationId });
        const before = { id: resource.id, folderName: resource.outputs.folderName };
        expect(await resource.up(process, { organizationId: other })).toBe("replaced");
        expect(resource.id).not.toBe(before.id);
        expect(resource.outputs.folderName).not.toBe(before.folderName);
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 1 });
    });

    test("what cannot be looked at is not deleted", async () => {
        const resource = await made("Workspace", { organizationId });
        process.troubles.push({ path: /\/storage\/root\/list\//, how: 503 });
        expect(await writes(() => failureOf(resource.delete(process)))).toEqual([]);
    });
});

describe("3.7 an organization", () => {
    const args = { domain: "acme", name: "Acme" };
    type Content = [what: string, put: (id: string) => Promise<unknown>, named: string];
    const inTheWay: Content[] = [
        ["a workspace", (id) => service.workspace(id, "design"), "1 workspace"],
        [
            "an archived workspace",
            async (id) => service.api("POST", `workspace/${(await service.workspace(id, "old-design")).id}/archive/`),
            "1 workspace",
        ],
        [
            "a share",
            async (id) => {
                const workspace = await service.workspace(id, "design");
                await service.api("POST", `workspace/${workspace.id}/create/share/`, { title: "Room" });
            },
            "1 workspace, 1 share",
        ],
        [
            "another member",
            (id) => service.api("POST", `org/${id}/members/ann@example.com/`, { permissions: "admin" }),
            "1 other member",
        ],
        ["a paid plan", (id) => service.control("POST", "plan", { organizationId: id, paid: true }), "a paid plan"],
    ];

    test.each(inTheWay)("with %s is left, and what is in the way is named", async (_what, put, named) => {
        const resource = await made("Organization", args);
        await put(resource.ownId);
        let failure: Error | undefined;
        const requests = await writes(async () => {
            failure = await failureOf(resource.delete(process));
        });
        expect(failure?.message).toContain(`it still holds ${named},`);
        expect(failure?.message).toMatch(advice);
        expect(requests).toEqual([]);
    });

    test.each(inTheWay)("with %s goes with forceDestroy", async (_what, put) => {
        const resource = await made("Organization", { ...args, forceDestroy: true });
        await put(resource.ownId);
        await resource.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ organizations: 0, workspaces: 0 });
    });

    test("4.15 the bill is for credentials that administer: a look at it that is refused is in nobody's way", async () => {
        const resource = await made("Organization", args);
        process.troubles.push({ path: /\/billing\/details\//, how: refusal(403, 10767) });
        await resource.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ organizations: 0 });
    });

    test("what another organization of ours holds is not in the way", async () => {
        const other = await service.organization("other");
        const workspace = await service.workspace(other.id, "design");
        await service.api("POST", `workspace/${workspace.id}/create/share/`, { title: "Room" });
        const resource = await made("Organization", args);
        await resource.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ organizations: 1 });
    });

    test("that never was this account's is left, with the line that takes it out of the stack", async () => {
        const { token } = await service.account("ann@example.com");
        const { id } = await service.organization("anns", token);
        await service.api("POST", `org/${id}/members/agent@example.com/`, { permissions: "admin" }, token);
        const resource = new Resource("Organization");
        resource.id = id;
        resource.known = { inputs: { domain: "anns", name: "anns" }, outputs: {} };
        await resource.refresh(process);
        const { message } = await failureOf(resource.delete(process));
        expect(message).toContain(`pulumi state delete '${resource.urn}'`);
    });
});

describe("3.10 one object, two resources", () => {
    async function parents() {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "parent");
        const { userId } = await service.account("ann@example.com");
        return { organizationId, workspaceId, userId };
    }
    type Case = [
        string,
        (made: Awaited<ReturnType<typeof parents>>) => [kind: string, before: Properties, after: Properties],
    ];
    const cases: Case[] = [
        ["an organization", () => ["Organization", { domain: "two", name: "Two" }, { domain: "two", name: "Two" }]],
        [
            "a workspace",
            ({ organizationId }) => [
                "Workspace",
                { organizationId, name: "Design", folderName: "acme-design" },
                { organizationId, name: "Design", folderName: "acme-design" },
            ],
        ],
        [
            "a member",
            ({ workspaceId }) => [
                "WorkspaceMember",
                { workspaceId, email: "ann@example.com", role: "guest" },
                { workspaceId, email: "Ann@Example.com", role: "guest" },
            ],
        ],
        [
            "somebody invited",
            ({ workspaceId }) => [
                "WorkspaceMember",
                { workspaceId, email: "new@example.com", role: "guest" },
                { workspaceId, email: "new@example.com", role: "guest" },
            ],
        ],
        [
            "a member by e-mail, then by user id",
            ({ workspaceId, userId }) => [
                "WorkspaceMember",
                { workspaceId, email: "ann@example.com", role: "guest" },
                { workspaceId, userId, role: "admin" },
            ],
        ],
        [
            "a member by user id, then by e-mail",
            ({ workspaceId, userId }) => [
                "WorkspaceMember",
                { workspaceId, userId, role: "guest" },
                { workspaceId, email: "ann@example.com", role: "admin" },
            ],
        ],
    ];

    test.each(cases)(
        "%s renamed in the program: created first, and the delete after makes no call and warns",
        async (_n, of) => {
            const [kind, before, after] = of(await parents());
            const old = await made(kind, before, "old");
            const renamed = new Resource(kind, "renamed");
            await renamed.up(process, after);
            const census = await service.control("GET", "census");
            expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
            expect(process.warnings.at(-1)).toMatch(
                /belongs to another resource of this program now, so it was not deleted/,
            );
            expect(await service.control("GET", "census")).toEqual(census);
            expect(await renamed.refresh(process)).toEqual({ exists: true, drift: [] });
        },
    );

    test.each(cases)("%s: when the run was killed in between, the next one knows by its diff", async (_n, of) => {
        const [kind, before, after] = of(await parents());
        const old = await made(kind, before, "old");
        const renamed = await made(kind, after, "renamed");
        expect(await renamed.up(process, after)).toBe("same");
        expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
    });

    test.each(cases)("%s: refresh and destroy check nothing and are not affected", async (_n, of) => {
        const [kind, before] = of(await parents());
        const resource = await made(kind, before);
        const census = await service.control<Record<string, number>>("GET", "census");
        await resource.refresh(process);
        await resource.delete(process);
        const after = await service.control<Record<string, number>>("GET", "census");
        const lost = Object.keys(census).filter((name) => census[name] !== after[name]);
        expect(lost).toHaveLength(1);
    });

    test("a workspace renamed in the program, with a property that is declared no more: that is withdrawn", async () => {
        const { organizationId } = await parents();
        const declared = { organizationId, name: "Design", folderName: "acme-design" };
        const old = await made("Workspace", { ...declared, description: "What we do here." }, "old");
        const renamed = new Resource("Workspace", "renamed");
        await renamed.up(process, declared);
        await old.delete(process);
        const { workspace } = await service.api("GET", `workspace/${renamed.id}/details/`);
        expect(workspace).toMatchObject({ description: null, closed: false });
    });

    test("a resource that is only updated beside keeps its object, too", async () => {
        const { workspaceId } = await parents();
        const old = await made("WorkspaceMember", { workspaceId, email: "ann@example.com", role: "guest" }, "old");
        const other = old.copy("other");
        await other.up(process, { workspaceId, email: "ann@example.com", role: "admin" });
        expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
    });

    test("a refresh before the update, in one process, does not keep a delete from happening", async () => {
        const { workspaceId } = await parents();
        const resource = await made("WorkspaceMember", { workspaceId, email: "ann@example.com", role: "guest" });
        const before = resource.copy();
        await resource.refresh(process);
        const subject = { kind: "WorkspaceMember" };
        process.lifecycle.diff(subject, resource.ownId, resource.known, before.known.inputs);
        await resource.delete(process);
        expect(await service.member(workspaceId, "ann@example.com")).toBeUndefined();
    });
});
