import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "../../emulator";

type Runtime = typeof import("./runtime");
type Provider = ReturnType<Runtime["provider"]>;
type Configure = (request: { config: { get(key: string): string | undefined } }) => Promise<void>;
type Props = Record<string, unknown>;

const provider = 'exports.handler = () => require("pulumi-fastio/runtime").provider("Workspace")';

/** A provider process: the runtime is loaded anew, so that nothing of another one is known. */
function processOf(): Runtime {
    let runtime: Runtime | undefined;
    jest.isolateModules(() => {
        runtime = require("./runtime") as Runtime;
    });
    return runtime as Runtime;
}

const configured = (one: Provider, config: Record<string, string>): Promise<void> =>
    (one.configure as Configure).call(one, { config: { get: (key) => config[key] } });

const urnOf = (kind: string, name = "design") => `urn:pulumi:dev::p::fastio:index:${kind}::${name}`;

let emulator: Emulator;
let config: Record<string, string>;
let organizationId: string;
const printed = jest.spyOn(console, "log").mockImplementation(() => {});

beforeAll(async () => {
    emulator = createEmulator({ seed: 3 });
    const { baseUrl } = await emulator.listen({ port: 0 });
    config = { "fastio:baseUrl": baseUrl, "fastio:token": emulator.token };
    const answer = await fetch(new URL("org/create/", baseUrl), {
        method: "POST",
        headers: { Authorization: `Bearer ${emulator.token}` },
        body: new URLSearchParams({ domain: "acme", name: "Acme" }),
    });
    organizationId = ((await answer.json()) as { org: { id: string } }).org.id;
    await fetch(new URL("/_emulator/plan", baseUrl), {
        method: "POST",
        body: JSON.stringify({ organizationId, workspaces: 50 }),
    });
});
afterAll(async () => {
    printed.mockRestore();
    await emulator.close();
});
beforeEach(() => printed.mockClear());

const inputsOf = (name: string, more: Props = {}): Props => ({
    organizationId,
    __provider: provider,
    __resource: urnOf("Workspace", name),
    ...more,
});

async function failureOf(work: Promise<unknown>): Promise<Error & Props> {
    const thrown = await work.then(
        () => undefined,
        (error: unknown) => error,
    );
    if (!(thrown instanceof Error)) throw new Error(`expected an Error, not ${String(thrown)}`);
    return thrown as Error & Props;
}

/** What the state keeps of the inputs among the outputs. */
function ownInputs(properties: unknown): unknown {
    return JSON.parse(String((properties as Props).__inputs));
}

async function ready(kind = "Workspace"): Promise<Required<Provider>> {
    const one = processOf().provider(kind) as Required<Provider>;
    await configured(one, config);
    return one;
}

test("the whole way: check, create, diff, update, read, delete, all by old outputs alone", async () => {
    const workspace = await ready();
    const checked = await workspace.check({}, inputsOf("way"));
    expect(checked.failures).toEqual([]);
    expect(checked.inputs).toMatchObject({ name: "way", intelligence: false, __provider: provider });
    const { id, outs } = await workspace.create(checked.inputs);
    expect(outs).toMatchObject({ __provider: provider, url: expect.any(String), __service: expect.any(String) });
    const { __provider: _, ...declared } = checked.inputs as Props;
    expect(ownInputs(outs)).toEqual(declared);
    expect(await workspace.diff(id, outs, checked.inputs)).toEqual({
        changes: false,
        replaces: [],
        deleteBeforeReplace: false,
    });
    const news = { ...checked.inputs, description: "Another text about it." };
    expect(await workspace.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const updated = await workspace.update(id, outs, news);
    expect(updated.outs).toMatchObject({ description: "Another text about it.", __provider: provider });
    const read = await workspace.read(id, updated.outs);
    expect(read).toMatchObject({ id, props: { __provider: provider, __inputs: expect.any(String) } });
    expect((read as { inputs: Props }).inputs).toEqual(news);
    expect(await workspace.diff(id, read.props, news)).toMatchObject({ changes: false });
    await (await ready()).delete(id, read.props);
    expect(await workspace.read(id, read.props)).toEqual({});
});

test("3.1 secrets do not stand beside what is encrypted: inputs are in __inputs, the provider text is not", async () => {
    const workspace = await ready();
    const { inputs } = await workspace.check({}, inputsOf("inputs"));
    const { outs } = await workspace.create(inputs);
    expect(ownInputs(outs)).not.toHaveProperty("__provider");
    expect(ownInputs(outs)).toMatchObject({ __resource: urnOf("Workspace", "inputs") });
});

test("a state that holds its inputs as an object is one, too, and the next refresh makes them text", async () => {
    const workspace = await ready();
    const { inputs } = await workspace.check({}, inputsOf("object"));
    const { id, outs } = await workspace.create(inputs);
    const first = { ...outs, __inputs: ownInputs(outs) };
    expect(await workspace.diff(id, first, inputs)).toMatchObject({ changes: false });
    expect(await workspace.diff(id, first, { ...inputs, name: "Other" })).toMatchObject({ changes: true });
    expect(await workspace.read(id, first)).toEqual({ id, props: outs, inputs });
});

test("4.3 calls before configure wait for it, and one configuration serves all kinds", async () => {
    const runtime = processOf();
    const workspace = runtime.provider("Workspace") as Required<Provider>;
    const organization = runtime.provider("Organization") as Required<Provider>;
    const early = workspace.check({}, inputsOf("early"));
    await configured(organization, config);
    // A second one, of another kind, changes nothing.
    await configured(workspace, { "fastio:baseUrl": "https://nowhere.example/" });
    expect((await early).failures).toEqual([]);
    expect(await organization.read(organizationId, { __provider: provider })).toMatchObject({ id: organizationId });
});

test("4.10 check and diff need no configuration that is right", async () => {
    const runtime = processOf();
    const workspace = runtime.provider("Workspace") as Required<Provider>;
    await configured(workspace, { "fastio:baseUrl": "no URL at all", "fastio:maxWaitSeconds": "never" });
    const { inputs, failures } = await workspace.check({}, inputsOf("offline"));
    expect(failures).toEqual([]);
    const state = { __inputs: JSON.stringify(inputs) };
    expect(await workspace.diff("1", state, inputs)).toMatchObject({ changes: false });
    expect((await failureOf(workspace.create(inputs))).message).toMatch(/fastio:maxWaitSeconds must be a number/);
});

describe("errors as the host needs them", () => {
    test("3.15 a failure half-way has id, provider text and inputs", async () => {
        const { relay, baseUrl } = await relayTo(emulator, ({ url }) => url?.endsWith("/archive/") === true);
        try {
            const one = processOf().provider("Workspace") as Required<Provider>;
            await configured(one, { ...config, "fastio:baseUrl": baseUrl });
            const { inputs } = await one.check({}, inputsOf("half", { archived: true }));
            const failure = await failureOf(one.create(inputs));
            expect(failure.id).toMatch(/^\d{19}$/);
            expect(failure.properties).toMatchObject({ __provider: provider, archived: false });
            expect(ownInputs(failure.properties)).toMatchObject({
                organizationId,
                __resource: urnOf("Workspace", "half"),
            });
            expect(failure.reasons).toEqual([failure.message]);
            // The state that the host keeps is enough for the next run.
            const next = await ready();
            expect(await next.read(String(failure.id), failure.properties as Props)).toMatchObject({ id: failure.id });
            const again = await next.update(String(failure.id), failure.properties as Props, inputs);
            expect(again.outs).toMatchObject({ archived: true });
        } finally {
            relay.close();
        }
    });

    test("a refusal has no frames of ours, and what the host logs of it is one line that does not repeat the message", async () => {
        const workspace = await ready();
        const failure = await failureOf(workspace.create(inputsOf("no", { folderName: "workspaces", name: "No" })));
        expect(failure.message).toMatch(/^creating workspace "No" failed: /);
        expect(`${failure}: ${failure.stack}`).toBe(
            'Fast.io: a create of Workspace "no" failed; the error of that resource says why',
        );
        expect(failure).not.toHaveProperty("id");
        const { inputs } = await workspace.check({}, inputsOf("elsewhere"));
        const { outs } = await workspace.create(inputs);
        const elsewhere = { ...outs, __service: "https://other.example" };
        for (const [doing, work] of [
            ["read", workspace.read("1000000000000000001", elsewhere)],
            ["delete", workspace.delete("1000000000000000001", elsewhere)],
        ] as const) {
            const refusal = await failureOf(work);
            expect(refusal.message).toContain("https://other.example");
            expect(`${refusal}: ${refusal.stack}`).toBe(
                `Fast.io: a ${doing} of Workspace "elsewhere" failed; the error of that resource says why`,
            );
        }
    });

    test("a check failure names the property in its reason, because the engine would print the value of one that it names", async () => {
        const workspace = await ready();
        const { failures } = await workspace.check({}, { __provider: provider, organizationId: "acme", nmae: "x" });
        expect(failures?.map(({ property, reason }) => [property, reason.split(": ")[0]]).sort()).toEqual([
            ["", "nmae"],
            ["", "organizationId"],
        ]);
        const { failures: missing } = await workspace.check({}, { __provider: provider });
        expect(missing).toEqual([{ property: "organizationId", reason: "is required" }]);
    });

    test("a secret that is part of the id is refused, and told of without its value", async () => {
        const member = await ready("WorkspaceMember");
        const given = {
            workspaceId: organizationId,
            email: "canary@example.com",
            role: "member",
            __provider: provider,
        };
        expect((await member.check({}, given)).failures).toEqual([]);
        expect((await member.check({}, { ...given, __secrets: ["email"] })).failures).toEqual([
            {
                property: "",
                reason: expect.stringMatching(/^email: must not be secret(?!.*canary).*declare userId instead/),
            },
        ]);
    });

    test("the changes of a secret are counted in plain text, also over a replacement; nothing else is said of it", async () => {
        const share = await ready("Share");
        const check = async (olds: Props, more: Props) =>
            (
                await share.check(olds, {
                    workspaceId: organizationId,
                    title: "Report",
                    shareType: "send",
                    accessOptions: "Anyone with the link",
                    __provider: provider,
                    __resource: urnOf("Share", "counted"),
                    ...more,
                })
            ).inputs as Props;
        const first = await check({}, { password: "first" });
        expect(first).toMatchObject({ "password (secret)": 1 });
        expect(await check(first, { password: "first" })).toEqual(first);
        const second = await check(first, {
            password: "second",
            description: "A secret text.",
            __secrets: ["description"],
        });
        expect(second).toMatchObject({ "password (secret)": 2, "description (secret)": 1 });
        expect(await check({}, { password: "second" })).toMatchObject({ "password (secret)": 2 });
        expect(await check(second, {})).not.toHaveProperty("password (secret)");
        const state = { __inputs: JSON.stringify(first) };
        expect(await share.diff("1", state, { ...first, "password (secret)": 7 })).toMatchObject({ changes: false });
    });

    test("what an import file lacks is told with the command that writes it; of a program it is told alone", async () => {
        const workspace = await ready();
        const inputs = { __provider: provider, name: "Design" };
        const [ofFile] = (await workspace.check(inputs, inputs)).failures ?? [];
        expect(ofFile).toEqual({
            property: "organizationId",
            reason: expect.stringContaining("`npx pulumi-fastio adopt-file Workspace ID` writes it"),
        });
        const [ofProgram] = (await workspace.check({}, inputs)).failures ?? [];
        expect(ofProgram?.reason).not.toContain("adopt-file");
    });

    test("a delete names type and name, never the URN of the last update: the state may have another by now", async () => {
        const one = await ready("Workspace");
        const inputs = inputsOf("urn", {
            __resource: "urn:pulumi:dev::p::my:index:Room$fastio:index:Organization$fastio:index:Workspace::urn",
        });
        const checked = await one.check({}, inputs);
        const { id, outs } = await one.create(checked.inputs);
        const account = await handOver(id);
        const failure = await failureOf((await ready()).delete(id, outs));
        expect(account).toBeDefined();
        expect(failure.message).toContain(
            'take it out of this stack with `pulumi state delete URN`, with the URN of pulumi-nodejs:dynamic/fastio:Workspace "urn" from `pulumi stack --show-urns`',
        );
    });
});

test("warnings are messages of the stack, and hold no credential", async () => {
    const first = await ready();
    const { inputs } = await first.check({}, inputsOf("twice"));
    await first.create(inputs);
    const second = await ready();
    await second.create((await second.check({}, inputsOf("twice"))).inputs);
    const lines = printed.mock.calls.map(([line]) => String(line));
    expect(lines).toEqual([expect.stringMatching(/^Fast\.io warning: workspace \d{19} was already there/)]);
    expect(lines.join()).not.toContain(emulator.token);
});

test("4.3 a stale stored token locks nobody out of refresh, and is an error once something was checked", async () => {
    const workspace = await ready();
    const { inputs } = await workspace.check({}, inputsOf("stale"));
    const { id, outs } = await workspace.create(inputs);
    const stale = { ...config, "fastio:token": "stale-token-of-last-year" };
    process.env.FASTIO_TOKEN = emulator.token;
    try {
        const refreshing = processOf().provider("Workspace") as Required<Provider>;
        await configured(refreshing, stale);
        expect(await refreshing.read(id, outs)).toMatchObject({ id });
        expect(printed.mock.calls.join("\n")).toMatch(/warning: .*agent@example\.com/);
        const updating = processOf().provider("Workspace") as Required<Provider>;
        await configured(updating, stale);
        const news = { ...(await updating.check(inputs, inputsOf("stale"))).inputs, name: "Other" };
        const failure = await failureOf(updating.update(id, outs, news));
        expect(failure.message).toMatch(/rejects the token from the stack configuration/);
    } finally {
        delete process.env.FASTIO_TOKEN;
    }
    expect(printed.mock.calls.join("\n")).not.toContain("stale-token-of-last-year");
});

/** Makes somebody else the owner of a workspace. */
async function handOver(workspaceId: string): Promise<string> {
    const base = config["fastio:baseUrl"] ?? "";
    const account = await fetch(new URL("/_emulator/accounts", base), {
        method: "POST",
        body: JSON.stringify({ email: "new.owner@example.com", accountType: "human" }),
    });
    const { userId } = (await account.json()) as { userId: string };
    for (const path of [`members/${userId}/`, `member/${userId}/transfer_ownership/`])
        await fetch(new URL(`workspace/${workspaceId}/${path}`, base), {
            method: "POST",
            headers: { Authorization: `Bearer ${emulator.token}` },
        });
    return userId;
}

/** A socket in front of an emulator that denies some requests. */
async function relayTo(target: Emulator, denies: (request: { url?: string | undefined }) => boolean) {
    const relay: Server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        if (denies(request)) {
            response.writeHead(401);
            response.end(JSON.stringify({ result: false, error: { code: 1680, text: "No" } }));
            return;
        }
        const { method = "GET", headers } = request;
        const answer = await target.fetch(
            new Request(`http://127.0.0.1${request.url}`, {
                method,
                headers: { authorization: headers.authorization ?? "", "content-type": headers["content-type"] ?? "" },
                ...(method === "GET" ? {} : { body: Buffer.concat(chunks) }),
            }),
        );
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
    });
    await new Promise<void>((resolve) => {
        relay.listen(0, "127.0.0.1", resolve);
    });
    return { relay, baseUrl: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/current/` };
}
