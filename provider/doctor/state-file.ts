/** A stack export, as far as the doctor reads it. Secrets in it stay encrypted, and are values that nobody knows. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type Known, type Properties, parentOf, type ResourceDefinition } from "../core/define";
import { messageOf, ResourceError } from "../core/errors";
import { logicalName } from "../core/naming";
import { knownOf } from "../core/state";
import { nameIn } from "../core/token";
import { kindOf } from "../dynamic/host-state";
import { resourcesByKind } from "../resources";

const properties = z.record(z.string(), z.unknown()).default({});
const resourceSchema = z.looseObject({
    urn: z.string(),
    type: z.string(),
    id: z.string().default(""),
    parent: z.string().optional(),
    inputs: properties,
    outputs: properties,
});
const deploymentSchema = z.looseObject({
    resources: z.array(resourceSchema).default([]),
    pending_operations: z.array(z.object({ resource: resourceSchema, type: z.string() })).default([]),
});
const fileSchema = z.union([
    z.object({ deployment: deploymentSchema }).transform(({ deployment }) => deployment),
    z.object({ checkpoint: z.object({ latest: deploymentSchema }) }).transform(({ checkpoint }) => checkpoint.latest),
]);

/** A resource of Fast.io in a state. */
export interface Kept {
    definition: ResourceDefinition;
    urn: string;
    name: string;
    /** Empty while it is being created. */
    id: string;
    known: Known;
    /** The URN of a parent other than the stack. */
    parent: string | undefined;
    /** Whether it is of the plugin, and not a dynamic resource. */
    ofPlugin: boolean;
}

export interface PendingOperation {
    /** As the engine calls it: `creating`, `updating`, `deleting`, `reading`, `importing`. */
    type: string;
    urn: string;
    /** Undefined when it is not of Fast.io. */
    kept: Kept | undefined;
}

export interface StateFile {
    /** How many resources it holds, those of others included. */
    size: number;
    kept: Kept[];
    pending: PendingOperation[];
}

export async function readStateFile(path: string): Promise<StateFile> {
    try {
        const deployment = fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
        return {
            size: deployment.resources.length,
            kept: deployment.resources.flatMap((one) => keptOf(one) ?? []),
            pending: deployment.pending_operations.map(({ resource, type }) => ({
                type,
                urn: resource.urn,
                kept: keptOf(resource),
            })),
        };
    } catch (error) {
        const reason = error instanceof z.ZodError || error instanceof SyntaxError ? "it is not one" : messageOf(error);
        throw new ResourceError(`${path} cannot be read as a stack export: ${reason}`, { cause: error });
    }
}

const stackType = "::pulumi:pulumi:Stack::";

function keptOf({ urn, type, id, parent, inputs, outputs }: z.infer<typeof resourceSchema>): Kept | undefined {
    const pluginKind = nameIn(type);
    const definition = resourcesByKind.get(pluginKind ?? kindOf(type) ?? "");
    if (definition === undefined) return undefined;
    return {
        definition,
        urn,
        name: logicalName(urn),
        id,
        // The inputs among the outputs are encrypted as a whole.
        known: { inputs, outputs: knownOf(outputs).outputs },
        parent: parent === undefined || parent.includes(stackType) ? undefined : parent,
        ofPlugin: pluginKind !== undefined,
    };
}

/** The parent on the service: what the inputs say, else the outputs. */
export function parentOfKept({ definition, known }: Kept): { kind: string; id: string } | undefined {
    return parentOf(definition, { ...known.outputs, ...known.inputs });
}

/** The names under which something of the kind is known, whichever of them a state or a list has. */
export function identities(definition: ResourceDefinition, id: string, outputs: Properties): string[] {
    return definition.identities?.(id, { inputs: {}, outputs }) ?? [id];
}
