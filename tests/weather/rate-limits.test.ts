/** Limits that bite: a budget that is used up, a storm of refusals, and a Date header that is wrong, in every dialect. */
import { Agent, type Dispatcher } from "undici";
import * as z from "zod";
import { ApiClient } from "../../provider/api/client";
import { ManualClock } from "../../provider/api/manual-clock";
import { Service } from "../verbs/service";

/** Waits pass at once, here and at the service. */
class SharedClock extends ManualClock {
    constructor(private readonly service: Service) {
        super("1999-01-01T00:00:00Z");
    }

    override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
        await super.sleep(ms, signal);
        await this.service.advance(Math.ceil(ms / 1000));
    }
}

/** One time for several processes: it moves on to whoever wakes first, when all of them wait and nothing is under way. */
class CommonTime {
    readonly #sleepers = new Set<{ until: number; wake: () => void }>();
    #underWay = 0;
    #elapsedMs = 0;

    constructor(private readonly service: Service) {}

    /** The clock of a process, and its way to the service. */
    of(agent: Agent) {
        const clock = {
            now: () => this.#elapsedMs,
            monotonic: () => this.#elapsedMs,
            sleep: (ms: number) =>
                new Promise<void>((wake) => {
                    this.#sleepers.add({ until: this.#elapsedMs + ms, wake });
                    void this.#moveOn();
                }),
        };
        const statuses: { status: number; window: number }[] = [];
        const request = async (options: Dispatcher.RequestOptions) => {
            this.#underWay += 1;
            try {
                const answer = await agent.request(options);
                statuses.push({ status: answer.statusCode, window: Number(answer.headers["x-rate-limit-expiry"]) });
                return answer;
            } finally {
                this.#underWay -= 1;
                void this.#moveOn();
            }
        };
        return { clock, dispatcher: { request } as unknown as Dispatcher, statuses };
    }

    async #moveOn(): Promise<void> {
        // Whoever has an answer sends the next request before long.
        for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
        const [first, ...others] = [...this.#sleepers].sort((one, other) => one.until - other.until);
        if (this.#underWay > 0 || first === undefined) return;
        const seconds = Math.max(0, Math.ceil((first.until - this.#elapsedMs) / 1000));
        this.#underWay += 1;
        await this.service.advance(seconds);
        this.#underWay -= 1;
        this.#elapsedMs += seconds * 1000;
        for (const one of [first, ...others].filter(({ until }) => until <= this.#elapsedMs)) {
            this.#sleepers.delete(one);
            one.wake();
        }
    }
}

describe("four processes with one token", () => {
    let service: Service;
    const agents = Array.from({ length: 4 }, () => new Agent());

    beforeAll(async () => {
        service = await Service.open("seed");
    });
    afterAll(() => Promise.all([service.close(), ...agents.map((agent) => agent.destroy())]));

    /** How often the process was refused in the minute in which that happened most; it makes a hundred requests, eight at a time. */
    async function refusalsOf({ clock, dispatcher, statuses }: ReturnType<CommonTime["of"]>): Promise<number> {
        const client = new ApiClient({
            baseUrl: service.baseUrl,
            credentials: [{ name: "the test", token: service.emulator.token }],
            userAgent: "weather/1",
            clock,
            dispatcher,
            maxWaitSeconds: 3600,
        });
        let left = 100;
        const answer = z.unknown();
        const work = async () => {
            while (left-- > 0)
                await client.request({
                    operation: "list",
                    method: "GET",
                    path: ["orgs", "list"],
                    kind: "read",
                    answer,
                });
        };
        await Promise.all(Array.from({ length: 8 }, work));
        expect(statuses.filter(({ status }) => status === 200)).toHaveLength(100);
        const refused = statuses.filter(({ status }) => status === 429).map(({ window }) => window);
        return Math.max(0, ...refused.map((window) => refused.filter((one) => one === window).length));
    }

    test.each([20, 60, 200])(
        "share %d requests a minute: each is refused once in it at most",
        async (requestsPerMinute) => {
            await service.reset();
            await service.control("POST", "rate-limit", { requestsPerMinute });
            const time = new CommonTime(service);
            const refusals = await Promise.all(agents.map((agent) => refusalsOf(time.of(agent))));
            expect(Math.max(...refusals)).toBeLessThanOrEqual(1);
        },
    );
});

describe.each(["seed", "wrapped", "mid2026"] as const)("in the dialect %s", (dialect) => {
    let service: Service;
    let clock: SharedClock;
    let client: ApiClient;

    beforeEach(async () => {
        service = await Service.open(dialect);
        clock = new SharedClock(service);
        const credentials = [{ name: "the test", token: service.emulator.token }];
        client = new ApiClient({ baseUrl: service.baseUrl, credentials, userAgent: "weather/1", clock });
    });
    afterEach(() => Promise.all([client.close(), service.close()]));

    const read = () =>
        client.request({
            operation: "list the organizations",
            method: "GET",
            path: ["orgs", "list"],
            kind: "read",
            answer: z.looseObject({ orgs: z.array(z.unknown()) }),
        });
    const statuses = (requests: { status: number }[]) => requests.map(({ status }) => status);

    test("a small budget is waited for before it is used up: nothing is refused", async () => {
        await service.control("POST", "rate-limit", { requestsPerMinute: 4 });
        const requests = await service.requestsOf(async () => {
            for (let times = 0; times < 10; times += 1) await read();
        });
        expect(statuses(requests)).toEqual(Array(10).fill(200));
        expect(clock.waits.length).toBeGreaterThan(1);
    });

    test("a storm of refusals with a reset time passes", async () => {
        await service.control("POST", "faults", { effect: "status", status: 429, seconds: 2, times: 5 });
        expect(statuses(await service.requestsOf(read))).toEqual([429, 429, 429, 429, 429, 200]);
    });

    test("a refusal without a reset time is waited out for a minute", async () => {
        await service.control("POST", "faults", { effect: "status", status: 429, times: 1 });
        expect(statuses(await service.requestsOf(read))).toEqual([429, 200]);
        expect(Math.max(...clock.waits)).toBe(60_000);
    });

    test.each([-7200, 7200])("a Date header %d s off neither hangs nor hurries for ever", async (dateSkewSeconds) => {
        await service.control("POST", "clock", { dateSkewSeconds });
        await service.control("POST", "rate-limit", { requestsPerMinute: 2 });
        const requests = await service.requestsOf(async () => {
            for (let times = 0; times < 5; times += 1) await read().catch(() => undefined);
        });
        expect(requests.length).toBeLessThan(50);
        expect(statuses(requests).filter((status) => status === 200).length).toBeGreaterThan(1);
    });
});
