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
