/** The example data-room on every engine: up, unchanged, changed, down, and its README. */
import { availableEngines } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { testAgreement } from "./agreement";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

const password = "correct horse battery staple";

describe.each(availableEngines())("the example data-room on $name", (engine) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await openExample(engine, "data-room", { password: { value: password, secret: true } });
    });
    afterAll(() => it_?.close());

    test("a preview makes no request, and up fills the room before it invites anybody", async () => {
        const planning = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ create: 14 });
        });
        expect(planning).toEqual([]);
        const making = await it_.requestsOf(() => it_.stack.up());
        const made = making.filter(({ effect }) => effect === "created").map(({ kind }) => kind);
        expect(made.slice(-2)).toEqual(["invitation", "invitation"]);
        expect(await it_.census()).toMatchObject({
            organizations: 1,
            workspaces: 1,
            shares: 1,
            folders: 3,
            files: 3,
            assets: 1,
            invitations: 2,
        });
    });

    test("a second run makes no request", async () => {
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.up()).summary.resourceChanges).toEqual({ same: 14 });
        });
        expect(requests).toEqual([]);
    });

    test("a new document, new bytes of an old one, and a person less are three changes", async () => {
        const program = it_.project.read("index.ts");
        it_.project.write({
            "documents/Financials/Costs.csv": "quarter,costs\n2026-Q3,1630000\n",
            "documents/Legal/Terms.md": "# Terms\n\nSeries B, fourteen million.\n",
            "index.ts": program.replace(/^.*"investor".*\n/m, ""),
        });
        const { stdout } = await it_.stack.preview();
        expect(stdout).toMatch(/File series-b\/Legal\/Terms\.md update \[diff: ~source\]/);
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 1, update: 1, delete: 1, same: 12 });
        expect(await it_.census()).toMatchObject({ files: 4, invitations: 1 });
    });

    test("destroy closes the door first and leaves nothing", async () => {
        const ending = await it_.requestsOf(() => it_.stack.destroy());
        const [first] = ending.filter(({ effect }) => effect === "deleted");
        expect(first?.kind).toBe("invitation");
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    });

    test("the README shows what the runs printed, and nothing printed the password", () => {
        expect(notPrinted("data-room", it_.printed)).toEqual([]);
        expect(it_.printed).not.toContain(password);
    });
});

testAgreement("data-room");
