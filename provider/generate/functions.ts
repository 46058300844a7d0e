/** From the functions to what TypeScript programs call, and to their reference page. */
import * as z from "zod";
import { innerSchema, type Properties, propertyNames, schemaMeta } from "../core/define";
import type { FunctionDefinition } from "../core/define-function";
import { literal } from "../core/source";
import { referenceText, snakeCase } from "./example";
import { doc, generatedMark, importOf, isRequired, valueType } from "./sdk";

type Entry = [string, z.ZodType];

/** Files by path. */
export function functionFiles(definitions: readonly FunctionDefinition[]): Record<string, string> {
    return {
        "sdk/functions.ts": sdkFile(definitions),
        "sdk/plugin/functions.ts": pluginFile(definitions),
        "docs/reference/functions.md": page(definitions),
    };
}

function sdkFile(definitions: readonly FunctionDefinition[]): string {
    const body = definitions.map(functionText).join("\n");
    const types = definitions.flatMap(({ outputs }) => leaves(outputs));
    const enums = types.map((schema) => schemaMeta(schema).enumName).filter((name) => name !== undefined);
    const usesJson = types.some((schema) => schemaMeta(schema).form === "json");
    const imports = [
        `import type * as pulumi from "@pulumi/pulumi";`,
        importOf([...new Set(enums)].sort(), "./enums"),
        ...(usesJson ? [importOf(["Json"], "./index")] : []),
        `import { invoke, invokeOutput } from "./invoke";`,
    ];
    return `// ${generatedMark}\n${imports.join("\n")}\n\n${body}`;
}

function pluginFile(definitions: readonly FunctionDefinition[]): string {
    const types = [...sdkFile(definitions).matchAll(/^export interface (\w+)/gm)].map(([, name = ""]) => name).sort();
    const body = definitions.map((definition) => functionsText(definition, true).join("\n")).join("\n\n");
    const used = types.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    const imports = [
        `import type * as pulumi from "@pulumi/pulumi";`,
        importOf(used, "../functions"),
        `import { invoke, invokeOutput } from "./invoke";`,
    ];
    const exported = `export type {\n${types.map((name) => `    ${name},\n`).join("")}} from "../functions";`;
    return `// ${generatedMark}\n${imports.join("\n")}\n\n${exported}\n\n${body}\n`;
}

function entriesOf(schema: z.ZodObject): Entry[] {
    return Object.entries(schema.shape) as Entry[];
}

/** The schemas of the values within, at any depth. */
function leaves(schema: z.ZodType): z.ZodType[] {
    const object = objectWithin(schema);
    return object === undefined ? [schema] : entriesOf(object).flatMap(([, member]) => leaves(member));
}

/** The object that a property holds, or of which it holds a list. */
function objectWithin(schema: z.ZodType): z.ZodObject | undefined {
    const inner = innerSchema(schema);
    const one = inner instanceof z.ZodArray ? (inner.element as z.ZodType) : inner;
    return one instanceof z.ZodObject && schemaMeta(schema).form === undefined ? one : undefined;
}

function functionText(definition: FunctionDefinition): string {
    const { name, inputs } = definition;
    const base = upperFirst(name);
    return [
        ...functionsText(definition, false),
        ``,
        ...(propertyNames(inputs).length > 0
            ? [
                  ...argumentsText(`The arguments of \`${name}\`.`, `${base}Args`, inputs, (type) => type),
                  ...argumentsText(
                      `The arguments of \`${name}Output\`.`,
                      `${base}OutputArgs`,
                      inputs,
                      (type) => `pulumi.Input<${type}>`,
                  ),
              ]
            : []),
        ...resultText(`What \`${name}\` answers.`, `${base}Result`, base, definition.outputs),
    ].join("\n");
}

/** The plain form and the one for outputs; through the plugin a program may choose the provider. */
function functionsText({ name, description, inputs, samples }: FunctionDefinition, isPlugin: boolean): string[] {
    const base = upperFirst(name);
    const takesArguments = propertyNames(inputs).length > 0;
    const parameters = (type: string, options: string) =>
        [...(takesArguments ? [`args: ${type}`] : []), ...(isPlugin ? [`opts?: pulumi.${options}`] : [])].join(", ");
    const passed = [JSON.stringify(name), takesArguments ? "args" : "{}", ...(isPlugin ? ["opts"] : [])].join(", ");
    const example = `\n\n@example\n\`\`\`ts\n${callText(name, samples[0])}\n\`\`\``;
    return [
        doc(description + example),
        ...head(`export function ${name}`, parameters(`${base}Args`, "InvokeOptions"), `Promise<${base}Result>`),
        `    return invoke(${passed});`,
        `}`,
        ``,
        doc(
            takesArguments
                ? `\`${name}\` with outputs as arguments: called once they are known, and as secret as they are.`
                : `\`${name}\` as an output.`,
        ),
        ...head(
            `export function ${name}Output`,
            parameters(`${base}OutputArgs`, "InvokeOutputOptions"),
            `pulumi.Output<${base}Result>`,
        ),
        `    return invokeOutput(${passed});`,
        `}`,
    ];
}

/** A function's first lines as the formatter would lay them out. */
function head(name: string, parameters: string, result: string): string[] {
    const line = `${name}(${parameters}): ${result} {`;
    return line.length <= 120
        ? [line]
        : [`${name}(`, ...parameters.split(", ").map((one) => `    ${one},`), `): ${result} {`];
}

/** How a program calls a function. */
export function callText(name: string, args: Properties): string {
    const given = Object.keys(args).length === 0 ? "" : literal(args);
    const references = Object.keys(args).filter((property) => property.endsWith("Id"));
    const later = references.reduce(
        (text, property) => text.replace(literal(args[property]), referenceText(property)),
        given,
    );
    return `const found = await fastio.${name}(${given});\nconst later = fastio.${name}Output(${later});`;
}

/** The same in Python. */
export function callPython(name: string, args: Properties): string {
    const given = Object.entries(args).map(([property, value]) => {
        const text = typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value);
        return `${snakeCase(property)}=${text}`;
    });
    return `found = fastio.${snakeCase(name)}(${given.join(", ")})\nlater = fastio.${snakeCase(name)}_output(${given.join(", ")})`;
}

function argumentsText(title: string, name: string, inputs: z.ZodObject, typeOf: (type: string) => string): string[] {
    return [
        doc(title),
        `export interface ${name} {`,
        ...entriesOf(inputs).flatMap(([property, schema]) => [
            doc(schemaMeta(schema).description ?? "", "    "),
            `    ${property}${isRequired(schema) ? "" : "?"}: ${typeOf(valueType(schema))}${isRequired(schema) ? "" : " | undefined"};`,
        ]),
        `}`,
        ``,
    ];
}

/** An interface, and one more for each object within it. */
function resultText(title: string, name: string, base: string, outputs: z.ZodObject): string[] {
    const within: string[] = [];
    const typeOf = (property: string, schema: z.ZodType): string => {
        const object = objectWithin(schema);
        if (object === undefined) return valueType(schema);
        const isList = innerSchema(schema) instanceof z.ZodArray;
        const inner = base + upperFirst(isList ? property.replace(/s$/, "") : property);
        const innerTitle = isList ? `One of the ${property}.` : (schemaMeta(schema).description ?? "");
        within.push(...resultText(innerTitle, inner, inner, object));
        return isList ? `${inner}[]` : inner;
    };
    const members = entriesOf(outputs).flatMap(([property, schema]) => [
        doc(schemaMeta(schema).description ?? "", "    "),
        `    ${property}${isRequired(schema) ? "" : "?"}: ${typeOf(property, schema)};`,
    ]);
    return [doc(title), `export interface ${name} {`, ...members, `}`, ``, ...within];
}

function upperFirst(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

function page(definitions: readonly FunctionDefinition[]): string {
    return [
        `<!-- ${generatedMark} -->`,
        "# Functions",
        "",
        "Functions read when the program runs, also in a preview, with the configuration of the stack. The plain form answers a promise; the form whose name ends",
        "in `Output` takes outputs as arguments and answers an output, which is unknown as long as they are, and secret when one of them is.",
        "",
        ...definitions.flatMap((definition) => [
            `## ${definition.name}`,
            "",
            definition.description,
            "",
            "```ts",
            callText(definition.name, definition.samples[0]),
            "```",
            "",
            ...(propertyNames(definition.inputs).length === 0
                ? []
                : [...table("argument", [...rows(definition.inputs, "", "required")]), ""]),
            ...table("answer", rows(definition.outputs, "", "")),
            "",
        ]),
    ].join("\n");
}

function table(what: string, lines: string[]): string[] {
    return [`| ${what} | type | meaning |`, "|---|---|---|", ...lines];
}

function rows(schema: z.ZodObject, prefix: string, required: string): string[] {
    return entriesOf(schema).flatMap(([name, property]) => {
        const { description = "" } = schemaMeta(property);
        const object = objectWithin(property);
        const isList = innerSchema(property) instanceof z.ZodArray;
        const type = object === undefined ? valueType(property) : isList ? "list of objects" : "object";
        const meaning = isRequired(property) && required !== "" ? `${description} Required.` : description;
        const row = `| \`${prefix}${name}\` | ${type.replaceAll("|", "\\|")} | ${meaning} |`;
        return [row, ...(object === undefined ? [] : rows(object, `${prefix}${name}${isList ? "[]" : ""}.`, required))];
    });
}
