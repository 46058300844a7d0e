/** Where a secret must not be: every way in which one enters, against every text that leaves a process or stays on the disk. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import { pack, unpack } from "../packaging/installation";
import { Caller, type CallFailure, type State } from "../plugin/caller";
import { Service } from "../verbs/service";
import { filesBelow, foundIn as namesFoundIn, Parrot, type Refusal } from "./canaries";
import { frontEnds, Registered, type Verbs } from "./front-ends";

jest.mock("../../provider/api/clock", () => {
    const { ManualClock } = jest.requireActual("../../provider/api/manual-clock");
    return { systemClock: new ManualClock() };
});
jest.setTimeout(60_000);

const sharePassword = 'canary "share" pass&word';
const nextSharePassword = "another canary <of a share>";

let service: Service;
/** Everything that must not be found, by what it is. */
const canaries = new Map<string, string>();
let parrot: Parrot;

beforeAll(async () => {
    service = await Service.open();
    parrot = await Parrot.open(service.baseUrl, canaries);
});
afterAll(async () => {
    parrot.close();
    await service.close();
});

/** What an update of each kind is about. */
const changes: Readonly<Record<string, Properties>> = {
    Organization: { name: "Another" },
    Workspace: { name: "Another" },
    Share: { password: nextSharePassword },
    File: { name: "b.txt" },
    WorkspaceMember: { role: "admin" },
    TransferToken: { rotateWhenExpired: true },
};

const foundIn = (text: string) => namesFoundIn(canaries, text);

/** A state without what it holds as a secret: wrapped by the plugin, declared by the SDK for dynamic resources. */
function plainly(kind: string, value: unknown, isDeclared: boolean): unknown {
    if (Array.isArray(value)) return value.map((one) => plainly(kind, one, isDeclared));
    if (typeof value !== "object" || value === null) return value;
    if ("4dabf18193072939515e22adb298388d" in value) return "secret";
    const { inputs, outputs } = resourcesByKind.get(kind) as NonNullable<ReturnType<typeof resourcesByKind.get>>;
    const isSecret = (name: string) =>
        ({ ...inputs.shape, ...outputs.shape })[name]?.meta()?.secret === true ||
        (inputs.shape[name] as { unwrap?(): { meta(): { secret?: boolean } } } | undefined)?.unwrap?.().meta()?.secret;
    return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
            name,
            isDeclared && isSecret(name) ? "secret" : plainly(kind, one, isDeclared),
        ]),
    );
}

describe.each(frontEnds)("$name", (frontEnd) => {
    const plainOf = (kind: string, value: unknown) => plainly(kind, value, frontEnd.name === "dynamic");
    const processes: Verbs[] = [];
    let printed: string[];
    const told = () => processes.flatMap((one) => (one instanceof Caller ? one.told : []));
    const said = () => [...printed, ...told().map(({ message }) => message)];

    async function start(credentials: Record<string, string>): Promise<Verbs> {
        const started = await frontEnd.start({ baseUrl: parrot.baseUrl, ...credentials, logRequests: "true" });
        processes.push(started);
        return started;
    }
    beforeEach(() => {
        printed = [];
        canaries.clear();
        parrot.refuses = () => undefined;
        for (const method of ["log", "error", "warn", "info", "debug"] as const)
            jest.spyOn(console, method).mockImplementation(
                (...parts) => void printed.push(parts.map(String).join(" ")),
            );
        for (const stream of [process.stdout, process.stderr])
            jest.spyOn(stream, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    });
    afterEach(async () => {
        jest.restoreAllMocks();
        parrot.refuses = () => undefined;
        await Promise.all(processes.splice(0).map((one) => one.close()));
    });

    test.each(["token", "password"])("signed in with a %s", async (way) => {
        await service.reset();
        const email = "owner@example.com";
        const { token, password } = await service.account(email, "agent");
        const credentials = way === "token" ? { token } : { email, password };
        const verbs = await start(credentials);
        const before = new Set(readdirSync(tmpdir()));
        const organization = new Registered("Organization", "org");
        const samples = (kind: string): Properties => resourcesByKind.get(kind)?.samples.minimal ?? {};
        await organization.up(verbs, { ...samples("Organization"), domain: `canaries-${way}` });
        const organizationId = organization.state?.id as string;
        await service.control("POST", "plan", { organizationId, paid: true });
        const workspace = new Registered("Workspace", "workspace");
        await workspace.up(verbs, { organizationId, name: "Design" });
        const workspaceId = workspace.state?.id as string;
        const share = new Registered("Share", "share");
        await share.up(verbs, {
            workspaceId,
            title: "Report",
            shareType: "send",
            accessOptions: "Anyone with the link",
            password: sharePassword,
        });
        const file = new Registered("File", "file");
        await file.up(verbs, { workspaceId, name: "a.txt", source: textAsset("plain content") });
        const member = new Registered("WorkspaceMember", "member");
        await member.up(verbs, { workspaceId, email: "invited@example.com", role: "member" });
        const transfer = new Registered("TransferToken", "transfer");
        await transfer.up(verbs, { organizationId });

        const { tokens } = await service.api("GET", `org/${organizationId}/transfer/token/list/`, undefined, token);
        const { messages } = await service.control<{ messages: { invitationKey?: string }[] }>("GET", "mail");
        const transferToken = tokens[0]?.token as string;
        for (const [name, canary] of Object.entries({
            token,
            "sign-in password": password,
            "share password": sharePassword,
            "next share password": nextSharePassword,
            "transfer token": transferToken,
            "claim URL": `https://go.fast.io/claim?token=${transferToken}`,
            "invitation key": messages.find(({ invitationKey }) => invitationKey)?.invitationKey,
        })) {
            expect([name, canary?.length]).toEqual([name, expect.any(Number)]);
            canaries.set(name, canary as string);
        }
        const made = [organization, workspace, share, file, member, transfer];
        for (const one of made) {
            const { kind, state } = one;
            expect([kind, foundIn(JSON.stringify(plainOf(kind, state)))]).toEqual([kind, []]);
            if (!(verbs instanceof Caller) || state === undefined) continue;
            const previewed = await verbs.create(one.urn, state.inputs, { preview: true });
            expect([kind, foundIn(JSON.stringify(plainOf(kind, previewed.outputs)))]).toEqual([kind, []]);
        }
        // The states hold them, so that what is looked for is what was there.
        expect(foundIn(JSON.stringify(share.state))).toEqual(["share password"]);
        expect(foundIn(JSON.stringify(transfer.state))).toEqual(["transfer token", "claim URL"]);

        expect(foundIn(JSON.stringify(await service.control("GET", "ledger?after=0")))).toEqual([]);
        const left = readdirSync(tmpdir()).filter((name) => !before.has(name) && /fastio|upload/.test(name));
        expect(left).toEqual([]);

        let tried = 0;
        const leaks: string[] = [];
        // Each is refused with what belongs to it, and with what every request brings.
        const all = new Map(canaries);
        const credential = way === "token" ? "token" : "sign-in password";
        const refusedWith = async (names: string[], work: () => Promise<unknown>, status: Refusal) => {
            for (const name of all.keys()) if (![credential, ...names].includes(name)) canaries.delete(name);
            parrot.refuses = status;
            const error = await work().then(
                () => undefined,
                (thrown: CallFailure) => thrown,
            );
            parrot.refuses = () => undefined;
            if (error !== undefined) {
                tried += 1;
                // As a process that dies of it prints it, causes and all.
                leaks.push(...foundIn(`${error.stack} ${inspect(error.cause, { depth: null })}`));
            }
            leaks.push(...said().flatMap(foundIn));
            for (const [name, canary] of all) canaries.set(name, canary);
            return error;
        };
        for (const { kind, urn, state } of made) {
            if (state === undefined) throw new Error(`${kind} has no state`);
            const given = kind === "Share" ? ["share password"] : [];
            const known = kind === "TransferToken" ? ["transfer token", "claim URL"] : given;
            const outputs = { ...state.outputs, forceDestroy: true };
            const changed = { ...state.inputs, ...changes[kind] };
            // A refusal is final; a failure is tried again, and each attempt tells of the last one.
            for (const status of [406, 503]) {
                await refusedWith(
                    known,
                    () => verbs.read(urn, state),
                    () => status,
                );
                await refusedWith(
                    given,
                    () => verbs.create(urn, state.inputs),
                    () => status,
                );
                await refusedWith(
                    kind === "Share" ? [...given, "next share password"] : known,
                    () => verbs.update(urn, state, changed),
                    () => status,
                );
                // What this process has made it does not delete as what another one knew.
                const next = await start(credentials);
                await refusedWith(
                    known,
                    () => next.delete(urn, { ...state, outputs }),
                    (path) => (path.includes("/user/auth/") ? undefined : status),
                );
            }
        }
        // Every verb of each; an update that concerns the provider alone asks the service nothing.
        expect(tried).toBe(2 * (4 * made.length - 1));
        const rejected = await start(credentials);
        await refusedWith(
            [],
            () => rejected.read(organization.urn, organization.state as State),
            () => 401,
        );
        expect(leaks).toEqual([]);

        // It exists, and the rest of its create fails: its state is kept.
        const half = { ...share.state?.inputs, title: "Half-way", archived: true };
        const failure = await refusedWith(
            ["share password"],
            () => verbs.create(share.urn.replace(/share$/, "half"), half),
            (path) => (path.includes("/archive/") ? 406 : undefined),
        );
        const kept = failure?.kept;
        expect(kept).toMatchObject({ id: expect.stringMatching(/^\d{19}$/) });
        expect(foundIn(JSON.stringify(kept))).toEqual(["share password"]);
        expect(foundIn(JSON.stringify([kept?.reasons, plainOf("Share", { ...kept, inputs: {} })]))).toEqual([]);
        expect(leaks).toEqual([]);
        expect(parrot.heard).toBeGreaterThan(0);
        expect(said().join("\n")).toContain("/current/");
        expect(said().flatMap(foundIn)).toEqual([]);
    });
});

const repository = join(__dirname, "..", "..");

/** Processes that know secrets, and the module of each that a crash comes out of. */
const crashing: Record<string, { command: string[]; host?: string }> = {
    "the plugin": {
        command: [join(repository, "dist/pulumi-resource-fastio/pulumi-resource-fastio"), "127.0.0.1:1"],
    },
    "the host of the runtime": {
        command: [process.execPath],
        host: `require(${JSON.stringify(join(repository, "dist/runtime.js"))}).provider("Workspace")
            .configure({ config: { get: (key) => process.env[key] } });`,
    },
    "the command doctor": { command: [process.execPath, join(repository, "bin/pulumi-fastio.js"), "doctor"] },
    "the rehearsal": {
        command: [process.execPath],
        host: `require(${JSON.stringify(join(repository, "dist/rehearsal"))}).rehearse({
            workDir: __dirname,
            stateFile: __dirname + "/state.json",
            secretsPassphrase: process.env.PASSPHRASE,
            config: { "fastio:token": { value: process.env.FASTIO_TOKEN, secret: true } },
        }).up();`,
    },
};

test.each(Object.entries(crashing))("a crash of %s tells no secret", async (_name, { command, host }) => {
    canaries.clear();
    canaries.set("token", "canary-token-0123456789");
    canaries.set("sign-in password", "canary-password-0123456789");
    canaries.set("passphrase", "canary-passphrase-0123456789");
    const folder = mkdtempSync(join(tmpdir(), "canaries-"));
    try {
        const crash = join(folder, "crash.js");
        const [file = "", ...args] = command;
        writeFileSync(join(folder, "Pulumi.yaml"), "name: project\nruntime: nodejs\n");
        writeFileSync(
            crash,
            `setTimeout(() => { ${host ?? ""} setImmediate(() => { throw new Error("broken"); }); }, 300);`,
        );
        const child = spawn(file, host === undefined ? args : [crash], {
            cwd: folder,
            env: {
                PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
                FASTIO_BASE_URL: parrot.baseUrl,
                FASTIO_TOKEN: canaries.get("token"),
                FASTIO_EMAIL: "ann@example.com",
                FASTIO_PASSWORD: canaries.get("sign-in password"),
                PASSPHRASE: canaries.get("passphrase"),
                ...(host === undefined && { NODE_OPTIONS: `--require=${crash}` }),
            },
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
            stream.on("data", (chunk) => {
                output += chunk;
            });
        const [code] = await once(child, "close");
        expect(code).not.toBe(0);
        expect(output).toContain("broken");
        expect(foundIn(output)).toEqual([]);
        // Nor does it leave one behind.
        for (const { path, text } of filesBelow(folder)) expect([path, foundIn(text)]).toEqual([path, []]);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

/** What a secret looks like that somebody left in a file. */
const shapes = {
    "private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    "JSON Web Token": /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
    "registry token": /\bnpm_[A-Za-z0-9]{36}\b|_authToken=/,
    "API key": /\bBearer [A-Za-z0-9]{32,}\b/,
};

test("what is published holds none: the npm package, and the plugin's archive", () => {
    canaries.clear();
    canaries.set("token", "canary-token-0123456789");
    canaries.set("sign-in password", "canary-password-0123456789");
    for (const word of ["canary-token", "canary-password", "canary-share", sharePassword, nextSharePassword])
        canaries.set(word, word);
    const environment = { ...process.env };
    const folder = mkdtempSync(join(tmpdir(), "canaries-"));
    try {
        Object.assign(process.env, {
            FASTIO_TOKEN: canaries.get("token"),
            FASTIO_PASSWORD: canaries.get("sign-in password"),
        });
        const published = join(folder, "published");
        unpack(pack(folder), join(published, "npm"));
        execFileSync(process.execPath, ["scripts/pack-plugin.mjs", join(folder, "archives")], { cwd: repository });
        const [archive = ""] = readdirSync(join(folder, "archives"));
        mkdirSync(join(published, "plugin"));
        execFileSync("tar", ["-xzf", join(folder, "archives", archive), "-C", join(published, "plugin")]);
        const all = filesBelow(published);
        expect(all.map(({ path }) => path)).toEqual(
            expect.arrayContaining(["npm/package.json", "npm/dist/runtime.js", "plugin/plugin.js"]),
        );
        for (const { path, text } of all) {
            const seen = Object.entries(shapes).flatMap(([name, shape]) => (shape.test(text) ? [name] : []));
            expect([path, foundIn(text), seen]).toEqual([path, [], []]);
        }
    } finally {
        process.env = environment;
        rmSync(folder, { recursive: true });
    }
});
