/**
 * Programs made at random, changed at random, and changed behind the back: after each `up` that refreshes first, the preview is empty, no
 * request was made for it, and what is on the service is what the program declares; after a destroy there is nothing. A seed that failed is run alone with `-t "seed 7"`.
 */
import fc from "fast-check";
import type { Properties } from "../../provider/core/define";
import { Service } from "../verbs/service";
import { BehindTheBack } from "./behind-the-back";
import { frontEnds } from "./front-ends";
import { accounts, drawsOf, RandomProgram } from "./random-program";
import { seeds } from "./reliability";
import { Stack } from "./stack";
import { Witness } from "./witness";

let service: Service;

beforeAll(async () => {
    jest.spyOn(console, "log").mockImplementation(() => {});
    service = await Service.open();
});
afterAll(async () => {
    jest.restoreAllMocks();
    await service.close();
});

test.each(seeds(20))("seed %i", async (seed) => {
    await service.reset();
    // Names that a closed object keeps are a matter of their own.
    await service.control("POST", "names", { keepClosed: false });
    const given: Record<string, Properties> = {};
    for (const name of accounts) given[name] = { ...(await service.account(`${name}@example.com`)) };
    const draw = drawsOf(seed);
    const count = (min: number, max: number) => draw(fc.noBias(fc.integer({ min, max })));
    const frontEnd = frontEnds[seed % frontEnds.length] as (typeof frontEnds)[number];
    const config = { baseUrl: service.baseUrl, token: service.emulator.token };
    const program = RandomProgram.ofSize(draw, count(1, 30));
    const stack = new Stack({ name: `seed-${seed}`, frontEnd, config, parallel: draw(fc.boolean()), given });
    const witness = new Witness(service, stack);
    const back = new BehindTheBack(service, program, stack, witness);
    const history = [`${frontEnd.name}, ${program.declarations.length} resources`];

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
    };

    try {
        await up(false);
        await converge();
        const rounds = count(3, 6);
        for (let round = 0; round < rounds; round += 1) {
            let unseen = false;
            for (let action = count(2, 7); action > 0; action -= 1) {
                const what = draw(fc.constantFrom("edit", "edit", "act", "act", "refresh", "up"));
                if (what === "edit") {
                    const before = program.declarations;
                    history.push(program.edit() ?? "no edit");
                    witness.programChanged(before, program.declarations);
                } else if (what === "act") {
                    history.push((await back.act()) ?? "nothing by hand");
                    unseen = true;
                } else if (what === "refresh") {
                    history.push(`refresh: gone ${await stack.refresh()}`);
                    unseen = false;
                } else {
                    // What nobody has looked for yet may be in the way; a refresh finds it.
                    const failure = await up(false).catch((error: Error) => error.message);
                    if (typeof failure === "string" && !unseen) throw new Error(failure);
                    history.push(typeof failure === "string" ? `up fails: ${failure}` : "up");
                }
            }
            history.push("up --refresh");
            await converge();
        }
        history.push("destroy");
        await stack.destroy();
        const { users: _, apiKeys: __, ...left } = await service.control<Record<string, number>>("GET", "census");
        expect(Object.entries(left).filter(([, count]) => count !== 0)).toEqual([]);
    } catch (error) {
        const text = JSON.stringify(program.declarations, undefined, 1);
        throw new Error(`seed ${seed}: ${(error as Error).message}\n${history.join("\n")}\n${text}`, { cause: error });
    }
});
