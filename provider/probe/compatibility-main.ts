// Writes docs/compatibility.md.
import { writeFileSync } from "node:fs";
import { compatibilityPage } from "./compatibility-page";

writeFileSync("docs/compatibility.md", compatibilityPage());
