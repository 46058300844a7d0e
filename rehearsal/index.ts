// The rehearsal: a small Pulumi engine that runs a real program against the real providers, without the Pulumi CLI.

import { RehearsalStack, type RehearseOptions } from "./stack";

export type { ImportedResource } from "./import-file";
export { RehearsalError, type RehearsalStack, type RehearseOptions } from "./stack";

/**
 * Opens a stack of the program in `workDir` on the rehearsal engine.
 *
 * The stack takes and gives what a stack of the Automation API does. It is a rehearsal, not a replacement: what it does
 * not support it refuses by name, and its state opens in the Pulumi CLI.
 */
export function rehearse(options: RehearseOptions): RehearsalStack {
    return new RehearsalStack(options);
}
