/** Property values between the form that they have on the wire and the plain one that the core works with. */
import { isDeepStrictEqual } from "node:util";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as z from "zod";
import { innerSchema, type Properties, schemaMeta } from "../core/define";
import { unknownValue } from "../core/unknown";

const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
    secret: "1b47061264138c4ac30d75fd1eb44270",
    reference: "5cf8f73096256a8f31e491e813e4eb8e",
    output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
    asset: "c44067f5952c0a294b673a41bacd8c17",
    archive: "0def7320c3a5731c473e5ecbe6d01bc7",
} as const;

/** Engines and SDKs may tell the type of what is not known yet. */
const unknowns: ReadonlySet<unknown> = new Set([
    unknownValue,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The properties of a message, still in wire form; none where the message has no such field. */
export function fromStruct(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

export function toStruct(properties: Properties): Struct {
    return Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** Opens secrets, takes references for the ids they hold, and knows one unknown value only. Assets stay. */
export function plain(value: unknown): unknown {
    if (unknowns.has(value)) return unknownValue;
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value;
    switch (signatureOf(value)) {
        case "secret":
            return plain(value.value);
        case "output":
            return value.value === undefined ? unknownValue : plain(value.value);
        case "reference":
            // A component has no id, and one that is not made yet an empty one.
            return value.id === undefined ? value.urn : value.id === "" ? unknownValue : plain(value.id);
        default:
            return plainProperties(value);
    }
}

export function plainProperties(properties: Properties): Properties {
    return mapValues(properties, plain);
}

/** What came of values, with the marks that stood on them: a secret is one again, and where wanted a reference. */
export function withMarks(properties: Properties, received: Properties, references: boolean): Properties {
    // A key may be called like something that every object inherits.
    const mark = (name: string) => (Object.hasOwn(received, name) ? received[name] : undefined);
    return mapValues(properties, (value, name) => marked(value, mark(name), references));
}

function marked(value: unknown, received: unknown, references: boolean): unknown {
    if (value === undefined) return undefined;
    const signature = signatureOf(received);
    const { value: held, secret: isSecret } = isObject(received) ? received : {};
    if (signature === "secret") return secretValue(marked(value, held, references));
    if (signature === "output") {
        const inner = marked(value, held, references);
        return isSecret === true ? secretValue(inner) : inner;
    }
    const isSame = isDeepStrictEqual(plain(received), value);
    if (signature === "reference") return references && isSame ? received : value;
    if (Array.isArray(value) && Array.isArray(received) && isSame)
        return value.map((item, index) => marked(item, received[index], references));
    if (signature === undefined && isObject(value) && isObject(received) && signatureOf(value) === undefined)
        return withMarks(value, received, references);
    // In another form it can no longer be told which part of it is the secret one.
    return containsSecret(received) ? secretValue(value) : value;
}

/** Marks what the definition calls secret, at any depth: language SDKs mark whole properties only. */
export function withSecrets(properties: Properties, shape: Record<string, z.ZodType>): Properties {
    return mapValues(properties, (value, name) => {
        const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
        return schema === undefined ? value : secretBy(schema, value);
    });
}

function secretBy(schema: z.ZodType, value: unknown): unknown {
    if (value === undefined || signatureOf(value) === "secret") return value;
    if (schemaMeta(schema).secret) return secretValue(value);
    const inner = innerSchema(schema);
    if (inner instanceof z.ZodArray && Array.isArray(value))
        return value.map((item) => secretBy(inner.element as z.ZodType, item));
    if (!isObject(value) || signatureOf(value) !== undefined) return value;
    if (inner instanceof z.ZodObject) return withSecrets(value, inner.shape);
    if (inner instanceof z.ZodRecord) return mapValues(value, (item) => secretBy(inner.valueType as z.ZodType, item));
    return value;
}

export function secretValue(value: unknown): unknown {
    return signatureOf(value) === "secret" ? value : { [signatureKey]: signatures.secret, value };
}

/** Whether a secret stands anywhere in the value. */
export function containsSecret(value: unknown): boolean {
    if (signatureOf(value) === "secret") return true;
    if (signatureOf(value) === "output" && (value as Properties).secret === true) return true;
    return typeof value === "object" && value !== null && Object.values(value).some(containsSecret);
}

function signatureOf(value: unknown): keyof typeof signatures | undefined {
    const found = isObject(value) ? value[signatureKey] : undefined;
    return (Object.keys(signatures) as (keyof typeof signatures)[]).find((name) => signatures[name] === found);
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(properties: Properties, change: (value: unknown, name: string) => unknown): Properties {
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, change(value, name)]));
}
