/** From the definitions to the reference page. */
import type * as z from "zod";
import { metaOf, type ResourceDefinition } from "../core/define";
import { exampleProgram } from "./example";
import { fileName, generatedMark, isRequired, valueType } from "./sdk";

/** Pages by path; the index has the components' lines as well. */
export function referenceFiles(
    definitions: readonly ResourceDefinition[],
    componentLines: readonly string[],
): Record<string, string> {
    const index = definitions.map(
        (one) => `- [${one.kind}](${fileName(one.kind)}.md): ${one.description.split("\n")[0]}`,
    );
    index.push(...componentLines, "- [Functions](functions.md): what programs look up and list.");
    const files = { "docs/reference/README.md": `<!-- ${generatedMark} -->\n# Reference\n\n${index.join("\n")}\n` };
    return {
        ...files,
        ...Object.fromEntries(definitions.map((one) => [`docs/reference/${fileName(one.kind)}.md`, page(one)])),
    };
}

function page(definition: ResourceDefinition): string {
    const row = ([name, schema]: [string, z.ZodType]) =>
        `| \`${name}\` | ${valueType(schema).replaceAll("|", "\\|")} | ${traits(definition, name, schema)} | ${(metaOf(definition, name).description ?? "").replaceAll("|", "\\|")} |`;
    const table = (entries: [string, z.ZodType][], traitsName: string) =>
        [`| name | type | ${traitsName} | meaning |`, "|---|---|---|---|", ...entries.map(row)].join("\n");
    return [
        `<!-- ${generatedMark} -->`,
        `# ${definition.kind}`,
        "",
        definition.description,
        "",
        "```ts",
        exampleProgram(definition),
        "```",
        "",
        "## Inputs",
        "",
        table(Object.entries(definition.inputs.shape) as [string, z.ZodType][], "traits"),
        "",
        "## Outputs",
        "",
        "Every input is an output as well, in the form in which the service keeps it.",
        "",
        table(Object.entries(definition.outputs.shape) as [string, z.ZodType][], "traits"),
        "",
        `Imported by ${definition.importedBy}.`,
        "",
    ].join("\n");
}

function traits(definition: ResourceDefinition, name: string, schema: z.ZodType): string {
    const meta = metaOf(definition, name);
    const isInput = name in definition.inputs.shape;
    return [
        isInput && isRequired(schema) ? "required" : "",
        meta.immutable ? "a change replaces" : "",
        meta.secret ? "secret" : "",
        meta.writeOnly ? "never read back" : "",
        meta.providerOnly ? "kept in the state only" : "",
        meta.accessRelevant ? "access-relevant" : "",
        meta.fallback === undefined ? "" : `default \`${JSON.stringify(meta.fallback)}\``,
        meta.fallbackBy === undefined ? "" : `default by \`${meta.fallbackBy.input}\``,
        meta.reset === "keep" ? "stays when removed" : "",
        typeof meta.reset === "object" ? `\`${JSON.stringify(meta.reset.to)}\` when removed` : "",
    ]
        .filter(Boolean)
        .join(", ");
}
