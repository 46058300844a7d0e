// What `pulumi import --file` takes: resources that exist, with the inputs and outputs that the state shall have of them.

import type { ImportResource } from "@pulumi/pulumi/automation";
import { makeUrn } from "./aliases";
import { stackType } from "./deployment-state";
import { type Goal, noOptions, unsupportedProviderOf } from "./registration";
import { isObject, isSecret, mapProperties, mapValue, type Properties, secret, type Value } from "./values";

/** One resource of an import file. Dynamic resources need both `inputs` and `outputs`: their host cannot read by id alone. */
export interface ImportedResource extends ImportResource {
    inputs?: object;
    outputs?: object;
}

export interface ImportFile {
    resources: ImportedResource[];
    /** The URNs of the parents that are named. */
    nameTable: Record<string, string>;
    protect: boolean;
}

/** A resource to take into the state. */
export interface Imported {
    goal: Goal;
    id: string;
    outputs: Properties;
}

/** Reads the file; a resource that cannot be imported is an error that says why, before any other is touched. */
export function readImportFile(file: ImportFile, stackName: string, projectName: string): Imported[] {
    const stackUrn = makeUrn(stackName, projectName, "", stackType, `${projectName}-${stackName}`);
    const urns = new Map(Object.entries(file.nameTable));
    return file.resources.map((resource) => {
        const { type, name, logicalName = name, id = "", parent, component = false } = resource;
        const parentUrn = parent === undefined ? stackUrn : urns.get(parent);
        if (parentUrn === undefined) {
            throw new Error(
                `${type} '${name}': its parent '${parent}' is neither in \`nameTable\` nor imported before it.`,
            );
        }
        refuse(resource);
        const urn = makeUrn(stackName, projectName, parentUrn, type, logicalName);
        urns.set(name, urn);
        const goal: Goal = {
            ...noOptions,
            urn,
            type,
            name: logicalName,
            custom: !component,
            parent: parentUrn,
            provider: "",
            properties: opened(resource.inputs),
            protect: file.protect,
        };
        return { goal, id, outputs: opened(resource.outputs) };
    });
}

function refuse({ type, name, id, inputs, outputs, provider, remote, component }: ImportedResource): void {
    const unsupported =
        (provider !== undefined && "the import of a resource of an explicit provider") ||
        (remote && "remote components") ||
        (!component && unsupportedProviderOf(type, ""));
    if (unsupported) throw new Error(`The rehearsal does not support ${unsupported}. The Pulumi CLI does.`);
    if (component) return;
    if (!id) throw new Error(`${type} '${name}' has no \`id\`.`);
    if (!inputs || !outputs) {
        throw new Error(
            `${type} '${name}' needs \`inputs\` and \`outputs\`: a dynamic resource cannot be imported by its id alone.`,
        );
    }
}

/** Secrets stand in the file as exports with `--show-secrets` have them. */
function opened(values: object = {}): Properties {
    return mapProperties(values as Properties, (value) => mapValue(value, openedSecret));
}

function openedSecret(value: Value): Value {
    if (!isObject(value) || !isSecret(value)) return value;
    if (typeof value.plaintext !== "string") {
        throw new Error("A secret in an import file needs `plaintext`: the JSON text of its value.");
    }
    return secret(JSON.parse(value.plaintext));
}
