/** A program of sixty resources of all kinds: three workspaces with their people and storage, three shares, one of them of a workspace's folder. */
import { metaOf } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import type { Declaration } from "./fixture";

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

export const names: Names = {
    organization: { domain: "acme", name: "Acme" },
    workspace: (index) => ({ name: `Workspace ${index}`, folderName: `acme-${index}` }),
    share: (index) => ({ title: `Share ${index}`, customName: `acme-share-${index}` }),
    folder: (name) => name,
};

export const renamed: Names = {
    organization: { domain: "acme-group", name: "Acme Group" },
    workspace: (index) => ({ name: `Place ${index}`, folderName: `acme-place-${index}` }),
    share: (index) => ({ title: `Room ${index}`, customName: `acme-room-${index}` }),
    folder: (name) => `${name} of today`,
};

/** The program with one set of samples. */
export function wholeProgram(which: Which, called: Names): Declaration[] {
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
    // A kind without a place of its own comes once, below the first of each kind that it refers to.
    const placed = new Set(all.map(({ kind }) => kind));
    for (const { kind, inputs } of resources.filter((one) => !placed.has(one.kind))) {
        const references = Object.keys(inputs.shape).flatMap((property) => {
            const { reference } = metaOf({ inputs, outputs: inputs }, property);
            const above = all.find((one) => one.kind === reference);
            return above === undefined ? [] : [[property, `$${above.name}.id`]];
        });
        declare(kind, kind, Object.fromEntries(references));
    }
    return all;
}
