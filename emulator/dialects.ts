// The dialects of the API: the contract as the service spoke it at different times. Whatever differs between them is here.
import { createHash } from "node:crypto";
import { type ApiError, type ErrorClass, overviewCode, overviewStatus, type Site } from "./api-error";
import type { Answer, Era } from "./call";
import { dateText } from "./clock";
import type { Input } from "./fields";

export const dialectNames = ["seed", "wrapped", "mid2026", "late2026"] as const;
export type DialectName = (typeof dialectNames)[number];

export interface Refusal {
    status: number;
    /** As it stands in the body. */
    code: number;
    body: object;
}

/** What is left of a credential's budget, and when it is whole again, in seconds since the epoch. */
export interface Budget {
    available: number;
    max: number;
    ends: number;
}

export interface Dialect {
    readonly name: DialectName;
    readonly era: "early" | "late";
    /** Which routes it has. */
    readonly routes: readonly Era[];
    /** The fields of a request as the services know them; what a dialect does not know is ignored, as all such keys are. */
    fields(input: Input): Input;
    success(data: Answer, now: number): Answer;
    /** The HTTP status of a refusal. */
    status(refusal: Pick<ApiError, "errorClass" | "site">): number;
    refusal(refusal: ApiError, resource: string): Refusal;
    rateHeaders(budget: Budget): Record<string, string>;
    /** Objects as they go out, from all that the services know of them. */
    share(object: Answer): Answer;
    workspace(object: Answer): Answer;
    node(object: Answer): Answer;
    listedMember(object: Answer): Answer;
    invitation(object: Answer): Answer;
    /** Whether people who are invited stand in the lists of members. */
    readonly listsInvited: boolean;
    /** Whether a workspace's list of shares has archived ones when the request does not say. */
    readonly listsArchivedShares: boolean;
    /** Whether a create must say `intelligence`, and only paid plans may turn it on. */
    readonly gatesIntelligence: boolean;
    readonly makesQuickshares: boolean;
    /** The types of opaque ids that it writes otherwise. */
    readonly idTypes: Readonly<Record<string, string>>;
    /** How long a sign-in lasts. */
    readonly tokenSeconds: number;
}

const documentation_url = "https://api.fast.io/llms.txt";

/** The contract of 2026-02-12, the overview: the other dialects say what they change of it. */
const seed: Dialect = {
    name: "seed",
    era: "early",
    routes: ["always", "early"],
    // The contract, shares 1 and 2.1: `download_security` came on 2026-03-30, `download_enabled` was the switch before.
    // The contract, late content 5.1 and 3.1: external_invites and metadata_extraction are newer than mid2026.
    fields: ({ download_security, external_invites, metadata_extraction, ...known }) => known,
    // The contract, organizations A3: data at the root, `result` a boolean.
    success: (data) => ({ result: true, status: "ok", ...data }),
    // The contract, organizations A4.
    status: ({ errorClass }) => overviewStatus(errorClass),
    refusal(refusal, resource) {
        const code = overviewCode(refusal.errorClass);
        const error = { code, text: refusal.message, documentation_url, resource };
        return { status: seed.status(refusal), code, body: { result: false, error } };
    },
    // The contract, organizations A5: the reset in seconds since the epoch.
    rateHeaders: ({ available, max, ends }) => ({
        "X-Rate-Limit-Available": String(available),
        "X-Rate-Limit-Max": String(max),
        "X-Rate-Limit-Expiry": String(ends),
    }),
    share: ({ download_security, external_invites, ...shown }) => shown,
    workspace: ({ metadata_extraction, ...shown }) => shown,
    node: (object) => object,
    // The contract, organizations C3: `status` came about April 2026, and `invite` with it.
    listedMember: ({ status, invite, ...shown }) => shown,
    invitation: (object) => object,
    // The contract, shares 3: from 2026-04-09 on.
    listsInvited: false,
    listsArchivedShares: true,
    gatesIntelligence: false,
    makesQuickshares: true,
    idTypes: { f: "2" },
    // The contract, organizations H1.
    tokenSeconds: 3600,
};

/** The overview in the service's other envelope. */
const wrapped: Dialect = {
    ...seed,
    name: "wrapped",
    // The contract, organizations A3, variants: `result` in words, the data under `response`, bookkeeping beside it.
    success: (data, now) => ({
        result: "yes",
        current_api_version: "1.0",
        server_date: dateText(now),
        response: "response" in data ? data.response : data,
    }),
    // The same, errors: `message` for `text`, and the HTTP status as a text where the framework itself refuses.
    refusal(refusal, resource) {
        const { status, code } = seed.refusal(refusal, resource);
        const isFramework = refusal.errorClass === "REQUEST_TYPE";
        const error = { code: isFramework ? String(status) : code, message: refusal.message, resource };
        return { status, code: isFramework ? status : code, body: { result: "no", error } };
    },
};

/** A check whose number is known, maybe with a status of its own. */
type KnownSite = { code: number; status?: number };

// The contract, workspaces 1.3 and organizations A4.
const newerSites: Partial<Record<Site, KnownSite>> = {
    anonymous: { code: 10011 },
    notAWorkspaceMember: { code: 10545, status: 401 },
    notGranted: { code: 115069, status: 401 },
    notVerified: { code: 10587 },
    noSuchNode: { code: 133123 },
    quicksharesRetired: { code: 10756 },
};

const newerClasses: Partial<Record<ErrorClass, number>> = { UPLOAD_SIZE: 10522, UNKNOWN_ROUTE: 9992 };

/** How a service refuses that numbers its checks. */
interface Numbering {
    /** Where they are not the overview's. */
    statuses: Partial<Record<ErrorClass, number>>;
    sites: Partial<Record<Site, KnownSite>>;
    /** Whether refusals name every field that does not pass, and the reason in a word with what belongs to it. */
    tellsMore: boolean;
    /** Of a field that is missing, of one that does not pass, and of those that have a number of their own. */
    fields: { missing: number; invalid: number; own?: Record<string, number> };
    /** The numbers of checks that nobody has listed begin here, 90,000 of them. */
    drawnFrom: number;
}

/**
 * Refusals that number the check that failed, and leave the class to the documentation: the contract, workspaces 1.3;
 * `params` since 2026-05-05, organizations A3.
 */
function numbered(numbering: Numbering): Pick<Dialect, "status" | "refusal"> {
    const { statuses, sites, tellsMore, fields: fieldCodes, drawnFrom } = numbering;
    const status: Dialect["status"] = ({ errorClass, site }) =>
        (site && sites[site]?.status) ?? statuses[errorClass] ?? overviewStatus(errorClass);
    /** A check's own number: the listed one, or else one that is the same for the same check of the same route. */
    const codeOf = ({ errorClass, site, field, message, told, reason }: ApiError, resource: string) => {
        if (told?.code !== undefined) return told.code;
        const known = site && sites[site];
        if (known) return known.code;
        if (errorClass === "INPUT_INVALID" && field !== undefined) {
            return fieldCodes.own?.[field] ?? fieldCodes[kindOf(message)];
        }
        const listed = newerClasses[errorClass];
        if (listed !== undefined) return listed;
        const cause = reason === undefined ? errorClass : `${errorClass} ${reason}`;
        const drawn = createHash("sha256").update(`${resource} ${cause}`).digest().readUInt32BE();
        return drawnFrom + (drawn % 90_000);
    };
    const paramOf = (refusal: ApiError, resource: string) => {
        const { field, message } = refusal;
        const kind = kindOf(message);
        const problem = message.replace(`${field}: `, "");
        return { name: field, kind, message: problem, code: codeOf(refusal, resource), expected_type: "string" };
    };
    const reasonOf = ({ reason, details }: ApiError) =>
        tellsMore && (reason !== undefined || Object.keys(details).length > 0)
            ? { ...(reason !== undefined && { reason }), ...details }
            : undefined;
    return {
        status,
        refusal(refusal, resource) {
            const { field, message, errorClass } = refusal;
            const code = codeOf(refusal, resource);
            const fields = field === undefined ? [] : tellsMore ? [refusal, ...refusal.others] : [refusal];
            const list = fields.map((one) => ({ ...paramOf(one, resource), ...reasonOf(one) }));
            const params = list.length > 0 ? list : reasonOf(refusal);
            const documentation = `${documentation_url}#${overviewCode(errorClass)}`;
            const error = {
                code,
                text: message,
                documentation_url: documentation,
                resource,
                ...(params && { params }),
            };
            return { status: refusal.told?.status ?? status(refusal), code, body: { result: false, error } };
        },
    };
}

function kindOf(message: string): "missing" | "invalid" {
    return /is required/.test(message) ? "missing" : "invalid";
}

/** The newer switch of downloads for the older one. */
export function newerDownloads({ download_enabled: older, ...input }: Input): Input {
    return older === undefined ? input : { download_security: older === "false" ? "high" : "off", ...input };
}

function newerShare({ download_enabled, ...shown }: Answer): Answer {
    return { ...shown, share_category: shown.storage_mode === "independent" ? "portal" : "shared_folder" };
}

/** The service in the middle of 2026. */
const mid2026: Dialect = {
    ...seed,
    name: "mid2026",
    routes: ["always", "newer", "early"],
    // The contract, shares 2.4: the older switch is taken still; what it means for the newer one is inferred.
    fields: ({ external_invites, metadata_extraction, ...input }) => newerDownloads(input),
    ...numbered({
        // The contract, organizations A4, the newer API's table, and workspaces 1.3.
        statuses: {
            INPUT_INVALID: 400,
            INPUT_DUPLICATE: 400,
            UPLOAD_SIZE: 400,
            DENIED: 403,
            RESTRICTED: 403,
            FEATURE_LIMIT: 402,
        },
        sites: newerSites,
        tellsMore: false,
        // The contract, organizations A3.
        fields: { missing: 10022, invalid: 10022 },
        drawnFrom: 300_000,
    }),
    // The contract, workspaces 1.4: other names, and the reset as a date.
    rateHeaders: ({ available, max, ends }) => ({
        "x-ve-limit-avail": String(available),
        "x-ve-limit-max": String(max),
        "x-ve-limit-expires": dateText(ends),
    }),
    // The contract, shares 1: `share_category` since 2026-03-16, `download_security` since 2026-03-30.
    share: ({ external_invites, ...shown }) => newerShare(shown),
    listedMember: (object) => object,
    // The contract, workspaces 5: the names of the newer lists.
    invitation: ({ email, ...shown }) => ({ ...shown, invitee_email: email }),
    listsInvited: true,
    // The contract, workspaces 3.7.
    listsArchivedShares: false,
    // The contract, shares 9 and workspaces 3.2.
    gatesIntelligence: true,
    // The contract, shares 5: retired, links that exist go on.
    makesQuickshares: false,
    // The contract, organizations U13.
    tokenSeconds: 2_592_000,
};

/** The service in October 2026. */
const late2026: Dialect = {
    ...mid2026,
    name: "late2026",
    era: "late",
    routes: ["always", "newer", "late"],
    ...numbered({
        // Late content 2.3 and late accounts 2.3: validation is a 406 again, what an action itself refuses a 403.
        statuses: { DENIED: 403 },
        sites: {
            ...newerSites,
            notVerified: { code: 10587, status: 403 },
            quicksharesRetired: { code: 10756, status: 403 },
            confirmMissing: { code: 130987 },
            lockTokenMissing: { code: 205516 },
            nameTooLong: { code: 206604 },
            folderNameTooLong: { code: 146871 },
            versionBlank: { code: 207092 },
            versionMismatch: { code: 113958 },
            checksumMismatch: { code: 10778 },
            checksumContradicted: { code: 10779 },
            shareNotSearched: { code: 139420 },
            orphanNotSearched: { code: 179101 },
            notANote: { code: 153548 },
            tooManyNodes: { code: 115519, status: 400 },
            hashIncomplete: { code: 196420 },
            retiredTemplates: { code: 131380, status: 410 },
            retiredTemplateSelect: { code: 122209, status: 410 },
            retiredMetadataUpdate: { code: 139876, status: 410 },
            batchTooLarge: { code: 147703, status: 403 },
        },
        // Late content 2.3: a list of all fields that fail, an object for everything else.
        tellsMore: true,
        // Late accounts 2.4.
        fields: { missing: 10022, invalid: 10566, own: { agent_name: 107_184 } },
        drawnFrom: 100_000,
    }),
    // Late accounts 2.7: the reset in seconds since the epoch.
    rateHeaders: ({ available, max, ends }) => ({
        "x-ve-limit-avail": String(available),
        "x-ve-limit-max": String(max),
        "x-ve-limit-expires": String(ends),
    }),
    // Late accounts 2.1: some ids have a type of two characters.
    idTypes: { "9": "9v", "7": "7k", q: "qs", f: "2f", "3": "3v", "5": "5u" },
    // Late content 5.3 and 5.4: what the older switch of downloads does is a matter of the route.
    fields: (input) => input,
    share: newerShare,
    workspace: (object) => object,
    // Late content 2.7: a key is absent where it does not apply.
    node: ({ deleted, deleted_from, ...shown }) => (deleted === null ? shown : { ...shown, deleted, deleted_from }),
};

const dialects: Record<DialectName, Dialect> = { seed, wrapped, mid2026, late2026 };

export function dialectOf(name: string): Dialect {
    const known = dialectNames.find((one) => one === name);
    if (known !== undefined) return dialects[known];
    throw new Error(`The emulator does not speak the dialect "${name}"; it speaks ${dialectNames.join(", ")}.`);
}
