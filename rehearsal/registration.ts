// What a program asks for when it registers a resource; what this engine does not do is refused by its name.

import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type Alias, decodeAlias, makeUrn } from "./aliases";
import { isProviderType, stackType } from "./deployment-state";
import { parseDuration } from "./durations";
import type { Project } from "./project";
import { fromStruct, mapProperties, type Properties, type Value, withoutOutputValues } from "./values";

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
    /** Undefined when the program says nothing, as above. */
    retainOnDelete: boolean | undefined;
    /** Empty when the program says nothing: then the parent's counts. */
    deletedWith: string;
    ignoreChanges: string[];
    replaceOnChanges: string[];
    replaceWith: string[];
    replacementTrigger: Value;
    hideDiffs: string[];
    /** Seconds by verb. */
    customTimeouts: Record<string, number>;
    deleteBeforeReplace: boolean | undefined;
    additionalSecretOutputs: string[];
    aliases: Alias[];
}

/** Options that say nothing. */
export const noOptions = {
    dependencies: [],
    propertyDependencies: {},
    protect: undefined,
    retainOnDelete: undefined,
    deletedWith: "",
    ignoreChanges: [],
    replaceOnChanges: [],
    replaceWith: [],
    replacementTrigger: null,
    hideDiffs: [],
    customTimeouts: {},
    deleteBeforeReplace: undefined,
    additionalSecretOutputs: [],
    aliases: [],
} satisfies Partial<Goal>;

const dynamicTypePrefix = "pulumi-nodejs:";

/** What every URN of a stack begins with. */
export interface Place {
    project: Project;
    stackName: string;
    stackUrn: string;
}

/** The URN of what is asked for; without a parent it belongs to the Stack. */
export function place(request: RegisterResourceRequest | ReadResourceRequest, at: Place): string {
    if (request.getType() !== stackType && request.getParent() === "") request.setParent(at.stackUrn);
    return makeUrn(at.stackName, at.project.name, request.getParent(), request.getType(), request.getName());
}

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
        retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
        deletedWith: request.getDeletedwith(),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        // Older SDKs lack these.
        replaceWith: request.getReplaceWithList?.() ?? [],
        replacementTrigger: (request.getReplacementTrigger?.()?.toJavaScript() ?? null) as Value,
        hideDiffs: request.getHidediffsList?.() ?? [],
        customTimeouts: decodeTimeouts(request.getCustomtimeouts()),
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        aliases: [...request.getAliasesList().map(decodeAlias), ...request.getAliasurnsList().map((urn) => ({ urn }))],
    };
}

/** What `get` of the SDK asks for: a resource that is read and never managed. */
export function decodeRead(request: ReadResourceRequest, urn: string): Goal {
    return {
        ...noOptions,
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: true,
        parent: request.getParent(),
        provider: request.getProvider(),
        properties: mapProperties(fromStruct(request.getProperties()), withoutOutputValues),
        dependencies: request.getDependenciesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    };
}

function decodeTimeouts(timeouts: RegisterResourceRequest.CustomTimeouts | undefined): Record<string, number> {
    const written = {
        create: timeouts?.getCreate(),
        update: timeouts?.getUpdate(),
        delete: timeouts?.getDelete(),
        read: timeouts?.getRead?.(),
    };
    return Object.fromEntries(
        Object.entries(written).flatMap(([verb, text]) => (text ? [[verb, parseDuration(text)]] : [])),
    );
}

/** Fields of a registration that stand for an option which this engine does not have. Older SDKs lack some of them. */
const unsupportedOptions = {
    importid: "import",
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
    return request.getCustom() ? unsupportedProviderOf(request.getType(), request.getPackageref()) : undefined;
}

/** What of a resource or a function of `token` the rehearsal has no provider for. */
export function unsupportedProviderOf(token: string, packageReference: string): string | undefined {
    if (isProviderType(token)) return `explicit providers (\`${token}\`)`;
    if (packageReference !== "") return "parameterized packages";
    if (token.startsWith("pulumi:pulumi:")) return `\`${token}\` (stack references)`;
    return token.startsWith(dynamicTypePrefix) ? undefined : `the provider plugin \`${token.split(":")[0]}\``;
}

/** Whether a field says anything: an empty message says as little as one that is not there. */
function says(value: unknown): boolean {
    return typeof value === "object" && value !== null ? Object.values(value).some(says) : Boolean(value);
}
