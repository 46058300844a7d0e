// The command line `pulumi-fastio`: one commander program, its subcommands, its exit codes.
import { Command, CommanderError } from "commander";
import { emulatorCommand } from "../emulator/command";
import { manifest } from "../require-node";
import { adoptFileCommand } from "./adopt-file";
import { doctorCommand } from "./doctor";
import { Exit } from "./exit";
import { probeCommand } from "./probe";
import { rehearseCommand } from "./rehearse";

/** The program with all its subcommands; commander's own errors are thrown, not exited on. */
export function program(): Command {
    const root = new Command("pulumi-fastio")
        .description("Infrastructure as code for Fast.io: what goes with the Pulumi package.")
        .version(manifest.version)
        .addCommand(adoptFileCommand())
        .addCommand(doctorCommand())
        .addCommand(emulatorCommand())
        .addCommand(probeCommand())
        .addCommand(rehearseCommand())
        .showHelpAfterError("Run with --help to see what it takes.");
    for (const command of [root, ...root.commands]) {
        command.exitOverride().copyInheritedSettings(root);
    }
    return root;
}

/** Runs the command line and answers the exit code: 0, 1 for a failure, 2 for wrong usage, or what the subcommand answers by its own. */
export async function main(args: string[]): Promise<number> {
    try {
        await program().parseAsync(args, { from: "user" });
        return 0;
    } catch (error) {
        // Commander has already printed its own message, and asking for help is not an error.
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? 0 : 2;
        }
        if (error instanceof Exit) {
            return error.code;
        }
        console.error(`pulumi-fastio: ${error instanceof Error ? error.message : String(error)}`);
        return 1;
    }
}
