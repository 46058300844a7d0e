/** All tests of the verbs on a service of another dialect: the provider is told nothing of it. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { EmulatorOptions } from "../../emulator";

export function everyVerbIn(dialect: NonNullable<EmulatorOptions["dialect"]>): void {
    jest.setTimeout(60_000);
    process.env.EMULATOR_DIALECT = dialect;
    const folder = join(__dirname, "..", "verbs");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".test.ts"))) {
        describe(`${dialect}: ${basename(file, ".test.ts")}`, () => {
            require(join(folder, file));
        });
    }
    test("the tests above met the dialect", () => {
        expect(require("../verbs/service").dialect).toBe(dialect);
    });
}
