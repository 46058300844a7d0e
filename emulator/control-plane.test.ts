import { Driver } from "./driver";

const fresh = {
    users: 1,
    apiKeys: 1,
    organizations: 0,
    workspaces: 0,
    shares: 0,
    organizationMembers: 0,
    workspaceMembers: 0,
    shareMembers: 0,
    invitations: 0,
    transferTokens: 0,
    assets: 0,
    folders: 0,
    files: 0,
    notes: 0,
};

/** One object of every kind that the census counts. */
async function fill(driver: Driver): Promise<{ org: string; workspace: string; share: string }> {
    const org = await driver.organization();
    const workspace = await driver.workspace(org);
    const share = await driver.share(workspace);
    const { userId } = await driver.account("ann@example.com");
    for (const path of [`/org/${org}`, `/workspace/${workspace}`, `/share/${share}`]) {
        await driver.post(`${path}/members/${userId}/`);
        await driver.post(`${path}/members/new%40example.com/`);
    }
    await driver.post(`/org/${org}/transfer/token/create/`);
    await driver.post(`/workspace/${workspace}/storage/root/createfolder/`, { name: "Folder" });
    await driver.post(`/share/${share}/storage/root/createnote/`, { name: "note.md", content: "x" });
    return { org, workspace, share };
}

describe("the control plane", () => {
    it("counts live objects by kind", async () => {
        const driver = new Driver();
        expect(await driver.census()).toEqual(fresh);
        const { workspace, org } = await fill(driver);
        const full = {
            ...fresh,
            users: 2,
            apiKeys: 2,
            organizations: 1,
            workspaces: 1,
            shares: 1,
            organizationMembers: 1,
            workspaceMembers: 1,
            shareMembers: 1,
            invitations: 3,
            transferTokens: 1,
            folders: 1,
            notes: 1,
        };
        expect(await driver.census()).toEqual(full);
        await driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}`);
        await driver.post(`/org/${org}/close/`, { confirm: org });
        expect(await driver.census()).toEqual({ ...fresh, users: 2, apiKeys: 2 });
    });

    it("goes back to the start with the same token and account", async () => {
        const driver = new Driver();
        const me = (await driver.get("/user/me/details/")).at("id");
        const first = await fill(driver);
        await driver.control("/clock", { advanceSeconds: 3600 });
        await driver.control("/rate-limit", { requestsPerMinute: 100 });
        const { seq } = (await driver.ledger()).at(-1) ?? {};
        expect((await driver.control("/reset", {})).status).toBe(200);
        expect(await driver.census()).toEqual(fresh);
        expect(await driver.ledger()).toEqual([]);
        const details = await driver.get("/user/me/details/");
        expect(details.at("id")).toBe(me);
        expect(details.headers.get("date")).toBe(new Date(Driver.start).toUTCString());
        expect(details.headers.get("x-rate-limit-max")).toBe("1000000");
        expect((await driver.ledger())[0]?.seq).toBe(Number(seq) + 1);
        expect((await driver.get(`/org/${first.org}/details/`)).outcome).toBe("404/1609");
        expect(await fill(driver)).toEqual(first);
    });

    it("draws new ids after a reset when it was given no seed", async () => {
        const driver = new Driver({ seed: undefined } as object);
        const first = await driver.organization();
        await driver.control("/reset", {});
        expect(await driver.organization()).not.toBe(first);
    });

    it("makes verified accounts of both kinds", async () => {
        const driver = new Driver();
        const json = {
            email: "Ann@Example.com",
            accountType: "agent",
            firstName: "Ann",
            lastName: "Lee",
            password: "own",
        };
        const { userId, token } = (await driver.control("/accounts", json)).body as Record<string, string>;
        expect((await driver.get("/user/me/details/", token)).at("user")).toMatchObject({
            id: userId,
            account_type: "agent",
            email_address: "ann@example.com",
            first_name: "Ann",
            last_name: "Lee",
        });
        expect((await driver.post("/org/create/", { domain: "anns" }, token)).outcome).toBe("200");
        const headers = { authorization: `Basic ${Buffer.from("ann@example.com:own").toString("base64")}` };
        expect((await driver.request("/current/user/auth/", { headers })).status).toBe(200);
        expect((await driver.control("/accounts", json)).status).toBe(409);
    });

    it.each([
        ["/accounts", {}, "email: is required."],
        ["/accounts", { email: "nobody" }, "email: must be an e-mail address."],
        ["/accounts", { email: "a@example.com", accountType: "robot" }, "accountType: must be one of human, agent."],
        ["/clock", {}, "advanceSeconds: is required."],
        ["/plan", {}, "organizationId: is required."],
        ["/rate-limit", {}, "requestsPerMinute: is required."],
        ["/names", { keepClosed: "maybe" }, "keepClosed: must be true or false."],
    ])("refuses %s %j in one sentence", async (path, json, error) => {
        const reply = await new Driver().control(path, json);
        expect([reply.status, reply.body]).toEqual([400, { error }]);
    });

    it("names what it does not have", async () => {
        const driver = new Driver();
        expect((await driver.control("/magic")).status).toBe(404);
        expect(await driver.ledger()).toEqual([]);
    });

    it("answers no other web site", async () => {
        const driver = new Driver();
        const reset = (origin: string) => driver.request("/_emulator/reset", { method: "POST", headers: { origin } });
        expect((await reset("https://evil.example")).status).toBe(403);
        expect((await reset("http://127.0.0.1:4010")).status).toBe(200);
    });

    it("shows all on a page of its own, escaped", async () => {
        const driver = new Driver();
        await driver.post("/org/create/", { domain: "acme", name: "<script>alert(1)</script>" });
        await driver.post("/org/acme/members/new%40example.com/");
        await driver.get("/nowhere/");
        for (const path of ["/_emulator", "/_emulator/"]) {
            const response = await driver.emulator.fetch(new Request(`http://127.0.0.1:4010${path}`));
            const text = await response.text();
            expect(response.headers.get("content-type")).toMatch(/^text\/html/);
            for (const part of [
                "acme",
                "new@example.com",
                "/current/org/create/",
                "unknown route",
                "organizationMembers",
            ]) {
                expect(text).toContain(part);
            }
            expect(text).not.toContain("<script>alert");
            expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
            expect(text).not.toContain(driver.emulator.token);
        }
    });
});
