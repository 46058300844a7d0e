// examples/handover on every engine of this machine: what a preview costs, what the state holds, and how long a life takes.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { type Figure, medianOf, millisecondsOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

interface Life {
    milliseconds: number;
    previewRequests: number;
    providerTextBytes: number;
}

export async function measure(): Promise<Figure[]> {
    const lives = new Map<string, Life>();
    for (const engine of availableEngines()) {
        const last: Life[] = [];
        const milliseconds = await medianOf(3, async () => {
            const life = await live(engine);
            last.push(life);
            return life.milliseconds;
        });
        const previewRequests = Math.max(...last.map((life) => life.previewRequests));
        const providerTextBytes = Math.max(...last.map((life) => life.providerTextBytes));
        lives.set(engine.name, { milliseconds, previewRequests, providerTextBytes });
    }
    const cli = [...lives].find(([name]) => name !== "rehearsal");
    const figures = [...lives].flatMap(([name, { previewRequests, providerTextBytes }]): Figure[] => [
        {
            what: `API requests of a preview of an unchanged stack (${name})`,
            value: previewRequests,
            unit: "",
            floor: 0,
            better: "lower",
        },
        {
            what: `longest provider text in the state (${name})`,
            value: providerTextBytes,
            unit: "bytes",
            floor: 150,
            better: "lower",
        },
    ]);
    const rehearsal = lives.get("rehearsal");
    if (cli !== undefined && rehearsal !== undefined) {
        figures.push({
            what: `examples/handover: preview, up, preview, refresh, destroy on the rehearsal (floor: ${cli[0]}, Automation API)`,
            value: rehearsal.milliseconds,
            unit: "ms",
            floor: cli[1].milliseconds,
            better: "lower",
        });
    }
    return figures;
}

/** The whole life of the stack on a fresh local Fast.io; starting that and opening the stack are not counted. */
async function live(engine: Engine): Promise<Life> {
    const fastio = await startLocalFastio();
    const project = prepareProject({ example: "handover" });
    const stack = await engine.open({ project: project.folder, env: fastio.env });
    try {
        let milliseconds = 0;
        const timed = async (run: () => Promise<unknown>) => {
            milliseconds += await millisecondsOf(run);
        };
        await timed(() => stack.preview());
        await timed(() => stack.up());
        const before = await fastio.requests();
        await timed(() => stack.preview());
        const previewRequests = (await fastio.requests()) - before;
        const { deployment } = await stack.exportStack();
        await timed(() => stack.refresh());
        await timed(() => stack.destroy());
        return { milliseconds, previewRequests, providerTextBytes: longestProviderText(deployment.resources) };
    } finally {
        await stack.close();
        project.remove();
        await fastio.stop();
    }
}

function longestProviderText(resources: { inputs?: { __provider?: string } }[]): number {
    return Math.max(...resources.map(({ inputs }) => Buffer.byteLength(inputs?.__provider ?? "")));
}
