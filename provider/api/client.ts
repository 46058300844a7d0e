// The client of the Fast.io API: sends a request with a credential, within the rate limit, as often as it may be repeated.
import type { Dispatcher } from "undici";
import * as z from "zod";
import { readAnswer } from "./answer";
import { parseBaseUrl } from "./base-url";
import { type Clock, systemClock } from "./clock";
import { type CredentialSource, Credentials, isRejection, type Session } from "./credentials";
import { address, encodeBody, type RequestParts } from "./encode";
import { identifier, wrapped } from "./envelope";
import {
    AbortedError,
    AnswerError,
    type ApiError,
    ConnectionError,
    CredentialError,
    FastioError,
    isApiError,
    TimeoutError,
} from "./errors";
import { type FetchPage, type Listing, list } from "./paging";
import { printable } from "./printable";
import { type Place, RateBudget, readRateHeaders } from "./rate-budget";
import { keysPage } from "./reasons";
import { isSecretKey, Redactor, shownPath } from "./redactor";
import { decide, type Outcome, type RequestKind } from "./retry";
import { type Scopes, scopesRequest } from "./scopes";
import { SecondFactor, withCode } from "./second-factor";
import { type Exchange, type RawAnswer, requestIdOf, Transport } from "./transport";

export type { Clock } from "./clock";
export type { CredentialSource } from "./credentials";
export type { Content, FormValue, Multipart } from "./encode";
export type { RequestKind } from "./retry";

export type Log = (severity: "debug" | "info" | "warning" | "error", message: string) => void;

export interface ApiClientOptions {
    /** Where the API is, "https://api.fast.io/current/" for instance. Plain http is for loopback only. */
    baseUrl: string;
    /** In order of precedence: the first that holds a complete credential is used. */
    credentials: readonly CredentialSource[];
    userAgent: string;
    log?: Log;
    clock?: Clock;
    dispatcher?: Dispatcher;
    /** An own ceiling below what the service allows. */
    requestsPerMinute?: number;
    /** The longest wait for a rate limit, for one request with its repetitions; 300 by default. */
    maxWaitSeconds?: number;
    /** One line a request: method, path, status, time, request id. */
    logRequests?: boolean;
    /** For one attempt; 60 000 by default. */
    timeoutMs?: number;
    /** The secret of the account's authenticator app: answers where the service wants a six-digit code. */
    totpSecret?: string;
    /** Whether a credential that the service rejects may be replaced by the next source's; no, by default. */
    fallbackAllowed?: () => boolean;
}

export interface ApiRequest<T> extends RequestParts {
    /** Reads the answer's data, which lies at the root or under `response`; of a HEAD the headers, in lower case. */
    answer: z.ZodType<T>;
    /** What the request does, which decides whether it may be repeated. */
    kind: RequestKind;
    /** The answer is bytes without an envelope: `size` and `sha256` are its data, and they are not kept. */
    digest?: boolean;
    /** A file that the bytes of such an answer are written into. */
    into?: string;
    /** What no message about the request and no line of the log may hold, beside what its form and query have. */
    secrets?: readonly string[] | undefined;
    /** Ends the request, its waits included. */
    signal?: AbortSignal | undefined;
    /** Ends in place of the signal what is on its way already: whether a write happened may be worth a moment more. */
    sentSignal?: AbortSignal | undefined;
    /** Takes back what work that has to end began: sent in the time in which nothing else is written any more. */
    tidies?: boolean;
    /** For one attempt, where the client's own does not fit. */
    timeoutMs?: number | undefined;
}

/** A request by its address below the base URL, as it is: with or without a slash at its end. */
export type RawRequest = Pick<
    ApiRequest<unknown>,
    "operation" | "method" | "form" | "json" | "multipart" | "signal"
> & {
    address: string;
};

export type ListRequest<T> = Listing<T> & Pick<ApiRequest<T>, "path" | "query" | "secrets" | "signal" | "timeoutMs">;

/** The client as the verbs of resources and functions use it. */
export type VerbClient = Pick<ApiClient, "origin" | "request" | "list" | "serviceNow" | "sleep" | "account" | "scopes">;

/** The client for what is done about something that has secrets of its own. */
export function hiding(client: VerbClient, secrets: readonly string[]): VerbClient {
    if (secrets.length === 0) return client;
    return {
        origin: client.origin,
        request: (request) => client.request({ ...request, secrets }),
        list: (request, arrived) => client.list({ ...request, secrets }, arrived),
        serviceNow: () => client.serviceNow(),
        sleep: (ms, signal) => client.sleep(ms, signal),
        account: () => client.account(),
        scopes: () => client.scopes(),
    };
}

/** Whom the credential belongs to. */
export interface Account {
    id: string;
    email?: string;
    accountType?: string;
}

const defaultTimeoutMs = 60_000;
const defaultMaxWaitSeconds = 300;
const defaultTokenLifetimeSeconds = 3600;

const accountSchema = wrapped(
    ["user"],
    z.object({
        id: identifier,
        email_address: z.string().nullish(),
        email: z.string().nullish(),
        account_type: z.string().nullish(),
    }),
).transform(({ id, email_address, email, account_type }): Account => {
    const address = email_address ?? email;
    return { id, ...(address && { email: address }), ...(account_type && { accountType: account_type }) };
});

const signInSchema = z.object({
    auth_token: z.string(),
    expires_in: z.coerce.number().positive().catch(defaultTokenLifetimeSeconds),
    "2factor": z.union([z.boolean(), z.string()]).nullish(),
    // Only a service that is about to give up this way of signing in tells this.
    enrol_required: z.union([z.boolean(), z.string()]).nullish(),
});

const sessionSchema = signInSchema.pick({ auth_token: true, expires_in: true });

function isTrue(flag: boolean | string | null | undefined): boolean {
    return flag === true || flag === "yes" || flag === "true";
}

function bearer(token: string): string {
    return `Bearer ${token}`;
}

function outcomeOf(error: unknown): Outcome {
    if (error instanceof ConnectionError || error instanceof TimeoutError) {
        return error.sent ? "unanswered" : "unsent";
    }
    if (error instanceof AnswerError) {
        return error.reason === "truncated" ? "unanswered" : "final";
    }
    if (isApiError(error, "rate-limited", "unavailable")) {
        return error.class === "unavailable" ? "unavailable" : "rate-limited";
    }
    return isApiError(error, "server") ? "failed" : "final";
}

/** Resolves with the promise, or rejects as soon as the signal says so; what the promise stands for goes on for others. */
function unlessAborted<T>(promise: Promise<T>, operation: string, signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) {
        return promise;
    }
    return new Promise<T>((resolve, reject) => {
        const abort = () => reject(new AbortedError({ operation, sent: false, reason: signal.reason }));
        if (signal.aborted) {
            abort();
        }
        signal.addEventListener("abort", abort, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    });
}

const accountRequest: ApiRequest<Account> = {
    operation: "read the account",
    method: "GET",
    path: ["user", "me", "details"],
    answer: accountSchema,
    kind: "read",
};

/** What is asked once about a source's credential; a failure is asked again. */
class AskedOnce<T> {
    #known: { source: CredentialSource; answer: Promise<T> } | undefined;

    of(source: CredentialSource, ask: () => Promise<T>): Promise<T> {
        return this.#known?.source === source ? this.#known.answer : this.keep(source, ask());
    }

    keep(source: CredentialSource, answer: Promise<T>): Promise<T> {
        const known = { source, answer };
        this.#known = known;
        answer.catch(() => {
            if (this.#known === known) this.#known = undefined;
        });
        return answer;
    }
}

function basic(email = "", password = ""): string {
    return Buffer.from(`${email}:${password}`).toString("base64");
}

/** The values of a request that the service might repeat in an error's text, and that must not be shown. */
function secretsOf({ query, form }: RequestParts): string[] {
    return Object.entries({ ...query, ...form }).flatMap(([key, value]) =>
        typeof value === "string" && isSecretKey(key) ? [value] : [],
    );
}

export class ApiClient {
    /** Scheme, host and port of the service. */
    readonly origin: string;
    readonly #options: ApiClientOptions;
    readonly #baseUrl: URL;
    readonly #clock: Clock;
    readonly #redactor = new Redactor();
    readonly #transport: Transport;
    readonly #credentials: Credentials;
    #budget: RateBudget;
    #serviceTime: { at: number; monotonic: number } | undefined;
    readonly #account = new AskedOnce<Account>();
    readonly #scopes = new AskedOnce<Scopes>();
    #secondFactor: SecondFactor | undefined;
    #warnedOfSignIn = false;

    constructor(options: ApiClientOptions) {
        this.#options = options;
        this.#baseUrl = parseBaseUrl(options.baseUrl);
        this.origin = this.#baseUrl.origin;
        this.#clock = options.clock ?? systemClock;
        this.#transport = new Transport(this.#baseUrl, options.dispatcher);
        this.#budget = this.#newBudget();
        this.#redactor.add(options.totpSecret);
        for (const { email, password, token } of options.credentials) {
            this.#redactor.add(token, password, password && basic(email, password));
        }
        this.#credentials = new Credentials({
            sources: options.credentials,
            clock: this.#clock,
            fallbackAllowed: options.fallbackAllowed ?? (() => false),
            signIn: (source, email, password) => this.#signIn(source, email, password),
            check: (token) => this.#check(token),
            replaced: (rejected, session) => this.#replaced(rejected, session),
        });
    }

    /** Sends a request with the credential and reads its answer. */
    async request<T>(request: ApiRequest<T>): Promise<T> {
        const { operation, signal } = request;
        const session = await unlessAborted(this.#credentials.session(), operation, signal);
        try {
            return await this.#sendProven(request, bearer(session.token));
        } catch (error) {
            if (!isRejection(error)) {
                throw error;
            }
            // Refused before acting, so a create may be sent again as well.
            const renewed = await unlessAborted(this.#credentials.afterRefusal(session, error), operation, signal);
            return this.#sendProven(request, bearer(renewed.token));
        }
    }

    /**
     * The service's own answer to one request, whatever it is: for those who want to know how the service speaks. Sent once,
     * within the rate limit. `bearer` takes the credential's place; null sends none.
     */
    async exchange(
        { operation, method, address, signal, ...parts }: RawRequest,
        bearerToken?: string | null,
    ): Promise<RawAnswer> {
        const token = bearerToken === undefined ? (await this.#credentials.session()).token : bearerToken;
        const place = await this.#budget.acquire(operation, 0, signal);
        try {
            const answer = await this.#transport.send({
                operation,
                attempts: 1,
                method,
                url: new URL(address, this.#baseUrl),
                headers: {
                    accept: "application/json",
                    "user-agent": this.#options.userAgent,
                    ...(token === null ? {} : { authorization: bearer(token) }),
                },
                body: encodeBody({ operation, method, path: [], ...parts }),
                digest: false,
                into: undefined,
                timeoutMs: this.#options.timeoutMs ?? defaultTimeoutMs,
                signal,
                redact: this.#redactor.redact,
            });
            this.#budget.learn(readRateHeaders(answer.headers));
            return answer;
        } finally {
            place.release();
        }
    }

    /** A whole list, read again when it moved meanwhile: what is not in it was not there. `arrived` is told of each page. */
    list<T>(request: ListRequest<T>, arrived?: (items: readonly T[]) => void): Promise<T[]> {
        return list(this.#pageOf(request), request, arrived);
    }

    /** Milliseconds since the epoch by the service's clock, as of its last answer; before the first by the local one. */
    serviceNow(): number {
        const known = this.#serviceTime;
        return known === undefined ? this.#clock.now() : known.at + this.#clock.monotonic() - known.monotonic;
    }

    /** Waits by the client's clock, for what the service does meanwhile. */
    sleep(ms: number, signal?: AbortSignal): Promise<void> {
        return this.#clock.sleep(ms, signal);
    }

    /**
     * The client for work that may have to end early. From `last` on nothing is on its way any more. From the earlier `end`
     * on nothing is written and nothing waits any longer; what was written until then can still be answered and looked at.
     * Work that has written nothing ends there, because nothing is lost by it.
     */
    within(end: AbortSignal, last: AbortSignal): VerbClient {
        const bounded = (signal: AbortSignal, own: AbortSignal | undefined) =>
            own === undefined ? signal : AbortSignal.any([signal, own]);
        let hasWritten = false;
        const reading = () => (end.aborted && hasWritten ? last : end);
        const waiting = () => (hasWritten ? last : end);
        return {
            origin: this.origin,
            request: (request) => {
                if (request.kind !== "read" && !end.aborted) hasWritten = true;
                return this.request({
                    ...request,
                    signal: bounded(request.kind === "read" || request.tidies ? reading() : end, request.signal),
                    sentSignal: bounded(last, request.signal),
                });
            },
            list: (request, arrived) => this.list({ ...request, signal: bounded(reading(), request.signal) }, arrived),
            serviceNow: () => this.serviceNow(),
            sleep: (ms, signal) => this.sleep(ms, bounded(waiting(), signal)),
            account: () => unlessAborted(this.account(), accountRequest.operation, waiting()),
            scopes: () => unlessAborted(this.scopes(), scopesRequest.operation, waiting()),
        };
    }

    /** Whom the credential belongs to, asked once. */
    async account(): Promise<Account> {
        const { source } = await this.#credentials.session();
        return this.#account.of(source, () => this.request(accountRequest));
    }

    /** What the credential may do, asked once. */
    async scopes(): Promise<Scopes> {
        const { source } = await this.#credentials.session();
        return this.#scopes.of(source, () => this.request(scopesRequest));
    }

    /** Ends the connections that the client opened. */
    async close(): Promise<void> {
        await this.#transport.close();
    }

    readonly #log: Log = (severity, message) =>
        this.#options.log?.(severity, printable(this.#redactor.redact(message)));

    #newBudget(): RateBudget {
        const { requestsPerMinute, maxWaitSeconds = defaultMaxWaitSeconds } = this.#options;
        return new RateBudget({
            clock: this.#clock,
            serviceNow: () => this.serviceNow(),
            log: (message) => this.#log("info", message),
            maxWaitSeconds,
            ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
        });
    }

    #pageOf<T>({ operation, path, query, secrets, signal, timeoutMs }: ListRequest<T>): FetchPage {
        return (page, answer) =>
            this.request({
                operation,
                method: "GET",
                path,
                query: { ...query, ...page },
                answer,
                kind: "read",
                secrets,
                signal,
                timeoutMs,
            });
    }

    /** Proves the second factor where the service wants that: it refuses before it acts, so anything may be sent again. */
    async #sendProven<T>(request: ApiRequest<T>, authorization: string): Promise<T> {
        const { totpSecret } = this.#options;
        const wantsProof = (error: unknown) => isApiError(error) && error.reason === "stepup_required";
        try {
            return await this.#send(request, authorization);
        } catch (error) {
            if (totpSecret === undefined || !wantsProof(error)) throw error;
        }
        this.#secondFactor ??= await SecondFactor.of(totpSecret);
        const factor = this.#secondFactor;
        const proven = () => this.#send(withCode(request, factor.code(this.serviceNow())), authorization);
        try {
            return await proven();
        } catch (error) {
            if (!wantsProof(error)) throw error;
        }
        // A code counts once.
        await this.#clock.sleep(factor.untilNext(this.serviceNow()), request.signal);
        return proven().catch((error: unknown) => {
            throw isApiError(error) && wantsProof(error)
                ? error.as(
                      error.class,
                      "The service takes no code of fastio:totpSecret: check that it is the account's and that the machine's clock is right. " +
                          "An account that has a passkey alone cannot answer here: use a signed-in session's token, or a key of another account.",
                  )
                : error;
        });
    }

    /** Sends a request as often as it may be repeated. */
    async #send<T>(request: ApiRequest<T>, authorization: string): Promise<T> {
        const { operation, method, kind, signal, timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs } = request;
        const abortion = (attempts: number, sent: boolean) =>
            new AbortedError({ operation, attempts, sent, reason: signal?.reason });
        const exchange = {
            operation,
            method,
            url: address(this.#baseUrl, request),
            headers: {
                accept: request.digest ? "*/*" : "application/json",
                authorization,
                "user-agent": this.#options.userAgent,
            },
            body: encodeBody(request),
            digest: request.digest ?? false,
            into: request.into,
            timeoutMs,
            signal: request.sentSignal ?? signal,
            redact: this.#redactor.with([...secretsOf(request), ...(request.secrets ?? [])]).redact,
        };
        const began = this.#clock.monotonic();
        let waitedMs = 0;
        let waitedSinceRefusalMs = 0;
        for (let attempts = 1; ; attempts++) {
            const budget = this.#budget;
            let place: Place;
            try {
                place = await budget.acquire(operation, waitedSinceRefusalMs, signal);
                waitedMs += place.waitedMs;
                waitedSinceRefusalMs += attempts === 1 ? 0 : place.waitedMs;
            } catch (error) {
                throw signal?.aborted ? abortion(attempts, false) : error;
            }
            let failure: unknown;
            try {
                return await this.#attempt({ ...exchange, attempts }, request.answer, budget);
            } catch (error) {
                failure = error;
            } finally {
                place.release();
            }
            const elapsedMs = this.#clock.monotonic() - began - waitedMs;
            const outcome = outcomeOf(failure);
            const decision = decide({ kind, outcome, attempt: attempts, elapsedMs, random: Math.random() });
            if (!decision.retry) {
                throw failure;
            }
            // What the service says may repeat a secret of the resource, which only the final error's reader knows to mask.
            const told = isApiError(failure)
                ? `Could not ${operation}: HTTP ${failure.status}.`
                : failure instanceof Error
                  ? failure.message
                  : failure;
            this.#log("debug", `${told} Trying again.`);
            await this.#clock.sleep(decision.delayMs, signal).catch((error: unknown) => {
                const sent = outcome === "failed" || outcome === "unanswered";
                throw signal?.aborted ? abortion(attempts, sent) : error;
            });
        }
    }

    async #attempt<T>(exchange: Exchange, schema: z.ZodType<T>, budget: RateBudget): Promise<T> {
        const began = this.#clock.monotonic();
        const line = (result: number | string, requestId = "-") => {
            if (this.#options.logRequests) {
                const ms = Math.round(this.#clock.monotonic() - began);
                this.#log(
                    "info",
                    `${exchange.method} ${exchange.redact(shownPath(exchange.url.pathname))} ${result} ${ms} ms ${requestId}`,
                );
            }
        };
        let answer: RawAnswer;
        try {
            answer = await this.#transport.send(exchange);
        } catch (error) {
            line(error instanceof AnswerError ? error.status : error instanceof FastioError ? error.code : "failed");
            throw error;
        }
        line(answer.status, requestIdOf(answer.headers));
        const date = Date.parse(answer.headers.date ?? "");
        if (!Number.isNaN(date)) {
            this.#serviceTime = { at: date, monotonic: this.#clock.monotonic() };
        }
        const rate = readRateHeaders(answer.headers);
        budget.learn(rate);
        try {
            return readAnswer(exchange, answer, schema);
        } catch (error) {
            if (isApiError(error, "rate-limited")) {
                const { retryAfterSeconds: seconds } = error;
                budget.exhausted(
                    seconds === undefined ? rate : { ...rate, resetAt: this.serviceNow() + seconds * 1000 },
                );
            }
            throw error;
        }
    }

    async #signIn(source: CredentialSource, email: string, password: string) {
        const operation = `sign in with the e-mail and password from ${source.name}`;
        const refused = (problem: string, next: string, cause?: ApiError) =>
            new CredentialError({ operation, problem, next, source: source.name, ...(cause && { cause }) });
        // It counts against the account whatever becomes of the answer, so it is not repeated.
        const answer = await this.#send(
            { operation, method: "GET", path: ["user", "auth"], answer: signInSchema, kind: "create" },
            `Basic ${basic(email, password)}`,
        ).catch((error: unknown) => {
            if (isApiError(error, "not-implemented", "not-found"))
                throw refused(
                    "the service does not take an e-mail and a password any more",
                    `Make an API key at ${keysPage} and give that as the token.`,
                    error,
                );
            // Trying again would only make it longer.
            if (isApiError(error, "locked", "denied"))
                throw refused(`Fast.io says "${error.apiText}"`, error.next, error);
            throw error;
        });
        this.#redactor.add(answer.auth_token);
        if (isTrue(answer.enrol_required))
            throw refused(
                "an organization of the account demands a second factor, and the account has none",
                "Set one up in the account's settings in the web app, or give an API key as the token.",
            );
        if (answer.enrol_required != null && !this.#warnedOfSignIn) {
            this.#warnedOfSignIn = true;
            this.#log(
                "warning",
                `Fast.io will stop taking an e-mail and a password: make an API key at ${keysPage} and give that as the token, instead of those from ${source.name}.`,
            );
        }
        const session = isTrue(answer["2factor"]) ? await this.#secondSignIn(answer.auth_token, refused) : answer;
        return { token: session.auth_token, lifetimeMs: session.expires_in * 1000 };
    }

    /** Finishes the sign-in of an account that has a second factor. */
    async #secondSignIn(token: string, refused: (problem: string, next: string, cause?: ApiError) => CredentialError) {
        const problem = "the account asks for a second factor";
        const { totpSecret } = this.#options;
        if (totpSecret === undefined)
            throw refused(
                problem,
                "Make an API key for the account and give that as the token, or set the secret of its authenticator app as fastio:totpSecret (or FASTIO_TOTP_SECRET).",
            );
        this.#secondFactor ??= await SecondFactor.of(totpSecret);
        const code = this.#secondFactor.code(this.serviceNow());
        const session = await this.#send(
            {
                operation: "sign in with the code of the second factor",
                method: "POST",
                path: ["user", "auth", "2factor", "auth", code],
                form: {},
                answer: sessionSchema,
                kind: "create",
            },
            bearer(token),
        ).catch((error: unknown) => {
            if (!isApiError(error) || isApiError(error, "server", "unavailable", "rate-limited")) throw error;
            throw refused(
                `${problem}, and takes no code of fastio:totpSecret`,
                "Check that it is the account's secret and that the machine's clock is right.",
                error,
            );
        });
        this.#redactor.add(session.auth_token);
        return session;
    }

    async #check(token: string): Promise<boolean> {
        try {
            await this.#send(
                {
                    operation: "check the token",
                    method: "GET",
                    path: ["user", "auth", "check"],
                    answer: z.unknown(),
                    kind: "read",
                },
                bearer(token),
            );
            return true;
        } catch (error) {
            if (isRejection(error)) {
                return false;
            }
            if (isApiError(error, "denied", "restricted")) {
                return true;
            }
            throw error;
        }
    }

    async #replaced(rejected: CredentialSource, { source, token }: Session): Promise<void> {
        this.#budget = this.#newBudget();
        let whose = "an account that it may not read";
        try {
            const account = await this.#send(accountRequest, bearer(token));
            void this.#account.keep(source, Promise.resolve(account));
            whose = account.email === undefined ? `account ${account.id}` : `${account.email} (account ${account.id})`;
        } catch (error) {
            if (!isApiError(error, "denied", "restricted")) {
                throw error;
            }
        }
        this.#log(
            "warning",
            `Fast.io rejects the credential from ${rejected.name}; going on with the one from ${source.name}, which belongs to ${whose}.`,
        );
    }
}
