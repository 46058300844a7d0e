import { Driver, type Reply } from "./driver";

let driver: Driver;
let org: string;
beforeEach(async () => {
    driver = new Driver({ dialect: "late2026" });
    org = await driver.organization();
});

function told(reply: Reply): string {
    const reason = reply.at("error.params.reason");
    return reason === undefined ? reply.outcome : `${reply.status} ${reason}`;
}

function policy(switches: object): Promise<Reply> {
    return driver.control("/policy", { organizationId: org, ...switches });
}

async function upload(workspace: string): Promise<string> {
    const body = new FormData();
    const form = { name: "a.txt", size: "1", action: "create", instance_id: workspace, folder_id: "root" };
    for (const [key, value] of Object.entries(form)) body.append(key, value);
    body.append("chunk", new Blob(["a"]), "a.txt");
    return told(await driver.send("POST", "/upload/", undefined, body));
}

describe("an organization", () => {
    it("takes no files before its owner has been through the web app, where activation is by hand", async () => {
        expect((await driver.get(`/org/${org}/details/`)).at("org.subscriber")).toBe(true);
        await driver.control("/features", { activation: "byHand" });
        const fresh = await driver.organization("fresh");
        const workspace = await driver.workspace(fresh);
        expect([await upload(workspace), (await driver.get(`/org/${fresh}/details/`)).at("org.subscriber")]).toEqual([
            "402 subscription_required",
            false,
        ]);
        await driver.control("/plan", { organizationId: fresh, activated: true });
        expect([await upload(workspace), (await driver.get(`/org/${fresh}/details/`)).at("org.subscriber")]).toEqual([
            "200",
            true,
        ]);
    });

    it("takes no files while a payment is open or the credits are used up, and is activated all the same", async () => {
        const workspace = await driver.workspace(org);
        for (const hold of ["credits_exhausted", "upgrade_pending"]) {
            await driver.control("/plan", { organizationId: org, hold });
            expect(await upload(workspace)).toBe(`402 ${hold}`);
            expect((await driver.get(`/org/${org}/details/`)).at("org.subscriber")).toBe(true);
            const credits = await driver.get(`/org/${org}/billing/usage/limits/credits/`);
            const over_limit = hold === "credits_exhausted";
            expect(credits.body).toMatchObject({ credit_limits_enabled: true, over_free_allowance: false, over_limit });
        }
        await driver.control("/plan", { organizationId: org, hold: null });
        expect(await upload(workspace)).toBe("200");
    });

    it("cannot have a domain that is taken: a 406 of the field, or a 409 where the switch says so", async () => {
        const again = () => driver.post("/org/create/", { domain: "acme" });
        const taken = await again();
        expect([taken.outcome, taken.at("error.params.0.name")]).toEqual(["406/10566", "domain"]);
        await driver.control("/features", { takenDomain: "409" });
        expect((await again()).status).toBe(409);
    });

    it("says what it has of the features, which its plan gives unless the control plane has spoken", async () => {
        const capabilities = async () => (await driver.get(`/org/${org}/details/`)).at("org.capabilities");
        expect(await capabilities()).toMatchObject({ content_ai: false, ai_agent: false, signing: false });
        await driver.control("/plan", { organizationId: org, paid: true });
        await driver.control("/features", { organizationId: org, ai_agent: false });
        expect(await capabilities()).toMatchObject({ content_ai: true, ai_agent: false });
    });

    it("is found by no transfer token where the service has them no more", async () => {
        const make = async () => told(await driver.post(`/org/${org}/transfer/token/create/`));
        expect(await make()).toBe("200");
        await driver.control("/features", { transferTokens: "gone" });
        expect(await make()).toBe("404/9992");
    });
});

describe("members and invitations", () => {
    it("of an organization want their permissions said, those of a workspace do not", async () => {
        const path = "members/new%40example.com/";
        const refused = await driver.post(`/org/${org}/${path}`);
        expect([refused.outcome, refused.at("error.params.0")]).toMatchObject([
            "406/10022",
            { name: "permissions", kind: "missing" },
        ]);
        expect((await driver.post(`/workspace/${await driver.workspace(org)}/${path}`)).status).toBe(200);
    });

    it("lists somebody invited without an account by address alone", async () => {
        const invited = await driver.post(`/org/${org}/members/new%40example.com/`, { permissions: "member" });
        const id = invited.text("invitation.id");
        expect(id.replaceAll("-", "")).toHaveLength(30);
        expect((await driver.get(`/org/${org}/members/list/`)).list("users")[1]).toMatchObject({
            id: null,
            email_address: "new@example.com",
            status: "pending",
            invite: { id },
        });
        expect((await driver.delete(`/org/${org}/members/invitation/${id}/`)).status).toBe(200);
        expect((await driver.get(`/org/${org}/members/list/`)).list("users")).toHaveLength(1);
    });

    it("keeps outsiders from workspaces and shares where the policy does, on every way in", async () => {
        const workspace = await driver.workspace(org);
        await driver.post(`/workspace/${workspace}/members/ann%40example.com/`);
        await driver.post(`/org/${org}/members/ann%40example.com/`, { permissions: "member" });
        await driver.post(`/workspace/${workspace}/members/out%40example.com/`);
        const [ann, out] = [await driver.account("ann@example.com"), await driver.account("out@example.com")];
        await policy({ externalInvites: false });
        const invite = (address: string) => driver.post(`/workspace/${workspace}/members/${address}/`);
        expect(told(await invite("other%40example.com"))).toBe("403 external_invites_denied");
        const pending = await driver.get("/user/invitations/list/", out.token);
        const id = pending.text("invitations.0.id");
        expect(told(await driver.post(`/user/invitation/${id}/accept/`, {}, out.token))).toBe(
            "403 external_invites_denied",
        );
        const all = await driver.post("/user/invitations/acceptall/", {}, out.token);
        expect([all.status, all.at("refused")]).toMatchObject([200, [{ id, reason: "external_invites_denied" }]]);
        expect((await driver.get("/user/invitations/list/", out.token)).list("invitations")).toHaveLength(1);
        expect((await driver.post("/user/invitations/acceptall/", {}, ann.token)).at("refused")).toEqual([]);
        expect((await driver.get(`/workspace/${workspace}/details/`, ann.token)).status).toBe(200);
    });
});

describe("a policy", () => {
    it.each([
        [{ policyUnavailable: true }, "503 access_policy_unavailable"],
        [{ geo: true }, "403 geo_restricted"],
        [{ credentialPolicy: "r" }, "403 credential_policy_mode"],
        [{ credentialPolicy: "rw" }, "403 credential_policy_mode"],
        [{ credentialPolicy: "narrow" }, "403 credential_policy_scope"],
        [{ credentialPolicy: "unreadable" }, "403 credential_policy_unreadable"],
        [{ credentialPolicy: "org" }, "403 credential_policy_org"],
        [{ credentialPolicy: "unavailable" }, "503 credential_policy_unavailable"],
    ])("%j refuses with %s, below the organization too, until it is lifted", async (switches, refusal) => {
        const workspace = await driver.workspace(org);
        const [kind] = Object.keys(switches);
        await policy(switches);
        expect(told(await driver.get(`/org/${org}/details/`))).toBe(refusal);
        expect(told(await driver.get(`/workspace/${workspace}/details/`))).toBe(refusal);
        expect((await driver.get("/user/me/details/")).status).toBe(200);
        await policy({ [kind ?? ""]: kind === "credentialPolicy" ? null : false });
        expect((await driver.get(`/workspace/${workspace}/details/`)).status).toBe(200);
    });

    it("on places leaves the organization out of lists", async () => {
        const workspace = await driver.workspace(org);
        await policy({ geo: true });
        expect((await driver.get("/orgs/list/")).list("orgs")).toEqual([]);
        expect((await driver.get("/workspaces/all/")).list("workspaces")).toEqual([]);
        await policy({ geo: false });
        expect((await driver.get("/workspaces/all/")).list("workspaces")).toMatchObject([{ id: workspace }]);
    });

    it("on MCP hits what comes that way alone", async () => {
        await policy({ mcp: true });
        const path = `/org/${org}/details/`;
        const byMcp = await driver.send("GET", path, undefined, undefined, { "user-agent": "fastio-mcp/1.0" });
        expect([told(byMcp), (await driver.get(path)).status]).toEqual(["403 mcp_access_denied", 200]);
    });

    it("on credentials lets those through that are narrow enough", async () => {
        const form = { scopes: `["org:${org}:r"]` };
        const reader = (await driver.post("/user/auth/key/", form)).text("api_key");
        await policy({ credentialPolicy: "r" });
        expect((await driver.get(`/org/${org}/details/`, reader)).status).toBe(200);
        await policy({ credentialPolicy: "narrow" });
        expect((await driver.get(`/org/${org}/details/`, reader)).status).toBe(200);
    });

    it("of another sign-in stops passwords, new keys, and old ones against that organization, but for admins", async () => {
        const ann = await driver.account("ann@corp.example");
        await driver.post(`/org/${org}/members/${ann.userId}/`, { permissions: "member" });
        const other = await driver.organization("other", ann.token);
        await policy({ sso: "corp.example" });
        const headers = { authorization: `Basic ${Buffer.from(`${ann.email}:${ann.password}`).toString("base64")}` };
        const signIn = async () => told(await driver.request("/current/user/auth/", { headers }));
        expect([
            await signIn(),
            told(await driver.post("/user/auth/key/", {}, ann.token)),
            told(await driver.get(`/org/${org}/details/`, ann.token)),
            told(await driver.get(`/org/${other}/details/`, ann.token)),
        ]).toEqual(["403 sso_required", "403 sso_required", "403 credential_policy_sso", "200"]);
        await policy({ sso: null });
        await driver.post(`/org/${org}/member/${ann.userId}/update/`, { permissions: "admin" });
        await policy({ sso: "corp.example" });
        expect(await signIn()).toBe("200");
    });

    it("has no switch that nobody knows, and none in earlier dialects", async () => {
        expect([(await policy({ firewall: true })).status, (await policy({ geo: "maybe" })).status]).toEqual([
            400, 400,
        ]);
        expect((await driver.control("/features", { teleport: true })).status).toBe(400);
        const early = new Driver({ dialect: "mid2026" });
        expect((await early.control("/features", { activation: "byHand" })).status).toBe(409);
    });
});

describe("every answer", () => {
    it("has a number of its own, and the rate limit's reset in seconds", async () => {
        await driver.control("/rate-limit", { requestsPerMinute: 1 });
        const first = await driver.get("/ping/");
        const second = await driver.get("/ping/");
        expect(first.headers.get("x-ve-reqid")).not.toBe(second.headers.get("x-ve-reqid"));
        expect(first.headers.get("x-ve-limit-expires")).toBe(String(Driver.start / 1000 + 60));
        expect([second.outcome, second.at("error.params")]).toEqual(["429/10368", { retry_after_seconds: 60 }]);
    });

    it("has one level of detail: two are refused, words that nobody knows are not", async () => {
        const details = (output: string) => driver.get(`/user/me/details/?output=${output}`);
        expect((await details("terse,standard")).status).toBe(406);
        expect((await details("terse,markdown,sideways")).status).toBe(200);
    });
});

it("a data file of mid2026 goes on in late2026: its keys are of before keys had scopes, the emulator's own holds all", async () => {
    const { mkdtempSync, rmSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = mkdtempSync(join(tmpdir(), "emulator-"));
    const data = join(folder, "state.db");
    const before = new Driver({ dialect: "mid2026", data });
    const { token } = await before.account("ann@example.com");
    const id = await before.organization("kept");
    await before.emulator.close();
    const after = new Driver({ dialect: "late2026", data });
    expect((await after.get("/auth/scopes/", token)).body).toMatchObject({ legacy: true, admin: false });
    expect((await after.post(`/org/${id}/update/`, { name: "Other" })).status).toBe(200);
    await after.emulator.close();
    rmSync(folder, { recursive: true });
});
