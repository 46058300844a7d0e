// The same requests sent by a bare undici script, as many at a time as the engine has operations in flight.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { millisecondsOf } from "./figure";

/** How many operations the engine has in flight unless told otherwise. */
const width = 4 * availableParallelism();

/** How long requests of the same methods and paths take on a server that only waits. */
export async function replay(
    requests: readonly { method: string; path: string }[],
    latencyMs: number,
): Promise<number> {
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
