/** What the engine starts, bundled into one file. */
import type * as plugin from "./process";

try {
    require("../../require-node");
} catch (error) {
    // On too old a Node nothing further is even read.
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
}
void (require("./process") as typeof plugin).main();
