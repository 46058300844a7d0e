/** What the command `adopt-file` does: reads things with the configuration of the environment, and prepares their import. */
import { Connection, type ShowMessage } from "../connection";
import { readSettings } from "../core/config";
import { importCommand, quoted } from "../core/import-command";
import { type AdoptOptions, adopt, savedFiles } from "./adopt";
import { adoptedIn, holdsSecrets, placeholdersIn } from "./import-file";
import { programOf } from "./program";

export { kindNamed, kindNames } from "./adopt";

export interface AdoptFileResult {
    /** A TypeScript module that declares everything in the import file. */
    program: string;
    /** How many things are in the import file. */
    count: number;
    /** The files of the project that hold the bytes of adopted assets. */
    files: string[];
    /** The commands that fill what is still empty in the import file. */
    missing: string[];
    /** Whether the import file holds secrets beside what every import file holds. */
    secret: boolean;
}

/** Adds things to an import file, and answers the program for all that is in it. */
export async function adoptFile(
    environment: NodeJS.ProcessEnv,
    show: ShowMessage,
    options: Omit<AdoptOptions, "lifecycle">,
): Promise<AdoptFileResult> {
    const connection = new Connection(() => readSettings(() => undefined, environment), show);
    try {
        const file = await adopt({ ...options, lifecycle: connection.lifecycle });
        const adopted = adoptedIn(file);
        return {
            program: programOf(adopted),
            count: adopted.length,
            files: savedFiles(adopted),
            missing: placeholdersIn(file).map(({ definition, entry }) => {
                const target = { ofPlugin: false, name: entry.name };
                return `${importCommand(definition.kind, "ID", target)}${options.out === "import.json" ? "" : ` --out ${quoted(options.out)}`}`;
            }),
            secret: holdsSecrets(adopted),
        };
    } finally {
        await connection.close();
    }
}
