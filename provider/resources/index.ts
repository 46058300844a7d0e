/** The registry: every kind, once, under its name. */
import type { ResourceDefinition } from "../core/define";
import { all, Registry } from "../core/registry";

export const resourcesByKind: ReadonlyMap<string, ResourceDefinition> = new Registry<ResourceDefinition>({
    // Parents first: the order of the reference.
    Organization: () => (require("./organization") as typeof import("./organization")).organization,
    Workspace: () => (require("./workspace") as typeof import("./workspace")).workspace,
    Share: () => (require("./share") as typeof import("./share")).share,
    Folder: () => (require("./folder") as typeof import("./folder")).folder,
    File: () => (require("./file") as typeof import("./file")).file,
    OrganizationMember: () =>
        (require("./organization-member") as typeof import("./organization-member")).organizationMember,
    WorkspaceMember: () => (require("./workspace-member") as typeof import("./workspace-member")).workspaceMember,
    ShareMember: () => (require("./share-member") as typeof import("./share-member")).shareMember,
    OrganizationBranding: () =>
        (require("./organization-branding") as typeof import("./organization-branding")).organizationBranding,
    WorkspaceBranding: () =>
        (require("./workspace-branding") as typeof import("./workspace-branding")).workspaceBranding,
    ShareBranding: () => (require("./share-branding") as typeof import("./share-branding")).shareBranding,
    TransferToken: () => (require("./transfer-token") as typeof import("./transfer-token")).transferToken,
});

/** All of them at once. */
export const resources: readonly ResourceDefinition[] = /* @__PURE__ Bundles leave it out. */ all(resourcesByKind);
