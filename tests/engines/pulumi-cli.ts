// Finds a Pulumi CLI that works: on PATH, in Pulumi's version cache, or through the npm package that downloads one.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What `pulumi version` of this CLI says, without the `v`; undefined when it does not run. */
export function pulumiVersion(command: string, args: string[] = []): string | undefined {
    const { status, stdout } = spawnSync(command, [...args, "version"], {
        encoding: "utf8",
        // Where the npm package cannot download, the run's own line says that there is no CLI.
        stdio: ["ignore", "pipe", "ignore"],
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return status === 0 ? /v?(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout)?.[1] : undefined;
}

/** The path of a Pulumi CLI that answers, or undefined where none can be had. */
export function findPulumiCli(): string | undefined {
    const works = (command: string) => pulumiVersion(command) !== undefined;
    return [...onPath(), ...inVersionCache()].find(works) ?? downloaded()?.find(works);
}

function onPath(): string[] {
    return (process.env.PATH ?? "")
        .split(delimiter)
        .filter((folder) => folder !== "" && !folder.endsWith(join("node_modules", ".bin")))
        .map((folder) => join(folder, "pulumi"));
}

function inVersionCache(): string[] {
    const versions = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions");
    try {
        return readdirSync(versions)
            .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
            .map((version) => join(versions, version, "bin", "pulumi"));
    } catch {
        return [];
    }
}

/** The npm package puts what it downloads into the version cache. */
function downloaded(): string[] | undefined {
    return pulumiVersion(process.execPath, [require.resolve("pulumi/run.js")]) ? inVersionCache() : undefined;
}
