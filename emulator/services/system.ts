// Health: ping and system status.
import type { Routes } from "../call";
import { dateText } from "../clock";

export function system(routes: Routes): void {
    routes.get("/ping/", () => ({ pong: true }), "anyone");
    routes.get("/system/status/", (call) => ({ system: { status: "ok", time: dateText(call.now) } }), "anyone");
}
