// Jest reporter: after everything else, one line with the counts that a person or a pipeline looks for.
"use strict";

class SummaryReporter {
    onRunComplete(_contexts, results) {
        // A suite that could not even be loaded has no failed test, but it is a failure.
        const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
        const skipped = results.numPendingTests + results.numTodoTests;
        console.log(`${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
    }
}

module.exports = SummaryReporter;
