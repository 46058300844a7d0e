// The subcommand `pulumi-fastio rehearse`: does this program converge? No account and no CLI are needed for the answer.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ConfigMap } from "@pulumi/pulumi/automation";
import { Command, InvalidArgumentError } from "commander";
import { RehearsalGate } from "./rehearsal-gate";
import { failureOf, junitOf, type RehearsalReport, summaryOf, verdictOf } from "./rehearsal-report";

/** The exit code that Pulumi has for it. */
const interruptedTwice = 8;

interface Options {
    stack: string;
    config?: ConfigMap;
    secret?: ConfigMap;
    before?: string[];
    keep?: true;
    json?: true;
    junit?: string;
}

export function rehearseCommand(): Command {
    return new Command("rehearse")
        .description(
            "Runs preview, up, a second preview that must be empty, a refresh that must find nothing, and destroy, " +
                "all on a fresh local Fast.io. Fails when the program does not converge.",
        )
        .argument("[dir]", "folder of the program, with its Pulumi.yaml", ".")
        .option("--stack <name>", "stack whose Pulumi.<name>.yaml is read", "dev")
        .option("--config <key=value>", "stack configuration, before what the file says; repeatable", setting(false))
        .option("--secret <key=value>", "the same, as a secret", setting(true))
        .option("--before <dir>", "first bring up this program, for what the other one only reads; repeatable", folders)
        .option("--keep", "leave out the destroy; the stack and its Fast.io stay until Ctrl+C")
        .option("--json", "print one JSON object on one line, and nothing else")
        .option("--junit <file>", "write the result for a build server")
        .action(rehearseProgram);
}

function folders(folder: string, others: string[] = []): string[] {
    return [...others, folder];
}

function setting(secret: boolean): (text: string, others?: ConfigMap) => ConfigMap {
    return (text, others) => {
        const [, key = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
        if (key === "") throw new InvalidArgumentError("It must be KEY=VALUE.");
        if (/^fastio:(config:)?(baseUrl|token|email|password)$/.test(key))
            throw new InvalidArgumentError("A rehearsal has its own Fast.io, and never uses another.");
        return { ...others, [key]: { value, secret } };
    };
}

async function rehearseProgram(program: string, options: Options, command: Command): Promise<void> {
    const { keep = false, json = false, before = [] } = options;
    for (const folder of [program, ...before]) {
        const isProject = ["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)));
        if (!isProject) command.error(`error: there is no Pulumi.yaml in ${folder}`, { exitCode: 2 });
    }
    // Whoever reads the environment, here or in the program, finds the rehearsal's Fast.io or none.
    for (const name of Object.keys(process.env)) if (name.startsWith("FASTIO_")) delete process.env[name];
    const interrupted = new AbortController();
    const gate = await RehearsalGate.open({
        program,
        stackName: options.stack,
        config: { ...options.config, ...options.secret },
        before,
        keep,
        secretsPassphrase: await passphrase(),
        run: json
            ? { signal: interrupted.signal }
            : { signal: interrupted.signal, color: "auto", onOutput: (text) => process.stdout.write(text) },
    });
    let running = true;
    const interrupt = () => {
        if (running && interrupted.signal.aborted) endAtOnce(gate);
        if (running)
            console.error(
                "pulumi-fastio: interrupted: what is under way comes to its end. Once more ends all at once.",
            );
        interrupted.abort();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
    let report: RehearsalReport;
    try {
        report = await gate.run();
        running = false;
        if (options.junit !== undefined) {
            await mkdir(dirname(options.junit), { recursive: true });
            await writeFile(options.junit, junitOf(report));
        }
        process.stdout.write(
            json ? `${JSON.stringify({ ...report, ...(keep && { kept: kept(gate) }) })}\n` : summaryOf(report),
        );
        if (keep && !interrupted.signal.aborted) {
            if (!json) process.stdout.write(keptText(gate));
            await once(interrupted.signal, "abort");
        }
    } finally {
        await gate.close();
    }
    if (!report.converges) throw new Error(json ? failureOf(report) : verdictOf(report));
}

/** Programs and providers end with the process; a state that is kept says what they were in. */
function endAtOnce({ stateFile }: RehearsalGate): never {
    const left = stateFile === undefined ? "" : ` The state, with what was under way: ${stateFile}`;
    console.error(`pulumi-fastio: interrupted twice.${left}`);
    process.exit(interruptedTwice);
}

function kept({ environment, stateFile }: RehearsalGate) {
    return { ...environment, stateFile };
}

function keptText({ environment: { FASTIO_BASE_URL, FASTIO_TOKEN }, stateFile }: RehearsalGate): string {
    return [
        "",
        `The stack and its Fast.io stay until Ctrl+C: ${new URL("/_emulator/", FASTIO_BASE_URL)} shows what is there.`,
        `FASTIO_BASE_URL=${FASTIO_BASE_URL}`,
        `FASTIO_TOKEN=${FASTIO_TOKEN}`,
        `State, which \`pulumi stack import --file\` takes: ${stateFile}`,
        "",
    ].join("\n");
}

/** As the Pulumi CLI finds it. */
async function passphrase(): Promise<string> {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    if (PULUMI_CONFIG_PASSPHRASE === undefined && PULUMI_CONFIG_PASSPHRASE_FILE)
        return (await readFile(PULUMI_CONFIG_PASSPHRASE_FILE, "utf8")).trim();
    return PULUMI_CONFIG_PASSPHRASE ?? "";
}
