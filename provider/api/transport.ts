// One request over undici: connection reuse, proxies, time limit, size limit, and whether anything was sent.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { isLoopback } from "./base-url";
import type { Body } from "./encode";
import { AbortedError, AnswerError, type AnswerProblem, ConnectionError, nextByProblem, TimeoutError } from "./errors";

export interface Exchange {
    operation: string;
    attempts: number;
    method: Dispatcher.HttpMethod;
    url: URL;
    headers: Record<string, string>;
    body: Body | undefined;
    /** The answer is bytes of which only length and hash are asked for. */
    digest: boolean;
    /** Where the bytes of such an answer are written. */
    into: string | undefined;
    timeoutMs: number;
    signal: AbortSignal | undefined;
    redact: (text: string) => string;
}

export interface RawAnswer {
    status: number;
    headers: Readonly<Record<string, string>>;
    text: string;
}

const maxAnswerBytes = 32 * 1024 * 1024;
const requestIdHeaders = ["x-ve-reqid", "x-request-id", "x-ve-request-id", "request-id", "cf-ray"];

/** The id that the service's support asks for; what does not look like one is not shown. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
    return requestIdHeaders
        .map((name) => headers[name])
        .find((id) => id !== undefined && /^[\w.:/+=-]{1,128}$/.test(id));
}

/** What undici says, without what it carries along (sockets, headers): only text that has been redacted. */
function cleanCause(cause: unknown, redact: (text: string) => string): { cause: Error; text: string } {
    const { message = "", code } = Object(cause) as Partial<NodeJS.ErrnoException>;
    const text =
        redact([message, code].filter((part) => part !== undefined && part !== "").join(", ")) || "unknown cause";
    return { cause: new Error(text), text };
}

export class Transport {
    readonly #origin: URL;
    readonly #given: Dispatcher | undefined;
    #own: Promise<Dispatcher> | undefined;

    constructor(origin: URL, dispatcher?: Dispatcher) {
        this.#origin = origin;
        this.#given = dispatcher;
    }

    async send(exchange: Exchange): Promise<RawAnswer> {
        const { method, url, body, signal, timeoutMs, operation, attempts, redact } = exchange;
        const deadline = AbortSignal.timeout(timeoutMs);
        // undici reads a body only once it holds a connection: an unread one proves that nothing was sent.
        let sent = body === undefined;
        let unreadable: unknown;
        async function* read({ size, open }: Body) {
            sent = true;
            try {
                if (size > 0) {
                    yield* open();
                }
            } catch (error) {
                unreadable = error;
                throw error;
            }
        }
        let answer: Dispatcher.ResponseData | undefined;
        try {
            const dispatcher = await this.#dispatcher();
            answer = await dispatcher.request({
                origin: url.origin,
                path: url.pathname + url.search,
                method,
                headers: {
                    ...exchange.headers,
                    ...(body === undefined ? {} : { "content-type": body.type, "content-length": String(body.size) }),
                },
                body: body === undefined ? null : Readable.from(read(body), { objectMode: false }),
                signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
            });
            return await this.#read(answer, exchange);
        } catch (error) {
            if (error instanceof AnswerError) {
                throw error;
            }
            if (unreadable !== undefined) {
                throw unreadable;
            }
            const { cause, text } = cleanCause(error, redact);
            if (signal?.aborted) {
                throw new AbortedError({ operation, attempts, sent, reason: signal.reason });
            }
            if (deadline.aborted) {
                throw new TimeoutError({
                    operation,
                    attempts,
                    sent,
                    problem: `no complete answer from ${url.origin} within ${timeoutMs / 1000} s`,
                    next: "Try again; if it stays, look at the network and at the service's status.",
                });
            }
            if (answer !== undefined) {
                throw unusable(exchange, headOf(answer), "truncated", `the answer broke off: ${text}`);
            }
            throw new ConnectionError({
                operation,
                attempts,
                sent,
                cause,
                problem: sent
                    ? `the connection to ${url.origin} broke before an answer: ${text}`
                    : `no connection to ${url.origin}: ${text}`,
                next: "Check the network, the proxy variables and the base URL, then try again.",
            });
        }
    }

    async close(): Promise<void> {
        await (await this.#own)?.destroy();
    }

    async #read(answer: Dispatcher.ResponseData, exchange: Exchange): Promise<RawAnswer> {
        const { body } = answer;
        const head = headOf(answer);
        if (head.status >= 300 && head.status < 400) {
            discard(body);
            const problem = `the service redirects (HTTP ${head.status}), and a token is never sent on to another address`;
            throw unusable(exchange, head, "redirect", problem);
        }
        if (exchange.digest && head.status < 300) {
            return { ...head, text: JSON.stringify({ result: true, ...(await digest(body, exchange.into)) }) };
        }
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of body) {
            size += chunk.length;
            if (size > maxAnswerBytes) {
                discard(body);
                const problem = `the answer is larger than ${maxAnswerBytes / 1024 / 1024} MiB`;
                throw unusable(exchange, head, "too-large", problem);
            }
            chunks.push(chunk);
        }
        return { ...head, text: Buffer.concat(chunks).toString("utf8") };
    }

    #dispatcher(): Promise<Dispatcher> {
        if (this.#given !== undefined) {
            return Promise.resolve(this.#given);
        }
        this.#own ??= this.#connect();
        return this.#own;
    }

    async #connect(): Promise<Dispatcher> {
        // Whatever NODE_TLS_REJECT_UNAUTHORIZED says for other code in this process.
        const certified = { rejectUnauthorized: true };
        // Loaded at the first request: a preview makes none, and must not pay for it.
        const { Agent, EnvHttpProxyAgent } = await import("undici");
        const options = {
            // One stream per connection keeps "was it sent" answerable.
            allowH2: false,
            connections: 64,
            headersTimeout: 0,
            bodyTimeout: 0,
            connect: certified,
            requestTls: certified,
            proxyTls: certified,
        };
        const proxy = process.env.http_proxy ?? process.env.HTTP_PROXY;
        const proxyHost = proxy !== undefined && URL.canParse(proxy) ? new URL(proxy).hostname : "";
        // A proxy elsewhere cannot reach this machine's loopback, and plain http must not leave the machine.
        return isLoopback(this.#origin.hostname) && !isLoopback(proxyHost)
            ? new Agent(options)
            : new EnvHttpProxyAgent(options);
    }
}

/** Length and hash of the bytes, which are written into a file where one is named. */
async function digest(body: AsyncIterable<Buffer>, into: string | undefined) {
    const hash = createHash("sha256");
    let size = 0;
    const file = into === undefined ? undefined : await open(into, "w");
    try {
        for await (const chunk of body) {
            size += chunk.length;
            hash.update(chunk);
            await file?.writeFile(chunk);
        }
    } finally {
        await file?.close();
    }
    return { size, sha256: hash.digest("hex") };
}

/** Ends an answer that is not read to its end; undici reports that as an error, which is none here. */
function discard(body: Readable): void {
    body.on("error", () => {}).destroy();
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData): Omit<RawAnswer, "text"> {
    const single = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, Array.isArray(value) ? (value[0] ?? "") : value]],
    );
    return { status: statusCode, headers: Object.fromEntries(single) };
}

/** The error of an answer that cannot be used. */
export function unusable(
    { operation, attempts }: Exchange,
    { status, headers }: Omit<RawAnswer, "text">,
    reason: AnswerProblem,
    problem: string,
): AnswerError {
    const requestId = requestIdOf(headers);
    return new AnswerError({
        operation,
        attempts,
        reason,
        status,
        problem,
        next: nextByProblem[reason],
        ...(requestId === undefined ? {} : { requestId }),
    });
}
