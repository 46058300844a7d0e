/** What the tests of the examples share: an example on an engine, and whether its README shows what a run prints. */
import type { ConfigMap } from "@pulumi/pulumi/automation";
import { codeBlocks, readDocument } from "../docs/markdown";
import type { Engine } from "../engines/engine";
import { Fixture } from "../lifecycle/fixture";

export function openExample(engine: Engine, example: string, config: ConfigMap = {}): Promise<Fixture> {
    return Fixture.open(engine, undefined, { example, config });
}

/** Lines that the README shows in its blocks of a language and that no run has printed; ids, times and generated names vary. */
export function notPrinted(example: string, printed: string, shown = "text"): string[] {
    const lines = new Set(printed.split("\n").map(varying));
    return codeBlocks(readDocument(`examples/${example}/README.md`))
        .filter(({ language }) => language === shown)
        .flatMap(({ text }) => text.trim().split("\n"))
        .filter((line) => !lines.has(varying(line)));
}

function varying(line: string): string {
    return line
        .replace(/\d{19}/g, "<id>")
        .replace(/ \(\d[\d.]*s\)/g, "")
        .replace(/-[0-9a-f]{7}\b/g, "-<suffix>")
        .replace(/(?<=\/shared\/)\w+/g, "<name>")
        .trim();
}
