// The rehearsal as an engine. Its state is in a file, so that every run can have its own configuration and environment.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rehearse } from "../../rehearsal";
import { type Engine, type EngineOptions, type EngineStack, passphrase } from "./engine";

/** The engine that is always there. */
export const rehearsalEngine: Engine = { name: "rehearsal", open };

async function open({ project, stack = "dev", config = {}, env = {} }: EngineOptions): Promise<EngineStack> {
    const home = mkdtempSync(join(tmpdir(), "pulumi-fastio-rehearsal-"));
    const settings = {
        workDir: project,
        stackName: stack,
        config,
        envVars: env,
        secretsPassphrase: passphrase,
        stateFile: join(home, "state.json"),
    };
    const opened = () => rehearse(settings);
    return {
        preview: async (options) => opened().preview(options),
        up: async (options) => opened().up(options),
        refresh: async (options) => opened().refresh(options),
        destroy: async (options) => opened().destroy(options),
        import: async (options) => opened().import(options),
        outputs: async () => opened().outputs(),
        exportStack: async () => opened().exportStack(),
        importStack: async (deployment) => opened().importStack(deployment),
        setEnv: async (next) => {
            settings.envVars = next;
        },
        setConfig: async (next) => {
            settings.config = { ...settings.config, ...next };
        },
        close: async () => rmSync(home, { recursive: true, force: true }),
    };
}
