// What recorded figures were taken on.
import { arch, cpus, platform, release, totalmem } from "node:os";
import { availableEngines } from "../tests/engines/engines";

export function machineFacts(): Record<string, string | number> {
    return {
        date: new Date().toISOString().slice(0, 10),
        cpu: cpus()[0]?.model ?? "unknown",
        cores: cpus().length,
        memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
        system: `${platform()} ${release()} ${arch()}`,
        node: process.versions.node,
        engines: availableEngines()
            .map(({ name }) => name)
            .join(", "),
    };
}
