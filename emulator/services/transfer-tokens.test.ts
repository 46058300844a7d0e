import { Driver } from "../driver";

const hours = 3600;

describe("a transfer token", () => {
    let driver = new Driver();
    let org = "";
    beforeEach(async () => {
        driver = new Driver();
        org = await driver.organization();
    });
    const create = (token?: string) => driver.post(`/org/${org}/transfer/token/create/`, {}, token);
    const claim = (token: string, as: string) => driver.post("/org/transfer/claim/", { token }, as);
    const list = async () => (await driver.get(`/org/${org}/transfer/token/list/`)).list("tokens");

    it("has 64 characters, lasts 72 hours and is listed while it is active", async () => {
        const created = await create();
        expect(created.text("token")).toMatch(/^[a-z0-9]{64}$/);
        expect(created.body).toMatchObject({ created: "2026-02-12 10:00:00 UTC", expires: "2026-02-15 10:00:00 UTC" });
        const { id, token, created: made, expires } = created.body as Record<string, string>;
        expect(await list()).toEqual([{ id, token, created: made, expires }]);
        expect(id).not.toBe(token);
        await driver.control("/clock", { advanceSeconds: 72 * hours });
        expect(await list()).toEqual([]);
        expect(await driver.census()).toMatchObject({ transferTokens: 0 });
        const { token: human } = await driver.account("human@example.com");
        expect((await claim(String(token), human)).outcome).toBe("404/1652");
    });

    it("is one of five at most; an expired or revoked one makes room", async () => {
        for (const _ of [1, 2, 3, 4, 5]) expect((await create()).outcome).toBe("200");
        expect((await create()).outcome).toBe("429/1667");
        const [first] = await list();
        await driver.delete(`/org/${org}/transfer/token/${first?.id}/`);
        expect((await create()).outcome).toBe("200");
        await driver.control("/clock", { advanceSeconds: 72 * hours });
        expect((await create()).outcome).toBe("200");
    });

    it("is revoked by id or by itself", async () => {
        for (const key of ["id", "token"]) {
            const path = `/org/${org}/transfer/token/${(await create()).text(key)}/`;
            expect((await driver.delete(path)).outcome).toBe("200");
            expect((await driver.delete(path)).outcome).toBe("404/1652");
        }
        expect(await list()).toEqual([]);
    });

    it("is created by an agent account that owns the organization", async () => {
        const human = await driver.account("human@example.com");
        const agent = await driver.account("second@example.com", "agent");
        for (const { userId } of [human, agent])
            await driver.post(`/org/${org}/members/${userId}/`, { permissions: "admin" });
        expect((await create(human.token)).outcome).toBe("401/1680");
        expect((await create(agent.token)).outcome).toBe("401/1680");
        await driver.post(`/org/${org}/member/${human.userId}/transfer_ownership/`);
        expect((await create(human.token)).outcome).toBe("406/1670");
    });

    it("makes its claimer the owner of all, once, and the former owner admin of all", async () => {
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        const human = await driver.account("human@example.com");
        await driver.post(`/workspace/${workspace}/members/${human.userId}/`, { permissions: "guest" });
        const [token, spare] = [(await create()).text("token"), (await create()).text("token")];
        expect((await claim("x".repeat(64), human.token)).outcome).toBe("404/1652");
        expect((await claim("", human.token)).outcome).toBe("406/1605");
        expect((await claim(token, driver.emulator.token)).outcome).toBe("409/1660");
        expect((await claim(token, human.token)).at("org")).toMatchObject({
            id: org,
            user_permission: "owner",
            plan: "free",
        });
        for (const used of [token, spare]) expect((await claim(used, human.token)).outcome).toBe("404/1652");
        for (const path of [`/org/${org}`, `/workspace/${workspace}`, `/share/${share}`]) {
            const members = (await driver.get(`${path}/members/list/`)).list("users");
            expect(members.map(({ email_address, permissions }) => [email_address, permissions]).sort()).toEqual([
                ["agent@example.com", "admin"],
                ["human@example.com", "owner"],
            ]);
        }
        expect((await driver.get(`/org/${org}/transfer/token/list/`)).outcome).toBe("401/1680");
        expect((await driver.get(`/org/${org}/transfer/token/list/`, human.token)).list("tokens")).toEqual([]);
        expect((await driver.get(`/org/${org}/details/`)).at("org.user_permission")).toBe("admin");
        expect((await driver.post(`/org/${org}/close/`, { confirm: org })).outcome).toBe("401/1680");
        expect((await driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}`)).outcome).toBe("401/1680");
    });
});
