const { Workspace } = require("./toy");
const second = process.env.PHASE === "2";
const v = second ? "two" : "one";
const ignoreChanges = ["org", "tags.a"];
new Workspace("i", { org: second ? "2" : "1", name: "i", tags: { a: v, b: v } }, { ignoreChanges });
new Workspace("x", { org: "1", name: v }, { replaceOnChanges: ["name"] });
new Workspace("y", { org: "1", name: "y", tags: { a: v } }, { replaceOnChanges: ["tags.a"] });
new Workspace("w", { org: "1", name: second ? "dos" : "uno" }, { replaceOnChanges: ["*"] });
