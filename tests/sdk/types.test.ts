/** What the compiler says about programs: correct ones pass, typical mistakes are errors that name the property. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const repository = join(__dirname, "..", "..");

/** Type-checks a program as a user's compiler would, and answers what it says. */
function compile(programs: Record<string, string>): Record<string, string[]> {
    const folder = mkdtempSync(join(__dirname, "program-"));
    try {
        const paths = Object.keys(programs).map((name) => join(folder, `${name}.ts`));
        for (const [name, text] of Object.entries(programs)) {
            writeFileSync(
                join(folder, `${name}.ts`),
                `import * as fastio from "pulumi-fastio";\nimport * as pulumi from "@pulumi/pulumi";\n${text}\n`,
            );
        }
        const program = ts.createProgram(paths, {
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.NodeNext,
            moduleResolution: ts.ModuleResolutionKind.NodeNext,
            types: [],
            paths: { "pulumi-fastio": [join(repository, "sdk", "index.ts")] },
        });
        return Object.fromEntries(
            Object.keys(programs).map((name) => {
                const source = program.getSourceFile(join(folder, `${name}.ts`));
                const found = ts.getPreEmitDiagnostics(program, source);
                return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))];
            }),
        );
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

describe("types of the SDK", () => {
    const workspace = (args: string) => `new fastio.Workspace("w", ${args});`;
    const found = compile({
        complete: `
            const company = new fastio.Organization("c", { domain: "acme", name: "Acme", ownerDefined: { nested: [1, { deep: true }] } });
            const design = new fastio.Workspace("w", {
                organizationId: company.id,
                permJoin: fastio.WorkspaceJoin.OnlyOrgOwners,
                permMemberManage: "Admin or above",
                description: undefined,
            }, { protect: true, parent: company });
            new fastio.WorkspaceMember("m", { workspaceId: design.id, email: "a@example.com", role: fastio.WorkspaceRole.Guest });
            new fastio.TransferToken("t", { organizationId: company.id, triggers: { round: design.name } });
            const look = new fastio.OrganizationBranding("o", {
                organizationId: company.id,
                accentColor: "#0055ff",
                backgroundColor: { r: pulumi.output(0), g: 85, b: 255 },
                backgroundMode: fastio.BackgroundMode.Fixed,
                logo: new pulumi.asset.FileAsset("logo.png"),
            });
            new fastio.ShareBranding("s", {
                shareId: "1",
                accentColor: look.accentColor.apply((colour) => colour ?? "#000000"),
                background: pulumi.output(new pulumi.asset.StringAsset("<svg/>")),
                links: [{ title: design.name.apply(String), url: "https://example.com" }],
            });
            design.url.apply((url) => url.toUpperCase());
            design.description.apply((text) => text?.length);
        `,
        missing: workspace(`{ name: "Design" }`),
        wrongPhrase: workspace(`{ organizationId: "1", permJoin: "Everybody" }`),
        wrongName: workspace(`{ organizationId: "1", foldername: "design" }`),
        wrongType: workspace(`{ organizationId: "1", intelligence: "yes" }`),
        wrongRole: `new fastio.WorkspaceMember("m", { workspaceId: "1", email: "a@example.com", role: "owner" });`,
        wrongColour: `new fastio.WorkspaceBranding("b", { workspaceId: "1", accentColor: { r: 0, g: 0 } });`,
        wrongLink: `new fastio.ShareBranding("b", { shareId: "1", links: [{ name: "A", url: "https://example.com" }] });`,
        output: `new fastio.Organization("c", { domain: "acme", name: "Acme", plan: "business" });`,
    });

    test("a complete program passes", () => expect(found.complete).toEqual([]));

    test.each([
        ["missing", /organizationId/],
        ["wrongPhrase", /"Everybody"/],
        ["wrongName", /foldername/],
        ["wrongType", /string.*boolean/s],
        ["wrongRole", /"owner"/],
        ["wrongColour", /'b' is missing|Property 'b'/],
        ["wrongLink", /'name'/],
        ["output", /plan/],
    ])("%s is a compile error", (name, message) => {
        expect(found[name]).toHaveLength(1);
        expect(found[name]?.[0]).toMatch(message);
    });
});
