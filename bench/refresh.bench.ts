// A thousand members of one workspace: a preview without a difference, and a refresh on a service that takes its time.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { rehearsalEngine } from "../tests/engines/rehearsal-engine";
import { type Figure, median } from "./figure";
import { type Peer, Workload } from "./workload";

const latencyMs = 50;
const size = { workspaces: 1, members: 1000 };
/** Odd, for the median. */
const rounds = { preview: 3, refresh: 5 };

/** In the order of each round. */
const peers = ["stub", "fastio", "wide", "naive"] as const satisfies readonly Peer[];

type Workloads = Record<Peer, Workload>;
type Milliseconds = Record<Peer, number>;

/** Made on the rehearsal, because that is the same state sooner; then measured on each engine. */
export async function measure(): Promise<Figure[]> {
    const workloads = {} as Workloads;
    try {
        for (const peer of peers) {
            const workload = await Workload.open(rehearsalEngine, peer, size);
            workloads[peer] = workload;
            await workload.time("up");
            await workload.slowDown(latencyMs);
        }
        const figures: Figure[] = [];
        for (const engine of availableEngines()) figures.push(...(await figuresOn(engine, workloads)));
        return figures;
    } finally {
        for (const workload of Object.values(workloads)) await workload.close();
    }
}

async function figuresOn(engine: Engine, workloads: Workloads): Promise<Figure[]> {
    for (const workload of Object.values(workloads)) await workload.moveTo(engine);
    const requests = await workloads.fastio.requestsOf(() => workloads.fastio.time("refresh"));
    const previews = await byTurns(workloads, "preview");
    const refreshes = await byTurns(workloads, "refresh");
    const preview = (peer: Peer) => Math.round(median(previews.map((times) => times[peer])));
    const engineTime = Math.round(median(refreshes.map(({ stub }) => stub)));
    const own = median(refreshes.map(({ fastio, stub }) => fastio - stub));
    const theirs = median(refreshes.map(({ naive, stub }) => naive - stub));
    const further = Math.round(median(refreshes.map(({ wide, stub }) => wide - stub)));
    return [
        {
            what: `preview of 1,000 unchanged members, ${engine.name}: ${preview("fastio")} ms, a provider that does nothing ${preview("stub")} ms`,
            value: median(previews.map(({ fastio, stub }) => fastio / stub)),
            unit: "times",
            floor: 1.15,
            better: "lower",
        },
        {
            what: `refresh of 1,000 members at ${latencyMs} ms, ${engine.name}: ${Math.round(own)} ms beyond the engine's ${engineTime} ms, of which as many properties take ${further} ms without any work; one request a read ${Math.round(theirs)} ms; times as fast`,
            // Within the noise of the engine's own time there is nothing left to compare.
            value: theirs / Math.max(own, 1),
            unit: "times",
            floor: 10,
            better: "higher",
        },
        {
            what: `requests of a refresh of 1,000 members, ${engine.name}`,
            value: requests.length,
            unit: "requests",
            // Their three pages, the workspace, and who else is invited.
            floor: 5,
            better: "lower",
        },
    ];
}

/** One after the other in each round, so that what slows the machine for a minute slows all of them. */
async function byTurns(workloads: Workloads, verb: "preview" | "refresh"): Promise<Milliseconds[]> {
    const measured: Milliseconds[] = [];
    for (let round = 0; round < rounds[verb]; round++) {
        const times = {} as Milliseconds;
        for (const peer of peers) times[peer] = await workloads[peer].time(verb);
        measured.push(times);
    }
    return measured;
}
