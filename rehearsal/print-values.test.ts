import { printChangedOutputs, printOutputs } from "./print-values";
import { secret, unknown } from "./values";

test("all outputs, with their parts", () => {
    const outputs = {
        nothing: null,
        id: "a",
        deep: { list: [1, { on: true }], none: null },
        key: secret("k"),
        to: unknown,
    };
    expect(printOutputs(outputs).join("\n")).toBe(
        [
            "    deep: {",
            "        list: [",
            "            [0]: 1",
            "            [1]: {",
            "                on: true",
            "            }",
            "        ]",
            "        none: <null>",
            "    }",
            '    id  : "a"',
            "    key : [secret]",
            "    to  : [unknown]",
        ].join("\n"),
    );
});

test("changed outputs alone, and of a changed object what it consists of", () => {
    const olds = { same: 1, gone: "g", name: "old", deep: { a: 1, b: 2 }, coming: "x", key: secret("old") };
    const news = { same: 1, name: "new", deep: { a: 1, b: 3 }, coming: unknown, key: secret("new"), more: "m" };
    expect(printChangedOutputs(olds, news).join("\n")).toBe(
        [
            "  ~ deep: {",
            "        a: 1",
            "      ~ b: 2 => 3",
            "    }",
            '  - gone: "g"',
            '  + more: "m"',
            '  ~ name: "old" => "new"',
        ].join("\n"),
    );
});
