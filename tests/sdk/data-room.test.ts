/** The component DataRoom: what it declares, in which order, under which names, and what it refuses. */
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "../../sdk";

interface Registered {
    kind: string;
    name: string;
    inputs: Record<string, unknown>;
}

let registered: Registered[] = [];

beforeAll(() =>
    pulumi.runtime.setMocks(
        {
            newResource({ type, name, inputs }) {
                const { __provider, __resource, ...properties } = inputs;
                registered.push({ kind: type.replace(/^.*:/, ""), name, inputs: properties });
                const kept = { ...properties, url: `https://fast.io/${name}`, claimUrl: "https://claim" };
                return { id: `${name}-id`, state: kept };
            },
            call: () => ({}),
        },
        "project",
        "stack",
    ),
);
beforeEach(() => {
    registered = [];
});

const settled = () => pulumi.runtime.disconnect();
const named = (kind: string) => registered.filter((one) => one.kind === kind).map(({ name }) => name);
const find = (kind: string, name = "room") => registered.find((one) => one.kind === kind && one.name === name);
const kindOf = (resource: pulumi.Resource) => resource.constructor.name;
const plain = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));
const text = new pulumi.asset.StringAsset("Confidential.");
const minimal = { organizationId: "1000000000000000001", name: "Series B" };

test("a name is enough: a workspace and a share in it", async () => {
    const room = new fastio.DataRoom("room", minimal);
    expect(await plain(room.url)).toBe("https://fast.io/room");
    await settled();
    expect(registered.map(({ kind }) => kind)).toEqual(["DataRoom", "Workspace", "Share"]);
    expect(find("DataRoom")?.inputs).toEqual({});
    expect(find("Workspace")).toMatchObject({
        inputs: { organizationId: "1000000000000000001", name: "Series B" },
    });
    expect(find("Share")).toMatchObject({ inputs: { workspaceId: "room-id", title: "Series B" } });
    expect([await plain(room.workspaceId), await plain(room.shareId), room.claimUrl]).toEqual([
        "room-id",
        "room-id",
        undefined,
    ]);
});

test.each(["receive", "exchange"] as const)(
    "an intake room, %s: the share shows a folder, and all lies there",
    async (shareType) => {
        new fastio.DataRoom("room", {
            ...minimal,
            share: { shareType },
            folders: ["Legal/Drafts"],
            documents: { "Terms.txt": text },
            members: { "ann@example.com": "guest" },
        });
        await settled();
        expect(find("Folder")?.inputs).toEqual({ workspaceId: "room-id", name: "Series B" });
        expect(find("Share")?.inputs).toMatchObject({
            shareType,
            storageMode: "workspace_folder",
            folderId: "room-id",
        });
        expect(find("Folder", "room/Legal")?.inputs).toEqual({
            workspaceId: "room-id",
            name: "Legal",
            parentId: "room-id",
        });
        expect(find("Folder", "room/Legal/Drafts")?.inputs).toMatchObject({ parentId: "room/Legal-id" });
        expect(find("File", "room/Terms.txt")?.inputs).toMatchObject({ workspaceId: "room-id", folderId: "room-id" });
        expect(find("ShareMember", "room/ann@example.com")?.inputs).toMatchObject({ shareId: "room-id" });
    },
);

test("a folder by its own name makes an intake room, and a storage mode of one's own is left as it is", async () => {
    new fastio.DataRoom("room", { ...minimal, folder: "In tray" });
    new fastio.DataRoom("own", { ...minimal, share: { shareType: "exchange", storageMode: "independent" } });
    await settled();
    expect(find("Folder")?.inputs).toMatchObject({ name: "In tray" });
    expect(find("Share")?.inputs).toMatchObject({ storageMode: "workspace_folder" });
    expect(find("Share", "own")?.inputs).toMatchObject({ storageMode: "independent" });
    expect(named("Folder")).toEqual(["room"]);
    expect(
        () => new fastio.DataRoom("both", { ...minimal, folder: "x", share: { storageMode: "independent" } }),
    ).toThrow(/"both": folder puts the share on a folder, so leave share.storageMode out/);
});

test("a workspace that is there is used, and the share may have its own title", async () => {
    const room = new fastio.DataRoom("room", {
        ...minimal,
        workspaceId: "2000000000000000001",
        share: { title: "For investors", shareType: "send" },
    });
    expect(await plain(room.workspaceId)).toBe("2000000000000000001");
    await plain(room.url);
    await settled();
    expect(named("Workspace")).toEqual([]);
    expect(find("Share")?.inputs).toEqual({
        workspaceId: "2000000000000000001",
        title: "For investors",
        shareType: "send",
    });
});

test("folders are made once, each below the one above it, also those that only documents need", async () => {
    const room = new fastio.DataRoom("room", {
        ...minimal,
        folders: ["Legal/Contracts", "Legal"],
        documents: { "Read me.txt": text, "Legal/Contracts/NDA.txt": text, "Figures/2025/Report.txt": text },
    });
    await plain(room.url);
    await settled();
    const folders = ["Legal", "Legal/Contracts", "Figures", "Figures/2025"];
    expect(named("Folder").sort()).toEqual(folders.map((path) => `room/${path}`).sort());
    expect(find("Folder", "room/Legal")?.inputs).toEqual({ shareId: "room-id", name: "Legal" });
    expect(find("Folder", "room/Legal/Contracts")?.inputs).toEqual({
        shareId: "room-id",
        name: "Contracts",
        parentId: "room/Legal-id",
    });
    expect(find("File", "room/Read me.txt")?.inputs).toMatchObject({ shareId: "room-id", name: "Read me.txt" });
    expect(find("File", "room/Legal/Contracts/NDA.txt")?.inputs).toMatchObject({
        name: "NDA.txt",
        folderId: "room/Legal/Contracts-id",
    });
});

test("a folder in composed and in decomposed letters is one, in the form that comes first", async () => {
    const [composed, decomposed] = ["Übersicht".normalize("NFC"), "Übersicht".normalize("NFD")];
    const room = new fastio.DataRoom("room", {
        ...minimal,
        folders: [decomposed],
        documents: { [`${composed}/a`]: text },
    });
    await plain(room.url);
    await settled();
    expect(named("Folder")).toEqual([`room/${decomposed}`]);
    expect(find("Folder", `room/${decomposed}`)?.inputs).toMatchObject({ name: decomposed });
    expect(find("File", `room/${composed}/a`)?.inputs).toMatchObject({ folderId: `room/${decomposed}-id` });
});

test("people come after the documents and the look, and the claim link after everything; all below the component", async () => {
    const options: Record<string, { parent: pulumi.Resource | undefined; after: string[] }> = {};
    const watch: pulumi.ResourceTransformation = ({ type, name, opts }) => {
        const after = [opts.dependsOn ?? []].flat() as pulumi.Resource[];
        options[`${type.replace(/^.*:/, "")} ${name}`] = { parent: opts.parent, after: after.map(kindOf).sort() };
        return undefined;
    };
    const room = new fastio.DataRoom(
        "room",
        {
            ...minimal,
            documents: { "Legal/NDA.txt": text },
            branding: { accentColor: "#204080" },
            members: { "Ann@Example.com": "guest" },
            handOver: true,
        },
        { transformations: [watch] },
    );
    expect(await plain(room.claimUrl ?? pulumi.output(""))).toBe("https://claim");
    await settled();
    expect(find("ShareMember", "room/ann@example.com")?.inputs).toEqual({
        shareId: "room-id",
        email: "ann@example.com",
        role: "guest",
    });
    const content = ["File", "Folder", "ShareBranding"];
    expect(Object.fromEntries(Object.entries(options).map(([name, { after }]) => [name, after]))).toEqual({
        "DataRoom room": [],
        "Workspace room": [],
        "Share room": [],
        "Folder room/Legal": [],
        "File room/Legal/NDA.txt": [],
        "ShareBranding room": [],
        "ShareMember room/ann@example.com": content,
        "TransferToken room": [...content, "Share", "ShareMember"].sort(),
    });
    const { "DataRoom room": _, ...below } = options;
    expect(Object.values(below).every(({ parent }) => parent === room)).toBe(true);
});

test.each<[string, Partial<fastio.DataRoomArgs>, string]>([
    ["an empty name in a folder's path", { folders: ["Legal//NDA"] }, 'folders["Legal//NDA"] must be names'],
    ["a path that begins with a slash", { folders: ["/Legal"] }, 'folders["/Legal"] must be names'],
    ["a document without a name", { documents: { "Legal/": text } }, 'documents["Legal/"] must be names'],
    ["a document where a folder is", { folders: ["A/B"], documents: { A: text } }, 'documents["A"] is a folder'],
    ["one person twice", { members: { "a@x.com": "view", "A@x.com": "admin" } }, 'members["A@x.com"] is there twice'],
    [
        "a document twice, in composed and in decomposed letters",
        { documents: { ["Ü.txt".normalize("NFC")]: text, ["Ü.txt".normalize("NFD")]: text } },
        `documents["${"Ü.txt".normalize("NFD")}"] is there twice`,
    ],
    [
        "a document where a folder is, in other letters",
        { folders: ["Ü".normalize("NFC")], documents: { ["Ü".normalize("NFD")]: text } },
        `documents["${"Ü".normalize("NFD")}"] is a folder`,
    ],
    [
        "backslashes between names",
        { documents: { "Legal\\Terms.pdf": text } },
        'documents["Legal\\\\Terms.pdf"] holds a backslash: write Legal/Terms.pdf',
    ],
    [
        "a folder with backslashes",
        { folders: ["Legal\\NDA"] },
        'folders["Legal\\\\NDA"] holds a backslash: write Legal/NDA',
    ],
])("refused: %s", (_, args, reason) => {
    const make = () => new fastio.DataRoom("room", { ...minimal, ...args });
    expect(make).toThrow(`DataRoom "room": ${reason}`);
});
