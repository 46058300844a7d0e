/** One program of sixty resources of all kinds: made, renamed, changed in everything, and gone, through each front-end on every engine. */
import { resources } from "../../provider/resources";
import { oneColumn } from "./columns";
import { Fixture } from "./fixture";
import { names, renamed, wholeProgram } from "./whole-program";

jest.setTimeout(180_000);

describe.each(oneColumn())("sixty resources of all kinds on $name", ({ engine, files }) => {
    let it_: Fixture;
    /** The stack's own resource counts as well. */
    const count = wholeProgram("full", names).length + 1;
    const parents = wholeProgram("full", names).filter(({ kind }) =>
        ["Organization", "Workspace", "Share", "Folder"].includes(kind),
    ).length;

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
    });
    afterAll(() => it_?.close());

    async function expectConverged() {
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ same: count });
        });
        expect(requests).toEqual([]);
    }

    test("there are at least sixty of them, of every kind", () => {
        const declared = wholeProgram("full", names);
        expect(declared.length).toBeGreaterThanOrEqual(60);
        expect(new Set(declared.map(({ kind }) => kind))).toEqual(new Set(resources.map(({ kind }) => kind)));
    });

    test("up makes all of them, and nothing is left to do", async () => {
        it_.declare(wholeProgram("full", names));
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: count });
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 3, shares: 3, folders: 12, files: 4 });
        await expectConverged();
    });

    test("every parent gets another name, and nothing below it is replaced", async () => {
        it_.declare(wholeProgram("full", renamed));
        expect((await it_.stack.preview()).changeSummary).toEqual({ update: parents, same: count - parents });
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ update: parents, same: count - parents });
        await expectConverged();
    });

    test("everything that can change does so in one run, and a refresh finds it as declared", async () => {
        it_.declare(wholeProgram("changed", renamed));
        const { resourceChanges = {} } = (await it_.stack.up()).summary;
        // Only a token's triggers replace; folders that changed nothing but their neighbours' places stay.
        expect(resourceChanges).toMatchObject({ replace: 1 });
        const { summary, stdout } = await it_.stack.refresh();
        expect(summary.resourceChanges?.same === count ? "" : stdout).toBe("");
        await expectConverged();
    });

    test("destroy leaves nothing, and a second one has nothing to do", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        const requests = await it_.requestsOf(() => it_.stack.destroy());
        expect(requests).toEqual([]);
    });
});
