// The memory that a provider process needs for a large file: it is read, hashed and sent in pieces.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Figure, medianOf } from "./figure";
import { startLocalFastio } from "./local-fastio";

const megabytes = 200;

/** What Pulumi's host for dynamic resources does for a `File`, and the most memory that its process ever had. */
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
        await make("File", { workspaceId, name: "large.bin", source });
        process.stdout.write("\\n" + process.resourceUsage().maxRSS);
    })();`;

export async function measure(): Promise<Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-bench-"));
    const fastio = await startLocalFastio();
    let uploads = 0;
    const peakOf = (bytes: number) =>
        medianOf(3, () => {
            const path = join(folder, "large.bin");
            writeFileSync(path, "");
            truncateSync(path, bytes);
            const hash = createHash("sha256").update(Buffer.alloc(bytes)).digest("hex");
            uploads += 1;
            const printed = execFileSync(process.execPath, ["-e", host, `bench-${uploads}`, path, hash], {
                cwd: dirname(__dirname),
                env: { ...process.env, ...fastio.env },
                encoding: "utf8",
            });
            return Number(printed.split("\n").at(-1)) / 1024;
        });
    try {
        const idle = await peakOf(1);
        const busy = await peakOf(megabytes * 2 ** 20);
        return [
            {
                what: `memory for a file of ${megabytes} MB, beyond the ${Math.round(idle)} MiB that a file of one byte takes`,
                value: busy - idle,
                unit: "MiB",
                floor: 80,
                better: "lower",
            },
        ];
    } finally {
        await fastio.stop();
        rmSync(folder, { recursive: true });
    }
}
