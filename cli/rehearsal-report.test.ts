import { stripVTControlCharacters } from "node:util";
import { failureOf, junitOf, type RehearsalReport, summaryOf } from "./rehearsal-report";

const blank = { seconds: 1.25, changes: {}, resources: [], output: "" };
const report: RehearsalReport = {
    program: "deal",
    stack: "dev",
    converges: false,
    steps: [
        { ...blank, step: "up", result: "passed", changes: { create: 2 }, output: 'a <b> & "c"\n\u001b[1m\u0000' },
        {
            ...blank,
            step: "second preview",
            result: "failed",
            reason: 'it still plans "1" <change>',
            resources: ["~ fastio:index:Workspace deal update [diff: ~name]"],
        },
        { ...blank, step: "destroy", result: "skipped", seconds: 0, reason: "--keep" },
    ],
};

const shownTo = (people: RehearsalReport) => stripVTControlCharacters(summaryOf(people));

test("people see a line for each step, what is to blame below it, and the verdict when it is a good one", () => {
    expect(shownTo(report)).toBe(`
Rehearsal (dev):
    up              passed   1.3s
    second preview  failed   1.3s   it still plans "1" <change>
        ~ fastio:index:Workspace deal update [diff: ~name]
    destroy         skipped         --keep
`);
    expect(shownTo({ ...report, converges: true })).toMatch(/\nThe program converges\.\n$/);
});

test("the failure is one line that names step and resource", () => {
    expect(failureOf(report)).toBe(
        'The program does not converge. second preview: it still plans "1" <change>; ' +
            "~ fastio:index:Workspace deal update [diff: ~name]",
    );
});

test("JUnit has a test for each step, and only characters that XML has", () => {
    expect(junitOf(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="rehearsal of deal (dev)" tests="3" failures="1" errors="0" skipped="1" time="2.500">
    <testcase classname="deal" name="up" time="1.250">
      <system-out>a &lt;b&gt; &amp; &quot;c&quot;
[1m</system-out>
    </testcase>
    <testcase classname="deal" name="second preview" time="1.250">
      <failure message="it still plans &quot;1&quot; &lt;change&gt;">~ fastio:index:Workspace deal update [diff: ~name]</failure>
    </testcase>
    <testcase classname="deal" name="destroy" time="0.000">
      <skipped message="--keep"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`);
});
