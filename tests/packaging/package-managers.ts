// Package managers as the npm registry has them, and packages that they can install without asking it for anything.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import pulumi from "@pulumi/pulumi/package.json";
import manifest from "../../package.json";
import { repository, type Tarball, unpack } from "./installation";

interface PackageManager {
    /** Its package, with the version. */
    package: string;
    /** Its command, within the package. */
    command: string;
}

const machine = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;

const managers: Record<string, PackageManager> = {
    pnpm: { package: "pnpm@12.21.0", command: "node_modules/.bin/pnpm" },
    yarn: { package: "@yarnpkg/cli-dist@4.18.1", command: "node_modules/.bin/yarn" },
    bun: { package: `@oven/bun-${machine}@1.4.5`, command: `node_modules/@oven/bun-${machine}/bin/bun` },
};

/** Every run on this machine takes the same ones. */
const cache = join(tmpdir(), "pulumi-fastio-package-managers");
let unreachable: string | undefined;

/** Why a package manager cannot be had; undefined where it can. What is missing is fetched, once. */
export function missingManager(name: string): string | undefined {
    const manager = managers[name];
    // npm is there wherever this runs.
    if (manager === undefined) return undefined;
    const { folder, command } = placeOf(manager);
    if (existsSync(command)) return undefined;
    if (unreachable !== undefined) return unreachable;
    const quick = ["--fetch-retries=0", "--fetch-timeout=15000", "--no-audit", "--no-fund", "--ignore-scripts"];
    mkdirSync(folder, { recursive: true });
    spawnSync("npm", ["install", "--prefix", folder, ...quick, manager.package], { stdio: "ignore", timeout: 60_000 });
    if (!existsSync(command)) unreachable = `${manager.package} could not be fetched`;
    return unreachable;
}

/** A PATH on which the package managers come first. */
export function pathWithManagers(): string {
    const bin = mkdtempSync(join(tmpdir(), "pulumi-fastio-managers-"));
    for (const [name, manager] of Object.entries(managers)) {
        const { command } = placeOf(manager);
        writeFileSync(join(bin, name), `#!/bin/sh\nexec '${command}' "$@"\n`, { mode: 0o755 });
    }
    return [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
}

function placeOf(manager: PackageManager): { folder: string; command: string } {
    const folder = join(cache, manager.package.replaceAll("/", "+"));
    return { folder, command: join(folder, manager.command) };
}

/**
 * Tarballs that name no further packages: this package without its dependencies, which no program loads, and Pulumi's SDK
 * as a few files that load this repository's.
 */
export function selfContained(tarball: Tarball, folder: string): Record<string, string> {
    const own = join(folder, "pulumi-fastio");
    unpack(tarball, own);
    const {
        dependencies: _,
        devDependencies: __,
        ...rest
    } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
    writeFileSync(join(own, "package.json"), JSON.stringify(rest));

    const sdk = join(folder, "pulumi");
    const entries = [".", "cmd/run", "cmd/dynamic-provider"];
    for (const entry of entries) {
        mkdirSync(join(sdk, entry), { recursive: true });
        const target = join(repository, "node_modules/@pulumi/pulumi", entry);
        writeFileSync(join(sdk, entry, "index.js"), `module.exports = require(${JSON.stringify(target)});\n`);
    }
    writeFileSync(join(sdk, "package.json"), JSON.stringify({ name: pulumi.name, version: pulumi.version }));
    return { [manifest.name]: packed(own, folder), [pulumi.name]: packed(sdk, folder) };
}

/** Packs a folder, and answers the tarball's path. */
export function packed(source: string, folder: string): string {
    const out = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
        cwd: source,
        encoding: "utf8",
    });
    return join(folder, out.trim());
}
