// Accounts and their credentials: passwords, JWTs and API keys.
import { createHmac, timingSafeEqual } from "node:crypto";
import { ApiError } from "./api-error";
import { assetUrl } from "./asset-url";
import type { Answer, Backend, Call, Caller, User } from "./call";
import { numberedRefusal } from "./late-refusals";
import { defaultScopes } from "./scopes";

export interface NewAccount {
    email: string;
    accountType: User["accountType"];
    firstName: string | null;
    lastName: string | null;
    password: string | null;
    verified: boolean;
}

export function userById({ store }: Backend, id: string): User | undefined {
    return store.get<User>("SELECT * FROM users WHERE id = ?", id);
}

export function userByEmail({ store }: Backend, email: string): User | undefined {
    return store.get<User>("SELECT * FROM users WHERE email = ?", email.toLowerCase());
}

/** The registered account that an id or an e-mail of a path names. */
export function registeredUser(backend: Backend, idOrEmail: string): User {
    const user = idOrEmail.includes("@") ? userByEmail(backend, idOrEmail) : userById(backend, idOrEmail);
    if (!user?.registered) throw new ApiError("USER_NOT_FOUND", "There is no such user.");
    return user;
}

/** Makes an account; an invited address keeps the user id that its invitations already name. */
export function register(backend: Backend, account: NewAccount, newId = backend.ids.profile()): User {
    const { store, clock } = backend;
    const invited = userByEmail(backend, account.email);
    if (invited?.registered) throw new ApiError("EXISTS", "An account with this e-mail address exists already.");
    const id = invited?.id ?? newId;
    const user: User = {
        ...account,
        id,
        password: account.password === null ? null : passwordHash(backend, id, account.password),
        verified: account.verified ? 1 : 0,
        registered: 1,
        emailToken: null,
        passwordCode: null,
        twoFactor: null,
        failures: 0,
        lockedUntil: null,
        created: clock.now,
    };
    if (invited) store.run("DELETE FROM users WHERE id = ?", id);
    store.insert("users", { ...user });
    return user;
}

/** The user behind an address, made as the mere addressee of an invitation when nobody has signed up with it. */
export function invitedUser(backend: Backend, email: string): User {
    const known = userByEmail(backend, email);
    if (known) return known;
    const user: User = {
        id: backend.ids.profile(),
        email,
        accountType: "human",
        firstName: null,
        lastName: null,
        password: null,
        verified: 0,
        registered: 0,
        emailToken: null,
        passwordCode: null,
        twoFactor: null,
        failures: 0,
        lockedUntil: null,
        created: backend.clock.now,
    };
    backend.store.insert("users", { ...user });
    return user;
}

/** Whether a password is the one whose hash the owner, a user or a share, keeps. */
export function passwordMatches(
    backend: Backend,
    owner: { id: string; password: string | null },
    password: string,
): boolean {
    const hash = passwordHash(backend, owner.id, password);
    return owner.password !== null && timingSafeEqual(Buffer.from(owner.password), Buffer.from(hash));
}

/** One-way and keyed, so that a saved data file holds no password. */
export function passwordHash(backend: Backend, ownerId: string, password: string): string {
    return hmac(backend, `password:${ownerId}:${password}`);
}

function hmac({ store }: Backend, text: string): string {
    return createHmac("sha256", store.settings.seed).update(text).digest("base64url");
}

export interface ApiKey {
    id: string;
    userId: string;
    secret: string;
    memo: string | null;
    /** JSON array of scope strings. */
    scopes: string | null;
    agentName: string | null;
    expires: number | null;
    created: number;
    /** Until when a second factor counts as given by this key. */
    steppedUp: number | null;
}

export function createApiKey(backend: Backend, key: Partial<ApiKey> & { userId: string }): ApiKey {
    const { ids, clock } = backend;
    const row: ApiKey = {
        id: ids.opaque("7"),
        secret: key.secret ?? ids.secret(64),
        memo: null,
        scopes: null,
        agentName: null,
        expires: null,
        created: clock.now,
        steppedUp: null,
        ...key,
    };
    backend.store.insert("apiKeys", { ...row });
    return row;
}

/** A token of everything that the account may do. */
export function fullSignIn(backend: Backend, { id }: User, agent?: string): Answer {
    return signIn(backend, { sub: id, ...(agent !== undefined && { agent }) });
}

/** A token that is good for giving the second factor only. */
export function limitedSignIn(backend: Backend, { id }: User): Answer {
    return { ...signIn(backend, { sub: id, limited: true }), "2factor": true };
}

/** A token that is good for enrolling a second factor only. */
export function enrolmentSignIn(backend: Backend, { id }: User): Answer {
    return { ...signIn(backend, { sub: id, enrolling: true }), enrol_required: true };
}

function signIn(backend: Backend, claims: Claims): Answer {
    const { dialect } = backend;
    return {
        auth_token: signToken(backend, claims),
        expires_in: dialect.tokenSeconds,
        "2factor": false,
        ...(dialect.era === "late" && { enrol_required: false }),
    };
}

/** Lets its bearer into one share: with the caller's own account where there is one. */
export function shareToken(call: Call, share: string): Answer {
    const sub = call.signedIn?.user.id;
    const auth_token = signToken(call.backend, { ...(sub !== undefined && { sub }), share });
    return { auth_token, expires_in: call.dialect.tokenSeconds };
}

/** What a token says of its bearer. */
interface Claims {
    /** The account, where there is one. */
    sub?: string;
    /** The share that the token alone opens. */
    share?: string;
    /** The second factor has still to be given. */
    limited?: true;
    /** An organization demands a second factor, which has to be enrolled first. */
    enrolling?: true;
    /** Who the program says it is. */
    agent?: string;
    /** The node whose bytes may be read with it, and nothing else. */
    node?: string;
}

export function signToken(backend: Backend, claims: Claims): string {
    const { now } = backend.clock;
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const head = encode({ alg: "HS256", typ: "JWT" });
    const signed = `${head}.${encode({ ...claims, iat: now, exp: now + backend.dialect.tokenSeconds })}`;
    return `${signed}.${hmac(backend, signed)}`;
}

/** What a token says, when it is one of ours and has not expired. */
export function readToken(backend: Backend, token: string): (Claims & { exp: number }) | undefined {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const expected = Buffer.from(hmac(backend, `${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: Claims & { exp: number } = JSON.parse(Buffer.from(payload, "base64url").toString());
    return claims.exp > backend.clock.now ? claims : undefined;
}

/** Who is behind an Authorization header; null without one, refused when it is not valid. */
export function authenticate(backend: Backend, authorization: string | undefined): Caller | null {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return null;
    const caller = token.includes(".") ? jwtCaller(backend, token) : apiKeyCaller(backend, token);
    if (caller) return caller;
    if (backend.dialect.era === "early")
        throw new ApiError("AUTH_INVALID", "The credential is not valid or has expired.");
    // Late accounts 2.4: what was never a credential, and what is none any more.
    const malformed = token.length < 40;
    const problem = malformed ? "The credential is malformed." : "The credential is revoked or has expired.";
    throw numberedRefusal({ status: 401, code: malformed ? 10001 : 10011 }, problem);
}

function jwtCaller(backend: Backend, token: string): Caller | null {
    const { sub, share, agent, exp = null, limited = false, enrolling = false } = readToken(backend, token) ?? {};
    const user = sub === undefined ? undefined : userById(backend, sub);
    const common = { keyId: null, legacy: false, expires: exp, agentName: agent ?? null, limited, enrolling };
    if (share !== undefined) {
        const scopes = [`share:${share}:rw`];
        return { ...common, user: user ?? guest, authType: "jwt_v2", scopes, opens: share };
    }
    if (!user?.registered) return null;
    return { ...common, user, authType: "jwt_v1", scopes: null, opens: null };
}

/** Who is let into a share without an account. */
const guest: User = {
    id: "",
    email: "guest",
    accountType: "human",
    firstName: null,
    lastName: null,
    password: null,
    verified: 1,
    registered: 0,
    emailToken: null,
    passwordCode: null,
    twoFactor: null,
    failures: 0,
    lockedUntil: null,
    created: 0,
};

function apiKeyCaller(backend: Backend, secret: string): Caller | null {
    const sql = "SELECT * FROM apiKeys WHERE secret = ? AND (expires IS NULL OR expires > ?)";
    const key = backend.store.get<ApiKey>(sql, secret, backend.clock.now);
    const user = key && userById(backend, key.userId);
    if (!user) return null;
    const { id: keyId, agentName, expires } = key;
    // Late accounts 4: a key without scopes of its own, made before that date.
    const legacy = key.scopes === null && backend.dialect.era === "late";
    const scopes = legacy ? defaultScopes : key.scopes === null ? null : JSON.parse(key.scopes);
    const own = { user, scopes, agentName, keyId, legacy, expires };
    return { ...own, authType: "api_key", opens: null, limited: false, enrolling: false };
}

/** The user object of every answer. */
export function userObject(call: Call, user: User): Answer {
    return {
        id: user.id,
        account_type: user.accountType,
        first_name: user.firstName,
        last_name: user.lastName,
        email_address: user.email,
        profile_pic: assetUrl(call, "user", user.id, "profile_pic"),
    };
}
