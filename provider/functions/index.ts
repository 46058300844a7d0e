/** The registry: every function, once. */
import type { FunctionDefinition } from "../core/define-function";
import { getCurrentUser } from "./get-current-user";
import { getOrganization } from "./get-organization";
import { getShare } from "./get-share";
import { getTokenScopes } from "./get-token-scopes";
import { getUsage } from "./get-usage";
import { getWorkspace } from "./get-workspace";
import { listMembers } from "./list-members";
import { listShares } from "./list-shares";
import { listWorkspaces } from "./list-workspaces";

export const functions: readonly FunctionDefinition[] = [
    getOrganization,
    getWorkspace,
    getShare,
    listWorkspaces,
    listShares,
    listMembers,
    getCurrentUser,
    getTokenScopes,
    getUsage,
];

export const functionsByName: ReadonlyMap<string, FunctionDefinition> = new Map(
    functions.map((definition) => [definition.name, definition]),
);
