const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const logo = new pulumi.asset.FileAsset("logo.txt");
const a = new Workspace("a", { org: "1", name: "alpha", logo, note: new pulumi.asset.StringAsset("hello") });
exports.logo = a.logo;
