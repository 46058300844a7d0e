const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const second = phase === 2;
const a = new Workspace("a", { org: "1", name: second ? "alpha2" : "alpha", tags: ["x", second ? "z" : "y"] });
const b = new Workspace("b", { org: "1", name: pulumi.interpolate`${a.slug}-b`, ref: a.name });
exports.slug = b.slug;
exports.claim = a.claim;
