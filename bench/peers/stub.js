// The same graph of dynamic resources whose provider does nothing: what the engine itself takes.
const pulumi = require("@pulumi/pulumi");
const { organizationId, workspaces, members } = require("./size.json");

const __provider = `
let made = 0;
exports.handler = () => ({
    check: async (olds, news) => ({ inputs: news }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "made-" + ++made, outs: inputs }),
    read: async (id, props) => ({ id, props }),
    update: async (id, olds, news) => ({ outs: news }),
    delete: async () => {},
});`;

class Stub extends pulumi.CustomResource {
    constructor(name, args) {
        super("pulumi-nodejs:dynamic/bench:Stub", name, { ...args, __provider });
    }
}

for (let w = 0; w < workspaces; w++) {
    const workspace = new Stub(`w${w}`, { organizationId, name: `Workspace ${w}` });
    for (let m = 0; m < members; m++) {
        const email = `person-${m}@example.com`;
        new Stub(`w${w}-m${m}`, { workspaceId: workspace.id, email, role: "guest" });
    }
}
