// Organizations, workspaces and shares as the store keeps them: fields, rows and how a path names them.
import { ApiError } from "./api-error";
import type { Backend } from "./call";
import { date, type FieldValues, flag, integer, json, oneOf, optionalText, text, url } from "./fields";
import type { Limits, Plan } from "./plans";
import type { OrganizationSwitches } from "./policies";

export const industries = [
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

export const organizationFields = {
    name: optionalText({ min: 3, max: 100 }),
    description: optionalText({ min: 10, max: 1000 }),
    industry: oneOf(industries, "unspecified", true),
    billing_email: text({ min: 3, max: 254, pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ }),
    homepage: url,
    facebook: url,
    twitter: url,
    instagram: url,
    youtube: url,
    accent_color: json("object"),
    background_color: json("object"),
    background_mode: oneOf(["stretched", "fixed"], "stretched", true),
    use_background: flag(false),
    perm_member_manage: oneOf(["Owner only", "Admin or above", "Member or above"], "Member or above"),
    perm_auth_domains: optionalText({ max: 253, pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i }),
    owner_defined: json("any"),
};

export const workspaceFields = {
    name: text({ min: 2, max: 100 }),
    description: optionalText({ min: 10, max: 1000, lines: true }),
    perm_join: oneOf(["Only Org Owners", "Admin or above", "Member or above"], "Member or above"),
    perm_member_manage: oneOf(["Admin or above", "Member or above"], "Member or above"),
    intelligence: flag(true),
    metadata_extraction: flag(true),
    accent_color: json("object"),
    background_color1: json("object"),
    background_color2: json("object"),
    owner_defined: json("any"),
};

export const shareAccess = {
    members: "Only members of the Share or Workspace",
    organization: "Members of the Share, Workspace or Org",
    registered: "Anyone with a registered account",
    link: "Anyone with the link",
} as const;

export const shareFields = {
    title: optionalText({ min: 2, max: 80 }),
    description: optionalText({ min: 10, max: 500 }),
    share_type: oneOf(["send", "receive", "exchange"], "exchange"),
    access_options: oneOf(Object.values(shareAccess), shareAccess.members),
    invite: oneOf(["owners", "guests"], "owners"),
    external_invites: optionalText({ max: 100 }),
    expires: date,
    notify: oneOf(["never", "notify_on_file_received", "notify_on_file_sent_or_received"], "never"),
    display_type: oneOf(["list", "grid"], "grid"),
    comments_enabled: flag(true),
    download_enabled: flag(true),
    download_security: oneOf(["off", "medium", "high"], "off"),
    guest_chat_enabled: flag(false),
    anonymous_uploads_enabled: flag(false),
    intelligence: flag(false),
    workspace_style: flag(true),
    background_image: integer(0, 128, 0),
    accent_color: json("object"),
    background_color1: json("object"),
    background_color2: json("object"),
    link_1: json("object"),
    link_2: json("object"),
    link_3: json("object"),
    owner_defined: json("any"),
};

interface Common {
    id: string;
    created: number;
    updated: number;
}

export interface Organization extends Common {
    domain: string;
    plan: Plan;
    limits: Partial<Limits>;
    switches: OrganizationSwitches;
    fields: FieldValues<typeof organizationFields>;
}

export interface Workspace extends Common {
    organizationId: string;
    folderName: string;
    rootId: string;
    archived: number;
    fields: FieldValues<typeof workspaceFields>;
}

export interface Share extends Common {
    workspaceId: string;
    customName: string;
    customUrl: string | null;
    creator: string;
    storageMode: "independent" | "workspace_folder";
    rootId: string;
    archived: number;
    fields: FieldValues<typeof shareFields> & { password: string | null };
}

/** A row as SQLite gives it: JSON columns are text. */
export type Row<T> = { [K in keyof T]: K extends "fields" | "limits" | "switches" ? string : T[K] };

export function asOrganization(row: Row<Organization>): Organization {
    return {
        ...row,
        limits: JSON.parse(row.limits),
        fields: JSON.parse(row.fields),
        switches: JSON.parse(row.switches),
    };
}

export function asWorkspace(row: Row<Workspace>): Workspace {
    return { ...row, fields: JSON.parse(row.fields) };
}

export function asShare(row: Row<Share>): Share {
    return { ...row, fields: JSON.parse(row.fields) };
}

/** The live organization of a path segment: 19-digit id or domain. */
export function findOrganization({ store }: Backend, idOrDomain: string): Organization {
    const row = store.get<Row<Organization>>(
        `SELECT * FROM organizations WHERE ${isProfileId(idOrDomain) ? "id = ?" : "folded(domain) = folded(?)"} AND closed = 0`,
        idOrDomain,
    );
    if (!row) throw new ApiError("NOT_FOUND", "There is no such organization.");
    return asOrganization(row);
}

/** The live workspace of a path segment: 19-digit id or folder name. */
export function findWorkspace({ store }: Backend, idOrFolderName: string): Workspace {
    const row = store.get<Row<Workspace>>(
        `SELECT * FROM workspaces WHERE ${isProfileId(idOrFolderName) ? "id = ?" : "folded(folderName) = folded(?)"} AND closed = 0`,
        idOrFolderName,
    );
    if (!row) throw new ApiError("NOT_FOUND", "There is no such workspace.");
    return asWorkspace(row);
}

/** The live share of a path segment: 19-digit id or custom name. */
export function findShare({ store }: Backend, idOrCustomName: string): Share {
    const row = store.get<Row<Share>>(
        `SELECT * FROM shares WHERE ${isProfileId(idOrCustomName) ? "id = ?" : "folded(customName) = folded(?)"} AND closed = 0`,
        idOrCustomName,
    );
    if (!row) throw new ApiError("NOT_FOUND", "There is no such share.");
    return asShare(row);
}

export function isProfileId(text: string): boolean {
    return /^\d{19}$/.test(text);
}

/** Whether a name is held by another object; the names of closed ones stay held unless `keepClosed` is off. */
export function isTaken({ store }: Backend, table: string, column: string, name: string, exceptId = ""): boolean {
    const closedToo = store.settings.keepClosed ? 1 : 0;
    const sql = `SELECT 1 FROM ${table} WHERE folded(${column}) = folded(?) AND id <> ? AND (closed = 0 OR ?)`;
    return store.get(sql, name, exceptId, closedToo) !== undefined;
}

/** Words that no domain and no folder name may be: they are routes and hosts of the service itself. */
export const reservedNames: ReadonlySet<string> = new Set([
    "about",
    "account",
    "admin",
    "agents",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "create",
    "current",
    "docs",
    "fast",
    "fastio",
    "go",
    "help",
    "login",
    "mail",
    "mcp",
    "oauth",
    "org",
    "root",
    "settings",
    "share",
    "shared",
    "shares",
    "signup",
    "static",
    "status",
    "storage",
    "support",
    "system",
    "transfer",
    "trash",
    "upload",
    "user",
    "users",
    "workspace",
    "workspaces",
    "www",
]);
