// A large file: the memory that a provider process needs for it, and how fast it arrives, against `curl` sending the same
// chunks with the same hashes, known beforehand, to the same server.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Figure, median, medianOf, millisecondsOf } from "./figure";
import { type LocalFastio, startLocalFastio } from "./local-fastio";

const megabytes = 500;
const bytes = megabytes * 1_000_000;
const runs = 3;
const run = promisify(execFile);

/** What Pulumi's host for dynamic resources does for a `File`: how long its create takes, and the most memory that the process ever had. */
const host = `
    const { provider } = require("pulumi-fastio/runtime");
    const [domain, path, hash] = process.argv.slice(1);
    const make = async (kind, args) => {
        const one = provider(kind);
        await one.configure({ config: { get: () => undefined } });
        const urn = "urn:pulumi:dev::bench::fastio:index:" + kind + "::bench";
        const { inputs, failures } = await one.check({}, { ...args, __resource: urn, __provider: "" });
        if (failures?.length) throw new Error(JSON.stringify(failures));
        return (await one.create(inputs)).id;
    };
    (async () => {
        const organizationId = await make("Organization", { domain, name: "Bench" });
        const workspaceId = await make("Workspace", { organizationId, name: "Bench" });
        // The form in which the engine sends a FileAsset.
        const source = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", path, hash };
        const start = performance.now();
        await make("File", { workspaceId, name: "large.bin", source });
        const milliseconds = performance.now() - start;
        process.stdout.write("\\n" + JSON.stringify({ workspaceId, milliseconds, kibibytes: process.resourceUsage().maxRSS }));
    })();`;

interface Upload {
    workspaceId: string;
    milliseconds: number;
    kibibytes: number;
}

export async function measure(): Promise<Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-bench-"));
    const fastio = await startLocalFastio("--data", join(folder, "state.db"));
    let uploads = 0;
    const upload = async (size: number): Promise<Upload> => {
        const path = join(folder, "large.bin");
        writeFileSync(path, "");
        truncateSync(path, size);
        const hash = hashOf(size);
        uploads += 1;
        const { stdout } = await run(process.execPath, ["-e", host, `bench-${uploads}`, path, hash], {
            cwd: dirname(__dirname),
            env: { ...process.env, ...fastio.env },
        });
        return JSON.parse(stdout.split("\n").at(-1) ?? "");
    };
    try {
        const idle = await medianOf(runs, async () => (await upload(1)).kibibytes);
        const ours: Upload[] = [];
        const theirs: number[] = [];
        while (ours.length < runs) {
            const before = await fastio.requests();
            ours.push(await upload(bytes));
            const chunks = (await fastio.ledger()).slice(before).filter(({ path }) => path.endsWith("/chunk/"));
            const sizes = chunks.map(({ query }) => Number(query.size));
            theirs.push(await curl(fastio, folder, ours.at(-1)?.workspaceId ?? "", sizes));
        }
        const middle = (key: "milliseconds" | "kibibytes") => median(ours.map((one) => one[key]));
        const rate = (milliseconds: number) => bytes / 1000 / milliseconds;
        const [own, other] = [rate(middle("milliseconds")), rate(median(theirs))];
        return [
            {
                what: `memory for a file of ${megabytes} MB, beyond the ${Math.round(idle / 1024)} MiB that a file of one byte takes`,
                value: (middle("kibibytes") - idle) / 1024,
                unit: "MiB",
                floor: 80,
                better: "lower",
            },
            {
                what: `a file of ${megabytes} MB: ${Math.round(own)} MB/s, curl ${Math.round(other)} MB/s; times as fast`,
                value: own / other,
                unit: "times",
                floor: 0.7,
                better: "higher",
            },
        ];
    } finally {
        await fastio.stop();
        rmSync(folder, { recursive: true });
    }
}

/** SHA-256 of so many empty bytes. */
function hashOf(size: number): string {
    return createHash("sha256").update(Buffer.alloc(size)).digest("hex");
}

/** How many milliseconds curl takes to send chunks of these sizes over one connection, until the file is there. */
async function curl({ env }: LocalFastio, folder: string, workspaceId: string, sizes: number[]): Promise<number> {
    const authorization = `Bearer ${env.FASTIO_TOKEN}`;
    const request = { name: "curl.bin", size: String(bytes), action: "create", folder_id: "root", hash: hashOf(bytes) };
    const begun = await fetch(new URL("upload/", env.FASTIO_BASE_URL), {
        method: "POST",
        headers: { authorization },
        body: new URLSearchParams({ ...request, instance_id: workspaceId, profile_type: "workspace" }),
    });
    const { id } = (await begun.json()) as { id: string };
    const step = (path: string, ...more: string[]) =>
        [
            `url = "${new URL(`upload/${id}/${path}`, env.FASTIO_BASE_URL)}"`,
            `header = "Authorization: ${authorization}"`,
            ...["fail", "silent", 'output = "/dev/null"', ...more],
        ].join("\n");
    const chunks = sizes.map((size, index) => {
        const path = join(folder, `chunk-${size}`);
        writeFileSync(path, "");
        truncateSync(path, size);
        return step(`chunk/?order=${index + 1}&size=${size}&hash=${hashOf(size)}`, `form = "chunk=@${path}"`);
    });
    const sent = [...chunks, step("complete/", 'data = ""'), step("details/?wait=20")];
    const config = join(folder, "curl.txt");
    writeFileSync(config, sent.join("\nnext\n"));
    return millisecondsOf(() => run("curl", ["--config", config]));
}
