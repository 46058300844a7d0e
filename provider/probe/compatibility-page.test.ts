import { readFileSync } from "node:fs";
import { compatibilityPage } from "./compatibility-page";
import { questions } from "./questions";

test("docs/compatibility.md is what the table of questions says", () => {
    expect(readFileSync("docs/compatibility.md", "utf8")).toBe(compatibilityPage());
});

test("each question has an id of its own", () => {
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
});
