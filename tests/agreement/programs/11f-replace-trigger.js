const { Workspace, Member } = require("./toy");
const phase = Number(process.env.PHASE ?? 1);
const a = new Workspace("a", { org: phase === 2 ? "2" : "1", name: "a" });
new Member("rw", { org: "1", name: "rw" }, { replaceWith: [a] });
new Member("rt", { org: "1", name: "rt" }, { replacementTrigger: phase === 3 ? "new" : "old" });
