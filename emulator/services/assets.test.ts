import { createHash } from "node:crypto";
import { Driver } from "../driver";

const slots = { user: ["profile_pic"], org: ["logo", "banner"], workspace: ["logo"], share: ["logo", "background"] };

describe.each(Object.entries(slots))("assets of a %s", (family, names) => {
    const driver = new Driver();
    let parent = "";
    beforeAll(async () => {
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const ids: Record<string, string> = { user: "me", org, workspace, share: await driver.share(workspace) };
        parent = `/${family}/${ids[family]}`;
    });
    const [name = ""] = names;
    const set = (content: string | Uint8Array<ArrayBuffer>, token?: string, type = "image/svg+xml", at = name) => {
        const form = new FormData();
        form.append("file", new Blob([content], { type }), "logo.svg");
        return driver.send("POST", `${parent}/assets/${at}/`, token, form);
    };
    const read = (method = "GET") =>
        driver.emulator.fetch(
            new Request(`http://127.0.0.1:4010/current${parent}/assets/${name}/read/`, {
                method,
                headers: { authorization: `Bearer ${driver.emulator.token}` },
            }),
        );
    const url = async () => {
        const key = family === "user" ? "user.profile_pic" : `${family}.logo`;
        return (await driver.get(`${parent}/details/`)).at(key);
    };

    it("have the types that the service names", async () => {
        const types = (await driver.get(`/${family}/assets/`)).list("assets");
        expect(types.map((type) => type.name)).toEqual(names);
    });

    it("are set, listed, read, replaced and deleted", async () => {
        expect([await url(), (await driver.get(`${parent}/assets/`)).list("assets")]).toEqual([null, []]);
        const written = await set("<svg/>");
        expect(written.body).toMatchObject({ result: "yes", response: { asset: { name, size: 6 } } });
        expect((await driver.ledger()).at(-1)).toMatchObject({ effect: "created", kind: "asset" });
        expect(await driver.census()).toMatchObject({ assets: 1 });
        expect(await url()).toMatch(/^http:\/\/127\.0\.0\.1:4010\/current\/.*\/assets\/(logo|profile_pic)\/read\/$/);

        const bytes = Buffer.from([0, 255, 10, 13, 128]);
        expect((await set(bytes, undefined, "image/png")).status).toBe(200);
        expect((await driver.ledger()).at(-1)).toMatchObject({ effect: "updated", kind: "asset" });
        expect((await driver.get(`${parent}/assets/`)).list("assets")).toMatchObject([
            { name, size: 5, mimetype: "image/png", url: await url(), updated: "2026-02-12 10:00:00 UTC" },
        ]);
        const [got, head] = [await read(), await read("HEAD")];
        expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes);
        expect(await head.text()).toBe("");
        for (const { headers } of [got, head]) {
            expect([headers.get("content-type"), headers.get("content-length")]).toEqual(["image/png", "5"]);
            expect(headers.get("etag")).toBe(`"${createHash("sha256").update(bytes).digest("hex")}"`);
        }

        expect((await driver.delete(`${parent}/assets/${name}/`)).body).toMatchObject({ result: "yes", response: {} });
        expect([await url(), (await driver.census()).assets]).toEqual([null, 0]);
        expect((await driver.delete(`${parent}/assets/${name}/`)).outcome).toBe("404/1609");
        expect((await read()).status).toBe(404);
    });

    it("refuse an unknown name, no file, an empty and a huge one", async () => {
        expect((await set("x", undefined, "image/png", "portrait")).outcome).toBe("406/1605");
        expect((await driver.post(`${parent}/assets/${name}/`, { file: "x" })).outcome).toBe("406/1605");
        expect((await set("")).outcome).toBe("406/1605");
        expect((await set(new Uint8Array(10 * 1024 * 1024 + 1))).outcome).toBe("413/1656");
    });

    it("need an admin, or the user in person", async () => {
        const stranger = await driver.account("stranger@example.com");
        if (family === "user") parent = "/user/agent@example.com";
        expect((await set("x", stranger.token)).outcome).toBe("401/1680");
        if (family === "user") return;
        await driver.post(`${parent}/members/${stranger.userId}/`, { permissions: "member" });
        expect((await set("x", stranger.token)).outcome).toBe("401/1680");
        expect((await driver.get(`${parent}/assets/`, stranger.token)).status).toBe(200);
        await driver.post(`${parent}/member/${stranger.userId}/update/`, { permissions: "admin" });
        expect((await set("x", stranger.token)).status).toBe(200);
    });
});

describe("assets", () => {
    it("go with their parent", async () => {
        const driver = new Driver();
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const share = await driver.share(workspace);
        const paths = [`/org/${org}`, `/workspace/${workspace}`, `/share/${share}`];
        for (const path of paths) {
            const form = new FormData();
            form.append("file", new Blob(["x"]), "x");
            await driver.send("POST", `${path}/assets/logo/`, undefined, form);
        }
        expect(await driver.census()).toMatchObject({ assets: 3 });
        await driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}`);
        expect(await driver.census()).toMatchObject({ assets: 1 });
        await driver.post(`/org/${org}/close/`, { confirm: org });
        expect(await driver.census()).toMatchObject({ assets: 0 });
    });
});
