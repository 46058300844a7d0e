// An agency's organization and its client's in one program: each belongs to an account of its own.
import * as pulumi from "@pulumi/pulumi";
import * as fastio from "pulumi-fastio/plugin";

const config = new pulumi.Config();
const domain = config.get("domain") ?? "northwind-agency";
const clientDomain = config.get("clientDomain") ?? "contoso-brand";
const designer = config.get("designer") ?? "ann@example.com";

const agency = new fastio.Provider("agency", { token: config.requireSecret("agencyToken") });
const client = new fastio.Provider("client", { token: config.requireSecret("clientToken") });

const northwind = new fastio.Organization("northwind", { domain, name: "Northwind Agency" }, { provider: agency });

const studio = new fastio.Workspace("studio", { organizationId: northwind.id, name: "Studio" }, { provider: agency });

const contoso = new fastio.Organization(
    "contoso",
    {
        domain: clientDomain,
        name: "Contoso",
        // Nobody but the client decides who else comes in.
        permMemberManage: fastio.OrganizationMemberManage.OwnerOnly,
    },
    { provider: client },
);

// A provider is inherited by what lies below.
const review = new fastio.Workspace("review", { organizationId: contoso.id, name: "Review" }, { parent: contoso });

// The agency's designer works in both, the client lets her in.
new fastio.WorkspaceMember("designer", { workspaceId: studio.id, email: designer, role: "admin" }, { parent: studio });
const guest = new fastio.WorkspaceMember(
    "designer-in-review",
    { workspaceId: review.id, email: designer, role: "guest" },
    { parent: review },
);

export const accounts = {
    agency: fastio.getCurrentUserOutput({ provider: agency }).email,
    client: fastio.getCurrentUserOutput({ provider: client }).email,
};
export const workspaces = { studio: studio.url, review: review.url };
export const membership = guest.status;
