// Every link of every page leads somewhere, and every file and target that a page names is there.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { anchors, links, markdownFiles, readDocument, repository } from "./markdown";

describe.each(markdownFiles())("%s", (file) => {
    const markdown = readDocument(file);
    const targets = links(markdown).filter((target) => !/^https?:/.test(target));

    test("its links resolve", () => {
        const broken = targets.filter((target) => {
            const [path = "", anchor] = target.split("#");
            const page = path === "" ? file : join(dirname(file), path);
            if (!existsSync(join(repository, page))) return true;
            return anchor !== undefined && !anchors(readDocument(page)).includes(anchor);
        });
        expect(broken).toEqual([]);
    });

    test("the files of this repository that it names exist", () => {
        const folders = "provider|sdk|emulator|rehearsal|examples|tests|bench|docs|scripts|cli|bin";
        const named = [...markdown.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, "g"))].map(([, path]) => path);
        // The tutorial names the files that it makes.
        const made = [...markdown.matchAll(/^.*\bCreate `([^`]+)`:$/gm)].map(([, path]) => path);
        expect(named.filter((path) => !made.includes(path) && !existsSync(join(repository, path ?? "")))).toEqual([]);
    });

    test("the make targets that it names exist", () => {
        const makefile = readDocument("Makefile");
        const named = [...markdown.matchAll(/\bmake ([a-z]+)(?=`|$| {2,})/gm)].map(([, target]) => target);
        expect(named.filter((target) => !new RegExp(`^${target}:`, "m").test(makefile))).toEqual([]);
    });
});
