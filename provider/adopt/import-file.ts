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
    /** The resource that becomes its parent: a URN, or its name in the import file. */
    parent?: string | undefined;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const entrySchema = z.looseObject({
    type: z.string(),
    name: z.string(),
    logicalName: z.string().optional(),
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

/** An entry, and what it holds where that is something adopted: one of another tool, or with no more than an id, holds nothing. */
interface Item {
    entry: Entry;
    adopted?: Adopted | undefined;
}

/** What an import file holds. Its order stays, because a parent comes before its children. */
export interface ImportFile {
    items: readonly Item[];
    nameTable: Readonly<Record<string, string>>;
    /** What else is in it. */
    rest: Record<string, unknown>;
}

/** The file as it is; an empty one where there is none yet. */
export async function readImportFile(path: string): Promise<ImportFile> {
    try {
        const { nameTable = {}, resources = [], ...rest } = fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
        const items = resources.map((entry) => ({ entry, adopted: adoptedOf(entry, nameTable) }));
        return { items, nameTable, rest };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return { items: [], nameTable: {}, rest: {} };
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
        throw new ResourceError(
            `${path} is there and is no import file, so nothing was added to it: ${reason}. Name another with --out`,
            { cause: error },
        );
    }
}

export function adoptedIn({ items }: ImportFile): Adopted[] {
    return items.flatMap(({ adopted }) => adopted ?? []);
}

/** A dynamic resource of ours that `pulumi preview --import-file` found in the program, and that nothing is known of yet. */
export interface Placeholder {
    definition: ResourceDefinition;
    /** Its name in the program. */
    name: string;
    entry: Entry;
    parent?: string | undefined;
}

export function placeholdersIn({ items, nameTable }: ImportFile): Placeholder[] {
    return items.flatMap(({ entry, adopted }) => {
        const definition = resourcesByKind.get(kindOf(entry.type) ?? "");
        if (definition === undefined || adopted !== undefined) return [];
        return [{ definition, name: nameOf(entry), entry, parent: parentOf(entry, nameTable) }];
    });
}

function nameOf({ name, logicalName }: Entry): string {
    return logicalName ?? name;
}

function parentOf({ parent }: Entry, nameTable: ImportFile["nameTable"]): string | undefined {
    return parent === undefined ? undefined : (nameTable[parent] ?? parent);
}

/** The names that resources of the kind have in the file, other than the one with this id. */
export function namesIn({ items }: ImportFile, kind: string, id: string): Set<string> {
    const same = items.filter(({ entry }) => entry.type === dynamicType(kind) && entry.id !== id);
    return new Set(same.map(({ entry }) => nameOf(entry)));
}

/** The file with one more: in the place that was kept for it, else where it has been before, else at the end. */
export function withAdopted(file: ImportFile, one: Adopted, place?: Placeholder): ImportFile {
    const isSame = ({ adopted }: Item) => adopted?.definition === one.definition && adopted.id === one.id;
    const kept = place === undefined ? file.items.find(isSame) : file.items.find(({ entry }) => entry === place.entry);
    const parent = kept === undefined ? undefined : parentOf(kept.entry, file.nameTable);
    // A parent's name in the table is its URN, so that no two are the same.
    const isNamed = one.parent !== undefined && one.parent !== parent;
    const entry = { ...kept?.entry, ...entryOf(one), ...(isNamed && { parent: one.parent }) };
    if (kept !== undefined) Object.assign(entry, { name: kept.entry.name });
    const item = { entry, adopted: one };
    const others = file.items.filter((other) => other === kept || !isSame(other));
    return {
        ...file,
        items: kept === undefined ? [...others, item] : others.map((other) => (other === kept ? item : other)),
        nameTable: isNamed ? { ...file.nameTable, [`${one.parent}`]: `${one.parent}` } : file.nameTable,
    };
}

/** Only the owner may read the file: what is secret stands in it in plain text, as Pulumi wants it. */
export async function writeImportFile(path: string, { items, nameTable, rest }: ImportFile): Promise<void> {
    const file = { ...rest, nameTable, resources: items.map(({ entry }) => entry) };
    await writeFile(path, `${JSON.stringify(file, undefined, 4)}\n`, { mode: 0o600 });
}

function entryOf({ definition, name, id, inputs, outputs }: Adopted): Entry {
    const provider = { [providerKey]: providerText(definition.kind) };
    return {
        type: dynamicType(definition.kind),
        name,
        id,
        inputs: { ...sealed(definition, inputs), ...provider },
        outputs: sealed(definition, stateOf(outputs, inputs, provider)),
    };
}

/** The entry as something adopted; undefined when another tool made it, or what the host needs of it is missing. */
function adoptedOf(entry: Entry, nameTable: ImportFile["nameTable"]): Adopted | undefined {
    const { type, id, inputs, outputs } = entry;
    const definition = resourcesByKind.get(kindOf(type) ?? "");
    if (definition === undefined || id === undefined || inputs === undefined || outputs === undefined) return undefined;
    const { [providerKey]: text, ...declared } = unsealed(inputs);
    const { [providerKey]: shownText, [inputsKey]: _, ...shown } = unsealed(outputs);
    // Without the text the host can do nothing with it.
    if (text === undefined || shownText === undefined) return undefined;
    return {
        definition,
        name: nameOf(entry),
        id,
        inputs: declared,
        outputs: shown,
        parent: parentOf(entry, nameTable),
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
