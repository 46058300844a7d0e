/** The way to an emulator, on which one write meets a fault. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../../emulator";

/** A request and what the service would answer; asking for the answer carries it out. */
export interface Passing {
    response: ServerResponse;
    /** The service's time, in milliseconds since the epoch. */
    serviceTime: number;
    /** Does what the request asks for, and answers what the service says of it. */
    carryOut(): Promise<{ status: number; headers: Record<string, string>; text: string }>;
    /** Gives an answer in place of the service's. */
    answer(status: number, body: object, headers?: Record<string, string>): void;
}

export interface Fault {
    name: string;
    /** Whether the request is carried out all the same. */
    commits: boolean;
    strike(passing: Passing): void | Promise<void>;
    /** What happens to all that comes after, in the same run. */
    afterwards?(passing: Passing): void | Promise<void>;
}

/** `POST workspace/{id}/create/share`: method and path, ids left out. */
export type Write = string;

function writeOf(method: string, url: string): Write {
    const { pathname } = new URL(url, "http://localhost");
    const segments = pathname.replace(/^\/current\/|\/$/g, "").split("/");
    return `${method} ${segments.map((one) => (/[^a-z_-]/.test(one) ? "{id}" : one)).join("/")}`;
}

export class Way {
    /** The writes that passed, in their order. */
    readonly writes: Write[] = [];
    #choose: (write: Write, nth: number) => Fault | undefined = () => undefined;
    #struck: Fault | undefined;
    #serviceTime = 0;
    readonly #underWay = new Set<Promise<void>>();
    readonly #server: Server;

    private constructor(private readonly emulator: Emulator) {
        this.#server = createServer((request, response) => {
            // Whoever asked may be gone by now.
            const served = this.#serve(request, response).catch(() => {});
            this.#underWay.add(served);
            void served.then(() => this.#underWay.delete(served));
        });
    }

    static async open(emulator: Emulator): Promise<Way> {
        const way = new Way(emulator);
        await new Promise<void>((resolve) => way.#server.listen(0, "127.0.0.1", resolve));
        return way;
    }

    get baseUrl(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/current/`;
    }

    get struck(): boolean {
        return this.#struck !== undefined;
    }

    /** Counts writes anew. The one with this number, from 0, meets the fault where there is one. */
    begin(fault?: Fault, nth = 0): void {
        this.beginChoosing((_write, number) => (number === nth ? fault : undefined));
    }

    /** The same with a fault for each write that is given one. */
    beginChoosing(choose: (write: Write, nth: number) => Fault | undefined): void {
        this.writes.length = 0;
        this.#struck = undefined;
        this.#choose = choose;
    }

    /** When nothing is being carried out. */
    async idle(): Promise<void> {
        while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { method = "GET", headers, url = "/" } = request;
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const { authorization = "", "content-type": type = "" } = headers;
        const isRead = method === "GET" || method === "HEAD";
        const passing: Passing = {
            response,
            serviceTime: this.#serviceTime,
            carryOut: async () => {
                const sent = { method, headers: { authorization, "content-type": type } };
                const body = isRead ? {} : { body: Buffer.concat(chunks) };
                const answer = await this.emulator.fetch(new Request(`http://127.0.0.1${url}`, { ...sent, ...body }));
                return {
                    status: answer.status,
                    headers: Object.fromEntries(answer.headers),
                    text: await answer.text(),
                };
            },
            answer: (status, body, more = {}) => {
                response.writeHead(status, { "content-type": "application/json", ...more });
                response.end(JSON.stringify(body));
            },
        };
        if (this.#struck?.afterwards) return this.#struck.afterwards(passing);
        if (!isRead) {
            const write = writeOf(method, url);
            const fault = this.#choose(write, this.writes.push(write) - 1);
            if (fault !== undefined) {
                this.#struck = fault;
                return fault.strike(passing);
            }
        }
        const { status, headers: answered, text } = await passing.carryOut();
        this.#serviceTime = Date.parse(answered.date ?? "") || Date.now();
        response.writeHead(status, answered);
        response.end(text);
    }
}
