/** Everything that is generated from the definitions, by path. */
import { functions } from "../functions";
import { resources } from "../resources";
import { componentFiles, componentLines } from "./components";
import { functionFiles } from "./functions";
import { referenceFiles } from "./reference";
import { schemaFiles } from "./schema";
import { sdkFiles } from "./sdk";

export function generatedFiles(): Record<string, string> {
    return {
        ...sdkFiles(resources),
        ...referenceFiles(resources, componentLines()),
        ...componentFiles(),
        ...functionFiles(functions),
        ...schemaFiles(resources, functions),
    };
}
