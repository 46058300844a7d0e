/** Loss of permission is not deletion: whatever takes the view away fails the refresh and removes nothing; what is really gone leaves the state. */
import { resources } from "../../provider/resources";
import { makeParents, sample } from "../verbs/samples";
import { Service } from "../verbs/service";
import { type FrontEnd, frontEnds, Registered, type Verbs } from "./front-ends";

jest.mock("../../provider/api/clock", () => {
    const { ManualClock } = jest.requireActual("../../provider/api/manual-clock");
    return { systemClock: new ManualClock() };
});
jest.setTimeout(60_000);

let service: Service;
const processes: Verbs[] = [];

beforeAll(async () => {
    jest.spyOn(console, "log").mockImplementation(() => {});
    service = await Service.open();
});
afterAll(async () => {
    jest.restoreAllMocks();
    await service.close();
});
afterEach(() => Promise.all(processes.splice(0).map((one) => one.close())));

async function start(frontEnd: FrontEnd, config: Record<string, string> = {}): Promise<Verbs> {
    const started = await frontEnd.start({ baseUrl: service.baseUrl, token: service.emulator.token, ...config });
    processes.push(started);
    return started;
}

/** Every request is answered so. */
async function storm(status: number, code?: number): Promise<Record<string, string>> {
    const body = code === undefined ? "<html>not here</html>" : { result: false, error: { code, text: "Not found" } };
    await service.control("POST", "faults", { effect: "status", status, body, when: "before" });
    return {};
}

interface Loss {
    name: string;
    /** Takes the view away, and answers the configuration of the run that meets it. */
    happens(): Promise<Record<string, string>>;
    /** What the failure has to say. */
    says: RegExp;
}

const losses: Loss[] = [
    {
        name: "another account",
        happens: async () => {
            const { token, userId } = await service.account("ann@example.com");
            seer = `This is what ann@example.com (account ${userId}) sees on ${new URL(service.baseUrl).origin}`;
            return { token };
        },
        says: /sees on|sees no|not find|still|confirm/,
    },
    {
        name: "a credential that is no longer valid",
        happens: async () => ({ token: "x".repeat(64) }),
        says: /rejects the token|token from/,
    },
    { name: "a storm of the API's own 404", happens: () => storm(404, 1609), says: /failed/ },
    { name: "a storm of a gateway's 404", happens: () => storm(404), says: /not JSON|HTTP 404/ },
    { name: "a storm of denials", happens: () => storm(401, 1680), says: /credential sees on/ },
    {
        name: "another origin",
        happens: async () => ({ baseUrl: "https://elsewhere.example/current/" }),
        says: /elsewhere\.example.*formerBaseUrl|formerBaseUrl.*elsewhere\.example/,
    },
];
let seer: string | undefined;

describe.each(frontEnds)("through the $name front-end", (frontEnd) => {
    describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
        test("no loss of the view removes it, and what is deleted goes", async () => {
            await service.reset();
            await service.control("POST", "names", { keepClosed: false });
            const one = new Registered(kind);
            const parents = await makeParents(service, "first");
            await one.up(await start(frontEnd), sample(kind, "full", parents));
            const before = one.state;
            for (const { name, happens, says } of losses) {
                seer = undefined;
                const config = await happens();
                const failure = await one.refresh(await start(frontEnd, config)).then(
                    (seen) => new Error(`${name}: the refresh passes: ${JSON.stringify(seen)}`),
                    (error: Error) => error,
                );
                expect(`${name}: ${failure.message}`).toMatch(/: reading .* failed: /);
                expect(`${name}: ${failure.message}`).toMatch(says);
                if (seer !== undefined) expect(failure.message).toContain(seer);
                expect(one.state).toEqual(before);
                await service.clearFaults();
            }
            // Nothing is wrong any more: it was there all the time.
            expect(await one.refresh(await start(frontEnd))).toMatchObject({ exists: true });
            const other = new Registered(kind);
            other.state = one.state && { ...one.state, outputs: { ...one.state.outputs, forceDestroy: true } };
            await other.delete(await start(frontEnd));
            const hasObjectOfItsOwn = !kind.endsWith("Branding") && kind !== "TransferToken";
            expect(await one.refresh(await start(frontEnd))).toMatchObject({ exists: !hasObjectOfItsOwn });
        });
    });
});
