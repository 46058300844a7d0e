const { Workspace } = require("./toy");
new Workspace("good", { org: "1", name: "good" });
if (process.env.PHASE === "2") {
    new Workspace("bad", { org: "bad", name: "" });
    new Workspace("bad2", { org: "1", name: "" });
}
