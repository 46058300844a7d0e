// `up` of sixty resources of all kinds, against the same requests sent by a bare undici script, as many at a time.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { declaredProgram } from "../tests/lifecycle/fixture";
import { names, wholeProgram } from "../tests/lifecycle/whole-program";
import { replay } from "./bare-script";
import { type Figure, medianOf, millisecondsOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

const latencyMs = 50;

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const { name, open } of availableEngines()) {
        let requests: { method: string; path: string }[] = [];
        const whole = await medianOf(3, async () => {
            const made = await up(open);
            requests = made.requests;
            return made.milliseconds;
        });
        const bare = await medianOf(3, () => replay(requests, latencyMs));
        figures.push({
            what: `up of 60 resources at ${latencyMs} ms, ${name}: ${Math.round(whole)} ms, of which ${requests.length} requests by a bare script take ${Math.round(bare)} ms`,
            value: whole / bare,
            unit: "times",
            // Resources wait for those they depend on and the engine starts processes; a script that knows all does neither.
            floor: 4,
            better: "lower",
        });
    }
    return figures;
}

async function up(open: Engine["open"]) {
    const fastio = await startLocalFastio("--latency", String(latencyMs));
    const declarations = JSON.stringify(wholeProgram("full", names));
    const project = prepareProject({ files: { ...declaredProgram, "declarations.json": declarations } });
    const stack = await open({ project: project.folder, env: { ...fastio.env } });
    try {
        const milliseconds = await millisecondsOf(() => stack.up());
        return { milliseconds, requests: await fastio.ledger() };
    } finally {
        await stack.close();
        project.remove();
        await fastio.stop();
    }
}
