/** The example handover on every engine: up, claimed by a human, as far down as a former owner may, and its README. */
import { availableEngines } from "../engines/engines";
import type { Fixture } from "../lifecycle/fixture";
import { testAgreement } from "./agreement";
import { notPrinted, openExample } from "./example";

jest.setTimeout(120_000);

describe.each(availableEngines())("the example handover on $name", (engine) => {
    let it_: Fixture;
    let claimToken: string;

    beforeAll(async () => {
        it_ = await openExample(engine, "handover");
        await it_.control("POST", "accounts", { email: "ann@example.com", accountType: "human" });
    });
    afterAll(() => it_?.close());

    test("up makes an organization with a claim link as a secret output, and a second run nothing", async () => {
        const { summary } = await it_.stack.up();
        const outputs = await it_.stack.outputs();
        expect(summary.resourceChanges).toEqual({ create: 6 });
        expect(outputs.members?.value).toEqual({ ann: "active", ben: "pending" });
        expect(outputs.claimUrl?.secret).toBe(true);
        claimToken = new URL(outputs.claimUrl?.value).searchParams.get("token") ?? "none";
        const requests = await it_.requestsOf(() => it_.stack.up());
        expect(requests).toEqual([]);
    });

    test("joining and claiming are no drift", async () => {
        const dana = { email: "dana@example.com", accountType: "human" };
        const { token } = await it_.control<{ token: string }>("POST", "accounts", dana);
        await it_.api("POST", "org/transfer/claim/", { token: claimToken }, token);
        await it_.control("POST", "invitations/accept", { email: "ben@example.com" });
        await it_.stack.refresh();
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 6 });
    });

    test("destroy leaves alone what is the client's, says so, and ends well", async () => {
        const before = await it_.census();
        const { stdout } = await it_.stack.destroy();
        const [, diagnostics = ""] = stdout.split("Diagnostics:");
        expect(diagnostics.match(/was handed over and belongs to dana@example.com now/g)).toHaveLength(1);
        expect(await it_.census()).toEqual(before);
    });

    test("the README shows what the runs printed, and nothing printed the token", () => {
        expect(notPrinted("handover", it_.printed)).toEqual([]);
        expect(it_.printed).not.toContain(claimToken);
    });
});

testAgreement("handover");
