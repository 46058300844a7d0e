// Runs every bench/*.bench.ts one after the other, prints the figures beside their floors and records them with the machine.
// With names as arguments, `make bench ONLY="upload load"`, it runs those alone and records nothing.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseEngines } from "../tests/engines/engines";
import { type Figure, holds } from "./figure";
import { machineFacts } from "./machine";

const longestFailure = 2_000;

async function main(): Promise<void> {
    console.log(chooseEngines());
    const machine = machineFacts();
    const figures: Figure[] = [];
    const failed: string[] = [];
    for (const file of chosenFiles()) {
        const { measure } = require(join(__dirname, file)) as { measure(): Promise<Figure[]> };
        try {
            for (const figure of await measure()) {
                console.log(
                    `${holds(figure) ? "  " : "! "}${figure.what}: ${shown(figure)} (floor ${floorOf(figure)})`,
                );
                figures.push(figure);
            }
        } catch (error) {
            // What takes minutes is not thrown away for one that fails. An engine's error begins with all that it printed.
            console.error(`! ${file} failed: ${String(error).slice(-longestFailure)}`);
            failed.push(file);
        }
    }
    process.exitCode = failed.length === 0 && figures.every(holds) ? 0 : 1;
    if (process.argv.length > 2) return;
    writeFileSync(join(__dirname, "results.json"), `${JSON.stringify({ machine, figures, failed }, null, 2)}\n`);
    writeFileSync(join(__dirname, "RESULTS.md"), page(machine, figures, failed));
}

function chosenFiles(): string[] {
    const ending = ".bench.ts";
    const names = readdirSync(__dirname)
        .filter((name) => name.endsWith(ending))
        .map((name) => name.slice(0, -ending.length));
    const asked = process.argv.slice(2);
    const unknown = asked.filter((name) => !names.includes(name));
    if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(" or ")}, only ${names.join(", ")}.`);
    return (asked.length > 0 ? asked : names).map((name) => name + ending);
}

function page(machine: Record<string, string | number>, figures: Figure[], failed: string[]): string {
    const rows = figures.map(
        (figure) => `| ${figure.what} | ${shown(figure)} | ${floorOf(figure)} | ${holds(figure) ? "yes" : "**no**"} |`,
    );
    return [
        "# Measurements",
        "",
        "Written by `make bench`; the same figures are in `results.json`.",
        "",
        "| what | measured | floor | holds |",
        "| --- | --- | --- | --- |",
        ...rows,
        "",
        ...(failed.length > 0 ? [`Failed, so that nothing of it is above: ${failed.join(", ")}.`, ""] : []),
        ...Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`),
        "",
    ].join("\n");
}

function shown({ value, unit }: Figure): string {
    return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 })} ${unit}`.trim();
}

function floorOf(figure: Figure): string {
    return `${figure.better === "lower" ? "at most" : "at least"} ${shown({ ...figure, value: figure.floor })}`;
}

void main();
