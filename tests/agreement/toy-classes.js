// The classes that an SDK of the toy plugin would have.
const pulumi = require("@pulumi/pulumi");

exports.Workspace = class Workspace extends pulumi.CustomResource {
    constructor(name, args, options) {
        const outputs = { status: undefined, slug: undefined, claim: undefined };
        super("fastio:index:Workspace", name, { ...outputs, ...args }, { version: "1.0.0", ...options });
    }
};

exports.Provider = class Provider extends pulumi.ProviderResource {
    constructor(name, args, options) {
        super("fastio", name, args, { version: "1.0.0", ...options });
    }
};

exports.getWorkspace = (args) => pulumi.runtime.invoke("fastio:index:getWorkspace", args, { version: "1.0.0" });
exports.getWorkspaceOutput = (args) =>
    pulumi.runtime.invokeOutput("fastio:index:getWorkspace", args, { version: "1.0.0" });
