/** The example client-portal on every engine, and its workflow on the Pulumi CLI. */
import { availableEngines, pulumiCli } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { testAgreement } from "./agreement";
import { notPrinted, openExample } from "./example";
import { Runner } from "./workflow";

jest.setTimeout(120_000);

const passwordSeed = "seed-canary";

describe.each(availableEngines())("the example client-portal on $name", (engine) => {
    let it_: Fixture;
    let passwords: Record<string, string>;

    beforeAll(async () => {
        it_ = await openExample(engine, "client-portal", { passwordSeed: { value: passwordSeed, secret: true } });
    });
    afterAll(() => it_?.close());

    test("up makes a room for each client, with a password of its own as a secret output", async () => {
        await it_.stack.up();
        const outputs = await it_.stack.outputs();
        expect(await it_.census()).toMatchObject({ workspaces: 1, shares: 3, files: 3, folders: 9, invitations: 3 });
        expect(Object.keys(outputs.urls?.value)).toEqual(["contoso", "fabrikam", "tailspin"]);
        expect(outputs.passwords?.secret).toBe(true);
        passwords = outputs.passwords?.value;
        expect(new Set(Object.values(passwords)).size).toBe(3);
    });

    test("a line more is a room more, and the others stay as they are, passwords included", async () => {
        it_.project.write({
            "clients.csv": `${it_.project.read("clients.csv")}litware,"Litware, Inc.",hello@litware.example,#333366\n`,
        });
        const { summary } = await it_.stack.up();
        expect(summary.resourceChanges).toEqual({ create: 8, same: 27 });
        expect((await it_.stack.outputs()).passwords?.value).toMatchObject(passwords);
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ same: 35 });
    });

    test("destroy leaves nothing; the README shows what the runs printed, and nothing printed a password", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("client-portal", it_.printed)).toEqual([]);
        for (const secret of [passwordSeed, ...Object.values(passwords)]) expect(it_.printed).not.toContain(secret);
    });
});

testAgreement("client-portal");

const cli = pulumiCli();
(cli === undefined ? test.skip : test)(
    "the workflow makes the rooms unattended, and its log has no password",
    async () => {
        const runner = await Runner.open("client-portal");
        try {
            await runner.shell("pulumi stack init prod");
            await runner.shell(`pulumi config set --stack prod --secret passwordSeed ${passwordSeed}`);
            const log = await runner.play("deploy.yml");
            expect(await runner.census()).toMatchObject({ shares: 3 });
            expect(log).toMatch(/"passwords": "\[secret\]"/);
            const passwords = JSON.parse(
                await runner.shell("pulumi stack output passwords --stack prod --show-secrets --json"),
            );
            for (const secret of [passwordSeed, runner.emulator.token, ...Object.values<string>(passwords)]) {
                expect(log).not.toContain(secret);
            }
        } finally {
            await runner.close();
        }
    },
);
