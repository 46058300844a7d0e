/** What only a whole run shows: names exchanged in one update, a changed secret in a preview, and a destroy that somebody's file refuses. */
import { fewerColumns } from "./columns";
import { type Declaration, Fixture } from "./fixture";

jest.setTimeout(120_000);

const program = (folderNames: readonly [string, string], password: string): Declaration[] => [
    { kind: "Organization", name: "company", args: { domain: "acme", name: "Acme" } },
    ...folderNames.map((folderName, index) => ({
        kind: "Workspace",
        name: `space-${index}`,
        args: { organizationId: "$company.id", folderName },
    })),
    {
        kind: "DataRoom",
        name: "room",
        args: {
            organizationId: "$company.id",
            name: "Series B",
            folders: ["Legal"],
            members: { "ann@example.com": "guest" },
            share: { accessOptions: "Anyone with the link", password: { $secret: password } },
        },
    },
];

describe.each(fewerColumns())("on $name", ({ engine, files, entry }) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
    });
    afterAll(() => it_?.close());

    test("two workspaces exchange their names in one update, and the preview names the password that changed", async () => {
        it_.declare(program(["acme-one", "acme-two"], "canary-of-before"));
        await it_.stack.up();
        const ids = await it_.stack.outputs();
        it_.declare(program(["acme-two", "acme-one"], "canary-of-after"));
        const { stdout, changeSummary } = await it_.stack.preview();
        expect(changeSummary).toMatchObject({ update: 3 });
        expect(stdout.split("[diff: ~folderName]")).toHaveLength(3);
        expect(stdout).toContain(
            entry === "pulumi-fastio"
                ? "Share room update [diff: ~password (secret)]"
                : "Share room update [diff: ~password]",
        );
        await it_.stack.up();
        expect(await it_.stack.outputs()).toEqual(ids);
        for (const [name, folderName] of [
            ["space-0", "acme-two"],
            ["space-1", "acme-one"],
        ] as const) {
            const { workspace } = await it_.api("GET", `workspace/${ids[name]?.value}/details/`);
            expect(workspace).toMatchObject({ folder_name: folderName });
        }
        expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
        expect(it_.printed).not.toContain("canary-of");
    });

    test("a destroy of a data room that holds somebody's file is refused and has changed nothing", async () => {
        const share = (await it_.ledgerAfter()).find(
            ({ effect, kind }) => effect === "created" && kind === "share",
        )?.id;
        const note = { name: "theirs.md", content: "# Theirs" };
        const { node } = await it_.api("POST", `share/${share}/storage/root/createnote/`, note);
        const requests = await it_.requestsOf(() =>
            expect(it_.stack.destroy()).rejects.toThrow(/the share \d{19} above it holds 1 file/),
        );
        expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
        await it_.api("DELETE", `share/${share}/storage/${node.id}/delete/`);
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    });
});
