// Stack outputs as people read them: whole, or only what has changed.

import {
    compareKeys,
    isArchive,
    isAsset,
    isObject,
    isPlainObject,
    isSecret,
    masked,
    type Properties,
    sameValue,
    unknown,
    type Value,
} from "./values";

type Mark = "+" | "-" | "~" | " ";

/** Every output on a line of its own, or several for what has parts. */
export function printOutputs(outputs: Properties): string[] {
    const shown = Object.entries(outputs).filter(([, value]) => value !== null);
    return printEntries(shown.sort(byKey), 1, " ");
}

/** The outputs that differ, with `+`, `-` and `~`. */
export function printChangedOutputs(olds: Properties, news: Properties): string[] {
    const { added, deleted, updated } = compareKeys(olds, news, masked);
    return printChanges(olds, news, [...added, ...deleted, ...updated].sort(), 1);
}

/** Marks, in a preview, a resource that stands as a plain object among the outputs. */
const resourceMark = "@isPulumiResource";

function printChanges(olds: Properties, news: Properties, keys: string[], level: number): string[] {
    // Those that stay the same and are not shown count for the width as well; those that nobody knows do not.
    const counted = Object.keys({ ...olds, ...news }).filter((key) => !isForgotten(olds[key], news[key]));
    const width = Math.max(...counted.map((key) => key.length));
    return keys.flatMap((key) => printChange(key.padEnd(width), olds[key], news[key], level));
}

function printChange(label: string, old: Value | undefined, value: Value | undefined, level: number): string[] {
    if (old === undefined) return printEntry(label, value ?? null, level, "+");
    if (value === undefined) return printEntry(label, old, level, "-");
    if (sameValue(masked(old), masked(value))) return printEntry(label, value, level, " ");
    if (isForgotten(old, value)) return [];
    if ([old, value].some((one) => isAsset(one) || isArchive(one))) {
        return [...printEntry(label, old, level, "-"), ...printEntry(label, value, level, "+")];
    }
    const [olds, news] = [partsOf(old), partsOf(value)];
    if (olds && news && Array.isArray(old) === Array.isArray(value)) {
        const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
        const [open, close] = Array.isArray(value) ? "[]" : "{}";
        return [
            line(level, "~", `${label}: ${open}`),
            ...printChanges(olds, news, keys, level + 1),
            line(level, " ", `${close}`),
        ];
    }
    const [before, after] = [printEntry("", old, level, " "), printEntry("", value, level, " ")];
    const joined = `${before.join("\n").trimStart().slice(2)} => ${after.join("\n").trimStart().slice(2)}`;
    return [line(level, "~", `${label}: ${joined}`)];
}

/** A preview does not know what a known output will be: that it may change is no news. */
function isForgotten(old: Value | undefined, value: Value | undefined): boolean {
    return old !== undefined && value === unknown;
}

function printEntries(entries: [string, Value][], level: number, mark: Mark): string[] {
    const width = Math.max(...entries.map(([key]) => key.length));
    return entries.flatMap(([key, value]) => printEntry(key.padEnd(width), value, level, mark));
}

function printEntry(label: string, value: Value, level: number, mark: Mark): string[] {
    if (isArchive(value) && isObject(value.assets)) return printArchive(label, value, value.assets, level, mark);
    const parts = partsOf(value);
    if (!parts) return [line(level, mark, `${label}: ${printLeaf(value)}`)];
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    const entries = Object.entries(parts);
    if (entries.length === 0) return [line(level, mark, `${label}: ${open}${close}`)];
    const ordered = Array.isArray(value) ? entries : entries.sort(byKey);
    return [
        line(level, mark, `${label}: ${open}`),
        ...printEntries(ordered, level + 1, mark),
        line(level, " ", `${close}`),
    ];
}

/** What an archive is put together from, with names in quotation marks. */
function printArchive(label: string, { hash }: Properties, members: Properties, level: number, mark: Mark): string[] {
    const entries = Object.entries(members).sort(byKey);
    return [
        line(level, mark, `${label}: archive(assets:${String(hash).slice(0, 7)}) {`),
        ...entries.flatMap(([name, member]) => printEntry(JSON.stringify(name), member, level + 1, mark)),
        line(level, " ", "}"),
    ];
}

/** The parts of a list, by `[index]`, or of an object. */
function partsOf(value: Value): Properties | undefined {
    if (Array.isArray(value)) return Object.fromEntries(value.map((item, index) => [`[${index}]`, item]));
    if (!isPlainObject(value)) return undefined;
    const { [resourceMark]: _, ...parts } = value;
    return parts;
}

function printLeaf(value: Value): string {
    if (isSecret(value)) return "[secret]";
    if (value === unknown) return "[unknown]";
    if (value === null) return "<null>";
    if (isAsset(value)) return printContents("asset", value);
    if (isArchive(value)) return printContents("archive", value);
    return JSON.stringify(value);
}

function printContents(kind: string, { path, uri, hash }: Properties): string {
    const short = String(hash).slice(0, 7);
    if (typeof path === "string") return `${kind}(file:${short}) { ${path} }`;
    if (typeof uri === "string") return `${kind}(uri:${short}) { ${uri} }`;
    return `${kind}(text:${short}) { }`;
}

function line(level: number, mark: Mark, text: string): string {
    return `${" ".repeat(4 * level - 2)}${mark} ${text.replace(active, spelled)}`;
}

/** What JSON leaves as it is and a terminal takes for orders. */
const active = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function spelled(character: string): string {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
    return one < other ? -1 : 1;
}
