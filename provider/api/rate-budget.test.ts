import { RateLimitWaitError } from "./errors";
import { ManualClock } from "./manual-clock";
import { RateBudget, type RateBudgetOptions, readRateHeaders } from "./rate-budget";

const start = Date.parse("2026-02-12T12:00:00Z");

function setUp(options: Partial<RateBudgetOptions> = {}) {
    const clock = new ManualClock();
    const lines: string[] = [];
    const budget = new RateBudget({
        clock,
        serviceNow: () => clock.now(),
        log: (message) => lines.push(message),
        maxWaitSeconds: 300,
        ...options,
    });
    return { clock, lines, budget };
}

const seconds = (count: number) => start + count * 1000;

test.each([
    [{ "x-rate-limit-available": "3", "x-rate-limit-max": "60", "x-rate-limit-expiry": "1770897605" }],
    [{ "x-ve-limit-avail": "3", "x-ve-limit-max": "60", "x-ve-limit-expires": "1770897605" }],
    [{ "x-ve-limit-avail": "3", "x-ve-limit-max": "60", "x-ve-limit-expires": "2026-02-12 12:00:05 UTC" }],
    [
        {
            "x-rate-limit-available": "9",
            "x-ve-limit-avail": "3",
            "x-ve-limit-max": "60",
            "x-ve-limit-expires": "1770897605",
        },
    ],
])("headers %j", (headers) => {
    expect(readRateHeaders(headers)).toEqual({ available: 3, max: 60, resetAt: seconds(5) });
});

test("headers that are absent or make no sense", () => {
    expect(readRateHeaders({})).toEqual({});
    expect(readRateHeaders({ "x-rate-limit-available": "many", "x-rate-limit-expiry": "soon" })).toEqual({});
});

test("an exhausted budget is waited for until its reset, and the wait is announced once", async () => {
    const { clock, lines, budget } = setUp();
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    const first = await budget.acquire("read it", 0);
    first.release();
    const second = await budget.acquire("read it", 0);
    expect([first.waitedMs, second.waitedMs]).toEqual([12_000, 0]);
    expect(clock.waits).toEqual([12_000]);
    expect(lines).toEqual(["waiting 12 s for Fast.io's rate limit (0 of 60 left, resets 12:00:12 UTC)"]);
});

test("no wait while something is left, or after the reset", async () => {
    const { clock, budget } = setUp();
    const first = await budget.acquire("read it", 0);
    first.release();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    const second = await budget.acquire("read it", 0);
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    second.release();
    clock.advance(12_000);
    await budget.acquire("read it", 0);
    expect(clock.waits).toEqual([]);
});

test("the last of the budget is not spent twice by requests under way together", async () => {
    const { clock, budget } = setUp();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    const first = await budget.acquire("first", 0);
    const second = budget.acquire("second", 0);
    expect(clock.waits).toEqual([]);
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    first.release();
    expect((await second).waitedMs).toBe(12_000);
});

test("an answer that comes late does not raise the budget again", async () => {
    const { budget } = setUp();
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    budget.learn({ available: 5, max: 60, resetAt: seconds(12) });
    budget.learn({ available: 7, max: 60, resetAt: seconds(2) });
    expect((await budget.acquire("read it", 0)).waitedMs).toBe(12_000);
});

test("a longer wait than allowed fails with the reset time", async () => {
    const { clock, budget } = setUp({ maxWaitSeconds: 10 });
    budget.learn({ available: 0, resetAt: seconds(11) });
    const error = await budget.acquire("read it", 0).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(RateLimitWaitError);
    expect((error as RateLimitWaitError).resetAt).toEqual(new Date(seconds(11)));
    expect(String(error)).toContain("2026-02-12T12:00:11.000Z");
    expect(clock.waits).toEqual([]);
});

test("waits after refusals add up", async () => {
    const { budget } = setUp({ maxWaitSeconds: 10 });
    budget.exhausted({ resetAt: seconds(6) });
    await expect(budget.acquire("read it", 5_000)).rejects.toBeInstanceOf(RateLimitWaitError);
});

test("a refusal without headers waits a minute; a reset in the past a second", async () => {
    const { clock, budget } = setUp();
    budget.exhausted({});
    (await budget.acquire("read it", 0)).release();
    budget.exhausted({ resetAt: seconds(-5) });
    await budget.acquire("read it", 0);
    expect(clock.waits).toEqual([60_000, 1_000]);
});

test("the own ceiling", async () => {
    const { clock, lines, budget } = setUp({ requestsPerMinute: 2 });
    for (let count = 0; count < 5; count++) {
        (await budget.acquire("read it", 0)).release();
        clock.advance(1_000);
    }
    expect(clock.waits).toEqual([58_000, 58_000]);
    expect(lines[0]).toBe("waiting 58 s for the own ceiling of requests per minute (0 of 2 left, resets 12:01:00 UTC)");
});

test("who gives up stops waiting, and takes nothing from the budget", async () => {
    const { budget } = setUp();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    const first = await budget.acquire("first", 0);
    const abort = new AbortController();
    const second = budget.acquire("second", 0, abort.signal);
    abort.abort();
    await expect(second).rejects.toThrow();
    first.release();
    expect((await budget.acquire("third", 0)).waitedMs).toBe(0);
});

describe("others use the same token", () => {
    /** How many requests are sent at once when an answer told this much. */
    async function width(available: number | undefined, afterMs = 0, answers = 10): Promise<number> {
        const { clock, budget } = setUp();
        for (let count = 0; count < answers; count++) {
            (await budget.acquire("first", 0)).release();
            budget.learn(available === undefined ? {} : { available, max: 60, resetAt: seconds(12) });
        }
        clock.advance(afterMs);
        let sent = 0;
        for (let count = 0; count < 20; count++) void budget.acquire("next", 0).then(() => sent++);
        await new Promise(setImmediate);
        return sent;
    }

    test.each([
        [60, 7],
        [16, 2],
        [15, 1],
        [1, 1],
        [undefined, 20],
    ])("of %p requests that are left an eighth is sent at once, and one at least", async (available, sent) => {
        expect(await width(available)).toBe(sent);
    });

    test("with few left the number grows with the answers, with many it does not", async () => {
        expect([await width(200, 0, 1), await width(200, 0, 5), await width(256, 0, 1)]).toEqual([1, 5, 20]);
    });

    test("what an answer told a second ago is told anew by one request alone", async () => {
        expect([await width(60, 999), await width(60, 1000)]).toEqual([7, 1]);
    });

    test("the first request is sent alone, and so is the first after a reset", async () => {
        const { clock, budget } = setUp();
        let sent = 0;
        const send = async () => {
            const { release } = await budget.acquire("read it", 0);
            sent += 1;
            return release;
        };
        const [first, second] = [send(), send()];
        await new Promise(setImmediate);
        expect(sent).toBe(1);
        budget.learn({ available: 60, max: 60, resetAt: seconds(12) });
        (await first)();
        (await second)();
        expect(sent).toBe(2);
        clock.advance(12_000);
        const [third] = [send(), send()];
        await new Promise(setImmediate);
        expect(sent).toBe(3);
        (await third)();
        await new Promise(setImmediate);
        expect(sent).toBe(4);
    });

    test("an upload that takes long holds nobody back", async () => {
        const { clock, budget } = setUp();
        (await budget.acquire("first", 0)).release();
        budget.learn({ available: 60, max: 60, resetAt: seconds(12) });
        await budget.acquire("upload it", 0);
        clock.advance(5_000);
        expect((await budget.acquire("read it", 0)).waitedMs).toBe(0);
    });
});
