const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
if (phase === 2) new Workspace("w", { org: "1", name: "found", password: "pw" }, { protect: true });
if (phase === 3) new Workspace("o", { org: "1", name: "other" }, { import: "w-78" });
if (phase === 4) new Workspace("o", { org: "1", name: "not the same" }, { import: "w-79" });
