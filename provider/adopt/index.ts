/** What the command `adopt-file` does: reads things with the configuration of the environment, and prepares their import. */
import { Connection, type ShowMessage } from "../connection";
import { readSettings } from "../core/config";
import { type AdoptOptions, adopt, savedFiles } from "./adopt";
import { holdsSecrets } from "./import-file";
import { programOf } from "./program";

export { kindNamed, kindNames } from "./adopt";

export interface AdoptFileResult {
    /** A TypeScript module that declares everything in the import file. */
    program: string;
    /** How many things are in the import file. */
    count: number;
    /** The files of the project that hold the bytes of adopted assets. */
    files: string[];
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
        const adopted = await adopt({ ...options, lifecycle: connection.lifecycle });
        return {
            program: programOf(adopted),
            count: adopted.length,
            files: savedFiles(adopted),
            secret: holdsSecrets(adopted),
        };
    } finally {
        await connection.close();
    }
}
