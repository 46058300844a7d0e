// The control plane under `/_emulator`: what tests and people do to the emulator besides calling the API.
import type { Context, Hono } from "hono";
import { createApiKey, register, userByEmail } from "./accounts";
import { ApiError } from "./api-error";
import type { Backend, User } from "./call";
import { census } from "./census";
import { changeSwitches, setFeatures, setPolicy } from "./control-switches";
import type { Faults } from "./faults";
import {
    flag,
    type Input,
    inputOfJson,
    integer,
    oneOf,
    optionalText,
    parseEmail,
    parseInteger,
    readFields,
    required,
    text,
} from "./fields";
import type { Ledger } from "./ledger";
import { page } from "./page";
import { findOrganization } from "./parents";
import { limitsOf } from "./plans";
import { holds } from "./policies";
import type { RateLimit } from "./rate-limit";
import { allScopes, parseScopes } from "./scopes";
import { acceptInvitation, declineInvitation, type Invitation, isPending } from "./services/members";
import { ready } from "./services/two-factor";

export interface ControlParts {
    readonly backend: Backend;
    readonly ledger: Ledger;
    readonly rateLimit: RateLimit;
    readonly faults: Faults;
    /** Brings the state back to that of a fresh emulator. */
    readonly reset: () => void;
}

type Action = (parts: ControlParts, input: Input) => object;

const actions: Record<string, Action> = {
    "GET /ledger": ({ ledger }, { after = "0" }) => ({
        entries: ledger.after(parseInteger(after, "after", 0, Number.MAX_SAFE_INTEGER)),
    }),
    "GET /census": ({ backend }) => census(backend),
    "GET /mail": ({ backend }) => ({ messages: mail(backend) }),
    "POST /reset": reset,
    "POST /clock": advanceClock,
    "POST /accounts": createAccount,
    "POST /invitations/accept": (parts, input) => answerInvitations(parts, input, "accepted"),
    "POST /invitations/decline": (parts, input) => answerInvitations(parts, input, "declined"),
    "POST /plan": setPlan,
    "POST /policy": ({ backend }, input) => setPolicy(backend, input),
    "POST /features": ({ backend }, input) => setFeatures(backend, input),
    "POST /rate-limit": setRateLimit,
    "POST /names": setNames,
    "GET /faults": ({ faults }) => ({ faults: faults.list }),
    "POST /faults": ({ faults }, input) => ({ id: faults.add(input) }),
    "DELETE /faults": ({ faults }, { id }) => {
        faults.remove(id);
        return { faults: faults.list };
    },
};

export function mountControlPlane(app: Hono, parts: ControlParts): void {
    app.use("/_emulator/*", async (context, next) => {
        if (isLocal(context)) return next();
        return context.json({ error: "The control plane answers on loopback only." }, 403);
    });
    app.get("/_emulator", (context) => context.html(page(parts.backend, parts.ledger, parts.faults)));
    for (const [route, action] of Object.entries(actions)) {
        const [method = "", path = ""] = route.split(" ");
        app.on(method, `/_emulator${path}`, (context) => run(parts, context, action));
    }
    app.all("/_emulator/*", (context) => context.json({ error: "The control plane has no such call." }, 404));
}

/** Requests in this process and from this machine, but not those that another web site makes a browser send. */
function isLocal(context: Context): boolean {
    const address: string | undefined = context.env?.incoming?.socket?.remoteAddress;
    const origin = context.req.header("origin");
    const own = new URL(context.req.url);
    const sameSite = origin === undefined || origin === own.origin;
    // A name that somebody else's DNS points at this machine makes another site's page look like one of ours.
    const rebound =
        address !== undefined && !/^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(own.hostname);
    return sameSite && !rebound && (address === undefined || /^(127\.|::1$|::ffff:127\.)/.test(address));
}

async function run(parts: ControlParts, context: Context, action: Action): Promise<Response> {
    try {
        const body = context.req.method === "GET" ? "" : await context.req.text();
        const input = { ...context.req.query(), ...(body === "" ? {} : inputOfJson(body)) };
        return context.json(parts.backend.store.transaction(() => action(parts, input)));
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return context.json({ error: error.message }, error.status === 406 ? 400 : error.status === 404 ? 404 : 409);
    }
}

/** What the service would have mailed: tokens that validate an address, codes, keys that answer an invitation. */
function mail({ store, clock }: Backend): object[] {
    const validations = store
        .all<User>("SELECT * FROM users WHERE emailToken IS NOT NULL ORDER BY rowid")
        .map(({ email, emailToken }) => ({ to: email, kind: "validation", emailToken }));
    const codes = store
        .all<User>("SELECT * FROM users WHERE passwordCode IS NOT NULL OR twoFactor IS NOT NULL ORDER BY rowid")
        .flatMap(({ email, passwordCode, twoFactor }) => {
            const code: string | null = twoFactor === null ? null : JSON.parse(twoFactor).code;
            return [
                ...(passwordCode === null ? [] : [{ to: email, kind: "password", passwordCode }]),
                ...(code === null ? [] : [{ to: email, kind: "secondFactor", code }]),
            ];
        });
    const invitations = store
        .all<Invitation>("SELECT * FROM invitations WHERE state = 'pending' ORDER BY rowid")
        .filter((invitation) => isPending(invitation, clock.now))
        .map(({ id, email, key, parentId, message }) => ({
            to: email,
            kind: "invitation",
            invitationId: id,
            invitationKey: key,
            parentId,
            message,
        }));
    return [...validations, ...codes, ...invitations];
}

function reset({ reset, ledger, rateLimit, faults }: ControlParts): object {
    reset();
    faults.remove(undefined);
    ledger.clear();
    rateLimit.clear();
    return {};
}

function rfc3339(seconds: number): string {
    return new Date(seconds * 1000).toISOString();
}

const tenYears = 315_360_000;

/** Moves the service's time on; `dateSkewSeconds` sets its Date header wrong beside it. */
function advanceClock({ backend: { clock, store } }: ControlParts, input: Input): object {
    const { dateSkewSeconds } = input;
    const advance = dateSkewSeconds === undefined ? required(input, "advanceSeconds") : (input.advanceSeconds ?? "0");
    clock.offsetSeconds += parseInteger(advance, "advanceSeconds", 0, tenYears);
    store.set("clockOffsetSeconds", clock.offsetSeconds);
    if (dateSkewSeconds !== undefined) {
        const sign = dateSkewSeconds.startsWith("-") ? -1 : 1;
        clock.dateSkewSeconds = sign * parseInteger(dateSkewSeconds.replace("-", ""), "dateSkewSeconds", 0, tenYears);
        store.set("dateSkewSeconds", clock.dateSkewSeconds);
    }
    return { now: rfc3339(clock.now) };
}

const accountFields = {
    accountType: oneOf(["human", "agent"], "human"),
    firstName: optionalText({ max: 100 }),
    lastName: optionalText({ max: 100 }),
    password: text({ min: 1, max: 128 }),
    secondFactor: oneOf(["none", "totp", "passkey"], "none", true),
};

/** A key that may do everything unless the request says less; `null` stands for one of before keys had scopes. */
function scopesOf({ dialect: { era } }: Backend, input: Input): string | null {
    const { scopes = era === "late" ? JSON.stringify(allScopes) : "null" } = input;
    return scopes === "null" ? null : parseScopes(scopes, "scopes", era);
}

function createAccount({ backend }: ControlParts, input: Input): object {
    const email = parseEmail(required(input, "email"), "email");
    const fields = readFields(accountFields, input);
    const password = fields.password ?? backend.ids.secret(20);
    const { accountType = "human", firstName = null, lastName = null } = fields;
    const scopes = scopesOf(backend, input);
    const { id } = register(backend, { email, accountType, firstName, lastName, password, verified: true });
    const { secret } = createApiKey(backend, { userId: id, memo: "control plane", scopes });
    const { secondFactor = "none" } = fields;
    if (secondFactor === "none") return { userId: id, email, token: secret, password };
    const factor = ready(backend.ids, secondFactor);
    backend.store.update("users", id, { twoFactor: JSON.stringify(factor) });
    const { secret: totpSecret, backupCodes } = factor;
    const given = secondFactor === "totp" ? { totpSecret } : { backupCodes };
    return { userId: id, email, token: secret, password, ...given };
}

/** Answers all pending invitations to an address, or the one of a parent; accepting needs an account, so one is made. */
function answerInvitations({ backend }: ControlParts, input: Input, state: "accepted" | "declined"): object {
    const email = parseEmail(required(input, "email"), "email");
    const { parentId } = input;
    const pending = backend.store
        .all<Invitation>("SELECT * FROM invitations WHERE email = ? ORDER BY created, rowid", email)
        .filter((invitation) => isPending(invitation, backend.clock.now))
        .filter((invitation) => parentId === undefined || invitation.parentId === parentId);
    if (pending.length === 0) throw new ApiError("NOT_FOUND", `No invitation to ${email} is pending there.`);
    if (state === "accepted" && !userByEmail(backend, email)?.registered) {
        const names = { firstName: null, lastName: null };
        register(backend, { email, accountType: "human", ...names, password: null, verified: true });
    }
    for (const invitation of pending) {
        if (state === "accepted") acceptInvitation(backend, invitation);
        else declineInvitation(backend, invitation);
    }
    return { [state]: pending.map(({ id, parentId, userId }) => ({ invitationId: id, parentId, userId })) };
}

function limit() {
    const { parse } = integer(0, Number.MAX_SAFE_INTEGER, 0);
    return { parse, initial: null, clearable: true } as const;
}

const planFields = {
    workspaces: limit(),
    shares: limit(),
    membersPerWorkspace: limit(),
    credits: limit(),
    storageBytes: limit(),
    paid: flag(false),
    activated: flag(true),
    hold: oneOf(["none", ...holds], "none", true),
};

function setPlan({ backend }: ControlParts, input: Input): object {
    const organization = findOrganization(backend, required(input, "organizationId"));
    const { paid, membersPerWorkspace, storageBytes, activated, hold, ...limits } = readFields(planFields, input);
    const changed = {
        ...organization,
        plan: paid === undefined ? organization.plan : paid ? ("pro" as const) : unpaidPlan(backend, organization.id),
        limits: {
            ...organization.limits,
            ...limits,
            ...(membersPerWorkspace !== undefined && { members_per_workspace: membersPerWorkspace }),
            ...(storageBytes !== undefined && { storage_bytes: storageBytes }),
        },
    };
    changeSwitches(backend, organization, {
        ...(activated !== undefined && { activated }),
        ...(hold !== undefined && { hold: hold === "none" ? null : hold }),
    });
    backend.store.update("organizations", organization.id, {
        plan: changed.plan,
        limits: JSON.stringify(changed.limits),
    });
    return { organizationId: organization.id, plan: changed.plan, limits: limitsOf(changed) };
}

function unpaidPlan({ store }: Backend, organizationId: string): "agent" | "free" {
    const sql = "SELECT users.* FROM members JOIN users ON users.id = userId WHERE parentId = ? AND role = 'owner'";
    return store.get<User>(sql, organizationId)?.accountType === "agent" ? "agent" : "free";
}

function setRateLimit({ backend, rateLimit }: ControlParts, input: Input): object {
    required(input, "requestsPerMinute");
    const { requestsPerMinute = null } = readFields({ requestsPerMinute: limit() }, input);
    backend.store.set("requestsPerMinute", requestsPerMinute);
    rateLimit.clear();
    return { requestsPerMinute };
}

function setNames({ backend }: ControlParts, input: Input): object {
    if (input.composes === undefined) required(input, "keepClosed");
    const given = readFields({ keepClosed: flag(true), composes: flag(false) }, input);
    if (given.keepClosed !== undefined) backend.store.set("keepClosed", given.keepClosed);
    if (given.composes !== undefined) backend.store.set("composes", given.composes);
    return given;
}
