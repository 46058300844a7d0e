const { Workspace } = require("./toy");
new Workspace("d", { org: "1", name: "dynamic" });
