import { Registry } from "./registry";

test("a definition is loaded when it is asked for, and its name before that", () => {
    const load = jest.fn((name: string) => name.toUpperCase());
    const registry = new Registry({ a: () => load("a"), b: () => load("b") });
    expect([...registry.keys(), registry.has("b"), registry.has("c"), registry.size]).toEqual([
        "a",
        "b",
        true,
        false,
        2,
    ]);
    expect(load).not.toHaveBeenCalled();
    expect([registry.get("b"), registry.get("c")]).toEqual(["B", undefined]);
    expect(load.mock.calls).toEqual([["b"]]);
    const all: [string, string][] = [];
    registry.forEach((definition, name) => {
        all.push([name, definition]);
    });
    expect(all).toEqual([...registry]);
});
