const { Workspace } = require("./toy-classes");
const phase = Number(process.env.PHASE ?? 1);
if (phase <= 2) {
    const value = phase === 1 ? "one" : "two";
    new Workspace("x", { org: "1", name: value }, { replaceOnChanges: ["name"] });
    new Workspace("y", { org: "1", name: "y", tags: ["t", value] }, { replaceOnChanges: ["tags[1]"] });
    new Workspace("i", { org: phase === 1 ? "1" : "2", name: "i" }, { ignoreChanges: ["org"] });
    const customTimeouts = { create: "5m", update: "90s", delete: "1h", read: "30s" };
    new Workspace("t", { org: "1", name: `t${value}` }, { customTimeouts, additionalSecretOutputs: ["slug"] });
    exports.got = new Workspace("g", undefined, { id: "w-0" }).name;
}
