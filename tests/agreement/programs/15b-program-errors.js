const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");
const a = new Workspace("a", { org: "1", name: "alpha" });
const endings = {
    throw: () => {
        throw new Error("thrown by the program");
    },
    reject: () => void Promise.reject(new Error("rejected by the program")),
    apply: () => {
        a.slug.apply(() => {
            throw new Error("thrown in apply");
        });
    },
    runerror: () => {
        throw new pulumi.RunError("a run error");
    },
    resourceerror: () => {
        throw new pulumi.ResourceError("a resource error", a);
    },
    exit0: () => process.exit(0),
    exit3: () => process.exit(3),
    module: () => require("does-not-exist"),
    dup: () => new Workspace("a", { org: "1", name: "again" }),
    string: () => {
        throw "a string";
    },
    logerror: () => pulumi.log.error("logged as error, nothing thrown"),
};
endings[process.env.PHASE]();
