// examples/handover on every engine of this machine: what a preview costs, what the state holds, and how long a life takes.
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { type Figure, median, millisecondsOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

const runs = 3;

/** One life of the stack, from the first preview to destroy. */
interface Life {
    wholeMilliseconds: number;
    previewMilliseconds: number;
    previewRequests: number;
    providerTextBytes: number;
}

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    const middles = new Map<string, Life>();
    for (const { name, open } of availableEngines()) {
        const lives: Life[] = [];
        for (let run = 0; run < runs; run++) {
            lives.push(await live(open));
        }
        const middle = (key: keyof Life) => median(lives.map((life) => life[key]));
        const worst = (key: keyof Life) => Math.max(...lives.map((life) => life[key]));
        middles.set(name, {
            wholeMilliseconds: middle("wholeMilliseconds"),
            previewMilliseconds: middle("previewMilliseconds"),
            previewRequests: worst("previewRequests"),
            providerTextBytes: worst("providerTextBytes"),
        });
    }
    for (const [name, { previewRequests, providerTextBytes }] of middles) {
        const previews = { what: `requests of a preview of an unchanged stack, ${name}`, unit: "requests", floor: 0 };
        const texts = { what: `longest provider text in the state, ${name}`, unit: "bytes", floor: 150 };
        figures.push({ ...previews, value: previewRequests, better: "lower" });
        figures.push({ ...texts, value: providerTextBytes, better: "lower" });
    }
    const rehearsal = middles.get("rehearsal");
    const [cli] = [...middles].filter(([name]) => name !== "rehearsal");
    if (rehearsal !== undefined && cli !== undefined) {
        const [name, real] = cli;
        const against = (what: string, key: keyof Life): Figure => ({
            what: `examples/handover, ${what}: the rehearsal, against ${name}`,
            value: rehearsal[key],
            unit: "ms",
            floor: real[key],
            better: "lower",
        });
        figures.push(against("preview of the unchanged stack", "previewMilliseconds"));
        figures.push(against("preview, up, preview, refresh, destroy", "wholeMilliseconds"));
    }
    return figures;
}

/** The whole life of the stack on a fresh local Fast.io; starting that and opening the stack are not counted. */
async function live(open: Engine["open"]): Promise<Life> {
    const fastio = await startLocalFastio();
    const project = prepareProject({ example: "handover" });
    const stack = await open({ project: project.folder, env: { ...fastio.env } });
    try {
        const made = await millisecondsOf(async () => {
            await stack.preview();
            await stack.up();
        });
        const before = await fastio.requests();
        const previewMilliseconds = await millisecondsOf(() => stack.preview());
        const previewRequests = (await fastio.requests()) - before;
        const { deployment } = await stack.exportStack();
        const removed = await millisecondsOf(async () => {
            await stack.refresh();
            await stack.destroy();
        });
        return {
            wholeMilliseconds: made + previewMilliseconds + removed,
            previewMilliseconds,
            previewRequests,
            providerTextBytes: longestProviderText(deployment.resources),
        };
    } finally {
        await stack.close();
        project.remove();
        await fastio.stop();
    }
}

function longestProviderText(resources: { inputs?: { __provider?: string } }[]): number {
    return Math.max(...resources.map(({ inputs }) => Buffer.byteLength(inputs?.__provider ?? "")));
}
