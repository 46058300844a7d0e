/** The ways a program can go: each front-end on each engine that runs it. */
import type { Engine } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { declaredProgram, pluginProgram } from "./fixture";

export interface Column {
    /** `pulumi 3.260.0, through the plugin`. */
    name: string;
    engine: Engine;
    /** The files of the program that declares. */
    files: Record<string, string>;
    /** What of a transfer token stands encrypted in the state. */
    secrets: readonly string[];
}

export function columns(): Column[] {
    const engines = availableEngines();
    const outputs = ["token", "claimUrl"];
    return [
        ...engines.map((engine) => ({
            name: engine.name,
            engine,
            files: declaredProgram,
            secrets: [...outputs, "__inputs"],
        })),
        ...pluginEngines().map((engine) => ({
            name: `${engine.name}, through the plugin`,
            engine,
            files: pluginProgram,
            secrets: outputs,
        })),
    ];
}

/** The engines that start plugins. */
export function pluginEngines(): Engine[] {
    return availableEngines().filter(({ name }) => name !== "rehearsal");
}
