// What an editor shows of the installed package's types alone: texts on hovering, and what it underlines with which words.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import typescript6 from "typescript";
import { type Project, prepareProject } from "../engines/project";
import { otherVersions } from "../packaging/installation";

jest.setTimeout(60_000);

const typescript59: typeof typescript6 = require(join(otherVersions, "node_modules/typescript"));

const start = 'import * as fastio from "pulumi-fastio";\n';
const program = `${start}
const company = new fastio.Organization("acme", { domain: "acme-deal", name: "Acme" });
const design = new fastio.Workspace("design", {
    organizationId: company.id,
    permJoin: fastio.WorkspaceJoin.OnlyOrgOwners,
});
export const url = design.url;
export const found = fastio.getOrganizationOutput({ domain: "acme-deal" });
`;
const workspace = (args: string) => `${start}
const company = new fastio.Organization("acme", { domain: "acme-deal", name: "Acme" });
export const design = new fastio.Workspace("design", ${args});
`;
const mistakes = {
    "a resource in place of its id": workspace("{ organizationId: company }"),
    "a property spelt wrong": workspace('{ organizationId: company.id, foldername: "design" }'),
    "a parent left out": workspace('{ name: "Design" }'),
    "a phrase that the service does not have": workspace('{ organizationId: company.id, permJoin: "Everybody" }'),
    "an output in place of its value": `${workspace("{ organizationId: company.id }")}
export const host: string = design.url;`,
};

let project: Project;
beforeAll(() => {
    const files = Object.values(mistakes).map((text, index) => [`mistake-${index}.ts`, text]);
    project = prepareProject({ files: { "index.ts": program, ...Object.fromEntries(files) } });
});
afterAll(() => project.remove());

const editors = new Map<typeof typescript6, typescript6.LanguageService>();

/** The part of an editor that knows the language, opened once. */
function editor(ts: typeof typescript6): typescript6.LanguageService {
    const opened = editors.get(ts) ?? openEditor(ts);
    editors.set(ts, opened);
    return opened;
}

function openEditor(ts: typeof typescript6): typescript6.LanguageService {
    const names = ["index.ts", ...Object.keys(mistakes).map((_, index) => `mistake-${index}.ts`)];
    const options = {
        strict: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: ["node"],
    };
    return ts.createLanguageService({
        getScriptFileNames: () => names.map((name) => join(project.folder, name)),
        getScriptVersion: () => "1",
        getScriptSnapshot: (file) =>
            ts.sys.fileExists(file) ? ts.ScriptSnapshot.fromString(readFileSync(file, "utf8")) : undefined,
        getCurrentDirectory: () => project.folder,
        getCompilationSettings: () => options,
        getDefaultLibFileName: ts.getDefaultLibFilePath,
        fileExists: ts.sys.fileExists,
        readFile: ts.sys.readFile,
        readDirectory: ts.sys.readDirectory,
        directoryExists: ts.sys.directoryExists,
        getDirectories: ts.sys.getDirectories,
        realpath: ts.sys.realpath ?? ((path) => path),
    });
}

describe.each([
    ["6", typescript6],
    ["5.9", typescript59],
] as const)("TypeScript %s", (version, ts) => {
    test("it is that version", () => expect(ts.version.startsWith(version)).toBe(true));

    function hover(word: string): string {
        const file = join(project.folder, "index.ts");
        const info = editor(ts).getQuickInfoAtPosition(file, program.indexOf(word) + 1);
        return `${ts.displayPartsToString(info?.displayParts)}\n${ts.displayPartsToString(info?.documentation)}`;
    }

    test.each([
        ["Workspace(", /^(constructor|class|alias)? ?.*Workspace.*A workspace: a place for files and people/s],
        [
            "organizationId",
            /WorkspaceArgs\.organizationId: Input<string>\nId of the organization that owns the workspace/,
        ],
        ["permJoin", /permJoin\?: Input<fastio\.WorkspaceJoin> \| undefined\n.*may join.*Default `Member or above`/],
        ["OnlyOrgOwners", /OnlyOrgOwners: "Only Org Owners"/],
        ["url;", /Workspace\.url: Output<string>\nAddress of the workspace/],
        ["getOrganizationOutput", /Output<fastio\.GetOrganizationResult>\n`getOrganization` with outputs as arguments/],
    ])("hovering over %s tells what it is", (word, text) => {
        expect(hover(word)).toMatch(text);
    });

    test.each(
        [
            [/^Type 'Organization' is not assignable to type 'Input<string>'/, "organizationId"],
            [
                /'foldername' does not exist in type 'WorkspaceArgs'\. Did you mean to write 'folderName'\?$/,
                "foldername",
            ],
            [
                /^Argument of type '\{ name: string; \}' is not assignable to parameter of type 'WorkspaceArgs'\.\n {2}Property 'organizationId' is missing/,
                '{ name: "Design" }',
            ],
            [/^Type '"Everybody"' is not assignable to type 'Input<WorkspaceJoin> \| undefined'/, "permJoin"],
            [/^Type 'Output<string>' is not assignable to type 'string'/, "host"],
        ].map(([message, marked], index) => [Object.keys(mistakes)[index] ?? "", message, marked, index] as const),
    )("%s is underlined, and the message says what is expected", (_, message, marked, index) => {
        const file = join(project.folder, `mistake-${index}.ts`);
        const found = editor(ts).getSemanticDiagnostics(file);
        const text = readFileSync(file, "utf8");
        expect(
            found.map(({ start = 0, length = 0, messageText }) => [
                ts.flattenDiagnosticMessageText(messageText, "\n"),
                text.slice(start, start + length),
            ]),
        ).toEqual([[expect.stringMatching(message ?? ""), marked]]);
    });
});

test("every argument, output and function has a text", () => {
    const service = editor(typescript6);
    const checker = service.getProgram()?.getTypeChecker();
    const source = service.getProgram()?.getSourceFile(require.resolve("pulumi-fastio").replace(/\.js$/, ".d.ts"));
    if (checker === undefined || source === undefined) throw new Error("the package's declarations are not loaded");
    const module = checker.getSymbolAtLocation(source);
    const bare: string[] = [];
    let seen = 0;
    for (const exported of module ? checker.getExportsOfModule(module) : []) {
        const symbol = exported.flags & typescript6.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        const look = (one: typescript6.Symbol, name: string) => {
            seen += 1;
            if (one.getDocumentationComment(checker).length === 0) bare.push(name);
        };
        if (symbol.flags & (typescript6.SymbolFlags.Class | typescript6.SymbolFlags.Interface)) {
            for (const property of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))) {
                // Those of every resource are Pulumi's.
                const [declaration] = property.declarations ?? [];
                if (declaration?.getSourceFile().fileName.includes("@pulumi/pulumi")) continue;
                look(property, `${symbol.name}.${property.name}`);
            }
        }
        look(symbol, symbol.name);
    }
    expect(bare).toEqual([]);
    expect(seen).toBeGreaterThan(200);
});
