/** @type {import("jest").Config} */
module.exports = {
    testEnvironment: "node",
    testMatch: ["<rootDir>/{provider,sdk,emulator,rehearsal,cli,tests,bench}/**/*.test.ts"],
    transform: {
        "^.+\\.ts$": [
            "@swc/jest",
            { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } },
        ],
    },
    // Only what hangs fails by time: on a busy machine a test takes as long as it takes.
    testTimeout: 60_000,
    // Much of the time goes by waiting for engines and servers in processes of their own.
    maxWorkers: "100%",
    globalSetup: "<rootDir>/tests/engines/global-setup.ts",
    reporters: ["default", "<rootDir>/scripts/summary-reporter.js"],
    modulePathIgnorePatterns: ["<rootDir>/dist/"],
};
