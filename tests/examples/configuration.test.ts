/** What the README of each example says of its configuration is what its program reads. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readDocument, repository } from "../docs/markdown";

test.each(readdirSync(join(repository, "examples")))(
    "%s: the README's table has the program's configuration",
    (example) => {
        const program = readDocument(`examples/${example}/index.ts`);
        const rows = readDocument(`examples/${example}/README.md`).matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|required)/gm);
        const read = program.matchAll(/config\.(?:get|require)(?:Secret)?\("(\w+)"\)(?: \?\? "([^"]+)")?/g);
        const pairs = (found: Iterable<RegExpMatchArray>) => [...found].map(([, key, fallback]) => [key, fallback]);
        const declared = pairs(read);
        expect(declared.length).toBeGreaterThan(0);
        expect(pairs(rows)).toEqual(declared);
    },
);
