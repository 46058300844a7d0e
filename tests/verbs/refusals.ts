/**
 * What the kinds refuse: by property, the arguments that are refused for it alone, and how the reason reads. A failure of
 * what is secret by its kind has no property, so that the engine prints no value.
 */
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";

export const organizationId = "1000000000000000001";
export const workspaceId = "2000000000000000001";
export const organization = { domain: "acme", name: "Acme" };
export const workspace = { organizationId };
export const shareId = "4000000000000000001";
export const folderId = `${workspaceId}/26n2i-xygnf-vorvt-lhy3w-5laen-oybp`;
export const share = { workspaceId, title: "Q4 Report" };
export const shared = { ...share, storageMode: "workspace_folder", folderId };
export const link = { ...share, shareType: "send", accessOptions: "Anyone with the link" };
export const person = { email: "ann@example.com", role: "member" };
export const member = { workspaceId, ...person };
export const token = { organizationId };
export const folder = { workspaceId, name: "Legal" };
/** As the engine sends an archive. */
const archive = { "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", hash: "00", path: "plans" };

type Refusal = [property: string, inputs: Properties, reason: RegExp];

/** What folders and files refuse. */
function nodeRefusals(place: string, more: Properties): Refusal[] {
    const node = { ...folder, ...more };
    const { workspaceId: _, ...nowhere } = node;
    return [
        ["workspaceId", nowhere, /exactly one of workspaceId and shareId/],
        ["workspaceId", { ...node, shareId }, /exactly one of workspaceId and shareId/],
        ["workspaceId", { ...node, workspaceId: "design" }, /19-digit id.*getWorkspaceOutput/],
        ["shareId", { ...nowhere, shareId: "q4-report" }, /19-digit id.*getShareOutput/],
        ["name", { workspaceId, ...more }, /^is required$/],
        ["name", { ...node, name: "Legal/Contracts" }, /must not contain \//],
        ["name", { ...node, name: "Legal\\Contracts" }, /must not contain \//],
        ["name", { ...node, name: ".." }, /end with a blank or a dot/],
        ["name", { ...node, name: "Legal " }, /end with a blank or a dot/],
        ["name", { ...node, name: "Le\u0000gal" }, /control characters/],
        ["name", { ...node, name: "Le\u200bgal" }, /characters that cannot be seen/],
        ["name", { ...node, name: "x".repeat(256) }, /at most 255/],
        [place, { ...node, [place]: "root" }, /id output of a Folder/],
        [place, { ...node, [place]: folderId.split("/")[1] }, /id output of a Folder/],
        [place, { ...node, [place]: `${shareId}/26n2i` }, /another workspace or share/],
        [place, { ...nowhere, shareId, [place]: folderId }, /another workspace or share/],
        ["created", { ...node, created: "2027-01-01 00:00:00" }, /is an output/],
    ];
}

/** What the members of every kind of parent refuse. */
function memberRefusals(parent: Record<string, string>, noName: RegExp, roles: RegExp): Refusal[] {
    const [input = ""] = Object.keys(parent);
    const byEmail = { ...parent, ...person };
    const byUserId = { ...parent, userId: "3000000000000000001", role: "member" };
    return [
        [input, person, /^is required$/],
        [input, { ...byEmail, [input]: "design" }, noName],
        ["email", { ...byEmail, email: "ann" }, /e-mail address/],
        ["email", { ...parent, role: "member" }, /exactly one of email and userId/],
        ["email", { ...byUserId, email: "ann@example.com" }, /exactly one of email and userId/],
        ["userId", { ...byUserId, userId: "ann" }, /19-digit user id/],
        ["role", { ...parent, email: "ann@example.com" }, /^is required$/],
        ["role", { ...byEmail, role: "owner" }, roles],
        ["expires", { ...byEmail, expires: "next year" }, /date and time such as/],
        ["expires", { ...byEmail, expires: "2027-02-30 10:00:00" }, /date and time such as/],
        ["notifyOptions", { ...byEmail, notifyOptions: "never" }, /"Do not notify me"/],
        ["message", { ...byEmail, message: "Welcome" }, /at least 10/],
        ["message", { ...byEmail, message: "x".repeat(256) }, /at most 255/],
        ["message", { ...byUserId, message: "Welcome to us" }, /a user id is never invited/],
        ["invitationExpires", { ...byUserId, invitationExpires: "2027-01-01 00:00:00" }, /a user id is never invited/],
        ["invitationExpires", { ...byEmail, invitationExpires: "2027-01-01" }, /date and time such as/],
        ["status", { ...byEmail, status: "active" }, /is an output/],
        ["emial", { ...byUserId, emial: "a@x.org" }, /did you mean email\?/],
    ];
}

export const refusals: Record<string, Refusal[]> = {
    Organization: [
        ["domain", { name: "Acme" }, /^is required$/],
        ["name", { domain: "acme" }, /^is required$/],
        ["domain", { ...organization, domain: "a" }, /at least 2/],
        ["domain", { ...organization, domain: "a".repeat(64) }, /at most 63/],
        ["domain", { ...organization, domain: "Acme" }, /lower-case/],
        ["domain", { ...organization, domain: "-acme" }, /hyphen/],
        ["domain", { ...organization, domain: "acme.io" }, /lower-case letters, digits and hyphens/],
        ["name", { ...organization, name: "Ac" }, /at least 3/],
        ["name", { ...organization, name: "A".repeat(101) }, /at most 100/],
        ["name", { ...organization, name: "Ac\u0000me" }, /control characters/],
        ["description", { ...organization, description: "Too short" }, /at least 10/],
        ["description", { ...organization, description: "x".repeat(1001) }, /at most 1000/],
        ["description", { ...organization, description: "Two lines\nof text" }, /control characters/],
        ["industry", { ...organization, industry: "rockets" }, /must be one of "unspecified", "technology"/],
        ["billingEmail", { ...organization, billingEmail: "bills" }, /e-mail address/],
        ["homepage", { ...organization, homepage: "acme.com" }, /http or https address/],
        ["facebook", { ...organization, facebook: "ftp://facebook.com/acme" }, /http or https address/],
        ["twitter", { ...organization, twitter: "@acme" }, /http or https address/],
        ["instagram", { ...organization, instagram: 7 }, /./],
        ["youtube", { ...organization, youtube: "youtube" }, /http or https address/],
        ["permMemberManage", { ...organization, permMemberManage: "owner" }, /"Owner only", "Admin or above"/],
        ["permAuthDomains", { ...organization, permAuthDomains: "acme.com,other.com" }, /one e-mail domain/],
        ["permAuthDomains", { ...organization, permAuthDomains: "@acme.com" }, /one e-mail domain/],
        ["ownerDefined", { ...organization, ownerDefined: () => 1 }, /./],
        ["forceDestroy", { ...organization, forceDestroy: "yes" }, /./],
        ["plan", { ...organization, plan: "business" }, /is an output/],
        ["url", { ...organization, url: "https://acme.fast.io" }, /is an output/],
        ["domian", { ...organization, domian: "acme" }, /did you mean domain\?/],
        ["accentColour", { ...organization, accentColour: "#fff" }, /is not a property of Organization/],
    ],
    Workspace: [
        ["organizationId", {}, /^is required$/],
        [
            "organizationId",
            { organizationId: "acme" },
            /19-digit id of an organization.*getOrganizationOutput\(\{ domain \}\)\.id/,
        ],
        ["organizationId", { organizationId: "10000000000000000010" }, /19-digit/],
        ["name", { ...workspace, name: "D" }, /at least 2/],
        ["name", { ...workspace, name: "D".repeat(101) }, /at most 100/],
        ["name", { ...workspace, name: "De\tsign" }, /control characters/],
        ["folderName", { ...workspace, folderName: "abc" }, /at least 4/],
        ["folderName", { ...workspace, folderName: "a".repeat(81) }, /at most 80/],
        ["folderName", { ...workspace, folderName: "with space" }, /letters, digits and hyphens/],
        ["folderName", { ...workspace, folderName: "under_score" }, /letters, digits and hyphens/],
        ["description", { ...workspace, description: "Too short" }, /at least 10/],
        ["description", { ...workspace, description: `x${"y".repeat(1000)}` }, /at most 1000/],
        ["description", { ...workspace, description: "A bell \u0007 in here" }, /control characters/],
        ["permJoin", { ...workspace, permJoin: "Anyone" }, /"Only Org Owners", "Admin or above", "Member or above"/],
        ["permMemberManage", { ...workspace, permMemberManage: "Owner only" }, /"Admin or above", "Member or above"/],
        ["intelligence", { ...workspace, intelligence: "false" }, /./],
        ["archived", { ...workspace, archived: 1 }, /./],
        ["forceDestroy", { ...workspace, forceDestroy: "no" }, /./],
        ["url", { ...workspace, url: "https://acme.fast.io/workspace/design" }, /is an output/],
        ["organisationId", { ...workspace, organisationId: organizationId }, /did you mean organizationId\?/],
        ["foldername", { ...workspace, foldername: "design" }, /did you mean folderName\?/],
    ],
    Share: [
        ["workspaceId", { title: "Q4 Report" }, /^is required$/],
        [
            "workspaceId",
            { ...share, workspaceId: "design" },
            /19-digit id of a workspace.*getWorkspaceOutput\(\{ folderName \}\)\.id/,
        ],
        ["title", { workspaceId }, /^is required$/],
        ["title", { ...share, title: "Q" }, /at least 2/],
        ["title", { ...share, title: "Q".repeat(81) }, /at most 80/],
        ["title", { ...share, title: "Q4\nReport" }, /control characters/],
        ["shareType", { ...share, shareType: "get" }, /"send", "receive", "exchange"/],
        ["storageMode", { ...share, storageMode: "room" }, /"independent", "workspace_folder"/],
        ["folderId", { ...shared, folderId: "Legal" }, /`<workspace id>\/<node id>`.*id output of a Folder/],
        ["folderId", { ...shared, folderId: folderId.split("/")[1] }, /`<workspace id>\/<node id>`/],
        [
            "folderId",
            { ...share, storageMode: "workspace_folder" },
            /is required with the storageMode workspace_folder/,
        ],
        ["folderId", { ...share, folderId }, /belongs to the storageMode workspace_folder/],
        ["folderId", { ...share, storageMode: "independent", folderId }, /belongs to the storageMode workspace_folder/],
        [
            "folderId",
            { ...shared, folderId: `2000000000000000002/${folderId.split("/")[1]}` },
            /folder of another workspace/,
        ],
        ["description", { ...share, description: "Too short" }, /at least 10/],
        ["description", { ...share, description: "x".repeat(501) }, /at most 500/],
        ["description", { ...share, description: "Two lines\nof text" }, /control characters/],
        ["accessOptions", { ...share, accessOptions: "Everybody" }, /"Only members of the Share or Workspace"/],
        ...["receive", "exchange"].map(
            (shareType): Refusal => ["accessOptions", { ...link, shareType }, /is for the shareType send/],
        ),
        ["invite", { ...share, invite: "admins" }, /"owners", "guests"/],
        ["customName", { ...share, customName: "abc" }, /at least 4/],
        ["customName", { ...share, customName: "a".repeat(101) }, /at most 100/],
        ["customName", { ...share, customName: "1".repeat(19) }, /what an id looks like/],
        ["customUrl", { ...share, customUrl: "nine-char" }, /at least 10/],
        ["customUrl", { ...share, customUrl: "a".repeat(101) }, /at most 100/],
        ["", { ...link, password: "" }, /^password: must not be empty/],
        ["", { ...link, password: 4711 }, /^password: (?!.*4711)/],
        ...[
            undefined,
            "Only members of the Share or Workspace",
            "Members of the Share, Workspace or Org",
            "Anyone with a registered account",
        ].map(
            (accessOptions): Refusal => [
                "accessOptions",
                { ...link, accessOptions, password: "canary-4711" },
                /^password needs the accessOptions "Anyone with the link"(?!.*canary)/,
            ],
        ),
        ["expires", { ...share, expires: "tomorrow" }, /date and time such as/],
        ["expires", { ...shared, expires: "2099-01-01 00:00:00" }, /storage of their own/],
        ["notify", { ...share, notify: "always" }, /"never", "notify_on_file_received"/],
        ["displayType", { ...share, displayType: "tiles" }, /"grid", "list"/],
        ["commentsEnabled", { ...share, commentsEnabled: "true" }, /./],
        ["downloadEnabled", { ...share, downloadEnabled: 1 }, /./],
        ["downloadSecurity", { ...share, downloadSecurity: "low" }, /"off", "medium", "high"/],
        ["downloadSecurity", { ...share, downloadEnabled: false, downloadSecurity: "high" }, /declare one of the two/],
        ["guestChatEnabled", { ...share, guestChatEnabled: "no" }, /./],
        ["anonymousUploadsEnabled", { ...share, anonymousUploadsEnabled: "no" }, /./],
        ["anonymousUploadsEnabled", { ...share, anonymousUploadsEnabled: true }, /needs the shareType receive/],
        [
            "anonymousUploadsEnabled",
            { ...share, accessOptions: "Members of the Share, Workspace or Org", anonymousUploadsEnabled: true },
            /"Anyone with a registered account"/,
        ],
        ["anonymousUploadsEnabled", { ...link, anonymousUploadsEnabled: true }, /needs the shareType receive/],
        [
            "anonymousUploadsEnabled",
            {
                ...share,
                shareType: "send",
                accessOptions: "Anyone with a registered account",
                anonymousUploadsEnabled: true,
            },
            /needs the shareType receive or exchange/,
        ],
        ["intelligence", { ...share, intelligence: "on" }, /./],
        ["intelligence", { ...shared, intelligence: true }, /storage of their own/],
        ["archived", { ...share, archived: "no" }, /./],
        ["archived", { ...shared, archived: true }, /storage of their own/],
        ["ownerDefined", { ...share, ownerDefined: () => 1 }, /./],
        ["forceDestroy", { ...share, forceDestroy: "yes" }, /./],
        ["url", { ...share, url: "https://go.fast.io/shared/x" }, /is an output/],
        ["rootFolderId", { ...share, rootFolderId: folderId }, /is an output/],
        ["name", { ...share, name: "Q4 Report" }, /is not a property of Share/],
        ["folderid", { ...shared, folderid: folderId }, /did you mean folderId\?/],
    ],
    OrganizationBranding: [
        ["organizationId", {}, /^is required$/],
        ["organizationId", { organizationId: "acme" }, /getOrganizationOutput\(\{ domain \}\)\.id/],
        ["accentColor", { organizationId, accentColor: "blue" }, /"#rrggbb", or an object/],
        ["accentColor.b", { organizationId, accentColor: { r: 0, g: 0, b: 256 } }, /0 to 255/],
        ["accentColor", { organizationId, accentColor: { r: 0, g: 0 } }, /"#rrggbb", or an object/],
        ["backgroundMode", { organizationId, backgroundMode: "tiled" }, /"stretched", "fixed"/],
        ["useBackground", { organizationId, useBackground: "yes" }, /./],
        ["logo", { organizationId, logo: "logo.png" }, /new pulumi\.asset\.FileAsset\("image\.png"\)/],
        ["logoSha256", { organizationId, logoSha256: "0" }, /is an output/],
        ["backgroundColour", { organizationId, backgroundColour: "#101010" }, /did you mean backgroundColor\?/],
    ],
    WorkspaceBranding: [
        ["workspaceId", { workspaceId: "design" }, /getWorkspaceOutput\(\{ folderName \}\)\.id/],
        ["workspaceId", {}, /^is required$/],
        ["accentColor", { workspaceId, accentColor: 255 }, /"#rrggbb", or an object/],
        ["backgroundColor1.a", { workspaceId, backgroundColor1: { r: 0, g: 0, b: 0, a: 1.5 } }, /a from 0 to 1/],
        ["backgroundColor2", { workspaceId, backgroundColor2: "#12345" }, /"#rrggbb", or an object/],
        ["logo", { workspaceId, logo: { text: "<svg/>" } }, /must be a Pulumi asset/],
        ["logoUrl", { workspaceId, logoUrl: "https://example.com" }, /is an output/],
        ["banner", { workspaceId, banner: "logo.png" }, /is not a property of WorkspaceBranding/],
    ],
    ShareBranding: [
        ["shareId", { shareId: "q4" }, /getShareOutput\(\{ customName \}\)\.id/],
        ["backgroundImage", { shareId, backgroundImage: 129 }, /whole number from 0 to 128/],
        ["backgroundImage", { shareId, backgroundImage: 1.5 }, /whole number from 0 to 128/],
        ["workspaceStyle", { shareId, workspaceStyle: "true" }, /./],
        ["background", { shareId, background: { path: "b.png" } }, /must be a Pulumi asset/],
        ["links", { shareId, links: [] }, /one to three links; leave it out for none/],
        [
            "links",
            { shareId, links: Array.from({ length: 4 }, () => ({ title: "A", url: "https://example.com" })) },
            /one to three links/,
        ],
        ["links[0].url", { shareId, links: [{ title: "A", url: "example.com" }] }, /http or https address/],
        ["links[0].title", { shareId, links: [{ url: "https://example.com" }] }, /^is required$/],
        [
            "links[0].titel",
            { shareId, links: [{ title: "A", url: "https://a.b", titel: "B" }] },
            /did you mean title\?/,
        ],
    ],
    OrganizationMember: [
        ...memberRefusals(
            { organizationId },
            /19-digit id of an organization.*getOrganizationOutput\(\{ domain \}\)\.id/,
            /^must be one of "admin", "member"$/,
        ),
        ["role", { organizationId, email: "ann@example.com", role: "guest" }, /must be one of "admin", "member"/],
        ["permissions", { ...person, organizationId, permissions: "admin" }, /is not a property of OrganizationMember/],
    ],
    WorkspaceMember: [
        ...memberRefusals(
            { workspaceId },
            /19-digit id of a workspace.*getWorkspaceOutput\(\{ folderName \}\)\.id/,
            /^must be one of "admin", "member", "guest"$/,
        ),
        ["role", { ...person, workspaceId, role: "view" }, /must be one of "admin", "member", "guest"/],
        ["permissions", { ...person, workspaceId, permissions: "admin" }, /is not a property of WorkspaceMember/],
    ],
    ShareMember: [
        ...memberRefusals(
            { shareId },
            /19-digit id of a share.*getShareOutput\(\{ customName \}\)\.id/,
            /^must be one of "admin", "member", "guest", "view"$/,
        ),
        ["permissions", { ...person, shareId, permissions: "admin" }, /is not a property of ShareMember/],
    ],
    Folder: [
        ...nodeRefusals("parentId", {}),
        ["forceDestroy", { ...folder, forceDestroy: "yes" }, /./],
        ["path", { ...folder, path: "Legal" }, /is an output/],
        ["folderId", { ...folder, folderId }, /is not a property of Folder/],
        ["force", { ...folder, force: true }, /is not a property of Folder/],
    ],
    File: [
        ...nodeRefusals("folderId", { source: textAsset("x") }),
        ["source", folder, /^is required$/],
        ["source", { ...folder, source: "plan.pdf" }, /must be a Pulumi asset.*an archive is none/],
        ["source", { ...folder, source: archive }, /an archive is none/],
        ["sha256", { ...folder, source: textAsset("x"), sha256: "00" }, /is an output/],
        ["forceDestroy", { ...folder, source: textAsset("x"), forceDestroy: true }, /is not a property of File/],
    ],
    TransferToken: [
        ["organizationId", {}, /^is required$/],
        ["organizationId", { organizationId: "acme" }, /19-digit id.*getOrganizationOutput/],
        ["organizationId", { organizationId: 1 }, /./],
        ["organizationId", { organizationId: "1000" }, /19-digit/],
        ["triggers", { ...token, triggers: "round 1" }, /./],
        ["triggers", { ...token, triggers: ["round 1"] }, /./],
        ["triggers.round", { ...token, triggers: { round: 1 } }, /./],
        ["rotateWhenExpired", { ...token, rotateWhenExpired: "true" }, /./],
        ["", { ...token, token: "secret" }, /^token: is an output/],
        ["", { ...token, claimUrl: "https://go.fast.io/claim" }, /^claimUrl: is an output/],
        ["status", { ...token, status: "active" }, /is an output/],
        ["trigger", { ...token, trigger: {} }, /did you mean triggers\?/],
        ["expires", { ...token, expires: "2027-01-01 00:00:00" }, /is not a property of TransferToken/],
    ],
};
