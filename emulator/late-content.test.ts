// The content side of the service of October 2026, where it is not that of the middle of the year.
import { crc32c } from "./crc32c";
import { Driver, type Reply } from "./driver";

type Form = Record<string, string>;

const permissions = { perm_join: "Member or above", perm_member_manage: "Member or above" };

let driver: Driver;
let org: string;
let workspace: string;

beforeEach(async () => {
    driver = new Driver({ dialect: "late2026" });
    org = await driver.organization();
    workspace = await driver.workspace(org);
});

const names = (reply: Reply) => reply.list("error.params").map(({ name }) => name);

function upload(form: Form, bytes?: string, path = "/upload/"): Promise<Reply> {
    const body = new FormData();
    for (const [key, value] of Object.entries(form)) body.append(key, value);
    if (bytes !== undefined) body.append("chunk", new Blob([bytes], { type: "text/plain" }), form.name ?? "a.txt");
    return driver.send("POST", path, undefined, body);
}

const target = (): Form => ({ action: "create", instance_id: workspace, folder_id: "root" });
const storage = () => `/workspace/${workspace}/storage`;
const session = (id: string, wait = 0) => driver.get(`/upload/${id}/details/?wait=${wait}`);

async function file(name = "a.txt", bytes = "hello"): Promise<string> {
    const { id = "" } = (await upload({ name, size: String(bytes.length), ...target() }, bytes)).body as {
        id?: string;
    };
    return (await session(id, 60)).text("session.new_file_id");
}

describe("a DELETE", () => {
    it("is not read beyond its query: a share stays that is to go by a form, and a lock", async () => {
        const share = await driver.share(workspace);
        const form = (fields: Form) => new URLSearchParams(fields);
        const path = `/share/${share}/delete/`;
        expect((await driver.send("DELETE", path, undefined, form({ confirm: share }))).outcome).toBe("406/130987");
        expect((await driver.get(`/share/${share}/details/`)).status).toBe(200);
        expect((await driver.delete(`${path}?confirm=wrong`)).status).toBe(406);
        expect((await driver.delete(`${path}?confirm=${share}`)).status).toBe(200);

        const lock = `${storage()}/${await file()}/lock/`;
        const token = (await driver.post(lock)).text("lock_token");
        const body = form({ lock_token: token });
        expect((await driver.send("DELETE", lock, undefined, body)).outcome).toBe("406/205516");
        expect((await driver.get(lock)).at("locked")).toBe(true);
        expect((await driver.post(`${lock}heartbeat/`, { lock_token: token })).at("locked")).toBe(true);
        expect((await driver.delete(`${lock}?lock_token=${token}`)).status).toBe(200);
    });
});

describe("a workspace", () => {
    const create = (form: Form) => driver.post(`/org/${org}/create/workspace/`, form);
    const form = { folder_name: "more-files", name: "More files", ...permissions };

    it("names all that a create lacks", async () => {
        const reply = await create({});
        expect([reply.status, names(reply)]).toEqual([406, ["folder_name", "name", ...Object.keys(permissions)]]);
    });

    it("has extraction on unless it is sent, and intelligence where the plan has it", async () => {
        let made = 0;
        const shown = async (more: Form) => {
            made += 1;
            const reply = await create({
                ...form,
                folder_name: `files-${made}`,
                ...more,
            });
            return [reply.at("workspace.intelligence"), reply.at("workspace.metadata_extraction")];
        };
        expect(await shown({})).toEqual([false, true]);
        expect(await shown({ intelligence: "true", metadata_extraction: "false" })).toEqual([false, false]);
        await driver.control("/plan", { organizationId: org, paid: true });
        expect(await shown({})).toEqual([true, true]);
    });

    it("refuses intelligence later on where the plan has none, and takes extraction", async () => {
        const update = (fields: Form) => driver.post(`/workspace/${workspace}/update/`, fields);
        const refused = await update({ intelligence: "true" });
        expect([refused.status, names(refused)]).toEqual([406, ["intelligence"]]);
        expect((await update({ metadata_extraction: "true" })).at("workspace.metadata_extraction")).toBe(true);
    });

    it("is hidden from its organization's list while it is archived", async () => {
        await driver.post(`/workspace/${workspace}/archive/`);
        const listed = async (path: string) => (await driver.get(path)).list("workspaces").length;
        const path = `/org/${org}/list/workspaces/`;
        expect([await listed(path), await listed(`${path}?archived=true`), await listed("/workspaces/all/")]).toEqual([
            0, 1, 1,
        ]);
        expect((await driver.get(`/workspace/${workspace}/details/`)).at("workspace.archived")).toBe(true);
    });

    it("has nothing running", async () => {
        const { body } = await driver.get(`/workspace/${workspace}/jobs/status/`);
        expect(body).toMatchObject({ jobs: { intelligence: null, metadata_extract: [] } });
    });
});

describe("a share", () => {
    const create = (form: Form) =>
        driver.post(`/workspace/${workspace}/create/share/`, { title: "Room", intelligence: "false", ...form });
    const folder = async (name: string) =>
        (await driver.post(`${storage()}/root/createfolder/`, { name })).text("node.id");

    it.each([
        ["independent", undefined, "send"],
        ["independent", "send", "send"],
        ["independent", "receive", "send"],
        ["independent", "exchange", "send"],
        ["workspace_folder", undefined, "exchange"],
        ["workspace_folder", "send", "send"],
        ["workspace_folder", "receive", "receive"],
        ["workspace_folder", "exchange", "exchange"],
    ])("with the storage %s and the type %s is of the type %s", async (mode, type, stored) => {
        const place = mode === "independent" ? {} : { folder_node_id: await folder("Room") };
        const reply = await create({ storage_mode: mode, ...place, ...(type && { share_type: type }) });
        expect([reply.status, reply.at("share.share_type")]).toEqual([200, stored]);
        const id = reply.text("share.id");
        const updated = await driver.post(`/share/${id}/update/`, { share_type: "receive" });
        expect(updated.at("share.share_type")).toBe(mode === "independent" ? "send" : "receive");
    });

    it("is of the type send before its access is looked at", async () => {
        const reply = await create({
            share_type: "receive",
            access_options: "Anyone with the link",
            password: "open sesame",
        });
        expect(reply.at("share")).toMatchObject({ share_type: "send", password: true });
    });

    it("names all that a create lacks, and every word that it does not know", async () => {
        expect(names(await driver.post(`/workspace/${workspace}/create/share/`))).toEqual(["title", "intelligence"]);
        const words = { title: "x", share_type: "zzz", notify: "zzz", download_security: "zzz" };
        expect(names(await create(words))).toEqual(["title", "share_type", "notify", "download_security"]);
    });

    it("has no intelligence that its plan or its folder does not have", async () => {
        expect((await create({ intelligence: "true" })).at("share.intelligence")).toBe(false);
        const id = await driver.share(workspace);
        expect((await driver.post(`/share/${id}/update/`, { intelligence: "true" })).status).toBe(406);
        await driver.control("/plan", { organizationId: org, paid: true });
        expect((await create({ intelligence: "true" })).at("share.intelligence")).toBe(true);
        const ofFolder = {
            storage_mode: "workspace_folder",
            folder_node_id: await folder("Room"),
            intelligence: "true",
        };
        expect((await create(ofFolder)).at("share.intelligence")).toBe(false);
    });

    it("knows the older switch of downloads on update alone", async () => {
        const id = (await create({ download_enabled: "false" })).text("share.id");
        const shown = async () => (await driver.get(`/share/${id}/details/`)).at("share");
        expect(await shown()).toMatchObject({ download_security: "off", share_category: "portal" });
        await driver.post(`/share/${id}/update/`, { download_enabled: "false" });
        expect(await shown()).toMatchObject({ download_security: "high" });
        expect(await shown()).not.toHaveProperty("download_enabled");
    });

    it("passes on whom from outside it lets in", async () => {
        const id = (await create({ external_invites: "allowed" })).text("share.id");
        expect((await driver.get(`/share/${id}/details/`)).at("share.external_invites")).toBe("allowed");
    });

    it("drops keys that it does not know", async () => {
        const id = await driver.share(workspace);
        const reply = await driver.post(`/share/${id}/update/`, {
            title: "Other",
            storage_mode: "workspace_folder",
            zzz: "1",
        });
        expect(reply.at("share")).toMatchObject({ title: "Other", storage_mode: "independent" });
    });

    it("says that its folder is gone", async () => {
        const node = await folder("Room");
        const id = (await create({ storage_mode: "workspace_folder", folder_node_id: node })).text("share.id");
        await driver.delete(`${storage()}/${node}/delete/`);
        expect((await driver.get(`/share/${id}/details/`)).at("share.is_orphaned")).toBe(true);
    });
});

describe("an upload", () => {
    it("in one request tells later where the file is", async () => {
        const reply = await upload({ name: "a.txt", size: "5", ...target() }, "hello");
        expect(reply.body).toEqual({ result: true, status: "ok", id: expect.any(String), new_file_id: null });
        const id = reply.text("id");
        expect((await driver.get("/upload/details/")).list("sessions")).toMatchObject([
            { status: "storing", new_file_id: null },
        ]);
        const { body } = await session(id);
        expect(body).toMatchObject({ session: { status: "complete", new_file_id: expect.any(String) } });
        expect((await driver.delete(`/upload/${id}/`)).status).toBe(200);
        expect((await driver.get(`${storage()}/root/list/`)).at("nodes.count")).toBe(1);
    });

    it("in chunks ends with complete too", async () => {
        const id = (await upload({ name: "a.txt", size: "5", ...target() })).text("id");
        // The numbers of a chunk are taken from the form as well.
        await upload(
            { order: "1", size: "5", hash: crc32c([Buffer.from("hello")]), hash_algo: "crc32c" },
            "hello",
            `/upload/${id}/chunk/`,
        );
        await driver.post(`/upload/${id}/complete/`);
        const seen = [];
        for (let look = 0; look < 4; look += 1) seen.push((await session(id)).at("session.status"));
        expect(seen).toEqual(["assembling", "storing", "complete", "complete"]);
    });

    it("waits to the end for who waits", async () => {
        const id = (await upload({ name: "a.txt", size: "5", ...target() })).text("id");
        await upload({}, "hello", `/upload/${id}/chunk/?order=1&size=5`);
        await driver.post(`/upload/${id}/complete/`);
        expect((await session(id, 60)).at("session.status")).toBe("complete");
    });

    it("without a target is held for a file", async () => {
        const id = (await upload({ name: "a.txt", size: "5" }, "hello")).text("id");
        const from = JSON.stringify({ type: "upload", upload: { id } });
        const reply = await driver.post(`${storage()}/root/addfile/`, { name: "b.txt", from });
        expect(reply.at("node")).toMatchObject({ name: "b.txt", crc32c: "9a71bb4c" });
    });

    it("of the same bytes makes no version", async () => {
        const id = await file();
        const before = (await driver.get(`${storage()}/${id}/details/`)).at("node.version");
        expect(await file()).toBe(id);
        expect((await driver.get(`${storage()}/${id}/details/`)).at("node.version")).toBe(before);
    });

    it("with a wrong checksum stores nothing", async () => {
        const wrong = { hash: "00000000", hash_algo: "crc32c" };
        const reply = await upload({ name: "a.txt", size: "5", ...target(), ...wrong }, "hello");
        expect(reply.outcome).toBe("406/10778");
        const id = (await upload({ name: "a.txt", size: "5", ...target() })).text("id");
        expect((await upload(wrong, "hello", `/upload/${id}/chunk/?order=1&size=5`)).outcome).toBe("406/10778");
        expect((await session(id)).at("session.status")).toBe("assembly_failed");
        expect((await driver.get(`${storage()}/root/list/`)).at("nodes.count")).toBe(0);
    });

    it("compares the checksum of the whole with what came", async () => {
        const id = (await upload({ name: "a.txt", size: "5", ...target() })).text("id");
        const chunk = (file_crc32c: string) => upload({ file_crc32c }, "hello", `/upload/${id}/chunk/?order=1&size=5`);
        expect((await chunk("00000000")).status).toBe(200);
        expect((await chunk("11111111")).outcome).toBe("409/10779");
        await driver.post(`/upload/${id}/complete/`);
        expect((await session(id, 60)).at("session")).toMatchObject({
            status: "assembly_failed",
            integrity_failure: { expected_crc32c: "00000000", computed_crc32c: "9a71bb4c" },
        });
    });

    it("knows crc32c, as the older service does not", async () => {
        expect((await driver.get("/upload/algos/")).list("algos")).toContain("crc32c");
        const older = new Driver({ dialect: "mid2026" });
        expect((await older.get("/upload/algos/")).list("algos")).not.toContain("crc32c");
    });
});

describe("a name", () => {
    it("has 255 characters at most, whatever they are", async () => {
        const create = (name: string) => driver.post(`${storage()}/root/createfolder/`, { name });
        expect((await create("é".repeat(255))).status).toBe(200);
        expect((await create("x".repeat(256))).outcome).toBe("406/206604");
        const path = { relative_path: `${"x".repeat(256)}/` };
        expect((await upload({ name: "a.txt", size: "5", ...target(), ...path }, "hello")).outcome).toBe("406/146871");
    });
});

describe("a note", () => {
    const create = (form: Form) => driver.post(`${storage()}/root/createnote/`, form);

    it("is answered under its own key, with the name that it got", async () => {
        const form = { name: "plan.md", content: "# Plan" };
        expect((await create(form)).at("note.name")).toBe("plan.md");
        expect((await create(form)).at("note.name")).toBe("plan (2).md");
        expect((await create({ ...form, name: `${"x".repeat(252)}.md` })).status).toBe(200);
        expect((await create({ ...form, name: `${"x".repeat(253)}.md` })).outcome).toBe("406/206604");
    });

    it("keeps what was written since", async () => {
        const note = (await create({ name: "plan.md", content: "one" })).at("note") as { id: string; version: string };
        const update = (form: Form) => driver.post(`${storage()}/${note.id}/updatenote/`, form);
        const second = await update({ content: "two", if_version_id: note.version });
        const stale = await update({ content: "three", if_version_id: note.version });
        expect([stale.status, stale.list("error.params")]).toMatchObject([
            409,
            [{ reason: "conflict_version_mismatch", current_version_id: second.at("note.version") }],
        ]);
        expect((await update({ content: "three", if_version_id: "" })).outcome).toBe("406/207092");
        const read = (query: string) => driver.get(`${storage()}/${note.id}/readnote/${query}`);
        expect((await read("")).body).toMatchObject({ content: "two", note: { version: second.at("note.version") } });
        expect((await read(`?version_id=${note.version}`)).body).toMatchObject({
            content: "one",
            note: { version: note.version },
        });
        expect((await driver.get(`${storage()}/${await file()}/readnote/`)).outcome).toBe("406/153548");
    });

    it("is not made in a share", async () => {
        const share = await driver.share(workspace);
        const reply = await driver.post(`/share/${share}/storage/root/createnote/`, { name: "plan.md", content: "x" });
        expect(reply.outcome).toBe("404/9992");
    });
});

describe("a node", () => {
    const details = (ids: string) => driver.get(`${storage()}/${ids}/details/`);

    it("is guarded by the version that a change is based on", async () => {
        const id = await file();
        const update = (form: Form) => driver.post(`${storage()}/${id}/update/`, form);
        const version = (await details(id)).text("node.version");
        expect((await update({ name: "b.txt", if_version_id: version.replaceAll("-", "") })).status).toBe(200);
        expect((await update({ name: "c.txt", if_version_id: "3abcd" })).status).toBe(409);
    });

    it("has the keys of the trash only while it is there", async () => {
        const id = await file();
        expect((await details(id)).at("format")).toBe("single");
        for (const key of ["deleted", "deleted_from"]) expect((await details(id)).at("node")).not.toHaveProperty(key);
        await driver.delete(`${storage()}/${id}/delete/`);
        expect((await details(id)).at("node")).toMatchObject({ deleted: expect.any(String), deleted_from: "root" });
    });

    it("is shown with others in one answer, beside what is not there", async () => {
        const [a, b] = [await file("a.txt"), await file("b.txt")];
        const { body } = await details(`${a},${b},2nowhere`);
        expect(body).toMatchObject({
            format: "multi",
            nodes: [{ id: a }, { id: b }],
            errors: [{ node_id: "2nowhere", code: 133_123 }],
        });
        expect((await details("2nowhere,2nobody")).status).toBe(404);
        expect((await details(Array.from({ length: 26 }, (_, n) => `2n${n}`).join(","))).outcome).toBe("400/115519");
    });

    it("does not come from a hash in a workspace, and does in a share", async () => {
        await file();
        const share = await driver.share(workspace);
        await upload({ name: "a.txt", size: "5", ...target(), instance_id: share }, "hello");
        const hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        const from = JSON.stringify({ type: "hash", hash: { hash, hash_type: "sha256" } });
        const add = (path: string) => driver.post(`${path}/storage/root/addfile/`, { name: "b.txt", from });
        expect([(await add(`/workspace/${workspace}`)).status, (await add(`/share/${share}`)).status]).toEqual([
            406, 200,
        ]);
    });

    it("goes to another workspace by its profile, as a copy or instead", async () => {
        const other = await driver.workspace(org, "other-files");
        const id = await file();
        const transfer = (form: Form) => driver.post(`${storage()}/${id}/transfer/`, form);
        expect(names(await transfer({ target_workspace_id: other }))).toEqual(["profile_type", "profile_id", "parent"]);
        const form = { profile_type: "workspace", profile_id: other, parent: "root" };
        expect((await transfer(form)).at("source_trashed")).toBe(false);
        expect((await transfer({ ...form, transfer_mode: "move" })).at("source_trashed")).toBe(true);
        expect((await details(id)).at("node.deleted_from")).toBe("root");
    });

    it("is taken away in a zip with a token", async () => {
        await file();
        const token = (await driver.get(`${storage()}/root/requestzip/`)).text("token");
        expect((await driver.get(`${storage()}/root/zip/?token=${token}`, "")).status).toBe(200);
    });
});

describe("a search", () => {
    it("is not for a share of a folder, less so when the folder is gone", async () => {
        const node = (await driver.post(`${storage()}/root/createfolder/`, { name: "Room" })).text("node.id");
        const share = await driver.share(workspace, { storage_mode: "workspace_folder", folder_node_id: node });
        const find = () => driver.get(`/share/${share}/storage/search/?search=room`);
        expect((await find()).outcome).toBe("404/139420");
        await driver.delete(`${storage()}/${node}/delete/`);
        expect((await find()).outcome).toBe("404/179101");
    });
});

describe("the inventory", () => {
    const inventory = (query = "") => driver.get(`${storage()}/inventory/${query}`);

    it("has every live node with its path, in pages", async () => {
        const a = (await driver.post(`${storage()}/root/createfolder/`, { name: "A" })).text("node.id");
        const b = (await driver.post(`${storage()}/${a}/createfolder/`, { name: "B" })).text("node.id");
        const id = await file("a.txt");
        await driver.delete(`${storage()}/${await file("gone.txt")}/delete/`);
        expect((await inventory("?include=path&type=folder")).list("nodes.items")).toEqual([
            { id: a, name: "A", type: "folder", parent: "root", path: "/A" },
            { id: b, name: "B", type: "folder", parent: a, path: "/A/B" },
        ]);
        expect((await inventory("?type=file")).list("nodes.items")).toEqual([
            { id, name: "a.txt", type: "file", parent: "root" },
        ]);
        expect((await inventory()).at("pagination")).toMatchObject({ has_more: false, page_size: 100 });
    });

    it("takes no level of output, and is not there in the older service", async () => {
        expect((await inventory("?output=terse")).status).toBe(406);
        const older = new Driver({ dialect: "mid2026" });
        const place = await older.workspace(await older.organization());
        expect((await older.get(`/workspace/${place}/storage/inventory/`)).outcome).toBe("404/9992");
    });
});

describe("a batch of uploads", () => {
    function send(manifest: unknown[], files: string[], form: Form = {}): Promise<Reply> {
        const body = new FormData();
        for (const [key, value] of Object.entries({ instance_id: workspace, ...form })) body.append(key, value);
        body.append("manifest", JSON.stringify(manifest));
        files.forEach((bytes, index) => {
            body.append(`file_${index}`, new Blob([bytes]), "x");
        });
        return driver.send("POST", "/upload/batch/", undefined, body);
    }

    it("puts files where their paths say, and tells of each what came of it", async () => {
        const long = `${"x".repeat(256)}/`;
        const reply = await send(
            [
                { index: 0, filename: "a.txt", relative_path: "Legal/Terms/" },
                { index: 1, filename: "b.txt", relative_path: long },
                { index: 2, filename: "c.txt", hash: "00000000", hash_algo: "crc32c" },
            ],
            ["one", "two", "three"],
        );
        expect(reply.body).toMatchObject({ count_total: 3, count_succeeded: 1, count_errored: 2 });
        expect(reply.list("results")).toMatchObject([
            { index: 0, filename: "a.txt", status: "ok", node_id: null, error_code: null },
            { index: 1, status: "error", error_code: 146_871, upload_id: null },
            { index: 2, status: "error", error_code: 10_778 },
        ]);
        const [first] = reply.list("results");
        expect((await session(String(first?.upload_id), 60)).at("session.status")).toBe("complete");
        const listed = (await driver.get(`${storage()}/inventory/?include=path&type=file`)).list("nodes.items");
        expect(listed).toMatchObject([{ path: "/Legal/Terms/a.txt" }]);
        const path = `/upload/batch/${reply.text("batch_id")}/`;
        expect((await driver.get(path)).at("results.0.node_id")).toBeNull();
        await driver.control("/clock", { advanceSeconds: 3601 });
        expect((await driver.get(path)).status).toBe(404);
    });

    it("is refused as a whole when it is too large or not what it says", async () => {
        const many = Array.from({ length: 201 }, (_, index) => ({ index, filename: `${index}.txt` }));
        expect((await send(many, [])).status).toBe(403);
        expect((await send([{ index: 0, filename: "a", hash: "00000000" }], ["x"])).outcome).toBe("406/196420");
        expect((await send([{ index: 0, filename: "a" }], ["x"], { creator: "not allowed" })).status).toBe(406);
        expect((await driver.census()).files).toBe(0);
    });
});

describe("templates of metadata", () => {
    it("are gone: some say so, the others are routes that there never were", async () => {
        const node = `${storage()}/2abcd/metadata`;
        expect((await driver.get(`${node}/templates/`)).outcome).toBe("410/131380");
        expect((await driver.post(`${node}/template_select/`)).outcome).toBe("410/122209");
        expect((await driver.post(`${node}/update/`)).status).toBe(410);
        expect((await driver.get(`/workspace/${workspace}/metadata/templates/list/`)).outcome).toBe("404/9992");
    });
});
