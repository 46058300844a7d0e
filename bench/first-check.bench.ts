// The first check in Pulumi's host for dynamic resources: it loads what the provider's text requires.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { CheckRequest, type CheckResponse, ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { providerText } from "../provider/dynamic/host-state";
import { resourcesByKind } from "../provider/resources";
import { prepareProject } from "../tests/engines/project";
import { type Figure, median, millisecondsOf } from "./figure";

const runs = 15;
/** A provider that does nothing: the host itself echoes what it is given. */
const nothing = "exports.handler = () => ({});";

export async function measure(): Promise<Figure[]> {
    const project = prepareProject({});
    const inputs = { ...resourcesByKind.get("Workspace")?.samples.minimal, name: "bench" };
    const times = { ours: [] as number[], floor: [] as number[] };
    try {
        // By turns, so that a busy machine is busy for both.
        for (let run = 0; run < runs; run++) {
            times.floor.push(await firstCheck(project.folder, { ...inputs, __provider: nothing }));
            times.ours.push(await firstCheck(project.folder, { ...inputs, __provider: providerText("Workspace") }));
        }
    } finally {
        project.remove();
    }
    const floor = median(times.floor);
    return [
        {
            what: `first check of a dynamic resource, beyond the ${floor.toFixed(1)} ms of a provider that does nothing`,
            value: median(times.ours) - floor,
            unit: "ms",
            floor: 60,
            better: "lower",
        },
    ];
}

/** How long the first check takes in a host that has just started. */
async function firstCheck(folder: string, news: Record<string, JavaScriptValue>): Promise<number> {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, [script, "127.0.0.1:1"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(createInterface({ input: child.stdout }), "line");
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    try {
        await promisify((done: () => void) =>
            client.configure(new ConfigureRequest().setArgs(Struct.fromJavaScript({})), done),
        )();
        const request = new CheckRequest()
            .setUrn("urn:pulumi:dev::bench::pulumi-nodejs:dynamic/fastio:Workspace::bench")
            .setOlds(Struct.fromJavaScript({}))
            .setNews(Struct.fromJavaScript(news));
        const check = promisify((done: (error: Error | null, answer: CheckResponse) => void) =>
            client.check(request, done),
        );
        return await millisecondsOf(async () => {
            const failures = (await check()).getFailuresList();
            if (failures.length > 0) throw new Error(`The check of the benchmark was refused: ${failures}`);
        });
    } finally {
        client.close();
        child.kill("SIGKILL");
    }
}
