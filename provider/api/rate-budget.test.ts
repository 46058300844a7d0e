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
    expect(await budget.acquire("read it", 0)).toBe(12_000);
    expect(await budget.acquire("read it", 0)).toBe(0);
    expect(clock.waits).toEqual([12_000]);
    expect(lines).toEqual(["waiting 12 s for Fast.io's rate limit (0 of 60 left, resets 12:00:12 UTC)"]);
});

test("no wait while something is left, or after the reset", async () => {
    const { clock, budget } = setUp();
    await budget.acquire("read it", 0);
    budget.release();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    await budget.acquire("read it", 0);
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    budget.release();
    clock.advance(12_000);
    await budget.acquire("read it", 0);
    expect(clock.waits).toEqual([]);
});

test("the last of the budget is not spent twice by requests under way together", async () => {
    const { clock, budget } = setUp();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    await budget.acquire("first", 0);
    const second = budget.acquire("second", 0);
    expect(clock.waits).toEqual([]);
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    budget.release();
    expect(await second).toBe(12_000);
});

test("an answer that comes late does not raise the budget again", async () => {
    const { budget } = setUp();
    budget.learn({ available: 0, max: 60, resetAt: seconds(12) });
    budget.learn({ available: 5, max: 60, resetAt: seconds(12) });
    budget.learn({ available: 7, max: 60, resetAt: seconds(2) });
    expect(await budget.acquire("read it", 0)).toBe(12_000);
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
    await budget.acquire("read it", 0);
    budget.release();
    budget.exhausted({ resetAt: seconds(-5) });
    await budget.acquire("read it", 0);
    expect(clock.waits).toEqual([60_000, 1_000]);
});

test("the own ceiling", async () => {
    const { clock, lines, budget } = setUp({ requestsPerMinute: 2 });
    for (let count = 0; count < 5; count++) {
        await budget.acquire("read it", 0);
        budget.release();
        clock.advance(1_000);
    }
    expect(clock.waits).toEqual([58_000, 58_000]);
    expect(lines[0]).toBe("waiting 58 s for the own ceiling of requests per minute (0 of 2 left, resets 12:01:00 UTC)");
});

test("who gives up stops waiting, and takes nothing from the budget", async () => {
    const { budget } = setUp();
    budget.learn({ available: 1, max: 60, resetAt: seconds(12) });
    await budget.acquire("first", 0);
    const abort = new AbortController();
    const second = budget.acquire("second", 0, abort.signal);
    abort.abort();
    await expect(second).rejects.toThrow();
    budget.release();
    expect(await budget.acquire("third", 0)).toBe(0);
});
