/** Everything that is generated from the definitions, by path. */
import { resources } from "../resources";
import { referenceFiles } from "./reference";
import { sdkFiles } from "./sdk";

export function generatedFiles(): Record<string, string> {
    return { ...sdkFiles(resources), ...referenceFiles(resources) };
}
