/** The example client-space, where the Pulumi CLI runs YAML: up, unchanged, a document written again, down, and its README. */
import { availableEngines } from "../engines/engines";
import { missingHost, testUnless } from "../engines/workstation";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

testUnless(missingHost("yaml"), "the example client-space lives as its README says", async () => {
    const [cli] = availableEngines();
    if (cli === undefined) throw new Error("there is no engine");
    const it_ = await openExample(cli, "client-space");
    try {
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 7 });
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 1, shares: 1, folders: 1, files: 1 });
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ same: 7 });
        });
        // The program itself asks who it is.
        expect(requests.filter(({ path }) => !path.endsWith("/user/me/details/"))).toEqual([]);
        it_.project.write({ "documents/Briefing.md": "# Briefing\n\nContoso has changed its mind.\n" });
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 6, update: 1 });
        await it_.stack.up();
        expect((await it_.stack.refresh()).summary.resourceChanges).toEqual({ same: 7 });
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("client-space", it_.printed)).toEqual([]);
    } finally {
        await it_.close();
    }
});
