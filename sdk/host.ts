/** Whether Pulumi's host for dynamic resources will find what the resources of this package need. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** What the host loads, by the package that has it. */
const needed = {
    "@pulumi/pulumi": "@pulumi/pulumi/cmd/dynamic-provider",
    "pulumi-fastio": "pulumi-fastio/runtime",
};
type Needed = keyof typeof needed;

/** Folders in which everything was found. A program has one, and many resources. */
const complete = new Set<string>();

/**
 * Throws when the host will not find the provider, with what to do, before anything is registered. The host looks from the
 * folder in which the program runs; a class is found from wherever the module that uses it lies.
 */
export function refuseUnlessHostFindsProvider(kind: string, name: string): void {
    const folder = process.cwd();
    // Under mocks there is no engine, and nothing is run.
    if (complete.has(folder) || pulumi.runtime.getEngine() === undefined) return;
    const missing = (Object.keys(needed) as Needed[]).filter((one) => !isFound(needed[one], folder));
    if (missing.length === 0) {
        complete.add(folder);
        return;
    }
    const advice = process.env.PULUMI_NODEJS_PROJECT === undefined ? inlineAdvice : dependencyAdvice;
    throw new pulumi.RunError(
        `${kind} ${JSON.stringify(name)}: Pulumi's host for dynamic resources looks for ${missing.join(" and ")} from ` +
            `${folder}, where ${missing.length === 1 ? "it is" : "they are"} not installed. ${advice(folder, missing)}`,
    );
}

function isFound(module: string, folder: string): boolean {
    try {
        createRequire(join(folder, "program.js")).resolve(module);
        return true;
    } catch {
        return false;
    }
}

function dependencyAdvice(folder: string, missing: readonly Needed[]): string {
    const lines = missing.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(versionOf(name))}`);
    return `Add ${lines.join(", ")} to the dependencies in ${manifestOf(folder)}, and install again.`;
}

/** An inline program of the Automation API runs in the process that calls it. */
function inlineAdvice(): string {
    return (
        "Start this process in the folder where they are installed, or make the program a local one with its own `workDir`, " +
        "or import its classes from pulumi-fastio/plugin."
    );
}

function versionOf(name: Needed): string {
    return (require(`${name}/package.json`) as { version: string }).version;
}

function manifestOf(folder: string): string {
    for (let above = folder; ; above = dirname(above)) {
        const manifest = join(above, "package.json");
        if (existsSync(manifest)) return manifest;
        if (above === dirname(above)) return join(folder, "package.json");
    }
}
