const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const second = process.env.PHASE === "2";
const a = new Workspace("a", { org: "1", name: second ? "alpha2" : "alpha", tags: ["x", second ? "z" : "y"] });
const b = new Workspace("b", { org: "1", name: pulumi.interpolate`${a.slug}-b`, copy: a.name });
exports.slug = b.slug;
