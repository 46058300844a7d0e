// Property values in the form they have on the wire: plain JSON, with marked objects for secrets, assets and references.

import { isDeepStrictEqual } from "node:util";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

export type Value = null | boolean | number | string | Value[] | Properties;
export interface Properties {
    [key: string]: Value;
}

/** A secret, marked on the wire; `value` is there unless it stands encrypted in a state. */
export interface SecretValue extends Properties {
    [signatureKey]: string;
    value: Value;
}

/** An object that is marked as something else than itself. */
export type Marked = Properties & { [signatureKey]: string };

export const signatureKey = "4dabf18193072939515e22adb298388d";
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatures = {
    secret: "1b47061264138c4ac30d75fd1eb44270",
    asset: "c44067f5952c0a294b673a41bacd8c17",
    archive: "0def7320c3a5731c473e5ecbe6d01bc7",
    reference: "5cf8f73096256a8f31e491e813e4eb8e",
    output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** What a receiver of values can take; what it cannot is reduced to something plainer. */
export interface Receiver {
    secrets: boolean;
    references: boolean;
    assetContents: boolean;
}

export const plainReceiver: Receiver = { secrets: false, references: false, assetContents: true };

export function isObject(value: Value | undefined): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function signature(value: Value | undefined): keyof typeof signatures | undefined {
    const found = isObject(value) ? value[signatureKey] : undefined;
    return (Object.keys(signatures) as (keyof typeof signatures)[]).find((name) => signatures[name] === found);
}

export function isSecret(value: Value | undefined): value is SecretValue {
    return signature(value) === "secret";
}

export function isAsset(value: Value | undefined): value is Marked {
    return signature(value) === "asset";
}

export function isArchive(value: Value | undefined): value is Marked {
    return signature(value) === "archive";
}

export function isReference(value: Value | undefined): value is Marked {
    return signature(value) === "reference";
}

export function secret(value: Value): SecretValue {
    return isSecret(value) ? value : { [signatureKey]: signatures.secret, value };
}

/** An ordinary object: not a secret, an asset, an archive, a reference or an output value. */
export function isPlainObject(value: Value | undefined): value is Properties {
    return isObject(value) && signature(value) === undefined;
}

export function containsSecret(value: Value): boolean {
    if (isSecret(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    return Object.values(value).some(containsSecret);
}

export function containsUnknown(value: Value): boolean {
    if (typeof value !== "object" || value === null) return value === unknown;
    return Object.values(value).some(containsUnknown);
}

/** Applies `change` to every value inside `value`, innermost first. */
export function mapValue(value: Value, change: (inner: Value) => Value): Value {
    if (Array.isArray(value)) return change(value.map((item) => mapValue(item, change)));
    if (isObject(value)) return change(mapProperties(value, (inner) => mapValue(inner, change)));
    return change(value);
}

export function mapProperties(properties: Properties, change: (value: Value, key: string) => Value): Properties {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value, key)]));
}

/** `value` as `receiver` can take it: without marks, ids in place of references, hashes in place of contents. */
export function reduceTo(receiver: Receiver, value: Value): Value {
    return mapValue(value, (inner) => {
        switch (signature(inner)) {
            case "secret":
                return receiver.secrets ? inner : ((inner as Properties).value ?? null);
            case "reference":
                return receiver.references ? inner : plainReference(inner as Properties);
            case "asset":
            case "archive":
                return receiver.assetContents ? inner : hashOnly(inner as Properties);
            default:
                return inner;
        }
    });
}

export function reducePropertiesTo(receiver: Receiver, properties: Properties): Properties {
    return mapProperties(properties, (value) => reduceTo(receiver, value));
}

/** Output values, which carry their own dependencies, become what they hold. */
export function withoutOutputValues(value: Value): Value {
    return mapValue(value, (inner) => {
        if (signature(inner) !== "output") return inner;
        const { value: held, secret: isMarked } = inner as Properties;
        if (held === undefined) return unknown;
        return isMarked === true ? secret(held) : held;
    });
}

function plainReference(reference: Properties): Value {
    const { id, urn } = reference;
    if (id === undefined) return urn ?? null;
    return id === "" ? unknown : id;
}

function hashOnly(contents: Properties): Properties {
    return { [signatureKey]: contents[signatureKey] ?? null, hash: contents.hash ?? null };
}

/**
 * Marks what came back from a provider that takes no secrets: a property is secret again where the property that was
 * sent is one; a list that held one becomes secret as a whole.
 */
export function markSecrets(received: Properties, sent: Properties): Properties {
    return mapProperties(received, (value, key) => {
        const original = sent[key];
        if (original === undefined) return value;
        if (isPlainObject(value) && isPlainObject(original)) return markSecrets(value, original);
        return containsSecret(original) ? secret(value) : value;
    });
}

/** Puts the contents of assets and archives back where a provider answered with the hash alone. */
export function restoreContents(received: Properties, sent: Properties): Properties {
    const known = new Map<Value, Value>();
    mapValue(sent, (inner) => {
        if (isAsset(inner) || isArchive(inner)) known.set(inner.hash ?? null, inner);
        return inner;
    });
    return mapProperties(received, (value) =>
        mapValue(value, (inner) => {
            const contents = ["path", "text", "uri", "assets"];
            const bare = (isAsset(inner) || isArchive(inner)) && !contents.some((field) => field in inner);
            return bare ? (known.get(inner.hash ?? null) ?? inner) : inner;
        }),
    );
}

export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
    return isDeepStrictEqual(one, other);
}

/** `value` with nothing secret in it, and hashes in place of contents. */
export function masked(value: Value): Value {
    return mapValue(reduceTo({ secrets: true, references: true, assetContents: false }, value), (inner) =>
        isSecret(inner) ? "[secret]" : inner,
    );
}

/** Top-level keys that differ, internal ones left out. */
export interface KeyChanges {
    added: string[];
    deleted: string[];
    updated: string[];
}

/** Compares two property bags key by key; `view` reduces both sides to what may be compared. */
export function compareKeys(olds: Properties, news: Properties, view: (value: Value) => Value): KeyChanges {
    const visible = (keys: string[]) => keys.filter((key) => !key.startsWith("__")).sort();
    const equal = (key: string) => sameValue(view(olds[key] ?? null), view(news[key] ?? null));
    return {
        added: visible(Object.keys(news).filter((key) => !(key in olds))),
        deleted: visible(Object.keys(olds).filter((key) => !(key in news))),
        updated: visible(Object.keys(news).filter((key) => key in olds && !equal(key))),
    };
}

export function toStruct(properties: Properties): Struct {
    return Struct.fromJavaScript(properties);
}

export function fromStruct(struct: Struct | undefined): Properties {
    // The library types the values of a Struct as its own JSON type, which is ours.
    return (struct?.toJavaScript() ?? {}) as Properties;
}
