/** schema.json: what it says of every kind, and what the Pulumi CLI makes of it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { metaOf, propertyNames } from "../../provider/core/define";
import { functions } from "../../provider/functions";
import { resources } from "../../provider/resources";
import schema from "../../schema.json";
import { repository } from "../docs/markdown";
import { missingHost, testUnless, Workstation } from "../engines/workstation";

interface Property {
    type?: string;
    $ref?: string;
    items?: Property;
    additionalProperties?: Property;
    oneOf?: Property[];
    description?: string;
    secret?: boolean;
    replaceOnChanges?: boolean;
    willReplaceOnChanges?: boolean;
    defaultInfo?: { environment: string[] };
}

interface ResourceSpec {
    description: string;
    inputProperties: Record<string, Property>;
    requiredInputs: string[];
    properties: Record<string, Property>;
    required: string[];
}

interface FunctionSpec {
    description: string;
    inputs?: { properties: Record<string, Property> };
    outputs: { properties: Record<string, Property>; required: string[] };
}

interface TypeSpec {
    enum?: { name: string; value: string }[];
    properties?: Record<string, Property>;
}

const specs = schema.resources as unknown as Record<string, ResourceSpec>;
const types = schema.types as unknown as Record<string, TypeSpec>;
const plugin = join(repository, "dist/pulumi-resource-fastio/pulumi-resource-fastio");

describe.each(resources.map((definition) => [definition.kind, definition] as const))("%s", (kind, definition) => {
    const spec = specs[`fastio:index:${kind}`] as ResourceSpec;

    test("has all its inputs, and all of them among its outputs, each with a text", () => {
        const inputs = propertyNames(definition.inputs);
        expect(Object.keys(spec.inputProperties)).toEqual(inputs);
        expect(Object.keys(spec.properties)).toEqual([...inputs, ...propertyNames(definition.outputs)]);
        for (const property of [...Object.values(spec.inputProperties), ...Object.values(spec.properties)])
            expect(property.description).toMatch(/\.$/);
        expect(spec.description).toContain("## Example Usage");
        expect(spec.description).toContain(`pulumi import fastio:index:${kind} example`);
    });

    test("says what is secret, what replaces, and what is always there", () => {
        const where = (meta: "secret" | "immutable", names: readonly string[]) =>
            names.filter((name) => metaOf(definition, name)[meta]);
        const having = (properties: Record<string, Property>, key: keyof Property) =>
            Object.keys(properties).filter((name) => properties[name]?.[key]);
        const inputs = propertyNames(definition.inputs);
        const all = [...inputs, ...propertyNames(definition.outputs)];
        expect(having(spec.inputProperties, "secret")).toEqual(where("secret", inputs));
        expect(having(spec.properties, "secret")).toEqual(where("secret", all));
        for (const key of ["replaceOnChanges", "willReplaceOnChanges"] as const)
            for (const properties of [spec.inputProperties, spec.properties])
                expect(having(properties, key)).toEqual(where("immutable", inputs));
        // What the smallest program makes shows every output that is said to be there.
        expect(spec.requiredInputs.filter((name) => !spec.required.includes(name))).toEqual([]);
        expect(spec.requiredInputs.filter((name) => !(name in definition.samples.minimal))).toEqual([]);
    });
});

test("every reference leads to a type, and no type is without one", () => {
    const text = JSON.stringify(schema);
    const referenced = new Set([...text.matchAll(/"\$ref":"#\/types\/([^"]+)"/g)].map(([, name]) => name));
    expect([...referenced].sort()).toEqual(Object.keys(types).sort());
});

test("enums have the API's phrases under names of their own", () => {
    const { enum: values = [] } = types["fastio:index:ShareAccess"] ?? {};
    expect(values).toContainEqual({ name: "AnyoneWithTheLink", value: "Anyone with the link" });
    for (const [name, { enum: phrases = [] }] of Object.entries(types)) {
        const names = phrases.map((one) => one.name);
        expect({ name, names: new Set(names).size }).toEqual({ name, names: phrases.length });
        for (const one of names) expect(one).toMatch(/^[A-Z]\w*$/);
    }
});

test("settings come from the environment where an SDK is given none, and credentials are secret", () => {
    const settings = schema.provider.inputProperties as Record<string, Property>;
    expect(schema.config.variables).toEqual(settings);
    const found = Object.entries(settings).map(([name, one]) => [name, one.defaultInfo?.environment]);
    expect(Object.fromEntries(found)).toEqual({
        token: ["FASTIO_TOKEN", "FASTIO_API_KEY"],
        email: ["FASTIO_EMAIL"],
        password: ["FASTIO_PASSWORD"],
        baseUrl: ["FASTIO_BASE_URL"],
        formerBaseUrl: undefined,
        requestsPerMinute: undefined,
        maxWaitSeconds: undefined,
        totpSecret: ["FASTIO_TOTP_SECRET"],
        logRequests: ["FASTIO_LOG_REQUESTS"],
    });
    expect(Object.keys(settings).filter((name) => settings[name]?.secret)).toEqual(["token", "password", "totpSecret"]);
});

test("functions say what they take and what they answer", () => {
    expect(Object.keys(schema.functions)).toEqual(functions.map(({ name }) => `fastio:index:${name}`));
    const described = schema.functions as unknown as Record<string, FunctionSpec>;
    // Where there is nothing to give, SDKs ask for nothing.
    expect(described["fastio:index:getCurrentUser"]).not.toHaveProperty("inputs");
    for (const { description, inputs, outputs } of Object.values(described)) {
        expect(description).toContain("## Example Usage");
        const properties = [...Object.values(inputs?.properties ?? {}), ...Object.values(outputs.properties)];
        for (const property of properties) expect(property.description).toBeTruthy();
        expect(outputs.required.length).toBeGreaterThan(0);
    }
});

describe("on the Pulumi CLI", () => {
    jest.setTimeout(180_000);
    let folder: string;
    let machine: Workstation | undefined;

    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-sdks-"));
    });
    afterAll(async () => {
        await machine?.close();
        rmSync(folder, { recursive: true });
    });

    async function shell(command: string): Promise<string> {
        machine ??= await Workstation.open(folder);
        return machine.shell(command);
    }

    const files = (language: string) => readdirSync(join(folder, language), { recursive: true }).map(String);
    const sources = (language: string) =>
        files(language)
            .filter((path) => path.endsWith(".py"))
            .map((path) => read(`${language}/${path}`))
            .join("\n");
    const read = (path: string) => readFileSync(join(folder, path), "utf8");
    const generate = (language: string) => shell(`pulumi package gen-sdk ${plugin} --language ${language} --out .`);

    testUnless(
        missingHost("nodejs"),
        "the schema is valid, and the plugin answers the one that is committed",
        async () => {
            const printed = JSON.parse(await shell(`pulumi package get-schema ${plugin}`));
            expect(printed.resources).toMatchObject(JSON.parse(JSON.stringify(schema.resources)));
            expect(Object.keys(printed.functions).sort()).toEqual(Object.keys(schema.functions).sort());
        },
    );

    testUnless(missingHost("nodejs"), "an SDK for Node.js, which compiles", async () => {
        await generate("nodejs");
        const names = resources.map(({ kind }) => `${kind.charAt(0).toLowerCase()}${kind.slice(1)}.ts`);
        expect(files("nodejs")).toEqual(expect.arrayContaining(names));
        expect(read("nodejs/share.ts")).toContain('additionalSecretOutputs: ["password"]');
        expect(read("nodejs/types/enums/index.ts")).toContain('AnyoneWithTheLink: "Anyone with the link"');
        const link = `mkdir node_modules && ln -s ${repository}/node_modules/@pulumi ${repository}/node_modules/@types node_modules/`;
        const options =
            "--ignoreConfig --noEmit --target es2020 --module nodenext --strict --skipLibCheck --types node index.ts";
        await shell(`cd nodejs && ${link} && node ${repository}/node_modules/typescript/bin/tsc ${options}`);
    });

    testUnless(missingHost("python"), "an SDK for Python, which is valid Python", async () => {
        await generate("python");
        expect(read("python/pyproject.toml")).toContain('name = "pulumi_fastio"');
        const share = read("python/pulumi_fastio/share.py");
        expect(share).toContain('additional_secret_outputs=["password"]');
        expect(share).toContain("replace_on_changes=");
        expect(read("python/pulumi_fastio/_enums.py")).toContain('ANYONE_WITH_THE_LINK = "Anyone with the link"');
        expect(read("python/pulumi_fastio/_inputs.py")).toContain("class ShareBrandingLinkArgsDict(TypedDict)");
        await shell("python3 -m compileall -q python");
        // Each SDK shows the examples of its own language, and they are programs that it takes.
        expect(share).toContain("share = fastio.Share(");
        expect(share).not.toContain("new fastio.Share(");
        const examples = [...JSON.stringify(schema).matchAll(/```python\\n(.*?)\\n```/g)].map(([, text]) =>
            JSON.parse(`"${text}"`),
        );
        expect(examples).toHaveLength(resources.length + functions.length);
        writeFileSync(join(folder, "examples.py"), examples.join("\n\n"));
        await shell(`python3 -c "import ast; ast.parse(open('examples.py').read())"`);
        for (const text of examples)
            for (const [, name] of text.matchAll(/^ {4}(\w+)=/gm)) expect(sources("python")).toContain(`${name}: `);
    });

    testUnless(missingHost("go"), "an SDK for Go, which the formatter of Go reads", async () => {
        await generate("go");
        expect(files("go")).toEqual(expect.arrayContaining(["workspace.go", "provider.go", "pulumiEnums.go"]));
        expect(read("go/share.go")).toMatch(/AdditionalSecretOutputs\(\[\]string\{\s*"password"/);
        expect(read("go/provider.go")).toContain('GetEnvOrDefault(nil, nil, "FASTIO_TOKEN", "FASTIO_API_KEY")');
        const formatter = await promisify(execFile)("gofmt", ["-l", join(folder, "go")]).catch(() => undefined);
        expect(formatter?.stdout ?? "").toBe("");
    });

    testUnless(missingHost("dotnet"), "an SDK for .NET", async () => {
        const failed = await generate("dotnet").catch((error: Error) => error.message);
        // The generator is done with the schema when it loads Pulumi's logo from the network.
        if (/no such host|connection refused|timeout/.test(failed)) return expect(failed).toContain("logo");
        expect(files("dotnet")).toEqual(
            expect.arrayContaining(["Pulumi.Fastio.csproj", "Workspace.cs", "Provider.cs"]),
        );
    });

    testUnless(missingHost("java"), "an SDK for Java", async () => {
        await generate("java");
        expect(files("java").filter((path) => path.endsWith("com/pulumi/fastio/Workspace.java"))).toHaveLength(1);
    });
});
