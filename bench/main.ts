// Runs every bench/*.bench.ts one after the other, prints the figures beside their floors and records them with the machine.
// With names as arguments, `make bench ONLY="upload load"`, it runs and records those alone; what is recorded of the others
// stays, and so does what another processor took.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseEngines } from "../tests/engines/engines";
import { type Figure, holds } from "./figure";
import { machineFacts } from "./machine";

interface Measurement {
    machine: Record<string, string | number>;
    /** None where it failed. */
    figures: Figure[];
}

/** What was measured of each benchmark, once for each processor. */
type Recorded = Record<string, Measurement[]>;

const recorded = join(__dirname, "results.json");
const ending = ".bench.ts";
const longestFailure = 2_000;

async function main(): Promise<void> {
    console.log(chooseEngines());
    const machine = machineFacts();
    const known: Recorded = existsSync(recorded) ? JSON.parse(readFileSync(recorded, "utf8")) : {};
    let allHold = true;
    for (const name of chosen()) {
        const { measure } = require(join(__dirname, name + ending)) as { measure(): Promise<Figure[]> };
        let figures: Figure[] = [];
        try {
            figures = await measure();
            for (const figure of figures)
                console.log(
                    `${holds(figure) ? "  " : "! "}${figure.what}: ${shown(figure)} (floor ${floorOf(figure)})`,
                );
        } catch (error) {
            // What takes minutes is not thrown away for one that fails. An engine's error begins with all that it printed.
            console.error(`! ${name} failed: ${String(error).slice(-longestFailure)}`);
        }
        allHold &&= figures.length > 0 && figures.every(holds);
        const elsewhere = (known[name] ?? []).filter((one) => one.machine.cpu !== machine.cpu);
        known[name] = [...elsewhere, { machine, figures }];
        const current = Object.fromEntries(names().flatMap((one) => (known[one] ? [[one, known[one]]] : [])));
        writeFileSync(recorded, `${JSON.stringify(current, null, 2)}\n`);
        writeFileSync(join(__dirname, "RESULTS.md"), page(current));
    }
    process.exitCode = allHold ? 0 : 1;
}

function names(): string[] {
    return readdirSync(__dirname)
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length));
}

function chosen(): string[] {
    const asked = process.argv.slice(2);
    const unknown = asked.filter((name) => !names().includes(name));
    if (unknown.length > 0)
        throw new Error(`There is no benchmark ${unknown.join(" or ")}, only ${names().join(", ")}.`);
    return asked.length > 0 ? asked : names();
}

function page(known: Recorded): string {
    const measurements = Object.entries(known).flatMap(([name, all]) => all.map((one) => ({ name, ...one })));
    const machines = Map.groupBy(measurements, ({ machine }) => JSON.stringify(machine));
    const parts = [...machines].flatMap(([machine, measured]) => {
        const failed = measured.filter(({ figures }) => figures.length === 0).map(({ name }) => name);
        return [
            `## ${Object.values(JSON.parse(machine)).join(", ")}`,
            "",
            "| what | measured | floor | holds |",
            "| --- | --- | --- | --- |",
            ...measured.flatMap(({ figures }) => figures.map(row)),
            "",
            ...(failed.length > 0 ? [`Failed, so that nothing of it is above: ${failed.join(", ")}.`, ""] : []),
        ];
    });
    return [
        "# Measurements",
        "",
        "Written by `make bench`; the same figures are in `results.json`. Below each heading is what was measured at that day, on that machine, with that Node and those engines.",
        "",
        ...parts,
    ].join("\n");
}

function row(figure: Figure): string {
    return `| ${figure.what} | ${shown(figure)} | ${floorOf(figure)} | ${holds(figure) ? "yes" : "**no**"} |`;
}

function shown({ value, unit }: Figure): string {
    return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 })} ${unit}`.trim();
}

function floorOf(figure: Figure): string {
    return `${figure.better === "lower" ? "at most" : "at least"} ${shown({ ...figure, value: figure.floor })}`;
}

void main();
