/** The registry: every function, once, under its name. */
import type { FunctionDefinition } from "../core/define-function";
import { all, Registry } from "../core/registry";

export const functionsByName: ReadonlyMap<string, FunctionDefinition> = new Registry<FunctionDefinition>({
    getOrganization: () => (require("./get-organization") as typeof import("./get-organization")).getOrganization,
    getWorkspace: () => (require("./get-workspace") as typeof import("./get-workspace")).getWorkspace,
    getShare: () => (require("./get-share") as typeof import("./get-share")).getShare,
    listWorkspaces: () => (require("./list-workspaces") as typeof import("./list-workspaces")).listWorkspaces,
    listShares: () => (require("./list-shares") as typeof import("./list-shares")).listShares,
    listMembers: () => (require("./list-members") as typeof import("./list-members")).listMembers,
    getCurrentUser: () => (require("./get-current-user") as typeof import("./get-current-user")).getCurrentUser,
    getTokenScopes: () => (require("./get-token-scopes") as typeof import("./get-token-scopes")).getTokenScopes,
    getUsage: () => (require("./get-usage") as typeof import("./get-usage")).getUsage,
});

/** All of them at once. */
export const functions: readonly FunctionDefinition[] = /* @__PURE__ Bundles leave it out. */ all(functionsByName);
