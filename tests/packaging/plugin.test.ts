// The plugin as an archive: what is in it, and that the Pulumi CLI installs it and runs programs with nothing else there.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json";
import { missingHost, testUnless, Workstation } from "../engines/workstation";
import { repository } from "./installation";

jest.setTimeout(120_000);

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-archive-"));
    execFileSync(process.execPath, ["scripts/pack-plugin.mjs", join(folder, "archives")], { cwd: repository });
});
afterAll(() => rmSync(folder, { recursive: true }));

const archive = (platform: string) =>
    join(folder, "archives", `pulumi-resource-fastio-v${manifest.version}-${platform}.tar.gz`);

test("there is one for each platform, with the bundle, its wrappers and the licenses", () => {
    expect(readdirSync(join(folder, "archives")).map((name) => /-(\w+-\w+)\.tar\.gz$/.exec(name)?.[1])).toEqual([
        "darwin-amd64",
        "darwin-arm64",
        "linux-amd64",
        "linux-arm64",
        "windows-amd64",
        "windows-arm64",
    ]);
    const listed = execFileSync("tar", ["-tvzf", archive("linux-amd64")], { encoding: "utf8" });
    const entries = listed
        .trim()
        .split("\n")
        .filter((line) => !line.endsWith("/"));
    expect(entries.map((line) => /\.\/(\S+)$/.exec(line)?.[1]).sort()).toEqual([
        "LICENSE",
        "package.json",
        "plugin.js",
        "plugin.js.LICENSES.txt",
        "pulumi-resource-fastio",
        "pulumi-resource-fastio.cmd",
        "undici.js",
    ]);
    expect(entries.find((line) => line.endsWith("/pulumi-resource-fastio"))).toMatch(/^-rwxr-xr-x/);
});

const program = `
name: clean
runtime: yaml
resources:
  company:
    type: fastio:Organization
    properties: { domain: acme, name: Acme }
  design:
    type: fastio:Workspace
    properties: { organizationId: "\${company.id}" }
outputs:
  folder: \${design.folderName}
`;

// The folder of the npm package, packed as it is, is such an archive as well.
describe.each([
    ["the archive", () => archive("linux-amd64")],
    [
        "the folder, packed by hand",
        () => {
            const packed = join(folder, "by-hand.tar.gz");
            const built = join(repository, "dist/pulumi-resource-fastio");
            execFileSync("tar", ["-czf", packed, "--exclude=./compile-cache", "-C", built, "."]);
            return packed;
        },
    ],
])("%s", (name, archived) => {
    testUnless(
        missingHost("yaml"),
        "is installed by the CLI, and programs in a folder with nothing else find it",
        async () => {
            const project = join(folder, name);
            mkdirSync(project);
            writeFileSync(join(project, "Pulumi.yaml"), program);
            const machine = await Workstation.open(project);
            try {
                await machine.shell(`pulumi plugin install resource fastio ${manifest.version} --file ${archived()}`);
                await machine.shell("pulumi stack init dev");
                expect(await machine.signedIn("pulumi up --yes --skip-preview")).toMatch(
                    /folder: "design-[0-9a-f]{7}"/,
                );
                expect(await machine.shell("pulumi preview")).toContain("3 unchanged");
                await machine.signedIn("pulumi destroy --yes --skip-preview");
                expect(await machine.census()).toMatchObject({ organizations: 0, workspaces: 0 });
            } finally {
                await machine.close();
            }
        },
    );
});
