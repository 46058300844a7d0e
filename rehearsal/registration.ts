// What a program asks for when it registers a resource; what this engine does not do is refused by its name.

import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type Alias, decodeAlias, makeUrn } from "./aliases";
import { isProviderType, providerTypePrefix, stackType } from "./deployment-state";
import { parseDuration } from "./durations";
import type { Project } from "./project";
import { dynamicPackage, missingPlugin, type ProviderRequest } from "./providers";
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
    /** The id of what exists and is to be taken over; empty when there is nothing. */
    importId: string;
    /** Of a component: the providers of all below it, by package. */
    providers: Record<string, string>;
    /** Which provider it gets when none is named here, nor by a component above it. */
    request: ProviderRequest;
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
    importId: "",
    providers: {},
} satisfies Partial<Goal>;

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
    const providers: Record<string, string> = {};
    request.getProvidersMap().forEach((reference, name) => {
        providers[name] = reference;
    });
    return {
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: request.getCustom(),
        importId: request.getImportid(),
        providers,
        request: providerRequest(request.getType(), request),
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
        request: providerRequest(request.getType(), request),
    };
}

/** The default provider for `token`: of its package, and of the version that the SDK belongs to. */
export function providerRequest(
    token: string,
    from: { getVersion(): string; getPlugindownloadurl(): string },
): ProviderRequest {
    const downloadUrl = from.getPlugindownloadurl().replace(/\/$/, "");
    return { package: token.split(":")[0] ?? "", version: from.getVersion(), downloadUrl };
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
    hooks: "hooks",
    envVarMappingsMap: "envVarMappings",
    stateMigrationsList: "stateMigrations",
} as const;

/** The first thing in the request that the rehearsal cannot do, named as users know it. */
export function unsupportedIn(request: RegisterResourceRequest, project: Project): string | undefined {
    const fields = request.toObject() as Record<string, unknown>;
    for (const [field, option] of Object.entries(unsupportedOptions)) {
        if (says(fields[field])) return `the resource option \`${option}\``;
    }
    if (request.getRemote()) return "remote components";
    return request.getCustom() ? unsupportedProviderOf(request.getType(), request.getPackageref(), project) : undefined;
}

/** What of a resource or a function of `token` the rehearsal has no provider for. */
export function unsupportedProviderOf(token: string, packageReference: string, project: Project): string | undefined {
    if (packageReference !== "") return "parameterized packages";
    if (token.startsWith("pulumi:pulumi:")) return `\`${token}\` (stack references)`;
    const name = isProviderType(token) ? token.slice(providerTypePrefix.length) : (token.split(":")[0] ?? "");
    if (name === dynamicPackage || project.plugins.has(name)) return undefined;
    return missingPlugin(name);
}

/** Whether a field says anything: an empty message says as little as one that is not there. */
function says(value: unknown): boolean {
    return typeof value === "object" && value !== null ? Object.values(value).some(says) : Boolean(value);
}
