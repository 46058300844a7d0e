import { createHash } from "node:crypto";
import { Driver } from "../driver";

describe("uploads", () => {
    let driver = new Driver();
    let workspace = "";
    beforeEach(async () => {
        driver = new Driver();
        workspace = await driver.workspace(await driver.organization());
    });
    const upload = (content: string, fields: Record<string, string> = {}) => {
        const form = new FormData();
        const base = {
            name: "a.txt",
            size: String(content.length),
            action: "create",
            instance_id: workspace,
            folder_id: "root",
        };
        for (const [key, value] of Object.entries({ ...base, ...fields })) form.append(key, value);
        form.append("chunk", new Blob([content], { type: "text/plain" }), "a.txt");
        return driver.send("POST", "/upload/", undefined, form);
    };
    const details = async (id: string) =>
        (await driver.get(`/workspace/${workspace}/storage/${id}/details/`)).at("node");

    it("store a small file in one request", async () => {
        const reply = await upload("hello", { creator: "pulumi", relative_path: "in/side/" });
        expect(reply.text("id")).toMatch(/^5/);
        expect(await details(reply.text("new_file_id"))).toMatchObject({
            type: "file",
            name: "a.txt",
            size: 5,
            mimetype: "text/plain",
            hash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            hash_algo: "sha256",
            origin: { type: "upload", creator: "pulumi", upload_session_id: reply.at("id") },
        });
        expect(await driver.census()).toMatchObject({ files: 1, folders: 2 });
    });

    it("give a file of the same name a new version, and so does action update", async () => {
        const first = await upload("one");
        const second = await upload("two!");
        const third = await upload("three", { action: "update", file_id: first.text("new_file_id"), folder_id: "" });
        expect([second, third].map((reply) => reply.at("new_file_id"))).toEqual([
            first.at("new_file_id"),
            first.at("new_file_id"),
        ]);
        expect(await details(first.text("new_file_id"))).toMatchObject({ size: 5 });
        expect((await driver.ledger()).filter(({ kind }) => kind === "file").map(({ effect }) => effect)).toEqual([
            "created",
            "updated",
            "updated",
        ]);
    });

    it.each([
        ["a wrong size", { size: "6" }, "406/1605"],
        ["a wrong hash", { hash: "00", hash_algo: "md5" }, "406/1605"],
        ["no name", { name: "" }, "406/1605"],
        ["an unknown action", { action: "append" }, "406/1605"],
        ["an unknown folder", { folder_id: "2aaaa-aaaaa-aaaaa-aaaaa-aaaaa-aaaa" }, "404/1609"],
        ["an unknown workspace", { instance_id: "1111111111111111111" }, "404/1609"],
        ["a path upwards", { relative_path: "../x/" }, "406/1605"],
    ])("refuse %s", async (_, fields: Record<string, string>, outcome) => {
        expect((await upload("hello", fields)).outcome).toBe(outcome);
    });

    it("take a matching hash, and stop at the limits", async () => {
        expect((await upload("hello", { hash: "5d41402abc4b2a76b9719d911017c592", hash_algo: "md5" })).outcome).toBe(
            "200",
        );
        expect((await upload("x".repeat(4 * 1024 * 1024 + 1))).outcome).toBe("413/1656");
        await driver.control("/plan", { organizationId: "acme", storageBytes: 8 });
        expect((await upload("123", { name: "b.txt" })).outcome).toBe("200");
        expect((await upload("1", { name: "c.txt" })).outcome).toBe("413/1656");
    });

    it("reach shares, and need a member", async () => {
        const share = await driver.share(workspace);
        const reply = await upload("hello", { instance_id: share, profile_type: "share" });
        expect((await driver.get(`/share/${share}/storage/root/list/`)).list("nodes.items")).toMatchObject([
            { id: reply.at("new_file_id") },
        ]);
        const guest = await driver.account("guest@example.com");
        await driver.post(`/workspace/${workspace}/members/${guest.userId}/`, { permissions: "guest" });
        const form = new FormData();
        const fields = { name: "a", size: "1", action: "create", instance_id: workspace, folder_id: "root" };
        for (const [key, value] of Object.entries(fields)) form.append(key, value);
        form.append("chunk", new Blob(["x"]), "a");
        expect((await driver.send("POST", "/upload/", guest.token, form)).outcome).toBe("401/1680");
    });
});

describe("an upload session", () => {
    const mib = 1024 * 1024;
    let driver = new Driver();
    let workspace = "";
    beforeEach(async () => {
        driver = new Driver();
        workspace = await driver.workspace(await driver.organization());
    });
    const start = (form: Record<string, string> = {}) => {
        const target = { instance_id: workspace, profile_type: "workspace", folder_id: "root" };
        return driver.post("/upload/", {
            name: "big.bin",
            size: String(5 * mib),
            action: "create",
            ...target,
            ...form,
        });
    };
    const piece = (length: number, fill: number) => new Uint8Array(length).fill(fill);
    const chunk = (id: string, order: number | string, bytes: Uint8Array<ArrayBuffer>, query = "") => {
        const form = new FormData();
        form.append("chunk", new Blob([bytes]), "chunk");
        return driver.send("POST", `/upload/${id}/chunk/?order=${order}&size=${bytes.length}${query}`, undefined, form);
    };
    const details = async (id: string, query = "") =>
        (await driver.get(`/upload/${id}/details/${query}`)).at("session");
    const complete = (id: string) => driver.post(`/upload/${id}/complete/`);
    const sent = async (form: Record<string, string> = {}) => {
        const id = (await start(form)).text("id");
        await chunk(id, 1, piece(4 * mib, 1));
        await chunk(id, 2, piece(mib, 2));
        return id;
    };
    const files = async () =>
        (await driver.get(`/workspace/${workspace}/storage/root/list/`)).list("nodes.items").map(({ name }) => name);

    it("puts chunks together, in whatever order they come; plain polls move it on", async () => {
        const started = await start();
        expect(started.body).toEqual({ result: true, status: "ok", id: expect.stringMatching(/^5/) });
        const id = started.text("id");
        expect(await details(id)).toMatchObject({ id, status: "ready", chunks: {}, new_file_id: null });
        await chunk(id, 2, piece(mib, 2));
        await chunk(id, 1, piece(2 * mib, 9));
        await chunk(id, 1, piece(4 * mib, 1));
        const chunks = { 1: 4 * mib, 2: mib };
        expect((await driver.get(`/upload/${id}/chunk/`)).at("chunks")).toEqual(chunks);
        expect(await details(id)).toMatchObject({ status: "uploading", chunks });
        expect((await complete(id)).at("session.status")).toBe("assemble");
        expect([await files(), await details(id)]).toMatchObject([[], { status: "assembling", new_file_id: null }]);
        const stored = await details(id);
        expect(stored).toMatchObject({ status: "stored", new_file_id: expect.stringMatching(/^2/) });
        expect(await files()).toEqual(["big.bin"]);
        expect((await driver.ledger()).findLast(({ kind }) => kind === "file")).toMatchObject({ effect: "created" });
        const node = (await driver.get(`/workspace/${workspace}/storage/root/list/`)).list("nodes.items")[0];
        const bytes = Buffer.concat([piece(4 * mib, 1), piece(mib, 2)]);
        expect(node).toMatchObject({ size: 5 * mib, hash: createHash("sha256").update(bytes).digest("hex") });
        const response = await driver.emulator.fetch(
            new Request(`http://127.0.0.1:4010/current/workspace/${workspace}/storage/${node?.id}/read/`, {
                headers: { authorization: `Bearer ${driver.emulator.token}` },
            }),
        );
        expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
        // Ending a finished session leaves its file where it is.
        expect((await driver.delete(`/upload/${id}/`)).outcome).toBe("200");
        expect(await files()).toEqual(["big.bin"]);
        expect((await driver.get(`/upload/${id}/details/`)).outcome).toBe("404/1652");
    });

    it("answers a poll that waits when it has ended, and updates a file in place", async () => {
        const first = await sent();
        await complete(first);
        const { new_file_id: file } = (await details(first, "?wait=60")) as { new_file_id: string };
        const second = await sent({ action: "update", file_id: file, folder_id: "" });
        await complete(second);
        expect(await details(second, "?wait=60")).toMatchObject({ status: "stored", new_file_id: file });
    });

    it("without a target ends as complete and is attached by addfile", async () => {
        const id = (await driver.post("/upload/", { name: "x", size: "1", action: "create" })).text("id");
        await chunk(id, 1, piece(1, 7));
        const attach = () =>
            driver.post(`/workspace/${workspace}/storage/root/addfile/`, {
                name: "late.bin",
                from: JSON.stringify({ type: "upload", upload: { id } }),
            });
        expect((await attach()).outcome).toBe("406/1658");
        await complete(id);
        expect(await details(id, "?wait=60")).toMatchObject({ status: "complete", new_file_id: null });
        expect((await attach()).at("node")).toMatchObject({ name: "late.bin", size: 1 });
    });

    it("takes an empty file without any chunk", async () => {
        const id = (await start({ size: "0" })).text("id");
        await complete(id);
        expect(await details(id, "?wait=1")).toMatchObject({ status: "stored" });
    });

    it.each([
        ["a missing chunk", [[2, 5 * mib]]],
        [
            "a small chunk before the last",
            [
                [1, mib - 1],
                [2, 4 * mib + 1],
            ],
        ],
        ["too few bytes", [[1, mib]]],
        ["too many bytes", [[1, 6 * mib]]],
    ] as [string, [number, number][]][])("cannot be completed with %s, nor recover", async (_, chunks) => {
        const id = (await start()).text("id");
        for (const [order, length] of chunks) await chunk(id, order, piece(length, 1));
        expect((await complete(id)).outcome).toBe("406/10522");
        expect(await details(id)).toMatchObject({ status: "assembly_failed", status_message: expect.any(String) });
        expect((await complete(id)).outcome).toBe("406/1658");
        expect((await chunk(id, 1, piece(1, 1))).outcome).toBe("406/1658");
    });

    it("fails when the bytes are not those announced, or when their place is gone", async () => {
        const hashed = await sent({ hash: "00", hash_algo: "md5" });
        await complete(hashed);
        expect(await details(hashed, "?wait=1")).toMatchObject({ status: "assembly_failed" });
        const folder = (await driver.post(`/workspace/${workspace}/storage/root/createfolder/`, { name: "F" })).text(
            "node.id",
        );
        const homeless = await sent({ folder_id: folder });
        await driver.delete(`/workspace/${workspace}/storage/${folder}/delete/`);
        await complete(homeless);
        expect(await details(homeless, "?wait=1")).toMatchObject({ status: "store_failed", new_file_id: null });
    });

    it("refuses chunks that are not what they say", async () => {
        const id = (await start()).text("id");
        const bytes = piece(mib, 1);
        for (const order of ["0", "x", "551"]) expect((await chunk(id, order, bytes)).outcome).toBe("406/1605");
        expect((await chunk(id, "36", bytes)).outcome).toBe("413/1656");
        expect((await chunk(id, 1, bytes, "&hash=00&hash_algo=md5")).outcome).toBe("406/1605");
        const md5 = createHash("md5").update(bytes).digest("hex");
        expect((await chunk(id, 1, bytes, `&hash=${md5}&hash_algo=md5`)).outcome).toBe("200");
        expect((await driver.post(`/upload/${id}/chunk/?order=1&size=1`, { chunk: "x" })).outcome).toBe("406/1605");
        expect((await driver.delete(`/upload/${id}/chunk/?order=1`)).outcome).toBe("200");
        expect((await driver.delete(`/upload/${id}/chunk/?order=1`)).outcome).toBe("404/1609");
        expect((await driver.get(`/upload/${id}/chunk/`)).at("chunks")).toEqual({});
    });

    it("belongs to whoever began it, and ends when it is cancelled", async () => {
        const [one, two] = [await sent(), await sent()];
        const { token } = await driver.account("ann@example.com");
        expect((await driver.get(`/upload/${one}/details/`, token)).outcome).toBe("404/1652");
        const ids = async () => (await driver.get("/upload/details/")).list("sessions").map(({ id }) => id);
        expect(await ids()).toEqual([one, two]);
        await driver.delete(`/upload/${one}/`);
        expect(await ids()).toEqual([two]);
        expect((await complete(one)).outcome).toBe("404/1652");
        await driver.delete("/upload/");
        expect(await ids()).toEqual([]);
    });

    it("keeps to the limits of the plan, which are told", async () => {
        expect((await driver.get("/upload/limits/")).body).toMatchObject({ size: 1024 ** 3, chunk_size: 100 * mib });
        expect((await start({ size: String(1024 ** 3 + 1) })).outcome).toBe("413/1656");
        await driver.control("/plan", { organizationId: "acme", paid: true });
        const told = await driver.get(`/upload/limits/?instance_id=${workspace}&action=create`);
        expect(told.body).toMatchObject({ size: 25 * 1024 ** 3, chunks: 550, sessions: 7500 });
        expect((await start({ size: String(1024 ** 3 + 1) })).outcome).toBe("200");
        expect((await driver.get("/upload/algos/")).at("algos")).toEqual(["md5", "sha1", "sha256", "sha384"]);
        expect((await driver.get("/upload/limits/extensions/")).body).toMatchObject({ enforcement_enabled: false });
    });
});
