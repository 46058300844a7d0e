// A running provider: its process, its port, and the conversation over it.

import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NodeProcess } from "./node-process";
import { ProviderProtocol } from "./provider-protocol";

const patienceMs = 1000;

export interface ProviderProcessOptions {
    /** The folder of Pulumi.yaml: the provider's own, too. */
    folder: string;
    engineAddress: string;
    environment: Record<string, string | undefined>;
    /** What the provider prints once it serves. */
    onLine: (line: string) => void;
}

export class ProviderProcess {
    private constructor(
        private readonly process: NodeProcess,
        readonly protocol: ProviderProtocol,
    ) {}

    /** Starts the host of dynamic resources that the project's own SDK brings. */
    static async startDynamic(options: ProviderProcessOptions): Promise<ProviderProcess> {
        const script = resolveFrom(options.folder, "@pulumi/pulumi/cmd/dynamic-provider");
        const port = Promise.withResolvers<number>();
        let waiting = true;
        const process = new NodeProcess({
            script,
            arguments: [options.engineAddress],
            folder: options.folder,
            environment: options.environment,
            onLine: (line, stream) => {
                if (!waiting || stream === "stderr") return options.onLine(line);
                waiting = false;
                if (/^\d+$/.test(line)) port.resolve(Number(line));
                else
                    port.reject(
                        new Error(`The provider wrote an invalid port to stdout: could not parse port: ${line}`),
                    );
            },
        });
        process.exited.then(
            (code) => port.reject(new Error(`The provider of dynamic resources ended at once (exit code ${code}).`)),
            port.reject,
        );
        try {
            const protocol = new ProviderProtocol(`127.0.0.1:${await port.promise}`);
            await protocol.handshake(options.engineAddress, options.folder);
            return new ProviderProcess(process, protocol);
        } catch (error) {
            await process.stop(0);
            throw error;
        }
    }

    async stop(): Promise<void> {
        // A provider that cannot answer any more is ended all the same.
        await Promise.race([this.protocol.cancel().catch(() => {}), sleep(patienceMs, undefined, { ref: false })]);
        this.protocol.close();
        await this.process.stop(patienceMs);
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
