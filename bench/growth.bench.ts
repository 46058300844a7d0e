// From fifty to two thousand resources: whether time and requests grow as they must and no faster, and how that
// compares with `pulumi.dynamic.Resource`, whose closures are serialized in every run.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { rehearsalEngine } from "../tests/engines/rehearsal-engine";
import { type Figure, median } from "./figure";
import { onWorkload, type Peer } from "./workload";

/** How many resources, nine members to a workspace. The CLI writes the whole state at every step: 2,000 take it many minutes. */
const sizesOf = ({ name }: Engine) => (name === rehearsalEngine.name ? [50, 500, 2000] : [50, 200, 500]) as Sizes;
type Sizes = readonly [small: number, middle: number, large: number];

interface Run {
    up: number;
    preview: number;
    requests: number;
}

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const engine of availableEngines()) {
        const sizes = sizesOf(engine);
        const [small, middle, large] = sizes;
        const ours = new Map<number, Run>();
        const stub = new Map<number, Run>();
        for (const count of sizes) {
            stub.set(count, await run(engine, "stub", count));
            ours.set(count, await run(engine, "fastio", count));
        }
        const at = (runs: Map<number, Run>, count: number) => runs.get(count) ?? { up: 0, preview: 0, requests: 0 };
        const growth = (runs: Map<number, Run>) => at(runs, large).up / at(runs, small).up;
        figures.push({
            what:
                `up of ${sizes.join(", ")} resources, ${engine.name}: ${shown(ours)} ms, a provider that does nothing ${shown(stub)} ms; ` +
                "growth against growth",
            value: growth(ours) / growth(stub),
            unit: "times",
            floor: 1.2,
            better: "lower",
        });
        const perResource = (from: number, to: number) =>
            (at(ours, to).requests - at(ours, from).requests) / (to - from);
        figures.push({
            what: `requests of another resource, ${engine.name}: ${perResource(small, middle).toFixed(3)} up to ${middle}, beyond that`,
            value: perResource(middle, large),
            unit: "requests",
            floor: perResource(small, middle),
            better: "lower",
        });
        const naive = await run(engine, "naive", 500);
        const against = (verb: "preview" | "up", floor: number): Figure => ({
            what:
                `${verb} of 500 resources, ${engine.name}: ${Math.round(at(ours, 500)[verb])} ms, pulumi.dynamic.Resource ${Math.round(naive[verb])} ms; ` +
                `times as fast (a provider that does nothing: ${(naive[verb] / at(stub, 500)[verb]).toFixed(2)})`,
            value: naive[verb] / at(ours, 500)[verb],
            unit: "times",
            floor,
            better: "higher",
        });
        figures.push(against("preview", 1.8), against("up", 2.2));
    }
    return figures;
}

/** What takes seconds is measured three times: there the machine's moods are as long as what grows. */
async function run(engine: Engine, peer: Peer, count: number): Promise<Run> {
    const once = () => runOnce(engine, peer, count);
    const first = await once();
    const runs = count > 200 ? [first] : [first, await once(), await once()];
    return { ...first, up: median(runs.map(({ up }) => up)) };
}

function runOnce(engine: Engine, peer: Peer, count: number): Promise<Run> {
    return onWorkload(engine, peer, { workspaces: count / 10, members: 9 }, 0, async (workload) => {
        let up = 0;
        const requests = await workload.requestsOf(async () => {
            up = await workload.time("up");
        });
        return { up, preview: await workload.time("preview"), requests: requests.length };
    });
}

function shown(runs: Map<number, Run>): string {
    return [...runs.values()].map(({ up }) => Math.round(up)).join(", ");
}
