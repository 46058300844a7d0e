// Makes the virtual environment in which the tests run programs in Python, with what those programs import.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

const environment = "node_modules/.cache/pulumi-fastio/python";
const run = (command, ...args) => execFileSync(command, args, { stdio: "inherit" });

run("python3", "-m", "venv", environment);
// The last two are what an SDK that the Pulumi CLI makes depends on.
const packages = ["--requirement", "examples/reading-room/requirements.txt", "parver", "semver"];
run(join(environment, "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages);
