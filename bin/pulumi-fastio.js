#!/usr/bin/env node
// Starts the command line, or says in one line that this Node is too old for it.
"use strict";

try {
    require("../dist/require-node.js");
} catch (error) {
    if (error.code !== "NODE_TOO_OLD") {
        throw error;
    }
    console.error(error.message);
    process.exit(2);
}

require("../dist/cli/main.js")
    .main(process.argv.slice(2))
    .then((code) => {
        if (code !== 0) {
            process.exitCode = code;
        }
    });
