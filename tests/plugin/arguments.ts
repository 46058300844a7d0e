/** Random valid arguments of a kind, from nothing but its definition. */
import fc from "fast-check";
import * as z from "zod";
import { textAsset } from "../../provider/core/assets";
import { argumentFailures } from "../../provider/core/check";
import { innerSchema, type Properties, type ResourceDefinition, schemaMeta } from "../../provider/core/define";

/** The least that the kind takes, and any of its other properties with any value. */
export function argumentsOf(definition: ResourceDefinition, without: readonly string[] = []): fc.Arbitrary<Properties> {
    const free = Object.entries(definition.inputs.shape).filter(
        ([name]) =>
            !without.includes(name) && schemaMeta(definition.inputs.shape[name] as z.ZodType).reference === undefined,
    );
    const values = Object.fromEntries(free.map(([name, schema]) => [name, anyOf(schema as z.ZodType)]));
    return fc
        .record(values, { requiredKeys: [] })
        .map((given) => ({ ...definition.samples.minimal, ...given }))
        .filter((args) => argumentFailures(definition, args).length === 0);
}

function anyOf(schema: z.ZodType): fc.Arbitrary<unknown> {
    const inner = innerSchema(schema);
    return formOf(schema, inner).filter((value) => inner.safeParse(value).success);
}

function formOf(schema: z.ZodType, inner: z.ZodType): fc.Arbitrary<unknown> {
    const { form } = schemaMeta(schema);
    if (form === "datetime") return moments;
    if (form === "colour") return colours;
    if (form === "asset") return fc.string({ minLength: 1 }).map(textAsset);
    if (form === "json") return fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null && value !== "");
    if (inner instanceof z.ZodBoolean) return fc.boolean();
    if (inner instanceof z.ZodEnum) return fc.constantFrom(...inner.options);
    if (inner instanceof z.ZodNumber) return fc.integer({ min: 0, max: 200 });
    if (inner instanceof z.ZodArray) return fc.array(anyOf(inner.element as z.ZodType), { maxLength: 3 });
    if (inner instanceof z.ZodRecord)
        return fc.dictionary(fc.string({ minLength: 1 }), anyOf(inner.valueType as z.ZodType));
    if (inner instanceof z.ZodUnion) return fc.oneof(...inner.options.map((option) => anyOf(option as z.ZodType)));
    if (inner instanceof z.ZodObject) return objectOf(inner);
    return textOf(inner);
}

function objectOf(schema: z.ZodObject): fc.Arbitrary<unknown> {
    const members = Object.entries(schema.shape) as [string, z.ZodType][];
    const requiredKeys = members.filter(([, member]) => !(member instanceof z.ZodOptional)).map(([name]) => name);
    return fc.record(Object.fromEntries(members.map(([name, member]) => [name, anyOf(member)])), { requiredKeys });
}

function textOf(schema: z.ZodType): fc.Arbitrary<unknown> {
    const {
        minLength = 0,
        maxLength = 60,
        format,
        pattern,
    } = z.toJSONSchema(schema, { unrepresentable: "any" }) as {
        minLength?: number;
        maxLength?: number;
        format?: string;
        pattern?: string;
    };
    if (format === "email") return fc.tuple(word, word).map(([name, host]) => `${name}@${host}.example`);
    if (format === "uri") return fc.tuple(word, word).map(([host, path]) => `https://${host}.example/${path}`);
    const length = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
    const letters = fc.string({ ...length, unit: fc.constantFrom(..."abcxyzABC0189-") });
    if (pattern === undefined) return fc.string(length);
    // Classes of characters are beyond the library's reading of patterns.
    return pattern.includes("\\p")
        ? fc.oneof(letters, fc.string({ ...length, unit: "grapheme" }))
        : fc.stringMatching(new RegExp(pattern, "u"));
}

const word = fc.string({ minLength: 2, maxLength: 12, unit: fc.constantFrom(..."abcdefghij") });

const moments = fc
    .date({ min: new Date("2090-01-01"), max: new Date("2099-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 19))
    .chain((text) => fc.constantFrom(`${text}Z`, text.replace("T", " ")));

const part = fc.integer({ min: 0, max: 255 });
const colours = fc.oneof(
    fc.tuple(part, part, part).map((parts) => `#${parts.map((one) => one.toString(16).padStart(2, "0")).join("")}`),
    fc.record({ r: part, g: part, b: part, a: fc.constantFrom(0, 0.5, 1) }, { requiredKeys: ["r", "g", "b"] }),
);
