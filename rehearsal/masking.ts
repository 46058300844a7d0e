// Keeps secret configuration out of everything that a run prints, whoever prints it.

import type { Config } from "./project";
import { isObject, type Value } from "./values";

/** Anything shorter stands in too many places by chance. */
const shortestSecret = 3;

/** A function that puts `[secret]` in place of every secret of `config`, also of one inside a structured value. */
export function secretMask(config: Config): (text: string) => string {
    const secrets = Object.values(config)
        .filter(({ secret }) => secret)
        .flatMap(({ value }) => [value, ...textsIn(parsed(value))])
        .filter((text) => text.length >= shortestSecret)
        // The longer first: what is left of it would be readable otherwise.
        .sort((one, other) => other.length - one.length);
    return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
}

function parsed(text: string): Value {
    try {
        const value: Value = JSON.parse(text);
        return typeof value === "object" ? value : null;
    } catch {
        return null;
    }
}

function textsIn(value: Value): string[] {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.flatMap(textsIn);
    return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
