/** The life of a program made at random: brought about, changed in its text and by hand, refreshed, and destroyed at the end. */
import fc from "fast-check";
import type { Properties } from "../../provider/core/define";
import type { Declaration } from "../lifecycle/fixture";
import type { Service } from "../verbs/service";
import { BehindTheBack } from "./behind-the-back";
import { accounts, type Draw, drawsOf, RandomProgram, type Surroundings } from "./random-program";
import { type Attempted, attempts, lossOf, type Outcome, record } from "./reliability";
import type { Remembered, Step } from "./stack";
import { counts, Witness } from "./witness";

/** A stack that brings programs about, with an engine or without. */
export interface Runs extends Remembered {
    up(program: readonly Declaration[], options: { refreshing: boolean }): Promise<unknown>;
    /** What a run would do to each resource that it would not leave as it is. */
    preview(program: readonly Declaration[]): Promise<Map<string, Step>>;
    refresh(): Promise<unknown>;
    destroy(): Promise<unknown>;
}

export interface Course {
    seed: number;
    service: Service;
    frontEnd: string;
    engine: string;
    surroundings?: Surroundings;
    /** The most resources at the beginning, and the most rounds. */
    resources: number;
    rounds: number;
    open(draw: Draw, given: Record<string, Properties>): Promise<Runs>;
}

/** Fails with the whole story when a run does not converge. */
export async function follow({ seed, service, frontEnd, engine, surroundings, open, ...most }: Course): Promise<void> {
    await service.reset();
    // Names that a closed object keeps are a matter of their own.
    await service.control("POST", "names", { keepClosed: false });
    const given: Record<string, Properties> = {};
    for (const name of accounts) given[name] = { ...(await service.account(`${name}@example.com`)) };
    const draw = drawsOf(seed);
    const count = (min: number, max: number) => draw(fc.noBias(fc.integer({ min, max })));
    const program = RandomProgram.ofSize(draw, count(1, most.resources), surroundings);
    const stack = await open(draw, given);
    const witness = new Witness(service, stack);
    const back = new BehindTheBack(service, program, stack, witness);
    const history = [`${frontEnd}, ${program.declarations.length} resources`];
    const tried: Attempted["attempt"][] = [attempts.program];

    const up = async (refreshing: boolean) => {
        await stack.up(program.declarations, { refreshing });
        program.settled();
    };
    const converge = async () => {
        await up(true);
        const requests = await service.requestsOf(async () => {
            expect([...(await stack.preview(program.declarations))]).toEqual([]);
        });
        expect(requests).toEqual([]);
        expect(await witness.differences(program.declarations)).toEqual([]);
        const { found, declared } = await counts(service, [[stack, program.declarations]]);
        expect(found).toEqual(declared);
    };
    const edit = () => {
        const before = program.declarations;
        const edited = program.edit();
        witness.programChanged(before, program.declarations);
        if (edited !== undefined) tried.push(attempts.edit);
        history.push(edited ?? "no edit");
    };
    let unseen = false;
    const act = async () => {
        const deed = await back.act();
        unseen = true;
        if (deed !== undefined) tried.push(attempts.byHand);
        history.push(deed ?? "nothing by hand");
    };
    const refresh = async () => {
        history.push("refresh");
        await stack.refresh();
        unseen = false;
    };
    /** What nobody has looked for yet may be in the way; a refresh finds it. */
    const upUnseen = async () => {
        history.push("up");
        await up(false).catch((error: Error) => {
            if (!unseen) throw error;
            history.push(`fails: ${error.message}`);
        });
    };

    let outcome: Outcome = "lost";
    try {
        await up(false);
        await converge();
        for (let rounds = count(Math.min(3, most.rounds), most.rounds); rounds > 0; rounds -= 1) {
            unseen = false;
            for (let actions = count(2, 7); actions > 0; actions -= 1)
                await draw(fc.constantFrom(edit, edit, act, act, refresh, upUnseen))();
            history.push("up --refresh");
            await converge();
        }
        history.push("destroy");
        tried.push(attempts.destroy);
        await stack.destroy();
        const { found, declared } = await counts(service, []);
        expect(found).toEqual(declared);
        outcome = "recovered";
    } catch (error) {
        const { found, declared } = await counts(service, [[stack, program.declarations]]);
        outcome = lossOf(found, declared) ?? "lost";
        const text = JSON.stringify(program.declarations, undefined, 1);
        throw new Error(`seed ${seed}: ${(error as Error).message}\n${history.join("\n")}\n${text}`, { cause: error });
    } finally {
        for (const attempt of tried) record({ attempt, frontEnd, engine, outcome });
    }
}
