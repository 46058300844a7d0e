/** A report of the probe as text for a terminal, as Markdown for a bug report, as JSON. */
import { manifest } from "../../require-node";
import { contractDate, type Outcome, type Report } from ".";

export type Format = "text" | "markdown" | "json";

const groups: [Outcome["verdict"], string][] = [
    ["differs", "Does not hold"],
    ["holds", "Holds"],
    ["not asked", "Not asked"],
];

function summaryOf({ outcomes }: Report): string {
    const count = (verdict: Outcome["verdict"]) => outcomes.filter((one) => one.verdict === verdict).length;
    return `${count("holds")} of ${outcomes.length} assumptions hold, ${count("differs")} do not, ${count("not asked")} could not be asked about`;
}

function heading(): string {
    return `pulumi-fastio ${manifest.version}, written for the contract of ${contractDate}`;
}

/** The report in words. It holds no secret, no id and no address. */
export function written(report: Report, format: Format): string {
    if (format === "json")
        return `${JSON.stringify({ version: manifest.version, contract: contractDate, ...report }, undefined, 2)}\n`;
    return format === "markdown" ? markdown(report) : text(report);
}

function text(report: Report): string {
    const marks = { holds: "holds  ", differs: "DIFFERS", "not asked": "-      " };
    const lines = report.outcomes.flatMap(({ id, verdict, question, assumed, seen, dependsOn }) => {
        const first = `${marks[verdict]}  ${id.padEnd(5)} ${question}`;
        if (verdict === "holds") return [first];
        if (verdict === "not asked") return [first, `               ${seen}`];
        return [
            first,
            `               assumed:    ${assumed}`,
            `               seen:       ${seen}`,
            `               depends on: ${dependsOn}`,
        ];
    });
    return [heading(), "", ...lines, "", ...told(report), `${summaryOf(report)}.`, ""].join("\n");
}

function told({ removed, left }: Report): string[] {
    return [
        ...removed.map((one) => `Removed: ${one}.`),
        ...left.map((one) => `LEFT BEHIND: ${one} Remove it by hand, or run the probe with --write again.`),
    ];
}

const cell = (value: string) => value.replaceAll("|", "\\|").replaceAll("\n", " ");

function markdown(report: Report): string {
    const parts = groups.flatMap(([verdict, title]) => {
        const rows = report.outcomes.filter((one) => one.verdict === verdict);
        if (rows.length === 0) return [];
        return [
            `### ${title}`,
            "",
            "| | question | assumed | seen | depends on it |",
            "|---|---|---|---|---|",
            ...rows.map(({ id, question, assumed, seen, dependsOn }) =>
                ["", id, question, assumed, seen, dependsOn, ""].map(cell).join(" | ").trim(),
            ),
            "",
        ];
    });
    return [`## ${heading()}`, "", `${summaryOf(report)}.`, "", ...told(report), ...parts].join("\n");
}
