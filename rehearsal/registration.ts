// What a program asks for when it registers a resource; what this engine does not do is refused by its name.

import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { isProviderType, stackType } from "./deployment-state";
import { fromStruct, mapProperties, type Properties, withoutOutputValues } from "./values";

/** A resource as the program wants it. */
export interface Goal {
    urn: string;
    type: string;
    name: string;
    custom: boolean;
    parent: string;
    /** `urn::id` of the provider, empty for components. */
    provider: string;
    properties: Properties;
    dependencies: string[];
    propertyDependencies: Record<string, string[]>;
    /** Undefined when the program says nothing: then the parent's counts. */
    protect: boolean | undefined;
    ignoreChanges: string[];
    deleteBeforeReplace: boolean | undefined;
    additionalSecretOutputs: string[];
}

const dynamicTypePrefix = "pulumi-nodejs:";

export function decodeRegistration(request: RegisterResourceRequest, urn: string): Goal {
    const propertyDependencies: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((list, key) => {
        propertyDependencies[key] = list.getUrnsList();
    });
    return {
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: request.getCustom(),
        parent: request.getParent(),
        provider: request.getProvider(),
        properties: mapProperties(fromStruct(request.getObject()), withoutOutputValues),
        dependencies: request.getDependenciesList(),
        propertyDependencies,
        protect: request.hasProtect() ? request.getProtect() : undefined,
        ignoreChanges: request.getIgnorechangesList(),
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    };
}

/** The first thing in the request that the rehearsal cannot do, named as users know it. */
export function unsupportedIn(request: RegisterResourceRequest): string | undefined {
    const timeouts = request.getCustomtimeouts();
    const options: [string, boolean][] = [
        ["import", request.getImportid() !== ""],
        ["aliases", request.getAliasesList().length + request.getAliasurnsList().length > 0],
        ["retainOnDelete", request.getRetainondelete() === true],
        ["replaceOnChanges", request.getReplaceonchangesList().length > 0],
        ["deletedWith", request.getDeletedwith() !== ""],
        ["replaceWith", request.getReplaceWithList().length > 0],
        ["replacementTrigger", request.hasReplacementTrigger()],
        ["hideDiffs", request.getHidediffsList().length > 0],
        ["customTimeouts", timeouts !== undefined && Object.values(timeouts.toObject()).some((time) => time !== "")],
        ["transforms", request.getTransformsList().length > 0],
        ["hooks", Object.values(request.getHooks()?.toObject() ?? {}).some((list) => list.length > 0)],
        ["provider", request.getProvider() !== ""],
        ["providers", request.getProvidersMap().getLength() > 0],
        ["stateMigrations", request.getStateMigrationsList().length > 0],
    ];
    const option = options.find(([, used]) => used);
    if (option) return `the resource option \`${option[0]}\``;
    if (request.getRemote()) return "remote components";
    if (!request.getCustom()) return undefined;
    const type = request.getType();
    if (isProviderType(type)) return `explicit providers (\`${type}\`)`;
    if (request.getPackageref() !== "") return "parameterized packages";
    if (!type.startsWith(dynamicTypePrefix)) return `resources of the provider plugin \`${type.split(":")[0]}\``;
    return undefined;
}

/** The URN of a resource: the types of its parents, the Stack left out, lead to its own. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const chain = parentType === undefined || parentType === stackType ? type : `${parentType}$${type}`;
    return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}
