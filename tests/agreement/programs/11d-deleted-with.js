const { Workspace, Member } = require("./toy");
const phase = Number(process.env.PHASE ?? 1);
if (phase < 3) {
    const a = new Workspace("a", { org: phase === 2 ? "2" : "1", name: "a" });
    const customTimeouts = { create: "5m", update: "90s", delete: "1h", read: "30s" };
    new Member("m", { org: "1", name: "m" }, { deletedWith: a });
    new Member("n", { org: "1", name: "n", ref: a.id }, { deletedWith: a, customTimeouts });
}
