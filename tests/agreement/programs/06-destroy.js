const pulumi = require("@pulumi/pulumi");
const { Workspace, Member } = require("./toy");
const a = new Workspace("a", { org: "1", name: "alpha" });
const b = new Workspace("b", { org: "1", name: pulumi.interpolate`${a.slug}-b` });
const c = new Member("c", { org: "1", name: "gamma" }, { parent: b });
new Member("d", { org: "1", name: "delta" }, { dependsOn: [c] });
exports.slug = b.slug;
