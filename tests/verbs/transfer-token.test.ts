/** 3.12: transfer tokens by the service's clock, by a claim, and by what is left for the former owner. */
import { transferToken } from "../../provider/resources/transfer-token";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import type { Account } from "./service";

let service: Service;
let process: Process;
let organizationId: string;
let human: Account;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.organization("acme")).id;
    human = await service.account("human@example.com");
});
afterEach(() => process.close());

const threeDays = 72 * 3600;
const listed = async () => (await service.api("GET", `org/${organizationId}/transfer/token/list/`)).tokens;
const claim = (token: unknown) => service.api("POST", "org/transfer/claim/", { token: String(token) }, human.token);
const writesOf = async (work: () => Promise<unknown>) =>
    (await service.requestsOf(work)).filter(({ method }) => method !== "GET").map(({ method }) => method);

/** A state as an earlier run left it. */
async function made(args: Record<string, unknown> = {}, name?: string): Promise<Resource> {
    const earlier = new Process(service);
    const resource = new Resource("TransferToken", name);
    await resource.up(earlier, { organizationId, ...args });
    await earlier.close();
    return resource;
}

const statusOf = async (resource: Resource) => {
    expect((await resource.refresh(process)).exists).toBe(true);
    return resource.outputs.status;
};

/** Brings a token to a status behind our back. */
const ways = {
    active: async () => undefined,
    expired: async () => service.advance(threeDays + 1),
    revoked: async (resource: Resource) =>
        service.api("DELETE", `org/${organizationId}/transfer/token/${resource.ownId.split("/")[1]}/`),
    claimed: async (resource: Resource) => claim(resource.outputs.token),
};
type Status = keyof typeof ways;

describe("3.12 made", () => {
    test("token, claim URL and end; the id is not the token", async () => {
        const resource = await made();
        const [stored] = await listed();
        expect(resource.id).toBe(`${organizationId}/${stored?.id}`);
        expect(resource.outputs).toMatchObject({
            token: stored?.token,
            claimUrl: `https://go.fast.io/claim?token=${stored?.token}`,
            status: "active",
            expiresAt: String(stored?.expires).replace(" UTC", "Z").replace(" ", "T"),
        });
        expect(resource.id).not.toContain(stored?.token);
    });

    test("token and claim URL are secret outputs", () => {
        for (const name of ["token", "claimUrl"]) expect(transferToken.outputs.shape[name]?.meta()?.secret).toBe(true);
    });

    test("on a service without ids of tokens: the id is a hash, and reads, and revokes", async () => {
        const withoutIds = (one: object) => ({ ...one, id: undefined });
        const list = { path: /\/token\/list\//, how: { status: 200, body: {} }, before: async () => {} };
        list.before = async () => {
            list.how.body = { result: true, tokens: (await listed()).map(withoutIds) };
        };
        const create = { path: /\/token\/create\//, how: { status: 200, body: {} }, before: async () => {} };
        create.before = async () => {
            create.how.body = withoutIds(await service.api("POST", `org/${organizationId}/transfer/token/create/`));
        };
        process.troubles.push(list, create);
        const resource = new Resource("TransferToken");
        await resource.up(process, { organizationId });
        const token = String(resource.outputs.token);
        expect(resource.id).toMatch(new RegExp(`^${organizationId}/[0-9a-f]{30}$`));
        expect(await statusOf(resource)).toBe("active");
        const next = new Process(service);
        await resource.delete(next);
        expect((await listed()).map((one) => one.token)).not.toContain(token);
        await next.close();
    });

    test("by a human account is the service's refusal", async () => {
        const { id } = await service.organization("theirs", human.token);
        const theirs = new Process(service, { token: human.token });
        const failure = failureOf(new Resource("TransferToken").up(theirs, { organizationId: id }));
        expect((await failure).message).toMatch(/Only an agent account/);
        await theirs.close();
    });
});

describe("3.12 the status", () => {
    test.each(Object.keys(ways) as Status[])("%s", async (status) => {
        const resource = await made();
        await ways[status](resource);
        expect(await statusOf(resource)).toBe(status);
        expect(resource.outputs.token).toHaveLength(64);
        // It stays what it is, and nothing is to be done about it.
        expect(await statusOf(resource)).toBe(status);
        expect(resource.preview(process, { organizationId }).step).toBe("same");
    });

    test("until its last second it is active, by the service's clock", async () => {
        const resource = await made();
        await service.advance(threeDays - 5);
        expect(await statusOf(resource)).toBe("active");
    });

    test("claimed and long past its end: claimed", async () => {
        const resource = await made();
        await ways.claimed(resource);
        await service.advance(threeDays * 2);
        expect(await statusOf(resource)).toBe("claimed");
    });

    test("claimed, and the former owner removed from the organization: claimed, once that was seen", async () => {
        const resource = await made();
        await ways.claimed(resource);
        await statusOf(resource);
        await service.api("DELETE", `org/${organizationId}/members/agent@example.com/`, undefined, human.token);
        expect(await statusOf(resource)).toBe("claimed");
    });

    test("the list denied to an owner proves no claim", async () => {
        const resource = await made();
        process.troubles.push({ path: /\/token\/list\//, how: refusal(401, 1680) });
        expect(await statusOf(resource)).toBe("revoked");
    });

    test("it never goes while its organization lives, whatever fails", async () => {
        const resource = await made();
        for (const how of [refusal(401, 1650), refusal(500, 1654), 503, "lost"] as const) {
            process.troubles.splice(0, 1, { path: /\/token\/list\//, how });
            await failureOf(resource.refresh(process));
            expect(resource.id).toBeDefined();
        }
    });

    test("it goes with its organization", async () => {
        const resource = await made();
        await service.api("POST", `org/${organizationId}/close/`, { confirm: organizationId });
        expect((await resource.refresh(process)).exists).toBe(false);
    });

    test("it stays when the organization does not answer", async () => {
        const resource = await made();
        await ways.revoked(resource);
        process.troubles.push({ path: /\/org\/\d+\/details\//, how: refusal(401, 1680) });
        await failureOf(resource.refresh(process));
        expect(resource.id).toBeDefined();
    });
});

describe("3.12 rotateWhenExpired", () => {
    test.each<[Status, boolean, string]>([
        ["active", true, "same"],
        ["expired", true, "replaced"],
        ["revoked", true, "replaced"],
        ["claimed", true, "same"],
        ["expired", false, "same"],
        ["revoked", false, "same"],
    ])("%s, declared %s: %s", async (status, rotateWhenExpired, step) => {
        const args = { organizationId, rotateWhenExpired };
        const resource = await made(args);
        const { token } = resource.outputs;
        await ways[status](resource);
        // Not before a refresh has seen it.
        expect(resource.preview(process, args).step).toBe("same");
        await resource.refresh(process);
        expect(resource.preview(process, args).step).toBe(step);
        if (step === "same") return;
        expect(await resource.up(process, args)).toBe("replaced");
        expect(resource.outputs.status).toBe("active");
        expect(resource.outputs.token).not.toBe(token);
        expect(await listed()).toHaveLength(1);
    });

    test("declared only after it expired: renewed by the same up", async () => {
        const resource = await made();
        await ways.expired();
        await resource.refresh(process);
        expect(await resource.up(process, { organizationId, rotateWhenExpired: true })).toBe("replaced");
    });

    test("declared while it is active is a step without a request", async () => {
        const resource = await made();
        const args = { organizationId, rotateWhenExpired: true };
        expect(await service.requestsOf(() => resource.up(process, args))).toEqual([]);
        expect(resource.preview(process, args).step).toBe("same");
    });
});

describe("3.12 triggers", () => {
    test("a change makes a new token and revokes the old one", async () => {
        const resource = await made({ triggers: { round: "1" } });
        const { token } = resource.outputs;
        expect(await resource.up(process, { organizationId, triggers: { round: "2" } })).toBe("replaced");
        const tokens = (await listed()).map((one) => one.token);
        expect(tokens).toEqual([resource.outputs.token]);
        expect(tokens).not.toContain(token);
    });

    test("the same in another order is no change", async () => {
        const resource = await made({ triggers: { a: "1", b: "2" } });
        expect(await resource.up(process, { organizationId, triggers: { b: "2", a: "1" } })).toBe("same");
    });
});

describe("3.12 delete", () => {
    test("active: revoked", async () => {
        const resource = await made();
        expect(await writesOf(() => resource.delete(process))).toEqual(["DELETE"]);
        expect(await listed()).toEqual([]);
    });

    test.each(["expired", "revoked", "claimed"] as const)("%s: no call at all", async (status) => {
        const resource = await made();
        await ways[status](resource);
        await resource.refresh(process);
        expect(await service.requestsOf(() => resource.delete(process))).toEqual([]);
    });

    test.each(["expired", "revoked", "claimed"] as const)("%s since the last look: no error", async (status) => {
        const resource = await made();
        await ways[status](resource);
        await resource.delete(process);
        expect(resource.id).toBeUndefined();
    });

    test("denied to an owner is an error: the token may still be good", async () => {
        const resource = await made();
        process.troubles.push({ method: "DELETE", path: /\/transfer\/token\//, how: refusal(401, 1680) });
        expect((await failureOf(resource.delete(process))).message).toMatch(/code 1680/);
    });
});

describe("3.12 after a claim the former owner is an admin", () => {
    let organization: Resource;
    let workspace: Resource;
    let member: Resource;
    let token: Resource;

    beforeEach(async () => {
        const earlier = new Process(service);
        organization = new Resource("Organization", "company");
        await organization.up(earlier, { domain: "beta", name: "Beta" });
        organizationId = organization.ownId;
        workspace = new Resource("Workspace", "design");
        await workspace.up(earlier, { organizationId });
        member = new Resource("WorkspaceMember", "ann");
        await member.up(earlier, { workspaceId: workspace.ownId, email: "ann@example.com", role: "guest" });
        token = new Resource("TransferToken", "handover");
        await token.up(earlier, { organizationId });
        await earlier.close();
        await claim(token.outputs.token);
    });

    test("refresh works for all of them and shows no drift", async () => {
        for (const resource of [organization, workspace, member, token])
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(token.outputs.status).toBe("claimed");
    });

    test.each([false, true])("destroy makes no write, with forceDestroy %s", async (forceDestroy) => {
        const writes = await writesOf(async () => {
            for (const resource of [token, member, workspace, organization]) {
                resource.known = { ...resource.known, inputs: { ...resource.known.inputs, forceDestroy } };
                await resource.delete(process);
            }
        });
        expect(writes).toEqual([]);
        const census = await service.control("GET", "census");
        expect(census).toMatchObject({ organizations: 2, workspaces: 1, invitations: 1 });
    });
});
