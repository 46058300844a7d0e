/** The example two-accounts on every engine that starts plugins: up, unchanged, another token, down, and its README. */
import { availableEngines } from "../engines/engines";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

test.each(availableEngines())("the example two-accounts lives as its README says, on $name", async (engine) => {
    const it_ = await openExample(engine, "two-accounts");
    try {
        const account = { email: "client@example.com", accountType: "agent" };
        const { token } = await it_.control<{ token: string }>("POST", "accounts", account);
        await it_.stack.setConfig({
            agencyToken: { value: it_.emulator.token, secret: true },
            clientToken: { value: token, secret: true },
        });
        // What is in the environment belongs to neither.
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl, FASTIO_TOKEN: "of-nobody" });
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 9 });
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 9 });

        const ids = async (bearer: string) => {
            const { orgs } = (await it_.api("GET", "orgs/list/", undefined, bearer)) as unknown as {
                orgs: { domain: string }[];
            };
            return orgs.map(({ domain }) => domain);
        };
        expect(await ids(it_.emulator.token)).toEqual(["northwind-agency"]);
        expect(await ids(token)).toEqual(["contoso-brand"]);
        const state = JSON.stringify(await it_.stack.exportStack());
        for (const secret of [token, it_.emulator.token]) {
            expect(state).not.toContain(secret);
            expect(it_.printed).not.toContain(secret);
        }
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("two-accounts", it_.printed)).toEqual([]);
    } finally {
        await it_.close();
    }
});
