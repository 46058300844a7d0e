/** Creates look once for all that a run makes in one place, and what happens there meanwhile is not missed. */
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "../verbs/fixture";

let service: Service;
let process: Process;
let organizationId: string;
let workspaceId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.paidOrganization("acme")).id;
    workspaceId = (await service.workspace(organizationId, "design")).id;
});
afterEach(() => process.close());

const person = (name: string, role = "member"): Properties => ({ workspaceId, email: `${name}@example.com`, role });

async function member(name: string, role?: string): Promise<Resource> {
    const resource = new Resource("WorkspaceMember", name);
    await resource.up(process, person(name, role));
    return resource;
}

const inHandOf = (name: string) => `workspace/${workspaceId}/members/${name}@example.com/`;

test("600 people of one workspace at the same time: a request for each, and as many again to remove them", async () => {
    const resources = Array.from({ length: 600 }, (_, number) => new Resource("WorkspaceMember", `p${number}`));
    const writes = async (work: (resource: Resource) => Promise<unknown>) => {
        const requests = await service.requestsOf(() => Promise.all(resources.map(work)));
        return [requests.filter(({ method }) => method !== "GET").length, requests.length];
    };
    const [made = 0, madeInAll = 0] = await writes((one) => one.up(process, person(one.name)));
    // Who is there already; whether there is a limit, and whose; whose the organization is.
    expect([made, madeInAll <= 608]).toEqual([600, true]);
    expect(await service.member(workspaceId, "p0@example.com")).toMatchObject({ permissions: "member" });
    // Nobody has joined yet: each invitation is looked at before it is revoked.
    const next = new Process(service);
    const [removed, removedInAll = 0] = await writes((one) => one.delete(next));
    await next.close();
    expect([removed, removedInAll <= 1201]).toEqual([600, true]);
});

test("somebody who is added by hand after the list was taken is taken over", async () => {
    await service.account("ann@example.com");
    await member("first");
    await service.api("POST", inHandOf("ann"), { permissions: "guest" });
    const ann = await member("ann", "admin");
    expect(await service.member(workspaceId, "ann@example.com")).toMatchObject({ permissions: "admin" });
    expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
});

test("somebody who is removed by hand after the list was taken is added", async () => {
    const { userId } = await service.account("ann@example.com");
    await service.api("POST", inHandOf("ann"), { permissions: "admin" });
    await member("first");
    await service.api("DELETE", `workspace/${workspaceId}/members/${userId}/`);
    await member("ann", "admin");
    expect(await service.member(workspaceId, "ann@example.com")).toMatchObject({ permissions: "admin" });
    expect(process.warnings).toEqual([]);
});

test("somebody who became the owner after the list was taken is refused", async () => {
    const { userId } = await service.account("ann@example.com");
    await member("first");
    await service.api("POST", inHandOf("ann"), { permissions: "admin" });
    await service.api("POST", `workspace/${workspaceId}/member/${userId}/transfer_ownership/`);
    expect((await failureOf(member("ann"))).message).toMatch(/ann@example.com is the owner of the workspace/);
});

describe("in a workspace that the run made", () => {
    beforeEach(async () => {
        await service.control("POST", "plan", { organizationId, membersPerWorkspace: 4 });
        const made = new Resource("Workspace", "room");
        await made.up(process, { organizationId });
        workspaceId = made.ownId;
    });

    test("nobody is looked for: a request for each person", async () => {
        const requests = await service.requestsOf(() => Promise.all(["ann", "bob", "eve"].map((name) => member(name))));
        expect(requests.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
    });

    test.each([
        ["added", true],
        ["invited", false],
    ])("somebody who was %s by hand meanwhile is taken over", async (_how, hasAccount) => {
        if (hasAccount) await service.account("ann@example.com");
        await service.api("POST", inHandOf("ann"), { permissions: "guest" });
        const ann = await member("ann", "admin");
        expect(await service.member(workspaceId, "ann@example.com")).toMatchObject({ permissions: "admin" });
        expect(await ann.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("the owner is refused", async () => {
        const [me] = await service.members(workspaceId);
        const owner = { workspaceId, email: String(me?.email ?? me?.email_address), role: "member" };
        const { message } = await failureOf(new Resource("WorkspaceMember", "me").up(process, owner));
        expect(message).toMatch(/is the owner of the workspace/);
    });

    test("the owner counts where the plan limits how many may be there", async () => {
        for (const name of ["ann", "bob", "dan"]) await member(name);
        const requests = await service.requestsOf(async () => {
            expect((await failureOf(member("eve"))).message).toMatch(/allows 4 members in a workspace and there are 4/);
        });
        expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    });
});

test("a place that became free after the list was taken is used", async () => {
    await service.control("POST", "plan", { organizationId, membersPerWorkspace: 3 });
    const { userId } = await service.account("ann@example.com");
    await service.api("POST", inHandOf("ann"), { permissions: "guest" });
    await member("first");
    expect((await failureOf(member("second"))).message).toMatch(/allows 3 members in a workspace and there are 3/);
    await service.api("DELETE", `workspace/${workspaceId}/members/${userId}/`);
    await member("second");
    expect(await service.member(workspaceId, "second@example.com")).toBeDefined();
});

test("the list that cannot be read for one create is asked for again by the next", async () => {
    process.troubles.push({ path: /members\/list/, how: refusal(401, 1680), times: 1 });
    await failureOf(member("first"));
    await member("second");
    expect(await service.member(workspaceId, "second@example.com")).toBeDefined();
});

test("a workspace that appears under the folder name after the list was taken is taken over when it is ours and empty", async () => {
    await service.control("POST", "plan", { organizationId, workspaces: 10 });
    const up = async (folderName: string) => {
        const resource = new Resource("Workspace", folderName);
        await resource.up(process, { organizationId, folderName });
        return resource;
    };
    await up("first");
    const { id } = await service.workspace(organizationId, "second");
    expect((await up("second")).id).toBe(id);
    expect(process.warnings).toEqual([expect.stringContaining("was already there and is taken over")]);
    const stranger = await service.account("eve@example.com");
    const other = (await service.organization("other", stranger.token)).id;
    await service.workspace(other, "third", stranger.token);
    expect((await failureOf(up("third"))).message).toMatch(/folderName: "third" is taken, by somebody else/);
});

test("two folders that the service takes for one are no two resources", async () => {
    const make = (name: string) => {
        const folder = new Resource("Folder", name);
        return folder.up(process, { workspaceId, name }).then(() => folder);
    };
    const legal = await make("Legal");
    const node = (await service.api(
        "GET",
        `workspace/${workspaceId}/storage/${legal.ownId.split("/")[1]}/details/`,
    )) as {
        node: object;
    };
    process.troubles.push(
        { path: /root\/list/, how: { status: 200, body: { result: true, nodes: { items: [] } } }, times: 1 },
        { method: "POST", path: /createfolder/, how: { status: 200, body: { result: true, ...node } } },
    );
    expect((await failureOf(make("legal"))).message).toMatch(/name: another folder there has the name "Legal" already/);
});
