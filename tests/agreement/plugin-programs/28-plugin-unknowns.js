const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
if (phase === 1) {
    new Workspace("b", { org: "1", name: "beta", ref: "none", tags: ["k", "none"] });
} else {
    const a = new Workspace("a", { org: "1", name: "alpha" });
    const tags = ["k", a.slug];
    const b = new Workspace("b", { org: "1", name: pulumi.interpolate`n-${a.id}`, ref: a.slug, tags });
    new Workspace("n", { org: a.id, name: a.status, ref: b.status });
    exports.status = a.status;
    exports.slug = a.slug;
}
