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
    globalSetup: "<rootDir>/tests/engines/global-setup.ts",
    reporters: ["default", "<rootDir>/scripts/summary-reporter.js"],
    modulePathIgnorePatterns: ["<rootDir>/dist/"],
};
