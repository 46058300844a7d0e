import { type CredentialSource, Credentials, type CredentialsOptions } from "./credentials";
import { ApiError, type ApiErrorClass, CredentialError } from "./errors";
import { ManualClock } from "./manual-clock";

const config = { name: "the configuration" };
const environment = { name: "the environment" };

function refusal(errorClass: ApiErrorClass = "unauthenticated"): ApiError {
    return new ApiError({
        operation: "read it",
        class: errorClass,
        status: 401,
        apiText: "No",
        resource: "GET /current/x/",
        attempts: 1,
    });
}

function setUp(sources: CredentialSource[], overrides: Partial<CredentialsOptions> = {}) {
    const clock = new ManualClock();
    const calls: string[] = [];
    const credentials = new Credentials({
        sources,
        clock,
        fallbackAllowed: () => false,
        signIn: async (_source, email) => {
            calls.push(`sign in as ${email}`);
            return { token: `jwt ${calls.length}`, lifetimeMs: 3_600_000 };
        },
        check: async (token) => {
            calls.push(`check ${token}`);
            return false;
        },
        replaced: async (rejected, { source }) => {
            calls.push(`${rejected.name} replaced by ${source.name}`);
        },
        ...overrides,
    });
    return { credentials, clock, calls };
}

const failure = (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);

describe("order", () => {
    test("the first source with a complete credential; the token before e-mail and password", async () => {
        const { credentials, calls } = setUp([
            config,
            { ...environment, token: "t", email: "a@b.c", password: "p" },
            { name: "another", token: "u" },
        ]);
        expect(await credentials.session()).toMatchObject({ token: "t", source: { name: "the environment" } });
        expect(calls).toEqual([]);
    });

    test("e-mail and password of an earlier source come before a token of a later one", async () => {
        const { credentials } = setUp([
            { ...config, email: "a@b.c", password: "p" },
            { ...environment, token: "t" },
        ]);
        expect(await credentials.session()).toMatchObject({ token: "jwt 1", signedIn: true });
    });

    test.each([
        [{ email: "a@b.c" }, "the configuration has no password"],
        [{ password: "p" }, "the configuration has no e-mail"],
    ])("half a pair is an error: %j", async (half, problem) => {
        const { credentials } = setUp([
            { ...config, ...half },
            { ...environment, token: "t" },
        ]);
        const error = await failure(credentials.session());
        expect(error).toBeInstanceOf(CredentialError);
        expect(error).toMatchObject({ source: "the configuration", message: expect.stringContaining(problem) });
    });

    test("no credential: the error says how to give one", async () => {
        const error = await failure(setUp([config, { ...environment, token: "" }]).credentials.session());
        expect(error).toBeInstanceOf(CredentialError);
        for (const way of ["FASTIO_TOKEN", "fastio:token", "FASTIO_EMAIL", "FASTIO_PASSWORD"]) {
            expect(String(error)).toContain(way);
        }
    });
});

describe("sign-in", () => {
    const person = { ...config, email: "a@b.c", password: "p" };

    test("is shared by concurrent callers and lasts", async () => {
        const { credentials, clock, calls } = setUp([person]);
        const sessions = await Promise.all([credentials.session(), credentials.session(), credentials.session()]);
        expect(new Set(sessions).size).toBe(1);
        clock.advance(3_539_000);
        expect(await credentials.session()).toBe(sessions[0]);
        expect(calls).toEqual(["sign in as a@b.c"]);
    });

    test("is renewed a minute before the token expires, once for all", async () => {
        const { credentials, clock, calls } = setUp([person]);
        await credentials.session();
        clock.advance(3_540_000);
        const [first, second] = await Promise.all([credentials.session(), credentials.session()]);
        expect(first?.token).toBe("jwt 2");
        expect(second).toBe(first);
        expect(calls).toHaveLength(2);
    });

    test("is renewed in time also when tokens live shorter than that", async () => {
        const { credentials, clock, calls } = setUp([person], {
            signIn: async () => ({ token: `jwt ${calls.push("sign in")}`, lifetimeMs: 50_000 }),
        });
        await credentials.session();
        clock.advance(39_000);
        await credentials.session();
        expect(calls).toHaveLength(1);
        clock.advance(1_000);
        await credentials.session();
        expect(calls).toHaveLength(2);
    });

    test("a rejected token is renewed once for all that were refused with it, without asking", async () => {
        const { credentials, calls } = setUp([person]);
        const session = await credentials.session();
        const renewed = await Promise.all([
            credentials.afterRefusal(session, refusal()),
            credentials.afterRefusal(session, refusal()),
        ]);
        expect(renewed.map(({ token }) => token)).toEqual(["jwt 2", "jwt 2"]);
        expect((await credentials.afterRefusal(session, refusal())).token).toBe("jwt 2");
        expect(calls).toEqual(["sign in as a@b.c", "sign in as a@b.c"]);
    });

    test("a 401 of no class is settled by the token check first", async () => {
        const { credentials, calls } = setUp([person]);
        const session = await credentials.session();
        expect((await credentials.afterRefusal(session, refusal("unknown"))).token).toBe("jwt 3");
        expect(calls).toEqual(["sign in as a@b.c", "check jwt 1", "sign in as a@b.c"]);
    });

    test("a rejected password names its source, and is not tried again", async () => {
        const { credentials, calls } = setUp([person], {
            signIn: () => Promise.reject(Object.assign(refusal(), calls.push("sign in"))),
        });
        const first = await failure(credentials.session());
        expect(first).toBeInstanceOf(CredentialError);
        expect(first).toMatchObject({ source: "the configuration", cause: { class: "unauthenticated" } });
        expect(await failure(credentials.session())).toBe(first);
        expect(calls).toHaveLength(1);
    });

    test("a sign-in that failed for another reason is tried again", async () => {
        let attempts = 0;
        const { credentials } = setUp([person], {
            signIn: async () => {
                attempts += 1;
                if (attempts === 1) {
                    throw refusal("server");
                }
                return { token: "jwt", lifetimeMs: 60_000 };
            },
        });
        expect(await failure(credentials.session())).toMatchObject({ class: "server" });
        expect((await credentials.session()).token).toBe("jwt");
    });
});

describe("a refused token", () => {
    const sources = [
        { ...config, token: "stale" },
        { name: "half", email: "a@b.c" },
        { ...environment, token: "good" },
    ];

    test("that the check still takes is a denial, when the refusal had no class", async () => {
        const { credentials } = setUp(sources, { check: async () => true, fallbackAllowed: () => true });
        const session = await credentials.session();
        expect(await failure(credentials.afterRefusal(session, refusal("unknown")))).toMatchObject({ class: "denied" });
        const certain = refusal();
        expect(await failure(credentials.afterRefusal(session, certain))).toBe(certain);
        expect(await credentials.session()).toBe(session);
    });

    test("that cannot be checked stays what it was", async () => {
        const { credentials } = setUp(sources, {
            check: () => Promise.reject(new Error("down")),
            fallbackAllowed: () => true,
        });
        const original = refusal("unknown");
        expect(await failure(credentials.afterRefusal(await credentials.session(), original))).toBe(original);
    });

    test("that is really bad is an error naming its source, where nothing may take its place", async () => {
        const { credentials, calls } = setUp(sources);
        const session = await credentials.session();
        const error = await failure(credentials.afterRefusal(session, refusal()));
        expect(error).toBeInstanceOf(CredentialError);
        expect(error).toMatchObject({
            source: "the configuration",
            message: expect.stringContaining("the token from"),
        });
        expect(await failure(credentials.session())).toBe(error);
        expect(calls).toEqual(["check stale"]);
    });

    test("gives way to the next source with a credential, where that is allowed", async () => {
        const { credentials, calls } = setUp(sources, { fallbackAllowed: () => true });
        const session = await credentials.session();
        const [first, second] = await Promise.all([
            credentials.afterRefusal(session, refusal()),
            credentials.afterRefusal(session, refusal()),
        ]);
        expect(first).toMatchObject({ token: "good" });
        expect(second).toBe(first);
        expect(await credentials.session()).toBe(first);
        expect(calls).toEqual(["check stale", "the configuration replaced by the environment"]);
    });

    test("moves past sources that are rejected too", async () => {
        const { credentials } = setUp([...sources, { name: "the last", token: "best" }], {
            fallbackAllowed: () => true,
            replaced: async (_rejected, { token }) => {
                if (token === "good") {
                    throw refusal();
                }
            },
        });
        const session = await credentials.session();
        expect(await credentials.afterRefusal(session, refusal())).toMatchObject({ token: "best" });
    });

    test("is an error when every other source is rejected too", async () => {
        const { credentials } = setUp(sources, {
            fallbackAllowed: () => true,
            replaced: () => Promise.reject(refusal()),
        });
        const session = await credentials.session();
        expect(await failure(credentials.afterRefusal(session, refusal()))).toMatchObject({
            source: "the configuration",
        });
    });
});
