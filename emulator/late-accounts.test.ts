import { TOTP } from "otpauth";
import { Driver } from "./driver";
import { allScopes } from "./scopes";

/** What an authenticator shows. */
function shownCode(secret: string): string {
    return new TOTP({ secret }).generate({ timestamp: Driver.start });
}

const basic = (email: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}`,
});

let driver: Driver;
beforeEach(() => {
    driver = new Driver({ dialect: "late2026" });
});

/** Status, number and reason of a refusal. */
async function told(reply: Promise<{ outcome: string; at(path: string): unknown }>): Promise<string> {
    const { outcome, at } = await reply.then((one) => ({ outcome: one.outcome, at: one.at.bind(one) }));
    const reason = at("error.params.reason");
    return reason === undefined ? outcome : `${outcome.split("/")[0]} ${reason}`;
}

async function keyed(...scopes: string[]): Promise<string> {
    return (await driver.post("/user/auth/key/", { scopes: JSON.stringify(scopes) })).text("api_key");
}

async function session(email: string, password: string): Promise<string> {
    return (await driver.request("/current/user/auth/", { headers: basic(email, password) })).text("auth_token");
}

describe("a key", () => {
    it("made without scopes may write and not administer", async () => {
        const made = await driver.post("/user/auth/key/", { memo: "plain" });
        expect(made.body).toMatchObject({
            memo: "plain",
            scopes: '["user:*:rw"]',
            agent_name: null,
            expires: null,
            admin: false,
            legacy: false,
        });
        expect((await driver.get("/auth/scopes/", made.text("api_key"))).body).toMatchObject({
            auth_type: "api_key_scoped",
            scopes: ["user:*:rw"],
            scopes_detail: [{ entity_type: "user", entity_id: "*", access_mode: "rw" }],
            full_access: true,
            admin: false,
            legacy: false,
            expires: null,
        });
    });

    it("of before keys had scopes acts like one made without", async () => {
        const { body } = await driver.control("/accounts", {
            email: "old@example.com",
            accountType: "human",
            scopes: null,
        });
        const { token } = body as { token: string };
        expect((await driver.get("/auth/scopes/", token)).body).toMatchObject({
            auth_type: "api_key",
            scopes: [],
            full_access: true,
            admin: false,
            legacy: true,
        });
        const org = (await driver.post("/org/create/", { domain: "old-key" }, token)).text("org.id");
        expect(await told(driver.post(`/org/${org}/update/`, { name: "Other" }, token))).toBe(
            "403 scope_admin_required",
        );
    });

    it("tells that it may do everything, and when it ends, without the zone", async () => {
        expect((await driver.get("/auth/scopes/")).body).toMatchObject({
            scopes: allScopes,
            admin: true,
            full_access: true,
        });
        const ends = { expires: "2026-03-01 10:00:00 UTC", scopes: '["user:*:r"]' };
        const key = (await driver.post("/user/auth/key/", ends)).text("api_key");
        expect((await driver.get("/auth/scopes/", key)).body).toMatchObject({
            expires: "2026-03-01 10:00:00",
            full_access: false,
        });
    });

    it("takes no scope of another form, and no empty ones on an update", async () => {
        for (const scope of ["org:acme:rw", "org:*:ra", "user:1:rw", "userdetails:*:r"]) {
            const form = { scopes: JSON.stringify([scope]) };
            expect((await driver.post("/user/auth/key/", form)).outcome).toBe("406/10566");
        }
        const id = (await driver.post("/user/auth/key/")).text("id");
        expect((await driver.post(`/user/auth/key/${id}/`, { scopes: "" })).status).toBe(406);
        expect((await driver.post("/user/auth/key/", { agent_name: "x".repeat(129) })).outcome).toBe("406/107184");
    });

    it("has its scopes replaced as a whole, down to none", async () => {
        const org = await driver.organization();
        const made = await driver.post("/user/auth/key/", { scopes: `["org:${org}:rwa","workspace:*:r"]` });
        const [id, key] = [made.text("id"), made.text("api_key")];
        const update = (scopes: string) => driver.post(`/user/auth/key/${id}/`, { scopes });
        expect((await update(`["org:${org}:r"]`)).at("api_key.scopes")).toBe(`["org:${org}:r"]`);
        expect(await told(driver.post(`/org/${org}/update/`, { name: "Other" }, key))).toBe("403 scope_admin_required");
        expect((await driver.get(`/org/${org}/details/`, key)).status).toBe(200);
        await update("[]");
        expect((await driver.get(`/org/${org}/details/`, key)).outcome).toBe("403/10545");
    });

    it("loses the race against another update of its scopes", async () => {
        const id = (await driver.post("/user/auth/key/")).text("id");
        const update = () => driver.post(`/user/auth/key/${id}/`, { scopes: '["org:*:r"]' });
        const outcomes = (await Promise.all([update(), update()])).map(({ outcome }) => outcome);
        expect(outcomes.sort()).toEqual(["200", "409/181408"]);
        expect((await update()).outcome).toBe("200");
    });

    it("passes on what it holds and nothing more, neither to others nor to itself", async () => {
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const other = await driver.organization("other");
        const key = await keyed(`org:${org}:rw`);
        const issue = (scopes: string[] | undefined) =>
            told(driver.post("/user/auth/key/", scopes ? { scopes: JSON.stringify(scopes) } : {}, key));
        expect([
            await issue([`org:${org}:r`, `workspace:${workspace}:rw`]),
            await issue([`org:${org}:rwa`]),
            await issue([`org:${other}:r`]),
            await issue(["org:*:r"]),
            await issue(["userdetails:*:rw"]),
            await issue(undefined),
        ]).toEqual(["200", ...Array(5).fill("403 scope_exceeds_issuer")]);
        const id = (await driver.get("/user/auth/keys/"))
            .list("api_keys")
            .find(({ scopes }) => scopes === `["org:${org}:rw"]`)?.id;
        expect(await told(driver.post(`/user/auth/key/${id}/`, { scopes: `["org:${org}:rwa"]` }, key))).toBe(
            "403 scope_exceeds_issuer",
        );
        const ann = await driver.account("ann@example.com");
        const signedIn = await session(ann.email, ann.password);
        const wide = { scopes: JSON.stringify(allScopes) };
        expect((await driver.post("/user/auth/key/", wide, signedIn)).at("admin")).toBe(true);
    });

    it("reaches what its scopes cover: others are a 403 with the number of the kind", async () => {
        const [acme, other] = [await driver.organization("acme"), await driver.organization("other")];
        const inside = await driver.workspace(acme, "inside");
        const outside = await driver.workspace(other, "outside");
        const share = await driver.share(outside);
        const key = await keyed(`org:${acme}:rw`);
        const outcomes = [
            driver.get(`/workspace/${inside}/details/`, key),
            driver.get(`/org/${other}/details/`, key),
            driver.get(`/workspace/${outside}/details/`, key),
            driver.get(`/share/${share}/details/`, key),
            driver.post(`/workspace/${inside}/storage/root/createfolder/`, { name: "a" }, await keyed(`org:${acme}:r`)),
        ].map(told);
        expect(await Promise.all(outcomes)).toEqual(["200", "403/10545", "403/10560", "403/10574", "403/10175"]);
        expect((await driver.get("/orgs/list/", key)).list("orgs")).toMatchObject([{ id: acme }]);
        expect((await driver.get("/workspaces/all/", key)).list("workspaces")).toMatchObject([{ id: inside }]);
    });

    it("that was never one is a 401 of its own, and so is a revoked one", async () => {
        expect((await driver.get("/user/me/details/", "x")).outcome).toBe("401/10001");
        expect((await driver.get("/user/me/details/", "x".repeat(64))).outcome).toBe("401/10011");
        expect((await driver.get("/user/me/details/", "")).outcome).toBe("401/10011");
    });
});

describe("who may do what", () => {
    it("keeps administration from keys without rwa, reads and members among it", async () => {
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        const key = await keyed("user:*:rw");
        const people = "members/new%40example.com/";
        const asked = (token: string) => [
            driver.post(`/org/${org}/update/`, { name: "Other" }, token),
            driver.get(`/org/${org}/billing/details/`, token),
            driver.get(`/org/${org}/billing/usage/limits/credits/`, token),
            driver.get(`/org/${org}/transfer/token/list/`, token),
            driver.post(`/org/${org}/${people}`, { permissions: "member" }, token),
            driver.post(`/workspace/${workspace}/${people}`, {}, token),
            driver.post(`/share/${share}/${people}`, {}, token),
            driver.post(`/workspace/${workspace}/update/`, { name: "Other" }, token),
            driver.post(`/share/${share}/update/`, { title: "Other" }, token),
            driver.post(`/workspace/${workspace}/archive/`, {}, token),
        ];
        const refusals = await Promise.all(asked(key).map(told));
        expect(new Set(refusals)).toEqual(new Set(["403 scope_admin_required"]));
        expect((await driver.post(`/org/${org}/update/`, { name: "Other" }, key)).at("error")).toMatchObject({
            code: 10767,
            params: { entity_type: "org", entity_id: org, credential_type: "api_key" },
        });
        const allowed = [
            driver.get(`/org/${org}/members/list/`, key),
            driver.get(`/org/${org}/members/invitations/list/`, key),
            driver.get(`/org/${org}/list/workspaces/`, key),
            driver.post(`/workspace/${workspace}/storage/root/createfolder/`, { name: "a" }, key),
            driver.post("/org/create/", { domain: "another" }, key),
        ];
        expect((await Promise.all(allowed)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
        expect(await driver.workspace(org, "by-a-default-key", key)).toMatch(/^\d{19}$/);
        const administrator = await keyed(`org:${org}:rwa`);
        expect((await Promise.all(asked(administrator))).map(({ status }) => status)).toEqual(Array(10).fill(200));
    });

    it("wants the role as well: strangers and low roles are a 401 with one number", async () => {
        const org = await driver.organization();
        const { token, userId } = await driver.account("ann@example.com");
        expect((await driver.get(`/org/${org}/details/`, token)).outcome).toBe("401/10545");
        await driver.post(`/org/${org}/members/${userId}/`, { permissions: "member" });
        expect((await driver.post(`/org/${org}/update/`, { name: "Other" }, token)).outcome).toBe("401/10545");
        await driver.post(`/org/${org}/update/`, { perm_member_manage: "Owner only" });
        const invite = await driver.post(`/org/${org}/members/new%40example.com/`, { permissions: "member" }, token);
        expect(invite.outcome).toMatch(/^403\/1\d{5}$/);
    });

    it("keeps what changes the account from keys that only read, and its settings from most", async () => {
        const reader = await keyed("user:*:r");
        const writer = await keyed("user:*:rwa");
        const write = "403 scope_write_required";
        const settings = "403 userdetails_scope_required";
        const asked = [
            [driver.post("/org/create/", { domain: "third" }, reader), write],
            [driver.post("/user/update/", { first_name: "New" }, reader), write],
            [driver.post("/user/auth/sign-out/", {}, reader), write],
            [driver.post("/user/update/", { first_name: "New" }, writer), "200"],
            [driver.post("/user/update/", { password: "something else" }, writer), settings],
            [driver.post("/user/auth/invalidate-all/", {}, writer), settings],
            [driver.post("/user/auth/2factor/totp/", {}, writer), settings],
            [driver.post("/user/auth/invalidate-all/"), "200"],
        ] as const;
        for (const [reply, outcome] of asked) expect(await told(reply)).toBe(outcome);
    });
});

describe("the second factor", () => {
    const made = async (secondFactor: string) =>
        (await driver.control("/accounts", { email: "ann@example.com", accountType: "human", secondFactor })).body as {
            token: string;
            password: string;
            totpSecret: string;
            backupCodes: string[];
        };

    it("is asked of keys for keys, the account's end and what ends or hides workspaces", async () => {
        const { token, totpSecret } = await made("totp");
        const org = await driver.organization("acme", token);
        const workspace = await driver.workspace(org, "client-files", token);
        const code = shownCode(totpSecret);
        const keyId = String((await driver.send("GET", `/user/auth/keys/?token=${code}`, token)).at("api_keys.0.id"));
        const asked = (proof: string | undefined) => {
            const form: Record<string, string> = proof === undefined ? {} : { token: proof };
            const query = new URLSearchParams(form);
            return [
                () => driver.post("/user/auth/key/", form, token),
                () => driver.get(`/user/auth/keys/?${query}`, token),
                () => driver.get(`/user/auth/key/${keyId}/?${query}`, token),
                () => driver.post(`/user/auth/key/${keyId}/`, { memo: "x", ...form }, token),
                () => driver.post(`/workspace/${workspace}/archive/`, form, token),
                () => driver.post(`/workspace/${workspace}/unarchive/`, form, token),
                () => driver.get(`/workspace/${workspace}/assets/?${query}`, token),
                () => driver.get(`/workspaces/check/name/free-name/?${query}`, token),
                () => driver.post("/user/close/", { email_address: "ann@example.com", dryrun: "true", ...form }, token),
                () => driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}&${query}`, token),
            ];
        };
        for (const proof of [undefined, "000000"]) {
            for (const ask of asked(proof)) expect(await told(ask())).toBe("403 stepup_required");
        }
        const outcomes: string[] = [];
        for (const ask of asked(code)) outcomes.push(await told(ask()));
        // The account still owns its organization.
        expect([...outcomes.slice(0, 8), outcomes[9]]).toEqual(Array(9).fill("200"));
        expect(outcomes[8]).toMatch(/^406/);
        expect((await driver.get(`/org/${org}/details/`, token)).status).toBe(200);
    });

    it("is asked once of keys whose account has a passkey alone, and lasts five minutes", async () => {
        const { token, backupCodes } = await made("passkey");
        const [code = ""] = backupCodes;
        const make = () => told(driver.post("/user/auth/key/", {}, token));
        const stepUp = (form: Record<string, string>) => told(driver.post("/user/auth/2factor/stepup/", form, token));
        expect([await make(), await stepUp({}), await stepUp({ code: "wrong" })]).toEqual([
            "403 stepup_required",
            expect.stringMatching(/^406/),
            expect.stringMatching(/^401/),
        ]);
        expect([await stepUp({ code }), await make()]).toEqual(["200", "200"]);
        await driver.control("/clock", { advanceSeconds: 301 });
        expect([await make(), await stepUp({ code }), await stepUp({ credential: "{}" }), await make()]).toEqual([
            "403 stepup_required",
            expect.stringMatching(/^401/),
            "200",
            "200",
        ]);
    });

    it("is not asked of whoever signed in with it, but for keys", async () => {
        const { password, totpSecret } = await made("totp");
        const half = await session("ann@example.com", password);
        expect((await driver.get("/user/me/details/", half)).outcome).toBe("403/10175");
        const code = shownCode(totpSecret);
        const full = (await driver.post(`/user/auth/2factor/auth/${code}/`, {}, half)).text("auth_token");
        const workspace = await driver.workspace(await driver.organization("acme", full), "client-files", full);
        expect(await told(driver.post(`/workspace/${workspace}/archive/`, {}, full))).toBe("200");
        expect(await told(driver.post("/user/auth/key/", {}, full))).toBe("403 stepup_required");
        expect(await told(driver.post("/user/auth/key/", { token: code }, full))).toBe("200");
    });
});

describe("signing in", () => {
    const signIn = (email: string, password: string) =>
        driver.request("/current/user/auth/", { headers: basic(email, password) });

    it("counts wrong passwords, and locks the account for half an hour after five", async () => {
        const { email, password } = await driver.account("ann@example.com");
        expect((await signIn("nobody@example.com", "x")).at("error.params")).toBeUndefined();
        for (const attempts_remaining of [4, 3, 2, 1, 0]) {
            const wrong = await signIn(email, "wrong");
            expect([wrong.outcome, wrong.at("error.params")]).toEqual([
                "401/10008",
                { attempts_remaining, attempts_max: 5 },
            ]);
        }
        const locked = await signIn(email, password);
        expect([locked.outcome, locked.at("error.params")]).toEqual(["429/10760", { retry_after_seconds: 1800 }]);
        expect([...locked.headers.keys()].filter((name) => name.includes("limit"))).toEqual([]);
        await driver.control("/clock", { advanceSeconds: 1800 });
        expect((await signIn(email, password)).body).toMatchObject({ "2factor": false, enrol_required: false });
        expect((await signIn(email, "wrong")).at("error.params.attempts_remaining")).toBe(4);
    });

    it("with e-mail and password may go: retired, or as if it had never been", async () => {
        const { email, password } = await driver.account("ann@example.com");
        await driver.control("/features", { basicSignIn: "retired" });
        expect((await signIn(email, password)).status).toBe(410);
        await driver.control("/features", { basicSignIn: "gone" });
        expect((await signIn(email, password)).outcome).toBe("404/9992");
    });

    it("up signs in at once, and tells nobody which addresses are known", async () => {
        const form = { email_address: "new@example.com", password: "correct horse", tos_agree: "true" };
        const made = await driver.post("/user/", form, "");
        expect((await driver.get("/user/auth/check/", made.text("auth_token"))).status).toBe(200);
        const again = await driver.post("/user/", form, "");
        expect([again.status, again.at("auth_token")]).toEqual([200, undefined]);
        const asked = await driver.post("/user/email/", { email: "new@example.com" }, "");
        expect([asked.status, asked.body]).toEqual([202, { result: true }]);
        expect((await driver.post("/user/email/", {}, "")).outcome).toBe("406/10022");
        expect((await driver.post("/org/create/", { domain: "unverified" }, made.text("auth_token"))).outcome).toBe(
            "403/10587",
        );
    });

    it("where an organization demands a second factor is good for enrolling one", async () => {
        const org = await driver.organization();
        const ann = await driver.account("ann@example.com");
        await driver.post(`/org/${org}/members/${ann.userId}/`, { permissions: "member" });
        await driver.control("/policy", { organizationId: org, required2fa: true });
        const reply = await signIn(ann.email, ann.password);
        expect(reply.at("enrol_required")).toBe(true);
        const half = reply.text("auth_token");
        expect(await told(driver.get("/user/me/details/", half))).toBe("403 two_factor_enrolment_only");
        const uri = (await driver.post("/user/auth/2factor/totp/", {}, half)).text("binding_uri");
        const code = shownCode(new URL(uri).searchParams.get("secret") ?? "");
        const full = (await driver.post(`/user/auth/2factor/verify/${code}/`, {}, half)).text("auth_token");
        expect((await driver.get("/user/me/details/", full)).status).toBe(200);
        expect((await driver.get("/user/me/details/", ann.token)).status).toBe(200);
    });

    it("ends with the account's own address only", async () => {
        const { token, email } = await driver.account("ann@example.com");
        const close = (form: Record<string, string>) => driver.post("/user/close/", form, token);
        expect((await close({ confirmation: email })).outcome).toBe("406/10022");
        expect((await close({ email_address: email, dryrun: "true" })).status).toBe(200);
        expect((await close({ email_address: email })).status).toBe(200);
        expect((await driver.get("/user/me/details/", token)).outcome).toBe("401/10011");
    });
});
