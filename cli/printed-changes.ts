// What the engine's output says about single resources; its results only count them.
import { stripVTControlCharacters } from "node:util";

/**
 * The last line about each resource that is not left as it is: `~ fastio:index:Workspace deal update [diff: ~name]`.
 * Whoever prints more than one line for a resource begins each with its mark, its type and its name.
 */
export function changedResources(output: string): string[] {
    const last = new Map<string, string>();
    for (const line of stripVTControlCharacters(output).split("\n")) {
        const [, mark = "", type, rest = ""] = /^ (..) (\S+:\S+:\S+) (\S.*)$/.exec(line) ?? [];
        if (type === undefined) continue;
        const { name, status } = nameAndStatus(rest);
        last.delete(`${type} ${name}`);
        if (mark.trim() !== "" && status !== "")
            last.set(`${type} ${name}`, `${mark.trim()} ${type} ${name} ${status}`);
    }
    return [...last.values()];
}

// Longer ones first. What a person has named may hold spaces, so the name ends where one of these begins.
const status =
    / (?:(?:creat|updat|delet|replac|refresh|import|read|discard)\w*|create replacement|delete original|\*\*|running|\[diff: )/;

function nameAndStatus(text: string): { name: string; status: string } {
    const at = text.search(status);
    return at === -1
        ? { name: text.trim(), status: "" }
        : {
              name: text.slice(0, at),
              status: text
                  .slice(at)
                  .replace(/ ?\(\d[\d.]*s\)/, "")
                  .trim(),
          };
}

/** Each error of a run with the resource that it is about: `fastio:index:Workspace (deal): it is archived`. */
export function failedResources(output: string): string[] {
    const [, diagnostics = ""] = stripVTControlCharacters(output).split(/^Diagnostics:$/m);
    let resource = "";
    const errors: string[] = [];
    let unfinished = false;
    for (const line of diagnostics.split("\n")) {
        if (/^ {2}\S.*\):$/.test(line)) resource = line.trim();
        const [, message] = /^ {4}error: (.*)$/.exec(line) ?? [];
        if (message !== undefined) errors.push(`${resource} ${message}`);
        // What only introduces an error ends in a colon; the next line says what it is.
        else if (unfinished) errors.push(`${errors.pop()} ${line.trim()}`);
        unfinished = (message !== undefined || unfinished) && line.endsWith(":");
    }
    return errors;
}
