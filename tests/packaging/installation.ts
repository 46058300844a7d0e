// The package as `npm pack` makes it, and the ways in which package managers lay it out. Nothing is downloaded: what the
// package depends on is linked from this repository, and only what package.json names.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import manifest from "../../package.json";

export const repository = dirname(dirname(__dirname));

export interface Tarball {
    file: string;
    /** The paths in it. */
    paths: string[];
}

/** Packs the repository, as built, into `folder`. */
export function pack(folder: string): Tarball {
    const report = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
        cwd: repository,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
    });
    const [{ filename, files }] = JSON.parse(report) as [{ filename: string; files: { path: string }[] }];
    return { file: join(folder, filename), paths: files.map(({ path }) => path) };
}

export const peers = Object.keys(manifest.peerDependencies);
export const dependencies = Object.keys(manifest.dependencies);

export function unpack({ file }: Tarball, target: string): void {
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", file, "-C", target, "--strip-components=1"]);
}

/** Links packages of this repository, or of another folder, into `folder/node_modules`. */
export function link(folder: string, names: readonly string[], from = repository): void {
    for (const name of names) symlink(join(from, "node_modules", name), join(folder, "node_modules", name));
}

function symlink(target: string, path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path, "dir");
}

/** A way to install the tarball into the project in `folder`. */
export type Layout = (tarball: Tarball, folder: string) => void;

/** Everything beside each other, as npm does it. */
export const flat: Layout = (tarball, folder) => {
    unpack(tarball, join(folder, "node_modules/pulumi-fastio"));
    link(folder, [...peers, ...dependencies]);
};

/** As npm does it where the project itself has other versions: ours are below the package. */
export const nested: Layout = (tarball, folder) => {
    const installed = join(folder, "node_modules/pulumi-fastio");
    unpack(tarball, installed);
    link(installed, dependencies);
    link(folder, peers);
    link(folder, ["zod", "undici"], otherVersions);
};

/** As pnpm does it: each package sees what it names and nothing else, by links. */
export const isolated: Layout = (tarball, folder) => {
    const place = join(folder, "node_modules/.pnpm", `pulumi-fastio@${manifest.version}`);
    const installed = join(place, "node_modules/pulumi-fastio");
    unpack(tarball, installed);
    link(place, [...peers, ...dependencies]);
    symlink(installed, join(folder, "node_modules/pulumi-fastio"));
    link(folder, peers);
};

/** As in a workspace of several packages: ours is a link to a folder elsewhere, and all else is above the project. */
export const symlinked: Layout = (tarball, folder) => {
    const workspace = dirname(folder);
    const installed = join(workspace, "packages/pulumi-fastio");
    unpack(tarball, installed);
    symlink(installed, join(folder, "node_modules/pulumi-fastio"));
    link(workspace, [...peers, ...dependencies]);
};

/** Gives the project a copy of Pulumi's SDK in place of the link: it takes the compiler that lies beside it. */
export function copyPulumi(folder: string): void {
    const copy = join(folder, "node_modules/@pulumi/pulumi");
    rmSync(copy, { force: true });
    cpSync(join(repository, "node_modules/@pulumi/pulumi"), copy, { recursive: true });
    const { dependencies } = JSON.parse(readFileSync(join(copy, "package.json"), "utf8"));
    const own = Object.keys(dependencies).filter((name) => !existsSync(join(copy, "node_modules", name)));
    link(copy, own);
}

/** A folder whose packages have versions that are not ours. */
export const otherVersions = join(repository, "tests/packaging/other-versions");
