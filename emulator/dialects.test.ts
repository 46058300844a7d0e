import { Driver } from "./driver";

const basic = (email: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}`,
});

describe("the dialect seed", () => {
    let driver: Driver;
    beforeEach(() => {
        driver = new Driver();
    });

    it("lists who has joined, and the invited apart", async () => {
        const org = await driver.organization();
        const invited = await driver.post(`/org/${org}/members/new%40example.com/`);
        expect(invited.at("invitation.email")).toBe("new@example.com");
        const rows = (await driver.get(`/org/${org}/members/list/`)).list("users");
        expect(rows).toMatchObject([{ email_address: "agent@example.com", permissions: "owner" }]);
        for (const key of ["status", "invite"]) expect(rows[0]).not.toHaveProperty(key);
    });

    it("knows the older switch of downloads alone", async () => {
        const share = await driver.share(await driver.workspace(await driver.organization()));
        const updated = await driver.post(`/share/${share}/update/`, { title: "Other", download_security: "high" });
        expect(updated.at("share")).toMatchObject({ title: "Other", download_enabled: true });
        expect(updated.at("share")).not.toHaveProperty("download_security");
    });
});

describe("the dialect wrapped", () => {
    const driver = new Driver({ dialect: "wrapped" });

    it("has the data under `response` and the result in words", async () => {
        const reply = await driver.post("/org/create/", { domain: "acme" });
        expect(reply.body).toEqual({
            result: "yes",
            current_api_version: "1.0",
            server_date: "2026-02-12 10:00:00 UTC",
            response: { org: expect.objectContaining({ domain: "acme" }), trial: false },
        });
        expect((await driver.get("/orgs/list/")).at("response.pagination.total")).toBe(1);
    });

    it("wraps an answer once that is wrapped everywhere", async () => {
        const body = new FormData();
        body.append("file", new Blob(["x"], { type: "image/png" }), "logo.png");
        const reply = await driver.send("POST", "/org/acme/assets/logo/", undefined, body);
        expect([reply.at("result"), reply.at("response.asset.name")]).toEqual(["yes", "logo"]);
    });

    it("refuses in words as well", async () => {
        const refused = await driver.get("/org/nobody/details/");
        expect([refused.status, refused.body]).toEqual([
            404,
            {
                result: "no",
                error: {
                    code: 1609,
                    message: "There is no such organization.",
                    resource: "GET /current/org/{org_id}/details/",
                },
            },
        ]);
        expect((await driver.get("/org/create/")).outcome).toBe("405/405");
    });
});

describe("the dialect mid2026", () => {
    let driver: Driver;
    let org: string;
    beforeEach(async () => {
        driver = new Driver({ dialect: "mid2026" });
        org = await driver.organization();
    });

    it("numbers the checks of fields, names the field, and leaves the class to the documentation", async () => {
        const reply = await driver.post(`/org/${org}/update/`, { name: "x" });
        const text = "name: must be 3 to 100 characters long.";
        expect([reply.status, reply.at("error")]).toEqual([
            400,
            {
                code: 10022,
                text,
                documentation_url: "https://api.fast.io/llms.txt#1605",
                resource: "POST /current/org/{org_id}/update/",
                params: [
                    { name: "name", kind: "invalid", message: text.slice(6), code: 10022, expected_type: "string" },
                ],
            },
        ]);
        const missing = await driver.post("/org/create/");
        expect(missing.list("error.params")).toMatchObject([{ name: "domain", kind: "missing" }]);
    });

    it("gives every check a number of its own, the same each time", async () => {
        const taken = () => driver.post("/org/create/", { domain: "acme" });
        const { outcome } = await taken();
        expect(outcome).toMatch(/^409\/3\d{5}$/);
        expect((await taken()).outcome).toBe(outcome);
        expect((await driver.get("/org/nobody/details/")).outcome).toMatch(/^404\/3\d{5}$/);
    });

    it("has the numbers that are known, with their statuses", async () => {
        const { token } = await driver.account("ann@example.com");
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        const outcomes = [
            await driver.get("/user/me/details/", ""),
            await driver.get(`/workspace/${workspace}/details/`, token),
            await driver.get(`/share/${share}/details/`, token),
            await driver.get(`/workspace/${workspace}/storage/2abcd/details/`),
            await driver.get("/nowhere/"),
        ].map(({ outcome }) => outcome);
        expect(outcomes).toEqual(["401/10011", "401/10545", "401/115069", "404/133123", "404/9992"]);
    });

    it.each([
        ["a role that is too low is a 403", "member", "delete", 403],
        ["an archived workspace is a 403", "admin", "update", 403],
    ])("%s", async (_, permissions, verb, status) => {
        const workspace = await driver.workspace(org);
        const { token, userId } = await driver.account("ann@example.com");
        await driver.post(`/workspace/${workspace}/members/${userId}/`, { permissions });
        await driver.post(`/workspace/${workspace}/archive/`);
        const send = { delete: () => driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}`, token) };
        const update = () => driver.post(`/workspace/${workspace}/update/`, { name: "Other" }, token);
        expect((await (verb === "delete" ? send.delete() : update())).status).toBe(status);
    });

    it("has limits of the plan as a 402", async () => {
        await driver.control("/plan", { organizationId: org, workspaces: 0 });
        const form = { folder_name: "one-more", name: "One more", intelligence: "false" };
        expect((await driver.post(`/org/${org}/create/workspace/`, form)).status).toBe(402);
    });

    it("tells the rate limit under other names, the reset as a date", async () => {
        await driver.control("/rate-limit", { requestsPerMinute: 10 });
        const { headers } = await driver.get("/ping/");
        expect(Object.fromEntries([...headers].filter(([name]) => /limit/.test(name)))).toEqual({
            "x-ve-limit-avail": "9",
            "x-ve-limit-max": "10",
            "x-ve-limit-expires": "2026-02-12 10:01:00 UTC",
        });
    });

    it("lists invited people among the members", async () => {
        const invited = await driver.post(`/org/${org}/members/new%40example.com/`);
        expect(invited.at("invitation.invitee_email")).toBe("new@example.com");
        expect((await driver.get(`/org/${org}/members/list/`)).list("users")).toMatchObject([
            { status: "active", invite: null },
            { email_address: "new@example.com", status: "pending", invite: { id: invited.at("invitation.id") } },
        ]);
    });

    it("wants to be told of intelligence, and turns it on for paid plans alone", async () => {
        const path = `/org/${org}/create/workspace/`;
        const form = { folder_name: "client-files", name: "Client files" };
        expect((await driver.post(path, form)).outcome).toBe("400/10022");
        expect((await driver.post(path, { ...form, intelligence: "true" })).outcome).toBe("400/10022");
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        const targets = [`/workspace/${workspace}/update/`, `/share/${share}/update/`];
        const turnOn = () => Promise.all(targets.map((target) => driver.post(target, { intelligence: "true" })));
        expect((await turnOn()).map(({ outcome }) => outcome)).toEqual(["400/10022", "400/10022"]);
        await driver.control("/plan", { organizationId: org, paid: true });
        expect((await turnOn()).map(({ outcome }) => outcome)).toEqual(["200", "200"]);
        expect((await driver.post(`/workspace/${workspace}/create/share/`, { title: "Room" })).outcome).toBe(
            "400/10022",
        );
    });

    it("shows the newer switch of downloads, and takes the older one for it", async () => {
        const share = await driver.share(await driver.workspace(org), { download_enabled: "false" });
        const shown = async () => (await driver.get(`/share/${share}/details/`)).at("share");
        expect(await shown()).toMatchObject({ download_security: "high", share_category: "portal" });
        expect(await shown()).not.toHaveProperty("download_enabled");
        await driver.post(`/share/${share}/update/`, { download_enabled: "true", download_security: "medium" });
        expect(await shown()).toMatchObject({ download_security: "medium" });
        await driver.post(`/share/${share}/update/`, { download_enabled: "true" });
        expect(await shown()).toMatchObject({ download_security: "off" });
    });

    it("leaves archived shares out of a workspace's list unless it is asked for them", async () => {
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        await driver.post(`/share/${share}/archive/`);
        const listed = async (query: string) =>
            (await driver.get(`/workspace/${workspace}/list/shares/${query}`)).list("shares").length;
        expect([await listed(""), await listed("?archived=true")]).toEqual([0, 1]);
    });

    it("makes no quickshares any more", async () => {
        const workspace = await driver.workspace(org);
        const body = new FormData();
        const target = { instance_id: workspace, profile_type: "workspace", folder_id: "root", action: "create" };
        for (const [key, value] of Object.entries({ name: "a", size: "1", ...target })) body.append(key, value);
        body.append("chunk", new Blob(["x"]), "a");
        const id = (await driver.send("POST", "/upload/", undefined, body)).text("new_file_id");
        const reply = await driver.post(`/workspace/${workspace}/storage/${id}/quickshare/`);
        expect(reply.outcome).toBe("403/10756");
    });

    it("signs in for thirty days", async () => {
        const { email, password } = await driver.account("ann@example.com");
        const reply = await driver.request("/current/user/auth/", { headers: basic(email, password) });
        expect(reply.at("expires_in")).toBe(30 * 86_400);
    });

    it("says which dialect it is on its page", async () => {
        expect((await driver.request("/_emulator/", {})).body).toContain("dialect mid2026");
    });
});

describe("the dialect late2026", () => {
    let driver: Driver;
    let org: string;
    beforeEach(async () => {
        driver = new Driver({ dialect: "late2026" });
        org = await driver.organization();
    });

    it("answers 406 to what it does not take, and lists the fields", async () => {
        const reply = await driver.post(`/org/${org}/update/`, { name: "x" });
        expect([reply.outcome, reply.list("error.params")]).toMatchObject([
            "406/10566",
            [{ name: "name", kind: "invalid" }],
        ]);
    });

    it("lists every field that does not pass", async () => {
        const reply = await driver.post(`/org/${org}/update/`, { name: "x", homepage: "nowhere" });
        expect(reply.list("error.params").map(({ name }) => name)).toEqual(["name", "homepage"]);
    });

    it("draws the numbers of checks that nobody has listed from 100000 to 199999", async () => {
        expect((await driver.get("/org/nobody/details/")).outcome).toMatch(/^404\/1\d{5}$/);
    });

    it("refuses a role that is too low with a 401, and writes to what is archived with a 406", async () => {
        const workspace = await driver.workspace(org);
        const { token, userId } = await driver.account("ann@example.com");
        await driver.post(`/workspace/${workspace}/members/${userId}/`, { permissions: "member" });
        expect((await driver.post(`/workspace/${workspace}/update/`, { name: "Other" }, token)).status).toBe(401);
        await driver.post(`/workspace/${workspace}/archive/`);
        expect((await driver.post(`/workspace/${workspace}/update/`, { name: "Other" })).status).toBe(406);
    });
});
