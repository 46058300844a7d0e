// A toy service with its log, and stacks of programs on it.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RehearsalError, type RehearseOptions, rehearse } from "..";

export const workDir = join(__dirname, "toy");
export const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-toy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const type = "pulumi-nodejs:dynamic/toy";
export const stackUrn = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev";
export const urn = (name: string, kind = "Thing") => `urn:pulumi:dev::toy::${type}:${kind}::${name}`;
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Declared {
    name: string;
    kind?: string;
    inputs?: object;
    dependsOn?: string[];
    parent?: string;
    [option: string]: unknown;
}

export interface Program {
    resources?: Declared[];
    outputs?: object;
    last?: "throw" | "exit" | "invoke" | "lookup" | "print";
    stackTransform?: string;
}

export interface Call {
    verb: string;
    name: string;
    pid: number;
    olds?: Record<string, unknown>;
    news?: Record<string, unknown>;
    inputs?: Record<string, unknown>;
    token?: string;
}

export type Stack = ReturnType<typeof rehearse>;

export class Toy {
    private readonly folder = mkdtempSync(join(folder, "toy-"));
    readonly stateFile = join(this.folder, "state.json");
    private readonly service = join(this.folder, "service.json");
    private readonly log = join(this.folder, "calls.jsonl");

    environment(program: Program, faults: Record<string, string> = {}): Record<string, string> {
        return {
            TOY_PROGRAM: JSON.stringify(program),
            TOY_FAULTS: JSON.stringify(faults),
            TOY_SERVICE: this.service,
            TOY_LOG: this.log,
        };
    }

    /** The stack, its state in a file, with another program than last time if need be. */
    open(program: Program, faults?: Record<string, string>, options: Partial<RehearseOptions> = {}): Stack {
        const { stateFile } = this;
        return rehearse({ workDir, stateFile, envVars: this.environment(program, faults), ...options });
    }

    async run(verb: "preview" | "up" | "refresh" | "destroy", program: Program, faults?: Record<string, string>) {
        const stack = this.open(program, faults);
        try {
            const result = await stack[verb]();
            return { ok: true, stdout: result.stdout, calls: this.calls() };
        } catch (error) {
            if (!(error instanceof RehearsalError)) throw error;
            return { ok: false, stdout: error.stdout, calls: this.calls() };
        }
    }

    /** What the provider was asked since the last look; the configuration comes before every first call. */
    calls(): string[] {
        return this.details()
            .filter(({ verb }) => verb !== "configure")
            .map(({ verb, name }) => `${verb} ${name}`);
    }

    /** In which ways the program has been run since the last look. */
    programs(): string[] {
        const file = `${this.log}.programs`;
        const text = existsSync(file) ? readFileSync(file, "utf8") : "";
        rmSync(file, { force: true });
        return text.split("\n").filter(Boolean).sort();
    }

    details(): Call[] {
        const text = existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
        rmSync(this.log, { force: true });
        return text
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line));
    }

    /** Changes an object behind the engine's back. */
    touch(id: string, change: object): void {
        const objects = JSON.parse(readFileSync(this.service, "utf8"));
        objects[id] = { ...objects[id], ...change };
        writeFileSync(this.service, JSON.stringify(objects));
    }

    /** Resolves when the provider has been asked for `call`. */
    async asked(call: string): Promise<number> {
        for (;;) {
            const text = existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
            for (const line of text.split("\n").filter(Boolean)) {
                const { verb, name, pid }: Call = JSON.parse(line);
                if (`${verb} ${name}` === call) return pid;
            }
            await sleep(20);
        }
    }

    async state(): Promise<Record<string, Record<string, unknown>>> {
        const { deployment } = JSON.parse(readFileSync(this.stateFile, "utf8"));
        const resources: Record<string, unknown>[] = deployment.resources ?? [];
        return Object.fromEntries(resources.map((resource) => [String(resource.urn).split("::").pop(), resource]));
    }

    pending(): { type: string; resource: { urn: string } }[] {
        return JSON.parse(readFileSync(this.stateFile, "utf8")).deployment.pending_operations ?? [];
    }
}

export const thing = (name: string, inputs: object = {}, options: object = {}): Declared => ({
    name,
    inputs: { name, ...inputs },
    ...options,
});
