// `make demo`: a data room from nothing to gone, on a local Fast.io, with what the engine itself prints.
import "../require-node";
import { setTimeout as pause } from "node:timers/promises";
import pc from "picocolors";
import type { EngineStack, RunOptions } from "../tests/engines/engine";
import { availableEngines, chooseEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { LocalService } from "./local-service";
import { Stage } from "./stage";

/** How many resources the program declares, the stack's own included. */
const made = 14;
const password = "correct horse battery staple";

const stage = new Stage();
const interrupted = new AbortController();
// The engine hears the same signal, passes it on and stops by itself; what is left here is to clean up.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());

async function main(): Promise<void> {
    chooseEngines();
    const [engine] = availableEngines();
    if (engine === undefined) throw new Error("there is no engine to run it on");
    const service = await LocalService.start();
    const project = prepareProject({ example: "data-room" });
    try {
        stage.open("pulumi-fastio: a data room, from code");
        stage.field("Program", "examples/data-room");
        stage.field("Engine", engine.name + (engine.name === "rehearsal" ? ", because no Pulumi CLI was found" : ""));
        stage.field("Service", `a local Fast.io, ${service.address}`);
        const { FASTIO_BASE_URL } = service.environment;
        const stack = await engine.open({
            project: project.folder,
            env: { FASTIO_BASE_URL },
            config: { password: { value: password, secret: true } },
        });
        try {
            await play(stack, service);
        } finally {
            await stack.close();
        }
    } finally {
        project.remove();
        await service.stop();
    }
}

async function play(stack: EngineStack, service: LocalService): Promise<void> {
    // The engine's output, coloured as ours is.
    const shown = (): RunOptions => ({ onOutput: stage.engine(), color: pc.isColorSupported ? "always" : "never" });
    const requests = async (work: () => Promise<unknown>) => {
        const before = await service.requests();
        await work();
        interrupted.signal.throwIfAborted();
        return (await service.requests()) - before;
    };

    stage.step("Preview", "what the program would make");
    const planning = await requests(async () => {
        const { changeSummary } = await stack.preview(shown());
        expect(changeSummary.create === made, `the preview plans ${made} resources`);
    });
    expect(planning === 0, "the preview makes no request");
    stage.note("Planned without a single request: the token is not even set yet.");

    await stack.setEnv(service.environment);
    stage.step("Up", "make it");
    const making = await requests(() => stack.up(shown()));
    stage.note(`${making} requests. The documents went in before anybody was invited.`);

    stage.step("Outputs", "what a pipeline hands on");
    const outputs = await stack.outputs();
    const share = `share/${outputs.shareId?.value}/`;
    for (const [name, { value, secret }] of Object.entries(outputs)) {
        stage.field(name, secret ? pc.yellow("[secret]") : String(value));
    }
    expect(outputs.password?.secret === true, "the password is a secret output");
    stage.note("The password is encrypted in the state, and no line of any run shows it.");

    stage.step("Up again", "nothing changed, so nothing happens");
    const repeating = await requests(async () => {
        const { summary } = await stack.up(shown());
        expect(summary.resourceChanges?.same === made, "the second run leaves everything as it is");
    });
    expect(repeating === 0, "the second run makes no request");
    stage.note("No request either: compared with the state alone.");

    stage.step("A visitor", "the API does what a browser would");
    const visit = (given: string) =>
        service.post(`${share}auth/password/`, undefined, { password: given }).then(
            () => "is let in",
            () => "is turned away",
        );
    const doors = [await visit("open sesame"), await visit(password)].join(", ");
    expect(doors === "is turned away, is let in", "the password alone opens the room");
    stage.field("with a guess", "is turned away");
    stage.field("with the password", "is let in");

    stage.step("By hand", "somebody takes the password off");
    await service.post(`${share}update/`, service.environment.FASTIO_TOKEN, { password: "null" });
    await stack.refresh(shown());
    const { changeSummary } = await stack.preview(shown());
    expect(changeSummary.update === 1, "the preview after the refresh plans to close the share again");
    await stack.up(shown());
    expect((await visit("open sesame")) === "is turned away", "the room is closed again");
    expect((await visit(password)) === "is let in", "the password opens it again");
    stage.note("The refresh saw it, the preview named it, and up closed the door again.");
    interrupted.signal.throwIfAborted();

    stage.step("Destroy", "the round is over");
    await stack.destroy(shown());
    interrupted.signal.throwIfAborted();
    const left = Object.entries(await service.census()).filter(([kind]) => !["users", "apiKeys"].includes(kind));
    expect(
        left.every(([, count]) => count === 0),
        "nothing remains on the service",
    );
    stage.note("People first, documents after them, the organization last. Nothing remains on the service.");
    stage.note(`${await service.requests()} requests in all.`);
    stage.close("Built, guarded, gone. Nothing is left running, and no file is left behind.");
}

function expect(holds: boolean, what: string): void {
    if (!holds) throw new Error(`expected that ${what}`);
}

main().catch(async (error: unknown) => {
    if (interrupted.signal.aborted) {
        process.exitCode = 130;
        return;
    }
    // What the engine printed last comes first.
    await pause(0);
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
});
