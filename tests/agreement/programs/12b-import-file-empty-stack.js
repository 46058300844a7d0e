const { Workspace } = require("./toy");
const seeding = process.env.PHASE === "seed";
if (seeding) new Workspace("seed", { org: "1", name: "seed" });
else new Workspace("w", { org: "1", name: "found", password: "unknown to the remote" });
exports.here = true;
