// A machine with the Pulumi CLI and a local Fast.io, and a folder in which commands run as somebody would type them.
import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { createEmulator, type Emulator } from "../../emulator";
import { prepareHome } from "./cli-engine";
import { pulumiCli } from "./engines";

export class Workstation {
    private constructor(
        readonly folder: string,
        readonly emulator: Emulator,
        readonly baseUrl: string,
        private readonly home: ReturnType<typeof prepareHome>,
    ) {}

    /** Only where there is a Pulumi CLI. */
    static async open(folder: string): Promise<Workstation> {
        const emulator = createEmulator({ seed: 7 });
        const { baseUrl } = await emulator.listen({ port: 0 });
        return new Workstation(folder, emulator, baseUrl, prepareHome(pulumiCli()?.path ?? ""));
    }

    async close(): Promise<void> {
        this.home.remove();
        await this.emulator.close();
    }

    /** Runs commands, the first failure of which ends them, and answers what they print. */
    async shell(command: string, env: Record<string, string> = {}): Promise<string> {
        const { home, settings } = this.home;
        const path = [join(home, "bin"), join(this.folder, "node_modules", ".bin"), process.env.PATH].join(delimiter);
        const { stdout, stderr } = await promisify(execFile)("bash", ["-eo", "pipefail", "-c", command], {
            cwd: this.folder,
            env: { PATH: path, HOME: home, PULUMI_HOME: home, FASTIO_BASE_URL: this.baseUrl, ...settings, ...env },
            maxBuffer: 64 * 1024 * 1024,
        }).catch((error: Error & { stdout?: string; stderr?: string }) => {
            throw new Error(`${command}: ${error.message}\n${error.stdout}${error.stderr}`);
        });
        return stdout + stderr;
    }

    /** The same with the emulator's own account. */
    async signedIn(command: string): Promise<string> {
        return this.shell(command, { FASTIO_TOKEN: this.emulator.token });
    }

    /** How many things of a kind there are. */
    async census(): Promise<Record<string, number>> {
        return this.#control("GET", "census");
    }

    /** Another account, and its token. */
    async account(email: string, accountType: "human" | "agent" = "agent"): Promise<string> {
        return (await this.#control<{ token: string }>("POST", "accounts", { email, accountType })).token;
    }

    async #control<T>(method: "GET" | "POST", name: string, body?: unknown): Promise<T> {
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const headers = { "Content-Type": "application/json" };
        const answer = await fetch(new URL(`/_emulator/${name}`, this.baseUrl), { method, headers, ...sent });
        if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as T;
    }
}

/** Why there can be no program in this language; undefined where there can. */
export function missingHost(language: string): string | undefined {
    const cli = pulumiCli();
    if (cli === undefined) return "no Pulumi CLI";
    const program = `pulumi-language-${language}`;
    const folders = [dirname(realpathSync(cli.path)), ...(process.env.PATH ?? "").split(delimiter)];
    return folders.some((folder) => existsSync(join(folder, program))) ? undefined : `no ${program} beside the CLI`;
}

/** A test that is skipped with the reason in its name where something is missing. */
export function testUnless(missing: string | undefined, name: string, work: () => Promise<void>): void {
    if (missing === undefined) test(name, work);
    else test.skip(`${name} (skipped: ${missing})`, work);
}
