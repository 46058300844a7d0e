/** Every write that a kind makes, with every fault on its way: what the next run finds, and that nothing is lost, doubled or unsaid. */
import { Connection, functionContext } from "../../provider/connection";
import { readSettings } from "../../provider/core/config";
import { metaOf, uniqueInputs } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import { readDocument } from "../docs/markdown";
import { Caller, type State } from "../plugin/caller";
import { makeParents, type Parents, sample } from "../verbs/samples";
import { Service } from "../verbs/service";
import { faults, holdDeadlines } from "./fault-table";
import { type FrontEnd, frontEnds, Registered, type Verbs } from "./front-ends";
import { lossOf, type Outcome, record, soaking } from "./reliability";
import { aboutWrite, readRows } from "./reliability-page";
import { Way } from "./way";

jest.mock("../../provider/api/clock", () => {
    const { ManualClock } = jest.requireActual("../../provider/api/manual-clock");
    return { systemClock: new ManualClock() };
});
jest.setTimeout(120_000);

/** The writes that the page speaks of. A run that writes the page need not ask it. */
const told = soaking ? undefined : readRows(readDocument("docs/reliability.md"), "Writes").map(({ about }) => about);

let service: Service;
let way: Way;
const processes: Verbs[] = [];

beforeAll(async () => {
    holdDeadlines();
    jest.spyOn(console, "log").mockImplementation(() => {});
    service = await Service.open();
    way = await Way.open(service.emulator);
});
afterAll(async () => {
    jest.restoreAllMocks();
    way.close();
    await service.close();
});
afterEach(() => Promise.all(processes.splice(0).map((one) => one.close())));

async function start(frontEnd: FrontEnd): Promise<Verbs> {
    const started = await frontEnd.start({ baseUrl: way.baseUrl, token: service.emulator.token });
    processes.push(started);
    return started;
}

/** What a run of a program brings about, on top of what the runs before it did. */
interface Run {
    name: string;
    before: readonly ((one: Registered, verbs: Verbs, parents: Parents) => Promise<unknown>)[];
    run(one: Registered, verbs: Verbs, parents: Parents): Promise<unknown>;
}

function runsOf(kind: string): Run[] {
    const declare = (which: "minimal" | "full" | "changed") => (one: Registered, verbs: Verbs, parents: Parents) =>
        one.up(verbs, sample(kind, which, parents));
    const full = declare("full");
    return [
        { name: "a create", before: [], run: full },
        ...(hasNameOfItsOwnChoice(kind)
            ? [{ name: "a create without a name", before: [], run: declare("minimal") }]
            : []),
        { name: "a change of everything", before: [full], run: declare("changed") },
        { name: "a delete", before: [full], run: (one, verbs) => one.delete(verbs) },
    ];
}

/** Whether nothing but its title tells it from others when the program gives it no unique name. */
function hasNameOfItsOwnChoice(kind: string): boolean {
    const definition = resourcesByKind.get(kind);
    const [unique] = definition === undefined ? [] : uniqueInputs(definition);
    if (definition === undefined || unique === undefined) return false;
    return !(unique in definition.samples.minimal) && metaOf(definition, unique).generatedWithin === undefined;
}

async function census(): Promise<Record<string, number>> {
    return service.control("GET", "census");
}

/** A service with what can be above others, and the resource as the earlier runs left it. */
async function prepared(kind: string, frontEnd: FrontEnd, { before }: Run) {
    await service.reset();
    // Names that a closed object keeps are a matter of their own.
    await service.control("POST", "names", { keepClosed: false });
    const parents = await makeParents(service, "first");
    const one = new Registered(kind);
    way.begin();
    for (const earlier of before) await earlier(one, await start(frontEnd), parents);
    way.begin();
    return { one, parents };
}

/** What the person who read the failure imports before the next run, if anything: its id. */
async function beforeTheNextRun(one: Registered, parents: Parents, failure: string, again: () => Promise<unknown>) {
    if (failure.includes("pulumi-fastio doctor --state")) {
        const [candidate, ...others] = await notInState(one, parents);
        expect(others).toEqual([]);
        return candidate;
    }
    if (!failure.includes("the next `pulumi up` says so")) return undefined;
    const said = await again().then(String, (error: Error) => error.message);
    return new RegExp(`(?:adopt-file ${one.kind}|fastio:index:${one.kind} \\S+) (\\S+[^.\\s])`).exec(said)?.[1];
}

/** What the doctor finds: things of the kind under what is above it that no state knows. */
async function notInState(one: Registered, parents: Parents): Promise<string[]> {
    const { list, parent = [] } = resourcesByKind.get(one.kind) ?? {};
    const token = service.emulator.token;
    const settings = readSettings(() => undefined, { FASTIO_BASE_URL: way.baseUrl, FASTIO_TOKEN: token });
    const connection = new Connection(
        () => settings,
        () => {},
    );
    const context = functionContext(connection.client(), () => {});
    const above = [parent].flat().map(({ kind }) => ({ kind, id: parents[kind] ?? "" }));
    const listed = await Promise.all(above.map((place) => list?.(context, place)));
    await connection.close();
    return listed
        .flatMap((rows = []) => rows.map(({ id }) => id))
        .filter((id) => id !== one.state?.id && !Object.values(parents).includes(id));
}

/** The object as an import by its id reads it. */
async function found({ urn }: Registered, id: string): Promise<State> {
    const importer = await Caller.start({ baseUrl: way.baseUrl, token: service.emulator.token });
    const read = await importer.read(urn, { id, inputs: {}, outputs: {} });
    await importer.close();
    if (read === undefined) throw new Error(`${id} is not there`);
    return read;
}

/** What a failed run has to tell: what is known of the outcome, or what to do next. */
const tells =
    /goes on from here|answer was lost|looks again|may exist|[Tt]ry again|rejects the token|Check the network|next `pulumi up`/;

describe.each(frontEnds)("through the $name front-end", (frontEnd) => {
    describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
        test.each(runsOf(kind))("$name", async (run) => {
            const { one: healthy, parents } = await prepared(kind, frontEnd, run);
            await run.run(healthy, await start(frontEnd), parents);
            const expected = await census();
            const writes = [...way.writes];
            expect(writes.length).toBeGreaterThan(0);
            if (told !== undefined) expect(told).toEqual(expect.arrayContaining(writes.map(aboutWrite(kind))));
            for (const [nth, write] of writes.entries()) {
                for (const fault of faults) {
                    const context = `${kind}, ${run.name}, write ${nth + 1} of ${writes.length}, ${fault.name}`;
                    const { one, parents } = await prepared(kind, frontEnd, run);
                    way.begin(fault, nth);
                    const failure = await run.run(one, await start(frontEnd), parents).then(
                        () => undefined,
                        (error: Error) => error.message,
                    );
                    expect([context, way.struck]).toEqual([context, true]);
                    if (failure !== undefined && !tells.test(failure)) throw new Error(`${context}: says ${failure}`);
                    way.begin();
                    let outcome: Outcome = failure === undefined ? "recovered" : "one more up";
                    try {
                        if (failure !== undefined) {
                            const named = await beforeTheNextRun(one, parents, failure, async () =>
                                run.run(one, await start(frontEnd), parents),
                            );
                            if (named !== undefined) {
                                outcome = "named command";
                                const state = frontEnd.imported(one.urn, await found(one, named));
                                if (one.state === undefined) one.state = state;
                                // Under a name that the program does not have, it goes with the next run.
                                else await (await start(frontEnd)).delete(one.urn, state);
                            }
                            await run.run(one, await start(frontEnd), parents);
                        }
                        await one.refresh(await start(frontEnd));
                        expect(await census()).toEqual(expected);
                        if (one.state !== undefined) {
                            way.begin();
                            await run.run(one, await start(frontEnd), parents);
                            expect(way.writes).toEqual([]);
                        }
                    } catch (error) {
                        outcome = lossOf(await census(), expected) ?? "lost";
                        throw new Error(`${context}: ${failure ?? "went through"}; then ${error}`, { cause: error });
                    } finally {
                        if (failure?.includes(service.emulator.token)) outcome = "leaked";
                        const where = { kind, write, frontEnd: frontEnd.name, engine: "none" };
                        record({ fault: fault.name, ...where, outcome });
                    }
                    expect(outcome).not.toBe("leaked");
                }
            }
        });
    });
});
