// Workspaces with members on an engine: a program of bench/peers/, and the local Fast.io that it talks to.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import type { Engine, EngineStack } from "../tests/engines/engine";
import { type Project, prepareProject } from "../tests/engines/project";
import { millisecondsOf } from "./figure";
import { type LocalFastio, startLocalFastio } from "./local-fastio";

/** What declares them: our own classes, resources whose provider does nothing, such with as many properties as ours, or `pulumi.dynamic.Resource`. */
export type Peer = "fastio" | "stub" | "wide" | "naive";

export interface Size {
    workspaces: number;
    /** Of each workspace. */
    members: number;
}

/** One program's stack, with a Fast.io of its own. */
export class Workload {
    private constructor(
        private stack: EngineStack,
        private readonly folder: string,
        private fastio: LocalFastio,
        private readonly project: Project,
    ) {}

    static async open(engine: Engine, peer: Peer, size: Size, latencyMs = 0): Promise<Workload> {
        const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-bench-"));
        const fastio = await startLocalFastio(...optionsOf(folder, latencyMs));
        const organizationId = await roomyOrganization(fastio);
        const project = prepareProject({
            files: {
                "Pulumi.yaml": "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
                "index.js": readFileSync(join(__dirname, "peers", `${peer}.js`), "utf8"),
                "size.json": JSON.stringify({ organizationId, ...size }),
            },
        });
        const stack = await engine.open({ project: project.folder, env: { ...fastio.env } });
        return new Workload(stack, folder, fastio, project);
    }

    /** How many milliseconds the verb takes. */
    time(verb: "preview" | "up" | "refresh"): Promise<number> {
        return millisecondsOf(() => this.stack[verb]());
    }

    exportStack(): Promise<Deployment> {
        return this.stack.exportStack();
    }

    /** Goes on with the same state on another engine. */
    async moveTo(engine: Engine): Promise<void> {
        const state = await this.stack.exportStack();
        await this.stack.close();
        this.stack = await engine.open({ project: this.project.folder, env: { ...this.fastio.env } });
        await this.stack.importStack(state);
    }

    /** The requests that the work makes. */
    async requestsOf(work: () => Promise<unknown>): Promise<{ method: string; path: string }[]> {
        const before = await this.fastio.requests();
        await work();
        return (await this.fastio.ledger()).slice(before);
    }

    /** Goes on with the same service under another latency. */
    async slowDown(latencyMs: number): Promise<void> {
        await this.fastio.stop();
        this.fastio = await startLocalFastio(...optionsOf(this.folder, latencyMs));
        await this.stack.setEnv({ ...this.fastio.env });
    }

    async close(): Promise<void> {
        await this.stack.close();
        this.project.remove();
        await this.fastio.stop();
        rmSync(this.folder, { recursive: true });
    }
}

/** Opens the stack, works with it and closes it. */
export async function onWorkload<T>(
    ...[engine, peer, size, latencyMs, work]: [
        ...Required<Parameters<typeof Workload.open>>,
        (workload: Workload) => Promise<T>,
    ]
): Promise<T> {
    const workload = await Workload.open(engine, peer, size, latencyMs);
    try {
        return await work(workload);
    } finally {
        await workload.close();
    }
}

function optionsOf(folder: string, latencyMs: number): string[] {
    return ["--data", join(folder, "state.db"), "--latency", String(latencyMs)];
}

/** An organization whose plan has room for everything. */
async function roomyOrganization({ env }: LocalFastio): Promise<string> {
    const send = async (path: string, headers: Record<string, string>, body: string) => {
        const answer = await fetch(new URL(path, env.FASTIO_BASE_URL), { method: "POST", headers, body });
        if (!answer.ok) throw new Error(`${path} of the benchmark was answered with ${await answer.text()}`);
        return (await answer.json()) as { org: { id: string } };
    };
    const credential = { authorization: `Bearer ${env.FASTIO_TOKEN}` };
    const form = { "content-type": "application/x-www-form-urlencoded", ...credential };
    const { org } = await send("org/create/", form, "domain=bench&name=Bench");
    const plan = { organizationId: org.id, paid: true, workspaces: 1_000_000, membersPerWorkspace: 1_000_000 };
    await send("/_emulator/plan", { "content-type": "application/json" }, JSON.stringify(plan));
    return org.id;
}
