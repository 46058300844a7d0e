/** What must not be found, where to look for it, and a server that repeats all that it hears. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";

/** Secrets by what they are. */
export type Canaries = ReadonlyMap<string, string>;

/** The names of the canaries in a text, however they are written. */
export function foundIn(canaries: Canaries, text: string): string[] {
    return [...canaries].flatMap(([name, canary]) =>
        [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)].some((one) => text.includes(one))
            ? [name]
            : [],
    );
}

/** All files of a folder; what links lead to is not in it. */
export function filesBelow(folder: string, within = folder): { path: string; text: string }[] {
    return readdirSync(within, { withFileTypes: true }).flatMap((one) => {
        const path = join(within, one.name);
        if (one.isDirectory()) return filesBelow(folder, path);
        return one.isFile() ? [{ path: relative(folder, path), text: readFileSync(path, "latin1") }] : [];
    });
}

/** The status of the refusal, where a request is refused. */
export type Refusal = (path: string) => number | undefined | Promise<number | undefined>;

/** Passes all on to the service, or refuses it and repeats all that it knows. */
export class Parrot {
    refuses: Refusal = () => undefined;
    /** How many requests it refused. */
    heard = 0;
    /** Of the sign-ins that it passed on. */
    readonly tokens = new Set<string>();
    readonly #server: Server;

    private constructor(
        private readonly service: string,
        private readonly canaries: Canaries,
    ) {
        this.#server = createServer(async (request, response) => {
            const pieces: Buffer[] = [];
            for await (const piece of request) pieces.push(piece as Buffer);
            const answer = await this.#answer(request, Buffer.concat(pieces)).catch((error: Error) => {
                console.error(error);
                return undefined;
            });
            if (answer === undefined) return void response.destroy();
            const { status, type, body } = answer;
            const heard = type === undefined ? { "x-request-id": body.toString().slice(0, 200) } : {};
            response.writeHead(status, { "content-type": type ?? "application/json", ...heard });
            response.end(type === undefined ? JSON.stringify({ result: false, error: { text: `${body}` } }) : body);
        });
    }

    /** In front of the service at that base URL. What it repeats is the request, and all of the canaries. */
    static async open(service: string, canaries: Canaries = new Map()): Promise<Parrot> {
        const parrot = new Parrot(service, canaries);
        await new Promise<void>((resolve) => parrot.#server.listen(0, "127.0.0.1", resolve));
        return parrot;
    }

    get baseUrl(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/current/`;
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }

    /** What the service answers; without a type, a refusal's text. */
    async #answer({ url = "", method = "GET", headers }: IncomingMessage, sent: Buffer) {
        const status = await this.refuses(url);
        if (status !== undefined) {
            this.heard += 1;
            const form = [...new URLSearchParams(sent.toString()).values()].join(" ");
            const text = `${url} ${JSON.stringify(headers)} ${sent} ${form} ${[...this.canaries.values()].join(" ")}`;
            return { status, body: Buffer.from(text) };
        }
        const { authorization = "", "content-type": type = "" } = headers;
        const answer = await fetch(new URL(url, this.service), {
            method,
            headers: { authorization, ...(type && { "content-type": type }) },
            ...(sent.length > 0 && { body: sent }),
        });
        const body = Buffer.from(await answer.arrayBuffer());
        const [, token] = /"auth_token":"([^"]+)"/.exec(body.toString()) ?? [];
        if (token !== undefined) this.tokens.add(token);
        return { status: answer.status, type: answer.headers.get("content-type") ?? "", body };
    }
}
