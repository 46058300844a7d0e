import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { inspect } from "node:util";
import * as z from "zod";
import { ApiClient, type ApiRequest } from "./client";
import { AnswerError, ApiError, ConfigurationError, ConnectionError, FastioError, isAmbiguous } from "./errors";
import { ManualClock } from "./manual-clock";
import {
    type Answer,
    client,
    closeAll,
    closers,
    json,
    listening,
    password,
    refused,
    type Seen,
    service,
    text,
    token,
} from "./scripted-service";

afterEach(closeAll);

const ok = json({ result: true, status: "ok", org: { id: "1" } });
const reset: Answer = (response) => response.socket?.destroy();
const truncated: Answer = (response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"result": true, ', () => response.socket?.destroy());
};
const hang: Answer = () => {};

const read: ApiRequest<unknown> = {
    operation: "read the organization",
    method: "GET",
    path: ["org", "1", "details"],
    answer: z.object({ org: z.object({ id: z.string() }) }),
    kind: "read",
};

const create: ApiRequest<unknown> = {
    ...read,
    operation: "create the workspace",
    method: "POST",
    path: ["org", "1", "create", "workspace"],
    form: { name: "a b", description: null },
    kind: "create",
};

async function failure(promise: Promise<unknown>): Promise<FastioError> {
    const error = await promise.then(
        () => undefined,
        (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FastioError);
    return error as FastioError;
}

describe("a request", () => {
    test("carries the credential, the user agent and its form", async () => {
        const { baseUrl, seen } = await service(ok);
        expect(await client(baseUrl).request(create)).toEqual({ org: { id: "1" } });
        expect(seen).toMatchObject([
            {
                method: "POST",
                url: "/current/org/1/create/workspace/",
                body: "name=a+b&description=null",
                headers: {
                    authorization: `Bearer ${token}`,
                    "user-agent": "pulumi-fastio/test",
                    accept: "application/json",
                    "content-type": "application/x-www-form-urlencoded",
                    "content-length": "25",
                },
            },
        ]);
    });

    test("without parameters has an empty form; a DELETE has its form in both places", async () => {
        const { baseUrl, seen } = await service(ok);
        const { form: _, ...empty } = create;
        await client(baseUrl).request(empty);
        await client(baseUrl).request({ ...read, method: "DELETE", kind: "delete", form: { confirm: "a@b" } });
        expect(seen[0]).toMatchObject({ body: "", headers: { "content-length": "0" } });
        expect(seen[1]).toMatchObject({ url: "/current/org/1/details/?confirm=a%40b", body: "confirm=a%40b" });
    });

    test("uploads a file", async () => {
        const { baseUrl, seen } = await service(ok);
        const content = { size: 3, open: () => [Buffer.from([0, 255, 10])] };
        const file = { part: "chunk", name: "blob", content };
        await client(baseUrl).request({
            ...read,
            method: "POST",
            kind: "write",
            query: { order: 1 },
            multipart: { file },
        });
        expect(seen[0]?.url).toBe("/current/org/1/details/?order=1");
        expect(seen[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
        expect(seen[0]?.body).toContain('name="chunk"; filename="blob"');
        expect(seen[0]?.body).toContain("\u0000\u00ff\n");
    });

    test("opens a file anew for each attempt, and reads it no faster than it is sent", async () => {
        const piece = Buffer.alloc(64 * 1024, "x");
        const pieces = 1000;
        const opened: number[] = [];
        const content = {
            size: piece.length * pieces,
            async *open() {
                opened.push(0);
                for (let index = 0; index < pieces; index += 1) {
                    opened[opened.length - 1] = index + 1;
                    yield piece;
                }
            },
        };
        const sizes: number[] = [];
        const server = createServer(async (request, response) => {
            if (opened.length === 1) {
                request.socket.destroy();
                return;
            }
            let size = 0;
            for await (const chunk of request) {
                size += chunk.length;
            }
            sizes.push(size - Number(request.headers["content-length"]));
            response.end('{"result":true}');
        });
        const port = await listening(server);
        closers.push(async () => void server.close());
        const multipart = { file: { part: "file", name: "big", content } };
        const upload = { ...read, method: "POST" as const, kind: "write" as const, multipart, answer: z.unknown() };
        await client(`http://127.0.0.1:${port}/current/`).request(upload);
        expect(opened[0]).toBeLessThan(pieces);
        expect(opened.slice(1)).toEqual([pieces]);
        expect(sizes).toEqual([0]);
    });

    test("a file that cannot be read is no fault of the connection, and not sent again", async () => {
        const { baseUrl, seen } = await service(ok);
        const lost = new Error("the disk is gone");
        const content = {
            size: 3,
            // biome-ignore lint/correctness/useYield: it fails before the first byte.
            async *open(): AsyncGenerator<Uint8Array> {
                throw lost;
            },
        };
        const multipart = { file: { part: "file", name: "logo", content } };
        const upload = { ...read, method: "POST" as const, kind: "write" as const, multipart };
        await expect(client(baseUrl).request(upload)).rejects.toBe(lost);
        expect(seen).toEqual([]);
    });

    test("bytes are answered by their length and hash; a HEAD by its headers", async () => {
        const { baseUrl } = await service(
            (response) => response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from([0, 255, 10])),
            refused(1609, 404),
            (response) => response.writeHead(200, { etag: '"v1"', "content-length": "3" }).end(),
        );
        const bytes = { ...read, digest: true, answer: z.object({ size: z.number(), sha256: z.string() }) };
        const one = client(baseUrl);
        const sha256 = createHash("sha256")
            .update(Buffer.from([0, 255, 10]))
            .digest("hex");
        expect(await one.request(bytes)).toEqual({ size: 3, sha256 });
        await expect(one.request(bytes)).rejects.toMatchObject({ class: "not-found" });
        const head = { ...read, method: "HEAD" as const, answer: z.looseObject({ etag: z.string() }) };
        expect(await one.request(head)).toMatchObject({ etag: '"v1"', "content-length": "3" });
    });

    test("reuses its connections", async () => {
        const ports: (number | undefined)[] = [];
        const { baseUrl } = await service((response, seen) => {
            ports.push(response.socket?.remotePort);
            ok(response, seen);
        });
        const one = client(baseUrl);
        for (const request of [read, create, read, read, create, create]) {
            await one.request(request);
        }
        // undici frees a connection a moment after the answer, so that two may take turns.
        expect(new Set(ports).size).toBeLessThanOrEqual(2);
    });

    test("a base URL without a slash at its end means the same", async () => {
        const { baseUrl, seen } = await service(ok);
        await client(baseUrl.slice(0, -1)).request(read);
        expect(seen[0]?.url).toBe("/current/org/1/details/");
    });

    test("undici is loaded by the first request, not before", async () => {
        const loaded = jest.fn(() => jest.requireActual("undici"));
        let Isolated = ApiClient;
        await jest.isolateModulesAsync(async () => {
            jest.doMock("undici", loaded);
            Isolated = require("./client").ApiClient;
            const { baseUrl } = await service(ok);
            const one = new Isolated({ baseUrl, credentials: [{ name: "the test", token }], userAgent: "test" });
            expect(loaded).not.toHaveBeenCalled();
            await one.request(read);
            expect(loaded).toHaveBeenCalledTimes(1);
            await one.close();
        });
        jest.dontMock("undici");
    });
});

describe("answers that cannot be used", () => {
    test.each([
        ["a page", text("<html>Sign in</html>"), "not-json", 200],
        ["a page that says not found, which is no evidence about the object", text("<html/>", 404), "not-json", 404],
        ["nothing", text(""), "not-json", 200],
        ["no envelope", json({ message: "no such route" }, 404), "shape", 404],
        ["other data than expected", json({ result: true, org: {} }), "shape", 200],
        ["a redirect", text("", 302, { location: "https://elsewhere.example/" }), "redirect", 302],
    ])("%s", async (_what, answer, reason, status) => {
        const { baseUrl, seen } = await service(answer);
        const error = await failure(client(baseUrl).request(read));
        expect(error).toBeInstanceOf(AnswerError);
        expect(error).toMatchObject({ reason, status, operation: "read the organization" });
        expect(seen).toHaveLength(1);
    });

    test("a redirect is not followed", async () => {
        const elsewhere = await service(ok);
        const { baseUrl } = await service(text("", 307, { location: elsewhere.baseUrl }));
        await failure(client(baseUrl).request(create));
        expect(elsewhere.seen).toEqual([]);
    });

    test("an unexpected shape says where, and not what", async () => {
        const { baseUrl } = await service(json({ result: true, org: { id: 12345 } }));
        const error = await failure(client(baseUrl).request(read));
        expect(error.message).toContain("org.id");
        expect(error.message).not.toContain("12345");
    });

    test("one that is larger than the limit is not read to its end", async () => {
        const block = Buffer.alloc(1024 * 1024, " ");
        let closed: Promise<unknown> | undefined;
        const { baseUrl } = await service((response) => {
            closed = once(response, "close");
            const more = () => {
                while (!response.destroyed && response.write(block)) {}
            };
            response.on("drain", more);
            more();
        });
        expect(await failure(client(baseUrl).request(read))).toMatchObject({ reason: "too-large", status: 200 });
        await closed;
    });

    test("a truncated one is asked for again, but not for a create", async () => {
        const { baseUrl, seen } = await service(truncated, ok, truncated);
        const one = client(baseUrl);
        expect(await one.request(read)).toEqual({ org: { id: "1" } });
        const error = await failure(one.request(create));
        expect(error).toMatchObject({ code: "FASTIO_ANSWER", reason: "truncated", status: 200 });
        expect(isAmbiguous(error)).toBe(true);
        expect(seen).toHaveLength(3);
    });
});

describe("refusals", () => {
    test("carry all that the service said", async () => {
        const params = [{ name: "domain", message: "is taken" }];
        const body = { result: "no", error: { code: "10022", message: "Wrong input", params } };
        const { baseUrl } = await service(json(body, 400, { "x-request-id": "req-1" }));
        const error = await failure(client(baseUrl).request(create));
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({
            class: "invalid",
            status: 400,
            apiCode: 10022,
            apiText: "Wrong input; domain: is taken",
            requestId: "req-1",
            resource: "POST /current/org/1/create/workspace/",
            operation: "create the workspace",
            attempts: 1,
        });
    });

    test("a text that would take over the terminal, or fill it, does not", async () => {
        const { baseUrl } = await service(refused(1605, 406, `\u001b[2J${"x".repeat(5000)}`));
        const { message } = await failure(client(baseUrl).request(read));
        expect(message).not.toContain("\u001b");
        expect(message.length).toBeLessThan(1500);
    });

    test("a limit that answers 429 is not waited for", async () => {
        const { baseUrl, seen } = await service(refused(1667, 429));
        expect(await failure(client(baseUrl).request(create))).toMatchObject({ class: "limit" });
        expect(seen).toHaveLength(1);
    });
});

describe("retries", () => {
    const kinds: ApiRequest<unknown>[] = [
        read,
        { ...create, operation: "update it", kind: "write" },
        { ...create, operation: "delete it", method: "DELETE", kind: "delete" },
    ];
    const passing: [string, Answer][] = [
        ["a 500", refused(1654, 500)],
        ["a gateway's 502", text("<html/>", 502)],
        ["a gateway's 503 in JSON", json({ message: "overloaded" }, 503)],
        ["a 504", text("", 504)],
        ["a reset", reset],
        ["a truncated answer", truncated],
    ];

    test.each(
        kinds.flatMap((request) => passing.map(([what, answer]) => ({ request, kind: request.kind, what, answer }))),
    )("a $kind after $what", async ({ request, answer }) => {
        const { baseUrl, seen } = await service(answer, answer, ok);
        const one = client(baseUrl);
        await one.request(request);
        expect(seen).toHaveLength(3);
        expect(one.clock.waits).toHaveLength(2);
    });

    test.each(passing)("never a create after %s", async (_what, answer) => {
        const { baseUrl, seen } = await service(answer, ok);
        const error = await failure(client(baseUrl).request(create));
        expect(isAmbiguous(error)).toBe(true);
        expect(seen).toHaveLength(1);
    });

    test("an end after four attempts, which the error counts", async () => {
        const { baseUrl, seen } = await service(refused(1654, 500));
        const error = await failure(client(baseUrl).request(read));
        expect(error.attempts).toBe(4);
        expect(error.message).toContain("(4 attempts)");
        expect(seen).toHaveLength(4);
    });

    test("no retry of what will not change", async () => {
        const { baseUrl, seen } = await service(refused(1686, 501));
        expect(await failure(client(baseUrl).request(read))).toMatchObject({ class: "not-implemented" });
        expect(seen).toHaveLength(1);
    });

    test("a create that never left is sent again", async () => {
        const closed = createTcpServer();
        const port = await listening(closed);
        await new Promise((resolve) => closed.close(resolve));
        const one = client(`http://127.0.0.1:${port}/`);
        const error = await failure(one.request(create));
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ sent: false, attempts: 4 });
        expect(error.message).toContain("ECONNREFUSED");
        expect(isAmbiguous(error)).toBe(false);
    });

    test("a create whose connection broke in the TLS handshake never left", async () => {
        const server = createTcpServer((socket) => socket.destroy());
        const port = await listening(server);
        closers.push(async () => server.close());
        const error = await failure(client(`https://127.0.0.1:${port}/`).request(create));
        expect(error).toMatchObject({ code: "FASTIO_CONNECTION", sent: false, attempts: 4 });
    });

    test("an answer that does not come in time", async () => {
        const { baseUrl, seen } = await service(hang);
        const one = client(baseUrl, { timeoutMs: 50 });
        const error = await failure(one.request(create));
        expect(error).toMatchObject({ code: "FASTIO_TIMEOUT", sent: true, attempts: 1 });
        expect(error.message).toContain("within 0.05 s");
        expect(isAmbiguous(error)).toBe(true);
        expect(seen).toHaveLength(1);
    });
});

describe("giving up", () => {
    test("before the request", async () => {
        const { baseUrl, seen } = await service(ok);
        const error = await failure(client(baseUrl).request({ ...create, signal: AbortSignal.abort() }));
        expect(error).toMatchObject({ code: "FASTIO_ABORTED", sent: false });
        expect(seen).toEqual([]);
    });

    test("while it is under way", async () => {
        const abort = new AbortController();
        const { baseUrl } = await service(() => abort.abort());
        const error = await failure(client(baseUrl).request({ ...create, signal: abort.signal }));
        expect(error).toMatchObject({ code: "FASTIO_ABORTED", sent: true });
    });

    test("between two attempts", async () => {
        const abort = new AbortController();
        const { baseUrl, seen } = await service(refused(1654, 500));
        const one = client(baseUrl, { log: (severity) => severity === "debug" && abort.abort() });
        expect(await failure(one.request({ ...read, signal: abort.signal }))).toMatchObject({ code: "FASTIO_ABORTED" });
        expect(seen).toHaveLength(1);
    });

    test("during a sign-in that others go on waiting for", async () => {
        const abort = new AbortController();
        const { baseUrl } = await service((response, seen) => {
            if (seen.url === "/current/user/auth/") {
                abort.abort();
                setImmediate(() => json({ result: true, auth_token: "jwt", expires_in: 60 })(response, seen));
            } else {
                ok(response, seen);
            }
        });
        const one = client(baseUrl, { credentials: [{ name: "the test", email: "a@b.c", password }] });
        const [given, kept] = await Promise.allSettled([
            one.request({ ...read, signal: abort.signal }),
            one.request(read),
        ]);
        expect(given).toMatchObject({ status: "rejected", reason: { code: "FASTIO_ABORTED" } });
        expect(kept).toMatchObject({ status: "fulfilled" });
    });
});

describe("rate limits", () => {
    const date = { date: "Thu, 12 Feb 2026 12:00:00 GMT" };
    const left = (available: number, spelling: "old" | "new", resetSeconds: number) =>
        spelling === "old"
            ? {
                  ...date,
                  "X-Rate-Limit-Available": String(available),
                  "X-Rate-Limit-Max": "60",
                  "X-Rate-Limit-Expiry": String(1770897600 + resetSeconds),
              }
            : {
                  ...date,
                  "x-ve-limit-avail": String(available),
                  "x-ve-limit-max": "60",
                  "x-ve-limit-expires": new Date((1770897600 + resetSeconds) * 1000)
                      .toISOString()
                      .replace("T", " ")
                      .replace(".000Z", " UTC"),
              };

    test.each(["old", "new"] as const)(
        "are waited for before they are hit (%s spelling), by the service's clock",
        async (spelling) => {
            const { baseUrl } = await service(json({ result: true, org: { id: "1" } }, 200, left(0, spelling, 12)));
            const one = client(baseUrl, { clock: new ManualClock("2031-01-01T00:00:00Z") });
            await one.request(read);
            await one.request(read);
            expect(one.lines).toContain(
                "info: waiting 12 s for Fast.io's rate limit (0 of 60 left, resets 12:00:12 UTC)",
            );
        },
    );

    test.each(["old", "new"] as const)("a 429 waits until the reset (%s spelling), also a create", async (spelling) => {
        const { baseUrl, seen } = await service(refused(1671, 429, "Calm", left(0, spelling, 30)), ok);
        const one = client(baseUrl);
        await one.request(create);
        expect(one.clock.waits).toEqual([0, 30_000]);
        expect(seen).toHaveLength(2);
    });

    test("a 429 without headers waits a minute, also a gateway's", async () => {
        const { baseUrl } = await service(text("slow down", 429, date), ok);
        const one = client(baseUrl);
        await one.request(create);
        expect(one.clock.waits).toEqual([0, 60_000]);
        expect(one.lines).toContainEqual(expect.stringContaining("waiting 60 s for Fast.io's rate limit (none left"));
    });

    test("a reset too far away is an error with its time", async () => {
        const { baseUrl, seen } = await service(refused(1671, 429, "Calm", left(0, "old", 301)));
        const error = await failure(client(baseUrl).request(read));
        expect(error).toMatchObject({ code: "FASTIO_RATE_LIMIT_WAIT", resetAt: new Date("2026-02-12T12:05:01Z") });
        expect(seen).toHaveLength(1);
    });

    test("a limit that never lifts ends too", async () => {
        const { baseUrl } = await service(refused(1671, 429, "Calm"));
        const one = client(baseUrl);
        expect((await failure(one.request(read))).code).toBe("FASTIO_RATE_LIMIT_WAIT");
        expect(one.clock.monotonic()).toBeLessThanOrEqual(300_000);
    });
});

describe("time", () => {
    test("is the service's, and goes on between its answers", async () => {
        const { baseUrl } = await service(
            json({ result: true, org: { id: "1" } }, 200, { date: "Thu, 12 Feb 2026 13:00:00 GMT" }),
        );
        const one = client(baseUrl);
        expect(one.serviceNow()).toBe(Date.parse("2026-02-12T12:00:00Z"));
        await one.request(read);
        one.clock.advance(5_000);
        expect(one.serviceNow()).toBe(Date.parse("2026-02-12T13:00:05Z"));
    });
});

describe("credentials", () => {
    const person = { name: "the person", email: "ann@example.com", password };

    /** A service where one token is good and signing in gives it. */
    function guarded(good: string, badAnswer = refused(1650, 401, "Invalid"), extra: Answer = ok): Answer {
        return (response, seen) => {
            if (seen.url === "/current/user/auth/") {
                const basic = `Basic ${Buffer.from(`${person.email}:${password}`).toString("base64")}`;
                return (
                    seen.headers.authorization === basic
                        ? json({ result: true, auth_token: good, expires_in: 3600, "2factor": false })
                        : refused(1650, 401)
                )(response, seen);
            }
            if (seen.headers.authorization !== `Bearer ${good}`) {
                return badAnswer(response, seen);
            }
            if (seen.url === "/current/user/me/details/") {
                const user = { id: "42", email_address: "bob@example.com", account_type: "agent" };
                return json({ result: true, id: "42", user })(response, seen);
            }
            return (seen.url === "/current/user/auth/check/" ? json({ result: true, id: 42 }) : extra)(response, seen);
        };
    }
    const urls = (seen: Seen[]) => seen.map(({ url }) => url.replace("/current/", ""));

    test("e-mail and password sign in once for concurrent requests", async () => {
        const { baseUrl, seen } = await service(guarded("jwt"));
        const one = client(baseUrl, { credentials: [person] });
        await Promise.all([one.request(read), one.request(create), one.request(read)]);
        expect(urls(seen).filter((url) => url === "user/auth/")).toHaveLength(1);
    });

    test("a sign-in is renewed before it expires", async () => {
        const { baseUrl, seen } = await service(guarded("jwt"));
        const one = client(baseUrl, { credentials: [person] });
        await one.request(read);
        one.clock.advance(3_540_000);
        await one.request(read);
        expect(urls(seen)).toEqual(["user/auth/", "org/1/details/", "user/auth/", "org/1/details/"]);
    });

    test("a rejected sign-in token is renewed once, and the create is sent again", async () => {
        const gate = guarded("jwt");
        const { baseUrl, seen } = await service(gate, refused(1650, 401), gate);
        await client(baseUrl, { credentials: [person] }).request(create);
        expect(urls(seen)).toEqual(["user/auth/", "org/1/create/workspace/", "user/auth/", "org/1/create/workspace/"]);
    });

    test("a token that stays rejected after that is an error", async () => {
        const { baseUrl, seen } = await service(guarded("jwt", refused(1650, 401), refused(1650, 401)));
        const error = await failure(client(baseUrl, { credentials: [person] }).request(read));
        expect(error).toMatchObject({ class: "unauthenticated" });
        expect(seen).toHaveLength(4);
    });

    test("a second factor is an error that says what to use instead", async () => {
        const { baseUrl } = await service(json({ result: true, auth_token: "jwt", expires_in: 60, "2factor": true }));
        const error = await failure(client(baseUrl, { credentials: [person] }).request(read));
        expect(error).toMatchObject({ code: "FASTIO_CREDENTIAL", source: "the person" });
        expect(error.next).toContain("API key");
    });

    test("a denial is no matter of the credential", async () => {
        const { baseUrl, seen } = await service(refused(1680, 401));
        expect(await failure(client(baseUrl).request(read))).toMatchObject({ class: "denied", status: 401 });
        expect(seen).toHaveLength(1);
    });

    test("a 401 of no class is a denial when the token check passes", async () => {
        const { baseUrl, seen } = await service(guarded(token, refused(1650, 401), refused(195654, 401)));
        expect(await failure(client(baseUrl).request(read))).toMatchObject({ class: "denied", apiCode: 195654 });
        expect(urls(seen)).toEqual(["org/1/details/", "user/auth/check/"]);
    });

    test("a rejected token names its source", async () => {
        const { baseUrl, seen } = await service(guarded("another"));
        const error = await failure(client(baseUrl).request(read));
        expect(error).toMatchObject({ code: "FASTIO_CREDENTIAL", source: "the test" });
        expect(urls(seen)).toEqual(["org/1/details/", "user/auth/check/"]);
    });

    const two = [
        { name: "the configuration", token },
        { name: "the environment", token: "good" },
    ];

    test("the next source takes over where that is allowed, and the account is named", async () => {
        const { baseUrl } = await service(guarded("good"));
        const one = client(baseUrl, { credentials: two, fallbackAllowed: () => true });
        await one.request(read);
        expect(one.lines).toEqual([
            "warning: Fast.io rejects the credential from the configuration; going on with the one from the environment, " +
                "which belongs to bob@example.com (account 42).",
        ]);
        expect(await one.account()).toEqual({ id: "42", email: "bob@example.com", accountType: "agent" });
    });

    test("nothing takes over where it is not allowed", async () => {
        const { baseUrl, seen } = await service(guarded("good"));
        const one = client(baseUrl, { credentials: two, fallbackAllowed: () => false });
        expect(await failure(one.request(read))).toMatchObject({ source: "the configuration" });
        expect(seen.some(({ headers }) => headers.authorization === "Bearer good")).toBe(false);
    });

    test("the account is asked for once", async () => {
        const { baseUrl, seen } = await service(guarded(token));
        const one = client(baseUrl);
        await Promise.all([one.account(), one.account()]);
        expect(await one.account()).toMatchObject({ id: "42" });
        expect(seen).toHaveLength(1);
    });
});

describe("lists", () => {
    const shares = ["a", "b", "c", "d", "e"];
    const request = {
        operation: "list the shares",
        path: ["shares", "all"],
        query: { archived: true },
        items: "shares",
        item: z.object({ id: z.string() }),
        identity: ({ id }: { id: string }) => id,
        pageSize: 2,
    };
    const paged =
        (wrap: (body: object) => object, before: () => void = () => {}): Answer =>
        (response, seen) => {
            before();
            const query = new URL(seen.url, "http://x").searchParams;
            const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset"))];
            const page = {
                shares: shares.slice(offset, offset + limit).map((id) => ({ id })),
                pagination: { total: shares.length, limit, offset, has_more: offset + limit < shares.length },
            };
            json({ result: true, ...wrap(page) })(response, seen);
        };

    test.each([
        ["at the root", (body: object) => body],
        ["under response", (response: object) => ({ response })],
    ])("are read page by page, %s", async (_where, wrap) => {
        const { baseUrl, seen } = await service(paged(wrap));
        expect((await client(baseUrl).list(request)).map(({ id }) => id)).toEqual(shares);
        expect(seen[0]?.url).toBe("/current/shares/all/?archived=true&limit=2&offset=0");
    });

    test("that have another shape are an error of that request", async () => {
        const { baseUrl } = await service(json({ result: true, shares: [{ id: 5 }] }));
        const error = await failure(client(baseUrl).list(request));
        expect(error).toMatchObject({ code: "FASTIO_ANSWER", reason: "shape", operation: "list the shares" });
        expect(error.message).toContain("items.0.id");
    });
});

describe("the base URL", () => {
    test.each([
        ["http://api.fast.io/current/", "unencrypted"],
        ["http://127.0.0.1.example.com/", "unencrypted"],
        ["ftp://api.fast.io/", "unencrypted"],
        ["api.fast.io", "not a URL"],
        [`https://ann:${encodeURIComponent(password)}@api.fast.io/`, "holds a user"],
        ["https://api.fast.io/?a=b", "a query"],
    ])("%s is refused", (baseUrl, problem) => {
        const make = () => client(baseUrl);
        expect(make).toThrow(ConfigurationError);
        expect(make).toThrow(problem);
        expect(make).not.toThrow("canary");
    });

    test.each(["https://api.fast.io/current/", "http://localhost:4010/", "http://[::1]:4010/", "http://127.0.0.2/"])(
        "%s is taken",
        (baseUrl) => {
            expect(client(baseUrl).origin).toBe(new URL(baseUrl).origin);
        },
    );
});

describe("proxies", () => {
    const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
    const saved = names.map((name) => [name, process.env[name]] as const);

    beforeEach(() => {
        for (const name of names) {
            delete process.env[name];
        }
    });

    afterAll(() => {
        for (const [name, value] of saved) {
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
    });

    /** A proxy that forwards, tunnels to loopback, and notes what it was asked for. */
    async function proxy() {
        const asked: string[] = [];
        const server = createServer(async (request, response) => {
            asked.push(`${request.method} ${request.url}`);
            const answer = await fetch(new URL(request.url ?? ""), { headers: { authorization: "Bearer forwarded" } });
            response.writeHead(answer.status).end(await answer.text());
        });
        server.on("connect", (request: IncomingMessage, socket: Socket) => {
            asked.push(`CONNECT ${request.url}${request.headers.authorization === undefined ? "" : " with a token"}`);
            const [host, port] = (request.url ?? "").split(":");
            if (host !== "127.0.0.1") {
                socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
                return;
            }
            const upstream = connect(Number(port), host, () => {
                socket.write("HTTP/1.1 200 OK\r\n\r\n");
                socket.pipe(upstream).pipe(socket);
            });
            closers.push(async () => upstream.destroy());
        });
        const port = await listening(server);
        closers.push(async () => {
            server.closeAllConnections();
            server.close();
        });
        return { url: `http://127.0.0.1:${port}`, asked };
    }

    test.each(["HTTPS_PROXY", "HTTP_PROXY"])("%s tunnels https, and never sees the token", async (name) => {
        const { url, asked } = await proxy();
        process.env[name] = url;
        const error = await failure(client("https://api.fastio.invalid/current/").request(create));
        expect(error).toMatchObject({ code: "FASTIO_CONNECTION", sent: false });
        expect(new Set(asked)).toEqual(new Set(["CONNECT api.fastio.invalid:443"]));
    });

    test("NO_PROXY goes past it", async () => {
        const { url, asked } = await proxy();
        process.env.HTTPS_PROXY = url;
        process.env.NO_PROXY = "0.0.0.0";
        await failure(client(url.replace("http://127.0.0.1", "https://0.0.0.0")).request(create));
        expect(asked).toEqual([]);
    });

    test("a proxy on this machine is used for a service on this machine", async () => {
        const { baseUrl, seen } = await service(ok);
        const { url, asked } = await proxy();
        process.env.HTTP_PROXY = url;
        await client(baseUrl).request(read);
        expect(asked).toHaveLength(1);
        expect(asked[0]).toContain(new URL(baseUrl).host);
        expect(seen).toHaveLength(1);
    });

    test("a proxy elsewhere is not", async () => {
        const { baseUrl, seen } = await service(ok);
        process.env.HTTP_PROXY = "http://proxy.fastio.invalid:3128";
        await client(baseUrl).request(read);
        expect(seen).toHaveLength(1);
    });
});

describe("logRequests", () => {
    test("one line a request: method, path, status, time, request id", async () => {
        const { baseUrl } = await service(
            json({ result: true, org: { id: "1" } }, 200, { "x-request-id": "req-7" }),
            reset,
            ok,
        );
        const one = client(baseUrl, { logRequests: true });
        await one.request({ ...read, query: { password } });
        await one.request({ ...read, path: ["org", "1", "members", "join", "invitation-key-1", "accept"] });
        expect(one.lines.filter((line) => line.startsWith("info"))).toEqual([
            "info: GET /current/org/1/details/ 200 0 ms req-7",
            "info: GET /current/org/1/members/join/[secret]/accept/ FASTIO_CONNECTION 0 ms -",
            "info: GET /current/org/1/members/join/[secret]/accept/ 200 0 ms -",
        ]);
    });

    test("no line unless asked for", async () => {
        const { baseUrl } = await service(ok);
        const one = client(baseUrl);
        await one.request(read);
        expect(one.lines).toEqual([]);
    });
});

describe("secrets stay out of errors and logs", () => {
    const person = [token, password, encodeURIComponent(password)];
    const secrets = [...person, "canary-jwt-1", "canary-share-pass"];
    const echo: Answer = (response, seen) => {
        // The worst service: it repeats everything that it was sent.
        const said = `${seen.url} ${JSON.stringify(seen.headers)} ${seen.body} ${new URLSearchParams(seen.body)} ${person}`;
        refused(1605, 406, said)(response, seen);
    };
    const signIn = json({ result: true, auth_token: "canary-jwt-1", expires_in: 3600 });

    test.each<[string, Answer[]]>([
        ["a refusal", [signIn, echo]],
        ["a rejected sign-in", [echo]],
        ["a failure", [signIn, text(secrets.join(" "), 500)]],
        ["a page", [signIn, text(secrets.join(" "))]],
        ["another shape", [signIn, json({ result: true, org: { id: secrets } })]],
        ["a redirect", [signIn, text("", 302, { location: `https://x.example/?token=${token}` })]],
        ["a reset", [signIn, reset]],
        ["a truncated answer", [signIn, truncated]],
        ["a rejected token", [signIn, refused(1650, 401, person.join(" "))]],
    ])("%s", async (_what, answers) => {
        const { baseUrl } = await service(...answers);
        const one = client(baseUrl, {
            credentials: [
                { name: "the person", email: "ann@example.com", password, token: "" },
                { name: "another", token },
            ],
            logRequests: true,
        });
        const error = await failure(one.request({ ...create, form: { password: "canary-share-pass", name: "x" } }));
        const shown = [
            inspect(error, { depth: 10, showHidden: true }),
            JSON.stringify(error),
            error.stack,
            ...one.lines,
        ].join("\n");
        const basic = Buffer.from(`ann@example.com:${password}`).toString("base64");
        for (const secret of [...secrets, basic]) {
            expect(shown).not.toContain(secret);
        }
    });

    test("nor does the client show them", async () => {
        const one = client("https://api.fast.io/");
        expect(inspect(one, { depth: 10, showHidden: true })).not.toContain(token);
    });
});
