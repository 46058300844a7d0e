/** How many requests a refresh of many resources makes. */
import type { Known } from "../../provider/core/define";
import { Renames } from "../../provider/core/renames";
import { resourcesByKind } from "../../provider/resources";
import { Process, Resource } from "../verbs/fixture";
import { Service } from "../verbs/service";

jest.setTimeout(60_000);

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

interface Stored {
    kind: string;
    id: string;
    known: Known;
}

/** What a state holds of everything of a kind under a parent. */
async function stored(kind: string, parentKind: string, parentId: string, parentInput: string): Promise<Stored[]> {
    const definition = resourcesByKind.get(kind);
    const context = {
        client: process.client,
        warn() {},
        info() {},
        remember: <T>(_question: string, work: () => Promise<T>) => work(),
        isNew: () => false,
        renames: new Renames(),
    };
    const listed = (await definition?.list?.(context, { kind: parentKind, id: parentId })) ?? [];
    return listed.map(({ id, remote }) => {
        const shown = Object.fromEntries(Object.entries(remote).filter(([, value]) => value !== null));
        const inputs = { [parentInput]: parentId, ...(shown.role ? { role: shown.role, email: shown.email } : {}) };
        return { kind, id, known: { inputs, outputs: { ...shown, __service: process.client.origin } } };
    });
}

const urnOf = (kind: string, name: string) => `urn:pulumi:dev::verbs::fastio:index:${kind}::${name}`;

async function refreshAll(all: readonly Stored[], by = process) {
    return Promise.all(all.map(({ kind, id, known }) => by.lifecycle.read({ kind, urn: urnOf(kind, id) }, id, known)));
}

/** A request by hand, without a socket: a thousand of them make a world. */
async function ask(path: string, form: Record<string, string> | object, as = "api"): Promise<void> {
    const isControl = as === "control";
    const answer = await service.emulator.fetch(
        new Request(new URL(isControl ? `/_emulator/${path}` : path, service.baseUrl), {
            method: "POST",
            headers: isControl
                ? { "Content-Type": "application/json" }
                : { Authorization: `Bearer ${service.emulator.token}` },
            body: isControl ? JSON.stringify(form) : new URLSearchParams(form as Record<string, string>),
        }),
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

const account = (email: string) => ask("accounts", { email, accountType: "human" }, "control");
const addMember = (workspaceId: string, email: string) =>
    ask(`workspace/${workspaceId}/members/${email}/`, { permissions: "member" });

test.each(["with accounts", "who are invited"])("1,000 members of one workspace, %s: 3 at most", async (which) => {
    const { id } = await service.workspace(organizationId, "design");
    for (let number = 0; number < 1000; number += 1) {
        const email = `m${number}@example.com`;
        if (which === "with accounts") await account(email);
        await addMember(id, email);
    }
    const all = await stored("WorkspaceMember", "Workspace", id, "workspaceId");
    expect(all).toHaveLength(1000);
    const requests = await service.requestsOf(async () => {
        const found = await refreshAll(all);
        expect(found.map((one) => one?.id)).toEqual(all.map((one) => one.id));
        expect(found.map((one) => one?.outputs)).toEqual(all.map((one) => one.known.outputs));
    });
    expect(requests.length).toBeLessThanOrEqual(3);
});

describe("30 people who are not where they were at the last refresh", () => {
    let workspaceId: string;
    let all: Resource[];
    const addressOf = ({ name }: Resource) => `${name}@example.com`;
    beforeEach(async () => {
        workspaceId = (await service.workspace(organizationId, "design")).id;
        all = Array.from({ length: 30 }, (_, number) => new Resource("WorkspaceMember", `m${number}`));
    });
    const inviteAll = (further = {}) =>
        Promise.all(
            all.map((one) => one.up(process, { workspaceId, email: addressOf(one), role: "member", ...further })),
        );
    const answerAll = (how: "accept" | "decline") =>
        Promise.all(all.map((one) => service.control("POST", `invitations/${how}`, { email: addressOf(one) })));

    /** In a run of its own. */
    async function refreshed(): Promise<{ requests: string[]; exist: unknown[]; statuses: unknown[] }> {
        const run = new Process(service);
        let exist: unknown[] = [];
        const requests = await service.requestsOf(async () => {
            exist = await Promise.all(all.map(async (one) => (await one.refresh(run)).exists));
        });
        await run.close();
        const once = (values: unknown[]) => [...new Set(values)];
        const statuses = all.map(({ outputs }) => outputs.status);
        return { requests: requests.map(({ path }) => path), exist: once(exist), statuses: once(statuses) };
    }

    test("who accepted is found in the list of all: 4 at most, then 1", async () => {
        await inviteAll();
        await answerAll("accept");
        const first = await refreshed();
        expect(first).toMatchObject({ exist: [true], statuses: ["active"] });
        expect(first.requests.length).toBeLessThanOrEqual(4);
        expect((await refreshed()).requests).toHaveLength(1);
    });

    test("who declined is asked for in one list, again and again: 5 at most", async () => {
        await inviteAll();
        await answerAll("decline");
        for (const _ of [1, 2]) {
            const { requests, ...found } = await refreshed();
            expect(found).toEqual({ exist: [true], statuses: ["declined"] });
            expect(requests.length).toBeLessThanOrEqual(5);
        }
    });

    test("whose invitation expired: 5 at most", async () => {
        await inviteAll({ invitationExpires: await service.inAnHour() });
        await service.advance(4000);
        for (const _ of [1, 2]) {
            const { requests, ...found } = await refreshed();
            expect(found).toEqual({ exist: [true], statuses: ["expired"] });
            expect(requests.length).toBeLessThanOrEqual(5);
        }
    });

    test.each(["members", "people invited"])(
        "%s who were removed: one look at the workspace, and 5 lists",
        async (who) => {
            if (who === "members") for (const one of all) await account(addressOf(one));
            await inviteAll();
            for (const one of all) {
                const { id } = (await service.member(workspaceId, addressOf(one))) ?? {};
                const person = who === "members" ? id : `invitation/${addressOf(one)}`;
                await service.api("DELETE", `workspace/${workspaceId}/members/${person}/`);
            }
            const { requests, exist } = await refreshed();
            expect(exist).toEqual([false]);
            expect(requests.filter((path) => path.includes("/list/")).length).toBeLessThanOrEqual(5);
            expect(requests.filter((path) => path.endsWith("/details/"))).toHaveLength(1);
        },
    );
});

test("100 workspaces with 10 members each: 105 at most, the organization among them", async () => {
    for (let number = 0; number < 10; number += 1) await account(`m${number}@example.com`);
    for (let number = 0; number < 100; number += 1) {
        const { id } = await service.workspace(organizationId, `design-${number}`);
        for (let person = 0; person < 10; person += 1) await addMember(id, `m${person}@example.com`);
    }
    const organization = {
        kind: "Organization",
        id: organizationId,
        known: { inputs: { domain: "acme", name: "acme" }, outputs: { __service: process.client.origin } },
    };
    const workspaces = await stored("Workspace", "Organization", organizationId, "organizationId");
    const members = await Promise.all(
        workspaces.map(({ id }) => stored("WorkspaceMember", "Workspace", id, "workspaceId")),
    );
    const all = [organization, ...workspaces, ...members.flat()];
    expect(all).toHaveLength(1101);
    const requests = await service.requestsOf(() => refreshAll(all));
    expect(requests.length).toBeLessThanOrEqual(105);
});

test("100 folders in one folder are listed, not asked for one by one", async () => {
    const { id: workspaceId } = await service.workspace(organizationId, "design");
    const folder = new Resource("Folder", "legal");
    await folder.up(process, { workspaceId, name: "Legal" });
    for (let number = 0; number < 100; number += 1) {
        const parentId = folder.ownId.split("/")[1];
        await service.api("POST", `workspace/${workspaceId}/storage/${parentId}/createfolder/`, {
            name: `n${number}`,
        });
    }
    const all = (await stored("Folder", "Workspace", workspaceId, "workspaceId")).filter(
        ({ known }) => known.outputs.parentId === folder.ownId,
    );
    expect(all).toHaveLength(100);
    const requests = await service.requestsOf(() => refreshAll(all));
    // The list, the folder above, the root, and one of them read alone to compare.
    expect(requests.length).toBeLessThanOrEqual(8);
});
