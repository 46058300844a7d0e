// Writes docs/costs.md.
import { writeFileSync } from "node:fs";
import { costsPage, countCosts } from "./costs";
import { countNights } from "./nights";

void Promise.all([countCosts(), countNights()]).then((counted) =>
    writeFileSync("docs/costs.md", costsPage(...counted)),
);
