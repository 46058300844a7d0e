// What a rehearsal has shown, for people, for programs (JSON) and for build servers (JUnit).
import type { OpMap } from "@pulumi/pulumi/automation";
import XmlBuilder from "fast-xml-builder";
import pc from "picocolors";

export interface StepReport {
    step: string;
    result: "passed" | "failed" | "skipped";
    seconds: number;
    /** How many resources the step has treated in which way. */
    changes: OpMap;
    /** Why the step has failed or was skipped. */
    reason?: string;
    /** The resources that are to blame, each with what was to happen to it. */
    resources: string[];
    /** What the engine printed, without colours. */
    output: string;
}

export interface RehearsalReport {
    program: string;
    stack: string;
    /** No step has failed. */
    converges: boolean;
    steps: StepReport[];
}

const colours = { passed: pc.green, failed: pc.red, skipped: pc.yellow };

/** The end of what people see: a line for each step, and below it what is to blame. */
export function summaryOf(report: RehearsalReport): string {
    const { stack, steps } = report;
    const width = Math.max(...steps.map(({ step }) => step.length));
    const lines = steps.flatMap(({ step, result, seconds, reason, resources }) => {
        const took = result === "skipped" ? "" : `${seconds.toFixed(1)}s`;
        const line = `    ${step.padEnd(width)}  ${colours[result](result.padEnd(7))}  ${took.padEnd(5)}  ${reason ?? ""}`;
        return [line.trimEnd(), ...resources.map((resource) => `        ${resource}`)];
    });
    // What is wrong is the command's error.
    const verdict = report.converges ? ["", verdictOf(report)] : [];
    return ["", `Rehearsal (${stack}):`, ...lines, ...verdict, ""].join("\n");
}

export function verdictOf({ converges }: RehearsalReport): string {
    return converges ? "The program converges." : "The program does not converge.";
}

/** What is wrong, on one line. */
export function failureOf(report: RehearsalReport): string {
    const failures = report.steps
        .filter(({ result }) => result === "failed")
        .map(({ step, reason, resources }) => [`${step}: ${reason}`, ...resources].join("; "));
    return `${verdictOf(report)} ${failures.join(". ")}`;
}

/** The report as JUnit has it: a test suite in which each step is a test. */
export function junitOf({ program, stack, steps }: RehearsalReport): string {
    const count = (wanted: StepReport["result"]) => steps.filter(({ result }) => result === wanted).length;
    const suite = {
        "@name": `rehearsal of ${program} (${stack})`,
        "@tests": steps.length,
        "@failures": count("failed"),
        "@errors": 0,
        "@skipped": count("skipped"),
        "@time": steps.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
        testcase: steps.map((step) => ({
            "@classname": program,
            "@name": step.step,
            "@time": step.seconds.toFixed(3),
            ...(step.result === "failed" && {
                failure: { "@message": step.reason, "#text": step.resources.join("\n") },
            }),
            ...(step.result === "skipped" && { skipped: { "@message": step.reason } }),
            ...(step.output !== "" && { "system-out": step.output }),
        })),
    };
    const builder = new XmlBuilder({ ignoreAttributes: false, attributeNamePrefix: "@", format: true });
    const document = { "?xml": { "@version": "1.0", "@encoding": "UTF-8" }, testsuites: { testsuite: suite } };
    // XML has no way to write most control characters.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    return builder.build(document).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
}
