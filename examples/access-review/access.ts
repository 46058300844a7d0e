// Who may see what. Nothing else in this project changes often; whoever approves this file approves access.
import { ShareAccess, ShareRole, WorkspaceRole } from "pulumi-fastio";

/** The people of the company, in the workspace itself. */
export const colleagues: Record<string, WorkspaceRole> = {
    "ann@example.com": WorkspaceRole.Admin,
    "ben@example.com": WorkspaceRole.Member,
    "carla@example.com": WorkspaceRole.Member,
};

/** The people outside, in the data room alone. */
export const outsiders: Record<string, ShareRole> = {
    "auditor@audit.example": ShareRole.View,
    "counsel@law.example": ShareRole.Guest,
};

/** Who may open the data room. */
export const door: ShareAccess = ShareAccess.OnlyMembersOfTheShareOrWorkspace;
