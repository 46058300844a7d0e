// The state of a stack as Pulumi's version 3 deployment: read, written, secrets encrypted.

import { createHash } from "node:crypto";
import { Crypter } from "./secrets";
import {
    isObject,
    isReference,
    isSecret,
    mapProperties,
    type Properties,
    secret,
    signatureKey,
    type Value,
} from "./values";

/** One resource. Lists are empty, never absent, so that nobody has to ask. */
export interface ResourceState {
    urn: string;
    type: string;
    custom: boolean;
    id: string;
    inputs: Properties;
    outputs: Properties;
    parent: string;
    /** `urn::id` of the provider. */
    provider: string;
    dependencies: string[];
    propertyDependencies: Record<string, string[]>;
    protect: boolean;
    delete: boolean;
    pendingReplacement: boolean;
    initErrors: string[];
    additionalSecretOutputs: string[];
    ignoreChanges: string[];
    replaceOnChanges: string[];
    hideDiff: string[];
    retainOnDelete: boolean;
    /** The URN of a resource whose deletion takes this one along; empty when there is none. */
    deletedWith: string;
    replaceWith: string[];
    /** Null when there is none. */
    replacementTrigger: Value;
    /** Seconds by verb. */
    customTimeouts: Record<string, number>;
    /** The id that the program has imported it by; empty when it has not. */
    importId: string;
    /** Read and never managed: `get` of the SDK. */
    external: boolean;
    created?: string;
    modified?: string;
    /** Fields that another engine wrote and this one only carries. */
    carried: Properties;
}

export type OperationKind = "creating" | "updating" | "deleting" | "reading" | "importing";

export interface PendingOperation {
    resource: ResourceState;
    type: OperationKind;
}

/** What a stack is between two runs. */
export interface StackState {
    resources: ResourceState[];
    pendingOperations: PendingOperation[];
    /** The salt that the state came with; a state that has none gets a new one when it is written. */
    salt?: string;
}

/** `pulumi stack export` and `exportStack()` of the Automation API. */
export interface Deployment {
    version: number;
    deployment: Properties;
}

/** The engine that this one agrees with, as a state names it. */
export const engineVersion = "v3.260.0";
export const stackType = "pulumi:pulumi:Stack";
export const providerTypePrefix = "pulumi:providers:";

/** Fields with a meaning that this engine does not have: a state that uses them must not be changed by it. */
const unsupportedFields = [
    "resourceHooks",
    "refreshBeforeUpdate",
    "viewOf",
    "extensionRef",
    "snippetID",
    "taint",
] as const;

const carriedFields = ["aliases", "sourcePosition", "stackTrace"] as const;

export function isProviderType(type: string): boolean {
    return type.startsWith(providerTypePrefix);
}

/** The URN in a provider reference, `urn::id`. */
export function providerUrn(reference: string): string {
    return reference.slice(0, reference.lastIndexOf("::"));
}

export function providerReference(state: ResourceState): string {
    return `${state.urn}::${state.id}`;
}

export function urnName(urn: string): string {
    return urn.slice(urn.indexOf("::", urn.indexOf("::", urn.indexOf("::") + 2) + 2) + 2);
}

/** Writes states: what has not changed since it was last written is not made again, and a secret keeps its ciphertext as long as it is the same object. */
export class StateWriter {
    private readonly ciphertexts = new WeakMap<Properties, { salt: string; ciphertext: string }>();
    private readonly written = new WeakMap<ResourceState, { as: ResourceState; salt: string; text: string }>();

    constructor(private readonly passphrase: string) {}

    async write(state: StackState): Promise<Deployment> {
        return JSON.parse(await this.writeText(state));
    }

    /** The deployment as JSON, each resource in a line. */
    async writeText(state: StackState): Promise<string> {
        const crypter = await (state.salt === undefined
            ? Crypter.fresh(this.passphrase)
            : Crypter.of(this.passphrase, state.salt));
        const manifest = {
            time: new Date().toISOString(),
            magic: createHash("sha256").update(engineVersion).digest("hex"),
            version: engineVersion,
        };
        const resources = state.resources.map((resource) => this.textOf(resource, crypter));
        const operations = state.pendingOperations.map(
            ({ resource, type }) => `{"resource":${this.textOf(resource, crypter)},"type":${JSON.stringify(type)}}`,
        );
        const lines = (key: string, texts: string[]) =>
            texts.length > 0 ? [`"${key}":[\n${texts.join(",\n")}\n]`] : [];
        const fields = [
            `"manifest":${JSON.stringify(manifest)}`,
            `"secrets_providers":${JSON.stringify({ type: "passphrase", state: { salt: crypter.state } })}`,
            ...lines("resources", resources),
            ...lines("pending_operations", operations),
            '"metadata":{}',
        ];
        return `{"version":3,"deployment":{${fields.join(",\n")}}}\n`;
    }

    async read(exported: Deployment): Promise<StackState> {
        if (exported.version !== 3 || !isObject(exported.deployment)) {
            throw new Error("Only a version 3 deployment can be imported: what `pulumi stack export` writes.");
        }
        const { deployment } = exported;
        const salt = saltOf(deployment);
        const crypter = salt === undefined ? undefined : await Crypter.of(this.passphrase, salt);
        const resources = list(deployment.resources).map((written) => this.readResource(written, crypter));
        const pendingOperations = list(deployment.pending_operations).map((written) => ({
            resource: this.readResource(properties(written.resource), crypter),
            type: text(written.type) as OperationKind,
        }));
        return { resources, pendingOperations, ...(salt !== undefined && { salt }) };
    }

    private textOf(state: ResourceState, crypter: Crypter): string {
        const known = this.written.get(state);
        // Fields are replaced, never changed within.
        if (known?.salt === crypter.state && hasSameFields(known.as, state)) return known.text;
        const text = JSON.stringify(this.writeResource(state, crypter));
        this.written.set(state, { as: { ...state }, salt: crypter.state, text });
        return text;
    }

    private writeResource(state: ResourceState, crypter: Crypter): Properties {
        const sealed = (values: Properties) => mapProperties(values, (value) => this.seal(value, crypter));
        const full: Properties = {
            urn: state.urn,
            custom: state.custom,
            delete: state.delete,
            id: state.id,
            type: state.type,
            inputs: sealed(state.inputs),
            outputs: sealed(state.outputs),
            parent: state.parent,
            protect: state.protect,
            dependencies: state.dependencies,
            initErrors: state.initErrors,
            provider: state.provider,
            propertyDependencies: state.propertyDependencies,
            pendingReplacement: state.pendingReplacement,
            additionalSecretOutputs: state.additionalSecretOutputs,
            created: state.created ?? "",
            modified: state.modified ?? "",
            ignoreChanges: state.ignoreChanges,
            replaceOnChanges: state.replaceOnChanges,
            hideDiff: state.hideDiff,
            retainOnDelete: state.retainOnDelete,
            deletedWith: state.deletedWith,
            replaceWith: state.replaceWith,
            replacementTrigger: this.seal(state.replacementTrigger, crypter),
            customTimeouts: state.customTimeouts,
            external: state.external,
            importID: state.importId,
            ...state.carried,
        };
        // `custom` is always there, also when it is false.
        return Object.fromEntries(Object.entries(full).filter(([key, value]) => key === "custom" || !isEmpty(value)));
    }

    private readResource(written: Properties, crypter: Crypter | undefined): ResourceState {
        const urn = text(written.urn);
        const unsupported = unsupportedFields.find((field) => !isEmpty(written[field] ?? ""));
        if (unsupported !== undefined) {
            throw new Error(
                `${urn} has \`${unsupported}\` in its state, which the rehearsal does not support. The Pulumi CLI does.`,
            );
        }
        const carried = carriedFields.filter((field) => written[field] !== undefined);
        const opened = (values: Value | undefined) =>
            mapProperties(properties(values), (value) => this.open(value, crypter));
        return {
            urn,
            type: text(written.type),
            custom: written.custom === true,
            id: text(written.id),
            inputs: opened(written.inputs),
            outputs: opened(written.outputs),
            parent: text(written.parent),
            provider: text(written.provider),
            dependencies: texts(written.dependencies),
            propertyDependencies: Object.fromEntries(
                Object.entries(properties(written.propertyDependencies)).map(([key, urns]) => [key, texts(urns)]),
            ),
            protect: written.protect === true,
            delete: written.delete === true,
            pendingReplacement: written.pendingReplacement === true,
            initErrors: texts(written.initErrors),
            additionalSecretOutputs: texts(written.additionalSecretOutputs),
            ignoreChanges: texts(written.ignoreChanges),
            replaceOnChanges: texts(written.replaceOnChanges),
            hideDiff: texts(written.hideDiff),
            retainOnDelete: written.retainOnDelete === true,
            deletedWith: text(written.deletedWith),
            replaceWith: texts(written.replaceWith),
            replacementTrigger: this.open(written.replacementTrigger ?? null, crypter),
            customTimeouts: Object.fromEntries(
                Object.entries(properties(written.customTimeouts)).map(([verb, seconds]) => [verb, Number(seconds)]),
            ),
            importId: text(written.importID),
            external: written.external === true,
            ...(typeof written.created === "string" && { created: written.created }),
            ...(typeof written.modified === "string" && { modified: written.modified }),
            carried: Object.fromEntries(carried.map((field) => [field, written[field] ?? null])),
        };
    }

    private seal(value: Value, crypter: Crypter): Value {
        if (isSecret(value)) {
            const known = this.ciphertexts.get(value);
            const ciphertext =
                known?.salt === crypter.state ? known.ciphertext : crypter.encrypt(JSON.stringify(value.value));
            this.ciphertexts.set(value, { salt: crypter.state, ciphertext });
            return { [signatureKey]: value[signatureKey] ?? null, ciphertext };
        }
        if (Array.isArray(value)) return value.map((item) => this.seal(item, crypter));
        if (isReference(value)) return { packageVersion: "", ...value };
        return isObject(value) ? mapProperties(value, (inner) => this.seal(inner, crypter)) : value;
    }

    private open(value: Value, crypter: Crypter | undefined): Value {
        if (isSecret(value)) {
            const { ciphertext, plaintext } = value;
            if (typeof plaintext === "string") return secret(JSON.parse(plaintext));
            if (typeof ciphertext !== "string" || !crypter) {
                throw new Error(
                    "The state has secrets that were not encrypted with a passphrase: export it with `--show-secrets`.",
                );
            }
            const opened = secret(JSON.parse(crypter.decrypt(ciphertext)));
            this.ciphertexts.set(opened, { salt: crypter.state, ciphertext });
            return opened;
        }
        if (Array.isArray(value)) return value.map((item) => this.open(item, crypter));
        if (isReference(value) && value.packageVersion === "") {
            const { packageVersion: _, ...reference } = value;
            return reference;
        }
        return isObject(value) ? mapProperties(value, (inner) => this.open(inner, crypter)) : value;
    }
}

function hasSameFields(one: ResourceState, other: ResourceState): boolean {
    for (const field in other) {
        if (one[field as keyof ResourceState] !== other[field as keyof ResourceState]) return false;
    }
    return true;
}

function saltOf(deployment: Properties): string | undefined {
    const provider = deployment.secrets_providers;
    if (!isObject(provider) || provider.type !== "passphrase") return undefined;
    const salt = properties(provider.state).salt;
    return typeof salt === "string" ? salt : undefined;
}

function isEmpty(value: Value): boolean {
    if (value === null || value === "" || value === false) return true;
    return typeof value === "object" && Object.keys(value).length === 0;
}

function list(value: Value | undefined): Properties[] {
    return Array.isArray(value) ? value.filter(isObject) : [];
}

function properties(value: Value | undefined): Properties {
    return isObject(value) ? value : {};
}

function text(value: Value | undefined): string {
    return typeof value === "string" ? value : "";
}

function texts(value: Value | undefined): string[] {
    return Array.isArray(value) ? value.map(text) : [];
}
