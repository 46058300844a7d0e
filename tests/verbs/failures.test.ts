/** 3.13 and 3.15: what a verb leaves behind when it fails half-way, what it says, and what it never says. */
import { inspect } from "node:util";
import { PartialFailure } from "../../provider/core/errors";
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

describe("3.15 the id is saved the moment it is known", () => {
    test("a read after the create fails: saved, and the next up completes it", async () => {
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const args = { workspaceId, email: "new@example.com", role: "guest" };
        const resource = new Resource("WorkspaceMember");
        process.troubles.push({
            method: "POST",
            path: /\/members\/new/,
            how: { status: 200, body: { result: true } },
            times: 1,
            before: async () => {
                await service.api("POST", `workspace/${workspaceId}/members/new@example.com/`, {
                    permissions: "guest",
                });
                process.troubles.push({ path: /\/members\/list\//, how: refusal(500, 1654) });
            },
        });
        const failure = await failureOf(resource.up(process, args));
        expect(failure).toBeInstanceOf(PartialFailure);
        expect(failure.message).toMatch(/exists and is saved/);
        expect(resource.id).toBe(`${workspaceId}/new@example.com`);
        expect(resource.known.inputs).toMatchObject({ ...args, __resource: resource.urn });
        expect(resource.outputs.__service).toBe(new URL(service.baseUrl).origin);
        process.troubles.length = 0;
        expect(await resource.up(process, args)).toBe("updated");
        expect(resource.outputs).toMatchObject({ status: "pending", invitationId: expect.any(String) });
        expect(resource.preview(process, args).step).toBe("same");
    });

    test("an update that fails before anything was done leaves the state as it was", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId });
        const before = resource.known;
        process.troubles.push({ path: /\/update\//, how: refusal(406, 1605, "description: no") });
        const args = { organizationId, description: "Another text about it." };
        const failure = await failureOf(resource.up(process, args));
        expect(failure).not.toBeInstanceOf(PartialFailure);
        expect(resource.known).toEqual(before);
    });

    test("3.4 a change that the service accepts and does not make is an error that names the property", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId });
        const shown = await detailsOf(resource.ownId);
        const args = { organizationId, description: "Another text about it." };
        process.troubles.push({ path: /\/update\//, how: { status: 200, body: { result: true, workspace: shown } } });
        const failure = await failureOf(resource.up(process, args));
        expect(failure.message).toMatch(/accepted description and did not make the change/);
        expect(resource.preview(process, args).properties).toEqual(["description"]);
    });

    test("3.4 a value that the service accepts to clear and does not clear is named as well", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId, description: "Another text about it." });
        const shown = await detailsOf(resource.ownId);
        process.troubles.push({ path: /\/update\//, how: { status: 200, body: { result: true, workspace: shown } } });
        const failure = await failureOf(resource.up(process, { organizationId }));
        expect(failure.message).toMatch(/accepted description and did not make the change/);
        expect(resource.preview(process, { organizationId }).properties).toEqual(["description"]);
    });

    test("3.4 a create whose answer shows other values is brought to them, and fails when that does not help", async () => {
        const form = { folder_name: "quiet-service", name: "Design" };
        const create = {
            method: "POST",
            path: /\/create\/workspace\//,
            how: { status: 200, body: {} },
            times: 1,
            before: async () => {
                const { workspace } = await service.api("POST", `org/${organizationId}/create/workspace/`, form);
                create.how.body = { result: true, workspace };
            },
        };
        process.troubles.push(create);
        const args = { organizationId, folderName: "quiet-service", permJoin: "Only Org Owners" };
        const resource = new Resource("Workspace");
        await resource.up(process, args);
        expect(await detailsOf(resource.ownId)).toMatchObject({ perm_join: "Only Org Owners", intelligence: false });
        form.folder_name = "deaf-service";
        create.times = 1;
        const shown = { ...(await detailsOf(resource.ownId)), perm_join: "Member or above" };
        process.troubles.push({ path: /\/update\//, how: { status: 200, body: { result: true, workspace: shown } } });
        const deaf = new Resource("Workspace", "deaf");
        const failure = await failureOf(deaf.up(process, { ...args, folderName: "deaf-service" }));
        expect(failure.message).toMatch(/accepted .*permJoin.* and did not make the change/);
        expect(deaf.id).toBeDefined();
    });

    test("3.4 read-back is skipped when the answer holds every sent field", async () => {
        const resource = new Resource("Workspace");
        const requests = await service.requestsOf(() =>
            resource.up(process, { organizationId, description: "Another text about it.", ownerDefined: { a: 1 } }),
        );
        const reads = requests.filter(
            ({ method, path }) => method === "GET" && path.endsWith(`${resource.id}/details/`),
        );
        expect(reads).toEqual([]);
    });

    test("3.4 an answer that holds nothing is read back", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId });
        const description = "Another text about it.";
        process.troubles.push({
            path: /\/update\//,
            how: { status: 200, body: { result: true } },
            before: () => service.api("POST", `workspace/${resource.ownId}/update/`, { description }),
        });
        await resource.up(process, { organizationId, description });
        expect(resource.outputs.description).toBe(description);
    });
});

describe("errors are for the person who reads them", () => {
    test("the service's own key is told as the property", async () => {
        const failure = await failureOf(
            new Resource("Workspace").up(process, { organizationId, folderName: "workspaces" }),
        );
        expect(failure.message).toContain('creating workspace "design" failed: folderName: ');
    });

    test.each<[string, number, number, RegExp]>([
        ["a denial", 401, 1680, /Ask an owner or an admin/],
        ["a bad credential", 401, 1650, /rejects the token from the test/],
        ["a limit", 412, 1685, /upgrade the plan/],
        ["a failure of the service", 500, 1654, /try again later/],
    ])("%s says what to do next", async (_case, status, code, next) => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId });
        process.troubles.push({ path: /./, how: refusal(status, code) });
        expect((await failureOf(resource.refresh(process))).message).toMatch(next);
    });

    test("an update of what is gone says how to go on", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId });
        await service.api("DELETE", `workspace/${resource.id}/delete/?confirm=${resource.id}`);
        const failure = failureOf(resource.up(process, { organizationId, name: "Other" }));
        expect((await failure).message).toMatch(/HTTP 404.*`pulumi refresh`/);
        expect((await resource.refresh(process)).exists).toBe(false);
        expect(await resource.up(process, { organizationId, name: "Other" })).toBe("created");
    });

    test("no kind of that name", async () => {
        const failure = failureOf(process.lifecycle.read({ kind: "Room" }, "1", { inputs: {}, outputs: {} }));
        expect((await failure).message).toMatch(/no kind Room in this version of pulumi-fastio/);
    });
});

describe("3.13 time is the service's", () => {
    test("an invitation is not expired because the local clock is ahead, nor standing because it is behind", async () => {
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const end = new Date(Date.parse(await service.advance(0)) + 3_600_000).toISOString();
        const args = { workspaceId, email: "new@example.com", role: "guest", invitationExpires: end };
        const resource = new Resource("WorkspaceMember");
        await resource.up(process, args);
        for (const localTime of ["2095-01-01T00:00:00Z", "1999-01-01T00:00:00Z"]) {
            const elsewhen = new Process(service, { localTime });
            await resource.refresh(elsewhen);
            expect(resource.outputs.status).toBe("pending");
            await elsewhen.close();
        }
        await service.advance(3700);
        await resource.refresh(process);
        expect(resource.outputs.status).toBe("expired");
    });
});

describe("secrets", () => {
    test("no token, password or transfer token in any error or log, whatever fails", async () => {
        const token = new Resource("TransferToken");
        await token.up(process, { organizationId });
        const secrets = [service.emulator.token, String(token.outputs.token)];
        const workspace = new Resource("Workspace");
        await workspace.up(process, { organizationId });
        const said: unknown[] = [];
        const echo = `You sent ${service.emulator.token}`;
        for (const how of [
            refusal(401, 1650, echo),
            refusal(500, 1654, echo),
            refusal(406, 1605, echo),
            "lost",
        ] as const) {
            const failing = new Process(service);
            failing.troubles.push({ path: /./, how });
            for (const work of [
                () => token.copy().refresh(failing),
                () => token.copy().delete(failing),
                () => workspace.copy().refresh(failing),
                () => workspace.copy().up(failing, { organizationId, description: "Another text about it." }),
                () => new Resource("TransferToken", "other").up(failing, { organizationId }),
            ])
                said.push(await failureOf(work()), failing.text);
            await failing.close();
        }
        const text = said.map((one) => inspect(one, { depth: 10 })).join("\n") + process.text;
        for (const secret of secrets) expect(text).not.toContain(secret);
    });
});
