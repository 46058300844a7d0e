// What was asked and what came of it: the last requests, secrets masked, kept in memory.
import type { Strike } from "./faults";

export type Effect = "read" | "created" | "updated" | "deleted" | "none";

/** The kinds of objects that the census counts and the ledger names. */
export type Kind =
    | "user"
    | "apiKey"
    | "organization"
    | "workspace"
    | "share"
    | "organizationMember"
    | "workspaceMember"
    | "shareMember"
    | "invitation"
    | "transferToken"
    | "asset"
    | "folder"
    | "file"
    | "note"
    | "link"
    | "fileShare";

export interface LedgerEntry {
    seq: number;
    /** RFC 3339, by the emulator's clock. */
    time: string;
    method: string;
    path: string;
    query: Record<string, string>;
    /** E-mail of the caller, null for an anonymous one. */
    actor: string | null;
    /** What the caller was told; 0 where a fault left no answer. */
    status: number;
    /** `error.code` of a refusal, else null. */
    code: number | null;
    effect: Effect;
    kind?: Kind;
    id?: string;
    /** The API has no such route. */
    unknown?: true;
    /** The fault that struck. */
    fault?: Pick<Strike, "id" | "effect" | "when">;
}

const kept = 100_000;

export class Ledger {
    #entries: LedgerEntry[] = [];
    #seq = 0;

    add(entry: Omit<LedgerEntry, "seq">): void {
        this.#seq += 1;
        this.#entries.push({ seq: this.#seq, ...entry });
        if (this.#entries.length >= 2 * kept) this.#entries = this.#entries.slice(-kept);
    }

    after(seq: number): LedgerEntry[] {
        const first = this.#entries[0]?.seq ?? 0;
        return this.#entries.slice(Math.max(0, seq - first + 1));
    }

    /** Forgets the entries; numbers go on, so that a reader's last number stays meaningful. */
    clear(): void {
        this.#entries = [];
    }
}
