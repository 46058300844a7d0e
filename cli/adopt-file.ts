// The subcommand `pulumi-fastio adopt-file`: the import file on disk, the program on standard output, all else on standard error.
import { Command } from "commander";
import { adoptFile, kindNamed, kindNames } from "../provider/adopt";

interface Options {
    as?: string;
    parent?: string;
    out: string;
}

export function adoptFileCommand(): Command {
    return new Command("adopt-file")
        .description(
            "Prepares things that are on Fast.io for `pulumi import --file`, and prints the program that declares them.",
        )
        .argument("<kind>", `what they are: ${kindNames.join(", ")}`)
        .argument("<id or name...>", "which ones: ids, or the names that the kind is imported by")
        .option("--as <name>", "name in the program, for one thing; made of what people call it by default")
        .option("--parent <urn>", "URN of the resource that becomes the parent in the program")
        .option("--out <file>", "the import file; what is in it already stays, and is printed as well", "import.json")
        .addHelpText(
            "after",
            "\nRun it in the project's folder: bytes of files and images are put into its folder adopted/.\n" +
                "The account is that of FASTIO_TOKEN, FASTIO_API_KEY, or FASTIO_EMAIL and FASTIO_PASSWORD.",
        )
        .action(run);
}

async function run(kind: string, named: string[], { as, parent, out }: Options, command: Command): Promise<void> {
    const definition = kindNamed(kind);
    if (definition === undefined)
        return command.error(`error: there is no kind ${kind}; the kinds are ${kindNames.join(", ")}`, { exitCode: 2 });
    if (as !== undefined && named.length > 1)
        return command.error("error: option '--as <name>' is for one thing, and several are named", { exitCode: 2 });
    if (parent !== undefined && !/^urn:pulumi:[^:]+::[^:]+::.+::.+$/.test(parent))
        return command.error("error: option '--parent <urn>' must be a URN, as `pulumi stack --show-urns` shows it", {
            exitCode: 2,
        });
    const { program, count, files, missing, secret } = await adoptFile(
        process.env,
        (severity, message) => severity !== "debug" && console.error(`Fast.io: ${message}`),
        { definition, named, as, parent, out, folder: process.cwd() },
    );
    process.stdout.write(program);
    const notes = [
        "",
        `${out} holds ${count === 1 ? "it" : `these ${count}`}. Next:`,
        "1. Put the lines above into the program.",
        `2. pulumi import --file ${out} --generate-code=false`,
        "3. pulumi preview, which shows nothing to do.",
        ...(missing.length === 0
            ? []
            : [`Before the import, these of its entries need what Pulumi cannot read by id alone:`, ...missing]),
        ...(parent === undefined ? [] : [`The option parent is the program's own variable for ${parent}.`]),
        ...(files.length === 0 ? [] : [`The program needs ${files.join(", ")}: keep them with it.`]),
        ...(secret ? [`${out} holds secrets in plain text: delete it after the import.`] : []),
        "protect keeps them from being deleted by mistake; take it off where that is not wanted.",
    ];
    console.error(notes.join("\n"));
}
