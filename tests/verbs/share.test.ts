/** Shares: both storage modes, the password, downloads, archiving, names, lost answers, and what a delete leaves alone. */
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import type { Account } from "./service";

let service: Service;
let home: Service;
let process: Process;
let organizationId: string;
let workspaceId: string;
let args: Properties;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.organization("acme")).id;
    workspaceId = (await service.workspace(organizationId, "design")).id;
    args = { workspaceId, title: "Q4 Report" };
});
afterEach(() => process.close());

async function up(more: Properties = {}, name?: string): Promise<Resource> {
    const resource = new Resource("Share", name);
    await resource.up(process, { ...args, ...more });
    return resource;
}

/** The tests of a block on a service of one dialect, whichever the others are run in. */
function served(dialect: Parameters<typeof Service.open>[0]): void {
    beforeAll(async () => {
        home = service;
        service = await Service.open(dialect);
    });
    afterAll(async () => {
        await service.close();
        service = home;
    });
}

/** An update of a process that is new: nothing is touched, nothing remembered. */
async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

const detailsOf = async (id: string) => (await service.api("GET", `share/${id}/details/`)).share;
const byHand = (id: string, form: Record<string, string>) => service.api("POST", `share/${id}/update/`, form);
const folder = async (name: string) =>
    (await service.api("POST", `workspace/${workspaceId}/storage/root/createfolder/`, { name })).node.id;
const note = (id: string, name?: string) => service.note("share", id, name);
const writesOf = async (work: () => Promise<unknown>) =>
    (await service.requestsOf(work))
        .filter(({ method, status }) => method !== "GET" && status < 400)
        .map(({ path }) => path.split("/").at(-2));
/** The form bodies that the work sends. */
async function formsOf(work: () => Promise<unknown>): Promise<Record<string, string>[]> {
    const bodies: string[] = [];
    const request = process.request.bind(process);
    process.request = async (options) => {
        if (!(options.body instanceof Readable)) return request(options);
        const body = await text(options.body);
        bodies.push(body);
        return request({ ...options, body });
    };
    await work();
    process.request = request;
    return bodies.map((body) => Object.fromEntries(new URLSearchParams(body)));
}

const link = { shareType: "send", accessOptions: "Anyone with the link" };

describe("with storage of its own", () => {
    test("what the service computes", async () => {
        const resource = await up({ title: "Q4: Größe & Gewinn" });
        const shown = await detailsOf(resource.ownId);
        expect(resource.outputs).toMatchObject({
            customName: shown.custom_name,
            url: `https://go.fast.io/shared/${shown.custom_name}/${encodeURIComponent("q4-größe-gewinn")}`,
            rootFolderId: `${resource.id}/${shown.share_root_id}`,
            created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        });
        expect(resource.inputs).not.toHaveProperty("customName");
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a title without letters gives an address without one", async () => {
        const resource = await up({ title: "***" });
        expect(resource.outputs.url).toBe(`https://go.fast.io/shared/${resource.outputs.customName}`);
    });

    test("the answer of a create and of an update is not read back", async () => {
        const resource = new Resource("Share");
        const requests = await service.requestsOf(async () => {
            await resource.up(process, args);
            await resource.up(process, { ...args, description: "The figures of the quarter." });
        });
        expect(requests.filter(({ path }) => path.includes("/share/") && path.endsWith("/details/"))).toEqual([]);
    });

    test("an answer without the share is read back", async () => {
        const resource = await up();
        const description = "The figures of the quarter.";
        process.troubles.push({
            path: /\/update\//,
            how: { status: 200, body: { result: true } },
            before: () => byHand(resource.ownId, { description }),
        });
        await resource.up(process, { ...args, description });
        expect(resource.outputs.description).toBe(description);
    });

    test("a move to another workspace is a replacement that deletes first", async () => {
        const resource = await up();
        const { id } = resource;
        const other = await service.workspace(organizationId, "other");
        expect(await resource.up(await nextRun(), { ...args, workspaceId: other.id })).toBe("replaced");
        expect(resource.id).not.toBe(id);
        expect(await service.control("GET", "census")).toMatchObject({ shares: 1 });
    });
});

describe("of a workspace's folder", () => {
    let folderId: string;
    let node: string;
    let shared: Properties;
    beforeEach(async () => {
        node = await folder("Legal");
        folderId = `${workspaceId}/${node}`;
        shared = { storageMode: "workspace_folder", folderId };
    });

    test("the folder's node is sent, and its id read back", async () => {
        const resource = await up(shared);
        expect(await detailsOf(resource.ownId)).toMatchObject({
            storage_mode: "workspace_folder",
            folder_node_id: node,
        });
        expect(resource.outputs).toMatchObject({ folderId, rootFolderId: `${resource.id}/${node}` });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await resource.up(process, { ...args, ...shared })).toBe("same");
    });

    test("a node id without hyphens or in capitals is the same folder", async () => {
        const plain = { ...shared, folderId: `${workspaceId}/${node.replaceAll("-", "").toUpperCase()}` };
        const resource = await up(plain);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(resource.preview(process, { ...args, ...shared }).step).toBe("same");
    });

    test("every other property changes in place", async () => {
        const resource = await up(shared);
        const { id } = resource;
        const changed = { title: "Contracts", shareType: "receive", invite: "guests", description: "Signed papers." };
        expect(await resource.up(process, { ...args, ...shared, ...changed })).toBe("updated");
        expect(resource.id).toBe(id);
        expect(await detailsOf(resource.ownId)).toMatchObject({ title: "Contracts", share_type: "receive" });
    });

    test.each<[string, () => Promise<Properties>]>([
        ["another folder", async () => ({ ...shared, folderId: `${workspaceId}/${await folder("Finance")}` })],
        ["storage of its own", async () => ({})],
    ])("%s is a replacement, and the folder stays", async (_what, change) => {
        const resource = await up(shared);
        const next = { ...args, ...(await change()) };
        expect(resource.preview(process, next).step).toBe("replaced");
        expect(await resource.up(await nextRun(), next)).toBe("replaced");
        const { nodes } = await service.api("GET", `workspace/${workspaceId}/storage/root/list/`);
        expect(nodes.items.map(({ id }) => id)).toContain(node);
        expect(await service.control("GET", "census")).toMatchObject({ shares: 1 });
    });

    test("a folder that backs a share already is an error that names the property", async () => {
        await up(shared);
        for (const more of [{}, { customName: "second-share" }]) {
            const { message } = await failureOf(up({ ...shared, ...more }, "second"));
            expect(message).toMatch(/^creating share "Q4 Report" failed: folderId: the folder backs a share already/);
        }
    });

    test("a delete takes the share alone, whatever the folder holds", async () => {
        const resource = await up(shared);
        await service.api("POST", `workspace/${workspaceId}/storage/${node}/createnote/`, {
            name: "a.md",
            content: "x",
        });
        await resource.delete(await nextRun());
        expect(await service.control("GET", "census")).toMatchObject({ shares: 0, folders: 1, notes: 1 });
    });
});

describe("the password", () => {
    let stranger: Account;
    beforeEach(async () => {
        stranger = await service.account("stranger@example.com");
    });
    const isOpen = (id: string) =>
        service.api("GET", `share/${id}/details/`, undefined, stranger.token).then(
            () => true,
            () => false,
        );
    const hasPassword = async (id: string) => (await detailsOf(id)).password;
    const canary = "canary-correct-horse";

    test("set with the share, changed and cleared, each in place", async () => {
        const resource = await up({ ...link, password: canary });
        expect([await hasPassword(resource.ownId), await isOpen(resource.ownId)]).toEqual([true, false]);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        const other = { ...args, ...link, password: "another-horse" };
        expect(resource.preview(process, other)).toEqual({ step: "updated", properties: ["password"] });
        expect(await formsOf(() => resource.up(process, other))).toEqual([{ password: "another-horse" }]);
        expect(resource.outputs.password).toBe("another-horse");
        const cleared = { ...args, ...link };
        expect(await formsOf(() => resource.up(process, cleared))).toEqual([{ password: "null" }]);
        expect([await hasPassword(resource.ownId), await isOpen(resource.ownId)]).toEqual([false, true]);
        expect(resource.outputs).not.toHaveProperty("password");
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await resource.up(process, cleared)).toBe("same");
    });

    test("set and ended together with the access that it belongs to", async () => {
        const resource = await up();
        await resource.up(process, { ...args, ...link, password: canary });
        expect(await hasPassword(resource.ownId)).toBe(true);
        await resource.up(process, args);
        expect(await detailsOf(resource.ownId)).toMatchObject({ password: false, share_type: "send" });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("dropped by the service with an access that somebody else set: the share is not opened again without it", async () => {
        const declared = { ...args, ...link, password: canary };
        const resource = await up(declared);
        await byHand(resource.ownId, { access_options: "Anyone with a registered account" });
        expect(await hasPassword(resource.ownId)).toBe(false);
        expect((await resource.refresh(process)).drift.sort()).toEqual(["accessOptions", "password"]);
        await resource.up(process, declared);
        expect([await hasPassword(resource.ownId), await isOpen(resource.ownId)]).toEqual([true, false]);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("and so on a service that shows nothing of passwords", async () => {
        const declared = { ...args, ...link, password: canary };
        const resource = await up(declared);
        await byHand(resource.ownId, { access_options: "Anyone with a registered account" });
        const { password: _, ...shown } = await detailsOf(resource.ownId);
        const body = { result: true, share: shown, shares: [shown] };
        process.troubles.push({ path: /\/details\/|\/list\/shares\//, how: { status: 200, body } });
        expect((await resource.refresh(process)).drift).toEqual(["accessOptions"]);
        process.troubles.length = 0;
        await resource.up(process, declared);
        expect(await isOpen(resource.ownId)).toBe(false);
    });

    test("cleared by hand: shown by its name, never by its value, and set again", async () => {
        const declared = { ...args, ...link, password: canary };
        const resource = await up(declared);
        await byHand(resource.ownId, { password: "null" });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: ["password"] });
        expect(resource.preview(process, declared)).toEqual({ step: "updated", properties: ["password"] });
        await resource.up(process, declared);
        expect(await hasPassword(resource.ownId)).toBe(true);
    });

    test("accepted and not set is an error, and stays to be done", async () => {
        const resource = await up(link);
        const shown = await detailsOf(resource.ownId);
        process.troubles.push({
            path: /\/update\//,
            how: { status: 200, body: { result: true, share: shown } },
            times: 1,
        });
        const declared = { ...args, ...link, password: canary };
        const { message } = await failureOf(resource.up(process, declared));
        expect(message).toMatch(/accepted password and did not make the change/);
        expect(resource.preview(process, declared).properties).toEqual(["password"]);
    });

    test("is in no error and no log", async () => {
        const resource = await up({ ...link, password: canary });
        for (const how of [
            refusal(406, 1605, "password: other-4711 is too simple"),
            refusal(500, 1654),
            "lost",
        ] as const) {
            const failing = await nextRun();
            failing.troubles.push({ path: /\/update\//, how });
            const { message, stack } = await failureOf(
                resource.up(failing, { ...args, ...link, password: "other-4711" }),
            );
            expect(`${message}${stack}${failing.text}`).not.toMatch(/4711/);
        }
    });
});

describe("downloads", () => {
    test("the newer switch is sent when it is declared, and only then", async () => {
        const [plain] = await formsOf(() => up());
        expect(plain).toMatchObject({ download_enabled: "true" });
        expect(plain).not.toHaveProperty("download_security");
        const [fine] = await formsOf(() => up({ downloadSecurity: "off" }, "fine"));
        expect(fine).toMatchObject({ download_security: "off" });
    });

    describe("where the service knows the older switch alone", () => {
        served("seed");

        test("the newer one, declared, is an error that names it, and never stands as if it were made", async () => {
            const resource = new Resource("Share");
            const failure = await failureOf(resource.up(process, { ...args, downloadSecurity: "high" }));
            expect(failure.message).toMatch(/accepted downloadSecurity and did not make the change/);
            expect(resource.preview(process, { ...args, downloadSecurity: "high" }).properties).toContain(
                "downloadSecurity",
            );
        });

        test("what both say alike stands", async () => {
            const resource = await up({ downloadSecurity: "off" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            await byHand(resource.ownId, { download_enabled: "false" });
            expect(await resource.refresh(process)).toMatchObject({
                drift: expect.arrayContaining(["downloadSecurity"]),
            });
        });
    });

    describe("where the service shows the newer switch", () => {
        served("mid2026");

        test("opened by hand while nothing is declared: shown, and put back", async () => {
            const resource = await up();
            await byHand(resource.ownId, { download_security: "medium" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: ["downloadSecurity"] });
            await resource.up(process, args);
            expect(await detailsOf(resource.ownId)).toMatchObject({ download_security: "off" });
        });

        test("the older one stands by what it means: no drift, and never turned on again", async () => {
            const resource = await up({ downloadEnabled: false });
            expect(await detailsOf(resource.ownId)).toMatchObject({ download_security: "high" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            await byHand(resource.ownId, { download_security: "off" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: ["downloadEnabled"] });
            await resource.up(process, { ...args, downloadEnabled: false });
            expect(await detailsOf(resource.ownId)).toMatchObject({ download_security: "high" });
        });

        test("from the newer one to the older one and back: the default of one does not undo the other", async () => {
            const resource = await up({ downloadSecurity: "high" });
            const forms = await formsOf(() => resource.up(process, { ...args, downloadEnabled: false }));
            expect(forms).toEqual([{ download_enabled: "false" }]);
            await resource.up(process, args);
            expect(await detailsOf(resource.ownId)).toMatchObject({ download_security: "off" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });
    });
});

describe("archived", () => {
    test("a change while it stays archived: opened, changed, closed", async () => {
        const resource = await up({ archived: true });
        const next = { ...args, archived: true, title: "Q4 Figures" };
        expect(await writesOf(() => resource.up(process, next))).toEqual(["unarchive", "update", "archive"]);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a delete needs no opening", async () => {
        const resource = await up({ archived: true });
        expect(await writesOf(async () => resource.delete(await nextRun()))).toEqual(["delete"]);
    });

    const member = (shareId: string) => ({ shareId, email: "new@example.com", role: "view" });

    test("a member's create, update and delete open the share and close it again", async () => {
        const { ownId } = await up({ archived: true });
        const ann = new Resource("ShareMember");
        await ann.up(process, member(ownId));
        await ann.up(process, { ...member(ownId), role: "guest" });
        expect(await service.member(ownId, "new@example.com", "share")).toMatchObject({ permissions: "guest" });
        await ann.delete(await nextRun());
        expect(await service.member(ownId, "new@example.com", "share")).toBeUndefined();
        expect(await detailsOf(ownId)).toMatchObject({ archived: true });
    });

    test.each([false, true])("with the workspace archived above it (the share as well: %s)", async (archived) => {
        const resource = await up({ archived });
        await service.api("POST", `workspace/${workspaceId}/archive/`);
        await resource.up(process, { ...args, archived, title: "Q4 Figures" });
        await new Resource("ShareMember").up(process, member(resource.ownId));
        expect(await service.member(resource.ownId, "new@example.com", "share")).toMatchObject({ permissions: "view" });
        expect(await detailsOf(resource.ownId)).toMatchObject({ title: "Q4 Figures", archived });
        const { workspace } = await service.api("GET", `workspace/${workspaceId}/details/`);
        expect(workspace.archived).toBe(true);
    });
});

describe("3.9 under a declared name", () => {
    const customName = "acme-q4-report";

    test("the same create again meets its own work, with a warning", async () => {
        const lost = await up({ customName });
        await nextRun();
        const again = await up({ customName, description: "Declared only now." }, "again");
        expect(again.id).toBe(lost.id);
        expect(process.warnings).toEqual([expect.stringContaining(`share ${lost.id} was already there`)]);
        expect(await detailsOf(again.ownId)).toMatchObject({ description: "Declared only now." });
    });

    test.each<[string, (id: string) => Promise<unknown>, Properties, RegExp]>([
        ["it holds files", (id) => note(id), {}, /it holds 1 file/],
        [
            "it is ours no more",
            async (id) => {
                const { email, userId } = await service.account("ann@example.com");
                await service.api("POST", `share/${id}/members/${email}/`, { permissions: "admin" });
                await service.api("POST", `share/${id}/member/${userId}/transfer_ownership/`);
            },
            {},
            /not its owner/,
        ],
        ["its storage is another", async () => {}, { storageMode: "workspace_folder" }, /another storageMode/],
    ])("not when %s: the error has the import command", async (_case, change, more, reason) => {
        const lost = await up({ customName });
        await change(lost.ownId);
        await nextRun();
        const folders = "storageMode" in more ? { folderId: `${workspaceId}/${await folder("Legal")}` } : {};
        const { message } = await failureOf(up({ customName, ...more, ...folders }, "again"));
        expect(message).toMatch(reason);
        expect(message).toContain(`pulumi import fastio:index:Share again ${lost.id}`);
    });

    test.each<[string, () => Promise<unknown>]>([
        [
            "a stranger",
            async () => {
                const { token } = await service.account("stranger@example.com");
                const { id } = await service.organization("stranger", token);
                const theirs = await service.workspace(id, "theirs", token);
                const form = { title: "Theirs", custom_name: customName };
                await service.api("POST", `workspace/${theirs.id}/create/share/`, form, token);
            },
        ],
        [
            "another workspace of ours",
            async () =>
                service.share((await service.workspace(organizationId, "other")).id, "Other", {
                    custom_name: customName,
                }),
        ],
        ["a closed share", async () => (await up({ customName })).delete(await nextRun())],
    ])("a name that %s has is an error that names the property", async (_who, take) => {
        await take();
        const { message } = await failureOf(up({ customName }, "again"));
        expect(message).toMatch(/customName: .*"acme-q4-report".*declare another/);
    });

    test("a second address that is taken is named by its own property", async () => {
        const customUrl = "acme-fourth-quarter";
        await up({ customUrl });
        for (const more of [{}, { customName }])
            expect((await failureOf(up({ customUrl, ...more }, "again"))).message).toContain("failed: customUrl: ");
    });

    test("the answer to the create is lost: it is found by its name", async () => {
        process.troubles.push({ path: /\/create\/share\//, how: "unanswered", times: 1 });
        const resource = await up({ customName });
        expect(await service.control("GET", "census")).toMatchObject({ shares: 1 });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("3.10 renamed in the program: the delete makes no call", async () => {
        const old = await up({ customName }, "old");
        const renamed = new Resource("Share", "renamed");
        await renamed.up(await nextRun(), { ...args, customName });
        expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
        expect(await renamed.refresh(process)).toEqual({ exists: true, drift: [] });
    });
});

describe("3.9 without a name", () => {
    const lose = (before?: () => Promise<unknown>) =>
        process.troubles.push({
            method: "POST",
            path: /\/create\/share\//,
            how: "unanswered",
            times: 1,
            ...(before && { before }),
        });
    const shares = async () => (await service.control<{ shares: number }>("GET", "census")).shares;

    test("the address is the service's own, and no two are alike", async () => {
        const names = [(await up()).outputs.customName, (await up({}, "other")).outputs.customName];
        expect(new Set(names).size).toBe(2);
        for (const name of names) expect(name).not.toMatch(/q4|report|other/);
    });

    test("the answer to the create is lost: the one new share of that title is it", async () => {
        await service.share(workspaceId, "Q4 Report");
        lose(() => service.share(workspaceId, "Another title"));
        const resource = await up();
        expect(await shares()).toBe(3);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(resource.preview(process, args).step).toBe("same");
    });

    test("several candidates are named, never guessed", async () => {
        let other = "";
        lose(async () => {
            other = (await service.share(workspaceId, "Q4 Report")).id;
        });
        const resource = new Resource("Share");
        const { message } = await failureOf(resource.up(process, args));
        expect(message).toContain(other);
        expect(message).toMatch(
            /several new shares have that title \(\d{19}, \d{19}\).*pulumi import fastio:index:Share design \d{19}/,
        );
        expect(resource.id).toBeUndefined();
    });

    test("one that is older than the request is none", async () => {
        process.troubles.push({
            method: "POST",
            path: /\/create\/share\//,
            how: 502,
            times: 1,
            before: async () => {
                const { id } = await service.share(workspaceId, "Q4 Report");
                const old = { ...(await detailsOf(id)), created: "2020-01-01 00:00:00 UTC" };
                process.troubles.push({
                    path: /\/list\/shares\//,
                    how: { status: 200, body: { result: true, shares: [old] } },
                });
            },
        });
        expect((await failureOf(up())).message).toMatch(/answer was lost; no new share of that title is listed/);
    });

    test("nothing was made: the error says so, and the next run makes it", async () => {
        process.troubles.push({ method: "POST", path: /\/create\/share\//, how: 502, times: 1 });
        const resource = new Resource("Share");
        const { message } = await failureOf(resource.up(process, args));
        expect(message).toMatch(/answer was lost; no new share of that title is listed; the next `pulumi up` makes it/);
        expect(await resource.up(process, args)).toBe("created");
        expect(await shares()).toBe(1);
    });

    test("the look afterwards fails as well: the error says that it may exist", async () => {
        lose(async () => process.troubles.push({ method: "GET", path: /\/list\/shares\//, how: 503 }));
        expect((await failureOf(up())).message).toMatch(
            /answer was lost; .*it may exist\. Before the next .*npx pulumi-fastio doctor --state/,
        );
    });

    test("a create that provably never left is repeated by itself", async () => {
        process.troubles.push({ method: "POST", path: /\/create\/share\//, how: "lost", times: 2 });
        await up();
        expect(await shares()).toBe(1);
    });
});

describe("3.16 the plan's shares", () => {
    test("the limit, the count and what is to come, and no request of its own", async () => {
        await service.control("POST", "plan", { organizationId, shares: 2 });
        const other = await service.workspace(organizationId, "other");
        await service.share(other.id, "Elsewhere in the organization");
        await up({ archived: true }, "first");
        const [third, fourth] = [new Resource("Share", "third"), new Resource("Share", "fourth")];
        for (const one of [third, fourth]) one.preview(process, args);
        const failing = failureOf(third.up(process, args));
        expect((await failing).message).toMatch(
            /the plan allows 2 shares in the organization and there are 2; nothing was requested, and 1 further one is to come/,
        );
        expect(await writesOf(() => failureOf(fourth.up(process, args)))).toEqual([]);
    });

    test("shares of another organization do not count", async () => {
        const other = await service.organization("other");
        await service.share((await service.workspace(other.id, "theirs")).id, "Another company's");
        await service.control("POST", "plan", { organizationId, shares: 1 });
        await up();
    });

    test("a plan without a limit is not counted", async () => {
        await service.control("POST", "plan", { organizationId, shares: null });
        const requests = await service.requestsOf(() => up());
        expect(requests.filter(({ path }) => path.endsWith("/shares/all/"))).toEqual([]);
    });
});

describe("3.7 a delete", () => {
    test("of a share with files is refused, and says what helps; with forceDestroy it goes", async () => {
        const resource = await up();
        await note(resource.ownId);
        await note(resource.ownId, "b.md");
        let failure: Error | undefined;
        const writes = await writesOf(async () => {
            failure = await failureOf(resource.delete(await nextRun()));
        });
        expect(failure?.message).toMatch(/it still holds 2 files, .*forceDestroy: true/);
        expect(writes).toEqual([]);
        await resource.up(process, { ...args, forceDestroy: true });
        await resource.delete(await nextRun());
        expect(await service.control("GET", "census")).toMatchObject({ shares: 0 });
    });

    test("of an empty one, of one that is gone, and of one whose workspace is gone", async () => {
        const [first, second, third] = [await up(), await up({}, "second"), await up({}, "third")];
        await first.delete(await nextRun());
        await service.api("DELETE", `share/${second.id}/delete/?confirm=${second.id}`);
        await second.delete(process);
        await service.api("DELETE", `workspace/${workspaceId}/delete/?confirm=${workspaceId}`);
        await third.delete(process);
        expect(await service.control("GET", "census")).toMatchObject({ shares: 0 });
    });

    test("of one that is somebody else's is refused with the line that takes it out of the stack", async () => {
        const resource = await up();
        const { email, userId } = await service.account("ann@example.com");
        await service.api("POST", `share/${resource.id}/members/${email}/`, { permissions: "admin" });
        await service.api("POST", `share/${resource.id}/member/${userId}/transfer_ownership/`);
        const { message } = await failureOf(resource.delete(await nextRun()));
        expect(message).toContain(`pulumi state delete '${resource.urn}'`);
    });
});

describe("imported", () => {
    const nothing = { inputs: {}, outputs: {} };

    test.each(["id", "customName"] as const)("by its %s, under which the program shows no difference", async (key) => {
        const node = await folder("Legal");
        for (const more of [
            { ...link, customName: "acme-q4-report", expires: "2099-01-01T00:00:00Z", archived: true },
            { storageMode: "workspace_folder", folderId: `${workspaceId}/${node}` },
        ]) {
            const made = await up(more, `made-${Object.keys(more).length}`);
            const named = key === "id" ? made.ownId : String(made.outputs.customName);
            const read = await process.lifecycle.read({ kind: "Share" }, named, nothing);
            expect(read).toMatchObject({ id: made.id, inputs: { ...args, ...more } });
            const known = { inputs: read?.inputs ?? {}, outputs: read?.outputs ?? {} };
            expect(process.lifecycle.diff({ kind: "Share" }, made.ownId, known, made.known.inputs)).toMatchObject({
                replaces: [],
                differences: [],
            });
        }
    });

    test("a name that no share has", async () => {
        expect(await process.lifecycle.read({ kind: "Share" }, "nothing-here", nothing)).toBeUndefined();
    });

    test("a share that does not say where it belongs is an error, not half an import", async () => {
        const { parent_workspace: _, parents: __, ...shown } = await detailsOf((await up()).ownId);
        process.troubles.push({ path: /\/details\//, how: { status: 200, body: { result: true, share: shown } } });
        const { message } = await failureOf(process.lifecycle.read({ kind: "Share" }, shown.id, nothing));
        expect(message).toMatch(/does not say which workspace/);
    });
});
