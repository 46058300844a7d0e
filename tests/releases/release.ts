/** What a release wrote, kept so that later code meets it: states, programs, the service's data, and what was asked of the service. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Deployment } from "@pulumi/pulumi/automation";
import { createEmulator, type EmulatorOptions } from "../../emulator";
import { crc32c } from "../../emulator/crc32c";
import type { Declaration, Ledgered } from "../lifecycle/fixture";

/** The front-ends, as the folders are called. */
export const frontEnds = ["dynamic", "plugin"] as const;
export type FrontEnd = (typeof frontEnds)[number];

/** The service as it was when the release had made everything. */
export interface ServiceData {
    dialect: NonNullable<EmulatorOptions["dialect"]>;
    /** Milliseconds since the epoch: it is still that time. */
    time: number;
    /** The rows by table, bytes in base64. */
    tables: Record<string, Row[]>;
}

type Value = string | number | null | { base64: string };
type Row = Record<string, Value>;

/** One front-end of one release. */
export interface Recording {
    /** The files of the program, without what it declares. */
    files: Record<string, string>;
    /** What it declared, and what it declares next: everything that can change, changed. */
    declared: Declaration[];
    changed: Declaration[];
    /** The state, secrets encrypted. */
    state: Deployment;
    service: ServiceData;
    /** The requests with which it was made. */
    ledger: Ledgered[];
}

/** In the order of the fields: what stands in which file. */
export const fileOf: Record<keyof Recording, string> = {
    files: "files.json",
    declared: "declared.json",
    changed: "changed.json",
    state: "state.json",
    service: "service.json",
    ledger: "ledger.json",
};

/** The releases on record, the oldest first. */
export function releases(): string[] {
    const folders = readdirSync(__dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => name).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

export function recordingOf(release: string, frontEnd: FrontEnd): Recording {
    const parts = Object.entries(fileOf).map(([part, file]) => [
        part,
        JSON.parse(readFileSync(join(__dirname, release, frontEnd, file), "utf8")),
    ]);
    return Object.fromEntries(parts);
}

/** All rows of an emulator's data file. */
export function rowsOf(file: string): ServiceData["tables"] {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
        const rows = (table: string) => database.prepare(`SELECT * FROM ${table}`).all();
        return Object.fromEntries(tablesOf(database).map((table) => [table, rows(table).map(asText)]));
    } finally {
        database.close();
    }
}

/**
 * A data file of the present emulator with the rows of an earlier one. A table or column that the emulator has no more, or
 * that it needs and the rows lack, fails here: then `inPresentForm` says what the old rows mean in the new schema.
 */
export async function writeRows(file: string, tables: ServiceData["tables"]): Promise<void> {
    await createEmulator({ data: file }).close();
    const database = new DatabaseSync(file);
    try {
        // The emulator compares names by this function; its indices need it.
        database.function("folded", { deterministic: true }, (name) =>
            typeof name === "string" ? name.toLowerCase() : name,
        );
        database.exec("BEGIN");
        for (const table of tablesOf(database)) database.exec(`DELETE FROM ${table}`);
        for (const [table, rows] of Object.entries(inPresentForm(tables))) {
            for (const row of rows) {
                const columns = Object.keys(row);
                const marks = columns.map(() => "?").join(", ");
                const insert = database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`);
                insert.run(...Object.values(row).map(fromText));
            }
        }
        database.exec("COMMIT");
    } finally {
        database.close();
    }
}

/** Rows as the present schema has them. */
function inPresentForm(tables: ServiceData["tables"]): ServiceData["tables"] {
    const { pieces = [], versions = [] } = tables;
    const bytesOf = (contentId: Value | undefined) =>
        pieces.filter((piece) => piece.contentId === contentId).map(({ bytes = null }) => fromText(bytes) as Buffer);
    return {
        ...tables,
        versions: versions.map((version) => ({ crc32c: crc32c(bytesOf(version.contentId)), ...version })),
    };
}

function tablesOf(database: DatabaseSync): string[] {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    return tables.map(({ name }) => String(name));
}

function asText(row: Record<string, unknown>): Row {
    const value = (held: unknown) =>
        held instanceof Uint8Array ? { base64: Buffer.from(held).toString("base64") } : (held as Value);
    return Object.fromEntries(Object.entries(row).map(([column, held]) => [column, value(held)]));
}

function fromText(value: Value) {
    return typeof value === "object" && value !== null ? Buffer.from(value.base64, "base64") : value;
}
