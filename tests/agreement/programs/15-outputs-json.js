const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const second = process.env.PHASE === "2";
const a = new Workspace("a", { org: "1", name: second ? "alpha2" : "alpha", secretive: pulumi.secret("s") });
new Workspace(second ? "c" : "b", { org: "1", name: second ? "gamma" : "beta" });
console.log("a line on stdout");
console.error("a line on stderr");
pulumi.log.info("an info");
pulumi.log.warn("a warning", a);
pulumi.log.debug("a debug");
module.exports = {
    text: "t",
    number: 1.5,
    flag: true,
    nothing: null,
    missing: undefined,
    list: [1, a.id],
    deep: { a: { b: a.slug } },
    secret: pulumi.secret({ x: 1 }),
    resource: a,
};
