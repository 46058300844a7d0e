// The subcommand `pulumi-fastio emulator`: runs an emulator until it is told to stop.
import { Command, InvalidArgumentError, Option } from "commander";
import { createEmulator, type Emulator } from "./create-emulator";
import { type DialectName, dialectNames } from "./dialects";

interface Options {
    port: number;
    host: string;
    data?: string;
    dialect: DialectName;
    latency: number;
    json?: true;
}

export function emulatorCommand(): Command {
    return new Command("emulator")
        .description("Runs a local Fast.io and prints the environment that points a program at it.")
        .option("--port <port>", "port to listen on; 0 takes a free one", wholeNumber(65_535), 4010)
        .option("--host <address>", "address to listen on", "127.0.0.1")
        .option("--data <file>", "keep the state in this file between runs")
        .addOption(new Option("--dialect <name>", "dialect of the API").choices(dialectNames).default("seed"))
        .option("--latency <ms>", "delay every answer by this many milliseconds", wholeNumber(3_600_000), 0)
        .option("--json", "print one JSON object on one line")
        .addHelpText(
            "after",
            "\nBeside the API, /_emulator/ shows what is there and takes accounts, the clock, limits and faults: see docs/emulator.md.",
        )
        .action(run);
}

function wholeNumber(max: number): (text: string) => number {
    return (text) => {
        const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
        if (!(number <= max)) throw new InvalidArgumentError(`It must be a whole number from 0 to ${max}.`);
        return number;
    };
}

async function run({ port, host, data, dialect, latency, json }: Options): Promise<void> {
    // Listened for from the start, so that a signal during the start ends the emulator as well.
    const stopped = new Promise<void>((resolve) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
    const emulator = createEmulator({ dialect, latencyMs: latency, ...(data === undefined ? {} : { data }) });
    try {
        const environment = {
            FASTIO_BASE_URL: await baseUrl(emulator, port, host),
            FASTIO_TOKEN: emulator.token,
        };
        const lines = Object.entries(environment).map(([name, value]) => `${name}=${shellQuoted(value)}`);
        process.stdout.write(`${json ? JSON.stringify(environment) : lines.join("\n")}\n`);
        await stopped;
    } finally {
        await emulator.close();
    }
}

async function baseUrl(emulator: Emulator, port: number, host: string): Promise<string> {
    try {
        return (await emulator.listen({ port, host })).baseUrl;
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!reason.includes("EADDRINUSE")) throw new Error(`Cannot listen on ${host}: ${reason}.`, { cause: error });
        const hint = "choose another with --port, or a free one with --port 0";
        throw new Error(`Port ${port} of ${host} is in use: ${hint}.`, { cause: error });
    }
}

function shellQuoted(value: string): string {
    return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
