// What the tests, the demo and the benchmarks need of a Pulumi engine, in the Automation API's own shapes.
import type {
    ConfigMap,
    Deployment,
    ImportOptions,
    ImportResult,
    OutputMap,
    PreviewResult,
    RefreshOptions,
    UpdateSummary,
    UpOptions,
} from "@pulumi/pulumi/automation";

export interface EngineOptions {
    /** The folder of the program, with its Pulumi.yaml. */
    project: string;
    /** The stack's name, `dev` unless given. */
    stack?: string;
    config?: ConfigMap;
    /** Environment variables of the program and its providers. */
    env?: Record<string, string>;
}

/** What every engine knows of the Automation API's options. */
export type RunOptions = Pick<UpOptions, "refresh" | "signal" | "color" | "onOutput"> &
    Pick<RefreshOptions, "previewOnly">;

/** What a run that changed the state tells. What its program exports is asked for with `outputs`. */
export interface RunResult {
    stdout: string;
    stderr: string;
    summary: { result: UpdateSummary["result"]; resourceChanges?: UpdateSummary["resourceChanges"] | undefined };
}

/** A stack that is open on an engine. A run that fails rejects with an error whose message holds all that was printed. */
export interface EngineStack {
    preview(options?: RunOptions): Promise<PreviewResult>;
    up(options?: RunOptions): Promise<RunResult>;
    refresh(options?: RunOptions): Promise<RunResult>;
    destroy(options?: RunOptions): Promise<RunResult>;
    import(options: ImportOptions): Promise<ImportResult>;
    outputs(): Promise<OutputMap>;
    /** The deployment, secrets still encrypted. */
    exportStack(): Promise<Deployment>;
    importStack(deployment: Deployment): Promise<void>;
    /** Replaces the environment given at the opening, for the runs that follow. */
    setEnv(env: Record<string, string>): Promise<void>;
    /** Adds to or overrides the stack's configuration. */
    setConfig(config: ConfigMap): Promise<void>;
    close(): Promise<void>;
}

export interface Engine {
    /** `pulumi 3.260.0` or `rehearsal`. */
    name: string;
    open(options: EngineOptions): Promise<EngineStack>;
}

/** One passphrase for both engines, so that either opens the other's state. */
export const passphrase = "engines";
