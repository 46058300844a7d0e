// `up` of twenty workspaces with ten members each on a service that takes its time, against what cannot be avoided: the
// engine's own time, taken with a provider that does nothing, and the same requests sent by a bare script.
import { availableEngines } from "../tests/engines/engines";
import { replay } from "./bare-script";
import { type Figure, medianOf } from "./figure";
import { onWorkload } from "./workload";

const latencyMs = 50;
const size = { workspaces: 20, members: 10 };
const runs = 3;

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const engine of availableEngines()) {
        let requests: { method: string; path: string }[] = [];
        const ours = await medianOf(runs, () =>
            onWorkload(engine, "fastio", size, latencyMs, async (workload) => {
                let milliseconds = 0;
                requests = await workload.requestsOf(async () => {
                    milliseconds = await workload.time("up");
                });
                return milliseconds;
            }),
        );
        const floor = await medianOf(runs, () =>
            onWorkload(engine, "stub", size, 0, (workload) => workload.time("up")),
        );
        const bare = await medianOf(runs, () => replay(requests, latencyMs));
        figures.push({
            what:
                `up of 20 workspaces and 200 members at ${latencyMs} ms, ${engine.name}: ${Math.round(ours)} ms, where a provider ` +
                `that does nothing takes ${Math.round(floor)} ms, and a bare script for the ${requests.length} requests ${Math.round(bare)} ms`,
            value: ours / (floor + bare),
            unit: "times",
            floor: 1.2,
            better: "lower",
        });
    }
    return figures;
}
