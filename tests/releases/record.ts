/**
 * Records what the present code writes, as the release that package.json names: `make recording`. Done once, right
 * before a release; a recording is never made anew, because the states that it stands for are out there.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import { version } from "../../package.json";
import type { Engine } from "../engines/engine";
import { availableEngines, chooseEngines } from "../engines/engines";
import { declaredProgram, Fixture, pluginProgram } from "../lifecycle/fixture";
import { program } from "./program";
import { type FrontEnd, fileOf, frontEnds, type Recording, rowsOf } from "./release";

const programs = { dynamic: declaredProgram, plugin: pluginProgram };
/** The seconds count: none of a service's times is a whole minute by chance. */
const time = Date.UTC(2026, 10, 29, 10, 11, 12);
const dialect = "seed";

async function record(engine: Engine, frontEnd: FrontEnd): Promise<Recording> {
    const { "declarations.json": _, ...files } = programs[frontEnd];
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-release-"));
    const data = join(folder, "service.sqlite");
    try {
        const service = { data, dialect, clock: () => time } as const;
        const stack = await Fixture.open(engine, undefined, { files: programs[frontEnd], service });
        const declared = program("full");
        let made: Pick<Recording, "state" | "ledger">;
        try {
            stack.declare(declared);
            await stack.stack.up();
            made = { state: withoutSources(await stack.stack.exportStack()), ledger: await stack.ledgerAfter() };
        } finally {
            await stack.close();
        }
        return {
            files,
            declared,
            changed: program("changed"),
            service: { dialect, time, tables: rowsOf(data) },
            ...made,
        };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Where in which source a resource was registered says something of the machine that recorded it, and nothing of the release. */
function withoutSources({ version, deployment }: Deployment): Deployment {
    const plain = deployment.resources.map(
        ({ sourcePosition: _, stackTrace: __, ...resource }: Record<string, unknown>) => resource,
    );
    return { version, deployment: { ...deployment, resources: plain } };
}

async function main(): Promise<void> {
    const target = join(__dirname, version);
    if (existsSync(target))
        throw new Error(`${version} is on record; give package.json the version of the next release`);
    console.log(chooseEngines());
    const [engine] = availableEngines();
    if (engine === undefined || engine.name === "rehearsal")
        throw new Error("the states of a release are the Pulumi CLI's, and there is none here");
    for (const frontEnd of frontEnds) {
        const recording = await record(engine, frontEnd);
        mkdirSync(join(target, frontEnd), { recursive: true });
        for (const [part, file] of Object.entries(fileOf)) {
            const text = JSON.stringify(recording[part as keyof Recording], undefined, 1);
            writeFileSync(join(target, frontEnd, file), `${text}\n`);
        }
        console.log(
            `${version}, ${frontEnd}: ${recording.ledger.length} requests, ${recording.declared.length} declarations`,
        );
    }
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
