/** 3.8: an archived workspace is opened for a change and closed again, and so for a child's create, update and delete. */
import type { LedgerEntry } from "../../emulator";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";

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
    organizationId = (await service.organization("acme")).id;
});
afterEach(() => process.close());

const detailsOf = async (id: string) => (await service.api("GET", `workspace/${id}/details/`)).workspace;
const archiveByHand = (id: string) => service.api("POST", `workspace/${id}/archive/`);

/** The writes, by the last word of their path. */
const writes = (requests: LedgerEntry[]) =>
    requests.filter(({ method, status }) => method !== "GET" && status < 400).map(({ path }) => path.split("/").at(-2));

async function workspace(args: Properties = {}): Promise<Resource> {
    const resource = new Resource("Workspace");
    await resource.up(process, { organizationId, ...args });
    return resource;
}

describe("3.8 the workspace itself", () => {
    const text = { description: "Another text about it." };

    test("made archived", async () => {
        const resource = await workspace({ archived: true });
        expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("archiving alone is one request, and no other", async () => {
        const resource = await workspace();
        const requests = await service.requestsOf(() => resource.up(process, { organizationId, archived: true }));
        expect(writes(requests)).toEqual(["archive"]);
        expect(resource.outputs.archived).toBe(true);
    });

    test("opening alone", async () => {
        const resource = await workspace({ archived: true });
        const requests = await service.requestsOf(() => resource.up(process, { organizationId, archived: false }));
        expect(writes(requests)).toEqual(["unarchive"]);
    });

    test("a change while it stays archived: opened, changed, closed", async () => {
        const resource = await workspace({ archived: true });
        const args = { organizationId, archived: true, ...text };
        expect(writes(await service.requestsOf(() => resource.up(process, args)))).toEqual([
            "unarchive",
            "update",
            "archive",
        ]);
        expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true, ...text });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await resource.up(process, args)).toBe("same");
    });

    test("changed and archived at once: changed first", async () => {
        const resource = await workspace();
        const args = { organizationId, archived: true, ...text };
        expect(writes(await service.requestsOf(() => resource.up(process, args)))).toEqual(["update", "archive"]);
    });

    test("changed and opened at once", async () => {
        const resource = await workspace({ archived: true });
        const args = { organizationId, archived: false, ...text };
        expect(writes(await service.requestsOf(() => resource.up(process, args)))).toEqual(["unarchive", "update"]);
    });

    test("removed from the program: opened", async () => {
        const resource = await workspace({ archived: true });
        await resource.up(process, { organizationId });
        expect(await detailsOf(resource.ownId)).toMatchObject({ archived: false });
    });

    test("archived by hand while nothing was declared: a change opens it and leaves it archived", async () => {
        for (const isKnown of [true, false]) {
            const resource = new Resource("Workspace", `known-${isKnown}`);
            await resource.up(process, { organizationId });
            await archiveByHand(resource.ownId);
            if (isKnown) await resource.refresh(process);
            await resource.up(process, { organizationId, ...text });
            expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true, ...text });
        }
    });

    test("archived by hand against what is declared: a change opens it for good, with or without a refresh", async () => {
        for (const isKnown of [true, false]) {
            const resource = new Resource("Workspace", `known-${isKnown}`);
            await resource.up(process, { organizationId, archived: false });
            await archiveByHand(resource.ownId);
            if (isKnown) await resource.refresh(process);
            await resource.up(process, { organizationId, archived: false, ...text });
            expect(await detailsOf(resource.ownId)).toMatchObject({ archived: false, ...text });
        }
    });

    test("each step is recorded: when the change fails, the next run goes on and closes it", async () => {
        const resource = await workspace({ archived: true });
        const args = { organizationId, archived: true, ...text };
        process.troubles.push({ path: /\/update\//, how: refusal(406, 1605, "description: no"), times: 1 });
        await failureOf(resource.up(process, args));
        expect(resource.outputs.archived).toBe(false);
        expect(resource.preview(process, args)).toEqual({ step: "updated", properties: ["archived", "description"] });
        await resource.up(process, args);
        expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true, ...text });
    });

    test("each step is recorded: when closing fails, the next run closes it, also after a refresh", async () => {
        for (const refreshes of [false, true]) {
            const resource = new Resource("Workspace", `refreshes-${refreshes}`);
            await resource.up(process, { organizationId, archived: true });
            const args = { organizationId, archived: true, ...text };
            process.troubles.push({ path: /\/archive\//, how: refusal(500, 1654), times: 4 });
            await failureOf(resource.up(process, args));
            if (refreshes) await resource.refresh(process);
            expect(resource.preview(process, args)).toEqual({ step: "updated", properties: ["archived"] });
            await resource.up(process, args);
            expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true, ...text });
        }
    });

    test("when archiving fails after the create, the next run does it, also after a refresh", async () => {
        for (const refreshes of [false, true]) {
            const resource = new Resource("Workspace", `refreshes-${refreshes}`);
            process.troubles.push({ path: /\/archive\//, how: refusal(500, 1654), times: 4 });
            await failureOf(resource.up(process, { organizationId, archived: true }));
            if (refreshes) await resource.refresh(process);
            await resource.up(process, { organizationId, archived: true });
            expect(await detailsOf(resource.ownId)).toMatchObject({ archived: true });
        }
    });

    test("a delete needs no opening", async () => {
        const resource = await workspace({ archived: true });
        const id = resource.ownId;
        const next = new Process(service);
        expect(writes(await service.requestsOf(() => resource.delete(next)))).toEqual(["delete"]);
        await expect(detailsOf(id)).rejects.toThrow("404");
        await next.close();
    });
});

describe("3.8 what is below an archived workspace", () => {
    let parent: Resource;
    let ann: { workspaceId: string; email: string; role: string };
    beforeEach(async () => {
        await service.account("ann@example.com");
        parent = await workspace();
        ann = { workspaceId: parent.ownId, email: "ann@example.com", role: "member" };
    });

    const isArchived = async () => (await detailsOf(parent.ownId)).archived;

    test("a create", async () => {
        await archiveByHand(parent.ownId);
        const member = new Resource("WorkspaceMember");
        await member.up(process, ann);
        expect(await service.member(parent.ownId, ann.email)).toMatchObject({ permissions: "member" });
        expect(await isArchived()).toBe(true);
    });

    test("an update", async () => {
        const member = new Resource("WorkspaceMember");
        await member.up(process, ann);
        await archiveByHand(parent.ownId);
        await member.up(process, { ...ann, role: "guest" });
        expect(await service.member(parent.ownId, ann.email)).toMatchObject({ permissions: "guest" });
        expect(await isArchived()).toBe(true);
    });

    test("a delete", async () => {
        const member = new Resource("WorkspaceMember");
        await member.up(process, ann);
        await archiveByHand(parent.ownId);
        await member.delete(new Process(service));
        expect(await service.member(parent.ownId, ann.email)).toBeUndefined();
        expect(await isArchived()).toBe(true);
    });

    test("a delete that only the owner may do", async () => {
        const share = new Resource("Share");
        await share.up(process, { workspaceId: parent.ownId, title: "Report" });
        await archiveByHand(parent.ownId);
        const next = new Process(service);
        expect(writes(await service.requestsOf(() => share.delete(next)))).toEqual(["unarchive", "delete", "archive"]);
        expect(await detailsOf(parent.ownId)).toMatchObject({ archived: true });
        await next.close();
    });

    test("somebody who is a member already, taken over with another role", async () => {
        await service.api("POST", `workspace/${parent.ownId}/members/${ann.email}/`, { permissions: "guest" });
        await archiveByHand(parent.ownId);
        await new Resource("WorkspaceMember").up(process, ann);
        expect(await service.member(parent.ownId, ann.email)).toMatchObject({ permissions: "member" });
        expect(await isArchived()).toBe(true);
    });

    test("several at once: one at a time, and archived in the end", async () => {
        await archiveByHand(parent.ownId);
        const emails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
        const members = emails.map((email) => new Resource("WorkspaceMember", email));
        const requests = await service.requestsOf(() =>
            Promise.all(members.map((member) => member.up(process, { ...ann, email: member.name }))),
        );
        expect((await service.members(parent.ownId)).map(({ email_address }) => email_address)).toEqual(
            expect.arrayContaining(emails),
        );
        expect(await isArchived()).toBe(true);
        const steps = writes(requests).filter((step) => step === "archive" || step === "unarchive");
        expect(steps).toEqual(steps.map((_, index) => (index % 2 === 0 ? "unarchive" : "archive")));
    });

    test("closed by a neighbour between two steps of a child's change: opened once more for the rest", async () => {
        const share = new Resource("Share");
        const args = { workspaceId: parent.ownId, title: "Figures" };
        await share.up(process, args);
        // As if a neighbour, for which the workspace was open, ended after this child's first request.
        process.troubles.push({
            path: /share\/\d+\/archive\//,
            how: refusal(406, 1670, "the workspace is archived"),
            times: 1,
            before: () => archiveByHand(parent.ownId),
        });
        await share.up(process, { ...args, title: "Figures of 2026", archived: true });
        expect(share.outputs).toMatchObject({ title: "Figures of 2026", archived: true });
        expect(await share.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await isArchived()).toBe(true);
    });

    test("closed by a neighbour before a share that was opened for its member is archived again: it is archived all the same", async () => {
        const { id: shareId = "" } = await service.share(parent.ownId, "Figures");
        await service.api("POST", `share/${shareId}/archive/`);
        process.troubles.push({
            path: /share\/\d+\/archive\//,
            how: refusal(406, 1670, "the workspace is archived"),
            times: 1,
            before: () => archiveByHand(parent.ownId),
        });
        await new Resource("ShareMember").up(process, { shareId, email: "ann@example.com", role: "view" });
        expect((await service.api("GET", `share/${shareId}/details/`)).share.archived).toBe(true);
        expect(await isArchived()).toBe(true);
        expect(process.warnings.filter((one) => /could not be archived/.test(one))).toEqual([]);
    });

    test("a child that fails leaves the workspace archived", async () => {
        await archiveByHand(parent.ownId);
        process.troubles.push({
            path: /\/members\/ann/,
            how: refusal(406, 1670, "archived"),
            times: 1,
        });
        process.troubles.push({ path: /\/members\/ann/, how: refusal(406, 1605, "no"), times: 1 });
        await failureOf(new Resource("WorkspaceMember").up(process, ann));
        expect(await isArchived()).toBe(true);
    });

    test("a workspace that cannot be closed again is a warning that says so; the child is made", async () => {
        await archiveByHand(parent.ownId);
        process.troubles.push({ path: /\/archive\//, how: refusal(401, 1680) });
        await new Resource("WorkspaceMember").up(process, ann);
        expect(process.warnings).toEqual([expect.stringMatching(/could not be archived again.*pulumi refresh/)]);
    });

    test("a refusal for another reason opens nothing", async () => {
        process.troubles.push({ path: /\/members\/ann/, how: refusal(406, 1670, "restricted otherwise") });
        const requests = await service.requestsOf(() => failureOf(new Resource("WorkspaceMember").up(process, ann)));
        expect(writes(requests)).toEqual([]);
    });
});
