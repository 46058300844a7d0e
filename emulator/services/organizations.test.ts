import { Driver } from "../driver";

describe("an organization", () => {
    const driver = new Driver();

    it("is created with defaults, owned by its creator, and read by id and by domain", async () => {
        const created = await driver.post("/org/create/", {
            domain: "acme",
            name: "Acme",
            description: "Makers of all.",
        });
        const id = created.text("org.id");
        expect(id).toMatch(/^[1-9]\d{18}$/);
        const expected = {
            id,
            domain: "acme",
            name: "Acme",
            description: "Makers of all.",
            industry: "unspecified",
            billing_email: "agent@example.com",
            background_mode: "stretched",
            perm_member_manage: "Member or above",
            perm_auth_domains: null,
            owner_defined: null,
            plan: "agent",
            user_permission: "owner",
            user_status: "joined",
            member: true,
            closed: false,
            created: "2026-02-12 10:00:00 UTC",
        };
        for (const name of [id, "acme", "ACME"]) {
            expect((await driver.get(`/org/${name}/details/`)).at("org")).toMatchObject(expected);
        }
    });

    it("needs no name", async () => {
        expect((await driver.post("/org/create/", { domain: "nameless" })).at("org.name")).toBeNull();
    });

    it.each([
        ["domain", ""],
        ["domain", "a"],
        ["domain", "-ab"],
        ["domain", "ab-"],
        ["domain", "Acme"],
        ["domain", "a".repeat(64)],
        ["domain", "www"],
        ["name", "ab"],
        ["name", "a".repeat(101)],
        ["name", "a\u0007bc"],
        ["description", "too short"],
        ["industry", "magic"],
        ["billing_email", "nobody"],
        ["homepage", "example"],
        ["accent_color", "red"],
        ["accent_color", "[1]"],
        ["background_mode", "tiled"],
        ["use_background", "maybe"],
        ["perm_member_manage", "Admins"],
        ["perm_auth_domains", "@"],
        ["owner_defined", "{"],
    ])("refuses %s = %j with 406/1605 at create and update", async (key, value) => {
        const form = { domain: "fresh", name: "Fresh", [key]: value };
        expect((await driver.post("/org/create/", form)).outcome).toBe("406/1605");
        if (value === "") return;
        expect((await driver.post("/org/nameless/update/", { [key]: value })).outcome).toBe("406/1605");
    });

    it("refuses a taken domain with 409/1669", async () => {
        expect((await driver.post("/org/create/", { domain: "acme" })).outcome).toBe("409/1669");
        expect((await driver.post("/org/nameless/update/", { domain: "acme" })).outcome).toBe("409/1669");
        expect((await driver.post("/org/acme/update/", { domain: "acme" })).outcome).toBe("200");
    });

    it("changes what an update names, and clears with null and the empty string", async () => {
        const changes = {
            name: "Acme Inc",
            homepage: "https://acme.example",
            facebook: "https://facebook.example/acme",
            industry: "technology",
            accent_color: '{"r":1,"g":2,"b":3}',
            use_background: "true",
            perm_auth_domains: "acme.example",
            owner_defined: '{"cost":"centre"}',
        };
        const parsed = { accent_color: { r: 1, g: 2, b: 3 }, use_background: true, owner_defined: { cost: "centre" } };
        expect((await driver.post("/org/acme/update/", changes)).at("org")).toMatchObject({ ...changes, ...parsed });
        const cleared = {
            name: "null",
            homepage: "null",
            facebook: "",
            industry: "null",
            accent_color: "",
            owner_defined: "null",
        };
        await driver.post("/org/acme/update/", cleared);
        expect((await driver.get("/org/acme/details/")).at("org")).toMatchObject({
            name: null,
            homepage: null,
            facebook: null,
            industry: "unspecified",
            accent_color: null,
            owner_defined: null,
            perm_auth_domains: "acme.example",
        });
        expect((await driver.post("/org/acme/update/", {})).outcome).toBe("200");
    });

    it("keeps its id when its domain changes, and frees the old domain", async () => {
        const id = await driver.organization("old-domain");
        expect((await driver.post(`/org/${id}/update/`, { domain: "new-domain" })).at("org.domain")).toBe("new-domain");
        expect((await driver.get("/org/old-domain/details/")).outcome).toBe("404/1609");
        expect((await driver.get("/orgs/check/domain/old-domain/")).at("available")).toBe(true);
    });

    it("closes only with its domain or id as confirmation, and takes all below it along", async () => {
        const id = await driver.organization("closing");
        const workspace = await driver.workspace(id, "closing-files");
        const share = await driver.share(workspace);
        await driver.post(`/org/${id}/members/ann%40example.com/`);
        await driver.post(`/org/${id}/transfer/token/create/`);
        for (const form of [{}, { confirm: "Closing" }, { confirm: "acme" }]) {
            expect((await driver.post(`/org/${id}/close/`, form)).outcome).toBe("406/1605");
        }
        expect((await driver.post(`/org/${id}/close/`, { confirm: "closing" })).body).toEqual({
            result: true,
            status: "ok",
        });
        const paths = [
            `org/${id}/details`,
            `org/${id}/public/details`,
            `workspace/${workspace}/details`,
            `share/${share}/details`,
        ];
        for (const path of paths) expect((await driver.get(`/${path}/`)).outcome).toBe("404/1609");
        expect((await driver.post(`/org/${id}/close/`, { confirm: id })).outcome).toBe("404/1609");
        expect((await driver.get("/orgs/list/")).list("orgs").map((org) => org.id)).not.toContain(id);
        expect(await driver.census()).toMatchObject({ workspaces: 0, shares: 0, invitations: 0, transferTokens: 0 });
    });

    it("keeps the domain of a closed one taken until that is switched off", async () => {
        expect((await driver.post("/org/create/", { domain: "closing" })).outcome).toBe("409/1669");
        expect((await driver.control("/names", { keepClosed: false })).body).toEqual({ keepClosed: false });
        expect((await driver.post("/org/create/", { domain: "closing" })).outcome).toBe("200");
        await driver.control("/names", { keepClosed: true });
    });
});

describe("who may do what on an organization", () => {
    const driver = new Driver();
    const tokens: Record<string, string> = {};

    beforeAll(async () => {
        await driver.organization("acme");
        tokens.owner = driver.emulator.token;
        for (const role of ["admin", "member"]) {
            tokens[role] = (await driver.account(`${role}@example.com`)).token;
            await driver.post(`/org/acme/members/${role}%40example.com/`, { permissions: role });
        }
        tokens.stranger = (await driver.account("stranger@example.com")).token;
    });

    const shown = ["id", "name", "plan", "billing_email", "storage"];
    it.each([
        ["owner", ["id", "name", "plan", "billing_email", "storage"]],
        ["admin", ["id", "name", "plan", "billing_email"]],
        ["member", ["id", "name", "plan"]],
    ])("shows the %s their tier of the details", async (role, keys) => {
        const org = Object.keys((await driver.get("/org/acme/details/", tokens[role])).at("org") ?? {});
        expect(shown.filter((key) => org.includes(key))).toEqual(keys);
    });

    it.each([
        ["GET", "/org/acme/details/", ["200", "200", "200", "401/1680"]],
        ["GET", "/org/acme/public/details/", ["200", "200", "200", "200"]],
        ["POST", "/org/acme/update/", ["200", "200", "401/1680", "401/1680"]],
        ["GET", "/org/acme/members/list/", ["200", "200", "200", "401/1680"]],
        ["GET", "/org/acme/members/invitations/list/", ["200", "200", "200", "401/1680"]],
        ["GET", "/org/acme/list/workspaces/", ["200", "200", "200", "401/1680"]],
        ["GET", "/org/acme/billing/details/", ["200", "200", "401/1680", "401/1680"]],
        ["GET", "/org/acme/billing/usage/limits/credits/", ["200", "200", "401/1680", "401/1680"]],
        ["GET", "/org/acme/billing/usage/members/list/", ["200", "200", "401/1680", "401/1680"]],
        ["GET", "/org/acme/transfer/token/list/", ["200", "401/1680", "401/1680", "401/1680"]],
        ["POST", "/org/acme/close/", ["406/1605", "401/1680", "401/1680", "401/1680"]],
    ])("%s %s", async (method, path, outcomes) => {
        const replies = ["owner", "admin", "member", "stranger"].map((role) => driver.send(method, path, tokens[role]));
        expect((await Promise.all(replies)).map(({ outcome }) => outcome)).toEqual(outcomes);
    });

    it("shows an external person, who is on a workspace only, the public part", async () => {
        const workspace = await driver.workspace("acme");
        await driver.post(`/workspace/${workspace}/members/stranger%40example.com/`, { permissions: "guest" });
        const org = (await driver.get("/org/acme/details/", tokens.stranger)).at("org");
        expect(org).toMatchObject({ domain: "acme", member: false, user_permission: null });
        expect(org).not.toHaveProperty("plan");
        const domains = async (path: string) =>
            (await driver.get(path, tokens.stranger)).list("orgs").map(({ domain }) => domain);
        expect(await domains("/orgs/list/external/")).toEqual(["acme"]);
        expect(await domains("/orgs/list/")).toEqual([]);
    });

    it("lists what is joined, invited to and open to a mail domain", async () => {
        await driver.organization("inviting");
        await driver.organization("open-door");
        await driver.post("/org/open-door/update/", { perm_auth_domains: "late.example" });
        await driver.post("/org/inviting/members/eve%40late.example/");
        const { token } = await driver.account("eve@late.example");
        const rows = async (path: string) =>
            (await driver.get(path, token)).list("orgs").map(({ domain, user_status }) => [domain, user_status]);
        expect(await rows("/orgs/list/")).toEqual([]);
        expect(await rows("/orgs/all/")).toEqual([["inviting", "invited"]]);
        expect(await rows("/orgs/available/")).toEqual([["open-door", "available"]]);
        expect((await driver.post("/org/open-door/members/join/", {}, token)).at("member.permissions")).toBe("member");
        expect(await rows("/orgs/list/")).toEqual([["open-door", "joined"]]);
    });

    it("tells whether a domain is free, and the industries", async () => {
        const available = async (domain: string) => (await driver.get(`/orgs/check/domain/${domain}/`)).at("available");
        expect(await Promise.all(["acme", "free-one", "www", "-bad"].map(available))).toEqual([
            false,
            true,
            false,
            false,
        ]);
        expect((await driver.get("/orgs/industries/")).list("industries")).toHaveLength(26);
    });
});
