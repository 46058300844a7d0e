// Identifiers and secrets, drawn from one seed so that a seeded emulator repeats itself.
import { createHash } from "node:crypto";
import type { Store } from "./store";

const letters = "abcdefghijklmnopqrstuvwxyz234567";

export class Ids {
    readonly #store: Store;
    readonly #types: Readonly<Record<string, string>>;

    /** @param types the types of opaque ids that are written otherwise */
    constructor(store: Store, types: Readonly<Record<string, string>> = {}) {
        this.#store = store;
        this.#types = types;
    }

    /** Profile id of a user, organization, workspace or share: 19 digits, never a leading zero. */
    profile(): string {
        return String((this.#draw().readBigUInt64BE() % 9_000_000_000_000_000_000n) + 1_000_000_000_000_000_000n);
    }

    /** Opaque id: a type of one or two characters and 28 more, shown in groups of five. */
    opaque(type: string): string {
        return hyphenate((this.#types[type] ?? type) + this.#letters(28));
    }

    /** A secret of that many lower-case letters and digits. */
    secret(length: number): string {
        let text = "";
        while (text.length < length) text += this.#letters(Math.min(64, length - text.length));
        return text;
    }

    #letters(length: number): string {
        return Array.from(this.#draw().subarray(0, length), (byte) => letters[byte & 31]).join("");
    }

    /** 64 bytes; the counter is part of the state, so a restarted emulator goes on where it stopped. */
    #draw(): Buffer {
        const drawn = this.#store.settings.drawn + 1;
        this.#store.set("drawn", drawn);
        return createHash("sha512").update(`${this.#store.settings.seed}:${drawn}`).digest();
    }
}

/** The one spelling of an opaque id: readers may send it without hyphens or in capitals. */
export function canonicalOpaque(text: string): string {
    return hyphenate(text.replaceAll("-", "").toLowerCase());
}

function hyphenate(raw: string): string {
    return raw.replace(/.{5}(?=.)/g, "$&-");
}
