/** A program that declares a kind with all its properties, from the definition's sample. */
import { stringify } from "yaml";
import { metaOf, type ResourceDefinition } from "../core/define";
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

/** What a property that holds an id takes in a program: `workspaceId` takes `workspace.id`. */
export function referenceText(property: string): string {
    return `${property.replace(/Id$/, "")}.id`;
}
