/** What the README of each example says of its configuration is what its program reads. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readDocument, repository } from "../docs/markdown";

const programs = ["index.ts", "index.js", "__main__.py", "Pulumi.yaml"];

/** The keys that a program reads, each with its default. */
function configurationOf(file: string, program: string): (string | undefined)[][] {
    if (file === "Pulumi.yaml") {
        const { config } = parse(program) as { config: Record<string, { default?: string }> };
        return Object.entries(config).map(([key, { default: fallback }]) => [key, fallback]);
    }
    const read = program.matchAll(/config\.(?:get|require)(?:Secret)?\("(\w+)"\)\)?(?: (?:\?\?|or) "([^"]+)")?/g);
    return [...read].map(([, key, fallback]) => [key, fallback]);
}

test.each(readdirSync(join(repository, "examples")))(
    "%s: the README's table has the program's configuration",
    (example) => {
        const file = programs.find((name) => existsSync(join(repository, "examples", example, name))) ?? "none";
        const rows = readDocument(`examples/${example}/README.md`).matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|required)/gm);
        const declared = configurationOf(file, readDocument(`examples/${example}/${file}`));
        expect(declared.length).toBeGreaterThan(0);
        expect([...rows].map(([, key, fallback]) => [key, fallback])).toEqual(declared);
    },
);
