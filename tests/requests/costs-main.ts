// Writes docs/costs.md.
import { writeFileSync } from "node:fs";
import { costsPage, countCosts } from "./costs";

void countCosts().then((costs) => writeFileSync("docs/costs.md", costsPage(costs)));
