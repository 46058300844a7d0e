/** WorkspaceMember: a person's membership in a workspace. */
import { memberDefinition } from "./member";
import { workspaceRole } from "./phrases";
import { planLimit } from "./plan";
import { organizationOf } from "./workspace";

export const workspaceMember = memberDefinition({
    kind: "WorkspaceMember",
    parentKind: "Workspace",
    parentNoun: "a workspace",
    parentInput: "workspaceId",
    segment: "workspace",
    lookUp: "getWorkspaceOutput({ folderName }).id",
    roles: workspaceRole,
    roleEnum: "WorkspaceRole",
    notifyKey: "notifications",

    async limit(context, id) {
        const domain = await organizationOf(context, id);
        return domain === undefined ? undefined : planLimit(context, domain, "members_per_workspace");
    },
});
