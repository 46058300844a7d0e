// The page that shows what an emulator holds and what was asked of it.
import { html } from "hono/html";
import type { Backend } from "./call";
import { census } from "./census";
import type { Ledger } from "./ledger";

export function page(backend: Backend, ledger: Ledger) {
    return html`<!doctype html><title>Fast.io emulator</title><pre>${JSON.stringify(census(backend), null, 2)}</pre>
        <pre>${ledger.after(0).length}</pre>`;
}
