/** Failures of the resource model, worded for the person who runs Pulumi. */
import { printable } from "../api/printable";

/** A verb failed; nothing about the object has to be saved. */
export class ResourceError extends Error {
    override readonly name: string = "ResourceError";
}

/** A verb failed after the object came to exist or was changed: the id and what is known must be saved. */
export class PartialFailure extends Error {
    override readonly name = "PartialFailure";
    constructor(
        readonly id: string,
        readonly inputs: Record<string, unknown>,
        readonly outputs: Record<string, unknown>,
        message: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}

/** The text of whatever was thrown, as a terminal may show it. */
export function messageOf(thrown: unknown): string {
    return printable(thrown instanceof Error ? thrown.message : String(thrown));
}

/** What to do when nobody knows whether a create happened: the next one would make a second object. */
export const mayExist =
    "it may exist. Before the next `pulumi up` look for what the state does not know: " +
    "pulumi stack export --file state.json && npx pulumi-fastio doctor --state state.json";
