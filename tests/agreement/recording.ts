/** Recorded runs of programs on the Pulumi CLI, and what of another run has to be the same. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ConfigMap } from "@pulumi/pulumi/automation";
import type { EngineStack } from "../engines/engine";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Properties = { [key: string]: Json };
export type Call = [verb: string, kind: string, args: Properties];

export interface Run {
    step: string;
    run: "preview" | "up" | "refresh" | "destroy" | "import";
    options?: { refresh?: true; previewOnly?: true };
    env?: Record<string, string>;
    /** Changes of objects behind the engine's back, new ones among them; null removes one. */
    touch?: Record<string, Properties | null>;
    /** What is configured from here on. */
    config?: ConfigMap;
    /** Files of the project that change. */
    write?: Record<string, string>;
    /** What is imported by its id. */
    import?: { name: string; id: string };
    exit: number;
    counts?: string[];
    /** Texts that are printed among others. */
    prints?: string[];
    /** The tokens that the provider was configured with. */
    tokens?: string[];
    calls?: Call[];
    resources?: Properties[] | "as before";
}

/** The lines of a file in JSON, each a value; none where there is no file. */
export function lines<Line>(file: string): Line[] {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
}

/** Changes objects of a service behind the engine's back. */
export function change(service: string, touch: NonNullable<Run["touch"]>): void {
    if (Object.keys(touch).length === 0) return;
    const content = existsSync(service) ? JSON.parse(readFileSync(service, "utf8")) : { made: {}, objects: {} };
    for (const [id, edit] of Object.entries(touch)) {
        if (edit === null) delete content.objects[id];
        else content.objects[id] = { ...content.objects[id], ...edit };
    }
    writeFileSync(service, JSON.stringify(content));
}

/** Runs the step; the counts are the lines under `Resources:` at the end. */
export async function perform(
    stack: EngineStack,
    { run, options }: Run,
    imported: Parameters<EngineStack["import"]>[0],
): Promise<{ exit: number; counts: string[]; output: string }> {
    let exit = 0;
    let output = "";
    try {
        const result = run === "import" ? await stack.import(imported) : await stack[run](options);
        output = result.stdout;
    } catch (error) {
        exit = 1;
        output = String(error);
    }
    const [, block = ""] = [...output.matchAll(/^ *Resources:\n((?: {4,}.*\n)+)/gm)].at(-1) ?? [];
    return { exit, counts: block.trim().split(/\n\s+/), output };
}

/**
 * The same calls; those for one object in the same order, and changes of objects that depend on one another, too. All
 * else may come in any order.
 */
export function compareCalls(where: string, calls: Call[], recorded: Call[], resources: Properties[]): void {
    const sorted = (list: Call[]) => list.map((call) => stable(call)).sort();
    expect({ where, calls: sorted(calls) }).toEqual({ where, calls: sorted(recorded) });
    const related = relations(resources);
    const orders = (list: Call[]) => {
        const seen = list.map((call) => ({
            object: objectOf(call),
            changes: changing.test(call[0]),
            text: stable(call),
        }));
        return seen
            .flatMap((one, index) =>
                seen
                    .slice(index + 1)
                    .filter(
                        (other) =>
                            other.object === one.object ||
                            (one.changes && other.changes && related.has(`${one.object} ${other.object}`)),
                    )
                    .map((other) => `${one.text} before ${other.text}`),
            )
            .sort();
    };
    expect({ where, orders: orders(calls) }).toEqual({ where, orders: orders(recorded) });
}

const changing = /^(create|update|delete)$/;

function objectOf([, kind, args]: Call): string {
    const values = (args.news ?? args.inputs ?? args.props ?? args.args) as Properties | undefined;
    return `${kind}/${String(values?.name)}`;
}

/** Pairs of objects of which one depends on the other, directly or not. */
function relations(resources: Properties[]): Set<string> {
    const label = new Map(
        resources.map(({ urn, type, inputs }) => [
            String(urn),
            `${String(type).split(":").pop()}/${String((inputs as Properties | undefined)?.name)}`,
        ]),
    );
    const needs = new Map(resources.map((resource) => [String(resource.urn), neededBy(resource)]));
    const pairs = new Set<string>();
    const visit = (from: string, urn: string): void => {
        for (const needed of needs.get(urn) ?? []) {
            pairs.add(`${label.get(from)} ${label.get(needed)}`).add(`${label.get(needed)} ${label.get(from)}`);
            visit(from, needed);
        }
    };
    for (const urn of needs.keys()) visit(urn, urn);
    return pairs;
}

function neededBy({ dependencies = [], parent, deletedWith }: Properties): string[] {
    return [...(dependencies as string[]), parent, deletedWith].filter((urn): urn is string => typeof urn === "string");
}

/** The state of the stack is as recorded. */
export async function expectState(stack: EngineStack, where: string, recorded: Properties[]): Promise<void> {
    const { deployment } = await stack.exportStack();
    const state = comparable((deployment.resources ?? []) as Properties[]);
    expect({ where, state }).toEqual({ where, state: comparable(recorded) });
}

/** A state without what differs from run to run, in the order of the URNs. */
function comparable(resources: Properties[]): Json[] {
    return resources
        .map(
            ({ created: _, modified: __, sourcePosition: ___, stackTrace: ____, ...resource }) =>
                plain(resource) as Properties,
        )
        .sort((one, other) => (`${one.urn} ${one.id}` < `${other.urn} ${other.id}` ? -1 : 1));
}

/** Without ids and cipher texts that differ from run to run. */
export function plain(value: Json): Json {
    if (typeof value === "string") {
        return value.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid-1>");
    }
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value)
        .filter(([key]) => key !== "__provider")
        .map(([key, inner]): [string, Json] => [key, key === "ciphertext" ? "<ciphertext>" : plain(inner)])
        .map(([key, inner]): [string, Json] => [key, key === "propertyDependencies" ? withoutEmpty(inner) : inner])
        // They stand in the order in which the program's promises resolve.
        .map(([key, inner]): [string, Json] => [key, key === "dependencies" ? (inner as string[]).toSorted() : inner])
        .filter(([key, inner]) => key !== "propertyDependencies" || Object.keys(inner ?? {}).length > 0);
    return Object.fromEntries(entries);
}

function withoutEmpty(value: Json): Json {
    const entries = Object.entries(value as Properties).filter(([, urns]) => (urns as Json[]).length > 0);
    return Object.fromEntries(entries);
}

function stable(value: Json): string {
    return JSON.stringify(value, (_, inner) =>
        inner !== null && typeof inner === "object" && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
            : inner,
    );
}
