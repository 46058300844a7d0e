// The recipes of docs/package-managers.md, each done by its package manager; and what a program without them is told.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import manifest from "../../package.json";
import { codeBlocks, readDocument } from "../docs/markdown";
import { testUnless } from "../engines/workstation";
import { pack, repository } from "./installation";
import { missingManager, packed, pathWithManagers, selfContained } from "./package-managers";

jest.setTimeout(120_000);

let home: string;
let tarballs: Record<string, string>;
let roomsThatBringIt: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-fastio-managers-"));
    tarballs = selfContained(pack(home), home);
    const rooms = join(home, "rooms");
    write(rooms, { "package.json": roomsManifest, "index.js": roomsModule });
    tarballs["@acme/rooms"] = packed(rooms, home);
    // What brings the package itself, and so is the only one to find it.
    const { peerDependencies, ...rest } = JSON.parse(roomsManifest);
    const dependencies = { [manifest.name]: peerDependencies[manifest.name] };
    write(rooms, { "package.json": JSON.stringify({ ...rest, version: "2.0.0", dependencies }) });
    roomsThatBringIt = packed(rooms, home);
    environment = {
        ...process.env,
        PATH: pathWithManagers(),
        YARN_ENABLE_GLOBAL_CACHE: "false",
        YARN_ENABLE_NETWORK: "false",
        YARN_ENABLE_TELEMETRY: "false",
        YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
        CI: "",
    };
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Recipe {
    manager: string;
    files: Record<string, string>;
    /** The folder of the program. */
    folder: string;
    install: string;
}

const document = readDocument("docs/package-managers.md");
const roomsManifest = filesOf(document)["rooms/package.json"] ?? "";
const roomsModule = `
const fastio = require("pulumi-fastio");
exports.room = (name) => new fastio.Organization(name, { domain: name, name: "Acme" });
`;
const program = {
    "Pulumi.yaml": "name: project\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    "index.js": `exports.room = require("@acme/rooms").room("acme-rooms").id;\n`,
};

/** The files that a part of the page shows: each below a line that begins with its path. */
function filesOf(part: string): Record<string, string> {
    return Object.fromEntries(
        codeBlocks(part).flatMap(({ lead, text }) => {
            const path = /^`([^`]+)`/.exec(lead)?.[1];
            return path === undefined ? [] : [[path, text]];
        }),
    );
}

function recipeOf(heading: string): Recipe {
    const section = document.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
    const commands = codeBlocks(section).find(({ language }) => language === "sh")?.text ?? "";
    const folder = /^cd (\S+)$/m.exec(commands)?.[1] ?? ".";
    const monorepo = folder === "." ? {} : { "rooms/package.json": roomsManifest, "rooms/index.js": roomsModule };
    const [install = ""] = commands.split("\n");
    return {
        manager: install.split(" ")[0] ?? "",
        files: { ...filesOf(section), ...monorepo },
        folder,
        install,
    };
}

function write(folder: string, files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
}

/** Installs as the recipe says, but from tarballs, and answers what a preview prints. */
function previewOf({ files, folder, install }: Recipe, from = tarballs): string {
    const root = mkdtempSync(join(home, "project-"));
    const own = { [manifest.name]: `file:${from[manifest.name]}` };
    const local = (path: string, text: string): string => {
        if (!path.endsWith("package.json")) return text;
        // pnpm installs peers itself, but never from a tarball.
        const { dependencies, peerDependencies, ...rest } = JSON.parse(text) as Record<string, Record<string, string>>;
        const versions = Object.entries({ ...dependencies, ...peerDependencies }).map(([name, version]) => [
            name,
            version.startsWith("workspace:") ? version : `file:${from[name]}`,
        ]);
        return JSON.stringify({
            ...rest,
            dependencies: Object.fromEntries(versions),
            overrides: own,
            resolutions: own,
        });
    };
    write(root, Object.fromEntries(Object.entries(files).map(([path, text]) => [path, local(path, text)])));
    // What npm, Yarn and Bun read in package.json.
    appendFileSync(
        join(root, "pnpm-workspace.yaml"),
        `overrides: ${JSON.stringify({ ...own, "@pulumi/pulumi": `file:${from["@pulumi/pulumi"]}` })}\n`,
    );
    write(root, { "yarn.lock": "" });
    write(join(root, folder), { ...program, "preview.cjs": previewScript });
    const shell = (cwd: string, command: string): string => {
        const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
            cwd,
            env: environment,
            encoding: "utf8",
        });
        if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
        return stdout;
    };
    shell(root, install.startsWith("pnpm") ? `${install} --offline` : install);
    const isPlugAndPlay = files[".yarnrc.yml"]?.includes("pnp");
    return shell(join(root, folder), `${isPlugAndPlay ? "yarn exec node" : "node"} preview.cjs`);
}

const previewScript = `
const { rehearse } = require(${JSON.stringify(join(repository, "dist/rehearsal"))});
rehearse({ workDir: __dirname, onOutput: () => {} }).preview().then(
    ({ changeSummary }) => console.log(JSON.stringify(changeSummary)),
    (error) => console.log(error.message),
);
`;

const recipes = ["npm", "pnpm", "Yarn with node_modules", "Yarn Plug'n'Play", "Bun", "A monorepo"];

test("every recipe of the page is here", () => {
    const headings = [...document.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(recipes);
});

describe.each(recipes)("%s", (heading) => {
    const recipe = recipeOf(heading);
    testUnless(missingManager(recipe.manager), "a program with a package that declares resources", async () => {
        expect(previewOf(recipe)).toBe(`{"create":2}\n`);
    });
});

describe.each(["pnpm", "Yarn Plug'n'Play"])("%s, without the line for pulumi-fastio", (heading) => {
    const recipe = recipeOf(heading);
    const without = recipe.files["package.json"]?.replace(/, "pulumi-fastio": "[^"]*"/, "") ?? "";
    testUnless(missingManager(recipe.manager), "is told what to add to which package.json", async () => {
        const files = { ...recipe.files, "package.json": without };
        const printed = previewOf({ ...recipe, files }, { ...tarballs, "@acme/rooms": roomsThatBringIt });
        expect(printed).toMatch(
            new RegExp(
                `error: Organization "acme-rooms": .* looks for pulumi-fastio from (\\S+), where it is not installed\\. ` +
                    `Add "pulumi-fastio": "${manifest.version}" to the dependencies in \\1/package\\.json, and install again\\.$`,
                "m",
            ),
        );
        expect(printed).not.toMatch(/Cannot find module|\n +at /);
    });
});
