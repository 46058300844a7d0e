const pulumi = require("@pulumi/pulumi");
const { Workspace } = require("./toy");

class Room extends pulumi.ComponentResource {
    constructor(name) {
        super("toy:index:Room", name, { given: 1 });
        this.inner = new Workspace(`${name}-inner`, { org: "1", name: "inner" }, { parent: this });
        this.registerOutputs({ inner: this.inner, slug: this.inner.slug });
    }
}

if (process.env.PHASE === "transform") {
    pulumi.runtime.registerResourceTransform(({ name, props, opts }) =>
        name === "t" ? { props: { ...props, name: "renamed" }, opts } : undefined,
    );
}
const a = new Workspace("a", { org: "1", name: "alpha" });
const room = new Room("room");
new Workspace("r", { org: "1", name: "r", tags: [], ref: a.slug }, { dependsOn: [room] });
new Workspace("d", { org: "1", name: "d", holds: a, holdsRoom: room, list: [a.id, pulumi.secret(a.id)] });
if (process.env.PHASE === "transform") new Workspace("t", { org: "1", name: "t" });
exports.holds = a;
exports.room = room;
