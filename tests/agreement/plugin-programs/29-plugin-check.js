const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const good = new Workspace("good", { org: "1", name: "good" });
if (phase === 2) new Workspace("bad", { org: "bad", name: "" }, { dependsOn: good });
