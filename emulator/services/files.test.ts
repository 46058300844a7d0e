import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Driver } from "../driver";

describe.each(["workspace", "share"])("files of a %s", (kind) => {
    let driver = new Driver();
    let [workspace, container, storage] = ["", "", ""];
    beforeEach(async () => {
        driver = new Driver();
        workspace = await driver.workspace(await driver.organization());
        container = kind === "workspace" ? workspace : await driver.share(workspace);
        storage = `/${kind}/${container}/storage`;
    });
    const upload = async (content: string, fields: Record<string, string> = {}) => {
        const form = new FormData();
        const target = { instance_id: container, profile_type: kind, folder_id: "root" };
        const base = { name: "a.txt", size: String(content.length), action: "create", ...target };
        for (const [key, value] of Object.entries({ ...base, ...fields })) form.append(key, value);
        form.append("chunk", new Blob([content], { type: "text/plain" }), "a.txt");
        return (await driver.send("POST", "/upload/", undefined, form)).text("new_file_id");
    };
    const folder = async (name: string, parent = "root") =>
        (await driver.post(`${storage}/${parent}/createfolder/`, { name })).text("node.id");
    const names = async (parent = "root") =>
        (await driver.get(`${storage}/${parent}/list/`)).list("nodes.items").map(({ name }) => name);
    const read = async (path: string, token = driver.emulator.token, method = "GET") =>
        driver.emulator.fetch(
            new Request(`http://127.0.0.1:4010/current${storage}/${path}`, {
                method,
                headers: token === "" ? {} : { authorization: `Bearer ${token}` },
            }),
        );
    const content = async (path: string, token?: string) => (await read(path, token)).text();

    it("are read by their users, and by whoever holds a token for the one file", async () => {
        const [id, other] = [await upload("hello"), await upload("other", { name: "b.txt" })];
        const [got, head] = [await read(`${id}/read/`), await read(`${id}/read/`, undefined, "HEAD")];
        expect([await got.text(), await head.text()]).toEqual(["hello", ""]);
        for (const { headers } of [got, head]) {
            expect([headers.get("content-type"), headers.get("content-length")]).toEqual(["text/plain", "5"]);
            expect(headers.get("etag")).toBe(`"${createHash("sha256").update("hello").digest("hex")}"`);
        }
        const asked = await driver.get(`${storage}/${id}/requestread/`);
        expect(asked.body).toEqual({ result: true, status: "ok", token: expect.any(String) });
        const token = asked.text("token");
        expect(await content(`${id}/read/?token=${token}`, "")).toBe("hello");
        expect(JSON.stringify(await driver.ledger())).not.toContain(token);
        expect((await read(`${other}/read/?token=${token}`, "")).status).toBe(401);
        expect((await read(`${id}/read/?token=${token}x`, "")).status).toBe(401);
        expect((await read(`${id}/read/`, "")).status).toBe(401);
        expect((await driver.get("/user/me/details/", token)).outcome).toBe("401/1650");
        await driver.control("/clock", { advanceSeconds: 3600 });
        expect((await read(`${id}/read/?token=${token}`, "")).status).toBe(401);
        expect((await read(`${await folder("F")}/read/`)).status).toBe(406);
    });

    it("keep every version, and bring an older one back as the newest", async () => {
        const id = await upload("one");
        await upload("two!");
        const versions = async () => (await driver.get(`${storage}/${id}/versions/`)).list("versions");
        const [second, first] = await versions();
        expect([first, second]).toMatchObject([
            { size: 3, current: false },
            { size: 4, current: true },
        ]);
        expect(await content(`${id}/read/?version_id=${first?.id}`)).toBe("one");
        const restored = await driver.post(`${storage}/${id}/restore-version/`, { version_id: String(first?.id) });
        expect(restored.at("node")).toMatchObject({ id, size: 3 });
        expect([await content(`${id}/read/`), (await versions()).length]).toEqual(["one", 3]);
        expect((await driver.post(`${storage}/${id}/restore-version/`)).outcome).toBe("406/1605");
        const unknown = { version_id: "3aaaa-aaaaa-aaaaa-aaaaa-aaaaa-aaaa" };
        expect((await driver.post(`${storage}/${id}/restore-version/`, unknown)).outcome).toBe("404/1609");
    });

    it("are copied with all that lies below, and live on when the original goes", async () => {
        const [from, to] = [await folder("From"), await folder("To")];
        await upload("hello", { folder_id: from });
        await driver.post(`${storage}/${from}/createnote/`, { name: "n.md", content: "note" });
        const copied = await driver.post(`${storage}/${from}/copy/`, { parent: to });
        expect(copied.at("node")).toMatchObject({ name: "From", parent: to });
        const copy = copied.text("node.id");
        expect(await names(copy)).toEqual(["a.txt", "n.md"]);
        await driver.delete(`${storage}/${from}/delete/`);
        await driver.delete(`${storage}/${from}/purge/`);
        const [file] = (await driver.get(`${storage}/${copy}/list/`)).list("nodes.items");
        expect(await content(`${file?.id}/read/`)).toBe("hello");
        expect((await driver.post(`${storage}/${to}/copy/`, { parent: copy })).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/${copy}/copy/`)).outcome).toBe("406/1605");
        // A file of the same name gives way, a folder does not.
        expect((await driver.post(`${storage}/${file?.id}/copy/`, { parent: copy })).at("node.name")).toBe("a.txt");
        expect(await names(copy)).toEqual(["a.txt", "n.md"]);
        expect((await driver.post(`${storage}/${copy}/copy/`, { parent: to })).at("node.name")).toBe("From (2)");
    });

    it("are locked against everyone but the holder, until the lock ends", async () => {
        const id = await upload("hello");
        const path = `${storage}/${id}`;
        const { token, userId } = await driver.account("ann@example.com");
        await driver.post(`/${kind}/${container}/members/${userId}/`, { permissions: "member" });
        const locked = await driver.post(`${path}/lock/`, { duration: "60", client_info: '{"host":"desk"}' }, token);
        expect(locked.at("lock_info")).toMatchObject({ user_id: userId, client_info: { host: "desk" } });
        expect((await driver.get(`${path}/lock/`)).body).toMatchObject({
            locked: true,
            lock_info: { expires: "2026-02-12 10:01:00 UTC" },
        });
        expect(JSON.stringify((await driver.get(`${path}/lock/`)).body)).not.toContain(locked.text("lock_token"));
        expect((await driver.get(`${path}/details/`)).at("node.locked")).toBe(true);
        for (const attempt of [
            driver.post(`${path}/update/`, { name: "b.txt" }),
            driver.delete(`${path}/delete/`),
            driver.post(`${path}/lock/`),
            driver.delete(`${path}/lock/?lock_token=guess`),
        ]) {
            expect((await attempt).outcome).toBe("423/1677");
        }
        await expect(upload("other")).rejects.toThrow("1677");
        expect((await driver.post(`${path}/update/`, { name: "b.txt" }, token)).outcome).toBe("200");
        const again = await driver.post(`${path}/lock/`, {}, token);
        expect(again.at("lock_token")).toBe(locked.at("lock_token"));
        const form = new URLSearchParams({ lock_token: locked.text("lock_token") });
        expect((await driver.send("DELETE", `${path}/lock/`, token, form)).outcome).toBe("200");
        expect((await driver.get(`${path}/lock/`)).body).toMatchObject({ locked: false, lock_info: null });
        await driver.post(`${path}/lock/`, {}, token);
        await driver.control("/clock", { advanceSeconds: 300 });
        expect((await driver.post(`${path}/update/`, { name: "c.txt" })).outcome).toBe("200");
        expect((await driver.post(`${storage}/root/lock/`)).outcome).toBe("406/1605");
    });

    it("are made and refilled from a finished upload, and from bytes that are there already", async () => {
        const session = async (bytes: string) => {
            const form = new FormData();
            for (const [key, value] of Object.entries({ name: "x", size: String(bytes.length), action: "create" })) {
                form.append(key, value);
            }
            form.append("chunk", new Blob([bytes], { type: "text/css" }), "x");
            const reply = await driver.send("POST", "/upload/", undefined, form);
            expect(reply.body).not.toHaveProperty("new_file_id");
            return JSON.stringify({ type: "upload", upload: { id: reply.text("id") } });
        };
        const added = await driver.post(`${storage}/root/addfile/`, { name: "new.css", from: await session("body{}") });
        expect(added.at("node")).toMatchObject({ type: "file", name: "new.css", size: 6, mimetype: "text/css" });
        const id = added.text("node.id");
        const changed = await driver.post(`${storage}/${id}/update/`, { from: await session("p{}") });
        expect([changed.at("node.id"), await content(`${id}/read/`)]).toEqual([id, "p{}"]);
        const hash = createHash("sha256").update("p{}").digest("hex");
        const from = (hashed: string) => JSON.stringify({ type: "hash", hash: { hash: hashed, hash_type: "sha256" } });
        const same = await driver.post(`${storage}/root/addfile/`, { name: "same.css", from: from(hash) });
        expect(await content(`${same.text("node.id")}/read/`)).toBe("p{}");
        const add = (value: string) => driver.post(`${storage}/root/addfile/`, { name: "x", from: value });
        expect((await add(from("00"))).outcome).toBe("404/1609");
        expect((await add('{"type":"upload","upload":{"id":"5zzz"}}')).outcome).toBe("404/1652");
        for (const bad of ["{", "{}", "[]", "null", '{"type":"url"}'])
            expect((await add(bad)).outcome).toBe("406/1605");
    });

    it("go to another workspace as a copy", async () => {
        await driver.workspace("acme", "other-files");
        const id = await upload("hello");
        const sent = await driver.post(`${storage}/${id}/transfer/`, { target_workspace_id: "other-files" });
        expect(sent.at("node")).toMatchObject({ name: "a.txt", parent: "root", size: 5 });
        const there = (await driver.get("/workspace/other-files/storage/root/list/")).list("nodes.items");
        expect([there.length, await names()]).toEqual([1, ["a.txt"]]);
        expect((await driver.post(`${storage}/${id}/transfer/`)).outcome).toBe("406/1605");
    });
});

/** Reads an archive as programs do: from the directory at its end. */
function unzipped(archive: Buffer): Record<string, string> {
    const end = archive.length - 22;
    expect(archive.readUInt32LE(end)).toBe(0x06_05_4b_50);
    let at = archive.readUInt32LE(end + 16);
    const files: Record<string, string> = {};
    for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
        expect(archive.readUInt32LE(at)).toBe(0x02_01_4b_50);
        const [size, nameLength, offset] = [20, 28, 42].map((field) => archive.readUInt32LE(at + field) & 0xff_ff) as [
            number,
            number,
            number,
        ];
        const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
        expect(archive.readUInt32LE(offset)).toBe(0x04_03_4b_50);
        // The local header says the same as the directory.
        expect(archive.subarray(offset + 4, offset + 28)).toEqual(archive.subarray(at + 6, at + 30));
        const bytes = archive.subarray(offset + 30 + nameLength, offset + 30 + nameLength + size);
        expect(crc32(bytes)).toBe(archive.readUInt32LE(at + 16));
        files[name] = bytes.toString();
        at += 46 + nameLength;
    }
    expect(at).toBe(end);
    return files;
}

describe("a folder", () => {
    it("is read as a zip", async () => {
        const driver = new Driver();
        const workspace = await driver.workspace(await driver.organization());
        const storage = `/workspace/${workspace}/storage`;
        const top = (await driver.post(`${storage}/root/createfolder/`, { name: "Ümlaut" })).text("node.id");
        const inner = (await driver.post(`${storage}/${top}/createfolder/`, { name: "Inner" })).text("node.id");
        await driver.post(`${storage}/${inner}/createnote/`, { name: "n.md", content: "# Note" });
        await driver.post(`${storage}/${top}/createfolder/`, { name: "Empty" });
        await driver.post(`${storage}/${top}/createnote/`, { name: "Ü.md", content: "ü" });
        const { token } = (await driver.get(`${storage}/${top}/requestread/`)).body as { token: string };
        const response = await driver.emulator.fetch(
            new Request(`http://127.0.0.1:4010/current${storage}/${top}/zip/?token=${token}`),
        );
        expect(response.headers.get("content-type")).toBe("application/zip");
        expect(unzipped(Buffer.from(await response.arrayBuffer()))).toEqual({
            "Empty/": "",
            "Inner/": "",
            "Inner/n.md": "# Note",
            "Ü.md": "ü",
        });
        const [note] = (await driver.get(`${storage}/${inner}/list/`)).list("nodes.items");
        expect((await driver.get(`${storage}/${note?.id}/zip/`)).outcome).toBe("406/1605");
        expect((await driver.get(`${storage}/${top}/zip/`, "")).outcome).toBe("401/1650");
    });
});

describe("a link to a share", () => {
    it("stands in a workspace's tree until it or the share goes", async () => {
        const driver = new Driver();
        const workspace = await driver.workspace(await driver.organization());
        const share = await driver.share(workspace, { title: "Room / 1." });
        const add = () => driver.post(`/workspace/${workspace}/storage/root/addlink/`, { type: "share", share });
        const added = await add();
        expect(added.at("node")).toMatchObject({
            type: "link",
            name: "Room - 1",
            target_type: "share",
            target_id: share,
        });
        expect((await add()).outcome).toBe("409/1669");
        const link = async () => (await driver.get(`/share/${share}/details/`)).at("share.share_link");
        expect(await link()).toMatchObject({ node_id: added.at("node.id"), workspace_id: workspace });
        expect((await driver.post(`/share/${share}/update/`, { share_link_node_id: "null" })).outcome).toBe("200");
        expect(await link()).toBeNull();
        await add();
        await driver.delete(`/share/${share}/delete/?confirm=${share}`);
        expect((await driver.get(`/workspace/${workspace}/storage/root/list/`)).list("nodes.items")).toEqual([]);
        const wrong = { type: "workspace", share };
        expect((await driver.post(`/workspace/${workspace}/storage/root/addlink/`, wrong)).outcome).toBe("406/1605");
    });
});

describe("guests of a share", () => {
    it.each([
        [{ share_type: "send" }, 200, "401/1680"],
        [{ share_type: "receive" }, 401, "200"],
        [{ share_type: "exchange" }, 200, "200"],
        [{ share_type: "exchange", download_enabled: "false" }, 401, "200"],
        [{ share_type: "exchange", download_security: "high", dialect: "mid2026" }, 403, "200"],
    ])("with %j download: %s, upload: %s", async (form: Record<string, string>, download, upload) => {
        const { dialect = "seed", ...fields } = form;
        const driver = new Driver({ dialect: dialect as "seed" });
        const share = await driver.share(await driver.workspace(await driver.organization()), fields);
        const { token, userId } = await driver.account("ann@example.com");
        await driver.post(`/share/${share}/members/${userId}/`, { permissions: "guest" });
        const send = (who?: string) => {
            const body = new FormData();
            const target = { instance_id: share, profile_type: "share", folder_id: "root", action: "create" };
            for (const [key, value] of Object.entries({ name: "a", size: "1", ...target })) body.append(key, value);
            body.append("chunk", new Blob(["x"]), "a");
            return driver.send("POST", "/upload/", who, body);
        };
        const id = (await send()).text("new_file_id");
        const got = await driver.emulator.fetch(
            new Request(`http://127.0.0.1:4010/current/share/${share}/storage/${id}/read/`, {
                headers: { authorization: `Bearer ${token}` },
            }),
        );
        expect([got.status, (await send(token)).outcome]).toEqual([download, upload]);
    });
});
