/** One program of sixty resources of all kinds: made, renamed, changed in everything, and gone, on every engine. */
import { resources, resourcesByKind } from "../../provider/resources";
import { availableEngines } from "../engines/engines";
import { type Declaration, Fixture } from "./fixture";

jest.setTimeout(180_000);

type Which = "minimal" | "full" | "changed";

const sample = (kind: string, which: Which) => resourcesByKind.get(kind)?.samples[which] ?? {};
const roles = ["admin", "member", "guest"];

/** The names that people see, of everything that has children. */
interface Names {
    organization: { domain: string; name: string };
    workspace: (index: number) => { name: string; folderName: string };
    share: (index: number) => { title: string; customName: string };
    folder: (name: string) => string;
}

const names: Names = {
    organization: { domain: "acme", name: "Acme" },
    workspace: (index) => ({ name: `Workspace ${index}`, folderName: `acme-${index}` }),
    share: (index) => ({ title: `Share ${index}`, customName: `acme-share-${index}` }),
    folder: (name) => name,
};

const renamed: Names = {
    organization: { domain: "acme-group", name: "Acme Group" },
    workspace: (index) => ({ name: `Place ${index}`, folderName: `acme-place-${index}` }),
    share: (index) => ({ title: `Room ${index}`, customName: `acme-room-${index}` }),
    folder: (name) => `${name} of today`,
};

/** Three workspaces with their people and storage, three shares, one of them of a workspace's folder. */
function program(which: Which, called: Names): Declaration[] {
    const all: Declaration[] = [];
    const declare = (kind: string, name: string, args: Record<string, unknown>, base = sample(kind, which)) => {
        all.push({ kind, name, args: { ...base, ...args } });
    };
    /** The folder of a sample is one that is there. */
    const node = (kind: string, place: Record<string, unknown>) => {
        const { workspaceId: _, folderId: __, parentId: ___, ...rest } = sample(kind, which);
        return { ...rest, ...place };
    };
    const storage = (prefix: string, place: Record<string, unknown>) => {
        const [first, second] = which === "changed" ? ["b", "a"] : ["a", "b"];
        for (const name of ["a", "b"]) {
            declare("Folder", `${prefix}-${name}`, { ...place, name: called.folder(name) }, {});
        }
        const within = { name: called.folder("c"), parentId: `$${prefix}-${first}.id` };
        declare("Folder", `${prefix}-c`, { ...node("Folder", place), ...within }, {});
        declare("File", `${prefix}-plan`, { ...node("File", place), folderId: `$${prefix}-${second}.id` }, {});
    };
    const people = (kind: string, prefix: string, parent: Record<string, unknown>, count: number) => {
        for (let index = 0; index < count; index += 1) {
            const email = `${prefix}-${index}@example.com`;
            const role = roles[(index + (which === "changed" ? 1 : 0)) % (kind === "OrganizationMember" ? 2 : 3)];
            declare(kind, `${prefix}-person-${index}`, { ...parent, email, role });
        }
    };

    declare("Organization", "company", called.organization);
    declare("OrganizationBranding", "company-look", { organizationId: "$company.id" });
    declare("TransferToken", "handover", { organizationId: "$company.id" });
    people("OrganizationMember", "company", { organizationId: "$company.id" }, 6);
    for (let index = 0; index < 3; index += 1) {
        const workspace = { workspaceId: `$workspace-${index}.id` };
        declare("Workspace", `workspace-${index}`, { organizationId: "$company.id", ...called.workspace(index) });
        declare("WorkspaceBranding", `workspace-${index}-look`, workspace);
        people("WorkspaceMember", `workspace-${index}`, workspace, 4);
        storage(`workspace-${index}`, workspace);

        const share = { shareId: `$share-${index}.id` };
        const ofFolder = { storageMode: "workspace_folder", folderId: "$workspace-1-a.id", shareType: "exchange" };
        const args = { ...workspace, ...called.share(index), customUrl: `acme-share-address-${index}` };
        if (index === 1) declare("Share", "share-1", { ...args, ...ofFolder }, {});
        else declare("Share", `share-${index}`, args);
        declare("ShareBranding", `share-${index}-look`, share);
        people("ShareMember", `share-${index}`, share, index === 2 ? 3 : 4);
        if (index === 0) storage("share-0", share);
    }
    return all;
}

describe.each(availableEngines())("sixty resources of all kinds on $name", (engine) => {
    let it_: Fixture;
    const parents = program("full", names).filter(({ kind }) =>
        ["Organization", "Workspace", "Share", "Folder"].includes(kind),
    ).length;

    beforeAll(async () => {
        it_ = await Fixture.open(engine);
    });
    afterAll(() => it_?.close());

    async function expectConverged() {
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ same: 61 });
        });
        expect(requests).toEqual([]);
    }

    test("there are sixty of them, of every kind", () => {
        const declared = program("full", names);
        expect(declared).toHaveLength(60);
        expect(new Set(declared.map(({ kind }) => kind))).toEqual(new Set(resources.map(({ kind }) => kind)));
    });

    test("up makes all of them, and nothing is left to do", async () => {
        it_.declare(program("full", names));
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 61 });
        expect(await it_.census()).toMatchObject({ organizations: 1, workspaces: 3, shares: 3, folders: 12, files: 4 });
        await expectConverged();
    });

    test("every parent gets another name, and nothing below it is replaced", async () => {
        it_.declare(program("full", renamed));
        expect((await it_.stack.preview()).changeSummary).toEqual({ update: parents, same: 61 - parents });
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ update: parents, same: 61 - parents });
        await expectConverged();
    });

    test("everything that can change does so in one run, and a refresh finds it as declared", async () => {
        it_.declare(program("changed", renamed));
        const { resourceChanges = {} } = (await it_.stack.up()).summary;
        // Only a token's triggers replace; folders that changed nothing but their neighbours' places stay.
        expect(resourceChanges).toMatchObject({ replace: 1 });
        const { summary, stdout } = await it_.stack.refresh();
        expect(summary.resourceChanges?.same === 61 ? "" : stdout).toBe("");
        await expectConverged();
    });

    test("destroy leaves nothing, and a second one has nothing to do", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        const requests = await it_.requestsOf(() => it_.stack.destroy());
        expect(requests).toEqual([]);
    });
});
