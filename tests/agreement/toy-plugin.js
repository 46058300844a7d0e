// A provider plugin on a service that is a JSON file, in plain gRPC: what it answers, what it leaves out and where it fails is the
// program's choice. TOY_OMIT names what its answers leave out, TOY_FAULTS where it fails, TOY_NOISE what it prints beside its port.
const fs = require("node:fs");
const { Metadata, Server, ServerCredentials, status } = require("@grpc/grpc-js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const provider = require("@pulumi/pulumi/proto/provider_pb");
const { Status } = require("@pulumi/pulumi/proto/status_pb");
const { Any } = require("google-protobuf/google/protobuf/any_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");

const serviceFile = process.env.TOY_SERVICE;
const omitted = new Set((process.env.TOY_OMIT ?? "").split(","));
const faults = JSON.parse(process.env.TOY_FAULTS || "{}");

const secretKey = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const sealed = (value) => ({ [secretKey]: secretMark, value });
const opened = (value) => (value?.[secretKey] === secretMark ? value.value : value);
const allOpened = (properties) =>
    Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, opened(value)]));

const properties = (struct) => struct?.toJavaScript() ?? {};
const struct = (value) => Struct.fromJavaScript(value);
const set = (message, fields) => {
    for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) message[`set${name}`](value);
    }
    return message;
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

/** An object's id says which of its name it is, whatever else has been made at the same time. */
function newId(inputs) {
    return change(({ made }) => {
        const label = `w-${opened(inputs.name)}`;
        made[label] = (made[label] ?? 0) + 1;
        return `${label}-${made[label]}`;
    });
}

function keep(id, inputs) {
    change(({ objects }) => {
        objects[id] = allOpened(inputs);
    });
}

const outputs = (inputs, slug) => ({
    ...inputs,
    status: "ok",
    slug,
    ...(omitted.has("claim") ? {} : { claim: sealed("claim-1") }),
});

function checkFailure(property, reason) {
    return set(new provider.CheckFailure(), { Property: property, Reason: reason });
}

/** Half made: the engine keeps the id and what is given here. */
function initFailure(message, id, half) {
    const detail = set(new provider.ErrorResourceInitFailed(), {
        Id: id,
        Properties: struct(half),
        Inputs: struct(half),
    });
    detail.setReasonsList(["step 2 of 3 failed", "cannot set the logo"]);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const failure = set(new Status(), { Code: status.UNKNOWN, Message: message });
    failure.addDetails(packed);
    const metadata = new Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(failure.serializeBinary()));
    return Object.assign(new Error(message), { code: status.UNKNOWN, metadata });
}

function fail(verb, inputs, id) {
    const fault = faults[verb];
    const name = opened(inputs?.name);
    if (fault === undefined || fault.name !== name) return;
    if (fault.how === "exit") {
        console.error(`the toy ends in ${verb}`);
        process.exit(7);
    }
    if (fault.how === "init") throw initFailure(`${verb} of ${name} half done`, id, { ...inputs, status: "half" });
    const message = `the remote refused to ${verb} ${name}`;
    throw Object.assign(new Error(message), { code: fault.code ?? status.UNKNOWN });
}

/** `Workspace`, or `provider p` for the configuration of that name. */
const kindOf = (request) => {
    const [, , type = request.getTok?.() ?? "", name] = request.getUrn?.().split("::") ?? [];
    return type.startsWith("pulumi:providers:") ? `provider ${name}` : type.split(":").pop();
};

/** What of a request says what the engine wants. */
function wanted(request) {
    const fields = {
        id: request.getId?.(),
        olds: request.getOldInputs?.() ?? request.getOlds?.(),
        outs: request.getOldInputs && request.getOlds?.(),
        news: request.getNews?.(),
        inputs: request.getInputs?.(),
        props: request.getProperties?.(),
        args: request.getArgs?.(),
        preview: request.getPreview?.() || undefined,
        timeout: request.getTimeout?.() || undefined,
        ignores: request.getIgnorechangesList?.(),
    };
    const shown = Object.entries(fields).map(([key, value]) => [key, value?.toJavaScript?.() ?? value]);
    return Object.fromEntries(shown.filter(([, value]) => value !== undefined && value !== "" && value.length !== 0));
}

const call =
    (verb, work) =>
    async ({ request }, answer) => {
        fs.appendFileSync(
            process.env.TOY_LOG,
            `${JSON.stringify([verb, kindOf(request), wanted(request), process.pid])}\n`,
        );
        try {
            answer(null, await work(request));
        } catch ({ code = status.UNKNOWN, message, metadata }) {
            answer({ code, details: message, message, metadata });
        }
    };

const service = {
    handshake: call("handshake", () =>
        set(new provider.ProviderHandshakeResponse(), {
            AcceptSecrets: !omitted.has("secrets"),
            AcceptResources: true,
        }),
    ),
    getPluginInfo: call("getPluginInfo", () =>
        set(new PluginInfo(), { Version: omitted.has("version") ? undefined : "1.0.0" }),
    ),
    checkConfig: call("checkConfig", (request) => {
        const news = properties(request.getNews());
        const answer = set(new provider.CheckResponse(), { Inputs: struct(news) });
        if (opened(news.token) === "bad") answer.addFailures(checkFailure("token", "is not a token"));
        return answer;
    }),
    diffConfig: call("diffConfig", (request) => {
        const differs = properties(request.getOlds()).baseUrl !== properties(request.getNews()).baseUrl;
        const answer = set(new provider.DiffResponse(), { Changes: differs ? 2 : 1 });
        if (differs) answer.addDiffs("baseUrl");
        if (differs && omitted.has("soft")) answer.addReplaces("baseUrl");
        return answer;
    }),
    configure: call("configure", () =>
        set(new provider.ConfigureResponse(), {
            Acceptsecrets: !omitted.has("secrets"),
            Supportspreview: !omitted.has("preview"),
            Acceptresources: true,
        }),
    ),
    check: call("check", (request) => {
        const news = properties(request.getNews());
        fail("check", news);
        const password = news.password === undefined ? {} : { password: sealed(opened(news.password)) };
        const inputs = omitted.has("inputs") ? undefined : struct({ ...news, ...password });
        const answer = set(new provider.CheckResponse(), { Inputs: inputs });
        if (opened(news.name) === "") answer.addFailures(checkFailure("name", "must not be empty"));
        if (news.org === "bad") {
            answer.addFailures(checkFailure("org", "is not an organization id"));
            answer.addFailures(checkFailure("", "something about the whole resource"));
        }
        return answer;
    }),
    diff: call("diff", (request) => {
        const ofOutputs = omitted.has("oldInputs");
        const olds = allOpened(properties(ofOutputs ? request.getOlds() : request.getOldInputs()));
        const news = allOpened(properties(request.getNews()));
        fail("diff", news);
        const answer = new provider.DiffResponse();
        const ignored = [...request.getIgnorechangesList(), ...(ofOutputs ? ["status", "slug", "claim"] : [])];
        const differing = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
            (key) => !ignored.includes(key) && JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
        );
        for (const key of differing) {
            const replaces = key === "org";
            const kind = olds[key] === undefined ? 0 : news[key] === undefined ? 2 : 4;
            const detail = set(new provider.PropertyDiff(), { Kind: kind + (replaces ? 1 : 0), Inputdiff: !ofOutputs });
            const path = key === "tags" && olds.tags && news.tags ? "tags[1]" : key;
            if (!omitted.has("detailed")) answer.getDetaileddiffMap().set(path, detail);
            answer.addDiffs(key);
            if (replaces) answer.addReplaces(key);
        }
        return set(answer, {
            Hasdetaileddiff: !omitted.has("detailed"),
            Changes: omitted.has("changes") ? undefined : differing.length > 0 ? 2 : 1,
            Deletebeforereplace: news.dbr === true,
            StablesList: omitted.has("stables") ? undefined : ["slug"],
        });
    }),
    create: call("create", (request) => {
        const inputs = properties(request.getProperties());
        const answer = new provider.CreateResponse();
        if (request.getPreview())
            return set(answer, { Properties: struct({ ...inputs, status: "ok", slug: unknown, claim: unknown }) });
        if (faults.create?.how !== "init") fail("create", inputs);
        const id = newId(inputs);
        fail("create", inputs, id);
        keep(id, inputs);
        const made = struct(outputs(inputs, `${opened(inputs.name)}-${id}`));
        return set(answer, {
            Id: omitted.has("id") ? undefined : id,
            Properties: omitted.has("createProperties") ? undefined : made,
        });
    }),
    read: call("read", (request) => {
        const id = request.getId();
        const recorded = properties(request.getProperties());
        fail("read", recorded, id);
        const found = load().objects[id];
        if (found === undefined) return new provider.ReadResponse();
        const shown = { ...found, ...(found.password && { password: sealed(found.password) }) };
        return set(new provider.ReadResponse(), {
            Id: id,
            Properties: struct(outputs(shown, opened(recorded.slug) ?? `${found.name}-${id}`)),
            Inputs: omitted.has("readInputs") ? undefined : struct({ ...properties(request.getInputs()), ...shown }),
        });
    }),
    update: call("update", (request) => {
        const [id, before, news] = [request.getId(), properties(request.getOlds()), properties(request.getNews())];
        const { slug, claim } = before;
        if (request.getPreview()) {
            const expected = { ...news, status: "ok", slug: slug ?? unknown, claim: claim ?? unknown };
            return set(new provider.UpdateResponse(), { Properties: struct(expected) });
        }
        fail("update", news, id);
        keep(id, news);
        return set(new provider.UpdateResponse(), {
            Properties: struct(outputs(news, slug ?? `${opened(news.name)}-${id}`)),
        });
    }),
    delete: call("delete", (request) => {
        fail("delete", properties(request.getProperties()));
        change(({ objects }) => {
            delete objects[request.getId()];
        });
        return new Empty();
    }),
    invoke: call("invoke", (request) => {
        const { name } = properties(request.getArgs());
        const answer = new provider.InvokeResponse();
        if (name === "boom") throw new Error("the lookup failed");
        if (name === "") {
            answer.addFailures(checkFailure("name", "must not be empty"));
            return answer;
        }
        return set(answer, { Return: struct({ id: "w-1", org: "1", secretPart: sealed("s") }) });
    }),
    cancel: call("cancel", () => new Empty()),
    attach: call("attach", () => new Empty()),
};

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
const noise = process.env.TOY_NOISE;
if (noise === "before") console.log("noise before the port");
const server = new Server();
server.addService(ResourceProviderService, service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) => {
    console.log(String(port));
    if (noise !== "after") return;
    console.log("noise on stdout");
    console.error("noise on stderr");
});
