const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const known = { deep: "none", known: 1 };
if (process.env.PHASE === "2") {
    const a = new Workspace("a", { org: "1", name: "alpha" });
    const secret = pulumi.secret(a.slug);
    const nested = { ...known, deep: a.slug };
    const name = pulumi.interpolate`n-${a.id}`;
    const b = new Workspace("b", { org: "1", name, ref: a.id, nested, list: ["k", a.slug], secret });
    new Workspace("n", { org: a.id, name: "nu", whole: a.slug.apply((s) => ({ s })) });
    exports.b = b.name;
    exports.mixed = { known: "k", unknown: a.slug };
} else {
    new Workspace("b", { org: "1", name: "beta", ref: "none", nested: known, list: ["k", "none"] });
}
