import { Driver } from "../driver";

function basic(email: string, password: string): Record<string, string> {
    return { authorization: `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}` };
}

describe("sign-in", () => {
    const driver = new Driver();

    it("turns e-mail and password into a JWT that expires", async () => {
        const { email, password, userId } = await driver.account("ann@example.com");
        const signedIn = await driver.request("/current/user/auth/", { headers: basic(email, password) });
        expect(signedIn.body).toMatchObject({ expires_in: 3600, "2factor": false });
        const token = signedIn.text("auth_token");
        expect((await driver.get("/user/auth/check/", token)).at("id")).toBe(userId);
        await driver.control("/clock", { advanceSeconds: 3599 });
        expect((await driver.get("/user/auth/check/", token)).outcome).toBe("200");
        await driver.control("/clock", { advanceSeconds: 1 });
        expect((await driver.get("/user/auth/check/", token)).outcome).toBe("401/1650");
    });

    it.each([
        ["a wrong password", basic("bob@example.com", "wrong")],
        ["an unknown address", basic("nobody@example.com", "x")],
        ["no credential", {}],
    ])("refuses %s with 401/1650", async (_, headers) => {
        await driver.control("/accounts", { email: "bob@example.com", accountType: "human", password: "right" });
        expect((await driver.request("/current/user/auth/", { headers })).outcome).toBe("401/1650");
    });
});

describe("sign-up", () => {
    const driver = new Driver();
    const form = { email_address: "New@Example.com", password: "correct horse", tos_agree: "true", first_name: "Nea" };
    const signIn = async () =>
        (await driver.request("/current/user/auth/", { headers: basic("new@example.com", "correct horse") })).text(
            "auth_token",
        );

    it("makes an account that signs in at once and does more once its address is validated", async () => {
        expect((await driver.post("/user/email/", { email: "new@example.com" }, "")).at("available")).toBe(true);
        expect((await driver.post("/user/", { ...form, agent: "true" }, "")).outcome).toBe("200");
        expect((await driver.post("/user/email/", { email: "new@example.com" }, "")).at("available")).toBe(false);
        const token = await signIn();
        expect((await driver.get("/user/me/details/", token)).at("user")).toMatchObject({
            account_type: "agent",
            email_address: "new@example.com",
            first_name: "Nea",
        });
        expect((await driver.post("/org/create/", { domain: "too-early" }, token)).outcome).toBe("406/1670");
        expect((await driver.post("/user/email/validate/", { email: "new@example.com" }, token)).outcome).toBe("200");
        const [mail] = (await driver.control("/mail")).list("messages");
        expect(mail).toMatchObject({ to: "new@example.com", kind: "validation" });
        const validate = (email_token: string) =>
            driver.post("/user/email/validate/", { email: "new@example.com", email_token }, token);
        expect((await validate("guessed")).outcome).toBe("406/1605");
        expect((await validate(String(mail?.emailToken))).outcome).toBe("200");
        expect((await driver.post("/org/create/", { domain: "in-time" }, token)).outcome).toBe("200");
    });

    it.each([
        ["a taken address", form, "406/1607"],
        ["a missing address", { ...form, email_address: "" }, "406/1605"],
        ["no address at all", { ...form, email_address: "new" }, "406/1605"],
        ["terms not agreed to", { ...form, email_address: "x@example.com", tos_agree: "false" }, "406/1605"],
        ["a short password", { ...form, email_address: "x@example.com", password: "short" }, "406/1605"],
    ])("refuses %s", async (_, bad, outcome) => {
        expect((await driver.post("/user/", bad, "")).outcome).toBe(outcome);
    });
});

describe("API keys", () => {
    const driver = new Driver();

    it("are shown once, then masked, changed, and gone when deleted", async () => {
        const { token, userId } = await driver.account("ann@example.com");
        const created = await driver.post("/user/auth/key/", { memo: "CI", agent_name: "robot" }, token);
        const [key, id] = [created.text("api_key"), created.text("id")];
        expect((await driver.get("/user/auth/check/", key)).at("id")).toBe(userId);
        const listed = await driver.get("/user/auth/keys/", token);
        expect(listed.at("results")).toBe(2);
        expect(listed.list("api_keys").at(-1)).toMatchObject({
            id,
            memo: "CI",
            api_key: `…${key.slice(-4)}`,
            expires: null,
        });
        const changed = await driver.post(`/user/auth/key/${id}/`, { memo: "CD", agent_name: "" }, token);
        expect(changed.at("api_key")).toMatchObject({ memo: "CD", agent_name: null });
        expect(
            (await driver.get(`/user/auth/key/${id.replaceAll("-", "").toUpperCase()}/`, token)).at("api_key.memo"),
        ).toBe("CD");
        expect((await driver.get(`/user/auth/key/${id}/`)).outcome).toBe("404/1652");
        expect((await driver.delete(`/user/auth/key/${id}/`, token)).outcome).toBe("200");
        expect((await driver.get("/user/auth/check/", key)).outcome).toBe("401/1650");
        expect((await driver.delete(`/user/auth/key/${id}/`, token)).outcome).toBe("404/1652");
    });

    it("lists null when there is none", async () => {
        const form = { email_address: "jo@example.com", password: "correct horse", tos_agree: "true" };
        await driver.post("/user/", form, "");
        const headers = basic("jo@example.com", "correct horse");
        const token = (await driver.request("/current/user/auth/", { headers })).text("auth_token");
        expect((await driver.get("/user/auth/keys/", token)).body).toMatchObject({ results: 0, api_keys: null });
    });

    it("expire, and take no date in the past or of another form", async () => {
        const make = (expires: string) => driver.post("/user/auth/key/", { expires });
        expect((await make("2026-02-12 09:59:59")).outcome).toBe("406/1605");
        expect((await make("2026-03-01T10:00:00Z")).outcome).toBe("406/1605");
        const key = (await make("2026-02-12 11:00:00 UTC")).text("api_key");
        expect((await driver.get("/user/auth/check/", key)).outcome).toBe("200");
        await driver.control("/clock", { advanceSeconds: 3600 });
        expect((await driver.get("/user/auth/check/", key)).outcome).toBe("401/1650");
    });

    it("reach no further than their scopes", async () => {
        const [acme, other] = [await driver.organization("acme"), await driver.organization("other")];
        const [inside, outside] = [await driver.workspace(acme, "inside"), await driver.workspace(other, "outside")];
        const scoped = async (...scopes: string[]) =>
            (await driver.post("/user/auth/key/", { scopes: JSON.stringify(scopes) })).text("api_key");
        const reader = await scoped(`org:${acme}:r`);
        const writer = await scoped(`workspace:${inside}:rw`);
        const update = (id: string, token: string) =>
            driver.post(`/workspace/${id}/update/`, { name: "Renamed" }, token);
        const outcomes = await Promise.all([
            driver.get(`/org/${acme}/details/`, reader),
            driver.get(`/workspace/${inside}/details/`, reader),
            update(inside, reader),
            driver.get(`/org/${other}/details/`, reader),
            driver.get(`/workspace/${outside}/details/`, reader),
            driver.get(`/org/${acme}/details/`, writer),
            update(inside, writer),
            driver.post("/org/create/", { domain: "third" }, writer),
            driver.post("/org/create/", { domain: "fourth" }, await scoped("org:*:rw")),
        ]);
        expect(outcomes.map(({ outcome }) => outcome)).toEqual([
            "200",
            "200",
            "401/1680",
            "401/1680",
            "401/1680",
            "401/1680",
            "200",
            "401/1680",
            "200",
        ]);
        expect((await driver.post("/user/auth/key/", { scopes: '["org:acme:rw"]' })).outcome).toBe("406/1605");
    });

    it("tell their scopes with names", async () => {
        expect((await driver.get("/auth/scopes/")).body).toMatchObject({
            auth_type: "api_key",
            scopes: [],
            scopes_detail: [],
            is_agent: true,
            full_access: true,
        });
        const org = (await driver.get("/org/acme/details/")).text("org.id");
        const scopes = JSON.stringify([`org:${org}:r`, "share:*:rw", "workspace:1111111111111111111:r"]);
        const key = (await driver.post("/user/auth/key/", { scopes, agent_name: "ci" })).text("api_key");
        const reply = await driver.get("/auth/scopes/", key);
        expect(reply.body).toMatchObject({ agent_name: "ci", full_access: false });
        expect(reply.list("scopes_detail")).toMatchObject([
            { entity: "org", name: "Acme", domain: "acme", mode: "r" },
            { entity: "share", id: "*", name: null },
            { entity: "workspace", name: null },
        ]);
    });
});

describe("users", () => {
    it("are shown by id and e-mail, unknown ones are 404/1653", async () => {
        const driver = new Driver();
        const { userId } = await driver.account("ann@example.com");
        for (const name of [userId, "Ann%40Example.com"]) {
            expect((await driver.get(`/user/${name}/details/`)).at("user.id")).toBe(userId);
        }
        expect((await driver.get("/user/details/")).at("id")).toBe(
            (await driver.get("/user/me/details/")).at("user.id"),
        );
        for (const name of ["1111111111111111111", "nobody%40example.com"]) {
            expect((await driver.get(`/user/${name}/details/`)).outcome).toBe("404/1653");
        }
    });
});
