// A running provider: its process, its port, and the conversation over it.

import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderProtocol } from "./provider-protocol";
import { SideProcess } from "./side-process";

const patienceMs = 1000;
/** How much of what a plugin prints is kept for the case that it dies. */
const keptLines = 200;

export interface ProviderProcessOptions {
    /** The provider's working directory: a plugin's is the folder of Pulumi.yaml, that of the host for dynamic resources the program's. */
    folder: string;
    engineAddress: string;
    environment: Record<string, string | undefined>;
    /** Messages about the provider, and what the host of dynamic resources prints. */
    onLine: (line: string) => void;
    onMessage: (severity: "warning" | "error", message: string) => void;
}

export class ProviderProcess {
    private stopping = false;

    private constructor(
        private readonly process: SideProcess,
        readonly protocol: ProviderProtocol,
        /** As the provider says itself; empty when it does not. */
        readonly version: string,
    ) {}

    /** Starts the host of dynamic resources that the project's own SDK brings. What it prints is shown. */
    static async startDynamic(options: ProviderProcessOptions): Promise<ProviderProcess> {
        const { folder, environment, engineAddress } = options;
        const port = new PortLine("The provider");
        const script = resolveFrom(folder, "@pulumi/pulumi/cmd/dynamic-provider");
        const process = SideProcess.node(script, {
            arguments: [engineAddress],
            folder,
            environment,
            onLine: (line, stream) => {
                if (!port.takes(line, stream)) options.onLine(line);
            },
        });
        return ProviderProcess.connect(process, port, { ...options, programFolder: folder });
    }

    /** Starts a plugin from its folder. What it prints is hidden, until it dies. */
    static async startPlugin(
        name: string,
        programFolder: string,
        options: ProviderProcessOptions,
    ): Promise<ProviderProcess> {
        const { folder, environment, engineAddress, onMessage } = options;
        const command = join(programFolder, `pulumi-resource-${name}`);
        const port = new PortLine(`${name} (resource) plugin [${command}]`);
        const printed: string[] = [];
        const process = SideProcess.executable({
            command,
            arguments: [engineAddress],
            folder,
            environment,
            onLine: (line, stream) => {
                if (port.takes(line, stream)) return;
                printed.push(line);
                if (printed.length > keptLines) printed.shift();
            },
        });
        const died = () =>
            onMessage(
                "error",
                `Detected that ${command} exited prematurely.\n` +
                    "This is *always* a bug in the provider. Please report the issue to the provider author as appropriate.\n" +
                    `The last that it printed:\n${printed.join("\n")}`,
            );
        const connecting = ProviderProcess.connect(process, port, { ...options, programFolder });
        const started = await connecting.catch((error) => {
            died();
            throw error;
        });
        process.exited.then(
            () => {
                if (!started.stopping) died();
            },
            () => {},
        );
        return started;
    }

    private static async connect(
        process: SideProcess,
        port: PortLine,
        { engineAddress, programFolder }: ProviderProcessOptions & { programFolder: string },
    ): Promise<ProviderProcess> {
        process.exited.then(
            (code) => port.fail(new Error(`${port.subject} ended at once (exit code ${code}).`)),
            (error) => port.fail(error),
        );
        let protocol: ProviderProtocol | undefined;
        try {
            protocol = new ProviderProtocol(`127.0.0.1:${await port.number}`);
            const version = await protocol.handshake(engineAddress, programFolder);
            return new ProviderProcess(process, protocol, version);
        } catch (error) {
            protocol?.close();
            await process.stop(0).catch(() => {});
            throw error;
        }
    }

    async stop(): Promise<void> {
        this.stopping = true;
        // A provider that cannot answer any more is ended all the same.
        await Promise.race([this.protocol.cancel().catch(() => {}), sleep(patienceMs, undefined, { ref: false })]);
        this.protocol.close();
        await this.process.stop(patienceMs);
    }
}

/** The first line of a provider, which is its port. */
class PortLine {
    private readonly found = Promise.withResolvers<number>();
    readonly number = this.found.promise;
    private seen = false;

    constructor(readonly subject: string) {}

    /** Whether the line is the one. */
    takes(line: string, stream: "stdout" | "stderr"): boolean {
        if (this.seen || stream === "stderr") return false;
        this.seen = true;
        if (/^\d+$/.test(line.trim())) this.found.resolve(Number(line));
        else this.fail(new Error(`${this.subject} wrote an invalid port to stdout: could not parse port: ${line}`));
        return true;
    }

    fail(error: Error): void {
        this.found.reject(error);
    }
}

/** Where `request` leads from the project's folder, so that the program's own packages run. */
export function resolveFrom(folder: string, request: string): string {
    try {
        return createRequire(join(folder, "Pulumi.yaml")).resolve(request);
    } catch (cause) {
        throw new Error(`${request} is not installed in ${folder}: run \`npm install @pulumi/pulumi\` there.`, {
            cause,
        });
    }
}
