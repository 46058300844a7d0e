/** Where a secret must not be: every way in which one enters, against every text that leaves a process or stays on the disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import { Caller } from "../plugin/caller";
import { Service } from "../verbs/service";
import { frontEnds, Registered, type Verbs } from "./front-ends";

jest.setTimeout(60_000);

const sharePassword = 'canary "share" pass&word';

let service: Service;
/** Everything that must not be found, by what it is. */
const canaries = new Map<string, string>();
/** Passes all on to the service, or refuses it and repeats all that it knows. */
let parrot: Server;
let baseUrl: string;
let refuses = false;
let heard = 0;

beforeAll(async () => {
    service = await Service.open();
    parrot = createServer(async (request, response) => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const body = Buffer.concat(pieces);
        if (refuses) {
            heard += 1;
            const form = [...new URLSearchParams(body.toString()).values()].join(" ");
            const text = `${request.url} ${JSON.stringify(request.headers)} ${body} ${form} ${[...canaries.values()].join(" ")}`;
            response.writeHead(406, { "content-type": "application/json" });
            response.end(JSON.stringify({ result: false, error: { code: 1605, text } }));
            return;
        }
        const { authorization = "", "content-type": type = "" } = request.headers;
        const answer = await fetch(new URL(request.url ?? "", service.baseUrl), {
            method: request.method ?? "GET",
            headers: { authorization, ...(type && { "content-type": type }) },
            ...(body.length > 0 && { body }),
        });
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
        response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((resolve) => parrot.listen(0, "127.0.0.1", resolve));
    baseUrl = `http://127.0.0.1:${(parrot.address() as AddressInfo).port}/current/`;
});
afterAll(async () => {
    parrot.closeAllConnections();
    parrot.close();
    await service.close();
});

/** The names of the canaries in a text, however they are written. */
function foundIn(text: string): string[] {
    return [...canaries].flatMap(([name, canary]) =>
        [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)].some((one) => text.includes(one))
            ? [name]
            : [],
    );
}

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
    let verbs: Verbs;
    let printed: string[];
    const said = () => [...printed, ...(verbs instanceof Caller ? verbs.told.map(({ message }) => message) : [])];

    async function start(credentials: Record<string, string>): Promise<void> {
        verbs = await frontEnd.start({ baseUrl, ...credentials, logRequests: "true" });
    }
    beforeEach(() => {
        printed = [];
        canaries.clear();
        refuses = false;
        for (const method of ["log", "error", "warn", "info", "debug"] as const)
            jest.spyOn(console, method).mockImplementation(
                (...parts) => void printed.push(parts.map(String).join(" ")),
            );
        for (const stream of [process.stdout, process.stderr])
            jest.spyOn(stream, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
    });
    afterEach(async () => {
        jest.restoreAllMocks();
        refuses = false;
        await verbs.close();
    });

    test.each(["token", "password"])("signed in with a %s", async (way) => {
        await service.reset();
        const email = "owner@example.com";
        const { token, password } = await service.account(email, "agent");
        await start(way === "token" ? { token } : { email, password });
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
        const refusedWith = async (names: string[], work: () => Promise<unknown>) => {
            for (const name of all.keys()) if (![credential, ...names].includes(name)) canaries.delete(name);
            refuses = true;
            const error = await work().then(
                () => undefined,
                (thrown: Error) => thrown,
            );
            refuses = false;
            if (error !== undefined) {
                tried += 1;
                leaks.push(...foundIn(`${inspect(error.message)} ${error.stack}`));
            }
            for (const [name, canary] of all) canaries.set(name, canary);
        };
        for (const { kind, urn, state } of made) {
            if (state === undefined) throw new Error(`${kind} has no state`);
            const given = kind === "Share" ? ["share password"] : [];
            const known = kind === "TransferToken" ? ["transfer token", "claim URL"] : given;
            const outputs = { ...state.outputs, forceDestroy: true };
            await refusedWith(known, () => verbs.read(urn, state));
            await refusedWith(given, () => verbs.create(urn, state.inputs));
            await refusedWith(known, () => verbs.delete(urn, { ...state, outputs }));
        }
        expect(tried).toBeGreaterThanOrEqual(2 * made.length);
        expect(heard).toBeGreaterThan(0);
        expect(leaks).toEqual([]);
        expect(said().join("\n")).toContain("/current/");
        expect(said().flatMap(foundIn)).toEqual([]);
    });
});

test.each(["pulumi-resource-fastio", "runtime"])("a crash of %s tells no secret", async (what) => {
    canaries.clear();
    canaries.set("token", "canary-token-0123456789");
    canaries.set("sign-in password", "canary-password-0123456789");
    const folder = mkdtempSync(join(tmpdir(), "canaries-"));
    try {
        const crash = join(folder, "crash.js");
        const runtime = join(__dirname, "../../dist/runtime.js");
        const host = `require(${JSON.stringify(runtime)}).provider("Workspace").configure({ config: { get: (key) => process.env[key] } });`;
        writeFileSync(
            crash,
            `setTimeout(() => { ${what === "runtime" ? host : ""} setImmediate(() => { throw new Error("broken"); }); }, 300);`,
        );
        const command =
            what === "runtime" ? process.execPath : join(__dirname, "../../dist/pulumi-resource-fastio", what);
        const child = spawn(command, what === "runtime" ? [crash] : ["127.0.0.1:1"], {
            env: {
                PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
                FASTIO_TOKEN: canaries.get("token"),
                FASTIO_EMAIL: "ann@example.com",
                FASTIO_PASSWORD: canaries.get("sign-in password"),
                ...(what !== "runtime" && { NODE_OPTIONS: `--require=${crash}` }),
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
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test("what is built holds none", () => {
    canaries.clear();
    for (const word of ["canary-token", "canary-password", "canary-share", sharePassword]) canaries.set(word, word);
    const built = join(__dirname, "../../dist");
    const files = readdirSync(built, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files)
        expect([name, foundIn(readFileSync(join(parentPath, name), "latin1"))]).toEqual([name, []]);
});
