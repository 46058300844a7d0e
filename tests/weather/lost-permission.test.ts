/** Loss of permission is not deletion: whatever takes the view away fails the refresh and removes nothing; what is really gone leaves the state. */
import { resources } from "../../provider/resources";
import { makeParents, type Parents, sample } from "../verbs/samples";
import { type Account, type ParentSegment, Service, type Shown } from "../verbs/service";
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
async function storm(status: number, code?: number): Promise<void> {
    const body = code === undefined ? "<html>not here</html>" : { result: false, error: { code, text: "Not found" } };
    await service.control("POST", "faults", { effect: "status", status, body, when: "before" });
}

/** What an account sees here, as a failure has to say it. */
function viewOf(email: string, userId: string): string {
    return `This is what ${email} (account ${userId}) sees on ${new URL(service.baseUrl).origin}`;
}

async function myView(): Promise<string> {
    const { user } = (await service.api("GET", "user/details/")) as unknown as { user: Shown };
    return viewOf(String(user.email_address), user.id);
}

/** Somebody who is an admin wherever the object is. */
async function invite(places: readonly Place[], email: string): Promise<Account> {
    const account = await service.account(email);
    for (const { segment, id } of places)
        await service.api("POST", `${segment}/${id}/members/${email}/`, { permissions: "admin" });
    return account;
}

interface Place {
    segment: ParentSegment;
    id: string;
}

interface Loss {
    name: string;
    /** Takes the view away, and answers the provider process that meets it and what the failure has to say. */
    happens(
        start: (config?: Record<string, string>) => Promise<Verbs>,
        places: readonly Place[],
        /** Fails unless this process still finds everything. */
        sees: (verbs: Verbs) => Promise<void>,
    ): Promise<{ verbs: Verbs; says: (string | RegExp)[] }>;
}

const losses: Loss[] = [
    {
        name: "another account",
        happens: async (start) => {
            const { token, userId } = await service.account("bea@example.com");
            return { verbs: await start({ token }), says: [viewOf("bea@example.com", userId)] };
        },
    },
    {
        name: "a caller who was removed from there",
        happens: async (start, places, sees) => {
            const { token, userId } = await invite(places, "carl@example.com");
            await sees(await start({ token }));
            for (const { segment, id } of places) await service.api("DELETE", `${segment}/${id}/members/${userId}/`);
            return { verbs: await start({ token }), says: [viewOf("carl@example.com", userId)] };
        },
    },
    {
        name: "a token that lost its scope",
        happens: async (start, [organization], sees) => {
            const { api_key: token, id } = (await service.api("POST", "user/auth/key/", {})) as unknown as ApiKey;
            const narrow = (scope: string) => service.api("POST", `user/auth/key/${id}/`, { scopes: `["${scope}"]` });
            await sees(await start({ token }));
            // As long as the scope reaches it, reading it is enough.
            await narrow(`org:${organization?.id}:r`);
            await sees(await start({ token }));
            await narrow(`org:${"7".repeat(19)}:rw`);
            return { verbs: await start({ token }), says: [await myView()] };
        },
    },
    {
        name: "a token that was revoked",
        happens: async (start, _places, sees) => {
            const { api_key: token, id } = (await service.api("POST", "user/auth/key/", {})) as unknown as ApiKey;
            await sees(await start({ token }));
            await service.api("DELETE", `user/auth/key/${id}/`);
            return { verbs: await start({ token }), says: [/rejects the token from/] };
        },
    },
    {
        name: "a sign-in that has expired, and whose password is another one now",
        happens: async (start, places, sees) => {
            const { email, password, token } = await invite(places, "dora@example.com");
            const verbs = await start({ token: "", email, password });
            await sees(verbs);
            await service.advance(tokenSeconds);
            // An expiry alone is a matter of course: it signs in again.
            await sees(verbs);
            await service.advance(tokenSeconds);
            await service.api("POST", "user/update/", { password: "another password" }, token);
            return { verbs, says: [/rejects the e-mail and the password from/] };
        },
    },
    {
        name: "the token of a sign-in that has expired",
        happens: async (start, places, sees) => {
            const { email, password } = await invite(places, "ed@example.com");
            const basic = Buffer.from(`${email}:${password}`).toString("base64");
            const answer = await fetch(new URL("user/auth/", service.baseUrl), {
                headers: { Authorization: `Basic ${basic}` },
            });
            const body = (await answer.json()) as { auth_token: string; response?: { auth_token: string } };
            const { auth_token: token } = body.response ?? body;
            const verbs = await start({ token });
            await sees(verbs);
            await service.advance(tokenSeconds);
            return { verbs, says: [/rejects the token from/] };
        },
    },
    {
        name: "a storm of the API's own 404",
        happens: async (start) => {
            await storm(404, 1609);
            return { verbs: await start(), says: [/HTTP 404/, /what the configured credential sees on/] };
        },
    },
    {
        name: "a storm of a gateway's 404",
        happens: async (start) => {
            await storm(404);
            return { verbs: await start(), says: [/the answer is not JSON \(HTTP 404\)/] };
        },
    },
    {
        name: "a storm of denials",
        happens: async (start) => {
            await storm(401, 1680);
            return { verbs: await start(), says: [/what the configured credential sees on/] };
        },
    },
    {
        name: "another origin",
        happens: async (start) => ({
            verbs: await start({ baseUrl: "https://elsewhere.example/current/" }),
            says: [/elsewhere\.example/, /formerBaseUrl/],
        }),
    },
];

interface ApiKey {
    api_key: string;
    id: string;
}

/** Longer than the token of a sign-in is good for, in any version of the service. */
const tokenSeconds = 2_592_001;

const segments: Readonly<Record<string, ParentSegment>> = {
    Organization: "org",
    Workspace: "workspace",
    Share: "share",
};

/** What has members and is the object or above it, from the organization down. */
function placesOf({ kind, state }: Registered, parents: Parents): Place[] {
    const ids = { ...parents, [kind]: state?.id ?? "" };
    // What is made of these kinds has nothing of the parents below it.
    const below =
        kind === "Organization" ? ["Organization"] : kind === "Workspace" ? ["Organization", kind] : undefined;
    return Object.entries(segments)
        .filter(([one]) => below === undefined || below.includes(one))
        .map(([one, segment]) => ({ segment, id: ids[one] ?? "" }));
}

describe.each(frontEnds)("through the $name front-end", (frontEnd) => {
    describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
        test("no loss of the view removes it, and what is deleted goes", async () => {
            await service.reset();
            await service.control("POST", "names", { keepClosed: false });
            const one = new Registered(kind);
            const parents = await makeParents(service, "first");
            await one.up(await start(frontEnd), sample(kind, "full", parents));
            const before = one.state;
            const sees = async (verbs: Verbs) => {
                expect(await one.refresh(verbs)).toMatchObject({ exists: true });
                one.state = before;
            };
            for (const { name, happens } of losses) {
                const { verbs, says } = await happens(
                    (config) => start(frontEnd, config),
                    placesOf(one, parents),
                    sees,
                );
                const failure = await one.refresh(verbs).then(
                    (seen) => new Error(`${name}: the refresh passes: ${JSON.stringify(seen)}`),
                    (error: Error) => error,
                );
                for (const said of [/: reading .* failed: /, ...says])
                    expect(`${name}: ${failure.message}`).toEqual(
                        typeof said === "string" ? expect.stringContaining(said) : expect.stringMatching(said),
                    );
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
