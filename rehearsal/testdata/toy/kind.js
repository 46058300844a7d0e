// The provider of the toy kinds. Their service is a JSON file; every call is written to a log.
const fs = require("node:fs");

const serviceFile = process.env.TOY_SERVICE;
const faults = JSON.parse(process.env.TOY_FAULTS ?? "{}");

function service(change) {
    const objects = fs.existsSync(serviceFile) ? JSON.parse(fs.readFileSync(serviceFile, "utf8")) : {};
    const answer = change(objects);
    fs.writeFileSync(serviceFile, JSON.stringify(objects));
    return answer;
}

function log(verb, name, details) {
    fs.appendFileSync(process.env.TOY_LOG, `${JSON.stringify({ verb, name, pid: process.pid, ...details })}\n`);
}

/** What goes wrong in a verb for an object of that name; `partial` leaves it half made. */
async function fault(verb, name, id, inputs) {
    const how = faults[`${verb} ${name}`];
    if (how === "throw") throw new Error(`the service refuses to ${verb} ${name}`);
    if (how === "partial") {
        throw Object.assign(new Error("half made"), {
            id,
            properties: { ...inputs, label: "half" },
            reasons: ["no paint"],
        });
    }
    if (how === "wait") await new Promise((done) => setTimeout(done, 60_000));
    if (how === "slow") await new Promise((done) => setTimeout(done, 300));
}

const declared = ({ label: _, ...inputs }) => inputs;

exports.provider = (kind) => ({
    async configure({ config }) {
        log("configure", kind, { token: config.get("toy:token") });
    },
    async check(olds, news) {
        log("check", news.name, { kind, olds, news });
        await fault("check", news.name);
        const failures = news.name === "" ? [{ property: "name", reason: "must not be empty" }] : [];
        return { inputs: news, failures };
    },
    async diff(id, olds, news) {
        log("diff", news.name, { id, olds, news });
        const changed = Object.keys(news).filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
        const replaces = changed.filter((key) => key.startsWith("fixed"));
        return { changes: changed.length > 0, replaces, deleteBeforeReplace: news.deleteFirst === true };
    },
    async create(inputs) {
        log("create", inputs.name, { inputs });
        const id = service((objects) => `${kind.toLowerCase()}-${Object.keys(objects).length + 1}`);
        service((objects) => {
            objects[id] = inputs;
        });
        await fault("create", inputs.name, id, inputs);
        return { id, outs: { ...inputs, label: `${inputs.name} (${id})` } };
    },
    async read(id, props) {
        log("read", props.name, { id });
        await fault("read", props.name);
        const found = service((objects) => objects[id]);
        if (!found || found.gone) return {};
        return { id, props: { ...found, ...(props.label && { label: props.label }) }, inputs: found };
    },
    async update(id, olds, news) {
        log("update", news.name, { id, olds, news });
        await fault("update", news.name, id, news);
        service((objects) => {
            objects[id] = news;
        });
        return { outs: { ...declared(news), label: olds.label } };
    },
    async delete(id, props) {
        log("delete", props.name, { id });
        await fault("delete", props.name);
        service((objects) => {
            objects[id] = { gone: true };
        });
    },
});
