/** The resource options that name properties: Pulumi takes any name there, and one that no property has does nothing. */
import * as pulumi from "@pulumi/pulumi";

/** What a message calls the thing that the options are for, and what it has. */
export interface Named {
    name: string;
    properties: readonly string[];
}

/** Takes paths, of which the first segment names the property; `*` stands for all of them. */
const byPath = ["ignoreChanges", "replaceOnChanges", "hideDiffs"] as const;
/** Takes whole properties: for a path within one, the engine would look for a property of that name. */
const byName = ["additionalSecretOutputs"] as const;

/** Refuses options that name a property which is not there, with the nearest one that is. */
export function refuseUnknownNames(kind: Named, name: string, opts: pulumi.CustomResourceOptions): void {
    const refuse = (option: string, given: string, first: string, why: string): never => {
        throw new pulumi.RunError(
            `${kind.name} ${JSON.stringify(name)}: ${option} names ${JSON.stringify(given)}, ${why} and would do nothing; ` +
                nearest(first, kind.properties),
        );
    };
    for (const option of byPath) {
        for (const path of opts[option] ?? []) {
            const first = firstSegment(path);
            if (first !== "*" && !kind.properties.includes(first))
                refuse(option, path, first, `which is no property of ${article(kind.name)}`);
        }
    }
    for (const option of byName) {
        for (const given of opts[option] ?? []) {
            if (kind.properties.includes(given)) continue;
            const first = firstSegment(given);
            const why = kind.properties.includes(first)
                ? "which is a path where only whole properties can be named,"
                : `which is no property of ${article(kind.name)}`;
            refuse(option, given, first, why);
        }
    }
}

/** `links[0].url` begins with `links`, and `["a.b"].c` with `a.b`. */
function firstSegment(path: string): string {
    const [, quoted, index, name] = /^(?:\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[]+))/.exec(path) ?? [];
    return quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? path;
}

function article(noun: string): string {
    return `${/^[AEIO]/.test(noun) ? "an" : "a"} ${noun}`;
}

function nearest(given: string, names: readonly string[]): string {
    // Other languages and the service write names in their own way: access_options.
    const plain = (text: string) => text.replace(/[^a-z0-9]/gi, "").toLowerCase();
    const [best] = names
        .map((name) => ({ name, distance: distance(plain(given), plain(name)) }))
        .sort((left, right) => left.distance - right.distance);
    return best !== undefined && best.distance <= Math.max(2, Math.floor(given.length / 3))
        ? `did you mean ${best.name}?`
        : `it has ${names.join(", ")}.`;
}

/** How many letters have to be added, dropped or changed to make one word of the other. */
function distance(one: string, other: string): number {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (let at = 0; at < one.length; at++) {
        const next = [at + 1];
        for (let to = 0; to < other.length; to++) {
            const changed = (row[to] ?? 0) + (one[at] === other[to] ? 0 : 1);
            next.push(Math.min(changed, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
        }
        row = next;
    }
    return row[other.length] ?? 0;
}
