const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const a = new Workspace("a", { org: "1", name: "alpha" });
const b = new Workspace("b", { org: "1", name: pulumi.interpolate`${a.slug}-b` });
exports.id = a.id;
exports.slug = b.slug;
