/** The guards of everything above are asked before the first delete below: after a refusal nothing has changed. */
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, Service } from "./fixture";

let service: Service;
let process: Process;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => process.close());

interface Room {
    organization: Resource;
    workspace: Resource;
    share: Resource;
    /** All of it, each after what it needs. */
    all: Resource[];
    args: Map<Resource, Properties>;
}

/** A data room with documents, people and a look, in a workspace and an organization of the same program. */
async function room(forced: readonly string[] = []): Promise<Room> {
    const earlier = new Process(service);
    const args = new Map<Resource, Properties>();
    const make = async (kind: string, name: string, given: Properties) => {
        const declared = forced.includes(kind) ? { ...given, forceDestroy: true } : given;
        const resource = new Resource(kind, name);
        await resource.up(earlier, declared);
        args.set(resource, declared);
        return resource;
    };
    const organization = await make("Organization", "acme", { domain: "acme", name: "Acme" });
    const workspace = await make("Workspace", "deal", { organizationId: organization.ownId });
    const share = await make("Share", "room", { workspaceId: workspace.ownId, title: "Room" });
    const shareId = share.ownId;
    const folder = await make("Folder", "legal", { shareId, name: "Legal" });
    await make("File", "terms", { shareId, folderId: folder.ownId, name: "terms.txt", source: textAsset("Terms") });
    await make("File", "plan", { workspaceId: workspace.ownId, name: "plan.txt", source: textAsset("Plan") });
    await make("ShareBranding", "look", { shareId, accentColor: "#0055ff" });
    await make("ShareMember", "ann", { shareId, email: "ann@example.com", role: "guest" });
    await make("WorkspaceMember", "ben", { workspaceId: workspace.ownId, email: "ben@example.com", role: "guest" });
    await make("OrganizationMember", "cat", {
        organizationId: organization.ownId,
        email: "cat@example.com",
        role: "member",
    });
    await earlier.close();
    return { organization, workspace, share, all: [...args.keys()], args };
}

/** A destroy as an engine does it: nothing is checked, and a failure stops what has not begun. */
async function destroy(resources: readonly Resource[], run = process): Promise<Error | undefined> {
    for (const one of [...resources].reverse()) {
        if (one.id === undefined) continue;
        const failure = await one.delete(run).then(
            () => undefined,
            (error: Error) => error,
        );
        if (failure !== undefined) return failure;
    }
    return undefined;
}

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
    const requests = await service.requestsOf(work);
    return requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

const note = (segment: "workspace" | "share", id: string) => service.note(segment, id, "theirs.md");
const file = (segment: "workspace" | "share", id: string, name = "theirs.bin") =>
    service.upload(segment, id, name, "data", { folder_id: "root" });

async function workspaceOfSomebody(organization: string): Promise<void> {
    const { token, email } = await service.account("dan@example.com");
    await service.api("POST", `org/${organization}/members/${email}/`, { permissions: "member" });
    await service.workspace(organization, "of-dan", token);
}

type Theirs = [what: string, put: (room: Room) => Promise<unknown>, named: RegExp];
const theirs: Theirs[] = [
    ["a note in the share", ({ share }) => note("share", share.ownId), /the share \d+ above it holds 1 file/],
    ["a file in the share", ({ share }) => file("share", share.ownId), /the share \d+ above it holds 1 file/],
];
const theirsAbove: Theirs[] = [
    [
        "a note in the workspace",
        ({ workspace }) => note("workspace", workspace.ownId),
        /the workspace \d+ above it holds 1 file/,
    ],
    [
        "a file in the workspace",
        ({ workspace }) => file("workspace", workspace.ownId),
        /the workspace \d+ above it holds 1 file/,
    ],
    [
        "a workspace in the organization",
        ({ organization }) => workspaceOfSomebody(organization.ownId),
        /the organization \d+ above it holds 1 workspace/,
    ],
];

test("a destroy of what the program made itself goes through", async () => {
    const { all } = await room();
    expect(await destroy(all)).toBeUndefined();
    expect(await service.control("GET", "census")).toMatchObject({
        organizations: 0,
        workspaces: 0,
        shares: 0,
        files: 0,
    });
});

const below = (room: Room, kinds: readonly string[]) => room.all.filter(({ kind }) => kinds.includes(kind));

test.each(theirs)("with %s nothing below the share is deleted", async (_what, put, named) => {
    const made = await room();
    await put(made);
    for (const one of below(made, ["ShareMember", "ShareBranding", "Folder", "File"]).filter(
        ({ name }) => name !== "plan",
    )) {
        let failure: Error | undefined;
        expect(
            await writesOf(async () => {
                failure = await destroy([one], new Process(service));
            }),
        ).toEqual([]);
        expect(failure?.message).toMatch(named);
        expect(failure?.message).toContain("remove it from the program and run `pulumi up`");
    }
});

test.each(theirsAbove)("with %s nothing below it is deleted", async (_what, put, named) => {
    const made = await room();
    await put(made);
    const organization = _what.includes("organization");
    const { all } = made;
    const under = all.filter(
        ({ kind }) =>
            kind !== "Organization" &&
            (organization || !/^(Organization|Workspace)(Member)?$/.test(kind) || kind === "WorkspaceMember"),
    );
    for (const one of under) {
        let failure: Error | undefined;
        expect(
            await writesOf(async () => {
                failure = await destroy([one], new Process(service));
            }),
        ).toEqual([]);
        expect(failure?.message).toMatch(named);
    }
});

test.each([...theirs, ...theirsAbove])("with %s all goes with forceDestroy on the parents", async (_what, put) => {
    const made = await room(["Organization", "Workspace", "Share", "Folder"]);
    await put(made);
    expect(await destroy(made.all)).toBeUndefined();
    expect(await service.control("GET", "census")).toMatchObject({ organizations: 0, workspaces: 0, shares: 0 });
});

test.each([...theirs, ...theirsAbove])(
    "with %s all goes with forceDestroy set on the parents later, and taken away it stops",
    async (_what, put) => {
        const made = await room();
        await put(made);
        const up = async (forceDestroy: boolean) => {
            const later = new Process(service);
            for (const one of made.all) {
                const given = made.args.get(one) ?? {};
                await one.up(
                    later,
                    ["Organization", "Workspace", "Share", "Folder"].includes(one.kind)
                        ? { ...given, forceDestroy }
                        : given,
                );
            }
            const again = new Process(service);
            for (const one of made.all) {
                const given = made.args.get(one) ?? {};
                const declared = ["Organization", "Workspace", "Share", "Folder"].includes(one.kind)
                    ? { ...given, forceDestroy }
                    : given;
                expect(one.preview(again, declared)).toEqual({ step: "same", properties: [] });
            }
            await Promise.all([later.close(), again.close()]);
        };
        await up(true);
        await up(false);
        expect((await destroy(made.all, new Process(service)))?.message).toMatch(/would be refused/);
        await up(true);
        expect(await destroy(made.all)).toBeUndefined();
        expect(await service.control("GET", "census")).toMatchObject({ organizations: 0, workspaces: 0, shares: 0 });
    },
);

test("a removal of one person from the program is no delete of the room", async () => {
    const made = await room();
    await note("share", made.share.ownId);
    const ann = made.all.find(({ name }) => name === "ann") as Resource;
    for (const one of made.all.filter((one) => one !== ann)) await one.up(process, made.args.get(one) ?? {});
    await ann.delete(process);
    expect(await service.member(made.share.ownId, "ann@example.com", "share")).toBeUndefined();
});

test("a removal of the room from the program asks before it puts people out", async () => {
    const made = await room();
    await note("share", made.share.ownId);
    await made.organization.up(process, made.args.get(made.organization) ?? {});
    await made.workspace.up(process, made.args.get(made.workspace) ?? {});
    const ann = made.all.find(({ name }) => name === "ann") as Resource;
    expect(await writesOf(() => failureOf(ann.delete(process)))).toEqual([]);
});

test("a replacement asks before the first delete of what depends on it", async () => {
    const made = await room();
    await note("share", made.share.ownId);
    const { organization, workspace, share, args } = made;
    for (const one of [organization, workspace]) await one.up(process, args.get(one) ?? {});
    const declared = { ...args.get(share), storageMode: "workspace_folder", folderId: `${workspace.ownId}/2abcd` };
    expect(share.preview(process, declared)).toMatchObject({ step: "replaced" });
    const ann = made.all.find(({ name }) => name === "ann") as Resource;
    expect(await writesOf(() => failureOf(ann.delete(process)))).toEqual([]);
});

test("what a workspace that is only looked up holds is not in the way", async () => {
    const { id: organizationId } = await service.organization("acme");
    const { id: workspaceId } = await service.workspace(organizationId, "looked-up");
    await note("workspace", workspaceId);
    const member = new Resource("WorkspaceMember", "ann");
    const earlier = new Process(service);
    await member.up(earlier, { workspaceId, email: "ann@example.com", role: "guest" });
    await earlier.close();
    expect(await destroy([member])).toBeUndefined();
});

test("a parent that the engine leaves alone refuses nothing", async () => {
    const { id: organizationId } = await service.organization("acme");
    const workspace = new Resource("Workspace", "kept");
    const member = new Resource("WorkspaceMember", "ann");
    const earlier = new Process(service);
    await workspace.up(earlier, { organizationId, __retain: true });
    await member.up(earlier, { workspaceId: workspace.ownId, email: "ann@example.com", role: "guest" });
    await earlier.close();
    await note("workspace", workspace.ownId);
    expect(await destroy([member])).toBeUndefined();
});

test("a file that was imported is known to a destroy that refreshes", async () => {
    const made = await room();
    await file("share", made.share.ownId);
    const imported = new Resource("File", "theirs");
    await new Process(service).lifecycle
        .read({ kind: "File" }, `${made.share.ownId}/theirs.bin`, { inputs: {}, outputs: {} })
        .then((found) => {
            imported.id = found?.id;
            imported.known = { inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
        });
    const all = [...made.all, imported];
    const ann = made.all.find(({ name }) => name === "ann") as Resource;
    expect((await failureOf(ann.delete(new Process(service)))).message).toContain("`pulumi destroy --refresh`");
    for (const one of all) await one.refresh(process);
    expect(await destroy(all)).toBeUndefined();
});
