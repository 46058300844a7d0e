const { Workspace } = require("./toy");
const a = new Workspace("a", { org: "1", name: process.env.PHASE === "2" ? "alpha2" : "alpha" });
new Workspace("b", { org: "1", name: "beta", ref: a.id });
new Workspace("z", { org: "1", name: "omega" });
exports.status = a.status;
