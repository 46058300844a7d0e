/** The service as the probe sees it: one request at a time, its answers as they are, and where they were asked. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient, RawRequest } from "../api/client";
import { AnswerError } from "../api/errors";

type Json = Record<string, unknown>;

/** An answer, taken apart as far as every version of the service allows. */
export interface Answer {
    status: number;
    headers: Readonly<Record<string, string>>;
    /** The data, at the root or under `response`; empty where the answer is no JSON. */
    data: Json;
    result?: unknown;
    hasResponse: boolean;
    code?: number;
    /** Whether `error.params` is a list or an object. */
    params?: "list" | "object";
    reason?: string;
    /** The fields that a list of params names. */
    fields: string[];
}

/** Ends the questions of a tier: the service wants to be left alone, or takes the credential no more. */
export class Stopped extends Error {}

const betweenMs = 1_000;

/** What goes with a request beside its address. `bearer` stands in place of the credential; null for none. */
export type AskOptions = Pick<RawRequest, "form" | "json" | "multipart"> & { bearer?: string | null };

export class Service {
    /** What addresses stand for: `{org}`, `{workspace}` and so on. */
    readonly known: Record<string, string> = {};
    #last = Number.NEGATIVE_INFINITY;

    constructor(
        private readonly client: Pick<ApiClient, "exchange">,
        private readonly pauseMs = betweenMs,
        private readonly signal?: AbortSignal,
    ) {}

    get(address: string, options: AskOptions = {}): Promise<Answer | undefined> {
        return this.ask("GET", address, options);
    }

    post(address: string, form: RawRequest["form"] = {}): Promise<Answer | undefined> {
        return this.ask("POST", address, { form });
    }

    delete(address: string, options: AskOptions = {}): Promise<Answer | undefined> {
        return this.ask("DELETE", address, options);
    }

    /** Undefined where the request names something that is not there to be asked about. */
    async ask(
        method: RawRequest["method"],
        address: string,
        { bearer, form, ...parts }: AskOptions = {},
    ): Promise<Answer | undefined> {
        let isComplete = true;
        const fill = (text: string) =>
            text.replace(/\{(\w+)\}/g, (_, name: string) => {
                const value = this.known[name];
                isComplete &&= value !== undefined;
                return value ?? "";
            });
        const fields = Object.entries(form ?? {}).map(([key, value]) => [
            key,
            typeof value === "string" ? fill(value) : value,
        ]);
        const request: RawRequest = {
            operation: `ask ${method} ${address}`,
            method,
            address: fill(address),
            ...parts,
            ...(form && { form: Object.fromEntries(fields) }),
            ...(this.signal && { signal: this.signal }),
        };
        if (!isComplete) return undefined;
        const wait = this.#last + this.pauseMs - performance.now();
        if (wait > 0) await sleep(wait, undefined, this.signal && { signal: this.signal });
        this.#last = performance.now();
        const answer = await this.#send(request, bearer);
        if (answer.status === 429) throw new Stopped("the service wants to be left alone (HTTP 429)");
        if (bearer === undefined && answer.status === 401 && (answer.code === 10001 || answer.code === 10011))
            throw new Stopped("the service takes the credential no more");
        return answer;
    }

    async #send(request: RawRequest, bearer: string | null | undefined): Promise<Answer> {
        try {
            const { status, headers, text } = await this.client.exchange(request, bearer);
            return answerOf(status, headers, text);
        } catch (error) {
            if (error instanceof AnswerError && error.reason === "redirect") return answerOf(error.status, {}, "");
            throw error;
        }
    }
}

function isRecord(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): Json {
    try {
        const value: unknown = JSON.parse(text);
        return isRecord(value) ? value : {};
    } catch {
        return {};
    }
}

function answerOf(status: number, headers: Readonly<Record<string, string>>, text: string): Answer {
    const { result, response, error, ...root } = parsed(text);
    const { code, params } = isRecord(error) ? error : {};
    const rows = Array.isArray(params) ? params.filter(isRecord) : [];
    const reason = isRecord(params) ? params.reason : rows.find((row) => typeof row.reason === "string")?.reason;
    const number = Number(code ?? Number.NaN);
    return {
        status,
        headers,
        data: isRecord(response) ? { ...root, ...response } : root,
        hasResponse: isRecord(response),
        fields: rows.flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
        ...(result === undefined ? {} : { result }),
        ...(Number.isFinite(number) ? { code: number } : {}),
        ...(params === undefined || params === null ? {} : { params: Array.isArray(params) ? "list" : "object" }),
        ...(typeof reason === "string" ? { reason } : {}),
    };
}
