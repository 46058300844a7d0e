// A service on loopback that answers as a test says, and a client of it on a clock that moves by itself.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Server as TcpServer } from "node:net";
import { ApiClient, type ApiClientOptions } from "./client";
import { ManualClock } from "./manual-clock";

export const token = "canary-token-7f3a";
export const password = "canary-pass%word 9";

export interface Seen {
    method: string;
    url: string;
    headers: IncomingMessage["headers"];
    body: string;
}

export type Answer = (response: ServerResponse, seen: Seen) => void;

export const closers: (() => Promise<unknown>)[] = [];

/** Ends what the tests of a file opened. */
export async function closeAll(): Promise<void> {
    await Promise.all(closers.splice(0).map((close) => close()));
}

export async function listening(server: Server | TcpServer): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
}

/** A service on loopback that gives the answers one after the other, and the last one from then on. */
export async function service(...answers: Answer[]) {
    const seen: Seen[] = [];
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk);
        }
        const { method = "", url = "", headers } = request;
        const one = { method, url, headers, body: Buffer.concat(chunks).toString("latin1") };
        seen.push(one);
        (answers.length > 1 ? answers.shift() : answers[0])?.(response, one);
    });
    const port = await listening(server);
    closers.push(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });
    return { baseUrl: `http://127.0.0.1:${port}/current/`, seen };
}

export function client(baseUrl: string, options: Partial<ApiClientOptions> = {}) {
    const lines: string[] = [];
    const clock = new ManualClock();
    const made = new ApiClient({
        baseUrl,
        credentials: [{ name: "the test", token }],
        userAgent: "pulumi-fastio/test",
        clock,
        log: (severity, message) => lines.push(`${severity}: ${message}`),
        ...options,
    });
    closers.push(() => made.close());
    return Object.assign(made, { lines, clock });
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
    return text(JSON.stringify(body), status, { "content-type": "application/json", ...headers });
}

export function text(body: string, status = 200, headers: Record<string, string> = {}): Answer {
    return (response) => response.writeHead(status, headers).end(body);
}

export function refused(code: number, status: number, message = "No", headers: Record<string, string> = {}): Answer {
    return json({ result: false, error: { code, text: message } }, status, headers);
}
