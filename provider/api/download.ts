// Fetches a file from anywhere on the web to the disk, without the service's credential.
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** Writes what the address answers into the file. Redirects are followed and proxies used, as Pulumi itself does. */
export async function download(address: URL, file: string): Promise<void> {
    const { EnvHttpProxyAgent, fetch } = await import("undici");
    const dispatcher = new EnvHttpProxyAgent();
    try {
        const { ok, status, body } = await fetch(address, { dispatcher });
        if (!ok) {
            await body?.cancel();
            throw new Error(`it answers HTTP ${status}`);
        }
        await pipeline(body ?? [], createWriteStream(file));
    } finally {
        await dispatcher.destroy();
    }
}
