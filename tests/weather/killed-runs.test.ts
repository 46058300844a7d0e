/** A process is killed at a random moment of an `up` of more than forty resources of all kinds: what the next run needs, and that nothing is unknown afterwards. */
import { resources } from "../../provider/resources";
import { columns, fewerColumns } from "../lifecycle/columns";
import { succeeded } from "./killable-engine";
import { declared, hasNaturalKey, KilledRun, planOf } from "./killed-run";
import { lossOf, type Outcome, record, seeds, soaking } from "./reliability";
import type { Write } from "./way";

jest.setTimeout(600_000);

test("there are at least forty of them, of every kind, some of them without a natural key", () => {
    expect(declared.length).toBeGreaterThanOrEqual(40);
    expect(new Set(declared.map(({ kind }) => kind))).toEqual(new Set(resources.map(({ kind }) => kind)));
    expect(declared.filter((one) => !hasNaturalKey(one)).length).toBeGreaterThan(1);
});

describe.each(soaking ? columns() : fewerColumns())("on $name", (column) => {
    let expected: Record<string, number>;
    let writes: Write[];

    beforeAll(async () => {
        const healthy = await KilledRun.open(column);
        try {
            healthy.way.begin();
            await succeeded(healthy.stack.up());
            expected = await healthy.census();
            writes = [...healthy.way.writes].sort();
        } finally {
            await healthy.close();
        }
    });

    // The front-ends take turns, so that each engine plays each seed once.
    const isMine = (seed: number) => (seed % 2 === 1) === (column.entry === "pulumi-fastio");
    test.each(seeds(5).filter(isMine))("seed %i", async (seed) => {
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await play(seed);
            } catch (error) {
                // The CLI's file backend writes its state in place: killed at that moment it breaks its own file, which no provider can mend.
                if (attempt === 3 || !String(error).includes("failed to load checkpoint")) throw error;
            }
        }
    });

    async function play(seed: number): Promise<void> {
        const world = await KilledRun.open(column);
        const plan = planOf(seed, writes);
        const context = JSON.stringify({ seed, ...plan });
        const frontEnd = column.entry === "pulumi-fastio" ? "dynamic" : "plugin";
        const tell = (outcome: Outcome) =>
            record({ fault: `kill -9 of the ${plan.victim}`, frontEnd, engine: column.engine.name, outcome });
        let story = "";
        try {
            story = await world.upKilling(plan);
            const commands = await world.repair();
            story += commands.join("\n");
            const up = async () => {
                const { ended, commands: more } = await world.unlocked(() => world.stack.up());
                commands.push(...more);
                story += ended.printed;
                return ended;
            };
            let next = await up();
            const named = next.code === 0 ? [] : await world.repairAfter(next.printed);
            if (named.length > 0) {
                commands.push(...named);
                story += named.join("\n");
                next = await up();
            }
            expect([context, next.code]).toEqual([context, 0]);
            const found = await world.census();
            const loss = lossOf(found, expected);
            if (loss !== undefined) tell(loss);
            expect([context, found]).toEqual([context, expected]);
            await succeeded(world.stack.preview());
            tell(commands.length > 0 ? "named command" : "one more up");
        } catch (error) {
            throw new Error(`${context}: ${error}\n${story}`, { cause: error });
        } finally {
            await world.close();
        }
    }
});
