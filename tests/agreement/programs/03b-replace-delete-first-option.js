const pulumi = require("@pulumi/pulumi");
const { Workspace, Member } = require("./toy");
const org = process.env.PHASE === "2" ? "2" : "1";
const a = new Workspace("a", { org, name: "alpha" }, { deleteBeforeReplace: true });
const b = new Workspace("b", { org: "1", name: "beta", ref: a.id });
// A new `key` replaces.
new Member("c", { org: "1", name: "gamma", key: a.id });
new Member("d", { org: "1", name: "delta" }, { dependsOn: [a] });
new Member("e", { org: "1", name: pulumi.interpolate`${b.slug}-e` });
