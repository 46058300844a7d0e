/** Names from URNs: the logical name, and unique names that a repeated create finds again. */
import { createHash, randomBytes } from "node:crypto";

/** The name of the resource in the program: the last part of its URN. */
export function logicalName(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

const hashLength = 7;
const tailBytes = 3;
const tailPattern = new RegExp(`[0-9a-f]{${2 * tailBytes}}$`);

/**
 * The unique names of an object under a parent that no program names. Its own are the first one and every further one: they
 * hold a hash of parent and URN, so that a repeated create knows its own work among all that is there.
 */
export interface OwnNames {
    readonly first: string;
    /** Another one, which nobody has had before: what is left of earlier ones says nothing about it. */
    another(): string;
    isOwn(name: string): boolean;
}

/**
 * Names with a slug of the logical name and 7 characters of the hash. A proposal stands in the place of the first, and for
 * the slug in the others.
 */
export function ownNames(
    urn: string,
    parent: string,
    noun: string,
    longest: number,
    proposal: string | undefined = undefined,
): OwnNames {
    const hash = createHash("sha256").update([parent, urn].join("\n")).digest("hex").slice(0, hashLength);
    const nameWith = (tail: string) => {
        const room = longest - hashLength - tail.length - 1;
        const stem = [...(proposal ?? slugOf(logicalName(urn)))].slice(0, room).join("").replace(/-+$/, "");
        return `${stem === "" ? slugOf(noun) : stem}-${hash}${tail}`;
    };
    const first = proposal ?? nameWith("");
    return {
        first,
        another: () => nameWith(randomBytes(tailBytes).toString("hex")),
        isOwn(name) {
            const [tail] = tailPattern.exec(name) ?? [];
            return name === first || (tail !== undefined && name === nameWith(tail));
        },
    };
}

/** Lower-case letters and digits of any script, words joined by hyphens. */
export function slugOf(text: string): string {
    return text
        .normalize("NFC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "");
}

/** What the uploads of a stack are marked with, so that they are told from what others put there; the same whatever is declared. */
export function uploadMark(urn: string | undefined): string | undefined {
    const [stack, project] = urn?.split("::") ?? [];
    if (stack === undefined || project === undefined) return undefined;
    return `pulumi-fastio-${createHash("sha256").update(`${stack}\n${project}`).digest("hex").slice(0, 12)}`;
}
