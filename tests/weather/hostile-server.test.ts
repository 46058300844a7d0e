/** A server that means harm: nothing hangs, grows or breaks, no id of its making enters a state, and its text reaches the terminal escaped. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ApiClient } from "../../provider/api/client";
import type { Properties } from "../../provider/core/define";
import { resources } from "../../provider/resources";
import { Caller, type State, urnOf } from "../plugin/caller";
import { frontEnds, type Verbs } from "./front-ends";
import { attempts, record } from "./reliability";

jest.setTimeout(120_000);

const token = "canary-token-0123456789";
const organization = "3".repeat(19);
const workspace = "4".repeat(19);

let answer: RequestListener;
let server: Server;
let baseUrl: string;
let requests = 0;

const opened = async (one: Server) => {
    await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    return (one.address() as AddressInfo).port;
};

beforeAll(async () => {
    server = createServer((request, response) => {
        requests += 1;
        answer(request, response);
    });
    baseUrl = `http://127.0.0.1:${await opened(server)}/current/`;
});
beforeEach(() => {
    requests = 0;
});
afterAll(() => {
    server.closeAllConnections();
    server.close();
});

const json =
    (body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) => {
        response.writeHead(status, { "content-type": "application/json", ...headers });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
    };

const failureOf = (work: Promise<unknown>): Promise<Error> =>
    work.then(
        () => {
            throw new Error("nothing failed");
        },
        (error: Error) => error,
    );

/** What a terminal would obey: anything but line breaks and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const orders = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const escapes = "\u001b]0;owned\u0007\u009b31m\u202egnp.exe\r\u001b[2J";

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** Answers that no honest service gives; each for everything that is asked. */
const lies: Record<string, unknown> = {
    "no JSON": "<html>",
    nothing: "",
    "a list": "[]",
    "a number": "7",
    null: "null",
    "ids that are objects": {
        result: true,
        org: { id: {} },
        workspace: { id: [] },
        share: { id: true },
        node: { id: null },
    },
    "ids that are paths": {
        result: true,
        org: { id: "../../user/me" },
        workspace: { id: ".." },
        share: { id: "a/b?c#d" },
        node: { id: "\u0000" },
        member: { id: " " },
        invitation: { id: "\n" },
    },
    "ids that are endless": { result: true, org: { id: "9".repeat(100_000) }, workspace: { id: "9".repeat(100_000) } },
    "prototype keys": `{"result":true,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"org":{"__proto__":{"id":"${organization}"}},"workspace":{"constructor":1,"__proto__":{"id":"${workspace}"}},"share":{"__proto__":{"id":"1"}}}`,
    "deep objects": `{"result":true,"org":${deep(50_000)},"workspace":${deep(50_000)},"share":${deep(50_000)}}`,
    "deep lists": `{"result":true,"org":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "deep beside a long number": `{"result":true,"n":12345678901234567890,"org":${deep(50_000)}}`,
    "wrong types": {
        result: true,
        org: "yes",
        orgs: { 0: 1 },
        workspace: 5,
        workspaces: "many",
        share: [1],
        shares: 1,
        users: "everybody",
        invitations: { a: 1 },
        nodes: { items: "x" },
        tokens: [1, null],
    },
    "a refusal of nonsense": { result: false, error: { code: {}, text: [1], params: { a: { b: 1 } } } },
};

const minimal = (kind: string): Properties => {
    const samples = resources.find((one) => one.kind === kind)?.samples.minimal ?? {};
    return { ...samples };
};

const kinds = resources.map(({ kind }) => kind);

describe.each(frontEnds)("$name", (frontEnd) => {
    let provider: Verbs;
    const printed = jest.spyOn(console, "log").mockImplementation(() => {});
    beforeEach(async () => {
        provider = await frontEnd.start({ baseUrl, token });
    });
    afterEach(() => provider.close());
    afterAll(() => printed.mockRestore());

    const known = (kind: string, inputs: Properties): State => ({
        id: ["Folder", "File", "TransferToken"].includes(kind) ? `${workspace}/abc` : workspace,
        inputs,
        outputs: { ...inputs, __inputs: JSON.stringify(inputs), __service: new URL(baseUrl).origin },
    });

    test.each(Object.entries(lies))(
        "%s: no kind makes anything of it, and no state loses anything",
        async (_name, lie) => {
            answer = json(lie);
            for (const kind of kinds) {
                const { inputs, failures } = await provider.check(urnOf(kind), {}, minimal(kind));
                expect(failures).toEqual([]);
                const create = await failureOf(provider.create(urnOf(kind), inputs)).catch(() => undefined);
                expect(`${kind}: ${create?.message}`).toMatch(/creating .* failed/);
                expect(
                    `${kind}: ${(await failureOf(provider.read(urnOf(kind), known(kind, inputs)))).message}`,
                ).toMatch(/reading .* failed/);
                expect(create?.message.length).toBeLessThan(3000);
                record({ attempt: attempts.answer, frontEnd: frontEnd.name, engine: "none", outcome: "recovered" });
            }
            expect(({} as { polluted?: number }).polluted).toBeUndefined();
            expect(requests).toBeLessThan(40 * kinds.length);
        },
    );

    test("a body without an end is cut off, and memory does not grow with it", async () => {
        const chunk = Buffer.alloc(1024 * 1024, " ");
        let sent = 0;
        answer = (_request, response) => {
            response.writeHead(200);
            const more = () => {
                while (!response.destroyed) {
                    sent += 1;
                    if (!response.write(chunk)) return void response.once("drain", more);
                }
            };
            more();
        };
        const { inputs } = await provider.check(urnOf("Organization"), {}, minimal("Organization"));
        const { message } = await failureOf(provider.read(urnOf("Organization"), known("Organization", inputs)));
        expect(message).toMatch(/larger than 32 MiB/);
        expect(requests).toBe(1);
        expect(sent).toBeLessThan(64);
    });

    test("texts, field names and request ids of the server arrive escaped, in errors and in log lines", async () => {
        const refusal = {
            result: false,
            error: { code: 1605, text: escapes, params: [{ name: escapes, message: escapes }] },
        };
        const logging = await frontEnd.start({ baseUrl, token, logRequests: "true" });
        const { inputs } = await logging.check(
            urnOf("Workspace"),
            {},
            { ...minimal("Workspace"), organizationId: organization },
        );
        for (const status of [400, 401, 404, 406, 409, 500]) {
            answer = json(refusal, status, { "x-request-id": "\u009b31mred" });
            const ended = await Promise.allSettled([
                logging.create(urnOf("Workspace"), inputs),
                logging.read(urnOf("Workspace"), known("Workspace", inputs)),
                logging.delete(urnOf("Workspace"), known("Workspace", inputs)),
            ]);
            for (const one of ended) {
                const message = one.status === "rejected" ? (one.reason as Error).message : undefined;
                expect(`${status} ${message}`).not.toMatch(orders);
            }
        }
        const told = logging instanceof Caller ? logging.told.map(({ message }) => message) : printed.mock.calls.flat();
        expect(told.length).toBeGreaterThan(10);
        expect(told.join("\n")).not.toMatch(orders);
        await logging.close();
    });

    test("a redirect never takes the token or the password along, whatever its status and wherever it points", async () => {
        const elsewhere: string[] = [];
        const other = createServer(({ headers }, response) => {
            elsewhere.push(JSON.stringify(headers));
            response.end();
        });
        const port = await opened(other);
        for (const status of [301, 302, 303, 307, 308]) {
            for (const location of [
                `http://127.0.0.1:${port}/`,
                `http://localhost:${port}/current/`,
                "/current/elsewhere/",
            ]) {
                answer = (request, response) => {
                    if (request.url?.includes("elsewhere")) elsewhere.push("followed");
                    response.writeHead(status, { location });
                    response.end();
                };
                const { inputs } = await provider.check(urnOf("Workspace"), {}, { ...minimal("Workspace") });
                const signingIn = await frontEnd.start({ baseUrl, email: "ann@example.com", password: token });
                for (const work of [
                    () => provider.create(urnOf("Workspace"), inputs),
                    () => provider.read(urnOf("Workspace"), known("Workspace", inputs)),
                    () => provider.delete(urnOf("Workspace"), known("Workspace", inputs)),
                    () => signingIn.read(urnOf("Workspace"), known("Workspace", inputs)),
                ])
                    expect((await failureOf(work())).message).toMatch(/redirects \(HTTP 30\d\)/);
                await signingIn.close();
            }
        }
        expect(elsewhere).toEqual([]);
        other.close();
    });

    test.each([
        "http://api.fast.io/current/",
        "http://10.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "ftp://127.0.0.1/",
    ])("the base URL %s is refused before anything is sent", async (address) => {
        const wrong = await frontEnd.start({ baseUrl: address, token });
        const { inputs } = await wrong.check(urnOf("Workspace"), {}, minimal("Workspace"));
        const { message } = await failureOf(wrong.create(urnOf("Workspace"), inputs));
        expect(message).toMatch(/would carry the token unencrypted|https/);
        expect(message).not.toContain(token);
        await wrong.close();
    });
});

test("a certificate that nobody vouches for ends the connection, also where the process was told to ignore that", async () => {
    const folder = mkdtempSync(join(tmpdir(), "self-signed-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync(
        "openssl",
        [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "1",
            "-keyout",
            key,
            "-out",
            cert,
            ...subject,
        ],
        { stdio: "ignore" },
    );
    const seen: string[] = [];
    const secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ headers }, response) => {
        seen.push(headers.authorization ?? "");
        response.end(JSON.stringify({ result: true }));
    });
    const address = `https://localhost:${await opened(secure)}/current/`;
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    const quiet = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
    try {
        for (const told of [undefined, "0"]) {
            if (told === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
            else process.env.NODE_TLS_REJECT_UNAUTHORIZED = told;
            const client = new ApiClient({
                baseUrl: address,
                credentials: [{ name: "the test", token }],
                userAgent: "weather/1",
            });
            const request = {
                operation: "look",
                method: "POST",
                path: ["org"],
                kind: "create",
                answer: z.unknown(),
            } as const;
            const { message } = await failureOf(client.request(request));
            expect(message).toMatch(/self-signed certificate/);
            await client.close();
        }
        expect(seen).toEqual([]);
    } finally {
        quiet.mockRestore();
        if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
        secure.closeAllConnections();
        secure.close();
        rmSync(folder, { recursive: true });
    }
});
