/** The example reading-room with the SDK that the Pulumi CLI makes: up, unchanged, a document more, down, and its README. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json";
import { availableEngines } from "../engines/engines";
import { testUnless, Workstation } from "../engines/workstation";
import { missingPython, virtualEnvironment } from "../languages/python";
import { notPrinted, openExample } from "./example";

jest.setTimeout(180_000);

testUnless(missingPython(), "the example reading-room lives as its README says", async () => {
    const [cli] = availableEngines();
    if (cli === undefined) throw new Error("there is no engine");
    const it_ = await openExample(cli, "reading-room");
    const machine = await Workstation.open(it_.project.folder);
    try {
        const plugin = "node_modules/pulumi-fastio/dist/pulumi-resource-fastio/pulumi-resource-fastio";
        await machine.shell(`pulumi package gen-sdk ${plugin} --language python --out sdks`);
        it_.project.write({
            // What an installation would leave of it.
            "sdks/python/pulumi_fastio.dist-info/METADATA": `Name: pulumi_fastio\nVersion: ${manifest.version}\n`,
            "Pulumi.yaml": it_.project
                .read("Pulumi.yaml")
                .replace("virtualenv: venv", `virtualenv: ${virtualEnvironment}`),
        });
        await it_.stack.setEnv({
            FASTIO_BASE_URL: it_.baseUrl,
            FASTIO_TOKEN: it_.emulator.token,
            PYTHONPATH: join(it_.project.folder, "sdks/python"),
        });
        expect((await it_.stack.up()).summary.resourceChanges).toEqual({ create: 10 });
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 10 });
        it_.project.write({ "minutes/2026-11.md": "# Minutes\n\nNobody was there.\n" });
        rmSync(join(it_.project.folder, "minutes/2026-09.md"));
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 9, create: 1, delete: 1 });
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        expect(notPrinted("reading-room", it_.printed)).toEqual([]);
    } finally {
        await machine.close();
        await it_.close();
    }
});
