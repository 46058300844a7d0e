// Workspaces with members, as a user of pulumi-fastio declares them.
const fastio = require("pulumi-fastio");
const { organizationId, workspaces, members } = require("./size.json");

for (let w = 0; w < workspaces; w++) {
    const workspace = new fastio.Workspace(`w${w}`, { organizationId, name: `Workspace ${w}` });
    for (let m = 0; m < members; m++) {
        const email = `person-${m}@example.com`;
        new fastio.WorkspaceMember(`w${w}-m${m}`, { workspaceId: workspace.id, email, role: "guest" });
    }
}
