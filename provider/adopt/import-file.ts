/** The file that `pulumi import --file` takes, with what only dynamic resources need of it: inputs and outputs beside the id. */
import { readFile, writeFile } from "node:fs/promises";
import * as z from "zod";
import { metaOf, type Properties, type ResourceDefinition } from "../core/define";
import { messageOf, ResourceError } from "../core/errors";
import { inputsKey, withoutInternal } from "../core/state";
import { dynamicType, kindOf, providerKey, providerText, stateOf } from "../dynamic/host-state";
import { resourcesByKind } from "../resources";

/** A thing that is there and shall belong to a stack. */
export interface Adopted {
    definition: ResourceDefinition;
    /** Its name in the program. */
    name: string;
    id: string;
    /** As a check leaves them: what the program declares, and the defaults. */
    inputs: Properties;
    outputs: Properties;
    /** The URN of the resource that becomes its parent. */
    parent?: string | undefined;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const entrySchema = z.looseObject({
    type: z.string(),
    name: z.string(),
    id: z.string().optional(),
    parent: z.string().optional(),
    inputs: z.record(z.string(), z.unknown()).optional(),
    outputs: z.record(z.string(), z.unknown()).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const fileSchema = z.looseObject({
    nameTable: z.record(z.string(), z.string()).optional(),
    resources: z.array(entrySchema).optional(),
});

/** What an import file holds: what is adopted, and entries of others, which stay as they are. */
export interface ImportFile {
    adopted: Adopted[];
    others: z.infer<typeof fileSchema>;
}

/** The file as it is; an empty one where there is none yet. */
export async function readImportFile(path: string): Promise<ImportFile> {
    const nothing = { adopted: [], others: { resources: [] } };
    try {
        const { nameTable = {}, resources = [], ...rest } = fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
        const all = resources.map((entry) => ({ entry, adopted: adoptedOf(entry, nameTable) }));
        return {
            adopted: all.flatMap(({ adopted }) => adopted ?? []),
            others: {
                ...rest,
                nameTable,
                resources: all.filter(({ adopted }) => adopted === undefined).map(({ entry }) => entry),
            },
        };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
        throw new ResourceError(
            `${path} is there and is no import file, so nothing was added to it: ${reason}. Name another with --out`,
            { cause: error },
        );
    }
}

/** The names that resources of the kind have in the file, other than the one with this id. */
export function namesIn({ adopted, others }: ImportFile, kind: string, id: string): Set<string> {
    const entries = [...adopted.map(entryOf), ...(others.resources ?? [])];
    const same = entries.filter((entry) => entry.type === dynamicType(kind) && entry.id !== id);
    return new Set(same.map(({ name }) => name));
}

/** Only the owner may read the file: what is secret stands in it in plain text, as Pulumi wants it. */
export async function writeImportFile(path: string, { adopted, others }: ImportFile): Promise<void> {
    const named = new Map(Object.entries(others.nameTable ?? {}));
    // A parent's name in the table is its URN, so that no two are the same.
    for (const { parent } of adopted) if (parent !== undefined) named.set(parent, parent);
    const file = {
        ...others,
        nameTable: Object.fromEntries(named),
        resources: [...(others.resources ?? []), ...adopted.map(entryOf)],
    };
    await writeFile(path, `${JSON.stringify(file, undefined, 4)}\n`, { mode: 0o600 });
}

function entryOf({ definition, name, id, inputs, outputs, parent }: Adopted): Entry {
    const provider = { [providerKey]: providerText(definition.kind) };
    return {
        type: dynamicType(definition.kind),
        name,
        id,
        ...(parent !== undefined && { parent }),
        inputs: { ...sealed(definition, inputs), ...provider },
        outputs: sealed(definition, stateOf(outputs, inputs, provider)),
    };
}

/** The entry as something adopted; undefined when another tool made it, or it holds no more than an id. */
function adoptedOf(entry: Entry, nameTable: Record<string, string>): Adopted | undefined {
    const { type, name, id, parent, inputs, outputs } = entry;
    const definition = resourcesByKind.get(kindOf(type) ?? "");
    if (definition === undefined || id === undefined || inputs === undefined || outputs === undefined) return undefined;
    const { [providerKey]: _, ...declared } = unsealed(inputs);
    const { [providerKey]: __, [inputsKey]: ___, ...shown } = unsealed(outputs);
    return {
        definition,
        name,
        id,
        inputs: declared,
        outputs: shown,
        ...(parent !== undefined && { parent: nameTable[parent] ?? parent }),
    };
}

function sealed(definition: ResourceDefinition, properties: Properties): Properties {
    const isSecret = (name: string) => name === inputsKey || metaOf(definition, name).secret;
    return Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [
            name,
            isSecret(name) ? { [signatureKey]: secretSignature, plaintext: JSON.stringify(value) } : value,
        ]),
    );
}

function unsealed(properties: Properties): Properties {
    return Object.fromEntries(
        Object.entries(properties).map(([name, value]) => {
            const { [signatureKey]: signature, plaintext } = (value ?? {}) as Properties;
            const isSecret = signature === secretSignature && typeof plaintext === "string";
            return [name, isSecret ? JSON.parse(plaintext) : value];
        }),
    );
}

/** Whether the file holds secrets in plain text. */
export function holdsSecrets(adopted: readonly Adopted[]): boolean {
    return adopted.some(({ definition, inputs, outputs }) =>
        Object.keys(withoutInternal({ ...inputs, ...outputs })).some((name) => metaOf(definition, name).secret),
    );
}
