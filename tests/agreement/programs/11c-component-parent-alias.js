const pulumi = require("@pulumi/pulumi");
const { Workspace, Member } = require("./toy");
const phase = Number(process.env.PHASE ?? 1);

class Room extends pulumi.ComponentResource {
    constructor(name, args, opts) {
        super("toy:index:Room", name, args, opts);
        const ws = new Workspace(`${name}-ws`, { org: "1", name: args.title }, { parent: this });
        this.registerOutputs({ slug: ws.slug });
    }
}

const options = phase === 2 ? { aliases: [{ name: "room" }] } : {};
const room = new Room(phase === 1 ? "room" : "room2", { title: "t" }, options);
const named = { org: "1", name: "o" };
if (phase === 1) new Workspace("old", named);
if (phase === 2) new Workspace("new", named, { aliases: [{ name: "old" }] });
if (phase === 3) new Workspace("new", named, { parent: room, aliases: [{ parent: pulumi.rootStackResource }] });
if (phase === 4) new Workspace("renamed-without-alias", named, { parent: room });
if (phase < 4) new Member("m", { org: "1", name: "m" }, { dependsOn: [room] });
