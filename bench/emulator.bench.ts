// The local Fast.io: how soon it answers, and how many simple reads one core of it serves to another process.
import { Pool } from "undici";
import { type Figure, medianOf, millisecondsOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

const reads = 20_000;
const inFlight = 32;

export async function measure(): Promise<Figure[]> {
    const start = await medianOf(7, async () => {
        const began = performance.now();
        const fastio = await startLocalFastio();
        await fetch(new URL("ping/", fastio.env.FASTIO_BASE_URL));
        const value = performance.now() - began;
        await fastio.stop();
        return value;
    });
    return [
        { what: "local Fast.io: command to first answer", value: start, unit: "ms", floor: 300, better: "lower" },
        {
            what: "local Fast.io: details of an organization, one core",
            value: await medianOf(3, readsPerSecond),
            unit: "reads/s",
            floor: 2_000,
            better: "higher",
        },
    ];
}

async function readsPerSecond(): Promise<number> {
    const fastio = await startLocalFastio();
    const { origin, pathname } = new URL(fastio.env.FASTIO_BASE_URL);
    const headers = { authorization: `Bearer ${fastio.env.FASTIO_TOKEN}` };
    const pool = new Pool(origin, { connections: inFlight });
    try {
        await pool.request({
            method: "POST",
            path: `${pathname}org/create/`,
            headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
            body: "domain=bench&name=Bench",
        });
        let left = reads;
        const reader = async () => {
            while (left-- > 0) {
                const { statusCode, body } = await pool.request({
                    method: "GET",
                    path: `${pathname}org/bench/details/`,
                    headers,
                });
                await body.dump();
                if (statusCode !== 200) {
                    throw new Error(`A read of the benchmark was answered with ${statusCode}.`);
                }
            }
        };
        const milliseconds = await millisecondsOf(() => Promise.all(Array.from({ length: inFlight }, reader)));
        return (reads / milliseconds) * 1000;
    } finally {
        await pool.close();
        await fastio.stop();
    }
}
