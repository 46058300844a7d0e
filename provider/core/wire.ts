/** Between declared properties and the API's form fields, by the literals of the definition. */
import * as z from "zod";
import type { FormValue } from "../api/client";
import { innerSchema, metaOf, type Properties, type Remote, type ResourceDefinition } from "./define";

type Wired = Pick<ResourceDefinition, "inputs" | "outputs" | "wire">;

/** The form that sets these properties and clears those; properties without an API field are left out. */
export function toForm(definition: Wired, set: Properties, clear: readonly string[] = []): Record<string, FormValue> {
    const form: Record<string, FormValue> = {};
    for (const [name, value] of Object.entries(set)) {
        const key = definition.wire[name];
        if (key !== undefined && value !== undefined && name in definition.inputs.shape)
            form[key] = formValue(definition, name, value);
    }
    for (const name of clear) {
        const key = definition.wire[name];
        if (key !== undefined) form[key] = null;
    }
    return form;
}

function formValue(definition: Wired, name: string, value: unknown): FormValue {
    if (value === "") return null;
    if (metaOf(definition, name).form === "datetime") return toApiTime(String(value));
    if (metaOf(definition, name).form === "colour") return JSON.stringify(colourParts(value));
    if (typeof value === "string" && metaOf(definition, name).composed) return value.normalize("NFC");
    if (typeof value === "string" && metaOf(definition, name).form !== "json") return value;
    if (typeof value === "number" || typeof value === "boolean") return value;
    return JSON.stringify(value);
}

/** A declared value as the service will show it: what it is sent, read back. */
export function asShown(definition: Wired, name: string, value: unknown): unknown {
    if (definition.wire[name] === undefined) return metaOf(definition, name).normalise?.(value) ?? value;
    return fromAnswer(definition, toForm(definition, { [name]: value }))[name];
}

/** Every property that the answer holds, in declared form; null where the service has nothing. */
export function fromAnswer(definition: Wired, answer: Record<string, unknown>): Remote {
    const remote: Remote = {};
    for (const [name, key] of Object.entries(definition.wire)) {
        if (key in answer) remote[name] = declaredValue(definition, name, answer[key]);
    }
    return remote;
}

function declaredValue(definition: Wired, name: string, value: unknown): unknown {
    if (value === null || value === undefined || value === "") return null;
    const { form } = metaOf(definition, name);
    if (form === "datetime") return toRfc3339(String(value));
    if ((form === "json" || form === "colour") && typeof value === "string") return parsedJson(value);
    if (isFlag(definition, name) && (value === "true" || value === "false")) return value === "true";
    return value;
}

function isFlag({ inputs, outputs }: Wired, name: string): boolean {
    const schema = inputs.shape[name] ?? outputs.shape[name];
    return schema !== undefined && innerSchema(schema) instanceof z.ZodBoolean;
}

/** The value that a text spells, or the text itself. */
export function parsedJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** `#rrggbb` as the object that the service keeps; anything else unchanged. */
export function colourParts(value: unknown): unknown {
    if (typeof value !== "string" || !/^#[0-9a-f]{6}$/i.test(value)) return value;
    const [r, g, b] = Buffer.from(value.slice(1), "hex");
    return { r, g, b };
}

/** The other way round: a colour that hides nothing as `#rrggbb`; anything else unchanged. */
export function colourText(value: unknown): unknown {
    const { r, g, b, a = 1 } = (value ?? {}) as Record<string, unknown>;
    const parts = [r, g, b].filter((part) => typeof part === "number");
    return parts.length === 3 && a === 1 ? `#${Buffer.from(parts).toString("hex")}` : value;
}

const apiTime = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?: ?UTC|Z)?$/;

/** The service's dates and RFC 3339 alike as RFC 3339 in UTC; anything else unchanged. */
export function toRfc3339(text: string): string {
    const match = apiTime.exec(text);
    if (match) return `${match[1]}T${match[2]}Z`;
    const time = Date.parse(text);
    return Number.isNaN(time) ? text : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** The one form of dates that every endpoint takes: `YYYY-MM-DD HH:MM:SS`, in UTC. */
export function toApiTime(text: string): string {
    return toRfc3339(text).replace("T", " ").replace("Z", "");
}
