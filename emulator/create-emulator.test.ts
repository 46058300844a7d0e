import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEmulator } from "./create-emulator";
import { Driver } from "./driver";

describe("createEmulator", () => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    it("refuses a dialect that nobody speaks", () => {
        expect(() => createEmulator({ dialect: "klingon" as "seed" })).toThrow(
            /"klingon"; it speaks seed, wrapped, mid2026, late2026\.$/,
        );
    });

    it("repeats its ids and secrets with a seed, and only with one", async () => {
        const run = async (seed?: string) => {
            const driver = new Driver(seed === undefined ? ({ seed } as object) : { seed });
            return [driver.emulator.token, await driver.organization(), await driver.workspace("acme")];
        };
        expect(await run("one")).toEqual(await run("one"));
        expect(await run("one")).not.toEqual(await run("two"));
        expect(await run()).not.toEqual(await run());
    });

    it("delays every answer of the API by latencyMs", async () => {
        const driver = new Driver({ latencyMs: 50 });
        const before = performance.now();
        await driver.get("/ping/");
        expect(performance.now() - before).toBeGreaterThanOrEqual(49);
    });

    it("listens on a free port, tells its base URL, and closes", async () => {
        const emulator = createEmulator();
        const { baseUrl } = await emulator.listen({ port: 0 });
        expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/current\/$/);
        const headers = { authorization: `Bearer ${emulator.token}` };
        const created = await fetch(`${baseUrl}org/create/`, {
            method: "POST",
            headers,
            body: new URLSearchParams({ domain: "acme" }),
        });
        expect([created.status, created.headers.get("date")]).toEqual([200, expect.stringMatching(/GMT$/)]);
        const census = await fetch(new URL("/_emulator/census", baseUrl));
        expect(await census.json()).toMatchObject({ organizations: 1 });
        await expect(emulator.listen({ port: 0 })).rejects.toThrow("listening already");
        await emulator.close();
        await expect(fetch(`${baseUrl}ping/`)).rejects.toThrow();
        await emulator.close();
    });

    it("says that a port is in use, and can try another", async () => {
        const [first, second] = [createEmulator(), createEmulator()];
        const { baseUrl } = await first.listen({ port: 0 });
        await expect(second.listen({ port: Number(new URL(baseUrl).port) })).rejects.toThrow("EADDRINUSE");
        await second.listen({ port: 0 });
        await Promise.all([first.close(), second.close()]);
    });

    it("goes on from its data file: state, token, clock and the next ids", async () => {
        const data = join(folder, "state.db");
        const first = new Driver({ data, seed: "file" });
        const org = await first.organization();
        await first.control("/clock", { advanceSeconds: 3600 });
        await first.control("/names", { keepClosed: false });
        const { password } = await first.account("ann@example.com");
        await first.emulator.close();
        const second = new Driver({ data });
        expect(second.emulator.token).toBe(first.emulator.token);
        const details = await second.get(`/org/${org}/details/`);
        expect([details.at("org.domain"), details.headers.get("date")]).toEqual([
            "acme",
            "Thu, 12 Feb 2026 11:00:00 GMT",
        ]);
        const headers = { authorization: `Basic ${Buffer.from(`ann@example.com:${password}`).toString("base64")}` };
        expect((await second.request("/current/user/auth/", { headers })).status).toBe(200);
        expect(await second.organization("another")).not.toBe(org);
        await second.post("/org/another/close/", { confirm: "another" });
        expect((await second.post("/org/create/", { domain: "another" })).outcome).toBe("200");
        await second.emulator.close();
    });

    it("leaves nothing of a request that is refused half way", async () => {
        const driver = new Driver();
        await driver.workspace(await driver.organization());
        const before = await driver.census();
        const form = {
            storage_mode: "workspace_folder",
            create_folder: "true",
            folder_name: "New",
            title: "Room",
            custom_name: "taken-name",
        };
        await driver.share("client-files", { custom_name: "taken-name" });
        expect((await driver.post("/workspace/client-files/create/share/", form)).outcome).toBe("406/1607");
        expect(await driver.census()).toEqual({ ...before, shares: 1 });
    });

    it("refuses a data file that is in use, is no database, or lies nowhere", async () => {
        const data = join(folder, "used.db");
        const emulator = createEmulator({ data });
        expect(() => createEmulator({ data })).toThrow("another emulator is using it");
        await emulator.close();
        const text = join(folder, "text.db");
        writeFileSync(text, "This is a text, and a long one, but no database at all. ".repeat(50));
        expect(() => createEmulator({ data: text })).toThrow(`The data file ${text} cannot be used`);
        expect(() => createEmulator({ data: join(folder, "no", "where.db") })).toThrow("cannot be used");
    });

    it("refuses a data file with other tables", async () => {
        const data = join(folder, "older.db");
        await createEmulator({ data }).close();
        const database = new DatabaseSync(data);
        database.exec("PRAGMA user_version = 2");
        database.close();
        expect(() => createEmulator({ data })).toThrow("it was not written by this version of the emulator");
    });
});
