/** What the tests of the examples share: an example on an engine, and whether its README shows what a run prints. */
import type { ConfigMap } from "@pulumi/pulumi/automation";
import { codeBlocks, readDocument } from "../docs/markdown";
import type { Engine } from "../engines/engine";
import { Fixture } from "../lifecycle/fixture";
import { note } from "./agreement";

/** Opens an example on a local Fast.io of its own; its runs are noted, to be held against those of the other engines. */
export async function openExample(engine: Engine, example: string, config: ConfigMap = {}): Promise<Fixture> {
    const fixture = await Fixture.open(engine, undefined, { example, config });
    note(example, fixture);
    return fixture;
}

/**
 * Lines that the README shows in its blocks of a language and that no run has printed; ids, times and generated names vary, and
 * so does whether the engine warns of its host for dynamic resources, which some installations of the CLI have on PATH alone.
 */
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
        .replace(/(?<= created) \d warnings?$/, "")
        .replace(/-[0-9a-f]{7}\b/g, "-<suffix>")
        .replace(/(?<=\/shared\/)\w+/g, "<name>")
        .trim();
}
