/** Two stacks on one organization that run at once, while somebody works there by hand: each gets what it declares, and none touches what is not its own. */
import fc from "fast-check";
import type { Properties } from "../../provider/core/define";
import { Service, type Shown } from "../verbs/service";
import { BehindTheBack } from "./behind-the-back";
import { frontEnds } from "./front-ends";
import { drawsOf, RandomProgram } from "./random-program";
import { attempts, lossOf, type Outcome, record, seeds } from "./reliability";
import { Stack } from "./stack";
import { Way } from "./way";
import { counts, Witness } from "./witness";

let service: Service;
let way: Way;

beforeAll(async () => {
    jest.spyOn(console, "log").mockImplementation(() => {});
    service = await Service.open();
    way = await Way.open(service.emulator);
});
afterAll(async () => {
    jest.restoreAllMocks();
    way.close();
    await service.close();
});

/** What somebody makes in the organization who knows nothing of stacks. */
class Somebody {
    readonly workspaces: Shown[] = [];
    readonly counts: Record<string, number> = { organizations: 1, workspaces: 0, folders: 0, people: 0 };

    constructor(private readonly organization: string) {}

    async works(): Promise<void> {
        const number = this.workspaces.length;
        const workspace = await service.workspace(this.organization, `by-hand-${number}`);
        this.workspaces.push(workspace);
        await service.api("POST", `workspace/${workspace.id}/storage/root/createfolder/`, { name: "theirs" });
        await service.api("POST", `workspace/${workspace.id}/members/guest-${number}@example.com/`);
        for (const what of ["workspaces", "folders", "people"]) this.counts[what] = (this.counts[what] ?? 0) + 1;
    }

    /** Everything is there as it was made. */
    async finds(): Promise<string[]> {
        const names = this.workspaces.map(async ({ id }) => {
            const { workspace } = await service.api("GET", `workspace/${id}/details/`);
            return String(workspace.folder_name);
        });
        return Promise.all(names);
    }
}

test.each(seeds(6, 20))("seed %i", async (seed) => {
    await service.reset();
    await service.control("POST", "names", { keepClosed: false });
    const { id } = await service.paidOrganization("acme");
    const given: Record<string, Properties> = { shared: { id } };
    const config = { baseUrl: way.baseUrl, token: service.emulator.token };
    const somebody = new Somebody(id);
    const parties = ["a", "b"].map((name, index) => {
        const draw = drawsOf(seed * 2 + index);
        const size = draw(fc.noBias(fc.integer({ min: 8, max: 15 })));
        const program = RandomProgram.ofSize(draw, size, { organization: "shared", prefix: name });
        const frontEnd = frontEnds[(seed >> index) % frontEnds.length] as (typeof frontEnds)[number];
        const stack = new Stack({ name, frontEnd, config, parallel: true, given });
        const witness = new Witness(service, stack);
        return { frontEnd, program, stack, witness, back: new BehindTheBack(service, program, stack, witness) };
    });

    /** Both at once. At every fourth write somebody does something first, to what is theirs or to what a stack has made. */
    const bothUp = async () => {
        let turns = 0;
        way.beginChoosing((_write, nth) =>
            nth % 4 !== 3
                ? undefined
                : {
                      name: "somebody is at work",
                      commits: true,
                      strike: async ({ carryOut, response }) => {
                          turns += 1;
                          if (turns % 3 === 0) await somebody.works();
                          else await parties[turns % parties.length]?.back.changeSomething();
                          const { status, headers, text } = await carryOut();
                          response.writeHead(status, headers);
                          response.end(text);
                      },
                  },
        );
        await Promise.all(parties.map(({ stack, program }) => stack.up(program.declarations, { refreshing: true })));
        way.begin();
        for (const { program } of parties) program.settled();
        return turns;
    };
    const converge = async () => {
        await Promise.all(parties.map(({ stack, program }) => stack.up(program.declarations, { refreshing: true })));
        for (const { stack, program, witness } of parties) {
            expect([...(await stack.preview(program.declarations))]).toEqual([]);
            expect(await witness.differences(program.declarations)).toEqual([]);
        }
        await expectCounts();
    };
    const expectCounts = async () => {
        const { found, declared } = await counts(
            service,
            parties.map(({ stack, program }) => [stack, program.declarations]),
        );
        const all = Object.entries(declared).map(([what, count]) => [what, count + (somebody.counts[what] ?? 0)]);
        expect(found).toEqual(Object.fromEntries(all));
        expect(await somebody.finds()).toEqual(somebody.workspaces.map((_, number) => `by-hand-${number}`));
    };

    let outcome: Outcome = "lost";
    try {
        let turns = await bothUp();
        await converge();
        for (let round = 0; round < 3; round += 1) {
            for (const { program, witness } of parties) {
                const before = program.declarations;
                for (let edits = 0; edits < 4; edits += 1) program.edit();
                witness.programChanged(before, program.declarations);
            }
            turns += await bothUp();
            await converge();
        }
        expect(turns).toBeGreaterThan(0);
        await Promise.all(parties.map(({ stack }) => stack.destroy()));
        for (const { program } of parties) program.declarations = [];
        await expectCounts();
        outcome = "recovered";
    } catch (error) {
        const { found, declared } = await counts(service, []);
        outcome = lossOf(found, declared) ?? "lost";
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    } finally {
        way.begin();
        const frontEnd = parties.map((one) => one.frontEnd.name).join(" and ");
        record({ attempt: attempts.twoStacks, frontEnd, engine: "none", outcome });
    }
});
