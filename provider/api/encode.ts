// From a request's parts to an address, headers and a body.
import { randomUUID } from "node:crypto";
import { ConfigurationError } from "./errors";

/** `null` is sent as the literal text "null", which clears a value. Structures are JSON-encoded by the caller. */
export type FormValue = string | number | boolean | null;

/** Bytes of a known length, opened anew each time they are sent. */
export interface Content {
    readonly size: number;
    open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface Multipart {
    fields?: Readonly<Record<string, FormValue>>;
    file: { part: string; name: string; type?: string; content: Content };
}

export interface RequestParts {
    operation: string;
    method: "GET" | "POST" | "DELETE" | "PUT" | "HEAD";
    path: readonly string[];
    query?: Readonly<Record<string, FormValue>>;
    form?: Readonly<Record<string, FormValue>>;
    json?: unknown;
    multipart?: Multipart;
}

export interface Body extends Content {
    readonly type: string;
}

function bodyOf(type: string, text: string): Body {
    const bytes = Buffer.from(text);
    return { type, size: bytes.length, open: () => [bytes] };
}

function parameters(values: Readonly<Record<string, FormValue>> | undefined): URLSearchParams {
    return new URLSearchParams(
        Object.entries(values ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
    );
}

/** The address of a request: each segment percent-encoded, a slash at the end, as every route of the API has. */
export function address(baseUrl: URL, { operation, method, path, query, form }: RequestParts): URL {
    const wrong = path.find((segment) => segment === "" || segment === "." || segment === "..");
    if (wrong !== undefined) {
        throw new ConfigurationError({
            operation,
            problem: `"${wrong}" cannot be part of an address`,
            next: "Give the id or the name that the service knows it by.",
        });
    }
    const url = new URL(`${path.map(encodeURIComponent).join("/")}/`, baseUrl);
    // The service's sources disagree on where a DELETE takes its parameters: they go to both places.
    url.search = parameters(method === "DELETE" ? { ...query, ...form } : query).toString();
    return url;
}

/** The body of a request; a method that takes one always has one, if only an empty form. */
export function encodeBody({ method, form, json, multipart }: RequestParts): Body | undefined {
    if (method === "GET" || method === "HEAD") {
        return undefined;
    }
    if (multipart !== undefined) {
        return encodeMultipart(multipart);
    }
    if (json !== undefined) {
        return bodyOf("application/json", JSON.stringify(json));
    }
    return bodyOf("application/x-www-form-urlencoded", parameters(form).toString());
}

/** The file's bytes pass through one piece at a time; only what stands around them is in memory. */
function encodeMultipart({ fields, file }: Multipart): Body {
    const boundary = `fastio-${randomUUID()}`;
    const part = (name: string, more: string) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${more}\r\n\r\n`;
    const values = Object.entries(fields ?? {}).map(([name, value]) => `${part(name, "")}${value}\r\n`);
    const type = file.type ?? "application/octet-stream";
    const head = Buffer.from(
        values.join("") + part(file.part, `; filename="${quoted(file.name)}"\r\nContent-Type: ${type}`),
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    return {
        type: `multipart/form-data; boundary=${boundary}`,
        size: head.length + file.content.size + tail.length,
        async *open() {
            yield head;
            yield* file.content.open();
            yield tail;
        },
    };
}

/** As browsers write names within quotes. */
function quoted(name: string): string {
    return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
