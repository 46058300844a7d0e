/** Whoever watches an engine is told why nothing happens: for what it waits, how long, and what is left. */
import { prepareProject } from "../engines/project";
import { fewerColumns } from "../lifecycle/columns";
import { names, wholeProgram } from "../lifecycle/whole-program";
import { Service } from "../verbs/service";
import { openKillable } from "./killable-engine";

jest.setTimeout(120_000);

const declared = wholeProgram("full", names).filter(({ kind }) => kind === "Organization");

test.each(fewerColumns())("on $name", async ({ engine, files }) => {
    const service = await Service.open();
    const project = prepareProject({ files });
    project.write({ "declarations.json": JSON.stringify(declared) });
    const stack = await openKillable(engine, project, {
        FASTIO_BASE_URL: service.baseUrl,
        FASTIO_TOKEN: service.emulator.token,
    });
    try {
        const storm = { path: "/org/create", effect: "status", status: 429, seconds: 2, times: 1 };
        await service.control("POST", "faults", storm);
        const { code, printed } = await stack.up().ended;
        expect([code, printed]).toEqual([
            0,
            expect.stringMatching(
                /waiting \d s for Fast\.io's rate limit \(0 of \d+ left, resets \d\d:\d\d:\d\d UTC\)/,
            ),
        ]);
    } finally {
        stack.close();
        project.remove();
        await service.close();
    }
});
