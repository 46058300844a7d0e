/** The page on reliability: it speaks of all that is tried, and nothing was lost, doubled or leaked. */
import { resources } from "../../provider/resources";
import { readDocument } from "../docs/markdown";
import { faults } from "./fault-table";
import { frontEnds } from "./front-ends";
import { victims } from "./killed-run";
import { attempts, outcomes, type Tried } from "./reliability";
import { readRows, reliabilityPage } from "./reliability-page";

const page = readDocument("docs/reliability.md");

test("every fault and every kind was tried, through both front-ends", () => {
    for (const { name } of faults) {
        const row = readRows(page, "Faults").find((one) => one.about === name);
        expect(row?.tried).toBeGreaterThanOrEqual(resources.length * frontEnds.length * 3);
    }
    const about = (section: string) => readRows(page, section).map((row) => row.about);
    expect(about("Faults")).toEqual(expect.arrayContaining(faults.map(({ name }) => name)));
    expect(about("Kinds").sort()).toEqual(resources.map(({ kind }) => kind).sort());
    for (const victim of victims) expect(about("Faults")).toContain(`kill -9 of the ${victim}`);
    for (const { name } of frontEnds)
        expect(about("Front-ends and engines")).toContain(`${name}, called without an engine`);
});

test.each(["Faults", "Kinds", "Writes", "Front-ends and engines"])(
    "%s: nothing was lost, doubled or leaked",
    (section) => {
        const rows = readRows(page, section);
        for (const { about, tried, came } of rows) {
            expect({ about, ...came }).toMatchObject({ about, lost: 0, doubled: 0, leaked: 0 });
            expect(tried).toBe(outcomes.reduce((sum, outcome) => sum + (came[outcome] ?? 0), 0));
            expect(tried).toBeGreaterThan(0);
        }
        expect(rows.length).toBeGreaterThan(0);
    },
);

test("programs, answers and arguments were tried, and nothing was lost, doubled or leaked", () => {
    const rows = readRows(page, "Without a fault");
    expect(rows.map(({ about }) => about)).toEqual(expect.arrayContaining(Object.values(attempts)));
    for (const { about, came } of rows) expect({ about, ...came }).toEqual({ about, lost: 0, doubled: 0, leaked: 0 });
    const triedOf = (attempt: string) => rows.find(({ about }) => about === attempt)?.tried ?? 0;
    for (const attempt of [attempts.program, attempts.edit, attempts.byHand, attempts.destroy])
        expect(triedOf(attempt)).toBeGreaterThanOrEqual(200);
    for (const attempt of [attempts.wrong, attempts.edge]) expect(triedOf(attempt)).toBeGreaterThanOrEqual(500);
});

test("what was recorded is what the page says", () => {
    const tried = (outcome: Tried["outcome"], kind: string): Tried => ({
        fault: "a fault",
        kind,
        frontEnd: "plugin",
        engine: "none",
        outcome,
    });
    const written = reliabilityPage(
        [tried("recovered", "Share"), tried("doubled", "Share"), tried("lost", "File")],
        {},
    );
    expect(readRows(written, "Faults")).toMatchObject([{ about: "a fault", tried: 3, came: { doubled: 1, lost: 1 } }]);
    expect(readRows(written, "Kinds").map(({ about, tried: times }) => [about, times])).toEqual([
        ["Share", 2],
        ["File", 1],
    ]);
});
