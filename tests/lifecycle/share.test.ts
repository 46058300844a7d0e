/** Shares and the members of shares and organizations, from declared to gone, through each front-end on every engine. */
import { resourcesByKind } from "../../provider/resources";
import { fewerColumns } from "./columns";
import { type Declaration, Fixture } from "./fixture";

jest.setTimeout(120_000);

const sample = (kind: string, which: "minimal" | "full" | "changed") => resourcesByKind.get(kind)?.samples[which] ?? {};

function program(which: "minimal" | "full" | "changed"): Declaration[] {
    const shared = { workspaceId: "$design.id", title: "Contracts" };
    return [
        { kind: "Organization", name: "company", args: { domain: "acme", name: "Acme" } },
        { kind: "Workspace", name: "design", args: { organizationId: "$company.id", folderName: "acme-design" } },
        { kind: "Share", name: "report", args: { ...sample("Share", which), workspaceId: "$design.id" } },
        { kind: "Share", name: "unnamed", args: shared },
        {
            kind: "OrganizationMember",
            name: "colleague",
            args: { ...sample("OrganizationMember", which), organizationId: "$company.id" },
        },
        {
            kind: "ShareMember",
            name: "client",
            args: { ...sample("ShareMember", which), shareId: "$report.id", email: "client@example.com" },
        },
    ];
}

describe.each(fewerColumns())("shares and members on $name", ({ engine, files }) => {
    let it_: Fixture;
    let ids: Record<string, string>;
    const password = String(sample("Share", "full").password);

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
    });
    afterAll(() => it_?.close());

    async function up() {
        const result = await it_.stack.up();
        ids = Object.fromEntries(Object.entries(await it_.stack.outputs()).map(([name, { value }]) => [name, value]));
        return result.summary.resourceChanges;
    }

    async function expectConverged() {
        const requests = await it_.requestsOf(async () => {
            expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
            expect(Object.keys((await it_.stack.up()).summary.resourceChanges ?? {})).toEqual(["same"]);
        });
        expect(requests).toEqual([]);
        expect(Object.keys((await it_.stack.refresh()).summary.resourceChanges ?? {})).toEqual(["same"]);
    }

    const share = async () => (await it_.api("GET", `share/${ids.report}/details/`)).share;
    const people = (path: string) => it_.people(path);

    test("a preview makes no request, and up makes everything", async () => {
        it_.declare(program("full"));
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ create: 7 });
        });
        expect(requests).toEqual([]);
        expect(await up()).toEqual({ create: 7 });
        expect(await share()).toMatchObject({ title: "Q4 Report", password: true, share_type: "send" });
        expect(await it_.census()).toMatchObject({ shares: 2, invitations: 2 });
        await expectConverged();
    });

    test("every property changes in place", async () => {
        const before = ids;
        it_.declare(program("changed"));
        expect(await up()).toEqual({ same: 4, update: 3 });
        expect(ids).toEqual(before);
        expect(await share()).toMatchObject({ title: "Q4 Questions", password: false, archived: true });
        expect(await people(`share/${ids.report}`)).toContainEqual(expect.objectContaining({ permissions: "admin" }));
    });

    test("what is no longer declared goes back, and the name stays", async () => {
        it_.declare(program("minimal"));
        await up();
        expect(await share()).toMatchObject({
            custom_name: "acme-q4-questions",
            custom_url: null,
            access_options: "Only members of the Share or Workspace",
            anonymous_uploads_enabled: false,
            archived: false,
            expires: null,
        });
        await expectConverged();
    });

    test("a share that somebody opened shows as drift, and is closed again", async () => {
        await it_.api("POST", `share/${ids.report}/update/`, {
            share_type: "send",
            access_options: "Anyone with the link",
        });
        await it_.stack.refresh();
        expect((await it_.stack.preview()).stdout).toContain("[diff: ~accessOptions]");
        await up();
        expect(await share()).toMatchObject({ access_options: "Only members of the Share or Workspace" });
    });

    test("renamed in the program: the members stay, and so does the named share", async () => {
        const renamed = program("minimal").map((one) =>
            ["colleague", "client"].includes(one.name) ? { ...one, name: `${one.name}-2` } : one,
        );
        it_.declare(renamed);
        expect(await up()).toMatchObject({ create: 2, delete: 2 });
        expect(await people(`share/${ids.report}`)).toHaveLength(2);
        expect(await people(`org/${ids.company}`)).toHaveLength(2);
    });

    test("destroy leaves nothing, and the password was never shown", async () => {
        const state = JSON.stringify(await it_.stack.exportStack());
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect([it_.printed, state].some((text) => text.includes(password))).toBe(false);
    });
});
