// The error tree: what failed, what the service said, and what to do next. Texts from outside are redacted before they get here.

const brand = Symbol.for("pulumi-fastio.error");

export type ApiErrorClass =
    | "invalid"
    | "duplicate"
    | "not-found"
    | "unauthenticated"
    | "denied"
    | "restricted"
    | "limit"
    | "rate-limited"
    | "conflict"
    | "exists"
    | "locked"
    | "server"
    | "unavailable"
    | "not-implemented"
    | "wrong-verb"
    | "unknown";

export interface ErrorDetails {
    /** What was being done, as the rest of a sentence: "create the workspace". */
    operation: string;
    problem: string;
    /** What the reader can do about it. */
    next: string;
    attempts?: number;
    cause?: Error;
}

/** The base of every error of the client. `instanceof` works across two copies of the package in one process. */
export class FastioError extends Error {
    static readonly code: string = "FASTIO";
    readonly code: string;
    readonly operation: string;
    readonly next: string;
    /** How many requests were sent for the operation. */
    readonly attempts: number;

    constructor({ operation, problem, next, attempts = 1, cause }: ErrorDetails) {
        const times = attempts > 1 ? ` (${attempts} attempts)` : "";
        super(
            `Could not ${operation}${times}: ${problem.replace(/[.\s]+$/, "")}. ${next}`,
            cause === undefined ? undefined : { cause },
        );
        this.name = new.target.name;
        this.code = new.target.code;
        this.operation = operation;
        this.next = next;
        this.attempts = attempts;
        Object.defineProperty(this, brand, { value: true });
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
        // biome-ignore lint/complexity/noThisInStatic: the class that is asked about is the subclass
        const { code } = this;
        const isOne = typeof value === "object" && value !== null && brand in value;
        return isOne && (code === FastioError.code || ("code" in value && value.code === code));
    }
}

export interface ApiErrorDetails {
    operation: string;
    class: ApiErrorClass;
    status: number;
    apiCode?: number;
    apiText: string;
    /** Why the service refuses, in its own word (`error.params.reason`). */
    reason?: string;
    /** What to do about this refusal; by default what its class advises. */
    next?: string;
    /** How long the service wants to be left alone. */
    retryAfterSeconds?: number;
    requestId?: string;
    /** Method and path, with invitation keys masked. */
    resource: string;
    attempts: number;
}

const nextByClass: Readonly<Record<ApiErrorClass, string>> = {
    invalid: "Correct the value that the message names.",
    duplicate: "The value is already in use: choose another, or import what holds it.",
    "not-found": "Check the id: the object may have been deleted, or this account may not see it.",
    unauthenticated: "Give a valid token or API key, or an e-mail and password.",
    denied: "Ask an owner or an admin for the permission, or use an account or a token that has it.",
    restricted: "The account, its plan or the object's present state forbids this: look at the text above.",
    limit: "A limit of the plan or of the service is reached: remove something, or upgrade the plan.",
    "rate-limited": "Wait until the limit resets, or allow fewer requests per minute.",
    conflict: "Something changed it at the same time: read it again, then repeat.",
    exists: "It exists already: choose another name, or import it.",
    locked: "Wait until its lock is released, then repeat.",
    server: "The service failed: try again later, and give its support the request id if it stays.",
    unavailable: "The service could not look something up that it needs: try again later.",
    "not-implemented": "The service does not know this route: check the base URL and the version of this package.",
    "wrong-verb": "The service does not take this method here: check the base URL and the version of this package.",
    unknown: "Look the code up in the service's documentation, or give its support the request id.",
};

/** The service answered, and refused or failed. */
export class ApiError extends FastioError {
    static override readonly code = "FASTIO_API";
    readonly class: ApiErrorClass;
    readonly status: number;
    readonly apiCode: number | undefined;
    readonly apiText: string;
    readonly reason: string | undefined;
    readonly retryAfterSeconds: number | undefined;
    readonly requestId: string | undefined;
    readonly resource: string;

    constructor(details: ApiErrorDetails) {
        const { apiCode, apiText, reason, requestId, resource, status } = details;
        const code = apiCode === undefined ? "" : `, code ${apiCode}`;
        const id = requestId === undefined ? "" : `, request id ${requestId}`;
        super({
            operation: details.operation,
            problem: `Fast.io says "${apiText}" (HTTP ${status}${code}${id}, ${resource})`,
            next: details.next ?? nextByClass[details.class],
            attempts: details.attempts,
        });
        this.class = details.class;
        this.status = status;
        this.apiCode = apiCode;
        this.apiText = apiText;
        this.reason = reason;
        this.retryAfterSeconds = details.retryAfterSeconds;
        this.requestId = requestId;
        this.resource = resource;
    }

    /** The same answer, read differently after more was learned about it. */
    as(errorClass: ApiErrorClass, next?: string): ApiError {
        const { operation, status, apiCode, apiText, reason, requestId, resource, attempts } = this;
        return new ApiError({
            operation,
            class: errorClass,
            status,
            apiText,
            resource,
            attempts,
            ...(apiCode === undefined ? {} : { apiCode }),
            ...(reason === undefined ? {} : { reason }),
            ...(next === undefined ? {} : { next }),
            ...(requestId === undefined ? {} : { requestId }),
        });
    }
}

/** There was no answer: the connection could not be made, or broke. */
export class ConnectionError extends FastioError {
    static override readonly code = "FASTIO_CONNECTION";
    /** Whether the request may have reached the service; always true for a request without a body. */
    readonly sent: boolean;

    constructor(details: ErrorDetails & { sent: boolean }) {
        super(details);
        this.sent = details.sent;
    }
}

/** There was no complete answer in time. */
export class TimeoutError extends FastioError {
    static override readonly code = "FASTIO_TIMEOUT";
    /** Whether the request may have reached the service; always true for a request without a body. */
    readonly sent: boolean;

    constructor(details: ErrorDetails & { sent: boolean }) {
        super(details);
        this.sent = details.sent;
    }
}

/** The caller gave up. */
export class AbortedError extends FastioError {
    static override readonly code = "FASTIO_ABORTED";
    /** Whether the request may have reached the service. */
    readonly sent: boolean;

    constructor({
        sent,
        reason,
        ...details
    }: Pick<ErrorDetails, "operation" | "attempts"> & { sent: boolean; reason?: unknown }) {
        // Without a reason of its own a signal carries the platform's AbortError.
        const told = reason instanceof Error && reason.name !== "AbortError" ? reason.message : "it was cancelled";
        super({ ...details, problem: told, next: "Repeat it when ready." });
        this.sent = sent;
    }
}

export type AnswerProblem = "not-json" | "truncated" | "too-large" | "shape" | "redirect";

export const nextByProblem: Readonly<Record<AnswerProblem, string>> = {
    "not-json": "Check that the base URL is the API's, and that no proxy or login page answers in its place.",
    truncated: "Try again; if it stays, a proxy may be cutting answers off.",
    "too-large": "Ask for less at once.",
    shape: "Check that the base URL is the API's; if it is, this package does not know this version of it yet.",
    redirect: "Set the base URL to the address that the service itself answers on.",
};

/** There was an answer that cannot be used. */
export class AnswerError extends FastioError {
    static override readonly code = "FASTIO_ANSWER";
    readonly reason: AnswerProblem;
    readonly status: number;
    readonly requestId: string | undefined;

    constructor(details: ErrorDetails & { reason: AnswerProblem; status: number; requestId?: string }) {
        super(details);
        this.reason = details.reason;
        this.status = details.status;
        this.requestId = details.requestId;
    }
}

/** A list changed while its pages were read, again and again. */
export class ShiftedListError extends FastioError {
    static override readonly code = "FASTIO_LIST_SHIFTED";
}

/** The rate limit resets later than the caller is ready to wait. */
export class RateLimitWaitError extends FastioError {
    static override readonly code = "FASTIO_RATE_LIMIT_WAIT";
    /** When the limit resets, by the service's clock. */
    readonly resetAt: Date;

    constructor(details: ErrorDetails & { resetAt: Date }) {
        super(details);
        this.resetAt = details.resetAt;
    }
}

/** There is no credential, only half of one, or the service rejects it. */
export class CredentialError extends FastioError {
    static override readonly code = "FASTIO_CREDENTIAL";
    /** Where the credential came from, when there is one. */
    readonly source: string | undefined;

    constructor(details: ErrorDetails & { source?: string }) {
        super(details);
        this.source = details.source;
    }
}

/** The client was given something that it must not or cannot use. */
export class ConfigurationError extends FastioError {
    static override readonly code = "FASTIO_CONFIGURATION";
}

/** Whether the service itself refused or failed, in one of these classes (any, when none is named). */
export function isApiError(error: unknown, ...classes: ApiErrorClass[]): error is ApiError {
    return error instanceof ApiError && (classes.length === 0 || classes.includes(error.class));
}

/** Whether the service refuses because such a thing is there already; not every version tells that from other conflicts. */
export function isTaken(error: unknown): error is ApiError {
    return isApiError(error, "duplicate", "exists", "conflict");
}

/** Whether the outcome of a write is unknown: it may have happened. */
export function isAmbiguous(error: unknown): boolean {
    if (error instanceof ConnectionError || error instanceof TimeoutError || error instanceof AbortedError) {
        return error.sent;
    }
    if (error instanceof AnswerError) {
        return error.status < 300 || error.status >= 500;
    }
    return isApiError(error, "server");
}
