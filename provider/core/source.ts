/** Values as a TypeScript program would write them. */
import { printable } from "../api/printable";

/** The literal of a value. */
export function literal(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
    if (typeof value !== "object" || value === null) return printable(JSON.stringify(value));
    const entries = Object.entries(value).map(
        ([name, item]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : printable(JSON.stringify(name))}: ${literal(item)}`,
    );
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

export function lowerFirst(text: string): string {
    return text.charAt(0).toLowerCase() + text.slice(1);
}
