/** Schemas that several kinds share: ids, dates, colours, free JSON, e-mail addresses. */
import * as z from "zod";
import { colourParts, parsedJson, toRfc3339 } from "./wire";

/** The id of an organization, a workspace, a share or a user; a name is none. */
export const longId = /^[0-9]{19}$/;

/** A 19-digit id of a parent. A name is refused with the function that looks the id up, because a renamed parent would otherwise replace all below it. */
export function parentId(noun: string, lookUp: string) {
    return z.string().regex(longId, {
        error: `must be the 19-digit id of ${noun}; use the id output of the resource, or look it up by name with ${lookUp}`,
    });
}

/** A point in time: RFC 3339 or the API's own `YYYY-MM-DD HH:MM:SS`, both in UTC when no zone is given. */
export function dateTime() {
    return z
        .string()
        .refine((text) => datePattern.test(text) && dayExists(text) && !Number.isNaN(Date.parse(toRfc3339(text))), {
            error: "must be a date and time such as 2027-03-01T12:00:00Z or 2027-03-01 12:00:00",
        })
        .meta({ form: "datetime", normalise: (value) => toRfc3339(String(value)) });
}

const datePattern = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?UTC|Z|[+-]\d{2}:\d{2})?$/;

/** `Date.parse` takes 30 February for 2 March. */
function dayExists(text: string): boolean {
    const day = text.slice(0, 10);
    const time = Date.parse(day);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** An e-mail address, compared without case. */
export function emailAddress() {
    return z.email({ error: "must be an e-mail address" }).meta({ normalise: (value) => String(value).toLowerCase() });
}

/** Any JSON value; equal when its content is equal, whatever the order of keys. */
export function freeJson() {
    const error = "must not hold whole numbers beyond 2^53, which not everybody reads exactly: write them as text";
    return z
        .json()
        .refine(isExact, { error })
        .meta({
            form: "json",
            // The service may hand back the value or its text: a string that spells JSON cannot be told from what it spells.
            normalise: (value) => (typeof value === "string" ? parsedJson(value) : value),
        });
}

function isExact(value: unknown): boolean {
    if (typeof value === "number") return Number.isSafeInteger(value) || !Number.isInteger(value);
    return typeof value !== "object" || value === null || Object.values(value).every(isExact);
}

/** A colour, equal by value: `#0055ff` is `{ r: 0, g: 85, b: 255 }`, which is what the service keeps. */
export function colour() {
    const error =
        'must be a colour: "#rrggbb", or an object of r, g and b from 0 to 255 and, if need be, a from 0 to 1';
    const part = z.int({ error }).min(0, { error }).max(255, { error });
    const opacity = z.number({ error }).min(0, { error }).max(1, { error });
    return z
        .union(
            [
                z.string().regex(/^#[0-9a-f]{6}$/i, { error }),
                z.strictObject({ r: part, g: part, b: part, a: opacity.optional() }),
            ],
            { error },
        )
        .meta({
            form: "colour",
            normalise: (value) => {
                const parts = colourParts(value);
                if (typeof parts !== "object" || parts === null) return parts;
                const { r, g, b, a = 1 } = parts as Record<string, unknown>;
                return { r, g, b, a };
            },
        });
}

/** Text of a length in characters, each a code point of the composed text as the service counts them, where zod counts UTF-16 units. */
export function textOfLength(least: number, most: number, tooShort = `must have at least ${least} characters`) {
    const hasLength = z.check<string>((payload) => {
        const { length } = [...payload.value.normalize("NFC")];
        if (length >= least && length <= most) return;
        const message = length < least ? tooShort : `must have at most ${most} characters`;
        payload.issues.push({ code: "custom", input: payload.value, message, continue: true });
    });
    // What zod's own checks leave for the JSON Schema.
    hasLength._zod.onattach = [({ _zod: { bag } }) => Object.assign(bag, { minimum: least, maximum: most })];
    return z.string().check(hasLength).meta({ composed: true });
}

/** Text without control characters. */
export function plainText(least: number, most: number, allowLineBreaks = false) {
    const control = allowLineBreaks ? /^(?:[^\p{C}]|[\n\r\t])*$/u : /^[^\p{C}]*$/u;
    return textOfLength(least, most).regex(control, { error: "must not contain control characters" });
}

/** An http or https address. */
export function webAddress() {
    return z.url({ protocol: /^https?$/, error: "must be an http or https address" });
}

/** One of the API's own phrases. */
export function phrase<const Values extends readonly [string, ...string[]]>(enumName: string, values: Values) {
    return z
        .enum(values, { error: `must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}` })
        .meta({ enumName });
}
