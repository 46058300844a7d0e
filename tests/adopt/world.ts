/** One thing of every kind and in most shapes, made without an engine, and the command line that adopts them. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import manifest from "../../package.json";
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import { repository } from "../docs/markdown";
import { Process, Resource, Service } from "../verbs/fixture";

export class World {
    /** What was made, by the name that a test gives it. */
    readonly made: Record<string, Resource> = {};

    private constructor(
        readonly service: Service,
        readonly process: Process,
    ) {}

    static async open(): Promise<World> {
        const service = await Service.open();
        return new World(service, new Process(service));
    }

    async close(): Promise<void> {
        await this.process.close();
        await this.service.close();
    }

    get environment(): Record<string, string> {
        return { FASTIO_BASE_URL: this.service.baseUrl, FASTIO_TOKEN: this.service.emulator.token };
    }

    /** Makes a resource in a run of its own: a process remembers the names that it gave, and of whom. */
    async make(name: string, kind: string, args: Properties): Promise<string> {
        const resource = new Resource(kind, name);
        const given = Object.entries(args).filter(([, value]) => value !== undefined);
        const run = new Process(this.service);
        await resource.up(run, Object.fromEntries(given)).finally(() => run.close());
        this.made[name] = resource;
        return resource.ownId;
    }

    id(name: string): string {
        return String(this.made[name]?.ownId);
    }

    idsOf(kind: string): string[] {
        return Object.values(this.made).flatMap((one) => (one.kind === kind ? [one.ownId] : []));
    }

    /** Text as an asset. */
    text(text: string): Properties {
        return textAsset(text);
    }

    /** The transfer tokens: secrets that an import file holds. */
    get tokens(): string[] {
        return Object.values(this.made).flatMap(({ outputs: { token } }) => (typeof token === "string" ? [token] : []));
    }

    /** Every kind with all its properties and with as few as possible, and references of every kind. */
    async populate(): Promise<void> {
        await this.service.account("ann@example.com");
        const { userId } = await this.service.account("bob@example.com");
        for (const which of ["full", "minimal"] as const) {
            const isFull = which === "full";
            const make = (name: string, kind: string, args: Properties) => {
                const sample: Properties = resourcesByKind.get(kind)?.samples[which] ?? {};
                return this.make(isFull ? name : `plain-${name}`, kind, { ...sample, ...args });
            };
            const domain = isFull ? "acme" : "plain-acme";
            const organizationId = await make("org", "Organization", { domain });
            const workspaceId = await make("workspace", "Workspace", { organizationId });
            const shareId = await make("share", "Share", { workspaceId });
            const legal = await make("legal", "Folder", { workspaceId, parentId: undefined, name: "Legal" });
            const parentId = isFull ? legal : undefined;
            const folderId = await make("contracts", "Folder", { workspaceId, parentId, name: "Contracts" });
            await this.make(`${which}-view`, "Share", {
                workspaceId,
                title: "Contracts",
                storageMode: "workspace_folder",
                folderId,
                downloadEnabled: isFull,
            });
            await make("file", "File", { workspaceId, folderId: isFull ? folderId : undefined });
            await this.make(`${which}-inbox`, "Folder", { shareId, name: "Inbox" });
            await make("org-member", "OrganizationMember", { organizationId });
            await make("workspace-member", "WorkspaceMember", { workspaceId, email: "stranger@example.com" });
            await this.make(`${which}-viewer`, "ShareMember", { shareId, userId, role: "view" });
            await make("org-branding", "OrganizationBranding", { organizationId });
            await make("workspace-branding", "WorkspaceBranding", { workspaceId });
            await make("share-branding", "ShareBranding", { shareId });
            await make("token", "TransferToken", { organizationId, triggers: undefined });
        }
    }
}

export interface CommandResult {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Runs the installed command in a folder, without an environment of the tests' own. */
export async function command(folder: string, env: Record<string, string>, ...args: string[]): Promise<CommandResult> {
    const bin = join(repository, manifest.bin["pulumi-fastio"]);
    const { FASTIO_TOKEN: _, FASTIO_API_KEY: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
        cwd: folder,
        env: { ...inherited, NO_COLOR: "1", ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
}

/** The import file as the options of an import. */
export function importOptions(folder: string, file = "import.json") {
    return { ...JSON.parse(readFileSync(join(folder, file), "utf8")), generateCode: false };
}

/** A program of modules as JavaScript that needs no compiler: no types are in it. */
export function asJavaScript(program: string): string {
    return program.replace(/^import \* as (\w+) from (.*);$/gm, "const $1 = require($2);");
}
