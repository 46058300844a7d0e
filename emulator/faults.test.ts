import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { Driver, type Reply } from "./driver";

/** What `fetch` fails with. */
async function failure(work: Promise<unknown>): Promise<{ message: string; code: unknown }> {
    const error: unknown = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
    );
    if (!(error instanceof Error)) throw new Error("it did not fail");
    return { message: error.message, code: Reflect.get(Object(error.cause), "code") };
}

async function addFault(driver: Driver, fault: object): Promise<string> {
    return (await driver.control("/faults", fault)).text("id");
}

const create = (driver: Driver, domain: string) => driver.post("/org/create/", { domain });

describe("faults", () => {
    let driver: Driver;
    beforeEach(() => {
        driver = new Driver();
    });
    afterEach(() => driver.emulator.close());

    const domains = async () => (await driver.get("/orgs/list/")).list("orgs").map(({ domain }) => domain);
    const last = async () => (await driver.ledger()).at(-1);

    it.each(["org/create/", "current/org/create/", "http://127.0.0.1/org/create/"])(
        "refuses a path that fits nothing: %s",
        async (path) => {
            const reply = await driver.control("/faults", { path, effect: "status" });
            expect(reply.outcome).toBe("400");
            expect(JSON.stringify(reply)).toContain("path: must begin with / or *");
        },
    );

    it.each([
        ["before", [], "none"],
        ["after", ["acme"], "created"],
    ] as const)("answers with a status %s the commit", async (when, there, effect) => {
        const id = await addFault(driver, { path: "/org/create", effect: "status", when, status: 500, times: 1 });
        expect((await create(driver, "acme")).outcome).toBe("500/1654");
        expect(await last()).toMatchObject({ status: 500, effect, fault: { id, effect: "status", when } });
        expect(await domains()).toEqual(there);
        expect(await last()).not.toHaveProperty("fault");
    });

    it.each(["before", "after"] as const)("breaks the connection %s the commit", async (when) => {
        await addFault(driver, { method: "POST", effect: "reset", when });
        expect(await failure(create(driver, "acme"))).toEqual({ message: "fetch failed", code: "ECONNRESET" });
        expect(await last()).toMatchObject({ status: 0, code: null, fault: { effect: "reset", when } });
        expect(await domains()).toEqual(when === "after" ? ["acme"] : []);
    });

    it("leaves a request without an answer until the caller gives up", async () => {
        await addFault(driver, { method: "POST", effect: "hang", when: "after" });
        const signal = AbortSignal.timeout(30);
        const init = { method: "POST", body: new URLSearchParams({ domain: "acme" }), signal };
        const headers = { authorization: `Bearer ${driver.emulator.token}` };
        const sent = driver.emulator.fetch(new Request("http://localhost/current/org/create/", { ...init, headers }));
        await expect(sent).rejects.toMatchObject({ name: "TimeoutError" });
        expect(await domains()).toEqual(["acme"]);
    });

    it("breaks a request that hangs when the time is over, and when the emulator closes", async () => {
        await addFault(driver, { path: "/org/create/", effect: "hang", seconds: 0.02 });
        await addFault(driver, { path: "/ping/", effect: "hang" });
        expect((await failure(create(driver, "acme"))).code).toBe("ECONNRESET");
        const endless = failure(driver.get("/ping/"));
        await driver.emulator.close();
        expect((await endless).code).toBe("ECONNRESET");
    });

    it("cuts an answer off in the middle", async () => {
        await addFault(driver, { method: "POST", effect: "truncate" });
        expect((await failure(create(driver, "acme"))).message).toBe("terminated");
        expect(await domains()).toEqual(["acme"]);
    });

    it("answers slowly, or carries a request out later", async () => {
        await addFault(driver, { path: "/ping/", effect: "slow", seconds: 0.05, times: 1 });
        await addFault(driver, { path: "/org/create/", effect: "slow", when: "before", seconds: 0.05 });
        for (const work of [() => driver.get("/ping/"), () => create(driver, "acme")]) {
            const before = performance.now();
            expect((await work()).body).toMatchObject({ result: true });
            expect(performance.now() - before).toBeGreaterThan(45);
        }
    });

    it.each([
        [{ path: "/org/*/details/" }, "GET", "/org/acme/details/", true],
        [{ path: "/current/org/*/details" }, "GET", "/org/acme/details/", true],
        [{ path: "/org/*/details/" }, "GET", "/org/acme/public/details/", false],
        [{ path: "/org/**/details/" }, "GET", "/org/acme/public/details/", true],
        [{ path: "**/members/new@example.com/" }, "POST", "/org/acme/members/new%40example.com/", true],
        [{ method: "POST" }, "GET", "/ping/", false],
        [{}, "GET", "/ping/", true],
        [{ path: "/p.ng/" }, "GET", "/ping/", false],
    ])("%j strikes %s %s: %s", async (match, method, path, strikes) => {
        await addFault(driver, { ...match, effect: "status", status: 503 });
        expect((await driver.send(method, path)).status === 503).toBe(strikes);
    });

    it.each([
        [{}, "xxxxx"],
        [{ nth: 2 }, "-x---"],
        [{ times: 2 }, "xx---"],
        [{ nth: 3, times: 2 }, "--xx-"],
    ])("counts by %j: %s", async (count, expected) => {
        await addFault(driver, { path: "/ping/", effect: "status", status: 503, ...count });
        let seen = "";
        for (let times = 0; times < 5; times += 1) seen += (await driver.get("/ping/")).status === 503 ? "x" : "-";
        expect(seen).toBe(expected);
    });

    it.each([
        [{ status: 404 }, 404, "application/json; charset=utf-8", 1609],
        [{ status: 503 }, 503, "text/html; charset=utf-8", undefined],
        [{ status: 502, body: "Bad Gateway" }, 502, "text/html; charset=utf-8", undefined],
        [{ status: 200, body: { result: "yes", response: {} } }, 200, "application/json; charset=utf-8", undefined],
    ])("answers %j as it says, or as the API or a gateway would", async (fault, status, type, code) => {
        await addFault(driver, { effect: "status", ...fault });
        const reply = await driver.get("/ping/");
        expect([reply.status, reply.headers.get("content-type"), reply.at("error.code")]).toEqual([status, type, code]);
        if ("body" in fault) expect(reply.body).toEqual(fault.body);
    });

    it("storms with 429, with a reset time and without one", async () => {
        await addFault(driver, { effect: "status", status: 429, seconds: 30, times: 2 });
        await addFault(driver, { effect: "status", status: 429 });
        const replies = [await driver.get("/ping/"), await driver.get("/ping/"), await driver.get("/ping/")];
        expect(replies.map(({ outcome }) => outcome)).toEqual(["429/1671", "429/1671", "429/1671"]);
        const told = ({ headers }: Reply) => ["available", "expiry"].map((name) => headers.get(`x-rate-limit-${name}`));
        const ends = String(Driver.start / 1000 + 30);
        expect(replies.map(told)).toEqual([
            ["0", ends],
            ["0", ends],
            [null, null],
        ]);
    });

    it("lists what is there with its counts, and takes it away again", async () => {
        const first = await addFault(driver, { path: "/ping/", effect: "status", status: 503 });
        const second = await addFault(driver, { method: "DELETE", effect: "reset" });
        await driver.get("/ping/");
        expect((await driver.control("/faults")).list("faults")).toEqual([
            { id: first, path: "/ping/", effect: "status", status: 503, matched: 1, struck: 1 },
            { id: second, method: "DELETE", effect: "reset", matched: 0, struck: 0 },
        ]);
        const remove = (query: string) => driver.request(`/_emulator/faults${query}`, { method: "DELETE" });
        expect((await remove(`?id=${first}`)).list("faults")).toHaveLength(1);
        expect((await remove(`?id=${first}`)).status).toBe(404);
        expect((await remove("")).list("faults")).toEqual([]);
        await addFault(driver, { effect: "reset" });
        await driver.control("/reset", {});
        expect((await driver.control("/faults")).list("faults")).toEqual([]);
    });

    it.each([
        [{}, "effect: is required."],
        [{ effect: "explode" }, "effect: must be one of status, reset, hang, truncate, slow, random."],
        [{ effect: "reset", when: "during" }, "when: must be one of before, after."],
        [{ effect: "reset", method: "BREW" }, "method: must be one of GET, POST, PUT, DELETE, HEAD."],
        [{ effect: "status", status: 42 }, "status: must be a whole number from 200 to 599."],
        [{ effect: "slow", seconds: -1 }, "seconds: must be a number from 0 to 3600."],
        [{ effect: "random", probability: 2 }, "probability: must be a number from 0 to 1."],
    ])("refuses %j", async (fault, error) => {
        const reply = await driver.control("/faults", fault);
        expect([reply.status, reply.body]).toEqual([400, { error }]);
    });

    it("draws what happens from a seed", async () => {
        const run = async (seed: string) => {
            const one = new Driver();
            await addFault(one, { effect: "random", probability: 0.5, seed });
            for (let times = 0; times < 40; times += 1) await one.get("/ping/").catch(() => undefined);
            const entries = (await one.ledger()) as { status: number; fault?: { effect: string; when: string } }[];
            return entries.map(({ status, fault }) => fault && `${fault.effect} ${fault.when} ${status}`);
        };
        const [first, again, other] = [await run("one"), await run("one"), await run("two")];
        expect(first).toEqual(again);
        expect(first).not.toEqual(other);
        const struck = first.filter((one) => one !== undefined);
        expect(struck.length).toBeGreaterThan(10);
        expect(struck.length).toBeLessThan(30);
        expect(new Set(struck).size).toBeGreaterThan(4);
        // Without a time of its own nothing keeps anybody waiting.
        expect(struck.filter((one) => /hang|slow/.test(String(one)))).toEqual([]);
    });

    it("shows its faults on the page", async () => {
        const id = await addFault(driver, { path: "/ping/", effect: "status", status: 503 });
        await driver.get("/ping/");
        const { body } = await driver.request("/_emulator/", {});
        expect(body).toContain(id);
        expect(body).toContain(`fault ${id}, status before the commit`);
    });
});

describe("faults on a socket", () => {
    const driver = new Driver();
    let baseUrl: string;
    beforeAll(async () => {
        ({ baseUrl } = await driver.emulator.listen({ port: 0 }));
    });
    afterAll(() => driver.emulator.close());
    afterEach(() => driver.request("/_emulator/faults", { method: "DELETE" }));

    interface Seen {
        status?: number | undefined;
        length?: string | undefined;
        body: string;
        firstAfter?: number;
        lastAfter?: number;
        error?: string | undefined;
    }

    /** One request over the wire, and all that comes back of it. */
    function seen(method: string, path: string, body = "", giveUp?: (request: ClientRequest) => void): Promise<Seen> {
        const began = performance.now();
        return new Promise((resolve) => {
            const result: Seen = { body: "" };
            const end = (error?: Error) => resolve({ ...result, error: error && String(Reflect.get(error, "code")) });
            const headers = {
                authorization: `Bearer ${driver.emulator.token}`,
                "content-type": "application/x-www-form-urlencoded",
            };
            const sent = request(new URL(path, baseUrl), { method, headers }, (answer: IncomingMessage) => {
                result.status = answer.statusCode;
                result.length = answer.headers["content-length"];
                answer.on("data", (chunk: Buffer) => {
                    result.firstAfter ??= performance.now() - began;
                    result.lastAfter = performance.now() - began;
                    result.body += chunk;
                });
                answer.on("end", () => end());
                answer.on("error", end);
            });
            sent.on("error", end);
            sent.end(body);
            giveUp?.(sent);
        });
    }

    it("resets", async () => {
        await addFault(driver, { effect: "reset", when: "after" });
        expect(await seen("POST", "org/create/", "domain=reset")).toEqual({ body: "", error: "ECONNRESET" });
        expect((await driver.ledger()).at(-1)).toMatchObject({ effect: "created", status: 0 });
    });

    it("hangs until the caller goes", async () => {
        await addFault(driver, { effect: "hang", when: "after" });
        const giveUp = (sent: ClientRequest) => void setTimeout(() => sent.destroy(), 60);
        expect(await seen("POST", "org/create/", "domain=hang", giveUp)).toMatchObject({ body: "" });
        expect((await driver.ledger()).at(-1)).toMatchObject({ effect: "created", fault: { effect: "hang" } });
    });

    it("truncates", async () => {
        await addFault(driver, { effect: "truncate" });
        const { status, length, body, error } = await seen("GET", "user/me/details/");
        expect([status, error, body.length]).toEqual([200, "ECONNRESET", Math.floor(Number(length) / 2)]);
    });

    it("sends the body of a slow answer piece by piece", async () => {
        await addFault(driver, { effect: "slow", seconds: 0.1 });
        const { body, firstAfter = 0, lastAfter = 0 } = await seen("GET", "user/me/details/");
        expect(JSON.parse(body)).toMatchObject({ result: true });
        expect(lastAfter - firstAfter).toBeGreaterThan(50);
    });

    it("answers the next request on the same emulator as if nothing had been", async () => {
        await addFault(driver, { effect: "reset", times: 1 });
        await seen("GET", "ping/");
        expect(await seen("GET", "ping/")).toMatchObject({ status: 200 });
    });
});
