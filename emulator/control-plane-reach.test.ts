import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { createEmulator } from "./create-emulator";

/** The status that the emulator on this port gives to a caller who knows it by this name. */
function statusOf(port: string, address: string, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { host, origin: `http://${host}` };
        request({ host: address, port, path: "/_emulator/reset", method: "POST", headers }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
        })
            .on("error", reject)
            .end();
    });
}

const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;

describe("who reaches the control plane", () => {
    it("listens on loopback alone unless told otherwise", async () => {
        const emulator = createEmulator();
        const { baseUrl } = await emulator.listen({ port: 0 });
        expect(new URL(baseUrl).hostname).toBe("127.0.0.1");
        if (outside !== undefined) await expect(statusOf(new URL(baseUrl).port, outside, outside)).rejects.toThrow();
        await emulator.close();
    });

    it("answers nobody from outside, also where the API does, nor a name that was made to point here", async () => {
        const emulator = createEmulator();
        const { baseUrl } = await emulator.listen({ port: 0, host: "0.0.0.0" });
        const { port } = new URL(baseUrl);
        const rebound = ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "localhost.evil.example"];
        for (const host of rebound) expect([host, await statusOf(port, "127.0.0.1", host)]).toEqual([host, 403]);
        if (outside !== undefined) {
            expect(await statusOf(port, outside, outside)).toBe(403);
            expect(await statusOf(port, outside, `localhost:${port}`)).toBe(403);
        }
        for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `emulator.localhost:${port}`]) {
            expect([host, await statusOf(port, "127.0.0.1", host)]).toEqual([host, 200]);
        }
        await emulator.close();
    });
});
