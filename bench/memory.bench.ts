// What the plugin's process holds while a stack grows to two thousand resources, and is then refreshed: in proportion, or less.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Caller, type State, urnOf } from "../tests/plugin/caller";
import type { Figure } from "./figure";
import { startLocalFastio } from "./local-fastio";

const repository = dirname(__dirname);
const sizes = [500, 1000, 2000] as const;
/** A workspace and its members. */
const together = 50;

export async function measure(): Promise<Figure[]> {
    const service = await startLocalFastio();
    const env = { ...process.env, ...service.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
    const command = join(repository, "dist/pulumi-resource-fastio/pulumi-resource-fastio");
    const child = spawn(command, ["127.0.0.1:1"], { cwd: repository, env, stdio: ["pipe", "pipe", "inherit"] });
    const mebibytes = () =>
        Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" })) / 1024;
    try {
        const [port] = await once(createInterface({ input: child.stdout }), "line");
        const plugin = await Caller.to(Number(port));
        await plugin.configure({});
        const organization = await plugin.make(urnOf("Organization"), { domain: "large", name: "Large" });
        const limits = { workspaces: null, membersPerWorkspace: null, credits: null, paid: true };
        await fetch(new URL("/_emulator/plan", service.env.FASTIO_BASE_URL), {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ organizationId: organization.id, ...limits }),
        });
        const made: { urn: string; state: State }[] = [];
        const make = async (kind: string, name: string, args: object) => {
            const urn = urnOf(kind, name);
            const state = await plugin.make(urn, { ...args });
            made.push({ urn, state });
            return state.id;
        };
        const held: number[] = [];
        const requests: number[] = [];
        for (const size of sizes) {
            const before = await service.requests();
            const already = made.length;
            while (made.length < size) {
                const name = `place-${made.length}`;
                const place = { organizationId: organization.id, name, folderName: name };
                const workspaceId = await make("Workspace", name, place);
                const people = Array.from({ length: together - 1 }, (_, number) => `${name}-${number}`);
                await Promise.all(
                    people.map((one) =>
                        make("WorkspaceMember", one, { workspaceId, email: `${one}@example.com`, role: "member" }),
                    ),
                );
            }
            held.push(mebibytes());
            requests.push(((await service.requests()) - before) / (size - already));
        }
        await Promise.all(made.map(({ urn, state }) => plugin.read(urn, state)));
        const [first = 0, second = 0, last = 0] = held;
        const shown = held.map(Math.round).join(", ");
        await plugin.close();
        return [
            {
                what: `plugin: resident memory at ${sizes.join(", ")} resources: ${shown} MiB, ${Math.round(mebibytes())} MiB after a refresh of all at once; of a further resource, beyond 1,000`,
                value: ((last - second) * 1024) / 1000,
                unit: "KiB",
                // As much as below a thousand, or what a collector of garbage leaves for later.
                floor: Math.max(((second - first) * 1024) / 500, 32),
                better: "lower",
            },
            {
                what: `plugin: requests of a resource, the first 500: ${requests[0]?.toFixed(3)}, the next 500: ${requests[1]?.toFixed(3)}; beyond 1,000`,
                value: requests[2] ?? 0,
                unit: "requests",
                floor: requests[1] ?? 0,
                better: "lower",
            },
        ];
    } finally {
        child.kill();
        await once(child, "exit");
        await service.stop();
    }
}
