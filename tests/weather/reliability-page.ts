/** docs/reliability.md: what was tried, and what became of it. */
import { type Attempted, type Outcome, outcomes, type Tried } from "./reliability";

const titles: Record<Outcome, string> = {
    recovered: "recovered by itself",
    "one more up": "needed one more `up`",
    "named command": "needed a named command",
    lost: "lost",
    doubled: "doubled",
    leaked: "leaked",
};

/** The only outcomes that one can have of what meets no fault; everything else came out as it has to. */
const losses = ["lost", "doubled", "leaked"] as const satisfies readonly Outcome[];

/** One row of a table: what it is about, how often it was tried, and how often each outcome came of it. */
export interface Row {
    about: string;
    tried: number;
    came: Partial<Record<Outcome, number>>;
}

export function reliabilityPage(
    recorded: readonly (Tried | Attempted)[],
    machine: Record<string, string | number>,
): string {
    const all = recorded.filter((one) => "fault" in one);
    const attempted = recorded.filter((one) => "attempt" in one);
    return `# Reliability

Written by \`make soak\`, which tries everything below on real objects of a local Fast.io and compares what is there with what the state says.

- **Recovered by itself**: the run went through, and made what was declared.
- **Needed one more \`up\`**: the run failed with an error that says what is known of the outcome, and the next \`pulumi up\` went on from there.
- **Needed a named command**: the error, or \`npx pulumi-fastio doctor --state\`, named the object that may exist and the command that takes it into the state; after it, the next \`pulumi up\` went on.
- **Lost**: an object that no state knows and nothing names. **Doubled**: two objects where one was declared. **Leaked**: a secret in what was printed.

## Faults

${table(
    "fault",
    rowsBy(all, ({ fault }) => fault),
)}

## Kinds

${table(
    "kind",
    rowsBy(
        all.filter(({ kind }) => kind !== undefined),
        ({ kind = "" }) => kind,
    ),
)}

## Writes

${table(
    "kind and request",
    rowsBy(
        all.filter(({ kind, write }) => kind !== undefined && write !== undefined),
        ({ kind = "", write = "" }) => aboutWrite(kind)(write),
    ),
)}

## Front-ends and engines

${table(
    "where",
    rowsBy(all, ({ frontEnd, engine }) => `${frontEnd}, ${engine === "none" ? "called without an engine" : engine}`),
)}

## Without a fault

Programs of 1 to 30 resources of all kinds made at random, changed at random, and changed by hand behind their back; two stacks at once; answers and arguments that are wrong. After
every \`up --refresh\` the preview is empty, and what is on the service is what the program declares; after a destroy there is nothing.

${table(
    "what",
    rowsBy(attempted, ({ attempt, engine }) => (engine === "none" ? attempt : `${attempt}, on ${engine}`)),
    losses,
)}

${Object.entries(machine)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join("\n")}
`;
}

/** How the page names a write of a kind. */
export function aboutWrite(kind: string): (write: string) => string {
    return (write) => `${kind}: \`${write}\``;
}

function rowsBy<One extends Tried | Attempted>(all: readonly One[], about: (one: One) => string): Row[] {
    return [...Map.groupBy(all, about)].map(([name, tried]) => ({
        about: name,
        tried: tried.length,
        came: Object.fromEntries(
            outcomes.map((outcome) => [outcome, tried.filter((one) => one.outcome === outcome).length]),
        ),
    }));
}

function table(subject: string, rows: readonly Row[], shown: readonly Outcome[] = outcomes): string {
    const head = [subject, "tried", ...shown.map((outcome) => titles[outcome])];
    const lines = rows.map(({ about, tried, came }) => [about, tried, ...shown.map((outcome) => came[outcome] ?? 0)]);
    return [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...lines]
        .map((cells) => `| ${cells.join(" | ")} |`)
        .join("\n");
}

/** The rows of a section of the page. */
export function readRows(page: string, section: string): Row[] {
    const [, text = ""] = page.split(`\n## ${section}\n`);
    const [body = ""] = text.split("\n## ");
    const lines = body.split("\n").filter((line) => line.startsWith("| "));
    const [head = [], , ...rows] = lines.map((line) => line.slice(2, -2).split(" | "));
    const shown = outcomes.filter((outcome) => head.includes(titles[outcome]));
    return rows.map(([about = "", tried, ...came]) => ({
        about,
        tried: Number(tried),
        came: Object.fromEntries(shown.map((outcome, at) => [outcome, Number(came[at])])),
    }));
}
