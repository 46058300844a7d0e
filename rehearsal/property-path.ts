// Property paths as resource options write them: `tags.a`, `list[0]`, `map["a.b"]`, `*` for every element.

import { isObject, isPlainObject, isSecret, type Properties, sameValue, secret, type Value } from "./values";

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

/** Whether one of `patterns`, in which `*` stands for every element, names one of `paths` or something around it. */
export function touchesAny(patterns: string[], paths: string[]): boolean {
    const parsed = paths.map(parsePropertyPath);
    return patterns
        .map(parsePropertyPath)
        .some((pattern) =>
            parsed.some(
                (path) =>
                    path.length >= pattern.length &&
                    pattern.every((part, index) => part === "*" || part === path[index]),
            ),
        );
}

/** The paths at which two values differ, as deep as both have parts. */
export function differingPaths(one: Value | undefined, other: Value | undefined, path = ""): string[] {
    if (sameValue(one, other)) return [];
    const bothObjects = isPlainObject(one) && isPlainObject(other);
    const bothLists = Array.isArray(one) && Array.isArray(other);
    if (!bothObjects && !bothLists) return [path];
    const [olds, news] = [one, other] as [Properties, Properties];
    const join = (key: string) =>
        bothLists
            ? `${path}[${key}]`
            : /^[^.[\]"]+$/.test(key)
              ? [path, key].filter(Boolean).join(".")
              : `${path}["${key}"]`;
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    return keys.flatMap((key) => differingPaths(olds[key], news[key], join(key)));
}
