// Puts the parts of an emulator together, in process and on a socket.
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { createApiKey, register } from "./accounts";
import { connectionReset, noAnswer } from "./broken-answer";
import { type Backend, Routes } from "./call";
import { Clock } from "./clock";
import { mountControlPlane } from "./control-plane";
import { type DialectName, dialectOf } from "./dialects";
import { Faults } from "./faults";
import { createApp } from "./http";
import { Ids } from "./ids";
import { Ledger } from "./ledger";
import { RateLimit } from "./rate-limit";
import { allScopes } from "./scopes";
import { assets } from "./services/assets";
import { auth } from "./services/auth";
import { batch } from "./services/batch";
import { billing } from "./services/billing";
import { events } from "./services/events";
import { fileShares } from "./services/file-shares";
import { files } from "./services/files";
import { gated } from "./services/gated";
import { invitations } from "./services/invitations";
import { members } from "./services/members";
import { notes } from "./services/notes";
import { oauth } from "./services/oauth";
import { organizations } from "./services/organizations";
import { quickshares } from "./services/quickshares";
import { retired } from "./services/retired";
import { search } from "./services/search";
import { shares } from "./services/shares";
import { storage } from "./services/storage";
import { system } from "./services/system";
import { transferTokens } from "./services/transfer-tokens";
import { twoFactor } from "./services/two-factor";
import { uploads } from "./services/uploads";
import { users } from "./services/users";
import { webImports } from "./services/web-imports";
import { workspaces } from "./services/workspaces";
import { Store } from "./store";

/** The services of the API, in the order in which their routes are tried. */
const services = [
    system,
    oauth,
    twoFactor,
    auth,
    users,
    invitations,
    billing,
    transferTokens,
    organizations,
    workspaces,
    shares,
    members,
    assets,
    storage,
    notes,
    files,
    search,
    quickshares,
    fileShares,
    webImports,
    gated,
    batch,
    uploads,
    events,
];

export interface EmulatorOptions {
    /** File that keeps the state between runs; in memory when absent. */
    data?: string;
    /** How the API speaks: `seed`, the contract of 2026-02-12, by default; `wrapped`, in another envelope; `mid2026` and `late2026`, later. */
    dialect?: DialectName;
    /** Delays every answer of the API. */
    latencyMs?: number;
    /** Makes ids and secrets repeat from run to run. */
    seed?: string | number;
    /** Milliseconds since the epoch; the machine's time by default. */
    clock?: () => number;
}

export interface Emulator {
    /** Answers a request in this process. */
    fetch(request: Request): Promise<Response>;
    /** Opens a socket: port 4010 of 127.0.0.1 by default, a free port for 0. */
    listen(options?: { port?: number; host?: string }): Promise<{ baseUrl: string }>;
    /** API key of the agent account that the emulator starts with. */
    readonly token: string;
    /** Closes the socket, if there is one, and the data file. */
    close(): Promise<void>;
}

/** A local Fast.io: the API under `/current/`, a control plane under `/_emulator/`. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
    const { data, dialect = "seed", latencyMs = 0, seed } = options;
    if (!(latencyMs >= 0)) throw new Error(`latencyMs must be a number of milliseconds, not ${latencyMs}.`);

    const spoken = dialectOf(dialect);
    const clock = new Clock(options.clock);
    const store = new Store(data);
    const backend: Backend = {
        store,
        clock,
        ids: new Ids(store, spoken.idTypes),
        dialect: spoken,
        arrivals: { count: 0, written: new Map() },
    };
    const start = () => startAfresh(backend, seed);
    if (store.settings.token === "") store.transaction(start);
    else store.transaction(() => grantEverything(backend));
    clock.offsetSeconds = store.settings.clockOffsetSeconds;
    clock.dateSkewSeconds = store.settings.dateSkewSeconds;

    const routes = apiRoutes();
    retired(routes);
    const ledger = new Ledger();
    const rateLimit = new RateLimit(backend);
    const faults = new Faults();
    const closing = new AbortController();
    const parts = { backend, routes, ledger, rateLimit, faults, latencyMs, closing: closing.signal };
    const app = createApp(parts, (target) =>
        mountControlPlane(target, { backend, ledger, rateLimit, faults, reset: start }),
    );
    let server: ServerType | undefined;

    return {
        token: store.settings.token,
        async fetch(request) {
            const response = await app.fetch(request);
            if (response !== noAnswer) return response;
            throw request.signal.aborted ? request.signal.reason : connectionReset();
        },
        async listen({ port = 4010, host = "127.0.0.1" } = {}) {
            if (server) throw new Error("The emulator is listening already.");
            server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
            try {
                return { baseUrl: await listening(server, port, host) };
            } catch (error) {
                server = undefined;
                throw error;
            }
        },
        async close() {
            const open = server;
            server = undefined;
            closing.abort();
            if (open) await closed(open);
            store.close();
        },
    };
}

/** Every route of the API that the emulator serves. */
export function apiRoutes(): Routes {
    const routes = new Routes();
    for (const service of services) service(routes);
    return routes;
}

/** The first state, and that after a reset: one verified agent account, whose id and token stay. */
function startAfresh(backend: Backend, seed: string | number | undefined): void {
    const { store, clock, ids } = backend;
    store.clear();
    clock.offsetSeconds = 0;
    clock.dateSkewSeconds = 0;
    // Without a seed of the caller's, ids do not repeat after a reset: an old one must not name a new object.
    store.set("seed", String(seed ?? randomBytes(16).toString("hex")));
    const drawn = { agentId: ids.profile(), token: ids.secret(64) };
    const { agentId = drawn.agentId, token = drawn.token } = kept(store);
    store.set("agentId", agentId);
    store.set("token", token);
    const agent = {
        email: "agent@example.com",
        accountType: "agent",
        firstName: "Agent",
        lastName: "Example",
    } as const;
    register(backend, { ...agent, password: null, verified: true }, agentId);
    createApiKey(backend, { userId: agentId, secret: token, memo: "emulator" });
    grantEverything(backend);
}

/** The emulator's own key may do everything, in the words of the dialect that is spoken now. */
function grantEverything({ store, dialect }: Backend): void {
    const scopes = dialect.era === "late" ? JSON.stringify(allScopes) : null;
    store.run("UPDATE apiKeys SET scopes = ?1 WHERE secret = ?2 AND scopes IS NOT ?1", scopes, store.settings.token);
}

function kept({ settings: { agentId, token } }: Store): { agentId?: string; token?: string } {
    return token === "" ? {} : { agentId, token };
}

async function listening(server: ServerType, port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
            server.off("error", reject);
            resolve();
        });
    });
    const { port: actual, address, family } = server.address() as AddressInfo;
    const reachable = { "0.0.0.0": "127.0.0.1", "::": "::1" }[address] ?? address;
    return `http://${family === "IPv6" ? `[${reachable}]` : reachable}:${actual}/current/`;
}

const graceMs = 1000;

/** Lets answers under way finish, but not for ever. */
async function closed(server: ServerType): Promise<void> {
    const impatience = setTimeout(() => {
        if ("closeAllConnections" in server) server.closeAllConnections();
    }, graceMs);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(impatience);
}
