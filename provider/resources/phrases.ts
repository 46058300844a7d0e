/** The API's own phrases for levels and choices. */

export const organizationMemberManage = ["Owner only", "Admin or above", "Member or above"] as const;
export const workspaceJoin = ["Only Org Owners", "Admin or above", "Member or above"] as const;
export const workspaceMemberManage = ["Admin or above", "Member or above"] as const;
export const organizationRole = ["admin", "member"] as const;
export const workspaceRole = ["admin", "member", "guest"] as const;
export const shareRole = ["admin", "member", "guest", "view"] as const;
export const memberNotify = [
    "Do not notify me",
    "Notify me in app",
    "Notify me in app and via email",
    "Notify me via app, email and text message",
] as const;
export const shareType = ["send", "receive", "exchange"] as const;
export const storageMode = ["independent", "workspace_folder"] as const;
export const shareAccess = [
    "Only members of the Share or Workspace",
    "Members of the Share, Workspace or Org",
    "Anyone with a registered account",
    "Anyone with the link",
] as const;
export const shareInvite = ["owners", "guests"] as const;
export const shareNotify = ["never", "notify_on_file_received", "notify_on_file_sent_or_received"] as const;
export const displayType = ["grid", "list"] as const;
export const downloadSecurity = ["off", "medium", "high"] as const;
export const backgroundMode = ["stretched", "fixed"] as const;
export const industry = [
    "unspecified",
    "technology",
    "healthcare",
    "financial",
    "education",
    "manufacturing",
    "construction",
    "professional",
    "media",
    "retail",
    "real_estate",
    "logistics",
    "energy",
    "automotive",
    "agriculture",
    "pharmaceutical",
    "legal",
    "government",
    "non_profit",
    "insurance",
    "telecommunications",
    "research",
    "entertainment",
    "architecture",
    "consulting",
    "marketing",
] as const;
