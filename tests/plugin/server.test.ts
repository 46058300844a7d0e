/** Every call of the engine to the plugin, over a real channel and without an engine. */
import { status } from "@grpc/grpc-js";
import type { Properties } from "../../provider/core/define";
import { Service } from "../verbs/service";
import { Caller, type CallFailure, reference, type State, secret, unknown, urnOf } from "./caller";
import { Relay } from "./relay";

let service: Service;
let relay: Relay;
let plugin: Caller;
let organizationId: string;

beforeAll(async () => {
    service = await Service.open();
    relay = await Relay.open(service.emulator);
});
afterAll(async () => {
    relay.close();
    await service.close();
});
beforeEach(async () => {
    await service.reset();
    relay.troubles.length = 0;
    organizationId = (await service.organization("acme")).id;
    plugin = await Caller.start({ baseUrl: relay.baseUrl, token: secret(service.emulator.token) });
});
afterEach(() => plugin.close());

const urn = urnOf("Workspace", "design");

async function failureOf(work: Promise<unknown>): Promise<CallFailure> {
    const thrown = await work.then(
        () => undefined,
        (error: unknown) => error,
    );
    if (!(thrown instanceof Error)) throw new Error(`expected a failure, not ${String(thrown)}`);
    return thrown as CallFailure;
}

test("the whole way of a resource", async () => {
    const made = await plugin.make(urn, { organizationId, name: "Design" });
    expect(made.id).toMatch(/^\d{19}$/);
    expect(made.inputs).not.toHaveProperty("__resource");
    expect(made.outputs).toMatchObject({ name: "Design", folderName: expect.stringMatching(/^design-[0-9a-f]{7}$/) });
    const { inputs: news } = await plugin.check(urn, made.inputs, { organizationId, name: "Build" });
    expect(news.folderName).toBe(made.inputs.folderName);
    expect(await plugin.diff(urn, made, news)).toEqual({
        changes: true,
        replaces: [],
        deleteBeforeReplace: false,
        diffs: ["name"],
        details: { name: "UPDATE" },
    });
    const updated = await plugin.update(urn, made, news);
    expect(updated.outputs).toMatchObject({ name: "Build", created: made.outputs.created });
    const read = await plugin.read(urn, updated);
    expect(read).toEqual({ id: made.id, inputs: news, outputs: updated.outputs });
    const later = await Caller.start({ baseUrl: relay.baseUrl, token: service.emulator.token });
    await later.delete(urn, updated);
    expect(await later.read(urn, updated)).toBeUndefined();
    await later.close();
});

test("a run begins with Configure: nothing that was listed in an earlier one answers in it", async () => {
    const one = await plugin.make(urnOf("Workspace", "one"), { organizationId });
    const two = await plugin.make(urnOf("Workspace", "two"), { organizationId });
    await plugin.read(urnOf("Workspace", "one"), one);
    await service.api("POST", `workspace/${two.id}/update/`, { name: "By hand" });
    await plugin.configure({ baseUrl: relay.baseUrl, token: service.emulator.token });
    expect((await plugin.read(urnOf("Workspace", "two"), two))?.outputs.name).toBe("By hand");
});

describe("values", () => {
    const memberOf = (workspaceId: unknown) => ({ workspaceId, email: "ann@example.com", role: "member" });

    test("secrets stay secret at every depth, in what check answers and in outputs", async () => {
        const args = {
            organizationId,
            description: secret("What nobody shall read."),
            ownerDefined: { open: 1, hidden: secret("canary-1"), list: [{ deep: secret("canary-2") }, 3] },
        };
        const made = await plugin.make(urn, args);
        for (const properties of [made.inputs, made.outputs]) expect(properties).toMatchObject(args);
        const read = (await plugin.read(urn, made)) as State;
        for (const properties of [read.inputs, read.outputs]) expect(properties).toMatchObject(args);
        const news = { ...made.inputs, name: "Other" };
        expect((await plugin.update(urn, made, news)).outputs).toMatchObject(args);
        expect((await plugin.update(urn, made, news, true)).outputs).toMatchObject(args);
        expect(await plugin.diff(urn, made, made.inputs)).toMatchObject({ changes: false });
    });

    test("of a list that comes back in another form, the whole is secret", async () => {
        const made = await plugin.make(urn, { organizationId, ownerDefined: [secret("canary"), 1] });
        await service.api("POST", `workspace/${made.id}/update/`, { owner_defined: '[1,"canary"]' });
        const read = (await plugin.read(urn, made)) as State;
        expect(read.outputs.ownerDefined).toEqual(secret([1, "canary"]));
        expect(read.inputs.ownerDefined).toEqual(secret([1, "canary"]));
    });

    test("what the definition calls secret is one, whoever marks it", async () => {
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const args = { workspaceId, title: "Report", password: "canary", accessOptions: "Anyone with the link" };
        const { inputs } = await plugin.check(urnOf("Share"), {}, args);
        expect(inputs.password).toEqual(secret("canary"));
        const token = await plugin.make(urnOf("TransferToken"), { organizationId });
        expect(token.outputs).toMatchObject({
            token: secret(expect.any(String)),
            claimUrl: secret(expect.any(String)),
        });
    });

    test("references stand for their ids, and stay in the inputs", async () => {
        const parent = reference(organizationId);
        const made = await plugin.make(urn, { organizationId: parent });
        expect(made.inputs.organizationId).toEqual(parent);
        expect(made.outputs.organizationId).toBe(organizationId);
        expect(await plugin.diff(urn, made, { ...made.inputs, organizationId })).toMatchObject({ changes: false });
        expect(((await plugin.read(urn, made)) as State).inputs.organizationId).toEqual(parent);
        const { failures } = await plugin.check(urn, {}, { organizationId: reference("") });
        expect(failures).toEqual([]);
    });

    test.each([
        unknown,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ])("unknown, as %s, is accepted wherever it stands", async (value) => {
        const everything = {
            organizationId: value,
            name: value,
            description: secret(value),
            archived: value,
            ownerDefined: { a: [value, { b: value }], c: 1 },
        };
        const { inputs, failures } = await plugin.check(urn, {}, everything);
        expect(failures).toEqual([]);
        const preview = await plugin.create(urn, inputs, { preview: true });
        expect(preview.outputs).toMatchObject({
            organizationId: unknown,
            description: secret(unknown),
            ownerDefined: { a: [unknown, { b: unknown }], c: 1 },
        });
        const old = { id: "1", inputs: { organizationId, ownerDefined: { a: [1], c: 1 } }, outputs: {} };
        expect(await plugin.diff(urn, old, inputs)).toMatchObject({
            changes: true,
            replaces: ["organizationId"],
            details: { organizationId: "UPDATE_REPLACE", "ownerDefined.a[0]": "UPDATE", "ownerDefined.a[1]": "ADD" },
        });
        expect((await plugin.update(urn, old, inputs, true)).outputs).toMatchObject({ name: unknown, url: unknown });
    });

    test("an output value is what it holds", async () => {
        const output = (value: unknown, isSecret = false) => ({
            "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
            ...(value === undefined ? {} : { value }),
            secret: isSecret,
        });
        const args = {
            organizationId: output(undefined),
            name: output("Design"),
            description: output("Not for all.", true),
        };
        const { inputs } = await plugin.check(urn, {}, args);
        expect(inputs).toMatchObject({ organizationId: unknown, name: "Design", description: secret("Not for all.") });
    });

    test("check names what is wrong by its path, and answers inputs all the same", async () => {
        const links = [
            { title: "One", url: "https://a.example" },
            { title: "Two", url: "nowhere" },
        ];
        const { inputs, failures } = await plugin.check(urnOf("ShareBranding"), {}, { shareId: "report", links });
        expect(failures.map(({ property }) => property).sort()).toEqual(["links[1].url", "shareId"]);
        expect(inputs).toMatchObject({ links });
        const wrong = await plugin.check(urnOf("WorkspaceMember"), {}, { ...memberOf("design"), "a.b": 1 });
        expect(wrong.failures.map(({ property }) => property).sort()).toEqual(['["a.b"]', "workspaceId"]);
    });
});

describe("names", () => {
    const proto = jest.requireActual<typeof import("@pulumi/pulumi/proto/provider_pb")>(
        "@pulumi/pulumi/proto/provider_pb",
    );
    const { AutonamingOptions } = proto.CheckRequest;

    async function named(mode: keyof typeof AutonamingOptions.Mode, proposed: string, olds: Properties = {}) {
        return plugin.check(urn, olds, { organizationId }, (request) => {
            const options = new AutonamingOptions().setMode(AutonamingOptions.Mode[mode]).setProposedName(proposed);
            request.setAutonaming(options);
        });
    }

    test("a generated name is the same in every run, whatever the engine's seed", async () => {
        const once = await plugin.check(urn, {}, { organizationId });
        const again = await plugin.check(urn, {}, { organizationId }, (request) => {
            request.setRandomseed(Buffer.from("another seed"));
        });
        expect(again.inputs.folderName).toBe(once.inputs.folderName);
    });

    test("an enforced name is taken as it is, a proposed one in the form of names", async () => {
        expect((await named("ENFORCE", "design-dev")).inputs.folderName).toBe("design-dev");
        expect((await named("ENFORCE", "no_name")).failures).toEqual([
            { property: "folderName", reason: expect.stringContaining("letters, digits and hyphens") },
        ]);
        expect((await named("PROPOSE", "Design_Dev 7")).inputs.folderName).toBe("design-dev-7");
    });

    test("where automatic names are off, the program must give one", async () => {
        expect((await named("DISABLE", "")).failures).toEqual([
            { property: "folderName", reason: expect.stringContaining("is required") },
        ]);
        const old = { organizationId, folderName: "design-1234567" };
        expect(await named("DISABLE", "", old)).toMatchObject({ failures: [], inputs: old });
    });
});

describe("previews", () => {
    test("need no credential and make no request", async () => {
        const other = await Caller.start({ baseUrl: relay.baseUrl });
        const requests = await service.requestsOf(async () => {
            const { inputs } = await other.check(urn, {}, { organizationId });
            await other.create(urn, inputs, { preview: true });
            const state = { id: "1000000000000000001", inputs, outputs: inputs };
            await other.diff(urn, state, { ...inputs, name: "Other" });
            await other.update(urn, state, { ...inputs, name: "Other" }, true);
        });
        await other.close();
        expect(requests).toEqual([]);
    });

    test("of a create say what is declared, and of the rest that it is unknown", async () => {
        const { inputs } = await plugin.check(urn, {}, { organizationId, name: "Design", forceDestroy: true });
        expect(await plugin.create(urn, inputs, { preview: true })).toMatchObject({
            id: "",
            outputs: {
                organizationId,
                name: "Design",
                permJoin: "Member or above",
                intelligence: false,
                forceDestroy: true,
                folderName: unknown,
                description: unknown,
                url: unknown,
                created: unknown,
            },
        });
    });

    test("of an update say what stays, what changes and what is cleared", async () => {
        const made = await plugin.make(urn, { organizationId, name: "Design", description: "What it is about." });
        const { inputs } = await plugin.check(urn, made.inputs, { organizationId, name: "Build" });
        const { outputs } = await plugin.update(urn, made, inputs, true);
        const { organizationId: _, folderName, created, permJoin } = made.outputs;
        expect(outputs).toMatchObject({ name: "Build", organizationId, folderName, created, permJoin });
        expect(outputs).toMatchObject({ url: unknown, updated: unknown });
        expect(outputs).not.toHaveProperty("description");
    });

    test("of a change that the provider alone keeps, everything is known", async () => {
        const made = await plugin.make(urn, { organizationId });
        const { inputs } = await plugin.check(urn, made.inputs, { organizationId, forceDestroy: true });
        const { __service: _, __place: __, ...shown } = made.outputs;
        expect((await plugin.update(urn, made, inputs, true)).outputs).toEqual({ ...shown, forceDestroy: true });
    });
});

describe("configuration", () => {
    test("what is wrong is named, and secrets are marked", async () => {
        const { inputs, failures } = await plugin.checkConfig({
            token: "canary",
            baseUrl: "http://fast.example/",
            maxWaitSeconds: "never",
            requestsPerMinute: 30,
            logRequests: "perhaps",
            tokn: "x",
            version: "0.1.0",
            __internal: {},
        });
        // The engine would print the value, and hands over secrets without their marks.
        expect(failures.map(({ property, reason }) => [property, reason.split(": ")[0]]).sort()).toEqual(
            ["baseUrl", "logRequests", "maxWaitSeconds", "tokn"].map((name) => ["", name]),
        );
        expect(failures.find(({ reason }) => reason.startsWith("tokn"))?.reason).toContain("did you mean token?");
        expect(inputs).toMatchObject({ token: secret("canary"), version: "0.1.0" });
        expect((await plugin.checkConfig({ email: "a@example.com" })).failures).toEqual([
            { property: "password", reason: expect.stringContaining("beside email") },
        ]);
        expect((await plugin.checkConfig({ token: unknown, baseUrl: unknown, email: unknown })).failures).toEqual([]);
    });

    test("a change is an update of the provider, never a replacement", async () => {
        const olds = { token: secret("old"), baseUrl: "https://a.example/", version: "0.1.0" };
        const news = { token: secret("new"), baseUrl: "https://b.example/", version: "0.2.0", __internal: {} };
        expect(await plugin.diffConfig(olds, news)).toMatchObject({
            changes: true,
            replaces: [],
            diffs: ["baseUrl", "token"],
        });
        expect(await plugin.diffConfig(olds, { ...olds, version: "0.2.0" })).toMatchObject({ changes: false });
        expect(await plugin.diffConfig(olds, { ...olds, token: unknown })).toMatchObject({ changes: true });
    });

    test("explicit arguments come first, then the stack's configuration, then the environment", async () => {
        const person = await service.account("b@example.com", "agent");
        const environment = {
            FASTIO_BASE_URL: relay.baseUrl,
            FASTIO_TOKEN: "from-the-environment",
            PULUMI_CONFIG: JSON.stringify({ token: person.token }),
        };
        const two = await Caller.start({}, { environment });
        const whose = async () => (await two.invoke("fastio:index:getCurrentUser", {})).found.email;
        expect(await whose()).toBe("b@example.com");
        await two.configure({ token: service.emulator.token }, "mine");
        expect(await whose()).toBe("agent@example.com");
        await two.configure({ token: "wrong" }, "mine");
        const failure = await failureOf(two.invoke("fastio:index:getCurrentUser", {}));
        expect(failure.message).toMatch(/the provider's arguments/);
        expect(failure.message).not.toContain("wrong");
        await two.close();
    });

    test("a token that an SDK fills in from the environment does not win over a given e-mail and password", async () => {
        const person = await service.account("b@example.com", "agent");
        const environment = { FASTIO_BASE_URL: relay.baseUrl, FASTIO_API_KEY: service.emulator.token };
        const other = await Caller.start({}, { environment });
        try {
            const whose = async () => (await other.invoke("fastio:index:getCurrentUser", {})).found.email;
            const signIn = { email: person.email, password: secret(person.password) };
            await other.configure({ token: secret(service.emulator.token), ...signIn }, "client");
            expect(await whose()).toBe("b@example.com");
            // One that the program gives does, as everywhere.
            await other.configure({ token: person.token, email: "agent@example.com", password: "of nobody" }, "client");
            expect(await whose()).toBe("b@example.com");
            await other.configure({ token: secret(service.emulator.token) }, "agent");
            expect(await whose()).toBe("agent@example.com");
        } finally {
            await other.close();
        }
    });

    test("a stale stored token locks nobody out of a refresh", async () => {
        const made = await plugin.make(urn, { organizationId });
        const environment = { PULUMI_CONFIG: JSON.stringify({ token: service.emulator.token }) };
        const later = await Caller.start({ baseUrl: relay.baseUrl, token: secret("stale") }, { environment });
        expect(await later.read(urn, made)).toMatchObject({ id: made.id });
        expect(later.told).toEqual([
            { severity: 2, message: expect.stringMatching(/last `pulumi up` stored.*agent@example\.com/), urn: "" },
        ]);
        await later.close();
    });

    test("what is not known yet is not replaced by another account's", async () => {
        const environment = { FASTIO_TOKEN: service.emulator.token };
        const other = await Caller.start({ baseUrl: relay.baseUrl, token: unknown }, { environment });
        expect((await failureOf(other.invoke("fastio:index:getCurrentUser", {}))).message).toMatch(
            /token is not known before `pulumi up`/,
        );
        await other.close();
    });

    test("two instances in one process know nothing of each other", async () => {
        const person = await service.account("b@example.com", "agent");
        const other = await Caller.start({ baseUrl: relay.baseUrl, token: person.token });
        const emails = await Promise.all(
            [plugin, other].map(async (one) => (await one.invoke("fastio:index:getCurrentUser", {})).found.email),
        );
        expect(emails).toEqual(["agent@example.com", "b@example.com"]);
        await other.close();
    });
});

describe("functions", () => {
    test("answer, refuse by property, and keep a secret question's answer secret", async () => {
        const { found } = await plugin.invoke("fastio:index:getOrganization", { domain: "acme" });
        expect(found).toMatchObject({ id: organizationId, domain: "acme" });
        const hidden = await plugin.invoke("fastio:index:getOrganization", { domain: secret("acme") });
        expect(hidden.found).toMatchObject({ id: secret(organizationId) });
        expect((await plugin.invoke("fastio:index:getOrganization", { id: "acme" })).failures).toEqual([
            { property: "id", reason: expect.stringContaining("19-digit") },
        ]);
        expect((await plugin.invoke("fastio:index:getOrganization", { domain: unknown })).failures).toEqual([
            { property: "domain", reason: "is not known yet" },
        ]);
        expect((await failureOf(plugin.invoke("fastio:index:getNothing", {}))).message).toMatch(/no function/);
    });
});

describe("failures", () => {
    test("a create that fails half-way is kept with its id, and the next update goes on", async () => {
        const { inputs } = await plugin.check(
            urn,
            {},
            { organizationId, archived: true, description: secret("Half of it.") },
        );
        relay.troubles.push({ path: /\/archive\//, how: "refuses" });
        const failure = await failureOf(plugin.create(urn, inputs));
        expect(failure.kept).toMatchObject({
            id: expect.stringMatching(/^\d{19}$/),
            reasons: [failure.message],
            outputs: { archived: false, description: secret("Half of it."), __inputs: secret(expect.any(String)) },
        });
        const state = { id: "", outputs: {}, ...failure.kept, inputs };
        expect(await plugin.diff(urn, state, inputs)).toMatchObject({ changes: true, details: { archived: "ADD" } });
        const { outputs } = await plugin.update(urn, state, inputs);
        expect(outputs).toMatchObject({ archived: true });
        expect(outputs).not.toHaveProperty("__inputs");
    });

    test("an update that fails half-way keeps what was done", async () => {
        const made = await plugin.make(urn, { organizationId });
        const { inputs } = await plugin.check(urn, made.inputs, { organizationId, name: "Other", archived: true });
        relay.troubles.push({ path: /\/archive\//, how: "refuses" });
        const { kept } = await failureOf(plugin.update(urn, made, inputs));
        expect(kept).toMatchObject({ id: made.id, outputs: { name: "Other", archived: false } });
        // Whatever inputs the engine records: what the object has is known.
        for (const recorded of [made.inputs, inputs]) {
            const state = { id: made.id, inputs: recorded, outputs: kept?.outputs ?? {} };
            expect((await plugin.diff(urn, state, inputs)).details).toEqual({ archived: "UPDATE" });
        }
    });

    test("one call's failure leaves the others alone", async () => {
        const results = await Promise.allSettled([
            plugin.make(urnOf("Workspace", "one"), { organizationId, name: "One" }),
            plugin.make(urnOf("Workspace", "two"), { organizationId: "1000000000000000001", name: "Two" }),
            plugin.invoke("fastio:index:getNothing", {}),
            plugin.make(urnOf("Workspace", "three"), { organizationId, name: "Three" }),
        ]);
        expect(results.map(({ status: how }) => how)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    });

    test("warnings carry the resource's URN", async () => {
        await plugin.make(urn, { organizationId });
        const other = await Caller.start({ baseUrl: relay.baseUrl, token: service.emulator.token });
        await other.make(urn, { organizationId });
        expect(other.told).toEqual([{ severity: 2, message: expect.stringContaining("taken over"), urn }]);
        await other.close();
    });

    test("garbage is an error, and the plugin goes on", async () => {
        const raw = (path: string, bytes: Buffer) =>
            failureOf(
                new Promise((resolve, reject) => {
                    plugin.client.makeUnaryRequest(
                        `/pulumirpc.ResourceProvider/${path}`,
                        (sent: Buffer) => sent,
                        (got: Buffer) => got,
                        bytes,
                        (error, answer) => (error === null ? resolve(answer) : reject(error)),
                    );
                }),
            );
        for (const path of ["Check", "Diff", "Create", "Read", "Update", "Delete", "Invoke"]) {
            expect((await raw(path, Buffer.from("ffffffffffff", "hex"))).code).toBe(status.INTERNAL);
            expect((await raw(path, Buffer.alloc(0))).message).toMatch(/is not a URN|no function ""/);
        }
        expect((await raw("NoSuchCall", Buffer.alloc(0))).code).toBe(status.UNIMPLEMENTED);
        const strange = urnOf("Spaceship");
        expect((await failureOf(plugin.check(strange, {}, {}))).message).toMatch(
            /no resource "fastio:index:Spaceship"/,
        );
        expect((await failureOf(plugin.check("urn:x", {}, {}))).message).toMatch(/"urn:x" is not a URN/);
        const nonsense = { organizationId: [[], { a: null }], name: 7, ownerDefined: null, links: { "": [1] } };
        expect((await plugin.check(urn, nonsense, nonsense)).failures.map(({ property }) => property)).toContain(
            "name",
        );
        expect(await plugin.diff(urn, { id: "", inputs: nonsense, outputs: nonsense }, {})).toMatchObject({
            changes: true,
        });
        expect((await plugin.make(urn, { organizationId })).id).toMatch(/^\d{19}$/);
    });

    test("a create that was interrupted keeps its id: what is under way is answered, and nothing more is asked", async () => {
        relay.troubles.push({ path: /create\/workspace/, how: "answers late" });
        const { inputs } = await plugin.check(urn, {}, { organizationId, archived: true });
        const taken = relay.taken(/create\/workspace/);
        const creating = failureOf(plugin.create(urn, inputs));
        await taken;
        await plugin.cancel();
        relay.release();
        const { kept, message } = await creating;
        expect(message).toMatch(/cancelled/);
        expect(kept).toMatchObject({ id: expect.stringMatching(/^\d{19}$/), outputs: { archived: false } });
    });

    test("creates that wait for one shared list end with a cancel, and none of them takes the list anew", async () => {
        relay.troubles.push({ path: /list\/workspaces/, how: "answers late", times: 99 });
        const asked = relay.count(/list\/workspaces/);
        // The last of the two lists of workspaces.
        const taken = relay.taken(/list\/workspaces\/\?archived/);
        const creating = ["one", "two", "three"].map(async (name) => {
            const one = urnOf("Workspace", name);
            const { inputs } = await plugin.check(one, {}, { organizationId });
            return failureOf(plugin.create(one, inputs));
        });
        await taken;
        const before = asked();
        await plugin.cancel();
        for (const failure of await Promise.all(creating)) expect(failure.message).toMatch(/cancelled/);
        expect(asked()).toBe(before);
    });

    test("a wait for the rate limit ends with the custom timeout", async () => {
        await service.control("POST", "rate-limit", { requestsPerMinute: 1 });
        const other = await Caller.start({ baseUrl: relay.baseUrl, token: service.emulator.token });
        await other.invoke("fastio:index:getCurrentUser", {}).catch(() => {});
        const { inputs } = await other.check(urn, {}, { organizationId });
        const failure = await failureOf(other.create(urn, inputs, { timeout: 0.2 }));
        expect(failure.message).toMatch(/longer than the 0\.2 s that its custom timeout allows/);
        await other.close();
    });

    test("a read ends at once, and what comes after a cancel is served", async () => {
        const made = await plugin.make(urn, { organizationId });
        relay.troubles.push({ path: /list/, how: "answers late" });
        const taken = relay.taken(/list/);
        const reading = failureOf(plugin.read(urn, made));
        await taken;
        await plugin.cancel();
        expect((await reading).message).toMatch(/cancelled/);
        expect((await plugin.invoke("fastio:index:getCurrentUser", {})).found.email).toBe("agent@example.com");
    });

    test("what is looked for and not there is an error that says where", async () => {
        const nothing = { inputs: {}, outputs: {} };
        const failure = await failureOf(plugin.read(urn, { id: "no-such-name", ...nothing }));
        expect(failure.message).toMatch(/no workspace "no-such-name" on http:\/\/127.*19-digit id or its folder name/);
    });
});
