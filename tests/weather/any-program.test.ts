/**
 * Programs made at random, changed at random, and changed behind the back: after each `up` that refreshes first, the preview is empty, no
 * request was made for it, and what is on the service is what the program declares; after a destroy there is nothing. A seed that failed
 * is run alone with `-t "seed 7"`.
 */
import fc from "fast-check";
import { prepareProject } from "../engines/project";
import { columns } from "../lifecycle/columns";
import type { Declaration } from "../lifecycle/fixture";
import { Service } from "../verbs/service";
import { follow, type Runs } from "./course";
import { frontEnds } from "./front-ends";
import type { Surroundings } from "./random-program";
import { seeds, soaking } from "./reliability";
import { Stack, type Step, withReferences } from "./stack";

jest.setTimeout(600_000);

const dialects = ["seed", "wrapped", "mid2026"] as const;
let services: Service[];

beforeAll(async () => {
    jest.spyOn(console, "log").mockImplementation(() => {});
    services = await Promise.all(dialects.map((one) => Service.open(one)));
});
afterAll(async () => {
    jest.restoreAllMocks();
    await Promise.all(services.map((one) => one.close()));
});

/** Each seed speaks one of the service's dialects. */
function serviceOf(seed: number): { service: Service; surroundings: Surroundings } {
    const dialect = dialects[seed % dialects.length];
    const service = services[seed % dialects.length] as Service;
    // There only paid plans have it, and a paid plan is in the way of a destroy.
    return { service, surroundings: dialect === "mid2026" ? { without: ["intelligence"] } : {} };
}

describe("without an engine", () => {
    test.each(seeds(20, 200))("seed %i", async (seed) => {
        const { service, surroundings } = serviceOf(seed);
        const frontEnd = frontEnds[seed % frontEnds.length] as (typeof frontEnds)[number];
        const config = { baseUrl: service.baseUrl, token: service.emulator.token };
        await follow({
            seed,
            service,
            frontEnd: frontEnd.name,
            engine: "none",
            surroundings,
            resources: 30,
            rounds: 6,
            open: async (draw, given) =>
                new Stack({ name: `seed-${seed}`, frontEnd, config, parallel: draw(fc.boolean()), given }),
        });
    });
});

/** One on one engine shows that the course is the same there; the soak goes through all. */
const onEngines = soaking
    ? columns()
    : columns()
          .filter(({ engine }) => engine.name === "rehearsal")
          .slice(0, 1);

describe.each(onEngines)("on $name", ({ engine, entry, files }) => {
    test.each(soaking ? [31, 32, 33] : [31])("seed %i", async (seed) => {
        const { service, surroundings } = serviceOf(seed);
        const project = prepareProject({ files });
        const env = { FASTIO_BASE_URL: service.baseUrl, FASTIO_TOKEN: service.emulator.token };
        const stack = await engine.open({ project: project.folder, env });
        let kept: Record<string, { id: string; outputs: Record<string, unknown> }> = {};
        const remember = async () => {
            const { deployment } = await stack.exportStack();
            const { resources = [] } = deployment as { resources?: { urn: string; id?: string; outputs?: object }[] };
            const own = resources.filter(({ urn, id }) => /fastio:/.test(urn) && !/pulumi:providers/.test(urn) && id);
            kept = Object.fromEntries(
                own.map(({ urn, id = "", outputs = {} }) => [urn.split("::").at(-1), { id, outputs: { ...outputs } }]),
            );
        };
        try {
            await follow({
                seed,
                service,
                frontEnd: entry === "pulumi-fastio" ? "dynamic" : "plugin",
                engine: engine.name,
                surroundings,
                resources: 20,
                rounds: 2,
                open: async (_draw, given): Promise<Runs> => {
                    const write = (program: readonly Declaration[]) => {
                        const declared = withReferences(program, (name) => given[name]);
                        project.write({ "declarations.json": JSON.stringify(declared) });
                    };
                    return {
                        given,
                        get names() {
                            return Object.keys(kept);
                        },
                        state: (name) => kept[name],
                        up: async (program, { refreshing }) => {
                            write(program);
                            await stack.up({ refresh: refreshing }).finally(remember);
                        },
                        preview: async (program) => {
                            write(program);
                            const { changeSummary } = await stack.preview();
                            const changes = Object.entries(changeSummary).filter(([step]) => step !== "same");
                            return new Map(changes.map(([step, times]) => [`${times}`, step as Step]));
                        },
                        refresh: () => stack.refresh().finally(remember),
                        destroy: () => stack.destroy().finally(remember),
                    };
                },
            });
        } finally {
            await stack.close();
            project.remove();
        }
    });
});
