// `make demo`: an organization from nothing to handed over, on a local Fast.io, with what the engine itself prints.
import "../require-node";
import { setTimeout as pause } from "node:timers/promises";
import type { OutputMap } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import type { EngineStack, RunOptions } from "../tests/engines/engine";
import { availableEngines, chooseEngines } from "../tests/engines/engines";
import { prepareProject } from "../tests/engines/project";
import { LocalService } from "./local-service";
import { Stage } from "./stage";

const ann = "ann@example.com";
const ben = "ben@example.com";
const dana = "dana@example.com";

const stage = new Stage();
const interrupted = new AbortController();
// The engine hears the same signal, passes it on and stops by itself; what is left here is to clean up.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());

async function main(): Promise<void> {
    chooseEngines();
    const [engine] = availableEngines();
    if (engine === undefined) throw new Error("there is no engine to run it on");
    const service = await LocalService.start();
    const project = prepareProject({ example: "handover" });
    try {
        stage.open("pulumi-fastio: an agent builds an organization and hands it over");
        stage.field("Program", "examples/handover");
        stage.field("Engine", engine.name + (engine.name === "rehearsal" ? ", because no Pulumi CLI was found" : ""));
        stage.field("Service", `a local Fast.io, ${service.address}`);
        const { FASTIO_BASE_URL } = service.environment;
        const stack = await engine.open({ project: project.folder, env: { FASTIO_BASE_URL } });
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
    const danasToken = await service.signUp(dana, "Dana", "Client");
    await service.signUp(ann, "Ann", "Colleague");

    stage.step("Preview", "what the program would make");
    const planning = await requests(async () => {
        const { changeSummary } = await stack.preview(shown());
        expect(changeSummary.create === 6, "the preview plans the stack and five resources");
    });
    expect(planning === 0, "the preview makes no request");
    stage.note("Planned without a single request: the token is not even set yet.");

    await stack.setEnv(service.environment);
    stage.step("Up", "make it");
    const making = await requests(() => stack.up(shown()));
    const made = await stack.outputs();
    expect(memberStates(made) === "active, pending", "Ann is a member and Ben is invited");
    stage.note(`${making} requests. Ann has an account and is in; Ben has none and is invited.`);

    stage.step("Outputs", "what the agent hands on");
    for (const [name, { value, secret }] of Object.entries(made)) {
        stage.field(name, secret ? pc.yellow("[secret]") : typeof value === "string" ? value : JSON.stringify(value));
    }
    const claimUrl = String(made.claimUrl?.value);
    expect(made.claimUrl?.secret === true, "the claim link is a secret output");
    stage.note("The claim link is encrypted in the state. Whoever opens it owns the organization,");
    stage.note("so the agent gives it to Dana, the client, and to nobody else:");
    stage.field("claimUrl", pc.bold(claimUrl));

    stage.step("Up again", "nothing changed, so nothing happens");
    const repeating = await requests(async () => {
        const { summary } = await stack.up(shown());
        expect(summary.resourceChanges?.same === 6, "the second run leaves everything as it is");
    });
    expect(repeating === 0, "the second run makes no request");
    stage.note("No request either: compared with the state alone.");

    stage.step("People", "Dana claims, Ben accepts: the API does what their browsers would");
    const token = new URL(claimUrl).searchParams.get("token") ?? "";
    await service.post("org/transfer/claim/", danasToken, { token });
    stage.field("Dana", "owns the organization now; the agent stays as an admin");
    await service.acceptInvitations(ben);
    stage.field("Ben", "accepts the invitation");
    interrupted.signal.throwIfAborted();

    stage.step("Refresh", "Pulumi learns what people did");
    await stack.refresh(shown());
    const statuses = await resourceStatuses(stack);
    expect(statuses.handover === "claimed", "the token is known to be claimed");
    expect(statuses.ann === "active" && statuses.ben === "active", "both members are known to be active");
    stage.note("Joining and claiming are no drift. A preview changes no resource; only the outputs have news:");
    const { changeSummary } = await stack.preview(shown());
    expect(changeSummary.same === 6, "after the refresh there is nothing to change");

    stage.step("Destroy", "as far as a former owner may");
    const refusal = await stack.destroy(shown()).then(
        () => "",
        (error: Error) => error.message,
    );
    interrupted.signal.throwIfAborted();
    expect(
        /only the owner may delete it; it was left alone/.test(refusal),
        "the destroy leaves Dana's workspace alone",
    );
    stage.note("The memberships are gone; the organization and its workspace are Dana's, so they stay.");
    stage.note("The stack can forget them without touching them; the error says how:");
    stage.field("", /`(pulumi state delete .*?)`/.exec(refusal)?.[1] ?? "");

    stage.step("What remains", "on the service");
    const remains = Object.entries(await service.census()).filter(
        ([kind, count]) => count > 0 && !["users", "apiKeys"].includes(kind),
    );
    for (const [kind, count] of remains) stage.field(kind, String(count));
    const expected = "organizations 1, workspaces 1, organizationMembers 1, workspaceMembers 1";
    expect(remains.map((entry) => entry.join(" ")).join(", ") === expected, `there remain ${expected}`);
    stage.note("Dana's organization with its workspace, and the agent as an admin of both.");
    stage.note(`${await service.requests()} requests in all.`);
    stage.close("Built, handed over, understood. Nothing is left running, and no file is left behind.");
}

function memberStates({ members }: OutputMap): string {
    const states = members?.value as { ann?: string; ben?: string } | undefined;
    return `${states?.ann}, ${states?.ben}`;
}

/** The `status` of each resource that has one, by the name in the program. */
async function resourceStatuses(stack: EngineStack): Promise<Record<string, unknown>> {
    const { deployment } = await stack.exportStack();
    const resources = (deployment as { resources: { urn: string; outputs?: Record<string, unknown> }[] }).resources;
    return Object.fromEntries(resources.map(({ urn, outputs }) => [urn.split("::").at(-1), outputs?.status]));
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
