// Writes docs/api-coverage.md.
import { writeFileSync } from "node:fs";
import { coverageTable } from "./coverage";

writeFileSync("docs/api-coverage.md", coverageTable());
