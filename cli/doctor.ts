// The subcommand `pulumi-fastio doctor`: one line for each finding, and what to do below it.
import { Command } from "commander";
import pc from "picocolors";
import { doctor, type Finding } from "../provider/doctor";

export function doctorCommand(): Command {
    return new Command("doctor")
        .description("Looks at what a program would run with, and at a state, and says what to do. Changes nothing.")
        .option("--state <file>", "a file of `pulumi stack export`: its pending operations, and what it does not know")
        .option("--json", "print one JSON object on one line")
        .action(run);
}

async function run({ state, json }: { state?: string; json?: true }): Promise<void> {
    const findings = await doctor({ environment: process.env, folder: process.cwd(), state });
    const wrong = findings.filter(({ status }) => status === "wrong").length;
    process.stdout.write(json ? `${JSON.stringify({ ok: wrong === 0, findings })}\n` : screenOf(findings));
    if (wrong > 0)
        throw new Error(`${wrong === 1 ? "1 thing is" : `${wrong} things are`} wrong; what to do stands below each.`);
}

const marks = { ok: pc.green("ok   "), note: pc.yellow("note "), wrong: pc.red("WRONG") };

function screenOf(findings: readonly Finding[]): string {
    const width = Math.max(...findings.map(({ subject }) => subject.length));
    const lines = findings.flatMap(({ subject, status, text, next }) => [
        `${marks[status]}  ${subject.padEnd(width)}  ${text}`,
        ...next.map((step) => `${" ".repeat(width + 9)}→ ${step}`),
    ]);
    return `${lines.join("\n")}\n`;
}
