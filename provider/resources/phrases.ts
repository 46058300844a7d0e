/** The API's own phrases for levels and choices. */

export const organizationMemberManage = ["Owner only", "Admin or above", "Member or above"] as const;
export const workspaceJoin = ["Only Org Owners", "Admin or above", "Member or above"] as const;
export const workspaceMemberManage = ["Admin or above", "Member or above"] as const;
export const workspaceRole = ["admin", "member", "guest"] as const;
export const memberNotify = [
    "Do not notify me",
    "Notify me in app",
    "Notify me in app and via email",
    "Notify me via app, email and text message",
] as const;
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
