// The plugin's process, as the engine starts it, against a gRPC server that serves nothing, by turns: until its first answer, and what it holds then.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Figure, median } from "./figure";

const runs = 15;
const repository = dirname(__dirname);
const plugin = [join(repository, "dist/pulumi-resource-fastio/pulumi-resource-fastio"), "127.0.0.1:1"];
const nothing = [
    process.execPath,
    "-e",
    `const { Server, ServerCredentials } = require("@grpc/grpc-js");
     const server = new Server();
     server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, port) => console.log(port));`,
];

interface Start {
    milliseconds: number;
    mebibytes: number;
}

export async function measure(): Promise<Figure[]> {
    const starts = { ours: [] as Start[], floor: [] as Start[] };
    for (let run = 0; run < runs; run++) {
        starts.floor.push(await start(nothing));
        starts.ours.push(await start(plugin));
    }
    const middle = (of: keyof typeof starts, key: keyof Start) => median(starts[of].map((one) => one[key]));
    const empty = middle("floor", "mebibytes");
    return [
        {
            what: `plugin: start to first answer, as in every start but the first, against ${Math.round(middle("floor", "milliseconds"))} ms of an empty gRPC server`,
            value: middle("ours", "milliseconds") / middle("floor", "milliseconds"),
            unit: "times",
            floor: 1.3,
            better: "lower",
        },
        {
            what: `plugin: resident memory after its first answer, beyond the ${Math.round(empty)} MiB of that server`,
            value: middle("ours", "mebibytes") - empty,
            unit: "MiB",
            floor: 10,
            better: "lower",
        },
    ];
}

async function start([command = "", ...args]: string[]): Promise<Start> {
    const begin = performance.now();
    const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    const child = spawn(command, args, { cwd: repository, env, stdio: ["pipe", "pipe", "inherit"] });
    const [port] = await once(createInterface({ input: child.stdout }), "line");
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    try {
        // That there is no such call is an answer as well.
        await new Promise<void>((resolve) => {
            client.getPluginInfo(new Empty(), () => resolve());
        });
        const milliseconds = performance.now() - begin;
        const kibibytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" }));
        return { milliseconds, mebibytes: kibibytes / 1024 };
    } finally {
        client.close();
        child.kill();
        await once(child, "exit");
    }
}
