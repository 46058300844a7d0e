const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const a = new Workspace("a", { org: String(phase), name: "alpha", dbr: phase === 3 ? true : undefined });
new Workspace("b", { org: "1", name: "beta", ref: a.slug });
new Workspace("c", { org: "1", name: "gamma", ref: a.id });
