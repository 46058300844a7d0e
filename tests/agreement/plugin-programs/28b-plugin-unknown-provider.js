const { Provider, Workspace } = require("./toy-classes");
const a = new Workspace("a", { org: "1", name: "alpha" });
const provider = new Provider("p", { baseUrl: a.slug });
new Workspace("b", { org: "1", name: "beta" }, { provider });
