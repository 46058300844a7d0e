import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "./files";

const root = join(__dirname, "..", "..");

describe("generated files", () => {
    test.each(Object.entries(generatedFiles()))("%s is what `make generate` writes", (path, text) => {
        expect(readFileSync(join(root, path), "utf8")).toBe(text);
    });
});
