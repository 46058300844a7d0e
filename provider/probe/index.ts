/** What the command `probe` does: asks the service every question on which this version had to guess. Reads only, unless it may write. */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import type { ApiClient } from "../api/client";
import { newClient } from "../connection";
import { readSettings } from "../core/config";
import { messageOf } from "../core/errors";
import { type Confidence, type Question, questions, type Tier } from "./questions";
import { Service, Stopped } from "./service";

export { contractDate } from "./questions";

export interface ProbeOptions {
    environment: NodeJS.ProcessEnv;
    /** Whether it may make a workspace, try things in it, and remove it. */
    write: boolean;
    /** Told before each question. */
    onProgress?: (asked: number, of: number, question: string) => void;
    signal?: AbortSignal;
    /** Between two requests; a second by default, so that nobody is in the service's way. */
    pauseMs?: number;
}

export interface Outcome {
    id: string;
    tier: Tier;
    question: string;
    assumed: string;
    confidence: Confidence;
    dependsOn: string;
    verdict: "holds" | "differs" | "not asked";
    /** What was seen, or why it was not asked. */
    seen: string;
}

export interface Report {
    outcomes: Outcome[];
    /** What an earlier run had left behind and this one removed, in words. */
    removed: string[];
    /** What is left of this run, in words; empty as a rule. */
    left: string[];
}

const prefix = "pulumi-fastio-probe-";

export async function probe(options: ProbeOptions): Promise<Report> {
    const settings = readSettings(() => undefined, options.environment);
    const client = newClient(settings, () => undefined);
    try {
        const service = new Service(client, options.pauseMs, options.signal);
        service.known.random = randomBytes(12).toString("hex");
        await findWhatIsThere(service);
        const report: Report = { outcomes: [], removed: [], left: [] };
        const rows = questions.filter(({ tier }) => options.write || tier === "read");
        const asked = new Progress(rows.length, options.onProgress);
        await askAll(service, of(rows, "read"), report, asked);
        if (options.write) await inOwnWorkspace(client, service, report, () => askOwn(service, rows, report, asked));
        return withoutNames(report, service);
    } finally {
        await client.close();
    }
}

async function askOwn(service: Service, rows: readonly Question[], report: Report, asked: Progress): Promise<void> {
    await askAll(service, of(rows, "refused"), report, asked);
    await askAll(service, of(rows, "write"), report, asked);
}

function of(rows: readonly Question[], tier: Tier): Question[] {
    return rows.filter((one) => one.tier === tier);
}

class Progress {
    #asked = 0;
    constructor(
        private readonly total: number,
        private readonly tell: ProbeOptions["onProgress"],
    ) {}
    next(question: string): void {
        this.#asked += 1;
        this.tell?.(this.#asked, this.total, question);
    }
}

/** One after the other. What the service refuses to be asked any more is left out, and said so. */
async function askAll(service: Service, rows: readonly Question[], report: Report, asked: Progress): Promise<void> {
    let stopped: string | undefined;
    for (const { ask, ...question } of rows) {
        asked.next(question.question);
        let seen = stopped === undefined ? undefined : `the questions ended before it: ${stopped}`;
        let verdict: Outcome["verdict"] = "not asked";
        if (stopped === undefined) {
            try {
                const found = await ask(service);
                verdict = found === undefined ? "not asked" : found.holds ? "holds" : "differs";
                seen = found?.seen;
            } catch (error) {
                if (error instanceof Stopped) stopped = error.message;
                seen = messageOf(error);
            }
        }
        report.outcomes.push({ ...question, verdict, seen: seen ?? "there is nothing to ask about" });
    }
}

const row = z.looseObject({ id: z.coerce.string() });

/** The organization, workspace and share that the reads are about. */
async function findWhatIsThere(service: Service): Promise<void> {
    const first = async (
        name: string,
        address: string,
        key: string,
        prefers?: (one: Record<string, unknown>) => boolean,
    ) => {
        const answer = await service.get(address);
        const rows = z.array(row).catch([]).parse(answer?.data[key]);
        const found = rows.find((one) => prefers?.(one) ?? true) ?? rows[0];
        if (found !== undefined) service.known[name] = found.id;
    };
    await first(
        "organization",
        "orgs/list/",
        "orgs",
        ({ user_permission: role }) => role === "owner" || role === "admin",
    );
    await first("workspace", "org/{organization}/list/workspaces/", "workspaces");
    await first("share", "workspace/{workspace}/list/shares/", "shares");
}

/** Makes a workspace, works in it, and removes it, whatever happens; and what an earlier run left. */
async function inOwnWorkspace(
    client: ApiClient,
    service: Service,
    report: Report,
    work: () => Promise<void>,
): Promise<void> {
    const organization = service.known.organization;
    if (organization === undefined)
        throw new Error("--write needs an organization of the account to make a workspace in, and there is none");
    for (const { id, folder_name: name } of await leftovers(client, organization)) {
        await remove(client, id);
        report.removed.push(`the workspace ${String(name)} of an earlier run`);
    }
    const name = prefix + randomBytes(6).toString("hex");
    service.known.made_name = name;
    try {
        const made = await client.request({
            operation: "make a workspace to try things in",
            method: "POST",
            path: ["org", organization, "create", "workspace"],
            form: {
                folder_name: name,
                name: "Probe of pulumi-fastio",
                perm_join: "Only Org Owners",
                perm_member_manage: "Admin or above",
                intelligence: false,
                metadata_extraction: false,
            },
            kind: "create",
            answer: z.looseObject({ workspace: row }),
        });
        service.known.made = made.workspace.id;
        await work();
    } finally {
        // Also when the answer to the create was lost.
        try {
            for (const { id } of await leftovers(client, organization)) await remove(client, id);
        } catch (error) {
            report.left.push(`the workspace ${name}: ${cleaner(service)(messageOf(error))}`);
        }
    }
}

async function leftovers(client: ApiClient, organization: string) {
    const lists = await Promise.all(
        [{}, { archived: true }].map((query) =>
            client.list({
                operation: "look for workspaces that an earlier probe left",
                path: ["org", organization, "list", "workspaces"],
                query,
                items: "workspaces",
                item: row,
                identity: ({ id }) => id,
            }),
        ),
    );
    const all = new Map(lists.flat().map((one) => [one.id, one]));
    return [...all.values()].filter(({ folder_name: name }) => String(name).startsWith(prefix));
}

async function remove(client: ApiClient, id: string): Promise<void> {
    await client.request({
        operation: "remove the workspace of the probe",
        method: "DELETE",
        path: ["workspace", id, "delete"],
        form: { confirm: id },
        kind: "delete",
        answer: z.unknown(),
    });
}

/** The report as anybody may read it. What is left of this run keeps its name: somebody has to find it. */
function withoutNames(report: Report, service: Service): Report {
    const clean = cleaner(service);
    return {
        outcomes: report.outcomes.map((one) => ({ ...one, seen: clean(one.seen) })),
        removed: report.removed.map(clean),
        left: report.left,
    };
}

/** Puts placeholders in place of ids, names and addresses, the same one for the same thing. */
function cleaner({ known }: Service): (text: string) => string {
    const placeholders = new Map<string, string>();
    const stand = (kind: string) => (found: string) => {
        const one = placeholders.get(found) ?? `<${kind} ${placeholders.size + 1}>`;
        placeholders.set(found, one);
        return one;
    };
    const values = Object.values(known)
        .filter((value) => value.length > 3)
        .sort((a, b) => b.length - a.length);
    return (text) =>
        values
            .reduce((shown, value) => shown.replaceAll(value, () => stand("id")(value)), text)
            .replace(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, stand("e-mail"))
            .replace(/https?:\/\/[^\s"',)]+/g, stand("address"))
            .replace(/\b\d{15,}\b/g, stand("id"))
            .replace(
                /\b(?=[a-z0-9-]*\d)[a-z0-9]+(?:-[a-z0-9]+){2,}\b|\b(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{24,}\b/g,
                stand("id"),
            );
}
