// Property paths as resource options write them: `tags.a`, `list[0]`, `map["a.b"]`, `*` for every element.

import { isObject, isSecret, type Properties, secret, type Value } from "./values";

const parts = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g;

export function parsePropertyPath(path: string): string[] {
    return [...path.matchAll(parts)].map(
        ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? "",
    );
}

/** Gives the value at `path` in `inputs` the one it has in `olds`, or removes it where `olds` has none. */
export function resetPath(path: string, olds: Properties, inputs: Properties): Properties {
    return reset(parsePropertyPath(path), olds, inputs) as Properties;
}

function reset(path: string[], old: Value | undefined, value: Value | undefined): Value | undefined {
    const [key, ...rest] = path;
    if (key === undefined) return old;
    const known = isSecret(old) ? old.value : old;
    if (isSecret(value)) return secret(reset(path, known, value.value) ?? null);
    if (Array.isArray(value)) {
        const olds = Array.isArray(known) ? known : [];
        return value.map((item, index) =>
            key === "*" || key === `${index}` ? (reset(rest, olds[index], item) ?? null) : item,
        );
    }
    if (!isObject(value)) return value;
    const olds: Properties = isObject(known) ? known : {};
    const keys = key === "*" ? [...new Set([...Object.keys(olds), ...Object.keys(value)])] : [key];
    const result = { ...value };
    for (const name of keys) {
        const replaced = reset(rest, olds[name], value[name]);
        if (replaced === undefined) delete result[name];
        else result[name] = replaced;
    }
    return result;
}
