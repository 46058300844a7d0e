// Which credential speaks for the client: the order of the sources, sign-in and its renewal, and what a rejection leads to.
import type { Clock } from "./clock";
import { type ApiError, CredentialError, isApiError } from "./errors";

export interface CredentialSource {
    /** As an error names it: "fastio:token of the stack's configuration". */
    name: string;
    token?: string;
    email?: string;
    password?: string;
}

/** What a credential gave: the token that was handed in, or one from a sign-in. */
export interface Session {
    source: CredentialSource;
    token: string;
    signedIn: boolean;
    /** When to sign in again, by the monotonic clock. */
    renewAt: number;
}

export interface CredentialsOptions {
    sources: readonly CredentialSource[];
    clock: Clock;
    /** Whether a rejected credential may be replaced by the next source's. */
    fallbackAllowed: () => boolean;
    signIn: (
        source: CredentialSource,
        email: string,
        password: string,
    ) => Promise<{ token: string; lifetimeMs: number }>;
    /** Whether the service takes a token; an error when that cannot be told. */
    check: (token: string) => Promise<boolean>;
    /** Called before another source's credential is used for the first time; a rejection of it moves on to the next. */
    replaced: (rejected: CredentialSource, session: Session) => Promise<void>;
}

/** Whether an answer says that the credential is bad, or may be saying so. */
export function isRejection(error: unknown): error is ApiError {
    return isApiError(error, "unauthenticated") || (isApiError(error, "unknown") && error.status === 401);
}

const longestMarginMs = 60_000;
const operation = "sign in to Fast.io";

const waysToGiveOne =
    "Set FASTIO_TOKEN (or FASTIO_API_KEY) in the environment, or fastio:token in the configuration, or an e-mail and a " +
    "password (FASTIO_EMAIL and FASTIO_PASSWORD, or fastio:email and fastio:password).";

type Credential = { token: string } | { email: string; password: string } | { missing: string } | undefined;

/** The credential of a source: its token, else its e-mail and password. */
function credentialOf({ token, email, password }: CredentialSource): Credential {
    if (token) {
        return { token };
    }
    if (email && password) {
        return { email, password };
    }
    return email ? { missing: "password" } : password ? { missing: "e-mail" } : undefined;
}

export class Credentials {
    readonly #options: CredentialsOptions;
    #source: CredentialSource | undefined;
    #session: Session | undefined;
    #opening: Promise<Session> | undefined;
    #checking: { session: Session; verdict: Promise<boolean> } | undefined;
    #rejected: { source: CredentialSource; refusal: ApiError } | undefined;
    #failure: CredentialError | undefined;

    constructor(options: CredentialsOptions) {
        this.#options = options;
    }

    /** The session to send the next request with. Concurrent callers share one sign-in. */
    async session(): Promise<Session> {
        const session = this.#session;
        if (session !== undefined && this.#options.clock.monotonic() < session.renewAt) {
            return session;
        }
        if (this.#failure !== undefined) {
            throw this.#failure;
        }
        this.#opening ??= this.#open()
            .catch((error: unknown) => {
                // What was rejected once stays rejected: asking on and on could lock the account.
                this.#failure = error instanceof CredentialError ? error : undefined;
                throw error;
            })
            .finally(() => {
                this.#opening = undefined;
            });
        return this.#opening;
    }

    /** The session to repeat a refused request with. Throws the refusal, read as what it is, when repeating cannot help. */
    async afterRefusal(session: Session, refusal: ApiError): Promise<Session> {
        if (this.#session === session && (await this.#isStillGood(session, refusal))) {
            throw refusal.class === "unknown" ? refusal.as("denied") : refusal;
        }
        if (this.#session === session) {
            this.#session = undefined;
            this.#rejected = session.signedIn ? undefined : { source: session.source, refusal };
        }
        return this.session();
    }

    /** A token from a sign-in expires as a matter of course; any other rejection is confirmed by the token check. */
    async #isStillGood(session: Session, refusal: ApiError): Promise<boolean> {
        if (session.signedIn && refusal.class === "unauthenticated") {
            return false;
        }
        if (this.#checking?.session !== session) {
            const verdict = this.#options.check(session.token).finally(() => {
                this.#checking = undefined;
            });
            this.#checking = { session, verdict };
        }
        return this.#checking.verdict.catch(() => {
            throw refusal;
        });
    }

    async #open(): Promise<Session> {
        this.#source ??= this.#select();
        if (this.#rejected === undefined) {
            try {
                this.#session = await this.#begin(this.#source);
                return this.#session;
            } catch (error) {
                if (!isRejection(error)) {
                    throw error;
                }
                this.#rejected = { source: this.#source, refusal: error };
            }
        }
        const session = await this.#fallBack(this.#rejected.source, this.#rejected.refusal);
        this.#rejected = undefined;
        this.#source = session.source;
        this.#session = session;
        return session;
    }

    #select(): CredentialSource {
        for (const source of this.#options.sources) {
            const credential = credentialOf(source);
            if (credential === undefined) {
                continue;
            }
            if ("missing" in credential) {
                throw new CredentialError({
                    operation,
                    problem: `${source.name} has no ${credential.missing}`,
                    next: "Give both the e-mail and the password there, or a token.",
                    source: source.name,
                });
            }
            return source;
        }
        throw new CredentialError({ operation, problem: "no credential was given", next: waysToGiveOne });
    }

    async #begin(source: CredentialSource): Promise<Session> {
        const credential = credentialOf(source);
        if (credential !== undefined && "email" in credential) {
            const { token, lifetimeMs } = await this.#options.signIn(source, credential.email, credential.password);
            const margin = Math.min(longestMarginMs, lifetimeMs / 5);
            return { source, token, signedIn: true, renewAt: this.#options.clock.monotonic() + lifetimeMs - margin };
        }
        return { source, token: source.token ?? "", signedIn: false, renewAt: Number.POSITIVE_INFINITY };
    }

    async #fallBack(rejected: CredentialSource, cause: ApiError): Promise<Session> {
        const { sources, fallbackAllowed, replaced } = this.#options;
        const others = fallbackAllowed() ? sources.slice(sources.indexOf(rejected) + 1) : [];
        for (const source of others) {
            const credential = credentialOf(source);
            if (credential === undefined || "missing" in credential) {
                continue;
            }
            try {
                const session = await this.#begin(source);
                await replaced(rejected, session);
                return session;
            } catch (error) {
                if (!isRejection(error)) {
                    throw error;
                }
            }
        }
        const what = rejected.token ? "the token" : "the e-mail and the password";
        throw new CredentialError({
            operation,
            problem: `the service rejects ${what} from ${rejected.name}`,
            next: "It may have expired or been revoked: give a valid one there, or remove it so that another source is used.",
            source: rejected.name,
            cause,
        });
    }
}
