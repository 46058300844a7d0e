/** Names that resources of one program exchange in one run, what a run cannot know of them, and what a killed run leaves. */
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, Service } from "./fixture";

let service: Service;
let process: Process;
let organizationId: string;
let workspaceId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.organization("acme")).id;
    await service.control("POST", "plan", { organizationId, paid: true });
    workspaceId = (await service.workspace(organizationId, "design")).id;
});
afterEach(() => process.close());

async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

interface Bench {
    name: string;
    kind: string;
    args(name: string): Properties;
    names: readonly [string, string, string];
    /** The name that the service shows. */
    shown(resource: Resource): Promise<unknown>;
}

const node = async (resource: Resource) => {
    const path = `workspace/${workspaceId}/storage/${resource.ownId.split("/")[1]}/details/`;
    return (await service.api("GET", path)).node.name;
};

const benches: Bench[] = [
    {
        name: "files",
        kind: "File",
        args: (name) => ({ workspaceId, name, source: textAsset("What we do.") }),
        names: ["a.txt", "b.txt", "c.txt"],
        shown: node,
    },
    {
        name: "folders",
        kind: "Folder",
        args: (name) => ({ workspaceId, name }),
        names: ["A", "B", "C"],
        shown: node,
    },
    {
        name: "folder names of workspaces",
        kind: "Workspace",
        args: (folderName) => ({ organizationId, name: "Room", folderName }),
        names: ["room-a", "room-b", "room-c"],
        shown: async ({ ownId }) => (await service.api("GET", `workspace/${ownId}/details/`)).workspace.folder_name,
    },
    {
        name: "custom names of shares",
        kind: "Share",
        args: (customName) => ({ workspaceId, title: "Room", customName }),
        names: ["share-a", "share-b", "share-c"],
        shown: async ({ ownId }) => (await service.api("GET", `share/${ownId}/details/`)).share.custom_name,
    },
    {
        name: "custom addresses of shares",
        kind: "Share",
        args: (customUrl) => ({ workspaceId, title: "Room", customUrl }),
        names: ["custom-address-a", "custom-address-b", "custom-address-c"],
        shown: async ({ ownId }) => (await service.api("GET", `share/${ownId}/details/`)).share.custom_url,
    },
    {
        name: "domains of organizations",
        kind: "Organization",
        args: (domain) => ({ domain, name: "Room" }),
        names: ["acme-a", "acme-b", "acme-c"],
        shown: async ({ ownId }) => (await service.api("GET", `org/${ownId}/details/`)).org.domain,
    },
];

describe.each(benches)("$name", ({ kind, args, names, shown }) => {
    let ring: Resource[];
    const target = (index: number, size: number) => args(String(names[(index + 1) % size]));

    async function made(size: number): Promise<Resource[]> {
        const resources = names.slice(0, size).map((name) => new Resource(kind, `the-${name}`));
        for (const [index, resource] of resources.entries()) await resource.up(process, args(String(names[index])));
        await nextRun();
        return resources;
    }

    async function rotated(size: number): Promise<void> {
        for (const [index, resource] of ring.entries()) expect(await shown(resource)).toBe(names[(index + 1) % size]);
        for (const resource of ring) expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    }

    test.each([
        [2, "one after the other"],
        [3, "one after the other"],
        [2, "at the same time"],
        [3, "at the same time"],
    ] as const)("%i of them, %s: one run, and the ids stay", async (size, when) => {
        ring = await made(size);
        const ids = ring.map(({ id }) => id);
        for (const [index, resource] of ring.entries()) resource.preview(process, target(index, size));
        if (when === "at the same time")
            await Promise.all(ring.map((resource, index) => resource.up(process, target(index, size))));
        else for (const [index, resource] of ring.entries()) await resource.up(process, target(index, size));
        expect(ring.map(({ id }) => id)).toEqual(ids);
        await rotated(size);
        for (const [index, resource] of ring.entries())
            expect(resource.preview(process, target(index, size)).step).toBe("same");
    });

    test("killed half-way, the next run goes on", async () => {
        ring = await made(2);
        const [first, second] = ring as [Resource, Resource];
        const second1 = target(1, 2);
        second.preview(process, second1);
        await first.up(process, target(0, 2));
        // The second one has a temporary name, and the state knows nothing of it.
        expect(await shown(second)).toMatch(/^moving-[0-9a-f]{32}$/);
        await nextRun();
        expect(first.preview(process, target(0, 2)).step).toBe("same");
        await second.up(process, second1);
        await rotated(2);
    });

    test("a new one takes the name that another gives up", async () => {
        ring = await made(2);
        const [first, second] = ring as [Resource, Resource];
        first.preview(process, args(names[2]));
        const fresh = new Resource(kind, "fresh");
        await fresh.up(process, args(names[0]));
        await first.up(process, args(names[2]));
        expect(await Promise.all([fresh, first, second].map(shown))).toEqual([names[0], names[2], names[1]]);
    });

    test("of one that keeps it: the error names the resource, and nothing is changed", async () => {
        ring = await made(2);
        const [first, second] = ring as [Resource, Resource];
        expect(second.preview(process, args(names[1])).step).toBe("same");
        const { message } = await failureOf(first.up(process, args(names[1])));
        expect(message).toContain(`It belongs to "the-${names[1]}", a resource of this program that keeps this name`);
        expect(message).not.toContain("pulumi import");
        expect(await Promise.all(ring.map(shown))).toEqual([names[0], names[1]]);
    });

    test("of one that the run has not come to: the error gives the two steps, and nothing is changed", async () => {
        ring = await made(2);
        const { message } = await failureOf((ring[0] as Resource).up(process, target(0, 2)));
        expect(message).toMatch(/it takes two steps: give that one its new name and run `pulumi up`; then/);
        expect(await Promise.all(ring.map(shown))).toEqual([names[0], names[1]]);
    });
});

test("files exchange their places with their names, and neither lies where it may not in between", async () => {
    const folders = [new Resource("Folder", "open"), new Resource("Folder", "closed")];
    const [open, closed] = folders as [Resource, Resource];
    await open.up(process, { workspaceId, name: "Open" });
    await closed.up(process, { workspaceId, name: "Closed" });
    const source = textAsset("What we do.");
    const place = (folder: Resource, name: string) => ({ workspaceId, folderId: folder.id, name, source });
    const [a, b] = [new Resource("File", "a"), new Resource("File", "b")];
    await a.up(process, place(open, "x.txt"));
    await b.up(process, place(closed, "x.txt"));
    await nextRun();
    a.preview(process, place(closed, "x.txt"));
    b.preview(process, place(open, "x.txt"));
    const request = process.request.bind(process);
    const moves: string[] = [];
    process.request = (options) => {
        if (/\/(move|delete)\/$/.test(options.path)) moves.push(options.path);
        return request(options);
    };
    await Promise.all([a.up(process, place(closed, "x.txt")), b.up(process, place(open, "x.txt"))]);
    expect(moves).toHaveLength(2);
    for (const file of [a, b]) expect(await file.refresh(process)).toEqual({ exists: true, drift: [] });
});

test("shares exchange their names: the access of each stays as it is, and a temporary name cannot be guessed", async () => {
    const args = (customName: string, accessOptions: string) => ({
        workspaceId,
        title: "Room",
        customName,
        shareType: "send",
        accessOptions,
    });
    const [open, closed] = ["Anyone with the link", "Only members of the Share or Workspace"] as const;
    const [a, b] = [new Resource("Share", "a"), new Resource("Share", "b")];
    await a.up(process, args("share-a", open));
    await b.up(process, args("share-b", closed));
    await nextRun();
    const request = process.request.bind(process);
    const seen = new Set<string>();
    process.request = async (options) => {
        const answer = await request(options);
        for (const { ownId } of [a, b]) {
            const { share } = await service.api("GET", `share/${ownId}/details/`);
            seen.add(`${ownId === a.id ? "a" : "b"}: ${share.access_options}`);
        }
        return answer;
    };
    a.preview(process, args("share-b", open));
    b.preview(process, args("share-a", closed));
    await Promise.all([a.up(process, args("share-b", open)), b.up(process, args("share-a", closed))]);
    expect([...seen].sort()).toEqual([`a: ${open}`, `b: ${closed}`]);
    expect(process.text).not.toContain("moving-");
});

test("an archived workspace gives its name up, and is archived again", async () => {
    const args = (folderName: string, archived: boolean) => ({ organizationId, name: "Room", folderName, archived });
    const [a, b] = [new Resource("Workspace", "a"), new Resource("Workspace", "b")];
    await a.up(process, args("room-a", false));
    await b.up(process, args("room-b", true));
    await nextRun();
    b.preview(process, args("room-a", true));
    await a.up(process, args("room-b", false));
    const details = async () => (await service.api("GET", `workspace/${b.id}/details/`)).workspace;
    expect((await details()).archived).toBe(true);
    await b.up(process, args("room-a", true));
    expect(await details()).toMatchObject({ archived: true, folder_name: "room-a" });
});

describe("a file becomes a folder, or the other way round", () => {
    test.each(["File", "Folder"] as const)(
        "the place of a %s: the error says that it goes only at the end, and gives the two steps",
        async (kind) => {
            const there = new Resource(kind, "there");
            const content = { source: textAsset("What we do.") };
            await there.up(process, { workspaceId, name: "A1", ...(kind === "File" && content) });
            await nextRun();
            const other = kind === "File" ? "Folder" : "File";
            const declared = { workspaceId, name: "A1", ...(other === "File" && content) };
            const { message } = await failureOf(new Resource(other, "new").up(process, declared));
            expect(message).toContain(`name: a ${kind.toLowerCase()} there has the name "A1" already (${there.id}).`);
            expect(message).toContain("it goes only at the end of an update, which takes two steps");
            expect(message).toContain(`run \`pulumi up\` without this ${other.toLowerCase()}, then with it`);
            expect(message).not.toMatch(/pulumi import|alias/);
            // The two steps.
            await there.delete(await nextRun());
            expect(await new Resource(other, "new").up(await nextRun(), declared)).toBe("created");
        },
    );
});

test.each(["File", "Folder"] as const)("a forced replacement of a %s says what is in the way: itself", async (kind) => {
    const resource = new Resource(kind, "plan");
    const args = { workspaceId, name: "A1", ...(kind === "File" && { source: textAsset("What we do.") }) };
    await resource.up(process, args);
    await nextRun();
    const given = { ...args, __resource: resource.urn };
    process.lifecycle.check({ kind }, resource.known.inputs, given);
    const { inputs } = process.lifecycle.check({ kind }, {}, given);
    const { message } = await failureOf(process.lifecycle.create({ kind, urn: resource.urn }, inputs));
    expect(message).toContain(`${resource.id} has the name "A1", and it is the one that is to be replaced`);
    expect(message).toContain("deleteBeforeReplace");
    expect(message).not.toContain("pulumi import");
});

describe.each([true, false])("names in decomposed letters, of a service that composes them: %s", (composes) => {
    const decomposed = (text: string) => text.normalize("NFD");
    beforeEach(() => service.control("POST", "names", { composes }));

    const cases: [string, () => [kind: string, args: Properties]][] = [
        ["File", () => ["File", { workspaceId, name: decomposed("Prüfung.txt"), source: textAsset("What we do.") }]],
        ["Folder", () => ["Folder", { workspaceId, name: decomposed("Übersicht") }]],
        [
            "Workspace",
            () => [
                "Workspace",
                { organizationId, name: decomposed("Übersicht"), folderName: decomposed("übersicht-2026") },
            ],
        ],
        [
            "Share",
            () => [
                "Share",
                {
                    workspaceId,
                    title: decomposed("Übersicht"),
                    customName: decomposed("übersicht-2026"),
                    description: decomposed("Die Übersicht über alles."),
                },
            ],
        ],
    ];

    test.each(cases)("%s: made, changed, refreshed and found again, each once, in the declared form", async (_, of) => {
        const [kind, args] = of();
        const resource = new Resource(kind);
        await resource.up(process, args);
        expect(await resource.refresh(await nextRun())).toEqual({ exists: true, drift: [] });
        const { intelligence: _i, ...kept } = resource.inputs;
        expect(kept).toMatchObject(args);
        const composed = Object.fromEntries(
            Object.entries(args).map(([name, value]) => [name, typeof value === "string" ? value.normalize() : value]),
        );
        expect(resource.preview(process, args).step).toBe("same");
        expect(resource.preview(process, composed).step).toBe("same");
        const label = "title" in args ? "title" : "name";
        const changed = { ...args, [label]: decomposed(`Öffentliche ${String(args[label])}`) };
        expect(await resource.up(process, changed)).toBe("updated");
        expect(await resource.refresh(await nextRun())).toEqual({ exists: true, drift: [] });
    });

    test.each(["File", "Folder"])("%s: what has the name in composed letters is in the way", async (kind) => {
        const more = kind === "File" ? { source: textAsset("What we do.") } : {};
        const form = { name: "Übersicht".normalize("NFC") };
        await service.api("POST", `workspace/${workspaceId}/storage/root/createfolder/`, form);
        const { message } = await failureOf(
            new Resource(kind).up(process, { workspaceId, name: decomposed("Übersicht"), ...more }),
        );
        expect(message).toContain("folder there has the name");
    });
});

test("a text that the service keeps otherwise is told as it is shown, and not put down to a plan", async () => {
    const folder = new Resource("Folder", "legal");
    const id = "2abcd-efghi-jklmn-opqrs-tuvwx-yz23";
    const node = {
        id,
        type: "folder",
        name: "Legal (2)",
        parent: "root",
        created: "2026-02-12 12:00:00",
        modified: "2026-02-12 12:00:00",
    };
    process.troubles.push(
        { method: "POST", path: /createfolder/, how: { status: 200, body: { result: true, node } } },
        { method: "POST", path: /\/update\//, how: { status: 200, body: { result: true, node } } },
        { method: "GET", path: /yz23\/details/, how: { status: 200, body: { result: true, node } } },
    );
    const { message } = await failureOf(folder.up(process, { workspaceId, name: "Legal" }));
    expect(message).toContain('accepted name and did not make the change. It shows "Legal (2)" for name.');
    expect(message).not.toContain("plan");
});
