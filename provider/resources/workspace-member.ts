/** WorkspaceMember: a person's membership in a workspace. */
import { memberDefinition } from "./member";
import { workspaceRole } from "./phrases";
import { planLimit } from "./plan";
import { workspaceDetails } from "./workspace";

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
        const domain = await context.remember(
            `organization of workspace ${id}`,
            async () => (await workspaceDetails(context, id))?.org_domain,
        );
        return typeof domain === "string" ? planLimit(context, domain, "members_per_workspace") : undefined;
    },
});
