/** A stack on an engine against an emulator of its own: a program that declares what a list says, and direct looks at the service. */
import type { ConfigMap } from "@pulumi/pulumi/automation";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../emulator";
import type { Engine, EngineStack, RunOptions } from "../engines/engine";
import { type Project, type ProjectOptions, prepareProject } from "../engines/project";

/**
 * One resource of the program. Strings `$name.property` stand for outputs of earlier ones, `{ $secret: value }` for secrets,
 * and the text assets of the definitions' samples for what a program would write.
 */
export interface Declaration {
    kind: string;
    name: string;
    args: Record<string, unknown>;
    /** Names of resources, and plain options. */
    parent?: string;
    dependsOn?: string[];
    options?: Record<string, unknown>;
}

const program = `
const fs = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");
const fastio = require("pulumi-fastio");

const made = {};
const value = (given) => {
    if (typeof given === "string" && given.startsWith("$")) {
        const [name, property] = given.slice(1).split(".");
        return made[name][property];
    }
    if (Array.isArray(given)) return given.map(value);
    if (typeof given !== "object" || given === null) return given;
    if ("$secret" in given) return pulumi.secret(given.$secret);
    if (pulumi.runtime.specialSigKey in given) return new pulumi.asset.StringAsset(given.text);
    return Object.fromEntries(Object.entries(given).map(([name, item]) => [name, value(item)]));
};
const declarations = JSON.parse(fs.readFileSync(path.join(__dirname, "declarations.json"), "utf8"));
for (const { kind, name, args, parent, dependsOn = [], options = {} } of declarations) {
    made[name] = new fastio[kind](name, value(args), {
        ...options,
        ...(parent && { parent: made[parent] }),
        dependsOn: dependsOn.map((other) => made[other]),
    });
    module.exports[name] = made[name].id;
}
`;

/** The files of a program that declares what declarations.json lists. */
export const declaredProgram = {
    "Pulumi.yaml": "name: lifecycle\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    "index.js": program,
    "declarations.json": "[]",
};

/** Where the project's Pulumi.yaml finds the plugin. */
export const pluginSettings =
    "plugins:\n  providers:\n    - name: fastio\n      path: node_modules/pulumi-fastio/dist/pulumi-resource-fastio\n";

/** The same through the plugin: another import line, and where the plugin is. */
export const pluginProgram = {
    ...declaredProgram,
    "Pulumi.yaml": declaredProgram["Pulumi.yaml"] + pluginSettings,
    "index.js": program.replace('require("pulumi-fastio")', 'require("pulumi-fastio/plugin")'),
};

export interface Ledgered {
    seq: number;
    method: string;
    path: string;
    status: number;
    effect: string;
    kind?: string;
    id?: string;
    unknown?: boolean;
}

/** The parts of the API's answers that the tests look at. */
export interface Answer {
    org: Record<string, unknown>;
    workspace: Record<string, unknown>;
    share: Record<string, unknown>;
    node: { id: string };
    users: Record<string, unknown>[];
    invitations: Record<string, unknown>[];
    tokens: { id: string; token: string }[];
    api_key: string;
    api_keys: { id: string; memo: string }[];
    nodes: { items: { id: string }[] };
}

interface Printed {
    stdout: string;
    stderr: string;
}

export class Fixture {
    /** Everything that the runs printed, failures included. */
    printed = "";

    private constructor(
        readonly emulator: Emulator,
        readonly baseUrl: string,
        readonly project: Project,
        readonly stack: EngineStack,
    ) {}

    /** Opens a new stack, of the program that declares unless another is given; without an environment the provider uses the emulator's own account. */
    static async open(
        engine: Engine,
        env?: Record<string, string>,
        {
            config = {},
            service = {},
            ...options
        }: ProjectOptions & { config?: ConfigMap; service?: EmulatorOptions } = { files: declaredProgram },
    ): Promise<Fixture> {
        const emulator = createEmulator({ seed: 7, ...service });
        const { baseUrl } = await emulator.listen({ port: 0 });
        const project = prepareProject(options);
        const stack = await engine.open({
            project: project.folder,
            config,
            env: { FASTIO_BASE_URL: baseUrl, ...(env ?? { FASTIO_TOKEN: emulator.token }) },
        });
        const fixture = new Fixture(emulator, baseUrl, project, stack);
        for (const verb of ["preview", "up", "refresh", "destroy"] as const) fixture.record(verb);
        return fixture;
    }

    private record(verb: "preview" | "up" | "refresh" | "destroy"): void {
        const verbs = this.stack as unknown as Record<string, (options?: RunOptions) => Promise<Printed>>;
        const run = verbs[verb]?.bind(this.stack);
        verbs[verb] = async (options) => {
            try {
                const result = await run?.(options);
                this.printed += `${result?.stdout}${result?.stderr}`;
                return result ?? { stdout: "", stderr: "" };
            } catch (error) {
                this.printed += error instanceof Error ? error.message : String(error);
                throw error;
            }
        };
    }

    async close(): Promise<void> {
        await this.stack.close();
        this.project.remove();
        await this.emulator.close();
    }

    declare(declarations: readonly Declaration[]): void {
        this.project.write({ "declarations.json": JSON.stringify(declarations, undefined, 2) });
    }

    /** A direct request to the service, by default as the account that the provider uses. */
    async api(
        method: string,
        path: string,
        form?: Record<string, string>,
        token = this.emulator.token,
    ): Promise<Answer> {
        const answer = await fetch(new URL(path, this.baseUrl), {
            method,
            headers: { Authorization: `Bearer ${token}` },
            ...(form && { body: new URLSearchParams(form) }),
        });
        const body = (await answer.json()) as Answer;
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(body)}`);
        return body;
    }

    /** The members of what the path names, and the invited people, whom the list of members leaves out. */
    async people(path: string): Promise<Record<string, unknown>[]> {
        const { users } = await this.api("GET", `${path}/members/list/`);
        const { invitations } = await this.api("GET", `${path}/members/invitations/list/pending/`);
        const invited = invitations.map(({ id, email, permissions, expires }) => ({
            email_address: email,
            permissions,
            status: "pending",
            invite: { id, expires },
        }));
        return [...users.map((user) => ({ ...user, status: "active" })), ...invited];
    }

    /** The emulator's control plane. */
    async control<T>(method: "GET" | "POST", name: string, body?: unknown): Promise<T> {
        const answer = await fetch(new URL(`/_emulator/${name}`, this.baseUrl), {
            method,
            ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
        });
        if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as T;
    }

    async ledgerAfter(seq = 0): Promise<Ledgered[]> {
        return (await this.control<{ entries: Ledgered[] }>("GET", `ledger?after=${seq}`)).entries;
    }

    /** The requests that the work makes. */
    async requestsOf(work: () => Promise<unknown>): Promise<Ledgered[]> {
        const last = (await this.ledgerAfter()).at(-1)?.seq ?? 0;
        await work();
        return this.ledgerAfter(last);
    }

    async census(): Promise<Record<string, number>> {
        const { users: _, apiKeys: __, ...counts } = await this.control<Record<string, number>>("GET", "census");
        return counts;
    }
}
