/** Values at the edges of what a definition takes, on either side, from nothing but its schemas and metadata. */
import fc from "fast-check";
import * as z from "zod";
import { textAsset } from "../../provider/core/assets";
import { innerSchema, type Properties, type ResourceDefinition, schemaMeta } from "../../provider/core/define";

/** Arguments that differ from valid ones in one place. */
export interface Wrong {
    args: Properties;
    /** The path of that place. */
    path: string;
}

interface Text {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    format?: string;
    allOf?: { pattern?: string }[];
}

const textOf = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }) as Text;
const patternsOf = ({ pattern, allOf = [] }: Text) =>
    [pattern, ...allOf.map((one) => one.pattern)].flatMap((one) => (one === undefined ? [] : [new RegExp(one, "u")]));

/** One thing wrong with each. */
export function wrongArguments(definition: ResourceDefinition, valid: Properties): fc.Arbitrary<Wrong> {
    const properties = Object.entries(definition.inputs.shape) as [string, z.ZodType][];
    const inOne = properties.map(([name, schema]) =>
        wrongValues(schema, name).map(({ value, path }) => ({ args: { ...valid, [name]: value }, path })),
    );
    const missing = properties
        .filter(([, schema]) => !(schema instanceof z.ZodOptional))
        .map(([name]) => fc.constant({ args: { ...valid, [name]: undefined }, path: name }));
    const outputs = Object.keys(definition.outputs.shape).filter((name) => !(name in definition.inputs.shape));
    const foreign = fc
        .oneof(fc.constantFrom("tags", "nmae", "constructor", "toString", ...outputs), fc.stringMatching(/^[a-z]{12}$/))
        .map((name) => ({ args: { ...valid, [name]: "x" }, path: name }));
    return fc.oneof(...inOne, ...missing, foreign);
}

function wrongValues(schema: z.ZodType, path: string): fc.Arbitrary<{ value: unknown; path: string }> {
    const inner = innerSchema(schema);
    const { form } = schemaMeta(schema);
    const here = (...values: unknown[]) => fc.constantFrom(...values).map((value) => ({ value, path }));
    if (form === "datetime")
        return here("tomorrow", "2090-02-30T00:00:00Z", "2090-13-01 00:00:00", "2090-01-01", "", 4102444800, true);
    if (form === "colour")
        return here("#12345", "#gggggg", "red", { r: 256, g: 0, b: 0 }, { r: -1, g: 0, b: 0 }, { r: 1, g: 1 }, 255, []);
    if (form === "asset") return here("logo.png", 1, {}, [], true);
    if (form === "json") return here(2 ** 53, { a: [2 ** 60] });
    if (inner instanceof z.ZodBoolean) return here("true", 1, 0, "", [], {});
    if (inner instanceof z.ZodEnum) {
        const phrases = inner.options.map(String);
        const near = phrases.flatMap((one) => [`${one} `, one.toUpperCase(), one.slice(1)]);
        return here(...near.filter((one) => !phrases.includes(one)), "", 1, true, []);
    }
    if (inner instanceof z.ZodNumber) {
        const { minimum = 0, maximum = 0 } = z.toJSONSchema(inner) as { minimum?: number; maximum?: number };
        return here(minimum - 1, maximum + 1, minimum + 0.5, String(maximum), true);
    }
    if (inner instanceof z.ZodArray) {
        const { maxItems = 0 } = z.toJSONSchema(inner, { unrepresentable: "any" }) as { maxItems?: number };
        const element = innerSchema(inner.element as z.ZodType) as z.ZodObject;
        const sound = { title: "Home", url: "https://acme.example/" };
        const members = Object.entries(element.shape) as [string, z.ZodType][];
        const within = members.map(([name, member]) =>
            wrongValues(member, `${path}[1].${name}`).map(({ value, path: at }) => ({
                value: [sound, { ...sound, [name]: value }],
                path: at,
            })),
        );
        return fc.oneof(here(Array(maxItems + 1).fill(sound), sound, "x", 1), ...within);
    }
    if (inner instanceof z.ZodRecord)
        return here({ a: 1 }, { a: [] }).map(({ value }) => ({ value, path: `${path}.a` }));
    return fc.oneof(wrongTexts(inner), fc.constantFrom<unknown>(7, true, [], {})).map((value) => ({ value, path }));
}

function wrongTexts(schema: z.ZodType): fc.Arbitrary<unknown> {
    const described = textOf(schema);
    const { minLength = 0, maxLength, format } = described;
    if (format === "email")
        return fc.constantFrom("ann", "ann@", "@example.com", "ann lee@example.com", "a@b@c.example", "");
    if (format === "uri")
        return fc.constantFrom("acme.example", "ftp://acme.example/", "javascript:alert(1)", "https://", "");
    const patterns = patternsOf(described);
    const candidates = fc.oneof(
        ...(minLength > 0 ? [fc.constantFrom("x".repeat(minLength - 1), "\u{1f600}".repeat(minLength - 1))] : []),
        ...(maxLength === undefined
            ? []
            : [fc.constantFrom("x".repeat(maxLength + 1), "\u{1f4c1}".repeat(maxLength + 1))]),
        ...(patterns.length === 0
            ? []
            : [
                  fc
                      .tuple(fc.constantFrom(..."\u0000\u0007\u001b\u200b\u202e /\\.@"), fc.nat(20))
                      .map(([character, at]) => {
                          const text = "x".repeat(Math.max(minLength, 12));
                          return text.slice(0, at) + character + text.slice(at);
                      })
                      .filter((text) => patterns.some((pattern) => !pattern.test(text))),
              ]),
        fc.constantFrom<unknown>(1, false),
    );
    return candidates;
}

/** The values at the inner edges of one property. */
export function edgesOf(schema: z.ZodType): unknown[] {
    const inner = innerSchema(schema);
    const { form } = schemaMeta(schema);
    if (form === "datetime") return ["2090-02-28T23:59:59Z", "2092-02-29 00:00:00", "2090-01-01T00:00:00+14:00"];
    if (form === "colour") return ["#000000", "#FFFFFF", { r: 0, g: 255, b: 0 }, { r: 1, g: 2, b: 3, a: 0 }];
    if (form === "asset") return [textAsset("x")];
    if (form === "json")
        return [0, "text", [], { a: null }, [[["deep"]]], Number.MAX_SAFE_INTEGER, { ["__proto__"]: 1 }];
    if (inner instanceof z.ZodBoolean) return [true, false];
    if (inner instanceof z.ZodEnum) return inner.options;
    if (inner instanceof z.ZodNumber) {
        const { minimum = 0, maximum = 0 } = z.toJSONSchema(inner) as { minimum?: number; maximum?: number };
        return [minimum, maximum];
    }
    if (inner instanceof z.ZodArray) {
        const link = { title: "Home", url: "https://acme.example/" };
        return [[link], [link, link, link]];
    }
    if (inner instanceof z.ZodRecord) return [{}, { a: "" }, { a: "x".repeat(1000) }];
    const described = textOf(inner);
    const { minLength = 1, maxLength = 200, format } = described;
    if (format === "email") return ["a@b.example", "first.last+tag@sub.example.com", `ANN@${"a".repeat(60)}.example`];
    if (format === "uri")
        return ["https://a.example", "http://a.example:8080/b?c=d#e", "https://xn--bcher-kva.example/"];
    const units = ["x", "7", "é", "字", "Ж", "a-b", "日本", "aé字", "\u{1f4c1}", "a\u{20bb7}"];
    const texts = units.flatMap((unit) =>
        [minLength, minLength + 1, maxLength].map((length) => [...unit.repeat(length)].slice(0, length).join("")),
    );
    const patterns = patternsOf(described);
    return texts.filter((text) => patterns.every((pattern) => pattern.test(text)));
}
