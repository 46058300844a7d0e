/** The provider's configuration: stack configuration first, then the environment. Reads settings only; credentials are tried by the client. */
import type { CredentialSource } from "../api/client";

export interface Settings {
    baseUrl: string;
    credentials: CredentialSource[];
    formerBaseUrl?: string;
    requestsPerMinute?: number;
    maxWaitSeconds?: number;
    totpSecret?: string;
    logRequests: boolean;
}

/** The service when nothing else is configured. */
export const defaultBaseUrl = "https://api.fast.io/current/";

/** Reads `fastio:<key>` of a stack's configuration; undefined when it is not set. */
export type StackConfig = (key: string) => string | undefined;

/** The arguments of an explicit provider, and what errors call them. */
export interface ProviderArguments {
    name: string;
    get: StackConfig;
}

export function readSettings(
    ofStack: StackConfig,
    environment: NodeJS.ProcessEnv,
    explicit?: ProviderArguments,
): Settings {
    const env = (name: string) => environment[name] || undefined;
    const stackConfig = (key: string) => explicit?.get(key) ?? ofStack(key);
    const token = env("FASTIO_TOKEN");
    const credential = (get: StackConfig) => ({
        token: get("token"),
        email: get("email"),
        password: get("password"),
    });
    const sources = [
        explicit && source(explicit.name, credential(explicit.get)),
        source("the stack configuration (fastio:token, or fastio:email and fastio:password)", credential(ofStack)),
        source(
            token !== undefined || env("FASTIO_API_KEY") === undefined
                ? "the environment (FASTIO_TOKEN, or FASTIO_EMAIL and FASTIO_PASSWORD)"
                : "the environment (FASTIO_API_KEY)",
            { token: token ?? env("FASTIO_API_KEY"), email: env("FASTIO_EMAIL"), password: env("FASTIO_PASSWORD") },
        ),
    ];
    const formerBaseUrl = stackConfig("formerBaseUrl");
    if (formerBaseUrl !== undefined && !URL.canParse(formerBaseUrl))
        throw new Error(`fastio:formerBaseUrl must be a URL such as "${defaultBaseUrl}"`);
    const totpSecret = stackConfig("totpSecret") ?? env("FASTIO_TOTP_SECRET");
    return {
        baseUrl: stackConfig("baseUrl") ?? env("FASTIO_BASE_URL") ?? defaultBaseUrl,
        credentials: sources.filter((one) => one !== undefined),
        ...(formerBaseUrl === undefined ? {} : { formerBaseUrl }),
        ...positive("requestsPerMinute", stackConfig),
        ...positive("maxWaitSeconds", stackConfig),
        ...(totpSecret === undefined ? {} : { totpSecret }),
        logRequests: isTrue(stackConfig("logRequests") ?? env("FASTIO_LOG_REQUESTS")),
    };
}

function source(
    name: string,
    values: Record<"token" | "email" | "password", string | undefined>,
): CredentialSource | undefined {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return given.length === 0 ? undefined : { name, ...Object.fromEntries(given) };
}

function positive<Key extends string>(key: Key, stackConfig: StackConfig): Partial<Record<Key, number>> {
    const text = stackConfig(key);
    if (text === undefined) return {};
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`fastio:${key} must be a number above 0`);
    return { [key]: value } as Record<Key, number>;
}

function isTrue(text: string | undefined): boolean {
    return text !== undefined && ["1", "true", "yes"].includes(text.toLowerCase());
}
