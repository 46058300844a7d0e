/** Every write that the whole program makes meets a fault once, on every engine: each run goes on from where the last one failed. */
import { prepareProject } from "../engines/project";
import { columns, oneColumn } from "../lifecycle/columns";
import { names, wholeProgram } from "../lifecycle/whole-program";
import { Service } from "../verbs/service";
import { faults } from "./fault-table";
import { openKillable, succeeded } from "./killable-engine";
import { record, soaking } from "./reliability";
import { Way, type Write } from "./way";

jest.setTimeout(600_000);

/** Those that need no clock: an engine's processes have their own. */
const brief = faults.filter(({ name, afterwards }) => !/429|timeout|slow/.test(name) && afterwards === undefined);

/** One of each kind suffices, and what is above it. */
const declared = wholeProgram("full", names).filter(
    ({ name }) => !/^(workspace|share)-[12]/.test(name) && !/person-[1-9]/.test(name),
);

const mostRuns = 12;

describe.each(soaking ? columns() : oneColumn())("on $name", ({ engine, entry, files }) => {
    const frontEnd = entry === "pulumi-fastio" ? "dynamic" : "plugin";

    test("each write of each kind meets one, and everything is there once", async () => {
        const service = await Service.open();
        const way = await Way.open(service.emulator);
        const project = prepareProject({ files });
        project.write({ "declarations.json": JSON.stringify(declared) });
        const env = { FASTIO_BASE_URL: way.baseUrl, FASTIO_TOKEN: service.emulator.token };
        const stack = await openKillable(engine, project, env);
        try {
            const met = new Map<Write, string>();
            const runs: string[] = [];
            for (let code: number | null = 1; code !== 0; ) {
                way.beginChoosing((write) => {
                    if (met.has(write)) return undefined;
                    const fault = brief[met.size % brief.length];
                    met.set(write, fault?.name ?? "");
                    return fault;
                });
                const before = met.size;
                const run = await stack.up().ended;
                runs.push(run.printed);
                code = run.code;
                const outcome = code === 0 ? "recovered" : "one more up";
                for (const fault of [...met.values()].slice(before))
                    record({ fault, frontEnd, engine: engine.name, outcome });
                // Each run that failed has met something new.
                expect([runs, code === 0 || met.size > before, runs.length <= mostRuns]).toEqual([runs, true, true]);
            }
            const made = [...met.keys()].filter((write) => write.startsWith("POST "));
            expect(made.length).toBeGreaterThan(new Set(declared.map(({ kind }) => kind)).size - 3);
            way.begin();
            await succeeded(stack.preview());
            const {
                organizations,
                workspaces,
                shares,
                folders,
                files: stored,
            } = await service.control<Record<string, number>>("GET", "census");
            expect({ organizations, workspaces, shares, folders, stored }).toEqual({
                organizations: 1,
                workspaces: 1,
                shares: 1,
                folders: 6,
                stored: 2,
            });
        } finally {
            stack.close();
            project.remove();
            way.close();
            await service.close();
        }
    });
});
