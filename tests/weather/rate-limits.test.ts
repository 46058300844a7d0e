/** Limits that bite: a budget that is used up, a storm of refusals, and a Date header that is wrong, in every dialect. */
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
