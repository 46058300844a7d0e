/** Plays the shell steps of a GitHub workflow as its runner would; actions and the installation are left out. */
import { join } from "node:path";
import { parse } from "yaml";
import type { Emulator } from "../../emulator";
import { type Project, prepareProject } from "../engines/project";
import { Workstation } from "../engines/workstation";

interface Step {
    name?: string;
    run?: string;
    env?: Record<string, string>;
}

interface Workflow {
    jobs: Record<string, { env?: Record<string, string>; steps: Step[] }>;
}

/** The steps that run commands, each with the environment that the workflow gives it. */
export function commandsOf(text: string): { run: string; env: Record<string, string> }[] {
    const { jobs } = parse(text) as Workflow;
    return Object.values(jobs).flatMap(({ env, steps }) =>
        steps.flatMap((step) => (step.run === undefined ? [] : [{ run: step.run, env: { ...env, ...step.env } }])),
    );
}

/** A checkout of an example on a machine of its own, with the Pulumi CLI and a local Fast.io. */
export class Runner {
    private constructor(
        readonly project: Project,
        private readonly machine: Workstation,
    ) {}

    static async open(example: string): Promise<Runner> {
        const project = prepareProject({ example });
        return new Runner(project, await Workstation.open(project.folder));
    }

    async close(): Promise<void> {
        await this.machine.close();
        this.project.remove();
    }

    /** Plays the commands of the workflow one after the other and answers what they print. */
    async play(workflow: string): Promise<string> {
        const printed: string[] = [];
        for (const { run, env } of commandsOf(this.project.read(`.github/workflows/${workflow}`))) {
            if (run === "npm ci") continue;
            const given = Object.entries(env).map(([name, value]) => [name, this.withSecrets(value)]);
            printed.push(await this.shell(run, Object.fromEntries(given)));
        }
        return printed.join("");
    }

    /** Runs a command in the checkout. */
    shell(command: string, env: Record<string, string> = {}): Promise<string> {
        const summary = { GITHUB_STEP_SUMMARY: join(this.project.folder, "summary.md") };
        return this.machine.shell(command, { ...summary, ...env });
    }

    get emulator(): Emulator {
        return this.machine.emulator;
    }

    /** How many things of a kind there are. */
    census(): Promise<Record<string, number>> {
        return this.machine.census();
    }

    /** What `${{ secrets.NAME }}` stands for. */
    private withSecrets(value: string): string {
        const secrets: Record<string, string> = { PULUMI_ACCESS_TOKEN: "", FASTIO_TOKEN: this.emulator.token };
        return value.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) => secrets[name] ?? "");
    }
}
