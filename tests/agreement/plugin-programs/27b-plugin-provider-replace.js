const { Provider, Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const provider = new Provider("p", { baseUrl: phase === 2 ? "http://two" : "http://one" });
new Workspace("b", { org: "1", name: "beta" }, { provider });
