import { Driver } from "../driver";

describe("billing", () => {
    const driver = new Driver();
    let org = "";
    beforeAll(async () => {
        org = await driver.organization();
    });
    const details = () => driver.get(`/org/${org}/billing/details/`);

    it("lists the plans", async () => {
        const plans = (await driver.get("/org/billing/plan/list/")).list("plans");
        expect(plans.map(({ id }) => id)).toEqual(["agent", "free", "pro", "business"]);
    });

    it("tells the agent plan with its limits and without a subscription", async () => {
        expect((await details()).body).toMatchObject({
            plan: "agent",
            subscription: null,
            limits: {
                workspaces: 5,
                shares: 50,
                members_per_workspace: 5,
                storage_bytes: 53_687_091_200,
                credits: 5000,
            },
        });
    });

    it("honours limits and a paid plan that the control plane sets", async () => {
        await driver.control("/plan", { organizationId: org, workspaces: 7, credits: null });
        expect((await details()).at("limits")).toMatchObject({ workspaces: 7, shares: 50, credits: null });
        const paid = await driver.control("/plan", { organizationId: org, paid: true });
        expect(paid.body).toMatchObject({ organizationId: org, plan: "pro", limits: { workspaces: 7, shares: 1000 } });
        expect((await details()).at("subscription")).toMatchObject({
            current_period_start: Driver.start / 1000,
            cancel_at: null,
        });
        expect((await driver.get(`/org/${org}/details/`)).at("org.plan")).toBe("pro");
        await driver.control("/plan", { organizationId: org, paid: false, workspaces: 5, credits: 5000 });
        expect((await details()).body).toMatchObject({ plan: "agent", subscription: null });
        expect((await driver.control("/plan", { organizationId: "nowhere" })).status).toBe(404);
    });

    it("counts credits in periods of 30 days from the organization's creation", async () => {
        const credits = () => driver.get(`/org/${org}/billing/usage/limits/credits/`);
        expect((await credits()).body).toMatchObject({
            credits: { limit: 5000, used: 0, remaining: 5000 },
            period: { start: "2026-02-12 10:00:00 UTC", end: "2026-03-14 10:00:00 UTC" },
        });
        await driver.control("/clock", { advanceSeconds: 31 * 86_400 });
        expect((await credits()).at("period.start")).toBe("2026-03-14 10:00:00 UTC");
    });

    it("lists everyone on the organization or one of its workspaces once", async () => {
        const workspaces = [await driver.workspace(org, "first-files"), await driver.workspace(org, "second-files")];
        const [inside, outside] = [
            await driver.account("inside@example.com"),
            await driver.account("outside@example.com"),
        ];
        await driver.post(`/org/${org}/members/${inside.userId}/`);
        for (const workspace of workspaces) await driver.post(`/workspace/${workspace}/members/${outside.userId}/`);
        const members = (await driver.get(`/org/${org}/billing/usage/members/list/`)).list("billable_members");
        expect(members.map(({ email_address, workspaces: on }) => [email_address, on])).toEqual([
            ["agent@example.com", workspaces],
            ["inside@example.com", []],
            ["outside@example.com", workspaces],
        ]);
    });

    it("meters what is stored, by day, for the whole or for one workspace or share", async () => {
        const workspace = await driver.workspace(org, "metered-files");
        const share = await driver.share(workspace);
        await driver.control("/clock", { advanceSeconds: 86_400 });
        await driver.post(`/workspace/${workspace}/storage/root/createnote/`, { name: "n.md", content: "12345" });
        await driver.control("/clock", { advanceSeconds: 86_400 });
        const meter = (query: string) => driver.get(`/org/${org}/billing/usage/meters/list/?${query}`);
        const values = async (query: string) => (await meter(query)).list("points").map(({ value }) => value);
        const all = await values("meter=storage_bytes");
        expect([all.length, all.slice(-4)]).toEqual([31, [0, 0, 5, 5]]);
        expect((await values(`meter=storage_bytes&workspace_id=${workspace}`)).at(-1)).toBe(5);
        expect((await values(`meter=storage_bytes&share_id=${share}`)).at(-1)).toBe(0);
        expect((await values("meter=ai_tokens")).at(-1)).toBe(0);
        expect(await values("meter=storage_bytes&start_time=2026-02-12 10:00:00&end_time=2026-02-12 11:00:00")).toEqual(
            [0],
        );
        for (const query of [
            "",
            "meter=steps",
            `meter=ai_tokens&workspace_id=${workspace}&share_id=${share}`,
            "meter=ai_tokens&start_time=2027-01-01 00:00:00",
            "meter=ai_tokens&start_time=2020-01-01 00:00:00",
        ]) {
            expect((await meter(query)).outcome).toBe("406/1605");
        }
        const other = await driver.workspace(await driver.organization("other"), "others-files");
        expect((await meter(`meter=ai_tokens&workspace_id=${other}`)).outcome).toBe("404/1609");
    });
});
