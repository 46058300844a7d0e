// The engines on this machine: the Pulumi CLI where one can be had, and the rehearsal always.
import { cliEngine } from "./cli-engine";
import type { Engine } from "./engine";
import { findPulumiCli, pulumiVersion } from "./pulumi-cli";
import { rehearsalEngine } from "./rehearsal-engine";

// Finding the CLI may mean a download, so it is done once and told to the worker processes. May be set from outside: a
// path, or `none` for the rehearsal alone.
const choice = "ENGINES_PULUMI_CLI";

/**
 * Decides on the engines for this process and its children, and answers the line that says so. The developer's own
 * accounts and Pulumi settings are forgotten here: nothing that follows can reach them.
 */
export function chooseEngines(): string {
    const given = process.env[choice];
    const cli = given ?? findPulumiCli() ?? "none";
    for (const name of Object.keys(process.env).filter((name) => /^(PULUMI|FASTIO)_/.test(name))) {
        delete process.env[name];
    }
    process.env[choice] = cli;
    const engines = availableEngines().map(({ name }) => name);
    if (engines.length > 1) {
        return `Engines: ${engines.join(" and ")}.`;
    }
    const reason = given
        ? `${choice} is "${given}".`
        : "No Pulumi CLI is on PATH or in its version cache, and none could be downloaded.";
    return `Engines: ${engines} alone. ${reason}`;
}

/** The engines that an end-to-end suite runs on, the real one first. */
export function availableEngines(): Engine[] {
    const cli = pulumiCli();
    return cli === undefined ? [rehearsalEngine] : [cliEngine(cli.path, cli.version), rehearsalEngine];
}

/** The Pulumi CLI that was chosen, if there is one. */
export function pulumiCli(): { path: string; version: string } | undefined {
    const path = process.env[choice];
    if (path === undefined) {
        chooseEngines();
        return pulumiCli();
    }
    const version = path === "none" ? undefined : pulumiVersion(path);
    return version === undefined ? undefined : { path, version };
}
