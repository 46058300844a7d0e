// Where the API is, and whether a token may be sent there.
import { ConfigurationError } from "./errors";

export function isLoopback(hostname: string): boolean {
    return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

export function parseBaseUrl(text: string): URL {
    const operation = "use the base URL";
    const next = 'Give one such as "https://api.fast.io/current/".';
    if (!URL.canParse(text)) {
        throw new ConfigurationError({ operation, problem: "it is not a URL", next });
    }
    const url = new URL(text);
    if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
        const problem = "it holds a user, a password, a query or a fragment";
        throw new ConfigurationError({ operation, problem, next });
    }
    if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
        throw new ConfigurationError({
            operation,
            problem: `${url.origin === "null" ? url.protocol : url.origin} would carry the token unencrypted`,
            next: "Use https; plain http is for this machine's own loopback addresses only.",
        });
    }
    url.pathname = url.pathname.replace(/\/*$/, "/");
    return url;
}
