const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const name = process.env.PHASE === "2" ? "alpha2" : "alpha";
const a = new Workspace("a", { org: "1", name, password: pulumi.secret("p") });
exports.slug = a.slug;
