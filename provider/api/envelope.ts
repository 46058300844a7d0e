// What a body says, in every envelope and spelling that the contract lists.
import * as z from "zod";
import { classify } from "./classify";
import type { ApiErrorDetails } from "./errors";
import { meaningOf, type RefusalParams } from "./reasons";

type Json = Record<string, unknown>;

export type Refusal = Pick<ApiErrorDetails, "class" | "reason" | "next" | "retryAfterSeconds"> & {
    code?: number;
    text: string;
};

export type Envelope =
    | { kind: "data"; data: Json }
    | ({ kind: "refusal" } & Refusal)
    | { kind: "not-json" | "shape"; problem: string };

function isRecord(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
    const body = text.replace(/^\uFEFF/, "");
    // Ids have 19 digits: where one arrives as a number, its digits are kept as text instead of being rounded. Texts, as
    // which they come nearly always, are read in a fifth of the time.
    return /(?:^|[:[,])\s*-?\d{16}/.test(body)
        ? JSON.parse(body, (_key, value: unknown, context?: { source?: string }) =>
              typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
                  ? (context?.source ?? value)
                  : value,
          )
        : JSON.parse(body);
}

/** Beyond any object of the API, and below what the engine's protocol and the recursion of everybody who reads it can take. */
const deepest = 100;

function isDeeperThan(levels: number, value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}

function texts(...values: unknown[]): string[] {
    return values.filter((value): value is string => typeof value === "string" && value.trim() !== "");
}

function codes(...values: unknown[]): number[] {
    return values
        .filter((value) => typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value)))
        .map(Number);
}

/** The keys of an object of params that say something about the refusal, and name no field. */
const aboutRefusal = new Set([
    "reason",
    "entity_type",
    "entity_id",
    "credential_type",
    "credential_id",
    "retry_after_seconds",
]);

/** What the service says about a refusal beside its text: an object, or the row of a list that has a reason. */
function paramsOf(params: unknown): RefusalParams {
    if (Array.isArray(params)) return params.find((one) => isRecord(one) && texts(one.reason).length > 0) ?? {};
    return isRecord(params) ? params : {};
}

/** The messages about single fields: a list of `{name, message}`, or an object from name to message. */
function fieldMessages(params: unknown): string[] {
    const entries = Array.isArray(params)
        ? params.map((param): [unknown, unknown] => (isRecord(param) ? [param.name, param] : ["", param]))
        : isRecord(params)
          ? Object.entries(params).filter(([name]) => !aboutRefusal.has(name))
          : [];
    return entries.flatMap(([name, value]) => {
        const [message] = isRecord(value) ? texts(value.message, value.kind) : texts(value);
        const [field] = texts(name);
        return message === undefined ? [] : [field === undefined ? message : `${field}: ${message}`];
    });
}

function refusal(status: number, root: Json): { kind: "refusal" } & Refusal {
    const error = isRecord(root.error) ? root.error : {};
    const [main = ""] = texts(error.text, error.message, root.error, root.error_message, root.message);
    const found = [error.code, error.error_code, root.error_id].flatMap((code) => codes(code));
    const details = [...fieldMessages(error.params), ...texts(error.reason)].filter((detail) => !main.includes(detail));
    const [code] = found;
    const params = paramsOf(error.params);
    const [reason] = texts(params.reason);
    const seconds = Number(params.retry_after_seconds ?? Number.NaN);
    return {
        kind: "refusal",
        class: classify(status, found),
        text: [...texts(main), ...details].join("; ") || reason || "no reason given",
        ...(code === undefined ? {} : { code }),
        ...(reason === undefined ? {} : { reason }),
        ...(Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}),
        ...meaningOf(status, code, reason, params),
    };
}

/** Reads a body. A failure without the API's own envelope is not the API's: it proves nothing about an object. */
export function readEnvelope(status: number, text: string): Envelope {
    let root: unknown;
    try {
        root = parseJson(text);
    } catch {
        return { kind: "not-json", problem: text === "" ? "the answer is empty" : "the answer is not JSON" };
    }
    if (!isRecord(root)) {
        return { kind: "shape", problem: "the answer is not a JSON object" };
    }
    if (isDeeperThan(deepest, root)) {
        return { kind: "shape", problem: `the answer is nested more than ${deepest} levels deep` };
    }
    const succeeded = root.result === true || root.result === "yes";
    const failed = root.result === false || root.result === "no" || root.error !== undefined;
    if (!succeeded && !failed) {
        return { kind: "shape", problem: 'the answer has no "result"' };
    }
    if (failed || status >= 400) {
        return refusal(status, root);
    }
    const { response, ...rest } = root;
    return { kind: "data", data: isRecord(response) ? { ...rest, ...response } : root };
}

/** The API's object under the first of the keys that holds one, or at the root where none does. */
export function wrapped<T>(keys: readonly string[], schema: z.ZodType<T>): z.ZodType<T> {
    return z.preprocess((data) => {
        const key = isRecord(data) ? keys.find((name) => isRecord(data[name])) : undefined;
        return isRecord(data) && key !== undefined ? data[key] : data;
    }, schema);
}

/** An id of the API, which sends some as numbers: anything else under its key is no id, and must reach neither a state nor an address. */
export const identifier = z
    .union([z.string(), z.int().nonnegative()])
    .transform(String)
    .refine((id) => /^[\w@:-][\w.@:-]{0,254}$/.test(id), { error: "is not an id" });
