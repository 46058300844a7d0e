/** The registry: every kind, once. */
import type { ResourceDefinition } from "../core/define";
import { file } from "./file";
import { folder } from "./folder";
import { organization } from "./organization";
import { organizationBranding } from "./organization-branding";
import { organizationMember } from "./organization-member";
import { share } from "./share";
import { shareBranding } from "./share-branding";
import { shareMember } from "./share-member";
import { transferToken } from "./transfer-token";
import { workspace } from "./workspace";
import { workspaceBranding } from "./workspace-branding";
import { workspaceMember } from "./workspace-member";

export const resources: readonly ResourceDefinition[] = [
    // Parents first: the order of the reference.
    organization,
    workspace,
    share,
    folder,
    file,
    organizationMember,
    workspaceMember,
    shareMember,
    organizationBranding,
    workspaceBranding,
    shareBranding,
    transferToken,
];

export const resourcesByKind: ReadonlyMap<string, ResourceDefinition> = new Map(
    resources.map((definition) => [definition.kind, definition]),
);
