const { Workspace } = require("./toy");
const phase = Number(process.env.PHASE ?? 1);
const org = phase === 2 ? "2" : "1";
if (phase === 1 || phase === 2) new Workspace("p", { org, name: "p" }, { protect: true });
if (phase === 4) new Workspace("p", { org, name: "p" }, { protect: false });
if (phase <= 2 || phase === 4) new Workspace("r", { org, name: "r" }, { retainOnDelete: true });
