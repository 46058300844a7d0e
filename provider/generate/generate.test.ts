import { readFileSync } from "node:fs";
import { join } from "node:path";
import { functions, functionsByName } from "../functions";
import { resources, resourcesByKind } from "../resources";
import { generatedFiles } from "./files";

const root = join(__dirname, "..", "..");

describe("generated files", () => {
    test.each(Object.entries(generatedFiles()))("%s is what `make generate` writes", (path, text) => {
        expect(readFileSync(join(root, path), "utf8")).toBe(text);
    });
});

test("the registries have every definition under its own name", () => {
    expect([...resourcesByKind.keys()]).toEqual(resources.map(({ kind }) => kind));
    expect([...functionsByName.keys()]).toEqual(functions.map(({ name }) => name));
});
