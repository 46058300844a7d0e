const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const { AssetArchive, FileArchive, FileAsset, StringAsset } = pulumi.asset;
const a = new Workspace("a", {
    org: "1",
    name: "alpha",
    logo: new FileAsset("logo.txt"),
    note: new StringAsset("hello"),
    files: new FileArchive("dir"),
    both: new AssetArchive({ "x.txt": new StringAsset("x"), dir: new FileArchive("dir"), empty: new AssetArchive({}) }),
    packed: new FileArchive("packed.zip"),
});
exports.logo = a.logo;
exports.files = a.files;
exports.both = a.both;
if (process.env.PHASE === "invoke") pulumi.runtime.invoke("pulumi-nodejs:index:getThing", { x: 1 });
