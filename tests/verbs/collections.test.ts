/** Refresh by lists: nothing that is old, and nothing that a list tells by half, counts. */

import type { LedgerEntry } from "../../emulator";
import { failureOf, Process, Resource, refusal, type Trouble } from "./fixture";
import { dialect, Service } from "./service";

let service: Service;
let process: Process;
let organizationId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.paidOrganization("acme")).id;
});
afterEach(() => process.close());

const lists = (requests: LedgerEntry[]) => requests.filter(({ path }) => path.includes("/list/"));

describe("drift between two refreshes is seen", () => {
    test("whatever is changed by hand, and in a process that goes on", async () => {
        await service.account("ann@example.com");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const workspace = new Resource("Workspace", "workspace");
        await workspace.up(process, { organizationId, name: "One" });
        const share = new Resource("Share", "share");
        await share.up(process, { workspaceId, title: "Report" });
        const folder = new Resource("Folder", "folder");
        await folder.up(process, { workspaceId, name: "Legal" });
        const ann = new Resource("WorkspaceMember", "ann");
        await ann.up(process, { workspaceId, email: "ann@example.com", role: "member" });
        const all = [workspace, share, folder, ann];
        const refresh = () => Promise.all(all.map(async (one) => (await one.refresh(process)).drift));
        expect(await refresh()).toEqual([[], [], [], []]);
        const node = folder.ownId.split("/")[1];
        for (const round of [1, 2]) {
            await service.api("POST", `workspace/${workspace.ownId}/update/`, {
                perm_join: round === 1 ? "Only Org Owners" : "Admin or above",
            });
            await service.api("POST", `share/${share.ownId}/update/`, { invite: round === 1 ? "guests" : "owners" });
            await service.api("POST", `workspace/${workspaceId}/storage/${node}/update/`, { name: `Legal ${round}` });
            const { id: user } = (await service.member(workspaceId, "ann@example.com")) ?? {};
            await service.api("POST", `workspace/${workspaceId}/member/${user}/update/`, {
                permissions: round === 1 ? "admin" : "guest",
            });
            expect(await refresh()).toEqual([["permJoin"], ["invite"], ["name"], ["role"]]);
            expect(await refresh()).toEqual([[], [], [], []]);
        }
    });

    test("a write of ours in between drops what was listed before it, and while it was under way", async () => {
        await service.account("ann@example.com");
        await service.account("bob@example.com");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const [ann, bob] = ["ann", "bob"].map((name) => new Resource("WorkspaceMember", name)) as [Resource, Resource];
        await ann.up(process, { workspaceId, email: "ann@example.com", role: "member" });
        await bob.up(process, { workspaceId, email: "bob@example.com", role: "member" });
        await ann.refresh(process);
        const { id: user } = (await service.member(workspaceId, "bob@example.com")) ?? {};
        await service.api("POST", `workspace/${workspaceId}/member/${user}/update/`, { permissions: "admin" });
        await ann.up(process, { workspaceId, email: "ann@example.com", role: "guest" });
        expect((await bob.refresh(process)).drift).toEqual(["role"]);
    });
});

describe("what a list does not tell is asked for", () => {
    let workspaces: Resource[];
    let rows: Record<string, unknown>[];
    beforeEach(async () => {
        workspaces = ["one", "two", "three"].map((name) => new Resource("Workspace", name));
        for (const one of workspaces)
            await one.up(process, { organizationId, description: `What ${one.name} is for.` });
        const shown = await Promise.all(
            workspaces.map(({ ownId }) => service.api("GET", `workspace/${ownId}/details/`)),
        );
        // Not every version of the service shows all of it.
        rows = shown.map(({ workspace }) => ({ metadata_extraction: false, ...workspace }));
    });
    const answerList = (shown: object[]) =>
        process.troubles.push({
            path: /\/list\/workspaces\//,
            how: { status: 200, body: { result: true, workspaces: shown } },
        });
    const refresh = () =>
        service.requestsOf(async () => {
            for (const one of workspaces) expect(await one.refresh(process)).toEqual({ exists: true, drift: [] });
        });

    test("a field that lists do not have: learned once, then each is asked for alone", async () => {
        answerList(rows.map(({ description: _, ...row }) => row));
        const before = workspaces.map(({ outputs }) => outputs);
        expect(await refresh()).toHaveLength(3);
        process.troubles.length = 0;
        const again = await refresh();
        expect(again).toHaveLength(3);
        expect(lists(again)).toEqual([]);
        expect(workspaces.map(({ outputs }) => outputs)).toEqual(before);
    });

    test("an access that nobody declared and that lists do not have is seen all the same", async () => {
        const { id: workspaceId } = rows[0] as { id: string };
        const share = new Resource("Share", "share");
        await share.up(process, { workspaceId, title: "Report" });
        const { share: row } = await service.api("GET", `share/${share.ownId}/details/`);
        const open = { share: { ...row, download_security: "high" } };
        process.troubles.push(
            {
                path: /\/list\/shares\//,
                how: { status: 200, body: { result: true, shares: [{ ...row, download_security: undefined }] } },
            },
            { path: /\/share\/\d+\/details\//, how: { status: 200, body: { result: true, ...open } } },
        );
        expect((await share.refresh(process)).drift).toEqual(["downloadSecurity"]);
    });

    test("what a list does not hold is no evidence: an object of its own address is asked for", async () => {
        answerList(rows.slice(0, 1));
        expect((await refresh()).filter(({ path }) => path.includes("/details/"))).toHaveLength(2);
    });

    test("what this version of the service shows nowhere is asked for once, and not of each", async () => {
        const asked = (await refresh()).filter(({ path }) => path.includes("/details/"));
        expect(asked).toHaveLength(dialect === "late2026" ? 0 : 1);
    });

    test("an archived object that was live is not in the list of live ones", async () => {
        const [one] = workspaces as [Resource];
        await service.api("POST", `workspace/${one.ownId}/archive/`);
        expect(await one.refresh(process)).toMatchObject({ exists: true });
        expect(one.outputs.archived).toBe(true);
    });

    test("a list that may not be read is asked for once, and each object alone", async () => {
        process.troubles.push({ path: /\/list\/workspaces\//, how: refusal(403, 1680) });
        const asked = process.told.length;
        expect(await refresh()).toHaveLength(3);
        const tried = process.told.slice(asked).filter(({ message }) => message.includes("/list/workspaces/"));
        expect(tried).toHaveLength(1);
    });

    test("a list that shifts while it is read is no evidence", async () => {
        const broken = { result: true, workspaces: rows, pagination: { total: 9, has_more: true } };
        process.troubles.push({ path: /\/list\/workspaces\//, how: { status: 200, body: broken } });
        expect(await refresh()).toHaveLength(3);
    });
});

describe.each([
    { who: "members", list: "members/list/", items: "users" as const },
    { who: "people invited", list: "members/invitations/list/pending/", items: "invitations" as const },
])("a list of $who of several pages", ({ list, items }) => {
    let ann: Resource;
    let bob: Resource;
    let page: Promise<unknown>;
    let end: (value?: unknown) => void;
    /** The second page is asked for. */
    let second: Promise<unknown>;
    beforeEach(async () => {
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        [ann, bob] = ["ann", "bob"].map((name) => new Resource("WorkspaceMember", name)) as [Resource, Resource];
        const addressOf = ({ name }: Resource) => `${name}@example.com`;
        for (const one of [ann, bob]) {
            if (items === "users") await service.account(addressOf(one));
            await one.up(process, { workspaceId, email: addressOf(one), role: "member" });
        }
        const { [items]: rows } = await service.api("GET", `workspace/${workspaceId}/${list}`);
        const rowOf = (one: Resource) => ({ ...rows.find((row) => Object.values(row).includes(addressOf(one))) });
        // Versions of the service differ in the key.
        const email = Object.entries(rowOf(ann)).find(([, value]) => value === addressOf(ann))?.[0] ?? "";
        const others = Array.from({ length: 499 }, (_, index) => ({
            ...rowOf(ann),
            id: String(7_000_000_000_000_000_000n + BigInt(index)),
            user_id: undefined,
            // One has the address that bob had when he became a member.
            [email]: index === 0 ? "bob@example.com" : `other-${index}@example.com`,
        }));
        ({ promise: page, resolve: end } = Promise.withResolvers());
        const pagination = { total: 501 };
        const answer = (shown: object[]) => ({ status: 200, body: { result: true, [items]: shown, pagination } });
        const last = [...others.slice(-1), { ...rowOf(bob), permissions: "admin" }];
        const asked = Promise.withResolvers();
        second = asked.promise;
        const held = () => {
            asked.resolve(undefined);
            return page;
        };
        process.troubles.push(
            { path: new RegExp(`${list}.*offset=0`), how: answer([rowOf(ann), ...others]), times: 1 },
            { path: new RegExp(`${list}.*offset=499`), how: answer(last), times: 1, before: held },
        );
    });

    test("who is on a page is answered while the next one is on its way, and nobody else", async () => {
        let known = false;
        const refreshed = bob.refresh(process).finally(() => {
            known = true;
        });
        expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(known).toBe(false);
        end();
        expect(await refreshed).toEqual({ exists: true, drift: ["role"] });
    });

    test("the end of a call that was answered ends no page that others wait for", async () => {
        const call = new AbortController();
        const taken = process.lifecycle
            .read(
                { kind: ann.kind, urn: ann.urn, bounds: { end: call.signal, last: call.signal } },
                ann.ownId,
                ann.known,
            )
            .finally(() => call.abort());
        const refreshed = bob.refresh(process);
        // By then the first page has been answered, and is known to whoever asked.
        await second;
        for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
        end();
        expect(await taken).toMatchObject({ id: ann.id });
        expect(await refreshed).toEqual({ exists: true, drift: ["role"] });
    });

    test("a page that cannot be read takes nothing from those before it, and whoever was on it is asked for alone", async () => {
        const [, last] = process.troubles;
        if (last !== undefined) last.how = refusal(403, 1680);
        const both = [ann, bob].map((one) => one.refresh(process));
        end();
        expect(await Promise.all(both)).toEqual([
            { exists: true, drift: [] },
            { exists: true, drift: [] },
        ]);
    });
});

test("an invited person is gone only when two lists say so, each to its end", async () => {
    const { id: workspaceId } = await service.workspace(organizationId, "design");
    const ann = new Resource("WorkspaceMember", "ann");
    await ann.up(process, { workspaceId, email: "ann@example.com", role: "member" });
    const empty = (path: RegExp, times?: number): Trouble => ({
        path,
        how: { status: 200, body: { result: true, users: [], invitations: [] } },
        ...(times === undefined ? {} : { times }),
    });
    const pending = /\/invitations\/list\/pending\//;
    const members = /\/members\/list\//;
    process.troubles.push(empty(pending, 1));
    expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
    for (const path of [members, /\/list\/declined\//]) {
        process.troubles.splice(0, Infinity, { path, how: refusal(500, 1654) }, empty(pending), empty(members));
        expect((await failureOf(ann.refresh(process))).message).toMatch(/^reading .* failed: /);
    }
    // An empty list of members does not tell whether the service lists the invited people there.
    const next = new Process(service);
    next.troubles.push(empty(pending, 1), empty(members, 1));
    expect(await ann.refresh(next)).toEqual({ exists: true, drift: [] });
    await next.close();
    process.troubles.length = 0;
    expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
    await service.api("DELETE", `workspace/${workspaceId}/members/invitation/ann@example.com/`);
    expect(await ann.refresh(process)).toEqual({ exists: false, drift: [] });
});

test("a member who is in no list is gone only when a read of its own says so", async () => {
    await service.account("ann@example.com");
    const { id: workspaceId } = await service.workspace(organizationId, "design");
    const ann = new Resource("WorkspaceMember", "ann");
    await ann.up(process, { workspaceId, email: "ann@example.com", role: "member" });
    const empty = { status: 200, body: { result: true, users: [], invitations: [] } };
    process.troubles.push({ path: /\/members\/list\//, how: empty, times: 1 });
    expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
    process.troubles.push(
        { path: /\/members\/list\//, how: empty, times: 1 },
        { path: /\/members\//, how: refusal(500, 1654) },
    );
    expect((await failureOf(ann.refresh(process))).message).toMatch(/^reading .* failed: /);
    expect(ann.id).toBeDefined();
});
