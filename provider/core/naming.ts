/** Names from URNs: the logical name, and unique names that a repeated create finds again. */
import { createHash } from "node:crypto";

/** The name of the resource in the program: the last part of its URN. */
export function logicalName(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

const suffixLength = 7;

/**
 * A unique name for an object under a parent: a slug of the logical name and 7 characters of a hash of parent and URN,
 * so that a repeated create meets its own work. Each further attempt gives another suffix.
 */
export function generatedName(urn: string, parent: string, noun: string, longest: number, attempt = 0): string {
    const parts = attempt === 0 ? [parent, urn] : [parent, urn, String(attempt)];
    const suffix = createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, suffixLength);
    const room = longest - suffixLength - 1;
    const slug = [...slugOf(logicalName(urn))].slice(0, room).join("").replace(/-+$/, "");
    return `${slug === "" ? slugOf(noun) : slug}-${suffix}`;
}

/** Lower-case letters and digits of any script, words joined by hyphens. */
export function slugOf(text: string): string {
    return text
        .normalize("NFC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "");
}
