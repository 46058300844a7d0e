/** Messages to the engine, which shows them with the resource that they are about. */
import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const severities = {
    debug: LogSeverity.DEBUG,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
    error: LogSeverity.ERROR,
} as const;

export class EngineLog {
    #engine: EngineClient | undefined;
    readonly #sent = new Set<Promise<void>>();

    /** Messages go to the engine at this address from now on. */
    connect(address: string): void {
        this.#engine?.close();
        this.#engine = new EngineClient(address, credentials.createInsecure());
    }

    show(severity: keyof typeof severities, message: string, urn = ""): void {
        const engine = this.#engine;
        if (engine === undefined) return;
        const request = new LogRequest().setSeverity(severities[severity]).setMessage(message).setUrn(urn);
        // A message that nobody takes must not fail what it tells of.
        const sent = new Promise<void>((resolve) => {
            engine.log(request, () => resolve());
        }).then(() => {
            this.#sent.delete(sent);
        });
        this.#sent.add(sent);
    }

    /** Waits until the engine has what was said so far: it ends the process soon after the last answer. */
    async flush(): Promise<void> {
        await Promise.all(this.#sent);
    }

    close(): void {
        this.#engine?.close();
        this.#engine = undefined;
    }
}
