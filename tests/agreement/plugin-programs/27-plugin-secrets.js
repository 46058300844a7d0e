const pulumi = require("@pulumi/pulumi");
const { Provider, Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const baseUrl = phase === 2 ? "http://two" : "http://one";
const provider = new Provider("p", { token: pulumi.secret("tok-explicit"), baseUrl });
const a = new Workspace("a", { org: "1", name: "alpha", password: "hunter2", tags: ["x", pulumi.secret("y")] });
new Workspace("b", { org: "1", name: "beta", ref: a.claim }, { provider });
exports.claim = a.claim;
