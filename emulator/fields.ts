// Form fields: what a wire key may hold, how it is cleared, and the values that result.
import { ApiError, type Site } from "./api-error";
import { parseDate } from "./clock";

/** What a request says, by wire key. */
export type Input = Readonly<Record<string, string>>;

/** One form field. A clearable one goes back to `initial` on the text `null` or the empty string. */
export interface Field<T> {
    readonly parse: (text: string, key: string) => T;
    readonly initial: T;
    readonly clearable: boolean;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type FieldValues<S> = { -readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never };

export interface TextRule {
    min?: number;
    max?: number;
    pattern?: RegExp;
    /** Multi-line text: newlines and tabs are not refused as control characters. */
    lines?: boolean;
}

export function invalid(key: string, problem: string, site?: Site): ApiError {
    return new ApiError("INPUT_INVALID", `${key}: ${problem}.`, { field: key, ...(site && { site }) });
}

export function checkText(text: string, key: string, { min = 0, max = 65_536, pattern, lines }: TextRule): string {
    const length = [...text].length;
    if (length < min || length > max) throw invalid(key, `must be ${min} to ${max} characters long`);
    if (/\p{C}/u.test(lines ? text.replace(/[\r\n\t]/g, "") : text)) throw invalid(key, "holds control characters");
    if (pattern && !pattern.test(text)) throw invalid(key, `does not match ${pattern.source}`);
    return text;
}

/** Text that is always set. */
export function text(rule: TextRule): Field<string> {
    return { parse: (value, key) => checkText(value, key, rule), initial: "", clearable: false };
}

/** Text that may be absent. */
export function optionalText(rule: TextRule): Field<string | null> {
    return { parse: (value, key) => checkText(value, key, rule), initial: null, clearable: true };
}

export function oneOf<const V extends string>(values: readonly V[], initial: NoInfer<V>, clearable = false): Field<V> {
    return {
        parse: (value, key) => {
            const found = values.find((candidate) => candidate === value);
            if (found === undefined) throw invalid(key, `must be one of ${values.join(", ")}`);
            return found;
        },
        initial,
        clearable,
    };
}

export function flag(initial: boolean): Field<boolean> {
    return { parse: parseFlag, initial, clearable: false };
}

function parseFlag(value: string, key: string): boolean {
    if (value === "true" || value === "1") return true;
    if (value === "false" || value === "0") return false;
    throw invalid(key, "must be true or false");
}

export function integer(min: number, max: number, initial: number): Field<number> {
    return { parse: (value, key) => parseInteger(value, key, min, max), initial, clearable: false };
}

export function parseInteger(value: string, key: string, min: number, max: number): number {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw invalid(key, `must be a whole number from ${min} to ${max}`);
    return number;
}

/** A JSON value sent as a string, kept parsed. */
export function json(kind: "object" | "any"): Field<unknown> {
    return {
        parse: (value, key) => {
            const parsed = parseJson(value, key);
            const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
            if (kind === "object" && !isObject) throw invalid(key, "must be a JSON object");
            return parsed;
        },
        initial: null,
        clearable: true,
    };
}

export function parseJson(value: string, key: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        throw invalid(key, "is not valid JSON");
    }
}

export const url: Field<string | null> = {
    parse: (value, key) => {
        if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
            throw invalid(key, "must be an http or https address");
        return value;
    },
    initial: null,
    clearable: true,
};

/** An e-mail address, lower-cased: addresses are compared without case everywhere. */
export function parseEmail(value: string, key: string): string {
    const email = value.trim().toLowerCase();
    if (email.length > 254 || !/^[^\s@]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(email)) {
        throw invalid(key, "must be an e-mail address");
    }
    return email;
}

/** A date of the API's own form, in seconds since the epoch. */
export function parseDateField(value: string, key: string): number {
    const seconds = parseDate(value);
    if (seconds === undefined) throw invalid(key, "must be a date of the form YYYY-MM-DD HH:MM:SS, in UTC");
    return seconds;
}

export const date: Field<number | null> = { parse: parseDateField, initial: null, clearable: true };

/** The texts that clear a clearable field. */
export function clears(value: string): boolean {
    return value === "" || value === "null";
}

/** Values of the fields that the request names; other keys are ignored, as the service does. */
export function readFields<S extends Fields>(fields: S, input: Input): Partial<FieldValues<S>> {
    const values: Record<string, unknown> = {};
    const problems: ApiError[] = [];
    for (const [key, field] of Object.entries(fields)) {
        const value = input[key];
        if (value === undefined) continue;
        try {
            values[key] = field.clearable && clears(value) ? field.initial : field.parse(value, key);
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            problems.push(error);
        }
    }
    refuse(problems);
    return values as Partial<FieldValues<S>>;
}

function refuse([first, ...others]: readonly ApiError[]): void {
    if (!first) return;
    first.others = others;
    throw first;
}

export function initialValues<S extends Fields>(fields: S): FieldValues<S> {
    return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.initial])) as FieldValues<S>;
}

export function required(input: Input, key: string): string {
    const value = input[key];
    if (value === undefined || value === "") throw invalid(key, "is required");
    return value;
}

/** Refuses a request that lacks some of the keys, naming every one of them. */
export function requireAll(input: Input, keys: readonly string[]): void {
    const lacking = keys.filter((key) => input[key] === undefined || input[key] === "");
    refuse(lacking.map((key) => invalid(key, "is required")));
}

/** A JSON object as fields: whatever is not text stays JSON. */
export function inputOfJson(body: string): Input {
    const parsed = parseJson(body, "body");
    if (typeof parsed !== "object" || parsed === null) throw invalid("body", "must be a JSON object");
    const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, asText(value)]));
}
