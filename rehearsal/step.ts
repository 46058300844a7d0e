// One change of one resource, decided by the generator and made by the executor.

import type { ResourceState } from "./deployment-state";
import type { ResourceProvider } from "./provider-protocol";

export type Operation =
    | "same"
    | "create"
    | "update"
    | "delete"
    | "replace"
    | "create-replacement"
    | "delete-replaced"
    | "read"
    | "import"
    | "import-replacement"
    | "discard"
    | "discard-replaced"
    | "forget"
    | "refresh";

/** Names of changed properties, for people. */
export interface Difference {
    added: string[];
    deleted: string[];
    updated: string[];
}

export interface Step {
    operation: Operation;
    urn: string;
    /** The resource as the state has it; the one that goes when it is deleted. */
    old?: ResourceState;
    /** The resource as it will be. */
    next?: ResourceState;
    /** Who does the work; absent for components, for bookkeeping, and for deletes of which the provider is not told. */
    provider?: ResourceProvider;
    difference?: Difference;
    /** Of a refresh: looks, and says what has happened to the resource. */
    look?: () => Promise<Operation>;
    /** Of an import: what the provider is to look for, unless the state will keep it. */
    importId?: string;
    /** Of an import: looks at what was read before it is kept. */
    judge?: () => Promise<void>;
    /** Of a replacement: the old one stays, marked, until the end of the run. */
    deleteLater?: boolean;
    /** Of a delete: the resource will be made again in this run. */
    pendingReplacement?: boolean;
    /** Tells the program, once the step has been saved. */
    answer?: (state: ResourceState) => void;
}

/** Whether the step is what happens to the resource as a whole; the parts of a replacement are not. */
export function isLogical(step: Step): boolean {
    return !["create-replacement", "import-replacement", "delete-replaced", "discard-replaced", "forget"].includes(
        step.operation,
    );
}

/** An error that has been told to the user already. */
export class Told extends Error {
    constructor() {
        super("told");
        this.name = "Told";
    }
}
