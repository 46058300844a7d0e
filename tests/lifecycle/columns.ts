/** The ways a program can go: each front-end on each engine that runs it. */
import type { Engine } from "../engines/engine";
import { availableEngines } from "../engines/engines";
import { declaredProgram, pluginProgram } from "./fixture";

export interface Column {
    /** `pulumi 3.260.0, through the plugin`. */
    name: string;
    engine: Engine;
    /** What the program imports. */
    entry: string;
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
            entry: "pulumi-fastio",
            files: declaredProgram,
            secrets: [...outputs, "__inputs"],
        })),
        ...engines.map((engine) => ({
            name: `${engine.name}, through the plugin`,
            engine,
            entry: "pulumi-fastio/plugin",
            files: pluginProgram,
            secrets: outputs,
        })),
    ];
}

const isWhole = process.env.MATRIX === "all";

/** One of them, where more would say nothing further; `make matrix` has all. */
export function oneColumn(): Column[] {
    return columns().slice(0, isWhole ? undefined : 1);
}

/** Each engine with one front-end and each front-end on one engine, where there are two engines; `make matrix` has all of them. */
export function fewerColumns(): Column[] {
    const all = columns();
    if (isWhole || availableEngines().length === 1) return all;
    return all.filter(({ engine, entry }) => (engine.name === "rehearsal") === (entry === "pulumi-fastio/plugin"));
}
