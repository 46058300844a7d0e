const pulumi = require("@pulumi/pulumi");
const { getWorkspace, getWorkspaceOutput, Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
const a = new Workspace("a", { org: "1", name: "alpha", logo: new pulumi.asset.FileAsset("logo.txt") });
exports.found = getWorkspaceOutput({ name: a.status });
const name = ["x", "", "boom"][phase - 1];
const looked = getWorkspace({ name });
if (phase === 1) looked.then((answer) => console.log(`invoke answered ${JSON.stringify(answer)}`));
