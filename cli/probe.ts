// The subcommand `pulumi-fastio probe`: asks the service what this version assumes of it, and tells what holds.
import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { probe } from "../provider/probe";
import { type Format, written } from "../provider/probe/written";
import { Exit } from "./exit";

interface Options {
    write?: true;
    out?: string;
    format: Format;
}

export function probeCommand(): Command {
    return new Command("probe")
        .description(
            "Asks the service every question on which this version had to guess, and says which guess holds. Reads only, unless --write. " +
                "The report has no secret, id or address in it.",
        )
        .option("--write", "also ask what only a write tells, in a workspace that the probe makes and removes")
        .option("--out <file>", "write the report into a file")
        .addOption(
            new Option("--format <format>", "how the report is written")
                .choices(["text", "markdown", "json"])
                .default("text"),
        )
        .addHelpText(
            "after",
            "\nExit code: 0 when all that was asked holds, 3 when something does not, 1 when it failed.",
        )
        .action(run);
}

async function run({ write, out, format }: Options): Promise<void> {
    const interrupted = new AbortController();
    const interrupt = () => interrupted.abort();
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    try {
        const report = await probe({
            environment: process.env,
            write: write ?? false,
            signal: interrupted.signal,
            onProgress: (asked, of, question) => progress(`${asked} of ${of}: ${question}`),
        });
        progress("");
        const text = written(report, format);
        if (out === undefined) process.stdout.write(text);
        else await writeFile(out, text);
        const { outcomes, left } = report;
        if (left.length > 0) throw new Error(`something is left behind: ${left.join("; ")}`);
        if (interrupted.signal.aborted) throw new Error("it was interrupted");
        if (outcomes.every(({ verdict }) => verdict === "not asked")) throw new Error("nothing could be asked");
        if (outcomes.some(({ verdict }) => verdict === "differs")) throw new Exit(3);
    } finally {
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    }
}

/** One line that is written over; in a file or a log, where nobody waits, none. */
function progress(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}
