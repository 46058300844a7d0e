// The HTTP layer: bodies in, envelope, status and headers out, one transaction and one ledger entry for each request.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { authenticate } from "./accounts";
import { ApiError, type ErrorClass, errorClasses } from "./api-error";
import { broken, defaultSlowSeconds, wait } from "./broken-answer";
import {
    type Answer,
    type Backend,
    Call,
    type Caller,
    Content,
    type Route,
    type Routes,
    type UploadedFile,
} from "./call";
import type { Dialect } from "./dialects";
import type { Faults, Strike } from "./faults";
import { type Input, inputOfJson, invalid } from "./fields";
import { numberedRefusal, refused } from "./late-refusals";
import type { Ledger, LedgerEntry } from "./ledger";
import { type RateLimit, tooMany } from "./rate-limit";
import { recordEvent } from "./services/events";

export interface HttpParts {
    readonly backend: Backend;
    readonly routes: Routes;
    readonly ledger: Ledger;
    readonly rateLimit: RateLimit;
    readonly faults: Faults;
    readonly latencyMs: number;
    /** Aborted when the emulator closes: nobody is kept waiting any longer. */
    readonly closing: AbortSignal;
}

const base = "/current";

/** The API under `/current`; `mount` adds what is not the API. */
export function createApp(parts: HttpParts, mount: (app: Hono) => void): Hono {
    const app = new Hono({ strict: false });
    mount(app);
    const { dialect } = parts.backend;
    const routes = parts.routes.list.filter(({ era }) => dialect.routes.includes(era));
    for (const route of routes) {
        app.on(route.method, routePath(route), (context) => answer(parts, context, route));
    }
    for (const path of new Set(routes.map(routePath))) {
        app.all(path, (context) => answer(parts, context, wrongVerb));
    }
    app.all("*", (context) => answer(parts, context, unknownRoute));
    return app;
}

/** Well-known addresses are the host's own; everything else lies under the API's version. */
function routePath({ path }: Route): string {
    return (path.startsWith("/.well-known/") ? path : base + path).replace(/\/$/, "");
}

const wrongVerb: Route = {
    method: "",
    path: "",
    access: "anyone",
    era: "always",
    handler: () => {
        throw new ApiError("REQUEST_TYPE", "This endpoint does not take this HTTP method.");
    },
};

const unknownRoute: Route = {
    ...wrongVerb,
    handler: () => {
        throw new ApiError("UNKNOWN_ROUTE", "There is no such endpoint.");
    },
};

/** What came of a request that was carried out. */
interface Outcome {
    caller: Caller | null;
    refusal: ApiError | undefined;
    data: Answer | Content | undefined;
    effect: Pick<LedgerEntry, "effect" | "kind" | "id">;
}

async function answer(parts: HttpParts, context: Context, route: Route): Promise<Response> {
    const { backend, faults, ledger, latencyMs, closing } = parts;
    const { req } = context;
    // Hono drops a trailing slash; every path of the API has one.
    const path = req.path.replace(/\/?$/, "/");
    const strike = faults.strike(req.method, decoded(path));
    if (strike?.effect === "slow" && strike.when === "before")
        await wait(strike.seconds ?? defaultSlowSeconds, closing);
    const moment = backend.clock.now;
    const headers = new Headers({
        Date: backend.clock.dateHeader,
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
    });
    // Late accounts 2.1.
    if (backend.dialect.era === "late") headers.set("x-ve-reqid", randomUUID());
    const isReplaced = strike !== undefined && strike.when === "before" && strike.effect !== "slow";
    const outcome = isReplaced ? notCarriedOut : await carryOut(parts, context, route, headers);
    const resource = `${req.method} ${route.path ? base + route.path.replace(/:(\w+)/g, "{$1}") : masked(path)}`;
    const sent =
        strike !== undefined && (isReplaced || strike.status !== undefined || strike.effect === "status")
            ? ownAnswer(parts, strike, headers, resource)
            : serviceAnswer(parts, outcome, headers, resource);
    const isSilent = strike?.effect === "reset" || strike?.effect === "hang";
    ledger.add({
        time: new Date(moment * 1000).toISOString(),
        method: req.method,
        path: masked(path),
        query: maskedQuery(req.query()),
        actor: outcome.caller?.user.email ?? null,
        status: isSilent ? 0 : sent.status,
        code: isSilent ? null : sent.code,
        ...outcome.effect,
        ...(route === unknownRoute ? { unknown: true } : {}),
        ...(strike && { fault: { id: strike.id, effect: strike.effect, when: strike.when } }),
    });
    if (latencyMs > 0) await sleep(latencyMs);
    const respond = () => new Response(sent.body, { status: sent.status, headers });
    return strike ? broken(context, strike, respond, closing) : respond();
}

function decoded(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        return path;
    }
}

const notCarriedOut: Outcome = { caller: null, refusal: undefined, data: undefined, effect: { effect: "none" } };

async function carryOut(parts: HttpParts, context: Context, route: Route, headers: Headers): Promise<Outcome> {
    const { backend, rateLimit } = parts;
    const { req } = context;
    let caller: Caller | null = null;
    backend.arrivals.count += 1;
    const arrival = backend.arrivals.count;
    try {
        const authorization = req.header("authorization");
        try {
            caller = authenticate(backend, authorization);
        } finally {
            const budget = caller === null ? "" : (authorization ?? "");
            rateLimit.take(budget, backend.store.settings.requestsPerMinute, headers);
        }
        if (route.access !== "anyone") requireCaller(caller, route, backend.dialect);
        const { body, files } = await readBody(req.raw);
        // Hono answers HEAD by the route of GET.
        const method = req.method === "HEAD" ? "GET" : req.method;
        const { origin } = new URL(req.url);
        const userAgent = req.header("user-agent") ?? "";
        const sent = { method, origin, params: req.param(), query: req.query(), body, files, authorization, userAgent };
        const asked = { ...sent, caller, arrival };
        const call = new Call(backend, asked);
        if (backend.dialect.era === "late") requireOneLevel(call.query);
        const result = backend.store.transaction(() => {
            const answered = route.handler(call);
            recordEvent(call);
            return answered;
        });
        if (result instanceof ApiError) return { ...notCarriedOut, caller, refusal: result };
        return { caller, refusal: undefined, data: result, effect: effectOf(call) };
    } catch (error) {
        return { ...notCarriedOut, caller, refusal: error instanceof ApiError ? error : unexpected(error) };
    }
}

/** What goes out, unless a fault breaks it. */
interface Sent {
    status: number;
    code: number | null;
    body: Content["body"] | null;
}

function serviceAnswer(
    { backend: { dialect, clock } }: HttpParts,
    { refusal, data }: Outcome,
    headers: Headers,
    resource: string,
): Sent {
    if (refusal?.told?.withoutBudget) dropBudget(headers, dialect);
    if (refusal) return refusalAnswer(dialect, refusal, resource);
    if (data instanceof Content) {
        for (const [name, value] of Object.entries(data.headers)) headers.set(name, value);
        return { status: data.status, code: null, body: data.body };
    }
    return { status: 200, code: null, body: JSON.stringify(dialect.success(data ?? {}, clock.now)) };
}

function dropBudget(headers: Headers, dialect: Dialect): void {
    for (const name of Object.keys(dialect.rateHeaders({ available: 0, max: 0, ends: 0 }))) headers.delete(name);
}

function refusalAnswer(dialect: Dialect, refusal: ApiError, resource: string): Sent {
    const { body, ...told } = dialect.refusal(refusal, resource);
    return { ...told, body: JSON.stringify(body) };
}

/** A fault's own answer: its body, or the refusal that the API has for the status, or what a gateway would say. */
function ownAnswer(
    { rateLimit, backend: { dialect } }: HttpParts,
    strike: Strike,
    headers: Headers,
    resource: string,
): Sent {
    const { status = 500, body, seconds } = strike;
    if (status === 429) rateLimit.tellExhausted(seconds, headers);
    const candidates: ErrorClass[] = status === 429 ? ["ENHANCE_CALM"] : errorClasses;
    const errorClass = candidates.find((one) => dialect.status({ errorClass: one, site: undefined }) === status);
    if (errorClass && body === undefined) {
        const problem = `Fault ${strike.id}.`;
        const refusal = status === 429 ? tooMany(dialect, problem, seconds) : new ApiError(errorClass, problem);
        return refusalAnswer(dialect, refusal, resource);
    }
    const text = body ?? `<html><body><h1>${status}</h1></body></html>`;
    if (!/^\s*[[{]/.test(text)) headers.set("Content-Type", "text/html; charset=utf-8");
    return { status, code: null, body: [204, 205, 304].includes(status) ? null : text };
}

function effectOf({ effect: { event, ...effect } }: Call) {
    return effect;
}

const shareTokenRoutes = /^\/(share\/:share_id\/(details|public|assets|storage)|upload)\//;

function requireCaller(caller: Caller | null, route: Route, { era }: Dialect): void {
    const isLate = era === "late";
    if (!caller) throw new ApiError("AUTH_INVALID", "Authentication is required.", { site: "anonymous" });
    if (caller.enrolling && !/^\/user\/auth\/2factor\/(:channel|verify\/:token|send\/:channel)\/$/.test(route.path)) {
        throw refused("two_factor_enrolment_only", "Enrol a second factor first: this token is good for nothing else.");
    }
    if (caller.limited && isLate && !/^\/user\/auth\/(2factor|check)\//.test(route.path)) {
        throw numberedRefusal({ status: 403, code: 10175 }, "This token is good for the second factor only.");
    }
    if (caller.limited && !/^\/user\/auth\/(2factor|check)\//.test(route.path)) {
        throw new ApiError("AUTH_INVALID", "This token is good for the second factor only.");
    }
    if (caller.opens !== null && !shareTokenRoutes.test(route.path)) {
        throw new ApiError("DENIED", "A share's own token reaches that share's content only.");
    }
    if (route.access === "verified" && !caller.user.verified) {
        throw new ApiError("RESTRICTED", "Validate the account's e-mail address first.", { site: "notVerified" });
    }
}

/** Late accounts 2.1: one level of detail, no two. */
function requireOneLevel({ output = "" }: Input): void {
    const levels = output.split(",").filter((word) => ["terse", "standard", "full"].includes(word));
    if (levels.length > 1) throw invalid("output", "takes one of terse, standard and full");
}

/** A mistake of the emulator itself: loud on stderr, a 500 for the caller. */
function unexpected(error: unknown): ApiError {
    console.error("The emulator failed on a request:", error);
    return new ApiError("INTERNAL_ERROR", "The emulator failed on this request; its standard error says why.");
}

interface Body {
    body: Input;
    files: Map<string, UploadedFile>;
}

const nothing: Body = { body: {}, files: new Map() };

async function readBody(request: Request): Promise<Body> {
    if (request.method === "GET" || request.method === "HEAD" || request.body === null) return nothing;
    const type = request.headers.get("content-type") ?? "";
    if (type.startsWith("multipart/form-data")) return readMultipart(request);
    const text = await request.text().catch(() => {
        throw invalid("body", "did not arrive whole");
    });
    if (text === "") return nothing;
    if (!type.startsWith("application/json"))
        return { ...nothing, body: Object.fromEntries(new URLSearchParams(text)) };
    return { ...nothing, body: inputOfJson(text) };
}

async function readMultipart(request: Request): Promise<Body> {
    const form = await request.formData().catch(() => {
        throw invalid("body", "is not valid multipart/form-data");
    });
    const body: Record<string, string> = {};
    const files = new Map<string, UploadedFile>();
    for (const [key, value] of form) {
        if (typeof value === "string") body[key] = value;
        else files.set(key, { name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) });
    }
    return { body, files };
}

/** Of what stands in paths only tokens and keys are long runs of letters and digits, and codes six digits. */
function masked(path: string): string {
    return path.replace(/[A-Za-z0-9]{40,}|(?<=\/)\d{6}(?=\/)/g, "***");
}

function maskedQuery(query: Input): Record<string, string> {
    const mask = ([key, value]: [string, string]) => [
        key,
        /token|password|key|secret/.test(key) ? "***" : masked(value),
    ];
    return Object.fromEntries(Object.entries(query).map(mask));
}
