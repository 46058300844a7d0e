// The HTTP layer: bodies in, envelope, status and headers out, one transaction and one ledger entry for each request.
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, Hono } from "hono";
import { authenticate } from "./accounts";
import { ApiError } from "./api-error";
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
import { type Input, inputOfJson, invalid } from "./fields";
import type { Ledger } from "./ledger";
import type { RateLimit } from "./rate-limit";
import { recordEvent } from "./services/events";

export interface HttpParts {
    readonly backend: Backend;
    readonly routes: Routes;
    readonly ledger: Ledger;
    readonly rateLimit: RateLimit;
    readonly latencyMs: number;
}

const base = "/current";

/** The API under `/current`; `mount` adds what is not the API. */
export function createApp(parts: HttpParts, mount: (app: Hono) => void): Hono {
    const app = new Hono({ strict: false });
    mount(app);
    for (const route of parts.routes.list) {
        app.on(route.method, routePath(route), (context) => answer(parts, context, route));
    }
    for (const path of new Set(parts.routes.list.map(routePath))) {
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

async function answer(parts: HttpParts, context: Context, route: Route): Promise<Response> {
    const { backend, ledger, rateLimit } = parts;
    const { req } = context;
    const moment = backend.clock.now;
    const headers = new Headers({
        Date: new Date(moment * 1000).toUTCString(),
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-store",
    });
    const query: Input = req.query();
    let caller: Caller | null = null;
    let call: Call | undefined;
    let refusal: ApiError | undefined;
    let data: Answer | Content | undefined;
    try {
        const authorization = req.header("authorization");
        try {
            caller = authenticate(backend, authorization);
        } finally {
            rateLimit.take(caller?.user.id ?? "", backend.store.settings.requestsPerMinute, headers);
        }
        if (route.access !== "anyone") requireCaller(caller, route);
        const { body, files } = await readBody(req.raw);
        // Hono answers HEAD by the route of GET.
        const method = req.method === "HEAD" ? "GET" : req.method;
        const { origin } = new URL(req.url);
        call = new Call(backend, { method, origin, params: req.param(), query, body, files, authorization, caller });
        const { handler } = route;
        const ready = call;
        const result = backend.store.transaction(() => {
            const answered = handler(ready);
            recordEvent(ready);
            return answered;
        });
        if (result instanceof ApiError) refusal = result;
        else data = result;
    } catch (error) {
        refusal = error instanceof ApiError ? error : unexpected(error);
    }

    const done = refusal === undefined;
    const status = refusal?.status ?? (data instanceof Content ? data.status : 200);
    // Hono drops a trailing slash; every path of the API has one.
    const path = masked(req.path.replace(/\/?$/, "/"));
    ledger.add({
        time: new Date(moment * 1000).toISOString(),
        method: req.method,
        path,
        query: maskedQuery(query),
        actor: caller?.user.email ?? null,
        status,
        code: refusal?.code ?? null,
        ...(done && call ? effectOf(call) : { effect: "none" }),
        ...(route === unknownRoute ? { unknown: true } : {}),
    });
    if (parts.latencyMs > 0) await sleep(parts.latencyMs);

    if (data instanceof Content) {
        for (const [name, value] of Object.entries(data.headers)) headers.set(name, value);
        return new Response(data.body, { status, headers });
    }
    const resource = `${req.method} ${route.path ? base + route.path.replace(/:(\w+)/g, "{$1}") : path}`;
    const envelope = refusal
        ? { result: false, error: { code: refusal.code, text: refusal.message, documentation_url, resource } }
        : { result: true, status: "ok", ...data };
    return new Response(JSON.stringify(envelope), { status, headers });
}

function effectOf({ effect: { event, ...effect } }: Call) {
    return effect;
}

const documentation_url = "https://api.fast.io/llms.txt";

const shareTokenRoutes = /^\/(share\/:share_id\/(details|public|assets|storage)|upload)\//;

function requireCaller(caller: Caller | null, route: Route): void {
    if (!caller) throw new ApiError("AUTH_INVALID", "Authentication is required.");
    if (caller.limited && !/^\/user\/auth\/(2factor|check)\//.test(route.path)) {
        throw new ApiError("AUTH_INVALID", "This token is good for the second factor only.");
    }
    if (caller.opens !== null && !shareTokenRoutes.test(route.path)) {
        throw new ApiError("DENIED", "A share's own token reaches that share's content only.");
    }
    if (route.access === "verified" && !caller.user.verified) {
        throw new ApiError("RESTRICTED", "Validate the account's e-mail address first.");
    }
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
