// Answers that break: on a socket and in process alike, as whoever waits for them would see it.
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Strike } from "./faults";

/** Stands for no answer at all: the connection is gone. */
export const noAnswer: Response = RESPONSE_ALREADY_SENT;

/** What `fetch` rejects with where a connection breaks. */
export function connectionReset(): TypeError {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    return new TypeError("fetch failed", { cause });
}

interface Socketed {
    incoming?: { socket: Socket };
    outgoing?: import("node:http").ServerResponse;
}

/** An answer as a fault leaves it; `closing` ends every wait. */
export async function broken(
    context: Context,
    { effect, when, seconds }: Strike,
    answer: () => Response,
    closing: AbortSignal,
): Promise<Response> {
    switch (effect) {
        case "reset":
            return reset(context);
        case "hang":
            await wait(seconds, AbortSignal.any([context.req.raw.signal, closing]));
            return reset(context);
        case "truncate":
            return truncated(context, answer());
        case "slow":
            return when === "after" ? slowly(answer(), seconds ?? defaultSlowSeconds, closing) : answer();
        default:
            return answer();
    }
}

export const defaultSlowSeconds = 5;

/** Until the time is over, or without one until somebody gives up. */
export async function wait(seconds: number | undefined, signal: AbortSignal): Promise<void> {
    // setTimeout takes no more; nobody waits for that long.
    const milliseconds = seconds === undefined ? 2 ** 31 - 1 : seconds * 1000;
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function reset({ env }: Context): Response {
    const { incoming }: Socketed = env ?? {};
    incoming?.socket.resetAndDestroy();
    return noAnswer;
}

/** The head promises the whole body, and half of it comes. */
async function truncated({ env }: Context, answer: Response): Promise<Response> {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    const { headers, status } = answer;
    headers.set("Content-Length", String(bytes.length));
    const { outgoing }: Socketed = env ?? {};
    if (outgoing !== undefined) {
        outgoing.writeHead(status, Object.fromEntries(headers));
        outgoing.write(half, () => outgoing.destroy());
        return noAnswer;
    }
    const body = new ReadableStream({
        start: (controller) => controller.enqueue(half),
        pull: (controller) => controller.error(new TypeError("terminated")),
    });
    return new Response(body, { status, headers });
}

const pieces = 10;

/** The head at once, the body piece by piece over the time. */
async function slowly(answer: Response, seconds: number, closing: AbortSignal): Promise<Response> {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const { headers, status } = answer;
    headers.set("Content-Length", String(bytes.length));
    const size = Math.max(1, Math.ceil(bytes.length / pieces));
    let sent = 0;
    const body = new ReadableStream({
        async pull(controller) {
            await wait(seconds / pieces, closing);
            controller.enqueue(bytes.subarray(sent, sent + size));
            sent += size;
            if (sent >= bytes.length) controller.close();
        },
    });
    return new Response(body, { status, headers });
}
