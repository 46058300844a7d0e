// The packed package in the projects that people have: each goes through its whole life, by the installed command.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import {
    copyPulumi,
    flat,
    isolated,
    type Layout,
    link,
    nested,
    otherVersions,
    pack,
    symlinked,
    type Tarball,
} from "./installation";

jest.setTimeout(120_000);

let home: string;
let tarball: Tarball;
beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-fastio-installed-"));
    tarball = pack(home);
});
afterAll(() => rmSync(home, { recursive: true }));

interface Case {
    layout: Layout;
    /** The folder of the project; its parent holds no other. */
    folder?: string;
    files: Record<string, string>;
    typescript?: { from?: string };
    /** A line that `up` prints among the outputs. */
    output?: string;
}

const yaml = (options: string) => `name: project\nruntime:\n  name: nodejs\n  options:\n    ${options}\n`;
const javascript = yaml("typescript: false");

const declarations = `
const acme = new fastio.Organization("acme", { domain: "acme-deal", name: "Acme" });
const deal = new fastio.Workspace("deal", { organizationId: acme.id });
const ann = new fastio.WorkspaceMember("ann", { workspaceId: deal.id, email: "ann@example.com", role: "member" });
`;
const commonJs = `const fastio = require("pulumi-fastio");${declarations}exports.status = ann.status;`;

/** The compiler that runs the program tells its version. */
const typeScript = `
import * as fastio from "pulumi-fastio";
import { createEmulator, type Emulator } from "pulumi-fastio/emulator";
import { rehearse, type RehearsalStack } from "pulumi-fastio/rehearsal";
${declarations}
type Tools = [emulator: Emulator, stack: RehearsalStack];
export const tools: number | Tools = [createEmulator, rehearse].length;
export const role: pulumi.Output<string> = ann.role;
export const compiler: string = compilerVersion();
function compilerVersion(): string {
    const loaded = Object.keys(require.cache).find((file) => /typescript.lib.typescript\\.js$/.test(file));
    return loaded === undefined ? "none" : require(loaded).version;
}
`.replace("import", 'import * as pulumi from "@pulumi/pulumi";\nimport');
/** What \`pulumi new typescript\` writes. */
const templateOptions = {
    strict: true,
    outDir: "bin",
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    experimentalDecorators: true,
    pretty: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
};
const tsconfig = (compilerOptions: object) => JSON.stringify({ compilerOptions, files: ["index.ts"] });

const cases: Record<string, Case> = {
    "CommonJS JavaScript": { layout: flat, files: { "Pulumi.yaml": javascript, "index.js": commonJs } },

    "TypeScript 5.9 with the settings of Pulumi's template": {
        layout: flat,
        typescript: { from: otherVersions },
        files: { "tsconfig.json": tsconfig(templateOptions), "index.ts": typeScript },
        output: 'compiler: "5.9.',
    },

    "TypeScript 6": {
        layout: flat,
        typescript: {},
        files: {
            "tsconfig.json": tsconfig({
                module: "nodenext",
                target: "es2023",
                strict: true,
                skipLibCheck: true,
                types: ["node"],
            }),
            "index.ts": typeScript,
        },
        output: 'compiler: "6.',
    },

    "an ES module program": {
        layout: flat,
        files: {
            "Pulumi.yaml": javascript,
            "package.json": '{ "type": "module", "main": "index.js" }',
            "index.js": `
                import * as fastio from "pulumi-fastio";
                import { ShareType, Workspace, getCurrentUserOutput } from "pulumi-fastio";
                import { createEmulator } from "pulumi-fastio/emulator";
                import { rehearse } from "pulumi-fastio/rehearsal";
                ${declarations}
                const user = getCurrentUserOutput();
                export const names = [Workspace === fastio.Workspace, ShareType.Send, typeof createEmulator, typeof rehearse].join();
                export const email = user.email;`,
        },
        output: 'names: "true,send,function,function"',
    },

    "pnpm's layout": { layout: isolated, files: { "Pulumi.yaml": javascript, "index.js": commonJs } },

    "a symlinked install": { layout: symlinked, files: { "Pulumi.yaml": javascript, "index.js": commonJs } },

    "a project whose own zod and undici have other versions": {
        layout: nested,
        files: {
            "Pulumi.yaml": javascript,
            // Both versions of undici share a global dispatcher, whose interface is not the same.
            "index.js": `
                const { Agent, setGlobalDispatcher, request } = require("undici");
                const { z } = require("zod");
                setGlobalDispatcher(new Agent());
                ${commonJs}
                const user = fastio.getCurrentUserOutput();
                exports.email = user.email.apply((email) => z.string().email().parse(email));
                exports.versions = ["undici", "zod"].map((name) => require(name + "/package.json").version.split(".")[0]).join();
                exports.reached = request(process.env.FASTIO_BASE_URL + "ping/").then(({ statusCode }) => statusCode);`,
        },
        output: 'versions: "6,3"',
    },

    "a folder with spaces": {
        layout: flat,
        folder: "my deals/this year",
        files: { "Pulumi.yaml": javascript, "index.js": commonJs },
    },
};

/** Installs the package into a new project. */
function install({ layout, folder = "project", files, typescript }: Case): string {
    const project = join(mkdtempSync(join(home, "case-")), folder);
    for (const [path, text] of Object.entries({ "Pulumi.yaml": yaml("typescript: true"), ...files })) {
        mkdirSync(project, { recursive: true });
        writeFileSync(join(project, path), text);
    }
    layout(tarball, project);
    if (typescript) {
        link(project, ["typescript"], typescript.from);
        copyPulumi(project);
        link(project, ["@types/node"]);
    }
    return project;
}

interface Report {
    converges: boolean;
    steps: { step: string; changes: Record<string, number>; output: string }[];
}

/** Rehearses with the command that the project has installed. */
function rehearse(project: string, env: Record<string, string> = {}): Report {
    const bin = join(project, "node_modules/pulumi-fastio/bin/pulumi-fastio.js");
    const { stdout, stderr } = spawnSync(process.execPath, [bin, "rehearse", "--json"], {
        cwd: project,
        encoding: "utf8",
        env: { ...process.env, ...env },
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Report;
}

test.each(Object.entries(cases))("%s", (_, one) => {
    const { converges, steps } = rehearse(install(one));
    expect(converges).toBe(true);
    const [, up, second] = steps;
    expect([up?.changes, second?.changes]).toEqual([{ create: 4 }, { same: 4 }]);
    expect(up?.output).toContain(one.output ?? "4 created");
});

describe("what is loaded", () => {
    const recorder = `
        const { appendFileSync } = require("node:fs");
        const { Module } = require("node:module");
        const role = /cmd.run/.test(process.argv[1]) ? "program" : /dynamic-provider/.test(process.argv[1]) ? "provider" : "command";
        const load = Module._extensions[".js"];
        Module._extensions[".js"] = (module, file) => {
            appendFileSync(process.env.LOADED + "/" + role, file + "\\n");
            return load(module, file);
        };`;

    /** By process, what it has loaded of the package, and of what the package depends on. */
    function loadedBy(program: string): Record<string, string[]> {
        const loaded = mkdtempSync(join(home, "loaded-"));
        writeFileSync(join(home, "recorder.cjs"), recorder);
        const project = install({ layout: isolated, files: { "Pulumi.yaml": javascript, "index.js": program } });
        rehearse(project, { LOADED: loaded, NODE_OPTIONS: `--require=${join(home, "recorder.cjs")}` });
        const own = `${sep}node_modules${sep}pulumi-fastio${sep}`;
        return Object.fromEntries(
            readdirSync(loaded).map((role) => {
                const files = new Set(readFileSync(join(loaded, role), "utf8").trim().split("\n"));
                const shown = [...files].flatMap((file) => {
                    // What every process of the rehearsal begins with is the engine's own.
                    if (file.endsWith(join("rehearsal", "preamble.js"))) return [];
                    if (file.includes(own)) return file.split(own)[1] ?? [];
                    return /[\\/]node_modules[\\/](zod|undici|hono|commander|yaml)[\\/]/.exec(file)?.[1] ?? [];
                });
                return [role, [...new Set(shown)].sort()];
            }),
        );
    }

    test("by a program of resources, its classes alone; by its provider, one file, and another for its first request", () => {
        const { program = [], provider } = loadedBy(commonJs);
        expect(program).toContain("dist/sdk/workspace.js");
        expect(program.filter((file) => !file.startsWith("dist/sdk/"))).toEqual([]);
        expect(provider).toEqual(["dist/runtime.js", "dist/undici.js"]);
    });

    test("by a program that calls a function, the provider's files as well", () => {
        const { program = [] } = loadedBy(`${commonJs}\nexports.user = fastio.getCurrentUserOutput().id;`);
        expect(program.filter((file) => !file.startsWith("dist/sdk/"))).toEqual(["dist/runtime.js", "dist/undici.js"]);
    });
});
