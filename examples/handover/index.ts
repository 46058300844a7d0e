// An agent builds an organization with a workspace and two members, and a token with which a human takes it over.
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "pulumi-fastio";

const config = new pulumi.Config();
const domain = config.get("domain") ?? "northwind-deal";
const colleague = config.get("colleague") ?? "ann@example.com";
const guest = config.get("guest") ?? "ben@example.com";

const organization = new fastio.Organization("northwind", {
    domain,
    name: "Northwind Deal",
    description: "Built by an agent, to be handed over to the client.",
    // Nobody but the owner decides who else comes in.
    permMemberManage: fastio.OrganizationMemberManage.OwnerOnly,
});

const workspace = new fastio.Workspace("due-diligence", {
    organizationId: organization.id,
    name: "Due Diligence",
    description: "Contracts, figures and questions of the deal.",
    permMemberManage: fastio.WorkspaceMemberManage.AdminOrAbove,
});

// Somebody with a Fast.io account is a member at once; anybody else is invited.
const ann = new fastio.WorkspaceMember("ann", {
    workspaceId: workspace.id,
    email: colleague,
    role: fastio.WorkspaceRole.Member,
});

const ben = new fastio.WorkspaceMember("ben", {
    workspaceId: workspace.id,
    email: guest,
    role: fastio.WorkspaceRole.Guest,
    message: "The documents of the Northwind deal are here for you.",
});

const token = new fastio.TransferToken("handover", {
    organizationId: organization.id,
});

export const organizationId = organization.id;
export const workspaceId = workspace.id;
export const workspaceUrl = workspace.url;
export const members = { ann: ann.status, ben: ben.status };
export const handover = token.status;
export const claimUrl = token.claimUrl;
