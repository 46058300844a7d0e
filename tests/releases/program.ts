/** What is recorded of a release: every kind with all its properties and with as few as it takes, and a component. */
import { metaOf } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import type { Declaration } from "../lifecycle/fixture";

/** Ids of what stands in the place of the samples' ids. */
const inDesign = { organizationId: "$company.id", workspaceId: "$design.id", shareId: "$room.id" };
const inPlain = { organizationId: "$company.id", workspaceId: "$plain.id", shareId: "$open.id" };

/** The program that makes it all, or the one that changes whatever can change. */
export function program(which: "full" | "changed"): Declaration[] {
    const all: Declaration[] = [];
    const declare = (kind: string, name: string, args: Record<string, unknown>, sample: typeof which | "minimal") =>
        all.push({ kind, name, args: { ...resourcesByKind.get(kind)?.samples[sample], ...args } });
    const { organizationId } = inDesign;

    declare("Organization", "company", {}, which);
    declare("Workspace", "design", { organizationId }, which);
    declare("Workspace", "plain", { organizationId }, "minimal");
    declare("Share", "room", { workspaceId: "$design.id", ...secretPassword(which) }, which);
    declare("Share", "open", { workspaceId: "$plain.id" }, "minimal");
    for (const name of ["first", "second"]) declare("Folder", name, { workspaceId: "$design.id", name }, "minimal");

    const placed = new Set(all.map(({ kind }) => kind));
    const others = resources.filter(({ kind }) => !placed.has(kind) || kind === "Folder");
    for (const definition of others) {
        const { kind, inputs, samples } = definition;
        const folder = { folderId: `$${which === "full" ? "first" : "second"}.id`, parentId: "$first.id" };
        const place = (sample: Record<string, unknown>, ids: Record<string, string>) => {
            const references = { ...ids, ...folder };
            const held = Object.entries(references).filter(([name]) => name in inputs.shape && name in sample);
            return Object.fromEntries(held);
        };
        declare(kind, `${kind}-full`, place(samples[which], inDesign), which);
        // Of these an organization has one.
        const isOnce = metaOf(definition, "organizationId").immutable && !("email" in inputs.shape);
        if (isOnce && kind !== "TransferToken") continue;
        const person = "email" in inputs.shape ? { email: "bob@example.com" } : {};
        declare(kind, `${kind}-minimal`, { ...place(samples.minimal, inPlain), ...person }, "minimal");
    }
    all.push({
        kind: "DataRoom",
        name: "series-b",
        args: {
            workspaceId: "$design.id",
            name: which === "full" ? "Series B" : "Series C",
            folders: ["Legal/Contracts"],
            documents: { "Legal/Terms.txt": resourcesByKind.get("File")?.samples[which].source },
            members: { "cleo@example.com": which === "full" ? "guest" : "admin" },
        },
    });
    return all;
}

/** A password that the program marks, beside the ones that the definitions do. */
function secretPassword(which: "full" | "changed"): Record<string, unknown> {
    return which === "full" ? { password: { $secret: "correct horse battery staple" } } : {};
}
