const { Workspace } = require("./toy-classes");
const a = new Workspace("a", { org: "1", name: "alpha" });
new Workspace("b", { org: "1", name: "beta", ref: a.id });
