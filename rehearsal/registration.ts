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

/** Fields of a registration that stand for an option which this engine does not have. Older SDKs lack some of them. */
const unsupportedOptions = {
    importid: "import",
    aliasesList: "aliases",
    aliasurnsList: "aliases",
    retainondelete: "retainOnDelete",
    replaceonchangesList: "replaceOnChanges",
    deletedwith: "deletedWith",
    replaceWithList: "replaceWith",
    replacementTrigger: "replacementTrigger",
    hidediffsList: "hideDiffs",
    customtimeouts: "customTimeouts",
    transformsList: "transforms",
    hooks: "hooks",
    provider: "provider",
    providersMap: "providers",
    stateMigrationsList: "stateMigrations",
} as const;

/** The first thing in the request that the rehearsal cannot do, named as users know it. */
export function unsupportedIn(request: RegisterResourceRequest): string | undefined {
    const fields = request.toObject();
    for (const field of Object.keys(unsupportedOptions) as (keyof typeof unsupportedOptions)[]) {
        if (says(fields[field])) return `the resource option \`${unsupportedOptions[field]}\``;
    }
    if (request.getRemote()) return "remote components";
    if (!request.getCustom()) return undefined;
    const type = request.getType();
    if (isProviderType(type)) return `explicit providers (\`${type}\`)`;
    if (request.getPackageref() !== "") return "parameterized packages";
    if (!type.startsWith(dynamicTypePrefix)) return `resources of the provider plugin \`${type.split(":")[0]}\``;
    return undefined;
}

/** Whether a field says anything: an empty message says as little as one that is not there. */
function says(value: unknown): boolean {
    return typeof value === "object" && value !== null ? Object.values(value).some(says) : Boolean(value);
}

/** The URN of a resource: the types of its parents, the Stack left out, lead to its own. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const chain = parentType === undefined || parentType === stackType ? type : `${parentType}$${type}`;
    return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}
