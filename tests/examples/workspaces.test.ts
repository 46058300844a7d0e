/** The example workspaces on every engine: up, unchanged, edited as its README says, down. */
import { availableEngines } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { testAgreement } from "./agreement";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

describe.each(availableEngines())("the example workspaces on $name", (engine) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await openExample(engine, "workspaces");
    });
    afterAll(() => it_?.close());

    test("up makes what the list says, and a second run makes no request", async () => {
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 18 });
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 3, invitations: 6, folders: 7 });
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.up()).summary.resourceChanges).toEqual({ same: 18 });
        });
        expect(requests).toEqual([]);
    });

    test("another name, another role and a person less are what the preview says", async () => {
        const list = it_.project.read("teams.ts");
        it_.project.write({
            "teams.ts": list
                .replace('name: "Research"', 'name: "Research & Development"')
                .replace('"ben@example.com": Member', '"ben@example.com": Admin')
                .replace(', "auditor@example.org": Guest', ""),
        });
        const { stdout, changeSummary } = await it_.stack.preview();
        expect(changeSummary).toEqual({ update: 2, delete: 1, same: 15 });
        expect(stdout).toMatch(/Workspace research update \[diff: ~name\]/);
        expect(stdout).toMatch(/WorkspaceMember design\/ben@example\.com update \[diff: ~role\]/);
        expect(stdout).toMatch(/WorkspaceMember finance\/auditor@example\.org delete/);
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ update: 2, delete: 1, same: 15 });
    });

    test("destroy leaves nothing, and the README shows what the runs printed", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("workspaces", it_.printed)).toEqual([]);
    });
});

testAgreement("workspaces");
