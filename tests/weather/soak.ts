/**
 * Runs all of tests/weather at full length on every engine, and writes docs/reliability.md from what was recorded. With names as
 * arguments it runs those suites alone, and prints the page.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineFacts } from "../../bench/machine";
import { chooseEngines } from "../engines/engines";
import type { Attempted, Tried } from "./reliability";
import { reliabilityPage } from "./reliability-page";

const repository = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-soak-"));
try {
    console.log(chooseEngines());
    const jest = join(repository, "node_modules", ".bin", "jest");
    const names = process.argv.slice(2);
    const suites = names.length > 0 ? names.map((name) => `tests/weather/${name}`) : ["tests/weather"];
    // What the page says of the last soak is no part of this one.
    const { status } = spawnSync(jest, [...suites, "--testPathIgnorePatterns=weather/reliability.test"], {
        cwd: repository,
        env: { ...process.env, RELIABILITY: folder },
        stdio: "inherit",
    });
    process.exitCode = status ?? 1;
    const all = readdirSync(folder)
        .sort()
        .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
        .map((line) => JSON.parse(line) as Tried | Attempted);
    if (process.exitCode === 0 && names.length === 0)
        writeFileSync(join(repository, "docs", "reliability.md"), reliabilityPage(all, machineFacts()));
    else console.log(reliabilityPage(all, machineFacts()));
} finally {
    rmSync(folder, { recursive: true, force: true });
}
