// A workspace and a data room whose people come from access.ts.
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "pulumi-fastio";
import { colleagues, door, outsiders } from "./access";

const config = new pulumi.Config();

const company = new fastio.Organization("company", {
    domain: config.get("domain") ?? "northwind-audit",
    name: "Northwind",
});

const workspace = new fastio.Workspace("audit", {
    organizationId: company.id,
    name: "Annual audit",
    // Nobody lets anybody in but a pull request.
    permJoin: fastio.WorkspaceJoin.OnlyOrgOwners,
    permMemberManage: fastio.WorkspaceMemberManage.AdminOrAbove,
});

for (const [email, role] of Object.entries(colleagues)) {
    new fastio.WorkspaceMember(email, { workspaceId: workspace.id, email, role });
}

const room = new fastio.DataRoom("documents", {
    organizationId: company.id,
    workspaceId: workspace.id,
    name: "Audit documents",
    share: {
        shareType: fastio.ShareType.Send,
        accessOptions: door,
        invite: fastio.ShareInvite.Owners,
    },
    folders: ["Ledgers", "Contracts"],
    members: outsiders,
});

export const shareId = room.shareId;
export const url = room.url;
