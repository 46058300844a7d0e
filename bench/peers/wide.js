// The same graph whose provider does nothing, each resource with as many properties as a member of ours: what the engine
// takes for these.
const pulumi = require("@pulumi/pulumi");
const { organizationId, workspaces, members } = require("./size.json");

const __provider = `
let made = 0;
const outputs = (inputs) => ({
    ...inputs,
    __service: "http://127.0.0.1:65535",
    __inputs: JSON.stringify({ ...inputs, __provider: undefined }),
    invitationId: "aaaaa-aaaaa-aaaaa-aaaaa-aaaaa-aaaaa",
    status: "pending",
    userId: "1000000000000000000",
});
exports.handler = () => ({
    check: async (olds, news) => ({ inputs: news }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "made-" + ++made, outs: outputs(inputs) }),
    read: async (id, props) => {
        const inputs = { ...JSON.parse(props.__inputs), __provider: props.__provider };
        return { id, props, inputs };
    },
    update: async (id, olds, news) => ({ outs: outputs(news) }),
    delete: async () => {},
});`;

class Wide extends pulumi.CustomResource {
    constructor(name, args) {
        const shown = { __service: undefined, __inputs: undefined, invitationId: undefined, status: undefined };
        const props = {
            ...args,
            ...shown,
            userId: undefined,
            __resource: `urn:pulumi:dev::bench::${name}`,
            __provider,
        };
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
