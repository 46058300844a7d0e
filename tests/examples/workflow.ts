/** Plays the shell steps of a GitHub workflow as its runner would; actions and the installation are left out. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { createEmulator, type Emulator } from "../../emulator";
import { prepareHome } from "../engines/cli-engine";
import { type Project, prepareProject } from "../engines/project";

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
    /** What `${{ secrets.NAME }}` stands for. */
    readonly secrets: Record<string, string>;

    private constructor(
        readonly project: Project,
        readonly emulator: Emulator,
        private readonly baseUrl: string,
        private readonly home: ReturnType<typeof prepareHome>,
    ) {
        this.secrets = { PULUMI_ACCESS_TOKEN: "", FASTIO_TOKEN: emulator.token };
    }

    static async open(cli: string, example: string): Promise<Runner> {
        const emulator = createEmulator({ seed: 7 });
        const { baseUrl } = await emulator.listen({ port: 0 });
        return new Runner(prepareProject({ example }), emulator, baseUrl, prepareHome(cli));
    }

    async close(): Promise<void> {
        this.home.remove();
        this.project.remove();
        await this.emulator.close();
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
    async shell(command: string, env: Record<string, string> = {}): Promise<string> {
        const { home, settings } = this.home;
        const path = [join(home, "bin"), join(this.project.folder, "node_modules", ".bin"), process.env.PATH].join(":");
        const { stdout, stderr } = await promisify(execFile)("bash", ["-eo", "pipefail", "-c", command], {
            cwd: this.project.folder,
            env: {
                PATH: path,
                HOME: home,
                PULUMI_HOME: home,
                FASTIO_BASE_URL: this.baseUrl,
                GITHUB_STEP_SUMMARY: join(this.project.folder, "summary.md"),
                ...settings,
                ...env,
            },
        }).catch((error: Error & { stdout?: string; stderr?: string }) => {
            throw new Error(`${command}: ${error.stdout}${error.stderr}`);
        });
        return stdout + stderr;
    }

    /** How many things of a kind there are. */
    async census(): Promise<Record<string, number>> {
        return (await fetch(new URL("/_emulator/census", this.baseUrl))).json() as Promise<Record<string, number>>;
    }

    private withSecrets(value: string): string {
        return value.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) => this.secrets[name] ?? "");
    }
}
