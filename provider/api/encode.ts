// From a request's parts to an address, headers and bytes.
import { ConfigurationError } from "./errors";

/** `null` is sent as the literal text "null", which clears a value. Structures are JSON-encoded by the caller. */
export type FormValue = string | number | boolean | null;

export interface Multipart {
    fields?: Readonly<Record<string, FormValue>>;
    file: { part: string; name: string; type?: string; bytes: Uint8Array };
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

export interface Body {
    type: string;
    bytes: Uint8Array;
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
export async function encodeBody({ method, form, json, multipart }: RequestParts): Promise<Body | undefined> {
    if (method === "GET" || method === "HEAD") {
        return undefined;
    }
    if (multipart !== undefined) {
        const data = new FormData();
        for (const [key, value] of Object.entries(multipart.fields ?? {})) {
            data.append(key, String(value));
        }
        const { part, name, type = "application/octet-stream", bytes } = multipart.file;
        data.append(part, new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
        const encoded = new Response(data);
        return { type: encoded.headers.get("content-type") ?? "", bytes: new Uint8Array(await encoded.arrayBuffer()) };
    }
    if (json !== undefined) {
        return { type: "application/json", bytes: Buffer.from(JSON.stringify(json)) };
    }
    return { type: "application/x-www-form-urlencoded", bytes: Buffer.from(parameters(form).toString()) };
}
