// A company's workspaces, with their members and folders, from the list in teams.ts.
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "pulumi-fastio";
import { type Team, teams } from "./teams";

const config = new pulumi.Config();

const company = new fastio.Organization("company", {
    domain: config.get("domain") ?? "northwind-company",
    name: "Northwind",
    // Whoever comes in comes in through this program.
    permMemberManage: fastio.OrganizationMemberManage.OwnerOnly,
});

/** A workspace with its people and folders; names in the stack begin with the team's key. */
function declareTeam(key: string, { name, description, members, folders }: Team): fastio.Workspace {
    const workspace = new fastio.Workspace(key, {
        organizationId: company.id,
        name,
        description,
        permJoin: fastio.WorkspaceJoin.AdminOrAbove,
        permMemberManage: fastio.WorkspaceMemberManage.AdminOrAbove,
    });
    for (const [email, role] of Object.entries(members)) {
        new fastio.WorkspaceMember(
            `${key}/${email}`,
            { workspaceId: workspace.id, email, role },
            { parent: workspace },
        );
    }
    const made = new Map<string, fastio.Folder>();
    for (const path of folders) {
        const above = path.split("/").slice(0, -1).join("/");
        const args = { workspaceId: workspace.id, name: path.slice(path.lastIndexOf("/") + 1) };
        made.set(
            path,
            new fastio.Folder(`${key}/${path}`, { ...args, parentId: made.get(above)?.id }, { parent: workspace }),
        );
    }
    return workspace;
}

const workspaces = Object.entries(teams).map(([key, team]) => [key, declareTeam(key, team).url] as const);

export const organizationId = company.id;
export const urls = Object.fromEntries(workspaces);
