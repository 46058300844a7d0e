// Two dynamic kinds on a service that is a JSON file. Programs require it, and their providers, too.
const fs = require("node:fs");
const { setTimeout: pause } = require("node:timers/promises");
const pulumi = require("@pulumi/pulumi");

const serviceFile = process.env.TOY_SERVICE;
const faults = JSON.parse(process.env.TOY_FAULTS || "{}");

class Thing extends pulumi.CustomResource {
    constructor(kind, name, args, options) {
        const __provider = `exports.handler = () => require("./toy").provider("${kind}");`;
        const type = `pulumi-nodejs:dynamic/fastio:index:${kind}`;
        super(type, name, { status: undefined, slug: undefined, ...args, __provider }, options);
    }
}

exports.Workspace = class Workspace extends Thing {
    constructor(name, args, options) {
        super("Workspace", name, args, options);
    }
};

exports.Member = class Member extends Thing {
    constructor(name, args, options) {
        super("Member", name, args, options);
    }
};

function load() {
    return fs.existsSync(serviceFile) ? JSON.parse(fs.readFileSync(serviceFile, "utf8")) : { made: {}, objects: {} };
}

function change(edit) {
    const service = load();
    const answer = edit(service);
    fs.writeFileSync(serviceFile, JSON.stringify(service));
    return answer;
}

function log(verb, kind, args) {
    const text = JSON.stringify([verb, kind, args], (key, value) => (key === "__provider" ? undefined : value));
    fs.appendFileSync(process.env.TOY_LOG, `${text}\n`);
}

const declared = ({ __provider, ...inputs }) => inputs;

/** What goes wrong: an error, or an object half made, whose properties lack `__provider` unless it is `initfull`; or it is only `late`. */
function fail(verb, name, halfMade) {
    const fault = faults[verb];
    if (fault?.name !== name || fault.how === "late") return;
    if (fault.how === "throw") throw new Error(`the remote refused to ${verb} ${name}`);
    const { id, inputs } = halfMade();
    throw {
        message: `${verb} of ${name} half done`,
        reasons: ["step 2 of 3 failed", "cannot set the logo"],
        id,
        properties: { ...(fault.how === "initfull" ? inputs : declared(inputs)), status: "half" },
    };
}

/** What goes wrong beside others does so once another object has been made: which comes first would be chance. */
async function sequel(fault, name) {
    if (fault?.name !== name) return;
    while (fault.after && !(fault.after in load().made)) await pause(10);
}

/** An object's id says which of its kind and name it is, whatever else has been made at the same time. */
function make(kind, inputs) {
    return change(({ made, objects }) => {
        const label = `${kind[0].toLowerCase()}-${inputs.name}`;
        made[label] = (made[label] ?? 0) + 1;
        const id = `${label}-${made[label]}`;
        objects[id] = declared(inputs);
        return id;
    });
}

exports.provider = (kind) => ({
    async configure({ config }) {
        log("configure", kind, { token: config.get("fastio:token") ?? null });
    },
    async check(olds, news) {
        log("check", kind, { olds, news });
        fail("check", news.name);
        const failures = [];
        if (news.name === "") failures.push({ property: "name", reason: "must not be empty" });
        if (news.org === "bad") {
            failures.push({ property: "org", reason: "is not an organization id" });
            failures.push({ property: "", reason: "something about the whole resource" });
        }
        return { inputs: news, failures };
    },
    async diff(id, olds, news) {
        log("diff", kind, { id, olds, news });
        fail("diff", news.name);
        const changed = Object.keys(declared(news)).filter(
            (key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
        );
        const replaces = changed.filter((key) => key === "org" || key === "key");
        return { changes: changed.length > 0, replaces, deleteBeforeReplace: news.dbr === true };
    },
    async create(inputs) {
        log("create", kind, { inputs });
        await sequel(faults.create, inputs.name);
        fail("create", inputs.name, () => ({ id: make(kind, inputs), inputs }));
        const id = make(kind, inputs);
        return { id, outs: { ...declared(inputs), status: "ok", slug: `${inputs.name}-${id}` } };
    },
    async read(id, props) {
        log("read", kind, { id, props });
        fail("read", props.name);
        const found = load().objects[id];
        if (!found) return {};
        const { status, slug, ...inputs } = { ...declared(props), ...found };
        return {
            id,
            props: { ...props, ...found, status: "ok" },
            ...(process.env.TOY_READ_INPUTS && { inputs }),
        };
    },
    async update(id, olds, news) {
        log("update", kind, { id, olds, news });
        fail("update", news.name, () => ({ id, inputs: news }));
        change(({ objects }) => {
            objects[id] = declared(news);
        });
        return { outs: { ...declared(news), status: "ok", slug: olds.slug ?? `${news.name}-${id}` } };
    },
    async delete(id, props) {
        log("delete", kind, { id, props });
        fail("delete", props.name);
        change(({ objects }) => {
            delete objects[id];
        });
    },
});
