// Tells what a run does, in Pulumi's words: a line per event, then diagnostics, outputs and counts.

import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { isProviderType, urnName } from "./deployment-state";
import { printChangedOutputs, printOutputs } from "./print-values";
import type { Severity } from "./resource-monitor";
import { type Difference, isLogical, type Operation, type Step } from "./step";
import type { StepObserver } from "./step-executor";
import type { Properties } from "./values";

export type RunKind = "update" | "refresh" | "destroy" | "import";

const countedKinds = ["create", "update", "delete", "replace", "import", "same"] as const;

/** How many resources a run has treated in which way. */
export type ChangeCounts = Partial<Record<(typeof countedKinds)[number], number>>;

export interface DisplayOptions {
    kind: RunKind;
    dryRun: boolean;
    stackName: string;
    stackUrn: string;
    color: boolean;
    write: (text: string) => void;
}

interface Message {
    severity: Severity;
    text: string;
    /** A line that a process has printed; such lines stand together. */
    printed: boolean;
}

interface Row {
    urn: string;
    step?: Step;
    began: number;
    took?: number;
    failed: boolean;
    /** Whether people have seen the row: what has been mentioned once is followed to its end. */
    shown: boolean;
    messages: Message[];
}

const headers: Record<RunKind, [string, string]> = {
    update: ["Previewing update", "Updating"],
    refresh: ["Previewing refresh", "Refreshing"],
    destroy: ["Previewing destroy", "Destroying"],
    import: ["Previewing import", "Importing"],
};

/** Mark, then what it is called before, during and after. */
const wording: Record<Operation, [string, string, string, string]> = {
    same: ["", "", "", ""],
    create: ["+", "create", "creating", "created"],
    update: ["~", "update", "updating", "updated"],
    delete: ["-", "delete", "deleting", "deleted"],
    replace: ["+-", "replace", "replacing", "replaced"],
    "create-replacement": ["++", "create replacement", "creating replacement", "created replacement"],
    "delete-replaced": ["--", "delete original", "deleting original", "deleted original"],
    read: [">", "read", "reading", "read"],
    import: ["=", "import", "importing", "imported"],
    "import-replacement": ["=>", "import replacement", "importing replacement", "imported replacement"],
    discard: ["<", "discard", "discarding", "discarded"],
    "discard-replaced": ["<<", "discard original", "discarding original", "discarded original"],
    forget: ["", "", "", ""],
    refresh: ["~", "refresh", "refreshing", "refresh"],
};

export class Display implements StepObserver {
    private readonly rows = new Map<string, Row>();
    private readonly paint: ReturnType<typeof pc.createColors>;
    private readonly started = Date.now();
    readonly counts: ChangeCounts = {};

    constructor(private readonly options: DisplayOptions) {
        this.paint = pc.createColors(options.color);
        const [preview, real] = headers[options.kind];
        this.print(`${this.paint.magenta(`${options.dryRun ? preview : real} (${options.stackName}):`)}\n`);
    }

    began(step: Step): void {
        if (isHidden(step)) return;
        const row = this.row(step.urn);
        row.step = step;
        row.began = Date.now();
        delete row.took;
        if (step.operation !== "same" || step.difference || row.shown) this.printRow(row);
    }

    ended(step: Step, result: Operation): void {
        if (isHidden(step)) return;
        if (isLogical(step)) this.count(result);
        const row = this.row(step.urn);
        row.step = { ...step, operation: result };
        row.took = Date.now() - row.began;
        const custom = (step.next ?? step.old)?.custom ?? false;
        const changed = !this.options.dryRun && custom && result !== "same";
        if (step.operation === "refresh" || changed) this.printRow(row);
    }

    failed(step: Step, message: string): void {
        this.message("error", step.urn, message);
        const row = this.row(step.urn);
        row.failed = true;
        row.took = Date.now() - row.began;
        this.printRow(row);
    }

    /** A line that the program or a provider has printed: a message of the stack. */
    line(text: string): void {
        this.message("info", "", text, true);
    }

    message(severity: Severity, urn: string, text: string, printed = false): void {
        if (severity === "debug" || text.trim() === "") return;
        const row = this.row(urn === "" ? this.options.stackUrn : urn);
        const shown = this.options.color ? text : stripVTControlCharacters(text);
        row.messages.push({ severity, text: shown, printed });
        this.printRow(row);
    }

    get failedResources(): number {
        return [...this.rows.values()].filter(hasError).length;
    }

    /** The end of the report. `outputs` are the stack's before and after; without the stack there are none. */
    finish(outputs: { olds: Properties; news: Properties; created: boolean } | undefined): void {
        for (const row of this.rows.values()) if (this.isOpen(row)) this.printRow(row, true);
        this.printDiagnostics();
        if (outputs) this.printOutputs(outputs);
        this.printCounts();
    }

    /** Whether the row's last line does not say yet how it ended. */
    private isOpen(row: Row): boolean {
        return row.urn === this.options.stackUrn || row.took === undefined;
    }

    private count(operation: Operation): void {
        const kind = countedKinds.find((counted) => counted === operation);
        if (kind) this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    }

    private row(urn: string): Row {
        const known = this.rows.get(urn);
        if (known) return known;
        const row: Row = { urn, began: Date.now(), failed: false, shown: false, messages: [] };
        this.rows.set(urn, row);
        return row;
    }

    private printRow(row: Row, atEnd = false): void {
        row.shown = true;
        const type = row.urn.split("::")[2]?.split("$").pop() ?? "";
        const [mark] = wording[row.step?.operation ?? "same"];
        const columns = [type, urnName(row.urn), this.status(row, atEnd), this.info(row, atEnd)];
        this.print(` ${this.colorOf(mark)(mark.padEnd(2))} ${columns.join(" ")}`);
    }

    private status(row: Row, atEnd: boolean): string {
        const { dryRun } = this.options;
        const operation = row.step?.operation ?? "same";
        const isStack = row.urn === this.options.stackUrn;
        const failed = row.failed || hasError(row);
        if (operation === "same") {
            if (atEnd || !isStack) return failed && atEnd && !dryRun ? "**failed**" : "";
            return this.options.kind === "destroy" ? "" : "running";
        }
        const [, planned, doing, done] = wording[operation];
        const kept = row.step?.old?.retainOnDelete && operation.match(/delete|replace/) ? "[retain]" : "";
        if (dryRun) return operation === "refresh" && (isStack || row.took === undefined) ? doing : planned + kept;
        const took = row.took === undefined || isStack ? Date.now() - row.began : row.took;
        // Whether it was for a replacement is said no longer.
        if (failed && (atEnd || row.failed)) return `**${doing.split(" ")[0]} failed**`;
        const over = row.took !== undefined && (!isStack || atEnd);
        const text =
            over || atEnd ? `${done} (${duration(took)})` : `${doing} (${took < 1000 ? "0s" : duration(took)})`;
        return text + kept;
    }

    private info(row: Row, atEnd: boolean): string {
        const difference = row.step?.difference;
        const parts = difference ? [`[diff: ${printDifference(difference)}]`] : [];
        if (atEnd) {
            const nouns = { error: "error", warning: "warning", info: "message" } as const;
            for (const [severity, noun] of Object.entries(nouns)) {
                const count = row.messages.filter((message) => message.severity === severity).length;
                if (count > 0) parts.push(`${count} ${noun}${count === 1 ? "" : "s"}`);
            }
        } else {
            const last = row.messages.at(-1);
            if (last) parts.push(prefixed(last).split("\n")[0] ?? "");
        }
        return parts.join("; ");
    }

    private printDiagnostics(): void {
        const told = [...this.rows.values()].filter((row) => row.messages.length > 0);
        if (told.length > 0) this.print(this.paint.magenta("Diagnostics:"));
        for (const row of told) {
            const type = row.urn.split("::")[2]?.split("$").pop() ?? "";
            this.print(`  ${this.paint.blue(`${type} (${urnName(row.urn)}):`)}`);
            for (const group of [row.messages.filter(isTold), row.messages.filter((message) => message.printed)]) {
                const lines = group.flatMap((message) => prefixed(message).trimEnd().split("\n"));
                if (lines.length > 0) this.print([...lines.map((text) => `    ${text}`.trimEnd()), ""].join("\n"));
            }
        }
    }

    private printOutputs({ olds, news, created }: { olds: Properties; news: Properties; created: boolean }): void {
        const changes = created ? [] : printChangedOutputs(olds, news);
        const all = created || (changes.length === 0 && !this.options.dryRun);
        const lines = all && Object.keys(news).length > 0 ? printOutputs(news) : changes;
        if (lines.length > 0) this.print([this.paint.magenta("Outputs:"), ...lines, ""].join("\n"));
    }

    private printCounts(): void {
        const { dryRun } = this.options;
        this.print(this.paint.magenta("Resources:"));
        const kinds = (["create", "update", "delete", "replace", "import"] as const).filter(
            (kind) => this.counts[kind],
        );
        for (const kind of kinds) {
            const [mark, planned, , done] = wording[kind];
            const text = `${mark.padEnd(2)}${this.counts[kind]} ${dryRun ? `to ${planned}` : done}`;
            this.print(`    ${this.colorOf(mark)(text)}`);
        }
        const total = kinds.reduce((sum, kind) => sum + (this.counts[kind] ?? 0), 0);
        const pieces = [
            ...(kinds.length > 1 ? [`${total} changes`] : []),
            ...(this.counts.same ? [`${this.counts.same} unchanged`] : []),
        ];
        if (pieces.length > 0) this.print(`    ${pieces.join(". ")}`);
        if (this.failedResources > 0) this.print(`    ${this.paint.red(`${this.failedResources} errored`)}`);
        this.print("");
        if (!dryRun) this.print(`Duration: ${Math.ceil((Date.now() - this.started) / 1000)}s\n`);
    }

    private colorOf(mark: string): (text: string) => string {
        if (mark === "+") return this.paint.green;
        if (mark === "-" || mark === "--") return this.paint.red;
        return mark === "" ? String : this.paint.yellow;
    }

    private print(text: string): void {
        this.options.write(`${text}\n`);
    }
}

/** Default providers belong to the engine: nobody wrote them. What is only read is nobody's change. */
function isHidden(step: Step): boolean {
    const isDefault = isProviderType((step.next ?? step.old)?.type ?? "") && /^default(_|$)/.test(urnName(step.urn));
    return ["forget", "read", "discard"].includes(step.operation) || isDefault;
}

function isTold(message: Message): boolean {
    return !message.printed;
}

function hasError(row: Row): boolean {
    return row.messages.some((message) => message.severity === "error");
}

function prefixed({ severity, text }: Message): string {
    return severity === "info" ? text : `${severity}: ${text}`;
}

function printDifference({ added, deleted, updated }: Difference): string {
    const part = (mark: string, keys: string[]) => (keys.length > 0 ? `${mark}${keys.join(",")}` : "");
    return part("+", added) + part("-", deleted) + part("~", updated);
}

function duration(milliseconds: number): string {
    return milliseconds < 1000 ? `${(milliseconds / 1000).toFixed(2)}s` : `${Math.round(milliseconds / 1000)}s`;
}
