// The real engine: the Pulumi CLI through the Automation API, with a home, a backend and a PATH of its own.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type EngineEvent, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { type Engine, type EngineOptions, type EngineStack, passphrase, type RunResult } from "./engine";

/** The engine that runs on the Pulumi CLI at `cli`. */
export function cliEngine(cli: string, version: string): Engine {
    return { name: `pulumi ${version}`, open: (options) => open(cli, options) };
}

async function open(
    cli: string,
    { project, stack = "dev", config = {}, env = {} }: EngineOptions,
): Promise<EngineStack> {
    const { home, settings, remove } = prepareHome(cli);
    try {
        const environment = (env: Record<string, string>) => ({ ...settings, ...env });
        const workspace = await LocalWorkspace.create({
            workDir: project,
            pulumiHome: home,
            pulumiCommand: await PulumiCommand.get({ root: home }),
            envVars: environment(env),
        });
        const opened = await Stack.create(stack, workspace);
        if (Object.keys(config).length > 0) {
            await opened.setAllConfig(config);
        }
        const summarized = withoutFurtherProcesses(opened);
        return {
            preview: (options) => opened.preview(options),
            up: (options) => summarized((watched) => opened.up({ ...options, ...watched })),
            refresh: (options) => summarized((watched) => opened.refresh({ ...options, ...watched })),
            destroy: (options) => summarized((watched) => opened.destroy({ ...options, ...watched })),
            import: (options) => opened.import(options),
            outputs: () => workspace.stackOutputs(stack),
            // The Automation API's own exportStack decrypts every secret.
            exportStack: async () => {
                const { stdout } = await promisify(execFile)(
                    join(home, "bin", "pulumi"),
                    ["stack", "export", "--stack", stack],
                    {
                        cwd: project,
                        env: { ...process.env, ...workspace.envVars, PULUMI_HOME: home },
                        maxBuffer: 256 * 1024 * 1024,
                    },
                );
                return JSON.parse(stdout);
            },
            importStack: (deployment) => opened.importStack(deployment),
            setEnv: async (next) => {
                workspace.envVars = environment(next);
            },
            setConfig: (next) => opened.setAllConfig(next),
            close: async () => remove(),
        };
    } catch (error) {
        remove();
        throw error;
    }
}

interface Watched {
    onEvent(event: EngineEvent): void;
}

/**
 * After each run the Automation API asks the CLI for outputs and history, in three more processes. Here the run's own events
 * give the summary, and outputs are asked for by those who want them.
 */
function withoutFurtherProcesses(stack: Stack) {
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
    return async (run: (watched: Watched) => Promise<{ stdout: string; stderr: string }>): Promise<RunResult> => {
        let resourceChanges: RunResult["summary"]["resourceChanges"];
        const onEvent = ({ summaryEvent }: EngineEvent) => {
            if (summaryEvent) resourceChanges = summaryEvent.resourceChanges;
        };
        const { stdout, stderr } = await run({ onEvent });
        // A run that failed has been an error.
        return { stdout, stderr, summary: { result: "succeeded", resourceChanges } };
    };
}

/** A folder for the CLI at `cli` to live in, its programs in `bin`, and the settings with which it keeps its state there. */
export function prepareHome(cli: string) {
    const home = mkdtempSync(join(tmpdir(), "pulumi-fastio-cli-"));
    linkToolchain(cli, join(home, "bin"));
    mkdirSync(join(home, "state"));
    const settings = {
        PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    return { home, settings, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/**
 * A folder with the CLI, its language host and this process's Node. The Automation API puts it first on PATH, so that
 * neither an older Node nor the npm package's `pulumi` of the caller's PATH is in the way.
 */
function linkToolchain(cli: string, bin: string): void {
    mkdirSync(bin);
    const installation = dirname(realpathSync(cli));
    const companions = readdirSync(installation).filter((name) => /^pulumi-(language|resource|analyzer)-/.test(name));
    symlinkSync(process.execPath, join(bin, "node"));
    symlinkSync(cli, join(bin, "pulumi"));
    for (const name of companions) {
        symlinkSync(join(installation, name), join(bin, name));
    }
    const dynamicHost = "pulumi-resource-pulumi-nodejs";
    if (!existsSync(join(bin, dynamicHost))) {
        symlinkSync(join(dirname(require.resolve("@pulumi/pulumi/package.json")), dynamicHost), join(bin, dynamicHost));
    }
}
