// A stack as the Automation API has it: the same methods, options and results, without a CLI.

import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type {
    ConfigMap,
    Deployment,
    DestroyOptions,
    DestroyResult,
    ImportOptions,
    ImportResult,
    OutputMap,
    PreviewOptions,
    PreviewResult,
    RefreshOptions,
    RefreshResult,
    UpdateSummary,
    UpOptions,
    UpResult,
} from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { makeUrn } from "./aliases";
import { runDeployment } from "./deployment";
import { type StackState, StateWriter, stackType } from "./deployment-state";
import { Display, type RunKind } from "./display";
import { type Imported, type ImportedResource, readImportFile } from "./import-file";
import { secretMask } from "./masking";
import { type Config, fullKey, type Project, readProject, readStackConfig } from "./project";
import { isSecret, plainReceiver, reduceTo } from "./values";

/** How to rehearse a program. */
export interface RehearseOptions {
    /** The folder of the program, with its Pulumi.yaml. */
    workDir: string;
    /** The stack's name; `dev` unless given. Its configuration is read from `Pulumi.<stackName>.yaml`, if that is there. */
    stackName?: string;
    /** Stack configuration, in addition to what the stack's file says, and before it. */
    config?: ConfigMap;
    /** Environment variables of the program and its providers, in addition to those of this process. */
    envVars?: Record<string, string>;
    /** What secrets in the state are encrypted with: the `PULUMI_CONFIG_PASSPHRASE` with which the Pulumi CLI opens it. */
    secretsPassphrase?: string;
    /** A file to keep the state in; without it, the state lives as long as the stack object. */
    stateFile?: string;
    /** How many resources are worked on at once; four for each processor unless given. */
    parallel?: number;
    /** Called with everything that a run prints, as it is printed. */
    onOutput?: (text: string) => void;
}

/** A run that failed. Its message holds all that the run printed, as that of the Automation API does. */
export class RehearsalError extends Error {
    constructor(
        readonly stdout: string,
        readonly stderr: string,
    ) {
        super(`code: 1\n stdout: ${stdout}\n stderr: ${stderr}\n`);
        this.name = "RehearsalError";
    }
}

/** Every option of a run that this engine has; the Automation API's others are refused. */
interface RunOptions {
    parallel?: number;
    message?: string;
    refresh?: boolean;
    expectNoChanges?: boolean;
    previewOnly?: boolean;
    clearPendingCreates?: boolean;
    color?: UpOptions["color"];
    signal?: AbortSignal;
    onOutput?: (text: string) => void;
    onError?: (text: string) => void;
}

const supportedOptions = new Set<string>([
    "parallel",
    "message",
    "refresh",
    "expectNoChanges",
    "previewOnly",
    "clearPendingCreates",
    "color",
    "signal",
    "onOutput",
    "onError",
    // Says who calls, and changes nothing.
    "userAgent",
] satisfies (keyof RunOptions | "userAgent")[]);

interface RunOutcome {
    stdout: string;
    stderr: string;
    summary: UpdateSummary;
}

export class RehearsalStack {
    /** The stack's name. */
    readonly name: string;
    private readonly project: Project;
    private readonly writer: StateWriter;
    private config: Config = {};
    private state: StackState = { resources: [], pendingOperations: [] };
    private loaded: Promise<void> | undefined;
    private running = false;
    private version = 0;
    private lastWrite: Promise<void> = Promise.resolve();
    private nextWrite: Promise<void> | undefined;

    /** Throws when there is no project in `workDir`; its configuration and state are read by the first call. */
    constructor(private readonly options: RehearseOptions) {
        this.name = options.stackName ?? "dev";
        this.project = readProject(options.workDir);
        this.writer = new StateWriter(options.secretsPassphrase ?? "");
    }

    private load(): Promise<void> {
        this.loaded ??= this.read();
        return this.loaded;
    }

    private async read(): Promise<void> {
        const { config = {}, secretsPassphrase = "", stateFile } = this.options;
        const given = new Map(
            Object.entries(config).map(([key, value]) => [fullKey(key, this.project.name), value] as const),
        );
        const fromFile = await readStackConfig(this.project, this.name, secretsPassphrase, new Set(given.keys()));
        this.config = { ...this.project.defaults, ...fromFile, ...Object.fromEntries(given) };
        if (stateFile === undefined || !existsSync(stateFile)) return;
        this.state = await this.writer.read(JSON.parse(await readFile(stateFile, "utf8")));
    }

    /** Shows what `up` would do, and does nothing. */
    async preview(options: PreviewOptions = {}): Promise<PreviewResult> {
        const { stdout, stderr, summary } = await this.run("update", true, options);
        return { stdout, stderr, changeSummary: summary.resourceChanges ?? {} };
    }

    /** Brings everything to what the program says. */
    async up(options: UpOptions = {}): Promise<UpResult> {
        const outcome = await this.run("update", false, options);
        return { ...outcome, outputs: await this.outputs() };
    }

    /** Brings the state to what is really there. */
    async refresh(options: RefreshOptions = {}): Promise<RefreshResult> {
        return this.run("refresh", options.previewOnly === true, options);
    }

    /** Deletes everything that the state knows. */
    async destroy(options: DestroyOptions = {}): Promise<DestroyResult> {
        return this.run("destroy", options.previewOnly === true, options);
    }

    /**
     * Takes things that exist into the state, as `pulumi import --file` does. Dynamic resources come with their `inputs`
     * and `outputs`; a secret among them is `{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
     * "plaintext": …}`. No code is generated.
     */
    async import(options: ImportOptions & { resources?: ImportedResource[] }): Promise<ImportResult> {
        const { resources = [], nameTable = {}, protect = true, generateCode: _, ...rest } = options;
        const imports = () => readImportFile({ resources, nameTable, protect }, this.name, this.project);
        const outcome = await this.run("import", false, rest, imports);
        return { ...outcome, generatedCode: "" };
    }

    /** The stack's outputs; those that are secret say so, and hold their plain value. */
    async outputs(): Promise<OutputMap> {
        await this.load();
        const outputs = this.state.resources.find(({ urn }) => urn === this.stackUrn)?.outputs ?? {};
        return Object.fromEntries(
            Object.entries(outputs).map(([key, value]) => [
                key,
                { value: reduceTo(plainReceiver, value), secret: isSecret(value) },
            ]),
        );
    }

    /** The state as a version 3 deployment, which `pulumi stack import` takes. */
    async exportStack(): Promise<Deployment> {
        await this.load();
        return this.writer.write(this.state);
    }

    /** Replaces the state by what `exportStack` or `pulumi stack export` has written. */
    async importStack(deployment: Deployment): Promise<void> {
        await this.load();
        const state = await this.writer.read(deployment);
        const home = `urn:pulumi:${this.name}::${this.project.name}::`;
        const stranger = state.resources.find(({ urn }) => !urn.startsWith(home));
        if (stranger) {
            throw new Error(
                `${stranger.urn} is from another stack or project: this is stack ${this.name} of ${this.project.name}.`,
            );
        }
        await this.save(state);
    }

    private get stackUrn(): string {
        return makeUrn(this.name, this.project.name, "", stackType, `${this.project.name}-${this.name}`);
    }

    private async run(
        kind: RunKind,
        dryRun: boolean,
        options: RunOptions,
        imports?: () => Imported[],
    ): Promise<RunOutcome> {
        refuseUnsupported(options);
        if (this.running) {
            throw new RehearsalError("", "error: the stack is currently locked by 1 lock(s): a run is under way.");
        }
        this.running = true;
        try {
            await this.load();
            return await this.runAlone(kind, dryRun, options, readOrRefuse(imports));
        } finally {
            this.running = false;
        }
    }

    private async runAlone(
        kind: RunKind,
        dryRun: boolean,
        options: RunOptions,
        imports: Imported[],
    ): Promise<RunOutcome> {
        let stdout = "";
        const startTime = new Date();
        const mask = secretMask(this.config);
        const write = (unmasked: string) => {
            const text = mask(unmasked);
            stdout += text;
            this.options.onOutput?.(text);
            options.onOutput?.(text);
        };
        const color = options.color === "always" || (options.color === "auto" && pc.isColorSupported);
        const { stackUrn, name: stackName, project, config } = this;
        const display = new Display({ kind, dryRun, stackName, stackUrn, color, write });
        const state = options.clearPendingCreates ? { ...this.state, pendingOperations: [] } : this.state;
        const { succeeded, outputs } = await runDeployment({
            kind,
            dryRun,
            refresh: options.refresh === true,
            parallel: options.parallel ?? this.options.parallel ?? 4 * availableParallelism(),
            project,
            stackName,
            stackUrn,
            config,
            environment: { ...process.env, ...this.options.envVars },
            state,
            save: (next) => this.save(next),
            display,
            signal: options.signal,
            imports,
        });
        display.finish(outputs);
        if (!dryRun) this.version += 1;
        const { same: _, ...changes } = display.counts;
        const surprise = options.expectNoChanges === true && Object.keys(changes).length > 0;
        const stderr = surprise
            ? `error: no changes were expected but changes ${dryRun ? "were proposed" : "occurred"}\n`
            : "";
        if (stderr !== "") options.onError?.(stderr);
        if (!succeeded || surprise) throw new RehearsalError(stdout, stderr);
        const summary: UpdateSummary = {
            kind,
            startTime,
            message: options.message ?? "",
            environment: {},
            config: shownConfig(config),
            result: "succeeded",
            endTime: new Date(),
            version: this.version,
            resourceChanges: display.counts,
        };
        return { stdout, stderr, summary };
    }

    /** Keeps `state`. While the file is being written, whoever comes next shares one write of the latest state. */
    private save(state: StackState): Promise<void> {
        this.state = state;
        const { stateFile } = this.options;
        if (stateFile === undefined) return Promise.resolve();
        this.nextWrite ??= this.lastWrite.then(() => {
            this.nextWrite = undefined;
            this.lastWrite = this.writeState(stateFile);
            return this.lastWrite;
        });
        return this.nextWrite;
    }

    private async writeState(file: string): Promise<void> {
        await writeFile(`${file}.new`, await this.writer.writeText(this.state), { mode: 0o600 });
        await rename(`${file}.new`, file);
    }
}

/** A file that cannot be imported fails as a run does. */
function readOrRefuse(imports: (() => Imported[]) | undefined): Imported[] {
    try {
        return imports?.() ?? [];
    } catch (cause) {
        throw new RehearsalError("", `error: ${cause instanceof Error ? cause.message : cause}\n`);
    }
}

function refuseUnsupported(options: RunOptions): void {
    const isSet = (value: unknown) =>
        value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
    const found = Object.entries(options).find(([name, value]) => !supportedOptions.has(name) && isSet(value));
    if (found) {
        throw new RehearsalError(
            "",
            `error: The rehearsal does not support the option \`${found[0]}\`. The Pulumi CLI does.`,
        );
    }
}

function shownConfig(config: Config): ConfigMap {
    return Object.fromEntries(
        Object.entries(config).map(([key, { value, secret = false }]) => [
            key,
            { value: secret ? "[secret]" : value, secret },
        ]),
    );
}
