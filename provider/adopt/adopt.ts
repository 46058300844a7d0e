/** From things that are on the service to what a stack's state and program need to hold them. */
import { decodeAsset } from "../core/assets";
import { check } from "../core/check";
import { metaOf, type Properties, propertyNames, type ResourceDefinition } from "../core/define";
import { messageOf, ResourceError } from "../core/errors";
import type { Lifecycle, ReadResult } from "../core/lifecycle";
import { resourceKey, withoutInternal } from "../core/state";
import { resources } from "../resources";
import {
    type Adopted,
    adoptedIn,
    type ImportFile,
    namesIn,
    type Placeholder,
    placeholdersIn,
    readImportFile,
    withAdopted,
    writeImportFile,
} from "./import-file";
import { declaredInputs, nameFor } from "./program";
import { saveAsset } from "./save-asset";

export interface AdoptOptions {
    lifecycle: Lifecycle;
    definition: ResourceDefinition;
    /** Ids or names, as the kind is imported by. */
    named: readonly string[];
    /** The name in the program; for one thing only. */
    as?: string | undefined;
    /** The URN of the resource that becomes the parent. */
    parent?: string | undefined;
    /** The import file, which is added to. */
    out: string;
    /** The project's folder: bytes of assets are put below it. */
    folder: string;
}

const nothing = { inputs: {}, outputs: {} };

export const kindNames: readonly string[] = resources.map(({ kind }) => kind);

/** The kind that somebody names: `Workspace`, `workspace`, `workspace-member`. */
export function kindNamed(text: string): ResourceDefinition | undefined {
    const plain = (name: string) => name.replaceAll("-", "").toLowerCase();
    return resources.find(({ kind }) => plain(kind) === plain(text));
}

/** Adopts everything that is named, or, when one of them cannot be, nothing. Answers what the import file holds then. */
export async function adopt(options: AdoptOptions): Promise<ImportFile> {
    const { lifecycle, definition, named, out } = options;
    let file = await readImportFile(out);
    const failures: string[] = [];
    for (const one of named) {
        try {
            const found = await lifecycle.read({ kind: definition.kind }, one, nothing);
            if (found === undefined) {
                failures.push(
                    `There is no ${definition.noun} ${JSON.stringify(one)} that this account can see. It is found by ${definition.importedBy}.`,
                );
            } else {
                const place = placeFor(options, file, found.id);
                file = withAdopted(file, await adopted(options, file, found, place), place);
            }
        } catch (error) {
            failures.push(`${definition.noun} ${JSON.stringify(one)}: ${messageOf(error)}`);
        }
    }
    if (failures.length > 0) throw new ResourceError([...failures, `Nothing was written to ${out}.`].join("\n"));
    await writeImportFile(out, file);
    return file;
}

/** The entry that waits for this one: under the name that is asked for, or with an id that somebody wrote into it. */
function placeFor({ definition, as, out }: AdoptOptions, file: ImportFile, id: string): Placeholder | undefined {
    const waiting = placeholdersIn(file).filter((one) => one.definition === definition);
    if (as === undefined) return waiting.find(({ entry }) => entry.id === id);
    const exact = waiting.find(({ entry }) => entry.name === as);
    const [place, ...others] = exact === undefined ? waiting.filter(({ name }) => name === as) : [exact];
    if (place !== undefined && others.length > 0) {
        const names = [place, ...others].map(({ entry }) => entry.name).join(", ");
        throw new ResourceError(`several resources wait under the name ${as} in ${out}: choose one with --as ${names}`);
    }
    return place;
}

async function adopted(
    options: AdoptOptions,
    file: ImportFile,
    found: ReadResult,
    place: Placeholder | undefined,
): Promise<Adopted> {
    const { lifecycle, definition } = options;
    const { kind } = definition;
    const { id } = found;
    const all = adoptedIn(file);
    const before = all.find((one) => one.definition === definition && one.id === id);
    const taken = namesIn(file, kind, id);
    const name = place?.name ?? options.as ?? before?.name ?? nameFor(definition, found.inputs, all, taken);
    const parent = options.parent ?? place?.parent ?? before?.parent;
    if (place === undefined && taken.has(name)) {
        throw new ResourceError(`${options.out} has another ${definition.noun} under the name ${name}; choose another`);
    }
    const assets = await assetsOf(options, name, id);
    const declared = declaredInputs(definition, name, { ...found.inputs, ...assets });
    const { inputs, failures } = check(definition, {}, { ...declared, [resourceKey]: `::${name}` });
    if (failures.length > 0) {
        const reasons = failures.map(({ property, reason }) => `${property}: ${reason}`).join("; ");
        throw new ResourceError(`as it is, a program cannot declare it. ${reasons}`);
    }
    const complete = withoutInternal(inputs);
    const read = await lifecycle.read({ kind }, id, { inputs: complete, outputs: found.outputs });
    if (read === undefined) throw new ResourceError("it went away while it was read");
    return { definition, name, id, inputs: complete, outputs: read.outputs, parent };
}

/** The assets of a thing, with their bytes in files of the project: nothing less makes an import that needs no upload. */
async function assetsOf(
    { lifecycle, definition, folder }: AdoptOptions,
    name: string,
    id: string,
): Promise<Properties> {
    const assets: Properties = {};
    for (const property of propertyNames(definition.inputs)) {
        if (metaOf(definition, property).form !== "asset") continue;
        const save = (file: string) => lifecycle.saveAsset({ kind: definition.kind }, id, property, file);
        const saved = await saveAsset(folder, definition.kind, name, save);
        if (saved !== undefined) assets[property] = saved;
    }
    return assets;
}

/** The files of the project that hold the bytes of adopted assets. */
export function savedFiles(adopted: readonly Adopted[]): string[] {
    return adopted.flatMap(({ inputs }) =>
        Object.values(inputs).flatMap((value) => {
            const source = decodeAsset(value)?.source;
            return source !== undefined && "path" in source ? [source.path] : [];
        }),
    );
}
