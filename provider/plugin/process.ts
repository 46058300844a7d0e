/** The process of the plugin: prints its port for the engine, serves, and ends with the engine. */
import { flushCompileCache } from "node:module";
import { listen, newServer } from "./port";
import type { PluginServer } from "./server";

const orphanCheckMs = 1000;
/** By then the first calls are answered. */
const startedMs = 500;

export async function main(): Promise<void> {
    const stop = (code: number) => () => process.exit(code);
    // The engine asks to cancel first, and awaits what is under way.
    process.on("SIGINT", stop(0));
    process.on("SIGTERM", stop(0));
    const server = newServer();
    process.stdout.write(`${await listen(server)}\n`);
    // All kinds are loaded while the engine connects. Nothing is awaited in between, so that its first call finds them.
    const loaded: typeof import("./server") = require("./server");
    // Engines end a plugin by killing it, and what is not on disk by then is compiled anew in the next start.
    setTimeout(flushCompileCache, startedMs).unref();
    endWithParent(new loaded.PluginServer({ environment: process.env, server }));
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
