// The refusals of the API: the overview's error classes with their codes and HTTP statuses.

/** Error class → code and HTTP status, as the overview's table has them, plus two codes of single sites. */
const classes = {
    INPUT_INVALID: [1605, 406],
    INPUT_DUPLICATE: [1607, 406],
    NOT_FOUND: [1609, 404],
    AUTH_INVALID: [1650, 401],
    REQUEST_TYPE: [1651, 405],
    RESOURCE_NOT_FOUND: [1652, 404],
    USER_NOT_FOUND: [1653, 404],
    INTERNAL_ERROR: [1654, 500],
    EXCEEDED_LIMIT: [1656, 413],
    NOT_ACCEPTABLE: [1658, 406],
    CONFLICT: [1660, 409],
    MAX_LIMIT: [1667, 429],
    EXISTS: [1669, 409],
    RESTRICTED: [1670, 406],
    ENHANCE_CALM: [1671, 429],
    LOCKED: [1677, 423],
    DENIED: [1680, 401],
    FEATURE_LIMIT: [1685, 412],
    NOT_IMPLEMENTED: [1686, 501],
    UNKNOWN_ROUTE: [9992, 404],
    UPLOAD_SIZE: [10522, 406],
} as const;

export type ErrorClass = keyof typeof classes;

/** Checks that have a number of their own in some dialects. */
export type Site =
    | "anonymous"
    | "notAWorkspaceMember"
    | "notGranted"
    | "notVerified"
    | "noSuchNode"
    | "quicksharesRetired"
    | "confirmMissing"
    | "lockTokenMissing"
    | "nameTooLong"
    | "folderNameTooLong"
    | "versionBlank"
    | "versionMismatch"
    | "checksumMismatch"
    | "checksumContradicted"
    | "shareNotSearched"
    | "orphanNotSearched"
    | "notANote"
    | "tooManyNodes"
    | "hashIncomplete"
    | "retiredTemplates"
    | "retiredTemplateSelect"
    | "retiredMetadataUpdate"
    | "batchTooLarge";

export const errorClasses = Object.keys(classes) as ErrorClass[];

export function overviewCode(errorClass: ErrorClass): number {
    return classes[errorClass][0];
}

export function overviewStatus(errorClass: ErrorClass): number {
    return classes[errorClass][1];
}

/** Status and number of a refusal that has its own, whatever its class: in the dialects that know them. */
export interface Told {
    status: number;
    code?: number;
    /** Of a 429: nothing is told of the rate budget, which it has nothing to do with. */
    withoutBudget?: boolean;
}

/** What is known of a refusal beside its class. */
export interface Particulars {
    told?: Told;
    site?: Site;
    field?: string;
    reason?: string;
    details?: Readonly<Record<string, unknown>>;
}

/** A request that the API refuses; the dialect makes the error envelope of it. */
export class ApiError extends Error {
    readonly errorClass: ErrorClass;
    readonly site: Site | undefined;
    /** The key of the request that is wrong. */
    readonly field: string | undefined;
    readonly told: Told | undefined;
    /** The word by which programs tell refusals apart, in dialects that have one. */
    readonly reason: string | undefined;
    /** What stands beside the reason. */
    readonly details: Readonly<Record<string, unknown>>;
    /** What is wrong with other fields of the same request. */
    others: readonly ApiError[] = [];

    constructor(errorClass: ErrorClass, text: string, { site, field, told, reason, details = {} }: Particulars = {}) {
        super(text);
        this.name = "ApiError";
        this.errorClass = errorClass;
        this.site = site;
        this.field = field;
        this.told = told;
        this.reason = reason;
        this.details = details;
    }

    /** By the overview, for those who only ask what went wrong. */
    get status(): number {
        return overviewStatus(this.errorClass);
    }
}
