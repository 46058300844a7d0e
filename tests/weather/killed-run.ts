/** An `up` of more than forty resources of all kinds in which a process is killed, and what its user does then. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { metaOf, uniqueInputs } from "../../provider/core/define";
import type { Finding } from "../../provider/doctor";
import { resourcesByKind } from "../../provider/resources";
import { prepareProject } from "../engines/project";
import type { Column } from "../lifecycle/columns";
import type { Declaration } from "../lifecycle/fixture";
import { names, wholeProgram } from "../lifecycle/whole-program";
import { Service } from "../verbs/service";
import { descendants, type Ended, isAlive, kill, openKillable, type Running, succeeded } from "./killable-engine";
import { type Fault, Way, type Write } from "./way";

/** Two of the three places of the whole program, and shares that nothing but their title tells from others. */
export const declared: Declaration[] = [
    ...wholeProgram("full", names).filter(({ name }) => !/^(workspace|share)-2/.test(name)),
    ...["Offers", "Minutes"].map((title) => ({
        kind: "Share",
        name: title,
        args: { workspaceId: "$workspace-0.id", title },
    })),
];

export const victims = ["provider", "program", "engine"] as const;

export interface Plan {
    victim: (typeof victims)[number];
    /** The request at which it is killed, and which one of its sort, from 0. */
    write: Write;
    nth: number;
    /** Whether the service has got the request. */
    arrives: boolean;
}

/** What a seed says of a run with these writes. Each sort of write is as likely as any other. */
export function planOf(seed: number, writes: readonly Write[]): Plan {
    const victim = victims[seed % victims.length] ?? "engine";
    const plans = fc.constantFrom(...new Set(writes)).chain((write) =>
        fc.record({
            write: fc.constant(write),
            nth: fc.nat(writes.filter((one) => one === write).length - 1),
            arrives: fc.boolean(),
        }),
    );
    const [plan = { write: "", nth: 0, arrives: true }] = fc.sample(plans, { seed, numRuns: 1 });
    return { victim, ...plan };
}

function processesOf({ pid }: Running, victim: (typeof victims)[number]): number[] {
    if (victim === "engine") return [pid];
    const pattern = victim === "program" ? /cmd[/]run[/]index|cmd[/]run /u : /dynamic-provider|pulumi-resource-fastio/u;
    return descendants(pid)
        .filter(({ command }) => pattern.test(command))
        .map((one) => one.pid);
}

export class KilledRun {
    private constructor(
        readonly column: Column,
        readonly service: Service,
        readonly way: Way,
        readonly project: ReturnType<typeof prepareProject>,
        readonly stack: Awaited<ReturnType<typeof openKillable>>,
    ) {}

    static async open(column: Column): Promise<KilledRun> {
        const service = await Service.open();
        const way = await Way.open(service.emulator);
        const project = prepareProject({ files: column.files });
        project.write({ "declarations.json": JSON.stringify(declared) });
        const env = { FASTIO_BASE_URL: way.baseUrl, FASTIO_TOKEN: service.emulator.token };
        return new KilledRun(column, service, way, project, await openKillable(column.engine, project, env));
    }

    async close(): Promise<void> {
        this.stack.close();
        this.project.remove();
        this.way.close();
        await this.service.close();
    }

    census(): Promise<Record<string, number>> {
        return this.service.control("GET", "census");
    }

    /** An `up` during which a process is killed. */
    async upKilling(plan: Plan): Promise<string> {
        const started = Promise.withResolvers<Running>();
        const fault: Fault = {
            name: `kill -9 of the ${plan.victim}`,
            commits: plan.arrives,
            strike: async (passing) => {
                const up = await started.promise;
                const all = descendants(up.pid);
                const chosen = processesOf(up, plan.victim);
                expect([plan.victim, chosen.length > 0, all]).toEqual([plan.victim, true, all]);
                for (const pid of chosen) kill(pid);
                if (plan.arrives) await passing.carryOut();
                passing.response.destroy();
                left.push(...all.map(({ pid }) => pid));
            },
        };
        let passed = 0;
        this.way.beginChoosing((write) => {
            if (write !== plan.write) return undefined;
            passed += 1;
            return passed - 1 === plan.nth ? fault : undefined;
        });
        const left: number[] = [];
        const up = this.stack.up();
        started.resolve(up);
        const { printed } = await up.ended;
        await this.way.idle();
        // What has lost its engine finishes what it is doing, and then it is of no use to anybody.
        for (let looks = 0; looks < 20 && left.some(isAlive); looks += 1) await sleep(100);
        for (const pid of left) kill(pid);
        await this.way.idle();
        expect(this.way.struck).toBe(true);
        this.way.begin();
        return printed;
    }

    /** What the person does who reads what was printed, and asks the doctor. Answers the commands. */
    async repair(): Promise<string[]> {
        await this.stack.exportStack();
        const { printed } = await this.stack.command("pulumi-fastio doctor --json --state state.json").ended;
        const line = printed.split("\n").find((one) => one.startsWith("{"));
        const { findings } = JSON.parse(line ?? printed) as { findings: Finding[] };
        const pending = findings.filter(({ subject }) => subject === "Pending");
        const strays = findings.filter(({ subject }) => subject === "Not in the state");
        return this.#carryOutAll([
            ...pending.flatMap(({ next }) => next),
            ...strays.flatMap((one) => this.#adoptions(one)),
        ]);
    }

    /** What the person does who reads the errors of a run. Answers the commands that these name. */
    repairAfter(printed: string): Promise<string[]> {
        const commands = /(?:npx pulumi-fastio adopt-file|pulumi import fastio:\S+) .*?(?=\. )/g;
        return this.#carryOutAll(printed.match(commands) ?? []);
    }

    async #carryOutAll(steps: readonly string[]): Promise<string[]> {
        const adoptions = steps.filter((step) => / adopt-file |^pulumi import fastio/.test(step));
        const commands = [
            ...steps.filter((step) => step.startsWith("pulumi refresh")),
            ...adoptions,
            ...(adoptions.some((step) => step.includes(" adopt-file "))
                ? ["pulumi import --file import.json --generate-code=false"]
                : []),
        ];
        const once = [...new Set(commands)];
        rmSync(join(this.project.folder, "import.json"), { force: true });
        for (const command of once) await this.#carryOut(command);
        return once;
    }

    /** A run of the engine, after what its own refusal says to do first. Answers how it ended, and the commands. */
    async unlocked(run: () => Running): Promise<{ ended: Ended; commands: string[] }> {
        const ended = await run().ended;
        if (ended.code === 0 || !ended.printed.includes("`pulumi cancel`")) return { ended, commands: [] };
        const cancel = "pulumi cancel --yes --stack dev";
        await succeeded(this.stack.command(cancel));
        return { ended: await run().ended, commands: [cancel] };
    }

    async #carryOut(command: string): Promise<void> {
        const { ended } = await this.unlocked(() => this.stack.command(command));
        if (ended.code !== 0) throw new Error(`${command}: exit code ${ended.code}: ${ended.printed}`);
    }

    /** What the next run would make a second time: kinds, and things, that no name tells from others. */
    #adoptions({ text, next }: Finding): string[] {
        const state = this.project.read("state.json");
        return next.flatMap((command) => {
            const [, kind = "", id = ""] = /(?:adopt-file |fastio:index:)(\w+).* '?([^\s']+)'?$/.exec(command) ?? [];
            const missing = declared.filter((one) => one.kind === kind && !state.includes(`:${kind}::${one.name}"`));
            const label = new RegExp(`${id} \\("([^"]*)"`).exec(text)?.[1];
            const unnamed = missing.filter((one) => !hasNaturalKey(one));
            const [mine] = unnamed.filter(({ args }) => label === undefined || args.title === label);
            if (mine === undefined) return [];
            if (command.startsWith("npx")) return [`${command} --as ${mine.name}`];
            return [command.replace("NAME", mine.name)];
        });
    }
}

export function hasNaturalKey({ kind, args }: Declaration): boolean {
    const definition = resourcesByKind.get(kind);
    if (definition?.find === undefined) return false;
    const [unique] = uniqueInputs(definition);
    return unique === undefined || unique in args || metaOf(definition, unique).generatedWithin !== undefined;
}
