// The same graph whose provider does nothing, each resource with as many properties as a member of ours: what the engine
// takes for these.
const pulumi = require("@pulumi/pulumi");
const { organizationId, workspaces, members } = require("./size.json");

const shown = {
    __service: "http://127.0.0.1:65535",
    invitationId: "x".repeat(34),
    status: "pending",
    userId: "1".repeat(19),
};
// Short, because every call carries it.
const __provider = `
exports.handler = () => ({
    diff: async () => ({ changes: false }),
    create: async ({ __provider, __resource, ...inputs }) =>
        ({ id: __resource, outs: { ...inputs, ...${JSON.stringify(shown)}, __provider, __inputs: JSON.stringify({ ...inputs, __resource }) } }),
    read: async (id, props) => ({ id, props, inputs: { ...JSON.parse(props.__inputs), __provider: props.__provider } }),
})`;

class Wide extends pulumi.CustomResource {
    constructor(name, args) {
        const props = { ...args, __resource: `urn:pulumi:dev::bench::${name}`, __provider };
        super("pulumi-nodejs:dynamic/bench:Wide", name, props, { additionalSecretOutputs: ["__inputs"] });
    }
}

for (let w = 0; w < workspaces; w++) {
    const workspace = new Wide(`w${w}`, { organizationId, name: `Workspace ${w}` });
    for (let m = 0; m < members; m++) {
        const email = `person-${m}@example.com`;
        new Wide(`w${w}-m${m}`, { workspaceId: workspace.id, email, role: "guest" });
    }
}
