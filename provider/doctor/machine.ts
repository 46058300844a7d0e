/** What the machine and the project's folder have: Node, this package, the CLI, the SDK, the proxy. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { manifest } from "../../require-node";
import { isLoopback } from "../api/base-url";
import { type Finding, note, ok, wrong } from "./finding";

const longestCliStartMs = 20_000;

export async function machineFindings(folder: string, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
    return [
        ok("Node", `${process.versions.node}; ${manifest.engines.node.replace(">=", "")} or newer is needed`),
        packageFinding(folder),
        await cliFinding(folder, environment),
        sdkFinding(folder),
    ];
}

function packageFinding(folder: string): Finding {
    const installed = installedVersion(folder, "pulumi-fastio");
    if (installed === undefined || installed === manifest.version) return ok("pulumi-fastio", manifest.version);
    return note(
        "pulumi-fastio",
        `this is ${manifest.version}, and the project has ${installed}`,
        "npx pulumi-fastio doctor    # in the project's folder, which runs the project's own",
    );
}

async function cliFinding(folder: string, environment: NodeJS.ProcessEnv): Promise<Finding> {
    try {
        const { stdout } = await promisify(execFile)("pulumi", ["version"], {
            cwd: folder,
            env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
            timeout: longestCliStartMs,
        });
        return ok("Pulumi CLI", stdout.trim().replace(/^v/, ""));
    } catch {
        return note(
            "Pulumi CLI",
            "none on PATH that answers; without it, programs can be rehearsed only",
            "Install it: https://www.pulumi.com/docs/install/",
        );
    }
}

function sdkFinding(folder: string): Finding {
    const { peerDependencies = {} } = manifest as { peerDependencies?: Record<string, string> };
    const needed = (peerDependencies["@pulumi/pulumi"] ?? "").replace("^", "");
    const version = installedVersion(folder, "@pulumi/pulumi");
    const install = "npm install pulumi-fastio @pulumi/pulumi";
    if (version === undefined) {
        const isProject = ["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)));
        return isProject
            ? wrong("Pulumi SDK", "@pulumi/pulumi is not installed in this project", install)
            : note("Pulumi SDK", "this folder is no Pulumi project; run the doctor in one to see its SDK");
    }
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [neededMajor = 0, neededMinor = 0] = needed.split(".").map(Number);
    return major === neededMajor && minor >= neededMinor
        ? ok("Pulumi SDK", version)
        : wrong("Pulumi SDK", `${version}, and ${needed} or newer of the same major version is needed`, install);
}

/** The version of a package as a program in this folder finds it. */
function installedVersion(folder: string, name: string): string | undefined {
    try {
        return (createRequire(join(folder, "index.js"))(`${name}/package.json`) as { version: string }).version;
    } catch {
        return undefined;
    }
}

export function proxyFinding(baseUrl: string, environment: NodeJS.ProcessEnv): Finding {
    const find = (name: string) => [name.toLowerCase(), name].find((one) => environment[one]);
    const url = URL.parse(baseUrl);
    const [scheme, other] =
        url?.protocol === "http:" ? (["HTTP_PROXY", undefined] as const) : (["HTTPS_PROXY", "HTTP_PROXY"] as const);
    const name = find(scheme) ?? (other && find(other));
    if (name === undefined) return ok("Proxy", "none");
    const proxy = URL.parse(environment[name] ?? "");
    if (proxy === null)
        return wrong(
            "Proxy",
            `${name} is not a URL`,
            `Set it to one such as http://proxy.example.com:3128, or unset it`,
        );
    const account = proxy.username === "" && proxy.password === "" ? "" : "[secret]@";
    const shown = `${proxy.protocol}//${account}${proxy.host} (${name})`;
    if (url !== null && isLoopback(url.hostname) && !isLoopback(proxy.hostname))
        return ok("Proxy", `${shown}, which is not used for this machine's own addresses`);
    const exceptions = find("NO_PROXY");
    return ok("Proxy", exceptions === undefined ? shown : `${shown}, except for ${environment[exceptions]}`);
}
