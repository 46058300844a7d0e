/** A program that declares a kind with all its properties, from the definition's sample. */
import { stringify } from "yaml";
import * as z from "zod";
import { innerSchema, metaOf, type ResourceDefinition } from "../core/define";
import { literal, lowerFirst } from "../core/source";

export function exampleProgram(definition: ResourceDefinition): string {
    const variable = lowerFirst(definition.kind);
    const lines = Object.entries(definition.samples.full).map(([name, value]) => {
        const { reference, form, exampleFile = `${name}.png` } = metaOf(definition, name);
        const asset = form === "asset" && `new pulumi.asset.FileAsset(${JSON.stringify(exampleFile)})`;
        const text = asset || (reference === undefined ? literal(value) : referenceText(name));
        return `    ${name}: ${text},`;
    });
    return [`const ${variable} = new fastio.${definition.kind}("example", {`, ...lines, "});"].join("\n");
}

/** The same in YAML. */
export function exampleYaml(definition: ResourceDefinition): string {
    const properties = Object.entries(definition.samples.full).map(([name, value]) => {
        const { reference, form, exampleFile = `${name}.png` } = metaOf(definition, name);
        if (form === "asset") return [name, { "fn::fileAsset": exampleFile }];
        return [name, reference === undefined ? value : `\${${referenceText(name)}}`];
    });
    const example = { type: `fastio:${definition.kind}`, properties: Object.fromEntries(properties) };
    return stringify({ resources: { example } }, { lineWidth: 0 }).trimEnd();
}

/** The same in Python. */
export function examplePython(definition: ResourceDefinition): string {
    const lines = Object.entries(definition.samples.full).map(([name, value]) => {
        const { reference, form, exampleFile = `${name}.png` } = metaOf(definition, name);
        const asset = form === "asset" && `pulumi.FileAsset(${JSON.stringify(exampleFile)})`;
        // Within free JSON, and in maps, names are the program's own.
        const isNamed = innerSchema(definition.inputs.shape[name] as z.ZodType) instanceof z.ZodArray;
        const text = asset || (reference === undefined ? pythonValue(value, isNamed) : snakeCase(referenceText(name)));
        return `    ${snakeCase(name)}=${text},`;
    });
    const head = `${snakeCase(lowerFirst(definition.kind))} = fastio.${definition.kind}(`;
    const imports = [
        ...(lines.some((line) => line.includes("=pulumi.")) ? ["import pulumi"] : []),
        "import pulumi_fastio as fastio",
    ];
    return [...imports, "", head, `    "example",`, ...lines, ")"].join("\n");
}

function pythonValue(value: unknown, isNamed: boolean): string {
    if (value === null || value === undefined) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (Array.isArray(value)) return `[${value.map((item) => pythonValue(item, isNamed)).join(", ")}]`;
    if (typeof value !== "object") return JSON.stringify(value);
    const entries = Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(isNamed ? snakeCase(key) : key)}: ${pythonValue(item, isNamed)}`,
    );
    return `{${entries.join(", ")}}`;
}

export function snakeCase(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What a property that holds an id takes in a program: `workspaceId` takes `workspace.id`. */
export function referenceText(property: string): string {
    return `${property.replace(/Id$/, "")}.id`;
}
