/** From the definitions to schema.json: what Pulumi's SDKs in every language, its documentation and its own commands are made of. */
import * as z from "zod";
import { manifest } from "../../require-node";
import { configuration } from "../core/configuration";
import { innerSchema, metaOf, propertyNames, type ResourceDefinition, schemaMeta } from "../core/define";
import type { FunctionDefinition } from "../core/define-function";
import { listInputs } from "../core/listing";
import { tokenOf } from "../core/token";
import { exampleProgram, examplePython, exampleYaml } from "./example";
import { callPython, callText } from "./functions";
import { constantName, enumsOf, isAlwaysThere, isRequired, outputText, propertyText } from "./sdk";

type Spec = Record<string, unknown>;

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Files by path. */
export function schemaFiles(
    resources: readonly ResourceDefinition[],
    functions: readonly FunctionDefinition[],
): Record<string, string> {
    return { "schema.json": `${JSON.stringify(packageSchema(resources, functions), undefined, 2)}\n` };
}

function packageSchema(resources: readonly ResourceDefinition[], functions: readonly FunctionDefinition[]): Spec {
    const types = new Types(resources);
    const specs = {
        resources: Object.fromEntries(resources.map((one) => [tokenOf(one.kind), resourceSpec(types, one)])),
        functions: Object.fromEntries(functions.map((one) => [tokenOf(one.name), functionSpec(types, one)])),
    };
    const settings = Object.fromEntries(
        Object.entries(configuration.shape).map(([name, schema]) => [name, settingSpec(schema)]),
    );
    return {
        name: "fastio",
        displayName: "Fast.io",
        version: manifest.version,
        description: "Organizations, workspaces, shares, members, files, branding and ownership transfer of Fast.io.",
        keywords: ["pulumi", "fastio", "category/infrastructure", "kind/native"],
        license: "Apache-2.0",
        config: { variables: settings },
        provider: {
            description: "An account of Fast.io. A program that has several accounts declares one of these for each.",
            inputProperties: settings,
        },
        types: types.specs,
        ...specs,
        language: {
            nodejs: { packageName: "pulumi-fastio/plugin", respectSchemaVersion: true },
            python: {
                packageName: "pulumi_fastio",
                respectSchemaVersion: true,
                pyproject: { enabled: true },
                inputTypes: "classes-and-dicts",
            },
            go: {
                importBasePath: "pulumi-fastio/sdk/go/fastio",
                rootPackageName: "fastio",
                respectSchemaVersion: true,
                generateResourceContainerTypes: true,
            },
            csharp: { rootNamespace: "Pulumi", respectSchemaVersion: true, packageReferences: { Pulumi: "3.*" } },
            java: { basePackage: "com.pulumi", buildFiles: "gradle" },
        },
    };
}

function settingSpec(schema: z.ZodType): Spec {
    const { description, secret, environment } = schemaMeta(schema);
    const inner = innerSchema(schema);
    // In a stack's configuration numbers and switches are text as well.
    const first = inner instanceof z.ZodUnion ? (inner.options[0] as z.ZodType) : inner;
    return {
        ...plainType(first),
        description,
        ...(secret && { secret }),
        ...(environment && { defaultInfo: { environment } }),
    };
}

function resourceSpec(types: Types, definition: ResourceDefinition): Spec {
    const inputs = Object.entries(definition.inputs.shape) as [string, z.ZodType][];
    const all = [...inputs, ...(Object.entries(definition.outputs.shape) as [string, z.ZodType][])];
    const spec = (name: string, schema: z.ZodType, description: string): Spec => ({
        ...types.of(schema, definition.kind + upperFirst(name)),
        description,
        ...(metaOf(definition, name).secret && { secret: true }),
    });
    const changes = (name: string) =>
        metaOf(definition, name).immutable ? { replaceOnChanges: true, willReplaceOnChanges: true } : {};
    return {
        description: resourceText(definition),
        inputProperties: Object.fromEntries(
            inputs.map(([name, schema]) => [
                name,
                { ...spec(name, schema, propertyText(definition, name)), ...changes(name) },
            ]),
        ),
        requiredInputs: inputs.filter(([, schema]) => isRequired(schema)).map(([name]) => name),
        // SDKs take from the outputs what replaces, the documentation from the inputs.
        properties: Object.fromEntries(
            all.map(([name, schema]) => [
                name,
                { ...spec(name, schema, outputText(definition, name)), ...changes(name) },
            ]),
        ),
        required: all.filter(([name, schema]) => isAlwaysThere(definition, name, schema)).map(([name]) => name),
        ...(definition.list && { listInputs: listInputsSpec(types, definition) }),
    };
}

/** The command is there only where the schema has these, be they none. */
function listInputsSpec(types: Types, definition: ResourceDefinition): Spec {
    const noun = definition.noun;
    const spec = (name: string): Spec => ({
        ...types.of(definition.inputs.shape[name], definition.kind + upperFirst(name)),
        description: `Lists only the ${noun}s of this one; without it, all that the account can see.`,
    });
    const names = listInputs(definition);
    return {
        type: "object",
        ...(names.length > 0 && { properties: Object.fromEntries(names.map((name) => [name, spec(name)])) }),
    };
}

function resourceText(definition: ResourceDefinition): string {
    const program = `import * as fastio from "pulumi-fastio/plugin";\n\n${exampleProgram(definition)}`;
    return [
        definition.description,
        exampleUsage({ typescript: program, python: examplePython(definition), yaml: exampleYaml(definition) }),
        "## Import",
        `Imported by ${definition.importedBy}:`,
        `\`\`\`sh\npulumi import ${tokenOf(definition.kind)} example <id>\n\`\`\``,
    ].join("\n\n");
}

/** Each SDK shows the example of its own language; one that has none shows no heading either. */
function exampleUsage(programs: Record<string, string>): string {
    const blocks = Object.entries(programs).map(([language, text]) => `\`\`\`${language}\n${text}\n\`\`\``);
    return ["{{% example %}}", "## Example Usage", ...blocks, "{{% /example %}}"].join("\n\n");
}

function functionSpec(types: Types, { name, description, inputs, outputs, samples }: FunctionDefinition): Spec {
    const [first] = samples;
    const usage = exampleUsage({ typescript: callText(name, first), python: callPython(name, first) });
    const text = `${description}\n\n${usage}`;
    const base = upperFirst(name);
    return {
        description: text,
        ...(propertyNames(inputs).length > 0 && { inputs: types.objectSpec(inputs, base) }),
        outputs: types.objectSpec(outputs, base),
    };
}

/** The named types of the schema, which grow as they are met. */
class Types {
    readonly specs: Record<string, Spec> = {};

    constructor(resources: readonly ResourceDefinition[]) {
        for (const [name, phrases] of enumsOf(resources)) {
            this.specs[tokenOf(name)] = {
                type: "string",
                description: `The API's phrases for \`${name}\`.`,
                enum: phrases.map((value) => ({ name: constantName(value), value })),
            };
        }
        this.specs[tokenOf("ColourParts")] = {
            type: "object",
            description: "A colour by its parts.",
            properties: {
                r: { type: "integer", description: "Red, 0 to 255." },
                g: { type: "integer", description: "Green, 0 to 255." },
                b: { type: "integer", description: "Blue, 0 to 255." },
                a: { type: "number", description: "Opacity, 0 to 1; without it 1." },
            },
            required: ["r", "g", "b"],
        };
    }

    /** The type of a schema; an object within gets this name. */
    of(schema: z.ZodType, name: string): Spec {
        const inner = innerSchema(schema);
        const { enumName, form } = schemaMeta(schema);
        if (enumName !== undefined) return this.#ref(enumName, "string");
        if (form === "json") return { $ref: "pulumi.json#/Any" };
        if (form === "asset") return { $ref: "pulumi.json#/Asset" };
        if (form === "colour") return { oneOf: [{ type: "string" }, this.#ref("ColourParts", "object")] };
        if (inner instanceof z.ZodArray)
            return { type: "array", items: this.of(inner.element as z.ZodType, name.replace(/s$/, "")) };
        if (inner instanceof z.ZodRecord)
            return { type: "object", additionalProperties: this.of(inner.valueType as z.ZodType, name) };
        if (!(inner instanceof z.ZodObject)) return plainType(inner);
        this.specs[tokenOf(name)] = { type: "object", ...this.objectSpec(inner, name) };
        return this.#ref(name, "object");
    }

    objectSpec(schema: z.ZodObject, name: string): Spec {
        const members = propertyNames(schema).map(
            (property) => [property, schema.shape[property] as z.ZodType] as const,
        );
        return {
            properties: Object.fromEntries(
                members.map(([property, member]) => {
                    const { description, secret } = schemaMeta(member);
                    const type = this.of(member, name + upperFirst(property));
                    return [property, { ...type, description, ...(secret && { secret }) }];
                }),
            ),
            required: members.filter(([, member]) => isRequired(member)).map(([property]) => property),
        };
    }

    #ref(name: string, type: string): Spec {
        return { type, $ref: `#/types/${tokenOf(name)}` };
    }
}

function plainType(schema: z.ZodType): Spec {
    if (schema instanceof z.ZodBoolean) return { type: "boolean" };
    if (schema instanceof z.ZodNumber) return { type: schema.isInt ? "integer" : "number" };
    return { type: "string" };
}
