import { Driver } from "./driver";

describe("the HTTP layer", () => {
    const driver = new Driver();
    afterAll(() => driver.emulator.close());

    it("puts the data of a success at the root of the envelope", async () => {
        const reply = await driver.get("/user/me/details/");
        expect(reply.status).toBe(200);
        expect(reply.body).toMatchObject({ result: true, status: "ok", user: { email_address: "agent@example.com" } });
    });

    it("describes a refusal with code, text, documentation and endpoint", async () => {
        const reply = await driver.get("/org/nobody/details/");
        expect(reply.outcome).toBe("404/1609");
        expect(reply.body).toEqual({
            result: false,
            error: {
                code: 1609,
                text: "There is no such organization.",
                documentation_url: "https://api.fast.io/llms.txt",
                resource: "GET /current/org/{org_id}/details/",
            },
        });
    });

    it.each(["/ping/", "/ping", "/system/status/", "/system/status"])(
        "answers %s without a credential",
        async (path) => {
            expect((await driver.get(path, "")).body).toMatchObject({ result: true });
        },
    );

    it.each([
        ["no credential", {}],
        ["an unknown key", { authorization: "Bearer nobody" }],
        ["a forged token", { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.x" }],
        ["another scheme", { authorization: "Basic YTpi" }],
    ])("refuses %s with 401/1650", async (_, headers) => {
        const reply = await driver.request("/current/user/me/details/", { headers });
        expect(reply.outcome).toBe("401/1650");
        expect(reply.headers.get("x-rate-limit-max")).not.toBeNull();
    });

    it("answers an unknown route like the service and marks it in the ledger", async () => {
        expect((await driver.post("/workspace/create/")).outcome).toBe("404/9992");
        expect((await driver.ledger()).at(-1)).toMatchObject({
            path: "/current/workspace/create/",
            unknown: true,
            code: 9992,
        });
    });

    it("answers a wrong verb with 405/1651, which is no unknown route", async () => {
        expect((await driver.get("/org/create/")).outcome).toBe("405/1651");
        expect((await driver.ledger()).at(-1)).not.toHaveProperty("unknown");
    });

    it("answers HEAD as a GET without a body", async () => {
        const response = await driver.emulator.fetch(
            new Request("http://localhost/current/user/me/details/", {
                method: "HEAD",
                headers: { authorization: `Bearer ${driver.emulator.token}` },
            }),
        );
        expect([response.status, await response.text()]).toEqual([200, ""]);
    });

    it("reads forms, JSON and multipart alike, and ignores keys that it does not know", async () => {
        const multipart = new FormData();
        multipart.append("domain", "by-multipart");
        multipart.append("nonsense", "x");
        const json = JSON.stringify({ domain: "by-json", owner_defined: { a: [1] }, nonsense: null });
        const replies = [
            await driver.post("/org/create/", { domain: "by-form", nonsense: "x" }),
            await driver.send("POST", "/org/create/", undefined, json, { "content-type": "application/json" }),
            await driver.send("POST", "/org/create/", undefined, multipart),
        ];
        expect(replies.map((reply) => reply.at("org.domain"))).toEqual(["by-form", "by-json", "by-multipart"]);
        expect(replies[1]?.at("org.owner_defined")).toEqual({ a: [1] });
        expect((await driver.post("/org/by-form/update/", { homepage_url: "https://example.com" })).outcome).toBe(
            "200",
        );
        expect((await driver.get("/org/by-form/details/")).at("org.homepage")).toBeNull();
    });

    it.each([
        ["broken JSON", "{", "application/json"],
        ["JSON that is no object", "1", "application/json"],
        ["broken multipart", "x", "multipart/form-data; boundary=y"],
    ])("refuses %s with 406/1605", async (_, body, type) => {
        const reply = await driver.send("POST", "/org/create/", undefined, body, { "content-type": type });
        expect(reply.outcome).toBe("406/1605");
    });

    it("pages by limit and offset", async () => {
        for (const name of ["page-a", "page-b", "page-c"]) await driver.organization(name);
        const all = (await driver.get("/orgs/list/")).list("orgs").map(({ domain }) => domain);
        const page = await driver.get("/orgs/list/?limit=2&offset=1");
        expect(page.list("orgs").map(({ domain }) => domain)).toEqual(all.slice(1, 3));
        expect(page.at("pagination")).toEqual({ total: all.length, limit: 2, offset: 1, has_more: true });
        expect((await driver.get(`/orgs/list/?offset=${all.length}`)).at("pagination.has_more")).toBe(false);
    });

    it.each(["limit=0", "limit=501", "limit=x", "offset=-1"])("refuses a page of %s", async (query) => {
        expect((await driver.get(`/orgs/list/?${query}`)).outcome).toBe("406/1605");
    });
});

describe("the clock", () => {
    it("sets the Date header and every timestamp, and moves on", async () => {
        const driver = new Driver();
        const id = await driver.organization();
        const before = await driver.get(`/org/${id}/details/`);
        expect(before.headers.get("date")).toBe("Thu, 12 Feb 2026 10:00:00 GMT");
        expect(before.at("org.created")).toBe("2026-02-12 10:00:00 UTC");
        expect((await driver.control("/clock", { advanceSeconds: 86_400 })).at("now")).toBe("2026-02-13T10:00:00.000Z");
        const after = await driver.post(`/org/${id}/update/`, { name: "Acme again" });
        expect(after.headers.get("date")).toBe("Fri, 13 Feb 2026 10:00:00 GMT");
        expect(after.at("org.updated")).toBe("2026-02-13 10:00:00 UTC");
        expect((await driver.control("/clock", { advanceSeconds: -1 })).status).toBe(400);
    });
});

describe("the rate limit", () => {
    it("is told in the headers of every answer and refuses what goes beyond it, until the minute is over", async () => {
        const driver = new Driver();
        const other = await driver.account("other@example.com");
        await driver.control("/rate-limit", { requestsPerMinute: 2 });
        const replies = [
            await driver.get("/user/me/details/"),
            await driver.get("/nowhere/"),
            await driver.get("/ping/"),
        ];
        expect(replies.map(({ outcome }) => outcome)).toEqual(["200", "404/9992", "429/1671"]);
        expect(replies.map(({ headers }) => headers.get("x-rate-limit-available"))).toEqual(["1", "0", "0"]);
        expect(replies[2]?.headers.get("x-rate-limit-max")).toBe("2");
        expect(replies[2]?.headers.get("x-rate-limit-expiry")).toBe(String(Driver.start / 1000 + 60));
        expect((await driver.get("/user/me/details/", other.token)).status).toBe(200);
        await driver.control("/clock", { advanceSeconds: 60 });
        expect((await driver.get("/user/me/details/")).status).toBe(200);
        await driver.control("/rate-limit", { requestsPerMinute: null });
        for (let request = 0; request < 5; request += 1) {
            expect((await driver.get("/user/me/details/")).headers.get("x-rate-limit-available")).toBe("1000000");
        }
    });
});

describe("a budget", () => {
    it("is a token's own, and one for all who have none", async () => {
        const driver = new Driver();
        const second = (await driver.post("/user/auth/key/", { memo: "second" })).text("api_key");
        await driver.control("/rate-limit", { requestsPerMinute: 1 });
        const statusOf = async (token?: string) => (await driver.get("/user/me/details/", token)).status;
        const tokens = [undefined, second, undefined, second, "nobody", "somebody"];
        const statuses: number[] = [];
        for (const token of tokens) statuses.push(await statusOf(token));
        expect(statuses).toEqual([200, 200, 429, 429, 401, 429]);
    });
});

describe("a clock that is wrong", () => {
    it("tells another time in the Date header than everywhere else", async () => {
        const driver = new Driver();
        expect((await driver.control("/clock", { dateSkewSeconds: -3600 })).at("now")).toBe("2026-02-12T10:00:00.000Z");
        const reply = await driver.post("/org/create/", { domain: "acme" });
        expect(reply.headers.get("date")).toBe("Thu, 12 Feb 2026 09:00:00 GMT");
        expect(reply.at("org.created")).toBe("2026-02-12 10:00:00 UTC");
        expect(reply.headers.get("x-rate-limit-expiry")).toBe(String(Driver.start / 1000 + 60));
        await driver.control("/clock", { dateSkewSeconds: 60, advanceSeconds: 60 });
        expect((await driver.get("/ping/")).headers.get("date")).toBe("Thu, 12 Feb 2026 10:02:00 GMT");
        expect((await driver.request("/_emulator/", {})).body).toContain("the Date header is 60 s off");
        await driver.control("/reset", {});
        expect((await driver.get("/ping/")).headers.get("date")).toBe("Thu, 12 Feb 2026 10:00:00 GMT");
        expect((await driver.control("/clock", { dateSkewSeconds: "x" })).status).toBe(400);
    });
});

describe("the ledger", () => {
    it("says who asked what, what came of it and which object it was", async () => {
        const driver = new Driver();
        const id = await driver.organization();
        await driver.get(`/org/${id}/details/?output=full`);
        await driver.post(`/org/${id}/update/`, { name: "Acme two" });
        await driver.post(`/org/${id}/update/`, { name: "Acme two" });
        await driver.post(`/org/${id}/update/`, { name: "x" });
        await driver.post(`/org/${id}/close/`, { confirm: id });
        const shown = (await driver.ledger()).map(
            ({ seq, method, path, query, actor, status, code, effect, kind, id: of }) => [
                seq,
                method,
                path,
                query,
                actor,
                status,
                code,
                effect,
                kind,
                of,
            ],
        );
        const actor = "agent@example.com";
        const target = `/current/org/${id}`;
        expect(shown).toEqual([
            [1, "POST", "/current/org/create/", {}, actor, 200, null, "created", "organization", id],
            [2, "GET", `${target}/details/`, { output: "full" }, actor, 200, null, "read", undefined, undefined],
            [3, "POST", `${target}/update/`, {}, actor, 200, null, "updated", "organization", id],
            [4, "POST", `${target}/update/`, {}, actor, 200, null, "none", undefined, undefined],
            [5, "POST", `${target}/update/`, {}, actor, 406, 1605, "none", undefined, undefined],
            [6, "POST", `${target}/close/`, {}, actor, 200, null, "deleted", "organization", id],
        ]);
        expect(await driver.ledger(5)).toHaveLength(1);
        expect(await driver.ledger(6)).toEqual([]);
    });

    it("holds no secret", async () => {
        const driver = new Driver();
        const id = await driver.organization();
        const token = (await driver.post(`/org/${id}/transfer/token/create/`)).text("token");
        await driver.get(`/nowhere/${token}/?token=${token}&invitation_key=${token}&x=${token}`);
        await driver.delete(`/org/${id}/transfer/token/${token}/`);
        const ledger = JSON.stringify(await driver.ledger());
        expect(ledger).toContain("***");
        expect(ledger).not.toContain(token);
        expect(ledger).not.toContain(driver.emulator.token);
    });
});
