/** The functions on an emulator: what they answer, what they refuse, and what they ask for. */
import type { Properties, VerbContext } from "../../provider/core/define";
import { callFunction } from "../../provider/core/define-function";
import { Renames } from "../../provider/core/renames";
import { functions, functionsByName } from "../../provider/functions";
import { failureOf, Process, refusal, Service } from "../verbs/fixture";

let service: Service;
let process_: Process;

beforeAll(async () => {
    service = await Service.open();
});
beforeEach(async () => {
    await service.reset();
    process_ = new Process(service);
});
afterEach(() => process_.close());
afterAll(() => service.close());

/** Calls a function as an account; the answer must be what the function says that it answers. */
async function call(name: string, args: Properties = {}, by = process_): Promise<Properties> {
    const definition = functionsByName.get(name);
    if (definition === undefined) throw new Error(`no function ${name}`);
    const context: VerbContext = {
        client: by.client,
        warn: () => undefined,
        info: () => undefined,
        remember: (_question, work) => work(),
        isNew: () => false,
        renames: new Renames(),
    };
    const found = await callFunction(definition, () => context, args);
    expect(definition.outputs.strict().safeParse(found).error?.issues).toBeUndefined();
    return found;
}

const idsOf = (list: unknown) => (list as { id: string }[]).map(({ id }) => id);

describe("get", () => {
    test("an organization by id and by domain", async () => {
        const { id } = await service.organization("acme");
        const byDomain = await call("getOrganization", { domain: "acme" });
        expect(byDomain).toMatchObject({
            id,
            domain: "acme",
            name: "acme",
            url: "https://acme.fast.io",
            permMemberManage: "Member or above",
            plan: "agent",
        });
        expect(byDomain).not.toHaveProperty("forceDestroy");
        expect(await call("getOrganization", { id })).toEqual(byDomain);
    });

    test("a stranger gets what strangers may see of an organization", async () => {
        const { token } = await service.account("owner@example.com");
        const { id } = await service.organization("elsewhere", token);
        const found = await call("getOrganization", { domain: "elsewhere" });
        expect(found).toEqual({ id, domain: "elsewhere", name: "elsewhere", url: "https://elsewhere.fast.io" });
    });

    test("a workspace by id and by folder name, with the id of its organization", async () => {
        const company = await service.organization("acme");
        const { id } = await service.workspace(company.id, "acme-design");
        const byName = await call("getWorkspace", { folderName: "acme-design" });
        expect(byName).toMatchObject({
            id,
            organizationId: company.id,
            folderName: "acme-design",
            archived: false,
            url: "https://acme.fast.io/workspace/acme-design",
        });
        expect(await call("getWorkspace", { id })).toEqual(byName);
    });

    test("where a workspace names its organization by domain alone, the id is looked up, by the public part if need be", async () => {
        const company = await service.organization("acme");
        const { id } = await service.workspace(company.id, "acme-design");
        const workspace = { id, name: "Design", folder_name: "acme-design", org_domain: "acme" };
        process_.troubles.push({ path: /workspace\//, how: { status: 200, body: { result: true, workspace } } });
        expect(await call("getWorkspace", { id })).toMatchObject({ organizationId: company.id });
        process_.troubles.push({ path: /org\/acme\/details/, how: refusal(401, 1680) });
        expect(await call("getWorkspace", { id })).toMatchObject({ organizationId: company.id });
    });

    test("a share by id and by custom name, without its password", async () => {
        const company = await service.organization("acme");
        const workspace = await service.workspace(company.id, "acme-design");
        const { id } = await service.share(workspace.id, "Report", {
            custom_name: "acme-report",
            share_type: "send",
            access_options: "Anyone with the link",
            password: "swordfish-7",
        });
        const byName = await call("getShare", { customName: "acme-report" });
        expect(byName).toMatchObject({
            id,
            workspaceId: workspace.id,
            title: "Report",
            shareType: "send",
            accessOptions: "Anyone with the link",
            rootFolderId: expect.stringMatching(`^${id}/`),
        });
        expect(byName).not.toHaveProperty("password");
        expect(await call("getShare", { id })).toEqual(byName);
    });

    test.each([
        ["getOrganization", "domain", "nobody"],
        ["getOrganization", "id", "1234567890123456789"],
        ["getWorkspace", "folderName", "no-such-place"],
        ["getWorkspace", "id", "4234567890123456789"],
        ["getShare", "customName", "no-such-share"],
        ["getShare", "id", "5234567890123456789"],
    ])("%s says which %s it has not found", async (name, property, value) => {
        const { message } = await failureOf(call(name, { [property]: value }));
        expect(message).toContain(`with the ${property} "${value}" that this account can see`);
    });

    test("what was closed is not found", async () => {
        const company = await service.organization("acme");
        const { id } = await service.workspace(company.id, "acme-design");
        await service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`, { confirm: id });
        expect((await failureOf(call("getWorkspace", { folderName: "acme-design" }))).message).toMatch(/no workspace/);
    });

    test("a name that several answer to is an error that lists them", async () => {
        const rows = ["4111111111111111111", "4222222222222222222"].map((id) => ({ id, folder_name: "Acme-Design" }));
        process_.troubles.push(
            { path: /workspace\/acme-design\//, how: refusal(404, 1652) },
            { path: /workspaces\/all/, how: { status: 200, body: { result: true, workspaces: rows } } },
        );
        const { message } = await failureOf(call("getWorkspace", { folderName: "acme-design" }));
        expect(message).toMatch(
            /"acme-design" matches several: workspace 4111111111111111111, workspace 42+\b.*by its id/,
        );
    });

    test("a folder name of 19 digits is a name", async () => {
        const company = await service.organization("acme");
        const { id } = await service.workspace(company.id, "1234512345123451234");
        expect(await call("getWorkspace", { folderName: "1234512345123451234" })).toMatchObject({ id });
    });
});

describe("list", () => {
    test("workspaces, archived ones on demand", async () => {
        const company = await service.organization("acme");
        const live = await service.workspace(company.id, "acme-live");
        const old = await service.workspace(company.id, "acme-old");
        await service.api("POST", `workspace/${old.id}/archive/`);
        const { workspaces } = await call("listWorkspaces", { organizationId: company.id });
        expect(workspaces).toMatchObject([{ id: live.id, organizationId: company.id, folderName: "acme-live" }]);
        const all = await call("listWorkspaces", { organizationId: company.id, includeArchived: true });
        expect(idsOf(all.workspaces).sort()).toEqual([live.id, old.id].sort());
    });

    test("shares of a workspace and of an organization", async () => {
        const company = await service.organization("acme");
        const [one, two] = [
            await service.workspace(company.id, "acme-one"),
            await service.workspace(company.id, "acme-two"),
        ];
        const first = await service.share(one.id, "First");
        const second = await service.share(two.id, "Second");
        const ofWorkspace = await call("listShares", { workspaceId: one.id });
        expect(ofWorkspace.shares).toMatchObject([{ id: first.id, title: "First", workspaceId: one.id }]);
        const ofOrganization = await call("listShares", { organizationId: company.id });
        expect(idsOf(ofOrganization.shares).sort()).toEqual([first.id, second.id].sort());
    });

    test("more than one page", async () => {
        const company = await service.organization("acme");
        await service.control("POST", "plan", { organizationId: company.id, shares: null });
        const workspace = await service.workspace(company.id, "acme-many");
        await Promise.all(Array.from({ length: 502 }, (_, index) => service.share(workspace.id, `Share ${index}`)));
        const { shares } = await call("listShares", { workspaceId: workspace.id });
        expect(new Set(idsOf(shares)).size).toBe(502);
    }, 60_000);

    test("members: the owner, people with an account and invited ones, of each kind of parent", async () => {
        const ann = await service.account("ann@example.com");
        const company = await service.organization("acme");
        const workspace = await service.workspace(company.id, "acme-design");
        const share = await service.share(workspace.id, "Report");
        const parents = {
            organizationId: ["org", company],
            workspaceId: ["workspace", workspace],
            shareId: ["share", share],
        } as const;
        for (const [input, [segment, { id }]] of Object.entries(parents)) {
            for (const person of [ann.userId, "bob@example.com"])
                await service.api("POST", `${segment}/${id}/members/${person}/`, { permissions: "member" });
            const { members } = await call("listMembers", { [input]: id });
            expect(members).toEqual([
                expect.objectContaining({ role: "owner", status: "active", [input]: id }),
                expect.objectContaining({
                    id: `${id}/ann@example.com`,
                    userId: ann.userId,
                    email: "ann@example.com",
                    firstName: "Ann",
                    role: "member",
                    status: "active",
                }),
                expect.objectContaining({
                    id: `${id}/bob@example.com`,
                    status: "pending",
                    invitationId: expect.any(String),
                }),
            ]);
        }
    });
});

describe("account and plan", () => {
    test("the current user", async () => {
        const { token, userId } = await service.account("ann@example.com");
        const ann = new Process(service, { token });
        expect(await call("getCurrentUser", {}, ann)).toEqual({
            id: userId,
            email: "ann@example.com",
            accountType: "human",
            firstName: "Ann",
            lastName: "Lee",
        });
        await ann.close();
    });

    test("the scopes of a token, and never the token", async () => {
        const full = await call("getTokenScopes");
        expect(full).toMatchObject({
            authType: "api_key",
            scopes: [],
            scopesDetail: [],
            fullAccess: true,
            isAgent: true,
        });
        expect(JSON.stringify(full)).not.toContain(service.emulator.token);
        const company = await service.organization("acme");
        const scopes = [`org:${company.id}:r`];
        const made = await service.api("POST", "user/auth/key/", { scopes: JSON.stringify(scopes), agent_name: "ci" });
        const limited = new Process(service, { token: (made as unknown as { api_key: string }).api_key });
        const found = await call("getTokenScopes", {}, limited);
        expect(found).toMatchObject({ scopes, fullAccess: false, agentName: "ci", scopesDetail: [{ domain: "acme" }] });
        await limited.close();
    });

    test("usage: credits, limits without those that the plan does not have, and counts", async () => {
        const company = await service.organization("acme");
        await service.workspace(company.id, "acme-design");
        await service.control("POST", "plan", { organizationId: company.id, shares: null, credits: 70 });
        expect(await call("getUsage", { organizationId: company.id })).toEqual({
            plan: "agent",
            credits: {
                limit: 70,
                used: 0,
                remaining: 70,
                periodStart: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
                periodEnd: expect.stringMatching(/Z$/),
            },
            limits: { workspaces: 5, membersPerWorkspace: 5, storageBytes: 50 * 1024 ** 3, credits: 70 },
            counts: { workspaces: 1, shares: 0, members: 1 },
        });
    });
});

describe("arguments", () => {
    test.each([
        ["getOrganization", {}, /^getOrganization: id: give exactly one of id and domain$/],
        ["getOrganization", { id: "1000000000000000001", domain: "acme" }, /id: give exactly one/],
        ["getOrganization", { id: "acme" }, /id: must be the 19-digit id of an organization/],
        [
            "getWorkspace",
            { foldername: "x" },
            /foldername: is not a property of getWorkspace; did you mean folderName\?/,
        ],
        ["getShare", { customName: 7 }, /customName: /],
        ["listWorkspaces", {}, /organizationId: is required/],
        ["listWorkspaces", { organizationId: "acme" }, /organizationId: .*getOrganization\(\{ domain \}\)/],
        ["listMembers", { workspaceId: "1000000000000000001", shareId: "1000000000000000001" }, /exactly one of/],
        ["getUsage", { organizationId: null }, /organizationId: is required/],
    ])("%s of %j is refused without a call", async (name, args, message) => {
        let failure = new Error();
        const requests = await service.requestsOf(async () => {
            failure = await failureOf(call(name, args));
        });
        expect(failure.message).toMatch(message);
        expect(requests).toEqual([]);
    });

    test.each(functions.flatMap(({ name, samples }) => samples.map((sample) => [name, sample] as const)))(
        "the sample of %s passes: %j",
        (name, sample) => {
            const { inputs, rules = [] } = functionsByName.get(name) ?? {};
            expect(inputs?.strict().safeParse(sample).error).toBeUndefined();
            expect(rules.map((rule) => rule.broken(sample))).toEqual(rules.map(() => undefined));
        },
    );
});

test("functions only read", async () => {
    const company = await service.organization("acme");
    const requests = await service.requestsOf(async () => {
        for (const name of ["getOrganization", "getCurrentUser", "getTokenScopes"])
            await call(name, name === "getOrganization" ? { id: company.id } : {});
        for (const name of ["listWorkspaces", "listShares", "listMembers", "getUsage"])
            await call(name, { organizationId: company.id });
    });
    expect(requests.filter(({ method, status }) => method !== "GET" || status !== 200)).toEqual([]);
});

test("an error holds no credential", async () => {
    const rejected = new Process(service, { token: "token-that-nobody-knows" });
    const { message } = await failureOf(call("getCurrentUser", {}, rejected));
    expect(message).toMatch(/rejects the token/);
    expect(message).not.toContain("token-that-nobody-knows");
    await rejected.close();
});
