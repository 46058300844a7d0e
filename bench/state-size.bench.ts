// What a resource has in the state beyond its own inputs and outputs, for each front-end on each engine.
import { prepareProject } from "../tests/engines/project";
import { type Column, columns } from "../tests/lifecycle/columns";
import { names, wholeProgram } from "../tests/lifecycle/whole-program";
import type { Figure } from "./figure";
import { startLocalFastio } from "./local-fastio";

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const column of columns()) {
        const sizes = await sizesOf(column);
        figures.push({
            what: `bytes in the state beyond inputs and outputs, the most of ${sizes.length} resources of all kinds, ${column.name}`,
            value: Math.max(...sizes),
            unit: "bytes",
            floor: column.entry === "pulumi-fastio" ? 500 : 100,
            better: "lower",
        });
    }
    return figures;
}

async function sizesOf({ engine, files }: Column): Promise<number[]> {
    const fastio = await startLocalFastio();
    const declarations = JSON.stringify(wholeProgram("full", names));
    const project = prepareProject({ files: { ...files, "declarations.json": declarations } });
    const stack = await engine.open({ project: project.folder, env: { ...fastio.env } });
    try {
        await stack.up();
        const { deployment } = await stack.exportStack();
        const resources: StateResource[] = deployment.resources;
        return resources
            .filter(({ type }) => type.includes("fastio:"))
            .map(({ inputs = {}, outputs = {} }) => internalBytes(inputs) + internalBytes(outputs));
    } finally {
        await stack.close();
        project.remove();
        await fastio.stop();
    }
}

interface StateResource {
    type: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
}

/** The provider's own properties, without the inputs that stand among the outputs. */
function internalBytes(properties: Record<string, unknown>): number {
    const own = Object.entries(properties).filter(([name]) => name.startsWith("__") && name !== "__inputs");
    return own.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(Object.fromEntries(own))) - "{}".length;
}
