// What the project's folder says: Pulumi.yaml, and the stack's configuration in Pulumi.<stack>.yaml.

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Crypter } from "./secrets";
import { isObject, mapValue, type Properties, type Value } from "./values";

export interface Project {
    name: string;
    /** The folder of Pulumi.yaml. */
    folder: string;
    /** The folder in which the program runs, to which its relative paths refer. */
    programFolder: string;
    /** The program in its folder. */
    entryPoint: string;
    nodeArguments: string[];
    typescript: boolean;
    tsconfig: string | undefined;
    /** The folders of plugins by the name of their provider. */
    plugins: ReadonlyMap<string, string>;
    /** Configuration that Pulumi.yaml declares, used where the stack has no value of its own. */
    defaults: Config;
    stackConfigFolder: string;
}

export interface ConfigValue {
    value: string;
    secret?: boolean;
}

/** Stack configuration by full key, `namespace:name`. */
export type Config = Record<string, ConfigValue>;

export function readProject(workDir: string): Project {
    const folder = resolve(workDir);
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
    if (!file)
        throw new Error(`There is no Pulumi.yaml in ${folder}: \`workDir\` must be the folder of a Pulumi project.`);
    const content = asObject(parse(readFileSync(file, "utf8")));
    const name = content.name;
    if (typeof name !== "string" || name === "") throw new Error(`${file} has no \`name\`.`);
    const runtime = content.runtime;
    const options = isObject(runtime) ? asObject(runtime.options) : {};
    const runtimeName = isObject(runtime) ? runtime.name : runtime;
    if (runtimeName !== "nodejs") {
        throw new Error(
            `The rehearsal runs Node.js programs only; ${file} asks for the runtime ${runtimeName}. The Pulumi CLI runs it.`,
        );
    }
    const folderOfStacks = content.stackConfigDir;
    return {
        name,
        folder,
        ...program(folder, typeof content.main === "string" ? content.main : "."),
        nodeArguments: typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [],
        typescript: options.typescript !== false,
        tsconfig: typeof options.tsconfig === "string" ? options.tsconfig : undefined,
        plugins: pluginFolders(asObject(content.plugins).providers, folder),
        defaults: declaredConfig(asObject(content.config), name),
        stackConfigFolder: join(folder, typeof folderOfStacks === "string" ? folderOfStacks : "."),
    };
}

function pluginFolders(providers: Value | undefined, folder: string): Map<string, string> {
    const entries = (Array.isArray(providers) ? providers : []).map(asObject);
    return new Map(entries.map(({ name, path }) => [String(name), resolve(folder, String(path))]));
}

/** `main` names a folder, which says itself where the program begins, or a file. */
function program(folder: string, main: string): Pick<Project, "programFolder" | "entryPoint"> {
    const path = resolve(folder, main);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return isFolder
        ? { programFolder: path, entryPoint: "." }
        : { programFolder: dirname(path), entryPoint: basename(path) };
}

/** `key` with its namespace: keys without one belong to the project. */
export function fullKey(key: string, project: string): string {
    const parts = key.split(":");
    // An older spelling, `namespace:config:name`, is still accepted everywhere.
    if (parts.length === 3 && parts[1] === "config") return `${parts[0]}:${parts[2]}`;
    return parts.length === 1 ? `${project}:${key}` : key;
}

/** The configuration of `stack` from its file, secure values decrypted; keys that are `given` elsewhere are left out. */
export async function readStackConfig(
    project: Project,
    stack: string,
    passphrase: string,
    given: ReadonlySet<string>,
): Promise<Config> {
    const file = ["yaml", "yml"]
        .map((end) => join(project.stackConfigFolder, `Pulumi.${stack}.${end}`))
        .find(existsSync);
    if (!file) return {};
    const content = asObject(parse(readFileSync(file, "utf8")));
    if (content.environment !== undefined) {
        throw new Error(`${file} names environments (\`environment\`): the rehearsal reads none. The Pulumi CLI does.`);
    }
    const entries = Object.entries(asObject(content.config))
        .map(([key, value]) => [fullKey(key, project.name), value] as const)
        .filter(([key]) => !given.has(key));
    const secure = entries.filter(([, value]) => hasSecure(value)).map(([key]) => key);
    const salt = content.encryptionsalt;
    if (secure.length > 0 && typeof salt !== "string") {
        throw new Error(
            `${file} has secure values without \`encryptionsalt\` (${secure.join(", ")}): the rehearsal opens passphrase ` +
                "secrets only. Others can be given to it beside the file.",
        );
    }
    const crypter = secure.length > 0 ? await Crypter.of(passphrase, String(salt)) : undefined;
    return Object.fromEntries(
        entries.map(([key, value]) => {
            const open = crypter ? openSecure(value, crypter) : value;
            return [key, { value: asText(open), ...(hasSecure(value) && { secret: true }) }];
        }),
    );
}

function declaredConfig(declared: Properties, project: string): Config {
    const config: Config = {};
    for (const [key, declaration] of Object.entries(declared)) {
        const settings: Properties = isObject(declaration) ? declaration : { value: declaration };
        const value = settings.value ?? settings.default;
        if (value === undefined || value === null) continue;
        config[fullKey(key, project)] = { value: asText(value), ...(settings.secret === true && { secret: true }) };
    }
    return config;
}

function isSecure(value: Value): value is { secure: string } {
    return isObject(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

function hasSecure(value: Value): boolean {
    if (isSecure(value)) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(hasSecure);
}

function openSecure(value: Value, crypter: Crypter): Value {
    return mapValue(value, (inner) => (isSecure(inner) ? crypter.decrypt(inner.secure) : inner));
}

function asText(value: Value): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

function asObject(value: unknown): Properties {
    // YAML holds what JSON holds; dates and the like are not part of a Pulumi file.
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
}
