// The user's program: run by its own SDK, as Pulumi's language host runs it.

import type { Config, Project } from "./project";
import { resolveFrom } from "./provider-process";
import { SideProcess } from "./side-process";

/** What a program exits with when it has told its error through the engine's log. */
export const toldExitCode = 32;
const patienceMs = 5000;

export interface ProgramOptions {
    project: Project;
    stack: string;
    config: Config;
    dryRun: boolean;
    parallel: number;
    /** Where the engine serves its monitor and its log. */
    address: string;
    environment: Record<string, string | undefined>;
    onLine: (line: string) => void;
}

export class Program {
    private readonly process: SideProcess;
    readonly exited: Promise<number | null>;

    constructor(options: ProgramOptions) {
        const { project, address } = options;
        this.process = SideProcess.node(resolveFrom(project.programFolder, "@pulumi/pulumi/cmd/run"), {
            nodeArguments: project.nodeArguments,
            arguments: [
                ...["--monitor", address, "--engine", address, "--organization", "organization"],
                ...["--project", project.name, "--root-directory", project.folder, "--stack", options.stack],
                ...["--pwd", project.programFolder, ...(options.dryRun ? ["--dry-run"] : [])],
                ...["--parallel", `${options.parallel}`, project.entryPoint],
            ],
            folder: project.folder,
            environment: {
                ...options.environment,
                PULUMI_CONFIG: JSON.stringify(languageConfig(options.config)),
                PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys(options.config)),
                ...(project.typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
                ...(project.tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: project.tsconfig }),
            },
            onLine: options.onLine,
        });
        this.exited = this.process.exited;
    }

    stop(): Promise<void> {
        return this.process.stop(patienceMs);
    }
}

/** The SDK expects the old spelling of keys here, with a word in the middle. */
function languageConfig(config: Config): Record<string, string> {
    return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(":", ":config:"), value]));
}

export function secretKeys(config: Config): string[] {
    return Object.keys(config).filter((key) => config[key]?.secret);
}
