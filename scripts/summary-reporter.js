// Jest reporter: after everything else, one line with the counts that a person or a pipeline looks for.
"use strict";

class SummaryReporter {
    onRunComplete(_contexts, results) {
        // A suite that could not even be loaded has no failed test, but it is a failure.
        const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
        const skipped = results.numPendingTests + results.numTodoTests;
        const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
        // Jest's own summary is always the last reporter, so only the end of the process comes after it.
        process.once("exit", () => console.log(line));
    }
}

module.exports = SummaryReporter;
