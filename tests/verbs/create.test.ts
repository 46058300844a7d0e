/** 3.9 and 3.16: a create meets its own work, passes by a stranger's, and fails before its own request when the plan is full. */
import type { Properties } from "../../provider/core/define";
import { ownNames } from "../../provider/core/naming";
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

const workspaces = async () => (await service.control<{ workspaces: number }>("GET", "census")).workspaces;
const detailsOf = async (id: string) => (await service.api("GET", `workspace/${id}/details/`)).workspace;
const namesOf = (resource: Resource) => ownNames(resource.urn, organizationId, "workspace", 80);
const generated = (resource: Resource) => namesOf(resource).first;
const creates = (requests: { method: string; path: string }[]) =>
    requests.filter(({ method, path }) => method === "POST" && /\/create\/|\/members\/[^/]+\/$/.test(path));

describe("3.9 the same create again meets its own work", () => {
    test.each<[string, Properties]>([
        ["a declared folder name", { folderName: "acme-design" }],
        ["a generated folder name", {}],
    ])("and takes it over with a warning: %s", async (_case, args) => {
        const lost = new Resource("Workspace");
        await lost.up(process, { organizationId, ...args });
        const again = new Resource("Workspace");
        await again.up(process, { organizationId, ...args, description: "Declared only now." });
        expect(again.id).toBe(lost.id);
        expect(process.warnings).toEqual([expect.stringContaining(`workspace ${lost.id} was already there`)]);
        expect((await detailsOf(again.ownId)).description).toBe("Declared only now.");
        expect(await workspaces()).toBe(1);
    });

    test("an organization of ours under the declared domain, when it is empty", async () => {
        const resource = new Resource("Organization");
        await resource.up(process, { domain: "acme", name: "Acme" });
        expect(resource.id).toBe(organizationId);
        expect((await service.api("GET", "org/acme/details/")).org.name).toBe("Acme");
        expect(process.warnings).toHaveLength(1);
    });

    test("not when it holds something: the error has the import command and speaks of the alias", async () => {
        const lost = new Resource("Workspace");
        await lost.up(process, { organizationId });
        await service.api("POST", `workspace/${lost.id}/storage/root/createnote/`, { name: "a.md", content: "x" });
        const { message } = await failureOf(new Resource("Workspace").up(process, { organizationId }));
        expect(message).toContain("it holds 1 file");
        expect(message).toContain(`: pulumi import fastio:index:Workspace design ${lost.id}. `);
        expect(message).toContain("alias");
        expect(await workspaces()).toBe(1);
    });

    test("not when it is ours no more", async () => {
        const stranger = await service.account("stranger@example.com");
        await service.api("POST", `org/${organizationId}/members/${stranger.email}/`, { permissions: "member" });
        await service.api("POST", `org/${organizationId}/member/${stranger.userId}/transfer_ownership/`);
        const failure = failureOf(new Resource("Organization").up(process, { domain: "acme", name: "Acme" }));
        expect((await failure).message).toContain("not its owner");
    });

    test("an archived one is opened for it, and is as declared in the end", async () => {
        const lost = new Resource("Workspace");
        await lost.up(process, { organizationId, archived: true });
        const again = new Resource("Workspace");
        await again.up(process, { organizationId, archived: false, description: "Open again from now on." });
        expect(await detailsOf(again.ownId)).toMatchObject({ archived: false, description: "Open again from now on." });
        const left = new Resource("Workspace");
        await service.api("POST", `workspace/${lost.id}/archive/`);
        await left.up(process, { organizationId, archived: true, description: "Closed again from now on." });
        expect(await detailsOf(left.ownId)).toMatchObject({ archived: true, description: "Closed again from now on." });
    });

    test("also when the plan is full by then: there is nothing to make", async () => {
        const lost = new Resource("Workspace");
        await lost.up(process, { organizationId });
        await service.control("POST", "plan", { organizationId, workspaces: 1 });
        const next = new Process(service);
        const again = new Resource("Workspace");
        await again.up(next, { organizationId });
        expect(again.id).toBe(lost.id);
        await next.close();
    });
});

describe("3.9 a name that somebody else holds", () => {
    let stranger: string;
    beforeEach(async () => {
        stranger = (await service.account("stranger@example.com")).token;
    });

    test("a generated one moves on to another suffix", async () => {
        const resource = new Resource("Workspace");
        const { id } = await service.organization("stranger", stranger);
        await service.workspace(id, generated(resource), stranger);
        await resource.up(process, { organizationId });
        const { folder_name: folderName } = await detailsOf(resource.ownId);
        expect([folderName === generated(resource), namesOf(resource).isOwn(String(folderName))]).toEqual([
            false,
            true,
        ]);
        expect(resource.outputs.folderName).toBe(folderName);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await resource.up(process, { organizationId })).toBe("same");
    });

    test("also when it is in another organization of ours", async () => {
        const resource = new Resource("Workspace");
        const { id } = await service.organization("other");
        await service.workspace(id, generated(resource));
        await resource.up(process, { organizationId });
        expect(resource.outputs.folderName).not.toBe(generated(resource));
    });

    test.each<[string, string, Properties, string]>([
        ["Workspace", "folderName", { folderName: "taken-name" }, "taken-name"],
        ["Organization", "domain", { domain: "stranger", name: "Mine" }, "stranger"],
    ])("a declared one is an error that names the property: %s.%s", async (kind, property, args, name) => {
        const { id } = await service.organization("stranger", stranger);
        await service.workspace(id, "taken-name", stranger);
        const declared = kind === "Workspace" ? { organizationId, ...args } : args;
        const { message } = await failureOf(new Resource(kind).up(process, declared));
        expect(message).toContain(`${property}: "${name}" is taken`);
        expect(message).toContain("declare another");
    });
});

describe("3.9 a reserved name", () => {
    test("moves on when it was generated: 200 times made and closed, each with at most three refused requests", async () => {
        const names = new Set<unknown>();
        for (let cycle = 0; cycle < 200; cycle += 1) {
            const resource = new Resource("Workspace");
            // A process of its own each time: in one, the deleted object would count as touched.
            const [making, closing] = [new Process(service), new Process(service)];
            const request = making.request.bind(making);
            let refused = 0;
            making.request = async (options) => {
                const answer = await request(options);
                if (answer.statusCode >= 400) refused += 1;
                return answer;
            };
            await resource.up(making, { organizationId });
            expect(refused).toBeLessThanOrEqual(3);
            names.add(resource.outputs.folderName);
            await resource.delete(closing);
            await Promise.all([making.close(), closing.close()]);
        }
        expect([names.size, await workspaces()]).toEqual([200, 0]);
    });

    const refused = refusal(406, 1605, "folder_name: is not for you.");

    test("when none of the names is free, the error says that they were made here, and how to declare one", async () => {
        process.troubles.push({ method: "POST", path: /\/create\/workspace\//, how: refused });
        const resource = new Resource("Workspace");
        let failure: Error | undefined;
        const requests = await service.requestsOf(async () => {
            failure = await failureOf(resource.up(process, { organizationId }));
        });
        expect(failure?.message).toContain(`folderName: the service refuses all of "${generated(resource)}", "`);
        expect(failure?.message).toContain("No program declares this: the name was made here, of the resource's own.");
        expect(failure?.message).toMatch(/Declare one that is free in the workspace's arguments, folderName: "…"/);
        expect(requests.filter(({ status }) => status >= 400).length).toBeLessThanOrEqual(10);
    });

    test.each([
        ["propose", /refuses all of "acme-design", "acme-design-[0-9a-f]{13}".*\(pulumi:autonaming\)/],
        ["enforce", /refuses "acme-design": .*\(pulumi:autonaming\)/],
    ] as const)("when the stack's automatic names made it, the error says so: %s", async (mode, expected) => {
        process.troubles.push({ method: "POST", path: /\/create\/workspace\//, how: refused });
        const declared = { organizationId, __resource: new Resource("Workspace").urn };
        const autonaming = { mode, name: "acme-design" };
        const { inputs } = process.lifecycle.check({ kind: "Workspace" }, {}, declared, autonaming);
        const { message } = await failureOf(process.lifecycle.create({ kind: "Workspace" }, inputs));
        expect(message).toMatch(expected);
    });

    test("a proposal that a closed workspace keeps moves on as well, and what was lost of it is found", async () => {
        const { id } = await service.workspace(organizationId, "acme-design");
        await service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`);
        const declared = { organizationId, __resource: new Resource("Workspace").urn };
        const made = async () => {
            const run = new Process(service);
            const autonaming = { mode: "propose", name: "acme-design" } as const;
            const { inputs } = run.lifecycle.check({ kind: "Workspace" }, {}, declared, autonaming);
            const { id, outputs } = await run.lifecycle.create({ kind: "Workspace" }, inputs);
            await run.close();
            return [id, outputs.folderName];
        };
        const first = await made();
        expect(first[1]).toMatch(/^acme-design-[0-9a-f]{13}$/);
        expect(await made()).toEqual(first);
    });

    test.each<[string, Properties, RegExp]>([
        ["Workspace", { folderName: "workspaces" }, /folderName: the service refuses "workspaces".*declare another/],
        ["Organization", { domain: "admin", name: "Admin" }, /domain: the service refuses "admin".*declare another/],
    ])("is an error when it was declared: %s", async (kind, args, expected) => {
        const declared = kind === "Workspace" ? { organizationId, ...args } : args;
        expect((await failureOf(new Resource(kind).up(process, declared))).message).toMatch(expected);
    });

    test("kept by a closed organization is an error that says so", async () => {
        await service.api("POST", `org/${organizationId}/close/`, { confirm: "acme" });
        const { message } = await failureOf(new Resource("Organization").up(process, { domain: "acme", name: "Acme" }));
        expect(message).toMatch(/domain: .*kept by a closed organization/);
    });
});

describe("3.9 the answer to a create is lost", () => {
    async function member(): Promise<[string, Properties]> {
        const { id } = await service.workspace(organizationId, "design");
        return ["WorkspaceMember", { workspaceId: id, email: "new@example.com", role: "guest" }];
    }

    const cases: [string, () => Promise<[string, Properties]>, RegExp][] = [
        ["Organization", async () => ["Organization", { domain: "beta", name: "Beta" }], /\/org\/create\//],
        ["Workspace", async () => ["Workspace", { organizationId }], /\/create\/workspace\//],
        ["WorkspaceMember", member, /\/members\/new@/],
        ["TransferToken", async () => ["TransferToken", { organizationId }], /\/token\/create\//],
    ];

    test.each(cases)("%s: what was made is found by its natural key, and made once", async (_name, args, path) => {
        const [kind, declared] = await args();
        process.troubles.push({ method: "POST", path, how: "unanswered", times: 1 });
        const resource = new Resource(kind);
        const requests = await service.requestsOf(() => resource.up(process, declared));
        expect(requests.filter(({ effect }) => effect === "created")).toHaveLength(1);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(resource.preview(process, declared).step).toBe("same");
    });

    test.each(cases)("%s: a 500 after the commit is the same", async (_name, args, path) => {
        const [kind, declared] = await args();
        process.troubles.push({
            method: "POST",
            path,
            how: 502,
            times: 1,
            before: () => new Resource(kind).up(new Process(service), declared),
        });
        const resource = new Resource(kind);
        await resource.up(process, declared);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test.each(cases)(
        "%s: when nothing was made, the error says so, and the next run makes it",
        async (_name, args, path) => {
            const [kind, declared] = await args();
            process.troubles.push({ method: "POST", path, how: 502, times: 1 });
            const resource = new Resource(kind);
            const { message } = await failureOf(resource.up(process, declared));
            expect(message).toMatch(/answer was lost/);
            expect(resource.id).toBeUndefined();
            expect(await resource.up(process, declared)).toBe("created");
        },
    );

    test.each(cases)("%s: a create that provably never left is repeated by itself", async (_name, args, path) => {
        const [kind, declared] = await args();
        process.troubles.push({ method: "POST", path, how: "lost", times: 2 });
        expect(await new Resource(kind).up(process, declared)).toBe("created");
    });

    test("when the look afterwards fails as well, the error still says that the object may exist", async () => {
        process.troubles.push({
            method: "POST",
            path: /\/create\/workspace\//,
            how: "unanswered",
            times: 1,
            before: async () => process.troubles.push({ method: "GET", path: /\/workspace\/design-/, how: 503 }),
        });
        const { message } = await failureOf(new Resource("Workspace").up(process, { organizationId }));
        expect(message).toMatch(/answer was lost/);
        expect(message).toMatch(/looks again before it creates/);
    });

    test("a killed process leaves what the next run takes over", async () => {
        await service.workspace(organizationId, generated(new Resource("Workspace")));
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId, name: "Design" });
        expect((await detailsOf(resource.ownId)).name).toBe("Design");
        expect(await workspaces()).toBe(1);
    });

    describe("under a further name, because a closed workspace keeps the first", () => {
        beforeEach(async () => {
            const { id } = await service.workspace(organizationId, generated(new Resource("Workspace")));
            await service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`);
        });

        test("it is found right after", async () => {
            process.troubles.push({ method: "POST", path: /\/create\/workspace\//, how: refused(), times: 1 });
            process.troubles.push({ method: "POST", path: /\/create\/workspace\//, how: "unanswered", times: 1 });
            const resource = new Resource("Workspace");
            await resource.up(process, { organizationId });
            expect(await workspaces()).toBe(1);
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });

        test.each([true, false])(
            "with its process killed, the next run finds it (plan with limits: %s)",
            async (limited) => {
                if (!limited) await service.control("POST", "plan", { organizationId, paid: true });
                const killed = new Resource("Workspace");
                await killed.up(process, { organizationId });
                const next = new Process(service);
                const resource = new Resource("Workspace");
                const requests = await service.requestsOf(() => resource.up(next, { organizationId }));
                expect([resource.id, resource.outputs.folderName]).toEqual([killed.id, killed.outputs.folderName]);
                expect(requests.filter(({ method }) => method === "POST")).toEqual([]);
                expect(next.warnings).toEqual([expect.stringContaining("was already there and is taken over")]);
                await next.close();
            },
        );

        function refused() {
            return refusal(406, 1605, "folder_name: is taken.");
        }
    });

    test("two new transfer tokens are named, never guessed", async () => {
        const byHand = () => service.api("POST", `org/${organizationId}/transfer/token/create/`);
        process.troubles.push({
            method: "POST",
            path: /\/token\/create\//,
            how: "unanswered",
            times: 1,
            before: byHand,
        });
        const { message } = await failureOf(new Resource("TransferToken").up(process, { organizationId }));
        const { tokens } = await service.api("GET", `org/${organizationId}/transfer/token/list/`);
        expect(tokens).toHaveLength(2);
        for (const { id, token } of tokens) {
            expect(message).toContain(id);
            expect(message).not.toContain(token);
        }
    });
});

describe("3.16 the limits of the plan", () => {
    const named = (count: number) =>
        Array.from({ length: count }, (_, index) => new Resource("Workspace", `w-${index}`));

    test("workspaces: limit, count and further creates, and no request of its own", async () => {
        await service.control("POST", "plan", { organizationId, workspaces: 2 });
        const resources = named(5);
        for (const resource of resources) resource.preview(process, { organizationId });
        for (const resource of resources.slice(0, 2)) await resource.up(process, { organizationId });
        let failure: Error | undefined;
        const requests = await service.requestsOf(async () => {
            failure = await failureOf((resources[2] as Resource).up(process, { organizationId }));
        });
        expect(failure?.message).toMatch(
            /the plan allows 2 workspaces in the organization and there are 2; nothing was requested, and 2 further ones are to come/,
        );
        expect(creates(requests)).toEqual([]);
    });

    test("archived workspaces count", async () => {
        const [first, second] = named(2) as [Resource, Resource];
        await first.up(process, { organizationId, archived: true });
        await service.control("POST", "plan", { organizationId, workspaces: 1 });
        const next = new Process(service);
        expect((await failureOf(second.up(next, { organizationId }))).message).toContain(
            "the plan allows 1 workspaces",
        );
        await next.close();
    });

    test("members of a workspace", async () => {
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        await service.control("POST", "plan", { organizationId, membersPerWorkspace: 2 });
        const args = (email: string) => ({ workspaceId, email, role: "member" });
        await new Resource("WorkspaceMember", "a").up(process, args("a@example.com"));
        let failure: Error | undefined;
        const requests = await service.requestsOf(async () => {
            failure = await failureOf(new Resource("WorkspaceMember", "b").up(process, args("b@example.com")));
        });
        expect(failure?.message).toMatch(
            /the plan allows 2 members in a workspace and there are 2; nothing was requested/,
        );
        expect(creates(requests)).toEqual([]);
        // Somebody who is there already is no further one.
        const next = new Process(service);
        await new Resource("WorkspaceMember", "again").up(next, args("A@example.com"));
        await next.close();
    });

    test("transfer tokens: five can be active", async () => {
        for (let index = 0; index < 5; index += 1)
            await service.api("POST", `org/${organizationId}/transfer/token/create/`);
        let failure: Error | undefined;
        const requests = await service.requestsOf(async () => {
            failure = await failureOf(new Resource("TransferToken").up(process, { organizationId }));
        });
        expect(failure?.message).toContain("the service allows 5 active transfer tokens");
        expect(creates(requests)).toEqual([]);
    });

    test("a caller who may not see the plan is told by the service", async () => {
        const { token, email } = await service.account("member@example.com");
        await service.api("POST", `org/${organizationId}/members/${email}/`, { permissions: "member" });
        await service.control("POST", "plan", { organizationId, workspaces: 0 });
        const theirs = new Process(service, { token });
        const { message } = await failureOf(new Resource("Workspace").up(theirs, { organizationId }));
        expect(message).toMatch(/HTTP 4(12|02).*upgrade the plan/);
        await theirs.close();
    });

    test("the plan is read once in a run", async () => {
        const requests = await service.requestsOf(async () => {
            for (const resource of named(3)) await resource.up(process, { organizationId });
        });
        expect(requests.filter(({ path }) => path.endsWith("/billing/details/"))).toHaveLength(1);
    });

    test("a plan without limits makes no error", async () => {
        await service.control("POST", "plan", { organizationId, paid: true });
        for (const resource of named(7)) await resource.up(process, { organizationId });
        expect(await workspaces()).toBe(7);
    });
});

test.each([refusal(500, 1654), refusal(403, 10767), refusal(404, 9992)])(
    "4.15 a plan that cannot be read never fails a create that could go on",
    async (how) => {
        process.troubles.push({ path: /\/billing\/details\//, how });
        const requests = await service.requestsOf(() => new Resource("Workspace").up(process, { organizationId }));
        expect(creates(requests)).toHaveLength(1);
    },
);

describe("a replacement that the engine forces, without asking for a difference", () => {
    /** As the engine does: it checks twice, and makes the new one first. */
    const forced = async (resource: Resource, args: Properties) => {
        const next = new Process(service);
        const given = { ...args, __resource: resource.urn };
        next.lifecycle.check({ kind: resource.kind }, resource.known.inputs, given);
        const { inputs } = next.lifecycle.check({ kind: resource.kind, urn: resource.urn }, {}, given);
        const outcome = await next.lifecycle.create({ kind: resource.kind, urn: resource.urn }, inputs).then(
            ({ id }) => id,
            (error: Error) => error.message,
        );
        const { warnings } = next;
        await next.close();
        return { outcome, warnings };
    };

    test("of a workspace with a generated name makes another one, and never takes over the old one", async () => {
        for (const content of [false, true]) {
            const resource = new Resource("Workspace", content ? "full" : "empty");
            await resource.up(process, { organizationId });
            const note = { name: "a.md", content: "x" };
            if (content) await service.api("POST", `workspace/${resource.id}/storage/root/createnote/`, note);
            const { outcome, warnings } = await forced(resource, { organizationId });
            expect([/^\d{19}$/.test(outcome), outcome === resource.id, warnings]).toEqual([true, false, []]);
        }
        expect(await workspaces()).toBe(4);
    });

    test.each([
        ["Workspace", "folderName", () => ({ organizationId, folderName: "acme-design" })],
        ["Organization", "domain", () => ({ domain: "acme-2", name: "Acme" })],
    ] as const)(
        "of a %s with a declared %s: the check tells, and the error says what is in the way",
        async (kind, property, argsOf) => {
            const args: Properties = argsOf();
            const resource = new Resource(kind);
            await resource.up(process, args);
            const { outcome, warnings } = await forced(resource, args);
            const name = JSON.stringify(args[property]);
            expect(warnings).toEqual([
                expect.stringContaining(`the new one needs the ${property} ${name} of the old one`),
            ]);
            expect(outcome).toContain(
                `${property}: ${name} is the name of ${kind.toLowerCase()} ${resource.id}, which this resource has`,
            );
            expect(outcome).toContain("deleteBeforeReplace");
            expect(outcome).not.toContain("pulumi import");
        },
    );

    test("of a workspace with another declared folder name is told nothing", async () => {
        const resource = new Resource("Workspace");
        await resource.up(process, { organizationId, folderName: "acme-design" });
        expect((await forced(resource, { organizationId, folderName: "acme-design-2" })).warnings).toEqual([]);
    });
});
