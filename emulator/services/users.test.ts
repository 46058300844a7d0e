import { type Account, Driver } from "../driver";

describe("a user", () => {
    let driver = new Driver();
    let ann: Account = { userId: "", email: "", token: "", password: "" };
    beforeEach(async () => {
        driver = new Driver();
        ann = await driver.account("ann@example.com");
    });
    const update = (form: Record<string, string>) => driver.post("/user/update/", form, ann.token);
    const signIn = async (email: string, password: string) => {
        const authorization = `Basic ${Buffer.from(`${email}:${password}`).toString("base64")}`;
        return (await driver.request("/current/user/auth/", { headers: { authorization } })).outcome;
    };

    it("changes name, password and address; the address is validated anew", async () => {
        expect((await update({ first_name: "Ann", password: "a new password" })).at("user.first_name")).toBe("Ann");
        expect([await signIn(ann.email, ann.password), await signIn(ann.email, "a new password")]).toEqual([
            "401/1650",
            "200",
        ]);
        expect((await update({ password: "short" })).outcome).toBe("406/1605");
        expect((await update({ password: "x".repeat(9), current_password: "wrong" })).outcome).toBe("406/1605");
        expect((await update({ email_address: "agent@example.com" })).outcome).toBe("406/1607");
        expect((await update({ email_address: "ann@example.org" })).outcome).toBe("200");
        expect((await driver.get("/orgs/all/", ann.token)).outcome).toBe("406/1670");
    });

    it("sets a new password with the mailed code; nobody learns who has an account", async () => {
        expect((await driver.post("/user/email/reset/", { email: "nobody@example.com" }, "")).outcome).toBe("200");
        await driver.post("/user/email/reset/", { email: ann.email }, "");
        const mail = (await driver.control("/mail")).list("messages").filter(({ kind }) => kind === "password");
        expect(mail).toMatchObject([{ to: ann.email }]);
        const path = `/user/password/${mail[0]?.passwordCode}`;
        expect((await driver.get(`${path}/details/`, "")).at("email")).toBe(ann.email);
        const set = (password2: string) => driver.post(`${path}/`, { password1: "brand new", password2 }, "");
        expect((await set("brand knew")).outcome).toBe("406/1605");
        expect([(await set("brand new")).outcome, (await set("brand new")).outcome]).toEqual(["200", "404/1652"]);
        expect(await signIn(ann.email, "brand new")).toBe("200");
    });

    it("closes the account once it owns nothing", async () => {
        const org = await driver.organization("annas", ann.token);
        const close = (confirmation: string) => driver.post("/user/close/", { confirmation }, ann.token);
        expect((await close("agent@example.com")).outcome).toBe("406/1605");
        expect((await close(ann.email)).outcome).toBe("406/1670");
        await driver.post(`/org/${org}/close/`, { confirm: org }, ann.token);
        expect((await close(ann.email)).outcome).toBe("200");
        expect((await driver.get("/user/me/details/", ann.token)).outcome).toBe("401/1650");
        expect(await driver.census()).toMatchObject({ users: 1, apiKeys: 1 });
    });

    it("finds those with whom it works, and the profiles it reaches", async () => {
        const search = async (text: string) =>
            (await driver.get(`/users/search/?search=${text}`, ann.token)).list("users").map(({ id }) => id);
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        expect(await search("agent")).toEqual([]);
        for (const path of [`/workspace/${workspace}`, `/share/${share}`]) {
            await driver.post(`${path}/members/${ann.userId}/`);
        }
        expect([(await search("AGENT")).length, await search("nobody")]).toEqual([1, []]);
        expect((await driver.get("/user/available_profiles/", ann.token)).body).toMatchObject({
            orgs: [],
            workspaces: [{ id: workspace, name: "client-files" }],
            shares: [{ id: share }],
        });
        expect((await driver.get("/user/me/limits/orgs/")).at("limits.used")).toBe(1);
    });
});
