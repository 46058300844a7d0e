/** Much of everything: a thousand members, pages of five hundred that shift while they are read, and a stack of two thousand resources whose calls grow in proportion. */
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { Service } from "../verbs/service";
import { Parrot } from "./canaries";
import { frontEnds, Registered, type Verbs } from "./front-ends";
import { soaking } from "./reliability";

jest.setTimeout(60_000);

let service: Service;
/** The way to the service, on which a human can come in between. */
let way: Parrot;

beforeAll(async () => {
    service = await Service.open();
    way = await Parrot.open(service.baseUrl);
});
afterAll(async () => {
    way.close();
    await service.close();
});
afterEach(() => {
    way.refuses = () => undefined;
});

/** An organization whose plan has no limits. */
async function unlimited(domain: string): Promise<string> {
    const { id } = await service.paidOrganization(domain);
    const limits = { workspaces: null, shares: null, membersPerWorkspace: null, credits: null, storageBytes: null };
    await service.control("POST", "plan", { organizationId: id, ...limits });
    return id;
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => index + from);

/** A request by hand without a socket: a thousand of them make a world. */
async function byHand<T>(method: string, path: string, body?: object): Promise<T> {
    const isControl = path.startsWith("/_emulator/");
    const form = body && (isControl ? JSON.stringify(body) : new URLSearchParams(body as Record<string, string>));
    const headers = isControl
        ? { "Content-Type": "application/json" }
        : { Authorization: `Bearer ${service.emulator.token}` };
    const answer = await service.emulator.fetch(
        new Request(new URL(path, service.baseUrl), { method, headers, ...(form && { body: form }) }),
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
}

/** Many of a kind in one place, and what somebody else can do there. */
interface Crowd {
    kind: string;
    /** What the place of all of them is. */
    within: "organization" | "workspace";
    count: number;
    /** The list that its refresh reads. */
    list: RegExp;
    /** Whether a list that moved shows it: one with a cursor goes on where it was. */
    shifts: boolean;
    args(place: string, number: number): Properties;
    /** What has to be there before they are made. */
    prepare?(number: number): Promise<unknown>;
    /** Adds one that is not of this program. */
    add(place: string, name: string): Promise<unknown>;
    /** Removes one of those, or by its number one of this program. */
    remove(place: string, which: string | Registered): Promise<unknown>;
}

/** By e-mail address, the users; by name, the folders that were made by hand. */
const idsByHand = new Map<string, string>();

async function account(email: string): Promise<void> {
    const { userId } = await byHand<{ userId: string }>("POST", "/_emulator/accounts", { email });
    idsByHand.set(email, userId);
}

const crowds: Crowd[] = [
    {
        kind: "WorkspaceMember",
        within: "workspace",
        count: 1000,
        list: /\/members\/list\/\?/,
        shifts: true,
        prepare: (number) => account(`m${number}@example.com`),
        args: (workspaceId, number) => ({ workspaceId, email: `m${number}@example.com`, role: "member" }),
        add: async (place, name) => {
            const email = `${name}@example.com`;
            await account(email);
            await byHand("POST", `workspace/${place}/members/${email}/`, { permissions: "guest" });
        },
        remove: (place, which) => {
            const id = typeof which === "string" ? idsByHand.get(`${which}@example.com`) : which.state?.outputs.userId;
            return byHand("DELETE", `workspace/${place}/members/${id}/`);
        },
    },
    {
        kind: "Folder",
        within: "workspace",
        count: 600,
        list: /\/storage\/root\/list\/\?/,
        shifts: false,
        args: (workspaceId, number) => ({ workspaceId, name: `n${number}` }),
        add: async (place, name) => {
            const path = `workspace/${place}/storage/root/createfolder/`;
            const { node } = await byHand<{ node: { id: string } }>("POST", path, { name });
            idsByHand.set(name, node.id);
        },
        remove: (place, which) => {
            const id = typeof which === "string" ? idsByHand.get(which) : which.state?.id.split("/")[1];
            return byHand("DELETE", `workspace/${place}/storage/${id}/delete/`);
        },
    },
    {
        kind: "Workspace",
        within: "organization",
        count: 600,
        list: /\/list\/workspaces\/\?/,
        shifts: true,
        args: (organizationId, number) => ({ organizationId, name: `w${number}`, folderName: `work-${number}` }),
        add: async (place, name) => {
            const form = { folder_name: `w-${name}`, name, intelligence: "false" };
            const path = `org/${place}/create/workspace/`;
            const { workspace } = await byHand<{ workspace: { id: string } }>("POST", path, form);
            idsByHand.set(name, workspace.id);
        },
        remove: (_place, which) => {
            const id = typeof which === "string" ? idsByHand.get(which) : which.state?.id;
            return byHand("DELETE", `workspace/${id}/delete/?confirm=${id}`);
        },
    },
];

const isLater = (path: string) => /cursor=.|offset=[1-9]/.test(path);

describe.each(frontEnds)("through the $name front-end", (frontEnd) => {
    const processes: Verbs[] = [];
    afterEach(() => Promise.all(processes.splice(0).map((one) => one.close())));

    async function start(baseUrl = way.baseUrl): Promise<Verbs> {
        const started = await frontEnd.start({ baseUrl, token: service.emulator.token });
        processes.push(started);
        return started;
    }

    describe.each(crowds)("$count of kind $kind in one place", (crowd) => {
        const { kind, count, list, shifts } = crowd;
        let place: string;
        let all: Registered[];

        beforeAll(async () => {
            jest.spyOn(console, "log").mockImplementation(() => {});
            await service.reset();
            const organizationId = await unlimited("crowded");
            place =
                crowd.within === "organization"
                    ? organizationId
                    : (await service.workspace(organizationId, "crowd")).id;
            // Somebody else's, which come first in every order.
            for (const number of numbers(4)) await crowd.add(place, `${number}-stranger`);
            for (const number of numbers(count)) await crowd.prepare?.(number);
            all = numbers(count).map((number) => new Registered(kind, `one-${number}`));
        });
        afterAll(() => jest.restoreAllMocks());

        /** Those that a refresh does not find, and those that it fails at. */
        async function refresh(some = all): Promise<{ gone: string[]; failed: string[] }> {
            const verbs = await start();
            const ended = await Promise.allSettled(some.map((one) => verbs.read(one.urn, one.state as never)));
            const names = (is: (one: (typeof ended)[number]) => boolean) =>
                some.filter((_, index) => is(ended[index] as never)).map(({ name }) => name);
            return {
                gone: names((one) => one.status === "fulfilled" && one.value === undefined),
                failed: names((one) => one.status === "rejected"),
            };
        }

        /** What a human does each time before a later page of the list is answered, one thing after the other. */
        function meanwhile(act: (turn: number) => Promise<unknown> | undefined): () => number {
            let turn = 0;
            let done: Promise<unknown> = Promise.resolve();
            way.refuses = async (path) => {
                if (list.test(path) && isLater(path)) {
                    done = done.then(() => act(turn++));
                    await done;
                }
                return undefined;
            };
            return () => turn;
        }

        test("they are made with a write each", async () => {
            const verbs = await start(service.baseUrl);
            const requests = await service.requestsOf(() =>
                Promise.all(all.map((one, number) => one.up(verbs, crowd.args(place, number)))),
            );
            expect(requests.filter(({ method }) => method !== "GET")).toHaveLength(count);
        });

        test("a refresh reads pages of 500 and finds all of them", async () => {
            const requests = await service.requestsOf(async () => {
                expect(await refresh()).toEqual({ gone: [], failed: [] });
            });
            const pages = requests.filter(({ path }) => list.test(`${path}?`));
            const size = ({ query }: { query: Record<string, string> }) => query.limit ?? query.page_size;
            expect(new Set(pages.map(size))).toEqual(new Set(["500"]));
            expect(pages).toHaveLength(Math.ceil((count + 4) / 499));
            expect(requests.length).toBeLessThanOrEqual(pages.length + 4);
        });

        test("somebody adds one while the pages are read", async () => {
            const turns = meanwhile((turn) => (turn < 2 ? crowd.add(place, `0-new-${turn}`) : undefined));
            expect(await refresh()).toEqual({ gone: [], failed: [] });
            expect(turns()).toBeGreaterThan(shifts ? 1 : 0);
        });

        test("somebody removes another one while the pages are read", async () => {
            const turns = meanwhile((turn) => (turn < 2 ? crowd.remove(place, `${turn}-stranger`) : undefined));
            expect(await refresh()).toEqual({ gone: [], failed: [] });
            expect(turns()).toBeGreaterThan(shifts ? 1 : 0);
        });

        test("somebody removes one of this program's, which goes alone", async () => {
            meanwhile((turn) => (turn === 0 ? crowd.remove(place, all[7] as Registered) : undefined));
            const { gone, failed } = await refresh();
            expect(failed).toEqual([]);
            expect(["one-7", undefined]).toContain(gone[0]);
            expect(gone.length).toBeLessThanOrEqual(1);
            way.refuses = () => undefined;
            expect(await refresh()).toEqual({ gone: ["one-7"], failed: [] });
        });

        test("a list that never stands still loses nobody", async () => {
            const some = all.slice(-5);
            const turns = meanwhile((turn) =>
                turn % 2 === 0 ? crowd.add(place, `0-passing-${turn}`) : crowd.remove(place, `0-passing-${turn - 1}`),
            );
            const { gone, failed } = await refresh(some);
            expect(gone).toEqual([]);
            expect(failed.length).toBeLessThanOrEqual(some.length);
            expect(turns()).toBeGreaterThan(shifts ? 3 : 0);
            way.refuses = () => undefined;
            expect(await refresh(some)).toEqual({ gone: [], failed: [] });
        });
    });

    const size = soaking ? 2000 : 600;

    test(`${size} resources of one stack: every further hundred costs as many calls as the one before`, async () => {
        jest.spyOn(console, "log").mockImplementation(() => {});
        await service.reset();
        const organizationId = await unlimited("large");
        const hundreds = numbers(size / 100).map((index) => new Hundred(organizationId, index));
        const costs = async (verb: (one: Hundred, verbs: Verbs) => Promise<unknown>) => {
            const verbs = await start(service.baseUrl);
            const counts: number[] = [];
            for (const one of hundreds) counts.push((await service.requestsOf(() => verb(one, verbs))).length);
            return counts;
        };
        const [firstUp = 0, ...up] = await costs((one, verbs) => one.up(verbs));
        expect(hundreds.flatMap(({ all }) => all).filter(({ state }) => state)).toHaveLength(size);
        expect(new Set(up)).toEqual(new Set([up[0]]));
        // What a run looks up once: plan, account, what is there already, and how the service answers.
        expect([firstUp - (up[0] ?? 0) >= 0, firstUp - (up[0] ?? 0) < 20]).toEqual([true, true]);

        const [firstRefresh = 0, ...refresh] = await costs(async (one, verbs) =>
            expect(await one.refresh(verbs)).toBe(100),
        );
        expect(new Set(refresh)).toEqual(new Set([refresh[0]]));
        expect(Math.max(firstRefresh, ...refresh)).toBeLessThan(20);
        expect(new Set(await costs((one, verbs) => one.up(verbs)))).toEqual(new Set([0]));

        const [firstDelete = 0, ...deletes] = await costs((one, verbs) => one.delete(verbs));
        expect(new Set(deletes)).toEqual(new Set([deletes[0]]));
        expect(firstDelete - (deletes[0] ?? 0)).toBeLessThan(20);
        expect(await service.control("GET", "census")).toMatchObject({ workspaces: 0, folders: 0, files: 0 });
    });
});

/** A workspace with sixty people, thirty folders and nine files. */
class Hundred {
    readonly workspace: Registered;
    readonly inside: { one: Registered; args: Properties }[];

    constructor(
        private readonly organizationId: string,
        private readonly index: number,
    ) {
        this.workspace = new Registered("Workspace", `workspace-${index}`);
        const several = (kind: string, count: number, args: (number: number) => Properties) =>
            numbers(count).map((number) => ({
                one: new Registered(kind, `${kind}-${index}-${number}`),
                args: args(number),
            }));
        this.inside = [
            ...several("WorkspaceMember", 60, (number) => ({ email: `p${number}@example.com`, role: "member" })),
            ...several("Folder", 30, (number) => ({ name: `folder ${number}` })),
            ...several("File", 9, (number) => ({ name: `${number}.txt`, source: textAsset(`text ${number}`) })),
        ];
    }

    get all(): Registered[] {
        return [this.workspace, ...this.inside.map(({ one }) => one)];
    }

    async up(verbs: Verbs): Promise<void> {
        const { organizationId, index, workspace } = this;
        await workspace.up(verbs, { organizationId, name: `Place ${index}`, folderName: `place-${index}` });
        const workspaceId = workspace.state?.id;
        await Promise.all(this.inside.map(({ one, args }) => one.up(verbs, { workspaceId, ...args })));
    }

    /** How many are there. */
    async refresh(verbs: Verbs): Promise<number> {
        const seen = await Promise.all(this.all.map((one) => one.refresh(verbs)));
        return seen.filter(({ exists }) => exists).length;
    }

    async delete(verbs: Verbs): Promise<void> {
        await Promise.all(this.inside.map(({ one }) => one.delete(verbs)));
        await this.workspace.delete(verbs);
    }
}
