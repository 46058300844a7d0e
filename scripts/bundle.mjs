// Bundles what engines start into one file each, so that a provider process starts fast and runs the zod and undici it was
// tested with, whatever else the program's folder has installed: dist/runtime.js, which the resources' provider text
// requires, and dist/pulumi-resource-fastio/, the folder of the plugin. Beside each lies undici.js, for the first request.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/** Which version this is stands beside the bundle; what packages know of themselves goes into it. */
const ownManifest = {
    name: "own-manifest",
    setup({ onResolve }) {
        onResolve({ filter: /\/package\.json$/ }, ({ path, importer }) =>
            importer.includes("node_modules") ? undefined : { path, external: true },
        );
    },
};

/** More than half of all the code, and a preview makes no request: what only requests need lies in undici.js. */
const forRequests = {
    name: "for-requests",
    setup({ onResolve, onLoad }) {
        onResolve({ filter: /^for-requests$/ }, ({ path }) => ({ path, namespace: "for-requests" }));
        onLoad({ filter: /.*/, namespace: "for-requests" }, () => ({
            contents: 'export * from "undici"; export { Secret, TOTP } from "otpauth";',
            resolveDir: process.cwd(),
        }));
        onResolve({ filter: /^(undici|otpauth)$/ }, ({ namespace }) =>
            namespace === "for-requests" ? undefined : { path: "./undici.js", external: true },
        );
    },
};

async function bundle(entry, outfile, external) {
    if (!existsSync(entry)) {
        console.error(`bundle: ${entry} does not exist, so there is nothing to bundle into ${outfile}.`);
        process.exit(1);
    }
    const { metafile } = await build({
        entryPoints: { [basename(outfile, ".js")]: entry, undici: "for-requests" },
        outdir: dirname(outfile),
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node22",
        external,
        plugins: [ownManifest, forRequests],
        // Node finds no names in a minified CommonJS file that is imported; required, it is what it is.
        supported: { "dynamic-import": false },
        minifyWhitespace: true,
        minifySyntax: true,
        minifyIdentifiers: true,
        // Errors are told apart by the names of their classes.
        keepNames: true,
        legalComments: "none",
        metafile: true,
        logLevel: "warning",
    });
    const packages = new Set(
        Object.keys(metafile.inputs).flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
    );
    const licenses = [...packages].sort().map(licenseOf);
    writeFileSync(`${outfile}.LICENSES.txt`, `${basename(outfile)} and undici.js hold:\n\n${licenses.join("\n\n")}`);
}

function licenseOf(name) {
    const folder = join("node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((candidate) => /^licen[cs]e/i.test(candidate));
    if (!file) {
        throw new Error(`bundle: ${name} has no license file to pass on.`);
    }
    return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

await bundle("provider/dynamic/runtime.ts", "dist/runtime.js", ["@pulumi/pulumi"]);

const plugin = "dist/pulumi-resource-fastio";
rmSync(plugin, { recursive: true, force: true });
await bundle("provider/plugin/main.ts", join(plugin, "plugin.js"), []);
cpSync("provider/plugin/files", plugin, { recursive: true });
cpSync("LICENSE", join(plugin, "LICENSE"));
const { version, license, engines } = JSON.parse(readFileSync("package.json", "utf8"));
// The CLI installs what a folder with PulumiPlugin.yaml depends on, and takes an installation without node_modules for a failed one.
const scripts = { postinstall: "node -e \"require('node:fs').mkdirSync('node_modules', { recursive: true })\"" };
const manifest = {
    name: "pulumi-resource-fastio",
    version,
    license,
    engines,
    private: true,
    main: "plugin.js",
    scripts,
};
writeFileSync(join(plugin, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
