/** 3.5 and 3.6: an object leaves the state on evidence alone, and another service is never touched. */
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

interface Made {
    resource: Resource;
    organizationId: string;
    workspaceId: string;
    /** Takes it away behind our back. */
    vanish(): Promise<unknown>;
}

/** One object of each kind, with what is above it made by hand. */
const kinds: Record<string, () => Promise<Made>> = {
    Organization: async () => {
        const resource = await up("Organization", { domain: "acme", name: "Acme" });
        const organizationId = resource.ownId;
        const vanish = () => service.api("POST", `org/${organizationId}/close/`, { confirm: organizationId });
        return { resource, organizationId, workspaceId: "", vanish };
    },
    Workspace: async () => {
        const { id: organizationId } = await service.organization("acme");
        const resource = await up("Workspace", { organizationId });
        const workspaceId = resource.ownId;
        const vanish = () => service.api("DELETE", `workspace/${workspaceId}/delete/?confirm=${workspaceId}`);
        return { resource, organizationId, workspaceId, vanish };
    },
    Share: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const resource = await up("Share", { workspaceId, title: "Q4 Report" });
        const vanish = () => service.api("DELETE", `share/${resource.id}/delete/?confirm=${resource.id}`);
        return { resource, organizationId, workspaceId, vanish };
    },
    OrganizationMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { userId } = await service.account("ann@example.com");
        const resource = await up("OrganizationMember", { organizationId, email: "ann@example.com", role: "member" });
        const vanish = () => service.api("DELETE", `org/${organizationId}/members/${userId}/`);
        return { resource, organizationId, workspaceId: "", vanish };
    },
    ShareMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const { id: shareId } = await service.share(workspaceId, "Q4 Report");
        const { userId } = await service.account("ann@example.com");
        const resource = await up("ShareMember", { shareId, email: "ann@example.com", role: "view" });
        const vanish = () => service.api("DELETE", `share/${shareId}/members/${userId}/`);
        return { resource, organizationId, workspaceId, vanish };
    },
    WorkspaceMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const { userId } = await service.account("ann@example.com");
        const resource = await up("WorkspaceMember", { workspaceId, email: "ann@example.com", role: "member" });
        const vanish = () => service.api("DELETE", `workspace/${workspaceId}/members/${userId}/`);
        return { resource, organizationId, workspaceId, vanish };
    },
    "WorkspaceMember, invited": async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const resource = await up("WorkspaceMember", { workspaceId, email: "new@example.com", role: "member" });
        const vanish = () => service.api("DELETE", `workspace/${workspaceId}/members/invitation/new@example.com/`);
        return { resource, organizationId, workspaceId, vanish };
    },
};

async function up(kind: string, args: Properties): Promise<Resource> {
    const resource = new Resource(kind);
    await resource.up(process, args);
    return resource;
}

const make = (name: string) => (kinds[name] as () => Promise<Made>)();
const closeOrganization = ({ organizationId }: Made) =>
    service.api("POST", `org/${organizationId}/close/`, { confirm: organizationId });

describe.each(Object.keys(kinds))("3.5 %s", (name) => {
    let made: Made;
    beforeEach(async () => {
        made = await make(name);
    });

    test("gone by the API's own word, and what is above it answering: it leaves the state", async () => {
        await made.vanish();
        expect(await made.resource.refresh(process)).toEqual({ exists: false, drift: [] });
    });

    test("gone with what is above it", async () => {
        await closeOrganization(made);
        expect(await made.resource.refresh(process)).toEqual({ exists: false, drift: [] });
    });

    test("delete of what is gone succeeds", async () => {
        await made.vanish();
        await made.resource.delete(process);
    });

    test("delete of what is gone with what was above it succeeds", async () => {
        await closeOrganization(made);
        await made.resource.delete(process);
    });

    test.each<[string, number | ReturnType<typeof refusal> | "lost"]>([
        ["401, a bad credential", refusal(401, 1650)],
        ["401, a denial", refusal(401, 1680)],
        ["401, a site's own denial", refusal(401, 10545)],
        ["403", refusal(403, 1680)],
        ["402", refusal(402, 1688)],
        ["500", refusal(500, 1654)],
        ["503 of a gateway", 503],
        ["404 of a gateway, which is not the API", 404],
        ["404 of the router", refusal(404, 9992)],
        ["a broken connection", "lost"],
    ])("%s fails the refresh and removes nothing", async (_case, how) => {
        process.troubles.push({ path: /./, how });
        const before = made.resource.copy();
        expect((await failureOf(made.resource.refresh(process))).message).toMatch(/^reading .* failed: /);
        expect([made.resource.id, made.resource.known]).toEqual([before.id, before.known]);
    });

    const ownRead: Record<string, RegExp> = {
        Organization: /\/org\/\d+\/details\//,
        Workspace: /\/workspace\/\d+\/details\/|\/list\/workspaces\//,
        Share: /\/share\/\d+\/details\/|\/list\/shares\//,
        OrganizationMember: /\/members\/(invitations\/)?list\//,
        WorkspaceMember: /\/members\/(invitations\/)?list\//,
        ShareMember: /\/members\/(invitations\/)?list\//,
    };

    test.each([
        ["401, a denial", refusal(401, 1680)],
        ["401, a site's own denial", refusal(401, 115069)],
        ["403", refusal(403, 1680)],
        ["402", refusal(402, 1696)],
        ["412", refusal(412, 1685)],
        ["406, a restriction", refusal(406, 1670)],
        ["500", refusal(500, 1664)],
        ["404 of the router", refusal(404, 9992)],
    ])("%s of its own read alone, while all else answers, removes nothing", async (_case, how) => {
        process.troubles.push({ path: ownRead[made.resource.kind] ?? /never/, how });
        await failureOf(made.resource.refresh(process));
        expect(made.resource.id).toBeDefined();
    });

    test("not found, but what is above it does not answer: it stays", async () => {
        await made.vanish();
        const above: Record<string, RegExp> = {
            Organization: /\/orgs\/all\//,
            Workspace: /\/org\/\d+\/details\//,
            Share: /\/workspace\/\d+\/details\//,
            OrganizationMember: /\/org\/\d+\/details\//,
            WorkspaceMember: /\/workspace\/\d+\/details\//,
            ShareMember: /\/share\/\d+\/details\//,
        };
        for (const how of [refusal(401, 1680), refusal(500, 1654), "lost"] as const) {
            process.troubles.splice(0, 1, { path: above[made.resource.kind] ?? /never/, how });
            await failureOf(made.resource.refresh(process));
            expect(made.resource.id).toBeDefined();
        }
    });
});

test("3.5 an organization that is not found and still listed stays, with an error", async () => {
    const { resource, organizationId } = await make("Organization");
    process.troubles.push({ path: new RegExp(`/org/${organizationId}/details/`), how: refusal(404, 1609) });
    const { message } = await failureOf(resource.refresh(process));
    expect(message).toMatch(/still lists it.*stays in the state/);
});

test("3.5 a workspace that is not found while its organization's own listing cannot be read stays", async () => {
    const made = await make("Workspace");
    await closeOrganization(made);
    process.troubles.push({ path: /\/orgs\/all\//, how: refusal(500, 1654) });
    await failureOf(made.resource.refresh(process));
    expect(made.resource.id).toBeDefined();
});

test("3.5 a list of members that moves while it is read proves nothing: it is read again", async () => {
    const { resource, workspaceId } = await make("WorkspaceMember, invited");
    const page = (users: object[], total: number) => ({
        status: 200,
        body: { result: true, users, pagination: { total, limit: 500, offset: 0, has_more: true } },
    });
    process.troubles.push({
        path: new RegExp(`/workspace/${workspaceId}/members/list/`),
        how: page([{ id: "1", status: "active" }], 3),
        times: 2,
    });
    expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
});

test("3.5 an object that says closed is gone", async () => {
    const { resource, workspaceId } = await make("Workspace");
    const closed = { id: workspaceId, closed: true };
    process.troubles.push({
        path: new RegExp(`/workspace/${workspaceId}/details/|/list/workspaces/`),
        how: { status: 200, body: { result: true, workspace: closed, workspaces: [closed] } },
    });
    expect((await resource.refresh(process)).exists).toBe(false);
});

describe("3.6 another service", () => {
    let elsewhere: Process;
    beforeEach(() => {
        elsewhere = new Process(service, { baseUrl: "https://other.example/current/" });
    });
    afterEach(() => elsewhere.close());

    test.each(["Organization", "Workspace", "WorkspaceMember"])(
        "%s: read, update and delete refuse, and name both",
        async (name) => {
            const { resource } = await make(name);
            const changed = { ...resource.inputs, name: "Changed", role: "admin" };
            const { [name === "WorkspaceMember" ? "name" : "role"]: _, ...args } = changed as Properties;
            const requests: string[] = [];
            elsewhere.troubles.push({
                path: /./,
                how: "lost",
                before: async () => requests.push("a request was made"),
            });
            for (const work of [
                () => resource.refresh(elsewhere),
                () => resource.up(elsewhere, args),
                () => resource.delete(elsewhere),
            ]) {
                const { message } = await failureOf(work());
                expect(message).toContain(new URL(service.baseUrl).origin);
                expect(message).toContain("https://other.example");
                expect(message).toContain("fastio:formerBaseUrl");
            }
            expect(requests).toEqual([]);
            expect(resource.id).toBeDefined();
        },
    );

    test("formerBaseUrl names the same service under its old name, and the state takes the new one", async () => {
        const { resource } = await make("Organization");
        const old = "https://former.example";
        resource.known = { ...resource.known, outputs: { ...resource.outputs, __service: old } };
        expect((await failureOf(resource.refresh(process))).message).toContain(old);
        const moved = new Process(service, { formerOrigin: old });
        expect(await resource.refresh(moved)).toEqual({ exists: true, drift: [] });
        expect(resource.outputs.__service).toBe(new URL(service.baseUrl).origin);
        await moved.close();
    });

    test("the port of an emulator that was started again does not count", async () => {
        const { resource } = await make("Organization");
        resource.known = { ...resource.known, outputs: { ...resource.outputs, __service: "http://localhost:1" } };
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });
});
