// The engines on this machine: the Pulumi CLI where one can be had, and the rehearsal always.
import { cliEngine } from "./cli-engine";
import type { Engine } from "./engine";
import { findPulumiCli, pulumiVersion } from "./pulumi-cli";
import { rehearsalEngine } from "./rehearsal-engine";

// Finding the CLI may mean a download, so it is done once and told to the worker processes.
const choice = "ENGINES_PULUMI_CLI";

/**
 * Decides on the engines for this process and its children, and answers the line that says so. The developer's own
 * accounts and Pulumi settings are forgotten here: nothing that follows can reach them.
 */
export function chooseEngines(): string {
    const cli = process.env[choice] ?? findPulumiCli() ?? "none";
    for (const name of Object.keys(process.env).filter((name) => /^(PULUMI|FASTIO)_/.test(name))) {
        delete process.env[name];
    }
    process.env[choice] = cli;
    const engines = availableEngines().map(({ name }) => name);
    return engines.length > 1
        ? `Engines: ${engines.join(" and ")}.`
        : `Engines: ${engines} alone. No Pulumi CLI is on PATH or in its version cache, and none could be downloaded.`;
}

/** The engines that an end-to-end suite runs on, the real one first. */
export function availableEngines(): Engine[] {
    const cli = process.env[choice];
    if (cli === undefined) {
        chooseEngines();
        return availableEngines();
    }
    const version = cli === "none" ? undefined : pulumiVersion(cli);
    return version === undefined ? [rehearsalEngine] : [cliEngine(cli, version), rehearsalEngine];
}
