// The gate behind `pulumi-fastio rehearse`: a program goes through all its runs against an emulator of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { ConfigMap, OpMap, UpdateSummary, UpOptions } from "@pulumi/pulumi/automation";
import { createEmulator, type Emulator, type LedgerEntry } from "../emulator";
import { RehearsalError, type RehearsalStack, type RehearseOptions, rehearse } from "../rehearsal";
import { changedResources, failedResources } from "./printed-changes";
import type { RehearsalReport, StepReport } from "./rehearsal-report";

export interface GateOptions {
    /** The folder of the program. */
    program: string;
    stackName: string;
    config: ConfigMap;
    /** Folders of the programs that make what this one only reads. */
    before: string[];
    /** Leave out the destroy, and have the state in a file. */
    keep: boolean;
    secretsPassphrase: string;
    /** Given to every run. */
    run: Pick<UpOptions, "color" | "onOutput" | "signal">;
}

interface Step {
    name: string;
    run(): Promise<Run>;
    /** What is wrong when the step has something to change, where nothing should be left. */
    surprise?: string;
}

interface Run {
    stdout: string;
    changes: OpMap;
}

export class RehearsalGate {
    private constructor(
        private readonly options: GateOptions,
        private readonly emulator: Emulator,
        /** What makes a program use the emulator. */
        readonly environment: { FASTIO_BASE_URL: string; FASTIO_TOKEN: string },
        /** Where the stack's state is until the gate is closed, if it is kept. */
        readonly stateFile: string | undefined,
    ) {}

    /** Starts the emulator. */
    static async open(options: GateOptions): Promise<RehearsalGate> {
        const emulator = createEmulator();
        const { baseUrl } = await emulator.listen({ port: 0 });
        const environment = { FASTIO_BASE_URL: baseUrl, FASTIO_TOKEN: emulator.token };
        const folder = options.keep ? await mkdtemp(join(tmpdir(), "pulumi-fastio-rehearse-")) : undefined;
        return new RehearsalGate(options, emulator, environment, folder && join(folder, "state.json"));
    }

    async close(): Promise<void> {
        await this.emulator.close();
        if (this.stateFile !== undefined) await rm(dirname(this.stateFile), { recursive: true, force: true });
    }

    async run(): Promise<RehearsalReport> {
        const { program, stackName, keep } = this.options;
        const steps: StepReport[] = [];
        let stopped = "";
        for (const step of this.steps()) {
            const [report, ended] = stopped === "" ? await this.play(step) : [skipped(step.name, stopped), true];
            steps.push(report);
            // Changes where none should be are no reason to stop: the next steps may find more.
            if (!ended) stopped = `${step.name} failed`;
        }
        if (keep) steps.push(skipped("destroy", "--keep"));
        const converges = steps.every(({ result }) => result !== "failed");
        return { program: basename(resolve(program)), stack: stackName, converges, steps };
    }

    private steps(): Step[] {
        const { program, before, config, keep, run } = this.options;
        const stack = this.stack(program, {
            config,
            ...(this.stateFile !== undefined && { stateFile: this.stateFile }),
        });
        const destroy = async () => {
            await unprotect(stack);
            return changed(await stack.destroy(run));
        };
        return [
            ...before.map((folder) => {
                const needed = this.stack(folder, {});
                return { name: `up of ${folder}`, run: async () => changed(await needed.up(run)) };
            }),
            { name: "preview", run: () => this.preview(stack) },
            { name: "up", run: async () => changed(await stack.up(run)) },
            {
                name: "second preview",
                run: () => this.preview(stack),
                surprise: "the program has just been applied and still plans to change",
            },
            {
                name: "refresh",
                run: async () => changed(await stack.refresh(run)),
                surprise: "nobody has changed anything, and yet it finds changes of",
            },
            ...(keep ? [] : [{ name: "destroy", run: destroy }]),
        ];
    }

    private stack(workDir: string, options: Partial<RehearseOptions>): RehearsalStack {
        const { stackName, secretsPassphrase } = this.options;
        const { FASTIO_BASE_URL, FASTIO_TOKEN } = this.environment;
        return rehearse({
            workDir,
            stackName,
            secretsPassphrase,
            envVars: this.environment,
            ...options,
            // The stack's file comes before the environment, and may well name the real service and its credentials.
            config: {
                ...options.config,
                "fastio:baseUrl": { value: FASTIO_BASE_URL },
                "fastio:token": { value: FASTIO_TOKEN, secret: true },
                "fastio:email": { value: "" },
                "fastio:password": { value: "" },
            },
        });
    }

    private async preview(stack: RehearsalStack): Promise<Run> {
        const [last] = await this.ledger();
        try {
            const { stdout, changeSummary } = await stack.preview(this.options.run);
            return { stdout, changes: changeSummary };
        } catch (error) {
            // In a preview only functions make requests.
            const missing = (await this.ledger()).find(({ seq, status }) => seq > (last?.seq ?? 0) && status >= 400);
            if (error instanceof RehearsalError && missing) throw new MissingData(error, missing);
            throw error;
        }
    }

    /** What the emulator was asked, the latest first. */
    private async ledger(): Promise<LedgerEntry[]> {
        const answer = await this.emulator.fetch(new Request("http://localhost/_emulator/ledger"));
        const { entries } = (await answer.json()) as { entries: LedgerEntry[] };
        return entries.reverse();
    }

    private async play({ name, run, surprise }: Step): Promise<[StepReport, ended: boolean]> {
        const began = performance.now();
        const report = (
            result: StepReport["result"],
            { stdout, changes }: Run,
            resources: string[],
            reason?: string,
        ) => ({
            step: name,
            result,
            seconds: (performance.now() - began) / 1000,
            changes,
            ...(reason !== undefined && { reason }),
            resources,
            output: stripVTControlCharacters(stdout),
        });
        try {
            const done = await run();
            const { same: _, ...changes } = done.changes;
            const count = Object.values(changes).reduce((sum, number) => sum + number, 0);
            if (surprise === undefined || count === 0) return [report("passed", done, []), true];
            const reason = `${surprise} ${count} resource${count === 1 ? "" : "s"}`;
            return [report("failed", done, changedResources(done.stdout), reason), true];
        } catch (error) {
            const reason = this.options.run.signal?.aborted ? "it was interrupted" : reasonOf(error);
            const stdout = error instanceof RehearsalError ? error.stdout : "";
            return [report("failed", { stdout, changes: {} }, failedResources(stdout), reason), false];
        }
    }
}

/** A preview that has failed after the service said no to a function. */
class MissingData extends RehearsalError {
    constructor(
        { stdout, stderr }: RehearsalError,
        readonly request: LedgerEntry,
    ) {
        super(stdout, stderr);
    }
}

function reasonOf(error: unknown): string {
    if (error instanceof MissingData) {
        const { method, path, status } = error.request;
        return (
            `the program reads what a fresh emulator does not have (${method} ${path} answered ${status}); ` +
            "--before DIR first brings up the program that makes it"
        );
    }
    if (error instanceof RehearsalError) return error.stderr.replace(/^error: /, "").trim() || "it failed";
    return error instanceof Error ? error.message : String(error);
}

function skipped(step: string, reason: string): StepReport {
    return { step, result: "skipped", seconds: 0, changes: {}, reason, resources: [], output: "" };
}

function changed({ stdout, summary }: { stdout: string; summary: UpdateSummary }): Run {
    return { stdout, changes: summary.resourceChanges ?? {} };
}

/** Takes the `protect` off everything: what is protected is meant to outlive its program, but not on an emulator. */
async function unprotect(stack: RehearsalStack): Promise<void> {
    const { version, deployment } = await stack.exportStack();
    const guarded = (deployment.resources ?? []).filter(({ protect }: { protect?: boolean }) => protect);
    if (guarded.length === 0) return;
    for (const resource of guarded) delete resource.protect;
    await stack.importStack({ version, deployment });
}
