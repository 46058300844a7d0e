// A thousand members of one workspace: a preview without a difference, and a refresh on a service that takes its time.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { rehearsalEngine } from "../tests/engines/rehearsal-engine";
import { type Figure, medianOf } from "./figure";
import { onWorkload, type Peer } from "./workload";

const latencyMs = 50;
const size = { workspaces: 1, members: 1000 };

interface Times {
    preview: number;
    refresh: number;
    requests: number;
}

export async function measure(): Promise<Figure[]> {
    const engines = availableEngines();
    const ours = await timesOf(engines, "fastio");
    const floors = await timesOf(engines, "stub");
    const naive = await timesOf(engines, "naive");
    return engines.flatMap(({ name }, index): Figure[] => {
        const [one, floor, other] = [ours[index], floors[index], naive[index]];
        if (!one || !floor || !other) return [];
        const [own, theirs] = [one.refresh - floor.refresh, other.refresh - floor.refresh];
        const engine = Math.round(floor.refresh);
        return [
            {
                what: `preview of 1,000 unchanged members, ${name}: ${Math.round(one.preview)} ms, a provider that does nothing ${Math.round(floor.preview)} ms`,
                value: one.preview / floor.preview,
                unit: "times",
                floor: 1.15,
                better: "lower",
            },
            {
                what: `refresh of 1,000 members at ${latencyMs} ms, ${name}: ${Math.round(own)} ms beyond the engine's ${engine} ms, one request a read ${Math.round(theirs)} ms; times as fast`,
                // Within the noise of the engine's own time there is nothing left to compare.
                value: theirs / Math.max(own, 1),
                unit: "times",
                floor: 10,
                better: "higher",
            },
            {
                what: `requests of a refresh of 1,000 members, ${name}`,
                value: one.requests,
                unit: "requests",
                // Their three pages, the workspace, and who else is invited.
                floor: 5,
                better: "lower",
            },
        ];
    });
}

/** Made on the rehearsal, because that is the same state sooner; then measured on each engine. */
function timesOf(engines: Engine[], peer: Peer): Promise<Times[]> {
    return onWorkload(rehearsalEngine, peer, size, 0, async (workload) => {
        await workload.time("up");
        await workload.slowDown(latencyMs);
        const times: Times[] = [];
        for (const engine of engines) {
            await workload.moveTo(engine);
            const preview = await medianOf(3, () => workload.time("preview"));
            const requests = await workload.requestsOf(() => workload.time("refresh"));
            const refresh = await medianOf(3, () => workload.time("refresh"));
            times.push({ preview, refresh, requests: requests.length });
        }
        return times;
    });
}
