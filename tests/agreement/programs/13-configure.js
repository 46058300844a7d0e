const { Workspace, Member } = require("./toy");
for (const name of ["a", "b", "c"]) {
    new Workspace(name, { org: "1", name });
    new Member(name, { org: "1", name });
}
