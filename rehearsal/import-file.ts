// What `pulumi import --file` takes: resources that exist, with the inputs and outputs that the state shall have of them.

import type { ImportResource } from "@pulumi/pulumi/automation";
import { makeUrn } from "./aliases";
import { isProviderType, stackType } from "./deployment-state";
import type { Project } from "./project";
import { dynamicPackage } from "./providers";
import { type Goal, noOptions, unsupportedProviderOf } from "./registration";
import { isObject, isSecret, mapProperties, mapValue, type Properties, secret, type Value } from "./values";

/** One resource of an import file. Dynamic resources need both `inputs` and `outputs`: their host cannot read by id alone. */
export interface ImportedResource extends ImportResource {
    /** What the provider cannot read, or with `outputs` all that it has been given. */
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
    /** Empty when the provider is to read them. */
    outputs: Properties;
    /** The inputs that count, of those that are read; all when none are named. */
    properties: string[];
}

/** Reads the file; a resource that cannot be imported is an error that says why, before any other is touched. */
export function readImportFile(file: ImportFile, stackName: string, project: Project): Imported[] {
    const stackUrn = makeUrn(stackName, project.name, "", stackType, `${project.name}-${stackName}`);
    const urns = new Map(Object.entries(file.nameTable));
    return file.resources.map((resource) => {
        const { type, name, logicalName = name, id = "", parent, component = false } = resource;
        const parentUrn = parent === undefined ? stackUrn : urns.get(parent);
        if (parentUrn === undefined) {
            throw new Error(
                `${type} '${name}': its parent '${parent}' is neither in \`nameTable\` nor imported before it.`,
            );
        }
        refuse(resource, project);
        const provider = resource.provider === undefined ? "" : urns.get(resource.provider);
        if (provider === undefined) {
            throw new Error(`${type} '${name}': its provider '${resource.provider}' is not in \`nameTable\`.`);
        }
        const urn = makeUrn(stackName, project.name, parentUrn, type, logicalName);
        urns.set(name, urn);
        const goal: Goal = {
            ...noOptions,
            urn,
            type,
            name: logicalName,
            custom: !component,
            parent: parentUrn,
            provider,
            request: {
                package: type.split(":")[0] ?? "",
                version: resource.version ?? "",
                downloadUrl: resource.pluginDownloadUrl ?? "",
            },
            properties: opened(resource.inputs),
            protect: file.protect,
        };
        return { goal, id, outputs: opened(resource.outputs), properties: resource.properties ?? [] };
    });
}

function refuse({ type, name, id, inputs, outputs, remote, component }: ImportedResource, project: Project): void {
    const unsupported =
        (remote && "remote components") ||
        (isProviderType(type) && "the import of explicit providers") ||
        (!component && unsupportedProviderOf(type, "", project));
    if (unsupported) throw new Error(`The rehearsal does not support ${unsupported}. The Pulumi CLI does.`);
    if (component) return;
    if (!id) throw new Error(`${type} '${name}' has no \`id\`.`);
    if (type.startsWith(`${dynamicPackage}:`) && ![inputs, outputs].every(hasProviderText)) {
        throw new Error(
            `${type} '${name}' needs \`inputs\` and \`outputs\`, each with the provider's text in \`__provider\`: a dynamic resource cannot be ` +
                "imported by its id alone. For resources of pulumi-fastio, `npx pulumi-fastio adopt-file` writes them.",
        );
    }
}

function hasProviderText(properties: object | undefined): boolean {
    return properties !== undefined && "__provider" in properties;
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
