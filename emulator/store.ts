// The emulator's state: one SQLite database, in memory or in a file, with lazily begun transactions.
import { createHash } from "node:crypto";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

const schema = `
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE users (
        id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, accountType TEXT NOT NULL, firstName TEXT, lastName TEXT,
        password TEXT, verified INTEGER NOT NULL, registered INTEGER NOT NULL, emailToken TEXT, passwordCode TEXT,
        twoFactor TEXT, failures INTEGER NOT NULL DEFAULT 0, lockedUntil INTEGER, created INTEGER NOT NULL
    );
    CREATE TABLE apiKeys (
        id TEXT PRIMARY KEY, userId TEXT NOT NULL, secret TEXT NOT NULL UNIQUE, memo TEXT, scopes TEXT, agentName TEXT,
        expires INTEGER, created INTEGER NOT NULL, steppedUp INTEGER
    );
    CREATE INDEX apiKeysByUser ON apiKeys (userId);
    CREATE TABLE organizations (
        id TEXT PRIMARY KEY, domain TEXT NOT NULL, fields TEXT NOT NULL, plan TEXT NOT NULL, limits TEXT NOT NULL,
        switches TEXT NOT NULL DEFAULT '{}', closed INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
        updated INTEGER NOT NULL
    );
    CREATE INDEX organizationsByDomain ON organizations (folded(domain));
    CREATE TABLE workspaces (
        id TEXT PRIMARY KEY, organizationId TEXT NOT NULL, folderName TEXT NOT NULL, fields TEXT NOT NULL,
        rootId TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL, updated INTEGER NOT NULL
    );
    CREATE INDEX workspacesByFolderName ON workspaces (folded(folderName));
    CREATE INDEX workspacesByOrganization ON workspaces (organizationId, closed, id);
    CREATE TABLE shares (
        id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, customName TEXT NOT NULL,
        customUrl TEXT, fields TEXT NOT NULL, creator TEXT NOT NULL, storageMode TEXT NOT NULL,
        rootId TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL, updated INTEGER NOT NULL
    );
    CREATE INDEX sharesByCustomName ON shares (folded(customName));
    CREATE INDEX sharesByCustomUrl ON shares (folded(customUrl));
    CREATE INDEX sharesByWorkspace ON shares (workspaceId, closed);
    CREATE INDEX sharesByRoot ON shares (rootId);
    CREATE TABLE members (
        parentId TEXT NOT NULL, userId TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL,
        notify TEXT, expires INTEGER, created INTEGER NOT NULL, PRIMARY KEY (parentId, userId)
    );
    CREATE INDEX membersByUser ON members (userId);
    CREATE TABLE invitations (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, parentId TEXT NOT NULL, userId TEXT NOT NULL,
        email TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, message TEXT, notify TEXT, inviter TEXT NOT NULL,
        expires INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL
    );
    CREATE INDEX invitationsByParent ON invitations (parentId, userId);
    CREATE INDEX invitationsByUser ON invitations (userId);
    CREATE TABLE assets (
        parentId TEXT NOT NULL, name TEXT NOT NULL, fileName TEXT NOT NULL, mimetype TEXT NOT NULL,
        size INTEGER NOT NULL, hash TEXT NOT NULL, updated INTEGER NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY (parentId, name)
    );
    CREATE TABLE transferTokens (
        id TEXT PRIMARY KEY, organizationId TEXT NOT NULL, token TEXT NOT NULL UNIQUE, expires INTEGER NOT NULL,
        created INTEGER NOT NULL
    );
    CREATE INDEX transferTokensByOrganization ON transferTokens (organizationId);
    CREATE TABLE nodes (
        id TEXT PRIMARY KEY, containerId TEXT NOT NULL, parentId TEXT, type TEXT NOT NULL, name TEXT NOT NULL,
        version TEXT, targetId TEXT, metadataTitle TEXT, metadataShort TEXT, lock TEXT, trashId TEXT, deleted INTEGER,
        creator TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL
    );
    CREATE INDEX nodesByParent ON nodes (parentId, trashId, name);
    CREATE INDEX nodesByContainer ON nodes (containerId);
    CREATE INDEX nodesByTrash ON nodes (trashId);
    CREATE INDEX nodesByTarget ON nodes (targetId) WHERE targetId IS NOT NULL;
    CREATE TABLE versions (
        id TEXT PRIMARY KEY, nodeId TEXT NOT NULL, contentId TEXT NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL,
        crc32c TEXT NOT NULL, mimetype TEXT NOT NULL, origin TEXT, creator TEXT NOT NULL, created INTEGER NOT NULL
    );
    CREATE INDEX versionsByNode ON versions (nodeId);
    CREATE INDEX versionsByContent ON versions (contentId);
    CREATE INDEX versionsByHash ON versions (hash);
    -- Bytes, in the pieces in which they came: copies and versions share them, and no file is ever held as a whole.
    CREATE TABLE pieces (
        contentId TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (contentId, number)
    );
    CREATE TABLE uploads (
        id TEXT PRIMARY KEY, userId TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, mimetype TEXT NOT NULL,
        request TEXT NOT NULL, maxChunks INTEGER NOT NULL, status TEXT NOT NULL, statusMessage TEXT, newFileId TEXT,
        integrity TEXT, created INTEGER NOT NULL
    );
    CREATE INDEX uploadsByUser ON uploads (userId);
    CREATE TABLE batches (id TEXT PRIMARY KEY, userId TEXT NOT NULL, answer TEXT NOT NULL, created INTEGER NOT NULL);
    CREATE TRIGGER uploadGone AFTER DELETE ON uploads
        WHEN NOT EXISTS (SELECT 1 FROM versions WHERE contentId = old.id)
    BEGIN
        DELETE FROM pieces WHERE contentId = old.id;
    END;
    CREATE VIEW nodeRows AS
        SELECT nodes.*, contentId, size, hash, crc32c, mimetype, origin
        FROM nodes LEFT JOIN versions ON versions.id = nodes.version;
    CREATE TABLE quickshares (
        id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, nodeId TEXT NOT NULL UNIQUE, creator TEXT NOT NULL,
        expires INTEGER NOT NULL, created INTEGER NOT NULL
    );
    CREATE INDEX quicksharesByWorkspace ON quickshares (workspaceId);
    CREATE TABLE fileShares (
        id TEXT PRIMARY KEY, workspaceId TEXT NOT NULL, nodeId TEXT NOT NULL, fields TEXT NOT NULL,
        creator TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL
    );
    CREATE INDEX fileSharesByWorkspace ON fileShares (workspaceId);
    CREATE INDEX fileSharesByNode ON fileShares (nodeId);
    CREATE TABLE fileShareGrants (
        fileShareId TEXT NOT NULL, email TEXT NOT NULL, capability TEXT NOT NULL, created INTEGER NOT NULL,
        PRIMARY KEY (fileShareId, email)
    );
    CREATE TRIGGER fileShareGone AFTER DELETE ON fileShares BEGIN
        DELETE FROM fileShareGrants WHERE fileShareId = old.id;
    END;
    CREATE TABLE webImports (
        id TEXT PRIMARY KEY, userId TEXT NOT NULL, sourceUrl TEXT NOT NULL, fileName TEXT NOT NULL,
        created INTEGER NOT NULL
    );
    CREATE TABLE events (
        id TEXT PRIMARY KEY, event TEXT NOT NULL, category TEXT NOT NULL, objectId TEXT NOT NULL,
        callingUser TEXT NOT NULL, orgId TEXT, workspaceId TEXT, shareId TEXT, acknowledged INTEGER NOT NULL,
        created INTEGER NOT NULL
    );
    CREATE INDEX eventsByOrganization ON events (orgId);
    CREATE TABLE oauthClients (id TEXT PRIMARY KEY, metadata TEXT NOT NULL, created INTEGER NOT NULL);
    CREATE TRIGGER nodeGone AFTER DELETE ON nodes BEGIN
        DELETE FROM quickshares WHERE nodeId = old.id;
        DELETE FROM fileShares WHERE nodeId = old.id;
        DELETE FROM versions WHERE nodeId = old.id;
    END;
    CREATE TRIGGER versionGone AFTER DELETE ON versions
        WHEN NOT EXISTS (SELECT 1 FROM versions WHERE contentId = old.contentId)
    BEGIN
        DELETE FROM pieces WHERE contentId = old.contentId;
    END;
`;

/** A data file that another schema made is not read. */
const schemaVersion = createHash("sha256").update(schema).digest().readInt32BE();

const tables = [
    "users",
    "apiKeys",
    "organizations",
    "workspaces",
    "shares",
    "members",
    "invitations",
    "assets",
    "transferTokens",
    "nodes",
    "versions",
    "uploads",
    "batches",
    "quickshares",
    "fileShares",
    "fileShareGrants",
    "webImports",
    "oauthClients",
    "events",
    "pieces",
];

/** What the emulator remembers about itself. */
export interface Settings {
    /** The agent account's id and API key: they survive a reset. */
    agentId: string;
    token: string;
    /** Source of ids and secrets, and how much of it is used. */
    seed: string;
    drawn: number;
    clockOffsetSeconds: number;
    dateSkewSeconds: number;
    /** Whether the names of closed organizations, workspaces and shares stay taken. */
    keepClosed: boolean;
    /** Whether text is kept in Unicode's composed form, NFC, whatever form it comes in. */
    composes: boolean;
    requestsPerMinute: number | null;
    /** Whether routes that may go are there: `retired` answers 410, `gone` as a route that never was. */
    basicSignIn: "served" | "retired" | "gone";
    transferTokens: "served" | "retired" | "gone";
    /** Whether new organizations are activated the moment they are there, or by the control plane. */
    activation: "atOnce" | "byHand";
    /** The status of a create whose domain is taken. */
    takenDomain: "406" | "409";
}

const initialSettings: Settings = {
    agentId: "",
    token: "",
    seed: "",
    drawn: 0,
    clockOffsetSeconds: 0,
    dateSkewSeconds: 0,
    keepClosed: true,
    composes: false,
    requestsPerMinute: null,
    basicSignIn: "served",
    transferTokens: "served",
    activation: "atOnce",
    takenDomain: "406",
};

export class Store {
    readonly #database: DatabaseSync;
    readonly #statements = new Map<string, StatementSync>();
    #began = false;
    #settings: Settings;

    /** @param file where the state is kept; in memory when absent */
    constructor(file?: string) {
        this.#database = openDatabase(file);
        this.#settings = this.#readSettings();
    }

    get settings(): Readonly<Settings> {
        return this.#settings;
    }

    set<K extends keyof Settings>(name: K, value: Settings[K]): void {
        this.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, JSON.stringify(value));
        this.#settings = { ...this.#settings, [name]: value };
    }

    get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
        return this.#prepare(sql).get(...values) as T | undefined;
    }

    all<T>(sql: string, ...values: SQLInputValue[]): T[] {
        return this.#prepare(sql).all(...values) as T[];
    }

    count(sql: string, ...values: SQLInputValue[]): number {
        return this.get<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`, ...values)?.n ?? 0;
    }

    /** Changes something; the first change of a `transaction` begins it. Returns the number of changed rows. */
    run(sql: string, ...values: SQLInputValue[]): number {
        if (!this.#began) {
            this.#prepare("BEGIN IMMEDIATE").run();
            this.#began = true;
        }
        return Number(this.#prepare(sql).run(...values).changes);
    }

    insert(table: string, row: Record<string, SQLInputValue>): void {
        const columns = Object.keys(row);
        const marks = columns.map(() => "?").join(", ");
        this.run(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`, ...Object.values(row));
    }

    update(table: string, id: string, changes: Record<string, SQLInputValue>): void {
        const assignments = Object.keys(changes).map((column) => `${column} = ?`);
        this.run(`UPDATE ${table} SET ${assignments.join(", ")} WHERE id = ?`, ...Object.values(changes), id);
    }

    /** Runs the work and commits what it changed, or nothing of it when it throws. */
    transaction<T>(work: () => T): T {
        const settings = this.#settings;
        try {
            const result = work();
            if (this.#began) this.#prepare("COMMIT").run();
            return result;
        } catch (error) {
            if (this.#began) this.#prepare("ROLLBACK").run();
            this.#settings = settings;
            throw error;
        } finally {
            this.#began = false;
        }
    }

    /** Empties everything but the account and the token that survive a reset. */
    clear(): void {
        for (const table of tables) this.run(`DELETE FROM ${table}`);
        const { agentId, token } = this.#settings;
        this.run("DELETE FROM settings");
        this.#settings = initialSettings;
        this.set("agentId", agentId);
        this.set("token", token);
    }

    close(): void {
        if (this.#database.isOpen) this.#database.close();
    }

    #prepare(sql: string): StatementSync {
        let statement = this.#statements.get(sql);
        if (!statement) {
            statement = this.#database.prepare(sql);
            this.#statements.set(sql, statement);
        }
        return statement;
    }

    #readSettings(): Settings {
        const rows = this.all<{ name: string; value: string }>("SELECT name, value FROM settings");
        return { ...initialSettings, ...Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value)])) };
    }
}

function openDatabase(file: string | undefined): DatabaseSync {
    const { DatabaseSync } = loadSqlite();
    let database: DatabaseSync | undefined;
    try {
        database = new DatabaseSync(file ?? ":memory:");
        // Names are compared without case in every script; SQLite itself knows the case of ASCII alone.
        database.function("folded", { deterministic: true }, (name) =>
            typeof name === "string" ? name.toLowerCase() : name,
        );
        // Exclusive, so that two emulators never write to one file; WAL keeps every commit when the process is killed. Written
        // back rarely, and with room for 100,000 objects.
        database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        database.exec("PRAGMA wal_autocheckpoint = 10000; PRAGMA cache_size = -65536");
        const version = database.prepare("PRAGMA user_version").get()?.user_version;
        const empty = !database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
        if (empty) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
        else if (version !== schemaVersion) throw new Error("it was not written by this version of the emulator");
        return database;
    } catch (error) {
        database?.close();
        if (file === undefined) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        const hint = reason.includes("locked") ? "another emulator is using it" : reason;
        throw new Error(`The data file ${file} cannot be used: ${hint}.`, { cause: error });
    }
}

/** Loads node:sqlite without the ExperimentalWarning that older Node versions print; other warnings pass. */
function loadSqlite(): typeof import("node:sqlite") {
    const emitWarning = process.emitWarning;
    process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
        if (!/SQLite is an experimental feature/.test(String(warning)))
            Reflect.apply(emitWarning, process, [warning, ...rest]);
    }) as typeof process.emitWarning;
    try {
        return process.getBuiltinModule("node:sqlite");
    } finally {
        process.emitWarning = emitWarning;
    }
}
