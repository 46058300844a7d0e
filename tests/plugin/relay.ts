/** The way to an emulator, on which requests can be refused, held back and awaited. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../../emulator";

export interface Trouble {
    path: RegExp;
    method?: string;
    /** The service refuses, or takes the request and keeps its answer back until `release`. */
    how: "refuses" | "answers late";
    /** How often; by default once. */
    times?: number;
}

export class Relay {
    readonly troubles: Trouble[] = [];
    readonly #server: Server;
    #held: (() => void)[] = [];
    readonly #asked: string[] = [];
    #awaited: { path: RegExp; found: () => void }[] = [];

    private constructor(private readonly emulator: Emulator) {
        this.#server = createServer((request, response) => void this.#serve(request, response));
    }

    static async open(emulator: Emulator): Promise<Relay> {
        const relay = new Relay(emulator);
        await new Promise<void>((resolve) => {
            relay.#server.listen(0, "127.0.0.1", resolve);
        });
        return relay;
    }

    get baseUrl(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/current/`;
    }

    /** Resolves when the service has taken a request for such a path. */
    taken(path: RegExp): Promise<void> {
        return new Promise((found) => {
            this.#awaited.push({ path, found });
        });
    }

    /** Answers how often such a path has been asked for since. */
    count(path: RegExp): () => number {
        const begin = this.#asked.length;
        return () => this.#asked.slice(begin).filter((url) => path.test(url)).length;
    }

    /** Gives the answers that were kept back. */
    release(): void {
        for (const answer of this.#held.splice(0)) answer();
    }

    close(): void {
        this.release();
        this.#server.closeAllConnections();
        this.#server.close();
    }

    async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { method = "GET", headers, url = "/" } = request;
        this.#asked.push(url);
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const trouble = this.#trouble(method, url);
        if (trouble?.how === "refuses") {
            response.writeHead(406);
            response.end(JSON.stringify({ result: false, error: { code: 1605, text: "No" } }));
            return;
        }
        const { authorization = "", "content-type": type = "" } = headers;
        const body = method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) };
        const sent = { method, headers: { authorization, "content-type": type }, ...body };
        const answer = await this.emulator.fetch(new Request(`http://127.0.0.1${url}`, sent));
        const text = await answer.text();
        const give = () => {
            response.writeHead(answer.status, Object.fromEntries(answer.headers));
            response.end(text);
        };
        if (trouble === undefined) give();
        else this.#held.push(give);
        const isAwaited = ({ path }: { path: RegExp }) => path.test(url);
        for (const { found } of this.#awaited.filter(isAwaited)) found();
        this.#awaited = this.#awaited.filter((one) => !isAwaited(one));
    }

    #trouble(method: string, url: string): Trouble | undefined {
        const trouble = this.troubles.find(
            (one) => one.times !== 0 && one.path.test(url) && (one.method ?? method) === method,
        );
        if (trouble !== undefined) trouble.times = (trouble.times ?? 1) - 1;
        return trouble;
    }
}
