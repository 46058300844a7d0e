// From a raw answer to its data, or to the error that it is.
import type * as z from "zod";
import { classify } from "./classify";
import { readEnvelope } from "./envelope";
import { type AnswerProblem, ApiError, type ApiErrorDetails } from "./errors";
import { printable } from "./printable";
import { shownPath } from "./redactor";
import { type Exchange, type RawAnswer, requestIdOf, unusable } from "./transport";

const longestText = 1000;

/** A text of the service as it may reach a terminal. */
function shownText(text: string): string {
    const line = printable(text.replace(/\s+/g, " ").trim());
    return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}

/** The data of an answer, or the error that it is. */
export function readAnswer<T>(exchange: Exchange, raw: RawAnswer, schema: z.ZodType<T>): T {
    const { operation, method, url, attempts, redact } = exchange;
    const { status, headers } = raw;
    const requestId = requestIdOf(headers);
    const broken = (reason: AnswerProblem, problem: string) =>
        unusable(exchange, raw, reason, `${shownText(redact(problem))} (HTTP ${status})`);
    const refused = (details: Omit<ApiErrorDetails, "operation" | "status" | "resource" | "attempts" | "requestId">) =>
        new ApiError({
            operation,
            status,
            resource: redact(`${method} ${shownPath(url.pathname)}`),
            attempts,
            ...(requestId === undefined ? {} : { requestId }),
            ...details,
        });
    // A HEAD has no body: its status says whether, and its headers are its data.
    const body = method === "HEAD" ? JSON.stringify({ ...headers, result: status < 400 }) : raw.text;
    const envelope = readEnvelope(status, body);
    switch (envelope.kind) {
        case "data": {
            const parsed = schema.safeParse(envelope.data);
            if (parsed.success) {
                return parsed.data;
            }
            const issues = parsed.error.issues.map(
                ({ path, message }) => `${path.map(String).join(".") || "data"}: ${message}`,
            );
            throw broken("shape", `the answer has an unexpected shape: ${issues.slice(0, 3).join("; ")}`);
        }
        case "refusal": {
            const { kind: _, code, text, ...rest } = envelope;
            const apiText = shownText(redact(text));
            throw refused({ ...rest, apiText, ...(code === undefined ? {} : { apiCode: code }) });
        }
        default: {
            // A gateway in front of the service answers overload and failure in its own words.
            if (status >= 500 || status === 429) {
                throw refused({ class: classify(status, []), apiText: `no reason given: ${envelope.problem}` });
            }
            throw broken(envelope.kind, envelope.problem);
        }
    }
}
