// One request on its way through a service, and the routes that services declare.
import { ApiError } from "./api-error";
import type { Clock } from "./clock";
import type { Dialect } from "./dialects";
import { type Input, parseInteger } from "./fields";
import type { Ids } from "./ids";
import type { Effect, Kind } from "./ledger";
import type { Store } from "./store";

/** What every service works with. */
export interface Backend {
    readonly store: Store;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly dialect: Dialect;
    /** How many requests have come, and how many had when scopes were last written, by the id of who holds them. */
    readonly arrivals: { count: number; readonly written: Map<string, number> };
}

export interface User {
    id: string;
    email: string;
    accountType: "human" | "agent";
    firstName: string | null;
    lastName: string | null;
    password: string | null;
    verified: number;
    /** 0 while the account is only the addressee of an invitation. */
    registered: number;
    emailToken: string | null;
    /** Lets whoever has it set a new password. */
    passwordCode: string | null;
    /** JSON of the second factor. */
    twoFactor: string | null;
    /** Wrong passwords since the last right one, and until when none is looked at. */
    failures: number;
    lockedUntil: number | null;
    created: number;
}

/** Who asks, and with which credential. */
export interface Caller {
    readonly user: User;
    readonly authType: "jwt_v1" | "jwt_v2" | "api_key";
    /** `org:*:rw` and the like; null means everything. */
    readonly scopes: readonly string[] | null;
    readonly agentName: string | null;
    /** The API key, where it is one. */
    readonly keyId: string | null;
    /** A key made before keys had scopes of their own: it acts with what they are given since. */
    readonly legacy: boolean;
    readonly expires: number | null;
    /** The share that a password or a guest token opens, and all that it reaches. */
    readonly opens: string | null;
    /** Signed in with the password alone where a second factor is needed too. */
    readonly limited: boolean;
    /** Signed in where an organization demands a second factor, to enrol one and for nothing else. */
    readonly enrolling: boolean;
}

export interface UploadedFile {
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array;
}

/** Who may call a route: `unverified` takes accounts whose e-mail is not yet validated, `anyone` needs no credential. */
export type Access = "anyone" | "unverified" | "verified";
export type Answer = Record<string, unknown>;

/** An answer without the envelope: bytes, or JSON in the form of another standard. */
export class Content {
    readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
    readonly headers: Readonly<Record<string, string>>;
    readonly status: number;

    constructor(body: Content["body"], headers: Content["headers"], status = 200) {
        this.body = body;
        this.headers = headers;
        this.status = status;
    }
}

/** An ApiError that is thrown undoes what the call changed; one that is returned refuses and keeps it. */
export type Handler = (call: Call) => Answer | Content | ApiError;

/** When the service has a route: always, from the middle of 2026 on, from the contract of October 2026 on, or until then. */
export type Era = "always" | "newer" | "late" | "early";

export interface Route {
    readonly method: string;
    readonly path: string;
    readonly handler: Handler;
    readonly access: Access;
    readonly era: Era;
}

/** The routes of the API, in order: an earlier one wins. */
export class Routes {
    readonly list: Route[];
    readonly #era: Era;

    constructor(list: Route[] = [], era: Era = "always") {
        this.list = list;
        this.#era = era;
    }

    /** For routes that came in the middle of 2026. */
    get newer(): Routes {
        return new Routes(this.list, "newer");
    }

    /** For routes that came with the contract of October 2026. */
    get late(): Routes {
        return new Routes(this.list, "late");
    }

    /** For routes that the contract of October 2026 has no more. */
    get early(): Routes {
        return new Routes(this.list, "early");
    }

    get(path: string, handler: Handler, access: Access = "verified"): void {
        this.#add("GET", path, handler, access);
    }

    post(path: string, handler: Handler, access: Access = "verified"): void {
        this.#add("POST", path, handler, access);
    }

    put(path: string, handler: Handler, access: Access = "verified"): void {
        this.#add("PUT", path, handler, access);
    }

    patch(path: string, handler: Handler, access: Access = "verified"): void {
        this.#add("PATCH", path, handler, access);
    }

    delete(path: string, handler: Handler, access: Access = "verified"): void {
        this.#add("DELETE", path, handler, access);
    }

    #add(method: string, path: string, handler: Handler, access: Access): void {
        this.list.push({ method, path, handler, access, era: this.#era });
    }
}

export interface CallParts {
    readonly method: string;
    /** Scheme and host by which the caller reached the emulator. */
    readonly origin: string;
    readonly params: Input;
    readonly query: Input;
    readonly body: Input;
    readonly files: ReadonlyMap<string, UploadedFile>;
    readonly authorization: string | undefined;
    readonly userAgent: string;
    readonly caller: Caller | null;
    /** Which request it is, counted as they arrive. */
    readonly arrival: number;
}

/** Where a call is at work: ids of the organization, workspace and share. */
export interface Scope {
    org?: string;
    workspace?: string;
    share?: string;
}

export class Call {
    readonly backend: Backend;
    readonly method: string;
    /** Fields of the request: the query of a GET, the body of a POST, both of the others. */
    readonly input: Input;
    /** The query alone, for the requests that carry their bytes in the body. */
    readonly query: Input;
    readonly origin: string;
    readonly files: ReadonlyMap<string, UploadedFile>;
    readonly authorization: string | undefined;
    readonly userAgent: string;
    readonly arrival: number;
    /** Filled in when the call opens what its path names. */
    scope: Scope = {};
    readonly #params: Input;
    readonly #caller: Caller | null;
    #effect: { effect: Effect; kind: Kind; id: string; event?: string } | undefined;

    constructor(backend: Backend, parts: CallParts) {
        this.backend = backend;
        this.method = parts.method;
        // Late content 2.2: what stands in the body of a DELETE is not read.
        const isBodiless = parts.method === "GET" || (parts.method === "DELETE" && backend.dialect.era === "late");
        const both = parts.method === "POST" ? parts.body : { ...parts.body, ...parts.query };
        const input = isBodiless ? parts.query : both;
        this.input = backend.dialect.fields(backend.store.settings.composes ? composed(input) : input);
        this.query = parts.query;
        this.origin = parts.origin;
        this.files = parts.files;
        this.authorization = parts.authorization;
        this.userAgent = parts.userAgent;
        this.arrival = parts.arrival;
        this.#params = parts.params;
        this.#caller = parts.caller;
    }

    get store(): Store {
        return this.backend.store;
    }

    get ids(): Ids {
        return this.backend.ids;
    }

    get now(): number {
        return this.backend.clock.now;
    }

    get dialect(): Dialect {
        return this.backend.dialect;
    }

    /** Who asks; null on a route that needs no credential. */
    get signedIn(): Caller | null {
        return this.#caller;
    }

    get caller(): Caller {
        if (!this.#caller) throw new ApiError("AUTH_INVALID", "Authentication is required.");
        return this.#caller;
    }

    get user(): User {
        return this.caller.user;
    }

    /** A segment of the path, decoded. */
    param(name: string): string {
        return this.#params[name] ?? "";
    }

    /** Notes what the call did, for the ledger and the log of events; the first note names the call's main object. */
    did(effect: Effect, kind: Kind, id: string, event?: string): void {
        this.#effect ??= { effect, kind, id, ...(event !== undefined && { event }) };
    }

    get effect(): { effect: Effect; kind?: Kind; id?: string; event?: string } {
        return this.#effect ?? { effect: this.method === "GET" ? "read" : "none" };
    }

    /** One page of a list under its key, by `limit` and `offset`. */
    page<T>(key: string, rows: readonly T[], show: (row: T) => unknown): Answer {
        const limit = parseInteger(this.input.limit ?? "100", "limit", 1, 500);
        const offset = parseInteger(this.input.offset ?? "0", "offset", 0, Number.MAX_SAFE_INTEGER);
        const end = offset + limit;
        const pagination = { total: rows.length, limit, offset, has_more: rows.length > end };
        return { [key]: rows.slice(offset, end).map(show), pagination };
    }
}

function composed(input: Input): Input {
    return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, value.normalize("NFC")]));
}
