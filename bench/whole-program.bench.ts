// `up` of sixty resources of all kinds, against the same requests sent by a bare undici script, as many at a time.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import type { Engine } from "../tests/engines/engine";
import { availableEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { declaredProgram } from "../tests/lifecycle/fixture";
import { names, wholeProgram } from "../tests/lifecycle/whole-program";
import { type Figure, medianOf, millisecondsOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

const latencyMs = 50;
/** How many operations the engine has in flight unless told otherwise. */
const width = 4 * availableParallelism();

export async function measure(): Promise<Figure[]> {
    const figures: Figure[] = [];
    for (const { name, open } of availableEngines()) {
        let requests: { method: string; path: string }[] = [];
        const whole = await medianOf(3, async () => {
            const made = await up(open);
            requests = made.requests;
            return made.milliseconds;
        });
        const bare = await medianOf(3, () => replay(requests));
        figures.push({
            what: `up of 60 resources at ${latencyMs} ms, ${name}: ${Math.round(whole)} ms, of which ${requests.length} requests by a bare script take ${Math.round(bare)} ms`,
            value: whole / bare,
            unit: "times",
            // Resources wait for those they depend on and the engine starts processes; a script that knows all does neither.
            floor: 4,
            better: "lower",
        });
    }
    return figures;
}

async function up(open: Engine["open"]) {
    const fastio = await startLocalFastio("--latency", String(latencyMs));
    const declarations = JSON.stringify(wholeProgram("full", names));
    const project = prepareProject({ files: { ...declaredProgram, "declarations.json": declarations } });
    const stack = await open({ project: project.folder, env: { ...fastio.env } });
    try {
        const milliseconds = await millisecondsOf(() => stack.up());
        return { milliseconds, requests: await fastio.ledger() };
    } finally {
        await stack.close();
        project.remove();
        await fastio.stop();
    }
}

/** Sends requests of the same methods and paths to a server that only waits. */
async function replay(requests: readonly { method: string; path: string }[]): Promise<number> {
    const server = createServer(async (request, response) => {
        request.resume();
        await pause(latencyMs);
        response.setHeader("content-type", "application/json").end('{"result":true}');
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: width });
    const queue = requests.values();
    const sender = async () => {
        for (const { method, path } of queue) {
            const { body } = await pool.request({ method: method as "GET", path });
            await body.dump();
        }
    };
    try {
        return await millisecondsOf(() => Promise.all(Array.from({ length: width }, sender)));
    } finally {
        await pool.close();
        server.close();
    }
}
