/** The process of the plugin: prints its port for the engine, serves, and ends with the engine. */
import { messageOf } from "../core/errors";
import { PluginServer } from "./server";

const orphanCheckMs = 1000;

export async function main(): Promise<void> {
    const server = new PluginServer({ environment: process.env });
    const stop = (code: number) => () => process.exit(code);
    // The engine asks to cancel first, and awaits what is under way.
    process.on("SIGINT", stop(0));
    process.on("SIGTERM", stop(0));
    endWithParent(server);
    try {
        process.stdout.write(`${await server.listen()}\n`);
    } catch (error) {
        console.error(messageOf(error));
        process.exit(1);
    }
}

/** An engine that was killed ends nobody: what is under way is finished, and then there is nothing left to serve. */
function endWithParent(server: PluginServer): void {
    const parent = process.ppid;
    const timer = setInterval(() => {
        if (process.ppid === parent) return;
        clearInterval(timer);
        void server.close().then(() => process.exit(0));
    }, orphanCheckMs);
    timer.unref();
}
