/** The example access-review: what a pull request shows, on every engine, and its workflows on the Pulumi CLI. */
import { availableEngines, pulumiCli } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { testAgreement } from "./agreement";
import { notPrinted, openExample } from "./example";
import { commandsOf, Runner } from "./workflow";

jest.setTimeout(120_000);

/** The pull request of the README: a new member, another role, somebody less, and the door a little more open. */
const edited = (access: string) =>
    access
        .replace('"ben@example.com": WorkspaceRole.Member', '"ben@example.com": WorkspaceRole.Admin')
        .replace(/.*carla@example\.com.*\n/, "")
        .replace(
            '"counsel@law.example": ShareRole.Guest,',
            '"counsel@law.example": ShareRole.Guest,\n    "trainee@law.example": ShareRole.View,',
        )
        .replace("OnlyMembersOfTheShareOrWorkspace", "AnyoneWithARegisteredAccount");

const expectReviewed = (printed: string) => {
    expect(printed).toMatch(/WorkspaceMember.*ben@example\.com/);
    expect(printed).toMatch(/WorkspaceMember.*carla@example\.com/);
    expect(printed).toMatch(/ShareMember.*documents\/trainee@law\.example/);
};

describe.each(availableEngines())("the example access-review on $name", (engine) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await openExample(engine, "access-review");
    });
    afterAll(() => it_?.close());

    test("a pull request's preview names every change of access, without credentials and without a request", async () => {
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 12 });
        it_.project.write({ "access.ts": edited(it_.project.read("access.ts")) });
        await it_.stack.setEnv({});
        const requests = await it_.requestsOf(async () => {
            const { changeSummary, stdout } = await it_.stack.preview();
            expect(changeSummary).toEqual({ create: 1, update: 2, delete: 1, same: 9 });
            expectReviewed(stdout);
            expect(stdout).toMatch(/Share documents update \[diff: ~accessOptions\]/);
        });
        expect(requests).toEqual([]);
    });

    test("what is merged is made, and what somebody did by hand is put back", async () => {
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl, FASTIO_TOKEN: it_.emulator.token });
        await it_.stack.up();
        const id = (await it_.stack.outputs()).shareId?.value;
        await it_.api("POST", `share/${id}/update/`, { access_options: "Anyone with the link", share_type: "send" });
        const { stdout } = await it_.stack.up({ refresh: true });
        expect(stdout).toMatch(/Share documents updated .*\[diff: ~accessOptions\]/);
        const { share } = await it_.api("GET", `share/${id}/details/`);
        expect(share.access_options).toBe("Anyone with a registered account");
    });

    test("destroy leaves nothing, and the README shows what the runs printed", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("access-review", it_.printed)).toEqual([]);
    });
});

testAgreement("access-review");

const cli = pulumiCli();
(cli === undefined ? test.skip : test)("the workflows show what changes and then make it", async () => {
    const runner = await Runner.open("access-review");
    try {
        await runner.shell("pulumi stack init prod");
        await runner.play("apply.yml");
        runner.project.write({ "access.ts": edited(runner.project.read("access.ts")) });
        const review = runner.project.read(".github/workflows/review.yml");
        expect(commandsOf(review).filter(({ env }) => "FASTIO_TOKEN" in env)).toEqual([]);
        await runner.play("review.yml");
        const summary = runner.project.read("summary.md");
        expectReviewed(summary);
        expect(notPrinted("access-review", summary, "diff")).toEqual([]);
        await runner.play("apply.yml");
        expect(await runner.census()).toMatchObject({ shares: 1, invitations: 5 });
    } finally {
        await runner.close();
    }
});
