/** `ignoreChanges` and `up --refresh`, as a job runs it each night, after somebody's hand: through each front-end on an engine. */
import { textAsset } from "../../provider/core/assets";
import { fewerColumns } from "./columns";
import { type Declaration, Fixture } from "./fixture";

jest.setTimeout(180_000);

const password = "canary correct horse";
const link = "Anyone with the link";
const svg = (id: string) => `<svg xmlns="http://www.w3.org/2000/svg" id="${id}"/>`;

const program: Declaration[] = [
    { kind: "Organization", name: "company", args: { domain: "acme", name: "Acme" } },
    { kind: "Workspace", name: "design", args: { organizationId: "$company.id" } },
    {
        kind: "Share",
        name: "room",
        args: { workspaceId: "$design.id", title: "Room", shareType: "send", accessOptions: link, password },
        options: { ignoreChanges: ["password"] },
    },
    {
        kind: "WorkspaceBranding",
        name: "look",
        args: { workspaceId: "$design.id", logo: textAsset(svg("ours")) },
        options: { ignoreChanges: ["logo"] },
    },
    {
        kind: "File",
        name: "plan",
        args: { workspaceId: "$design.id", name: "plan.txt", source: textAsset("What we do.") },
        options: { ignoreChanges: ["source"] },
    },
];

describe.each(fewerColumns())("$name", ({ engine, files }) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
    });
    afterAll(() => it_?.close());

    async function byHand(path: string, form: Record<string, string>, bytes: string): Promise<void> {
        const body = new FormData();
        for (const [name, value] of Object.entries(form)) body.append(name, value);
        body.append(path === "upload/" ? "chunk" : "file", new Blob([bytes], { type: "image/svg+xml" }), "hand.svg");
        const headers = { Authorization: `Bearer ${it_.emulator.token}` };
        const answer = await fetch(new URL(path, it_.baseUrl), { method: "POST", headers, body });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    }

    test("no door opens without its password, what is ignored stays, and no run fails", async () => {
        it_.declare(program);
        await it_.stack.up();
        const outputs = await it_.stack.outputs();
        const [design, room, plan] = ["design", "room", "plan"].map((name) => String(outputs[name]?.value));
        await it_.api("POST", `share/${room}/update/`, { access_options: "Only members of the Share or Workspace" });
        await byHand(`workspace/${design}/assets/logo/`, {}, svg("theirs"));
        const theirs = {
            name: "plan.txt",
            size: "13",
            action: "update",
            instance_id: design ?? "",
            profile_type: "workspace",
        };
        await byHand("upload/", { ...theirs, file_id: plan?.split("/")[1] ?? "" }, "What they do.");

        const requests = await it_.requestsOf(() => it_.stack.up({ refresh: true }));
        expect(requests.filter(({ effect }) => effect !== "read")).toMatchObject([
            { method: "POST", path: expect.stringContaining(`/share/${room}/update/`) },
        ]);
        expect((await it_.api("GET", `share/${room}/details/`)).share).toMatchObject({
            access_options: link,
            password: true,
        });

        const again = await it_.requestsOf(async () => {
            const { summary } = await it_.stack.up({ refresh: true });
            expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
        });
        expect(again.filter(({ effect }) => effect !== "read")).toEqual([]);
    });

    test("what was declared stands encrypted in the state, and no run printed it", async () => {
        expect(JSON.stringify(await it_.stack.exportStack()).includes(password)).toBe(false);
        expect(it_.printed.includes(password)).toBe(false);
    });
});
