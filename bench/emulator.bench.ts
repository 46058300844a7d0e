// The local Fast.io with its state in a file: how soon it answers, what one core of it serves to another process, and
// whether a hundred thousand objects slow that down.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Pool } from "undici";
import { type Figure, median, medianOf, millisecondsOf } from "./figure";
import { type LocalFastio, startLocalFastio } from "./local-fastio";

const reads = 20_000;
const writes = 6_000;
const objects = 100_000;
const inFlight = 32;
const runs = 3;

export async function measure(): Promise<Figure[]> {
    const start = await medianOf(7, async () => {
        const began = performance.now();
        const fastio = await startLocalFastio();
        await fetch(new URL("ping/", fastio.env.FASTIO_BASE_URL));
        const value = performance.now() - began;
        await fastio.stop();
        return value;
    });
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-bench-"));
    const file = join(folder, "state.db");
    try {
        const few = await serving(file, measureFew);
        const before = await serving(file, ({ client }) => client.readsPerSecond());
        fill(file);
        const after = await serving(file, ({ client }) => client.readsPerSecond());
        const count = objects.toLocaleString("en");
        return [
            { what: "local Fast.io: command to first answer", value: start, unit: "ms", floor: 300, better: "lower" },
            ...few,
            {
                what: `local Fast.io: details of a workspace by its name among ${count} objects, times as slow as alone`,
                value: before / after,
                unit: "times",
                floor: 1.2,
                better: "lower",
            },
        ];
    } finally {
        rmSync(folder, { recursive: true });
    }
}

async function measureFew({ client }: Served): Promise<Figure[]> {
    const organization = await client.send("org/create/", { domain: "bench", name: "Bench" });
    const { id } = organization.org as { id: string };
    await client.send(`org/${id}/create/workspace/`, { ...workspace, folder_name: "bench" });
    const figure = (what: string, value: number, unit: string, floor: number): Figure => ({
        what: `local Fast.io, state in a file, one core: ${what}`,
        value,
        unit,
        floor,
        better: "higher",
    });
    return [
        figure("details of a workspace", await client.readsPerSecond(), "reads/s", 5_000),
        figure("folders made and workspaces changed, by turns", await client.writesPerSecond(), "writes/s", 1_500),
    ];
}

const workspace = { name: "Bench", perm_join: "Member or above", perm_member_manage: "Admin or above" };

interface Served {
    fastio: LocalFastio;
    client: Client;
}

/** Runs the work on a local Fast.io that keeps its state in the file. */
async function serving<T>(file: string, work: (served: Served) => Promise<T>): Promise<T> {
    const fastio = await startLocalFastio("--data", file);
    const client = new Client(fastio);
    try {
        return await work({ fastio, client });
    } finally {
        await client.close();
        await fastio.stop();
    }
}

class Client {
    readonly #pool: Pool;
    readonly #base: string;
    readonly #headers: Record<string, string>;
    #written = 0;

    constructor({ env }: LocalFastio) {
        const { origin, pathname } = new URL(env.FASTIO_BASE_URL);
        this.#pool = new Pool(origin, { connections: inFlight });
        this.#base = pathname;
        this.#headers = { authorization: `Bearer ${env.FASTIO_TOKEN}` };
    }

    async send(path: string, form?: Record<string, string>): Promise<Record<string, unknown>> {
        const { statusCode, body } = await this.#pool.request({
            method: form ? "POST" : "GET",
            path: this.#base + path,
            headers: { ...this.#headers, ...(form && { "content-type": "application/x-www-form-urlencoded" }) },
            ...(form && { body: new URLSearchParams(form).toString() }),
        });
        const answer = (await body.json()) as Record<string, unknown>;
        if (statusCode !== 200) throw new Error(`${path} of the benchmark was answered with ${JSON.stringify(answer)}`);
        return answer;
    }

    readsPerSecond(): Promise<number> {
        return perSecond(reads, () => this.send("workspace/bench/details/"));
    }

    writesPerSecond(): Promise<number> {
        return perSecond(writes, () => {
            const name = `number ${this.#written++}`;
            return this.#written % 2 === 0
                ? this.send("workspace/bench/storage/root/createfolder/", { name })
                : this.send("workspace/bench/update/", { name });
        });
    }

    close(): Promise<void> {
        return this.#pool.close();
    }
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
        let left = count;
        const worker = async () => {
            while (left-- > 0) await work();
        };
        const milliseconds = await millisecondsOf(() => Promise.all(Array.from({ length: inFlight }, worker)));
        rates.push(count / (milliseconds / 1000));
    }
    return median(rates);
}

/** Writes into the data file what so many calls would make: workspaces like the first, with a member each. */
function fill(file: string): void {
    const database = new DatabaseSync(file);
    database.function("folded", { deterministic: true }, (name) => String(name).toLowerCase());
    const half = objects / 2;
    const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${half})`;
    const id = "CAST(2000000000000000000 + n AS TEXT)";
    database.exec(`BEGIN;
        INSERT INTO workspaces (id, organizationId, folderName, fields, rootId, created, updated) ${numbers}
            SELECT ${id}, organizationId, 'filled-' || n, fields, 'filled-' || n, created, updated
            FROM numbers, (SELECT * FROM workspaces LIMIT 1);
        INSERT INTO members (parentId, userId, kind, role, status, created) ${numbers}
            SELECT ${id}, userId, kind, role, status, created
            FROM numbers, (SELECT * FROM members WHERE kind = 'workspace' LIMIT 1);
        COMMIT`);
    database.close();
}
