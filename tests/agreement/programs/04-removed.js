const pulumi = require("@pulumi/pulumi");
const { Workspace, Member } = require("./toy");
const phase = Number(process.env.PHASE ?? 1);
if (phase < 3) {
    const a = new Workspace("a", { org: "1", name: "alpha" });
    new Workspace("z", { org: "1", name: "omega" });
    if (phase < 2) {
        const b = new Workspace("b", { org: "1", name: pulumi.interpolate`${a.slug}-b` });
        const c = new Member("c", { org: "1", name: pulumi.interpolate`${b.slug}-c` });
        new Member("d", { org: "1", name: "delta" }, { dependsOn: [c] });
    }
}
