/** Files: bytes and versions, names that are never taken from others, renaming, moving, drift, large ones in chunks, imports. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { hashedAsset, textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";

let service: Service;
let process: Process;
let workspaceId: string;
let shareId: string;
let folder: string;

beforeAll(async () => {
    service = await Service.open();
    folder = mkdtempSync(join(tmpdir(), "file-"));
});
afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await service.close();
});
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    const { id: organizationId } = await service.organization("acme");
    workspaceId = (await service.workspace(organizationId, "design")).id;
    shareId = (await service.share(workspaceId, "Q4 Report")).id;
});
afterEach(() => process.close());

async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

const mebibyte = 1024 ** 2;
const hashOf = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");
const nodeOf = (id: unknown) => String(id).split("/")[1] ?? "";
/** Bytes of which no two chunks are alike. */
const bytesOf = (size: number, seed = 1) =>
    Buffer.alloc(size, Buffer.from(Array.from({ length: 257 }, (_, n) => n * seed)));

/** As the engine sends a file that a program names. */
function fileAsset(bytes: Buffer, name = "large.bin"): Properties {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return { ...hashedAsset(hashOf(bytes)), path };
}

/** Goes on with each request as the watcher says. */
function watch(
    watcher: (path: string, go: () => Promise<Dispatcher.ResponseData>) => Promise<Dispatcher.ResponseData>,
) {
    const request = process.request.bind(process);
    process.request = (options) => watcher(options.path, () => request(options));
}

describe.each(["workspace", "share"] as const)("in the storage of a %s", (segment) => {
    let place: Properties;
    let container: string;
    beforeEach(() => {
        container = segment === "workspace" ? workspaceId : shareId;
        place = { [`${segment}Id`]: container };
    });

    async function up(source: Properties, more: Properties = {}, resource = new Resource("File", "plan")) {
        await resource.up(process, { ...place, name: "plan.txt", source, ...more });
        return resource;
    }
    const storage = (method: string, node: string, verb: string, form?: Record<string, string>) =>
        service.api(method, `${segment}/${container}/storage/${node}/${verb}/`, form);
    const shown = async (resource: Resource) => (await storage("GET", nodeOf(resource.id), "details")).node;
    const bytes = async (resource: Resource) => {
        const path = `${segment}/${container}/storage/${nodeOf(resource.id)}/read/`;
        const headers = { Authorization: `Bearer ${service.emulator.token}` };
        return Buffer.from(await (await fetch(new URL(path, service.baseUrl), { headers })).arrayBuffer());
    };
    const versions = async (resource: Resource) =>
        ((await storage("GET", nodeOf(resource.id), "versions")) as unknown as { versions: object[] }).versions.length;
    const listed = async (node = "root") => (await storage("GET", node, "list")).nodes.items.map(({ name }) => name);
    const folderByHand = async (name: string) =>
        `${container}/${(await storage("POST", "root", "createfolder", { name })).node.id}`;
    const uploadByHand = (content: string, fields: Record<string, string>) =>
        service.upload(segment, container, "plan.txt", content, fields);

    test("the bytes, and what the service computes", async () => {
        const folderId = await folderByHand("Legal");
        const plan = await up(textAsset("What we do."), { folderId });
        expect((await bytes(plan)).toString()).toBe("What we do.");
        const { id, version, mimetype } = await shown(plan);
        expect(plan.id).toBe(`${container}/${id}`);
        expect(plan.outputs).toMatchObject({ folderId, size: 11, sha256: hashOf("What we do."), version, mimetype });
        expect(plan.outputs).not.toHaveProperty("source");
        expect(await plan.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a second run makes no request, also when the same bytes come from elsewhere", async () => {
        const plan = await up(textAsset("What we do."));
        const same = fileAsset(Buffer.from("What we do."), "plan.txt");
        expect(await service.requestsOf(() => up(same, {}, plan))).toEqual([]);
    });

    test("an empty file", async () => {
        expect((await up(textAsset(""))).outputs).toMatchObject({ size: 0, sha256: hashOf("") });
    });

    test("other bytes are a new version of the same file, together with a new name in another folder", async () => {
        const plan = await up(textAsset("What we do."));
        const { id } = plan;
        await up(textAsset("What we do next."), {}, plan);
        expect([plan.id, await versions(plan), (await bytes(plan)).toString()]).toEqual([id, 2, "What we do next."]);
        const folderId = await folderByHand("Legal");
        await up(textAsset("What we did."), { folderId, name: "done.txt" }, plan);
        expect([plan.id, await versions(plan), await listed(nodeOf(folderId))]).toEqual([id, 3, ["done.txt"]]);
        expect(await plan.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a new name or folder alone uploads nothing", async () => {
        const plan = await up(textAsset("What we do."));
        const folderId = await folderByHand("Legal");
        const requests = await service.requestsOf(async () => {
            await up(textAsset("What we do."), { name: "done.txt" }, plan);
            await up(textAsset("What we do."), { name: "done.txt", folderId }, plan);
            await up(textAsset("What we do."), { name: "done.txt" }, plan);
        });
        expect(requests.filter(({ path }) => path.endsWith("/upload/"))).toEqual([]);
        expect([await listed(), await versions(plan)]).toEqual([["Legal", "done.txt"], 1]);
    });

    test("bytes changed by hand are drift, and put back as one more version", async () => {
        const plan = await up(textAsset("What we do."));
        await uploadByHand("Something else", { action: "update", file_id: nodeOf(plan.id) });
        expect(await plan.refresh(process)).toEqual({ exists: true, drift: ["source"] });
        expect(plan.outputs.sha256).toBe(hashOf("Something else"));
        const args = { ...place, name: "plan.txt", source: textAsset("What we do.") };
        expect(plan.preview(process, args)).toEqual({ step: "updated", properties: ["source"] });
        await up(textAsset("What we do."), {}, plan);
        expect([(await bytes(plan)).toString(), await versions(plan)]).toEqual(["What we do.", 3]);
        expect(await plan.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("moved by hand is drift, and put back", async () => {
        const plan = await up(textAsset("What we do."));
        await storage("POST", nodeOf(plan.id), "move", { parent: nodeOf(await folderByHand("Legal")) });
        expect(await plan.refresh(process)).toEqual({ exists: true, drift: ["folderId"] });
        await up(textAsset("What we do."), {}, plan);
        expect(await shown(plan)).toMatchObject({ parent: "root" });
    });

    test("of a service that hashes otherwise, the bytes are read, once for each version", async () => {
        const plan = await up(textAsset("What we do."));
        const node = { ...(await shown(plan)), hash: "d41d8cd98f00b204e9800998ecf8427e", hash_algo: "md5" };
        process.troubles.push({ path: /\/details\/$/, how: { status: 200, body: { result: true, node } } });
        const reads = async () =>
            (await service.requestsOf(() => plan.refresh(process))).filter(({ path }) => path.endsWith("/read/"));
        plan.known = { ...plan.known, outputs: { ...plan.outputs, version: "3-of-before" } };
        expect(await reads()).toHaveLength(1);
        expect(plan.outputs.sha256).toBe(hashOf("What we do."));
        expect(await reads()).toEqual([]);
    });

    describe("a name that is taken", () => {
        test("at create: an error with the import command, and the other file keeps its bytes", async () => {
            const id = await uploadByHand("Theirs", { folder_id: "root" });
            const { message } = await failureOf(up(textAsset("What we do.")));
            expect(message).toMatch(/^creating file "plan.txt" failed: name: another file there/);
            expect(message).toContain(`pulumi import fastio:index:File plan ${container}/${id}`);
            expect((await storage("GET", id, "details")).node).toMatchObject({ size: 6 });
        });

        test("at a rename and at a move: the other file does not go to the trash", async () => {
            const plan = await up(textAsset("What we do."));
            const folderId = await folderByHand("Legal");
            await uploadByHand("Theirs", { folder_id: nodeOf(folderId) });
            await uploadByHand("Theirs", { folder_id: "root", name: "theirs.txt" });
            const rename = await failureOf(up(textAsset("What we do."), { name: "theirs.txt" }, plan.copy()));
            expect(rename.message).toMatch(/^updating file "theirs.txt" failed: name: another file/);
            const move = await failureOf(up(textAsset("What we do."), { folderId }, plan));
            expect(move.message).toMatch(/^updating file "plan.txt" failed: folderId: another file/);
            expect(await listed("trash")).toEqual([]);
        });
    });

    test("in the trash it is gone; a delete puts it there; a second delete is no error", async () => {
        const plan = await up(textAsset("What we do."));
        const copy = plan.copy();
        await plan.copy().delete(await nextRun());
        expect(await listed("trash")).toEqual(["plan.txt"]);
        await plan.delete(process);
        expect((await copy.refresh(process)).exists).toBe(false);
    });

    test("with its folder in the trash it is gone", async () => {
        const folderId = await folderByHand("Legal");
        const plan = await up(textAsset("What we do."), { folderId });
        await storage("DELETE", nodeOf(folderId), "delete");
        expect((await plan.refresh(await nextRun())).exists).toBe(false);
    });

    describe("when the answer is lost", () => {
        test("of a create: the new file of that name and these bytes is ours", async () => {
            process.troubles.push({ method: "POST", path: /\/upload\/$/, how: "unanswered" });
            const plan = await up(textAsset("What we do."));
            expect([(await bytes(plan)).toString(), await listed()]).toEqual(["What we do.", ["plan.txt"]]);
        });

        test("of a create: a file of other bytes is not", async () => {
            process.troubles.push({
                method: "POST",
                path: /\/upload\/$/,
                how: 502,
                before: () => uploadByHand("Theirs", { folder_id: "root" }),
            });
            const { message } = await failureOf(up(textAsset("What we do.")));
            expect(message).toContain("it was not there when looked for right after");
        });

        test("of an update: it is sent again", async () => {
            const plan = await up(textAsset("What we do."));
            process.troubles.push({ method: "POST", path: /\/upload\/$/, how: "unanswered", times: 1 });
            await up(textAsset("What we do next."), {}, plan);
            expect((await bytes(plan)).toString()).toBe("What we do next.");
        });
    });

    test("the file's id comes later: the upload is asked for it", async () => {
        const plan = await up(textAsset("What we do."));
        const { origin } = (await shown(plan)) as unknown as { origin: { upload_session_id: string } };
        process.troubles.push({
            method: "POST",
            path: /\/upload\/$/,
            how: { status: 200, body: { result: true, id: origin.upload_session_id } },
            before: () => uploadByHand("What we do next.", { action: "update", file_id: nodeOf(plan.id) }),
        });
        await up(textAsset("What we do next."), {}, plan);
        expect(plan.outputs.sha256).toBe(hashOf("What we do next."));
    });

    test("the service stores other bytes than were sent: an error that names the property", async () => {
        const plan = await up(textAsset("What we do."));
        process.troubles.push({
            method: "POST",
            path: /\/upload\/$/,
            how: { status: 200, body: { result: true, id: "5", new_file_id: nodeOf(plan.id) } },
        });
        const { message } = await failureOf(up(textAsset("What we do next."), {}, plan));
        expect(message).toContain("accepted source and did not make the change");
    });

    test("imported by id or by path, it is declared by the file of its name, without an upload", async () => {
        const folderId = await folderByHand("Legal");
        const plan = await up(textAsset("What we do."), { folderId });
        for (const named of [plan.ownId, `${container}/Legal/plan.txt`]) {
            const nothing = { inputs: {}, outputs: {} };
            const found = await process.lifecycle.read({ kind: "File" }, named, nothing);
            const { source: _, ...inputs } = plan.inputs;
            const { __place: _place, ...outputs } = plan.outputs;
            expect(found).toMatchObject({ id: plan.id, inputs, outputs });
            // The program's file of that name, with the bytes that the service has.
            expect(found?.inputs.source).toMatchObject({ path: "plan.txt", hash: hashOf("What we do.") });
            const imported = plan.copy();
            imported.known = { inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
            expect(await imported.up(process, plan.inputs)).toBe("same");
        }
        expect(await versions(plan)).toBe(1);
    });

    describe("in chunks", () => {
        const size = 13 * mebibyte + 7;
        const chunkRequests = async (work: () => Promise<unknown>) =>
            (await service.requestsOf(work)).filter(({ path }) => path.includes("/chunk/"));

        test("what is larger than 4 MiB; what is not goes in one request", async () => {
            const exact = await chunkRequests(() => up(fileAsset(bytesOf(4 * mebibyte)), { name: "exact.bin" }));
            expect(exact).toEqual([]);
            const content = bytesOf(size);
            let plan = new Resource("File", "plan");
            const requests = await chunkRequests(async () => {
                plan = await up(fileAsset(content));
            });
            expect(requests.map(({ query }) => query.order).sort()).toEqual(["1", "2", "3", "4"]);
            expect((await bytes(plan)).equals(content)).toBe(true);
            expect(plan.outputs).toMatchObject({ size, sha256: hashOf(content) });
            const next = bytesOf(size, 2);
            await up(fileAsset(next, "next.bin"), {}, plan);
            expect([(await bytes(plan)).equals(next), await versions(plan)]).toEqual([true, 2]);
        });

        if (segment === "share") return;

        test("text as well", async () => {
            const text = "What we do. ".repeat(500_000);
            expect((await up(textAsset(text))).outputs.sha256).toBe(hashOf(text));
        });

        test("three at a time", async () => {
            let [now, most] = [0, 0];
            watch(async (path, go) => {
                if (!path.includes("/chunk/")) return go();
                now += 1;
                most = Math.max(most, now);
                return go().finally(() => {
                    now -= 1;
                });
            });
            await up(fileAsset(bytesOf(5 * 4 * mebibyte)));
            expect(most).toBe(3);
        });

        test("one that breaks is repeated alone", async () => {
            process.troubles.push({ path: /\/chunk\/\?order=2&/, how: "lost", times: 1 });
            process.troubles.push({ path: /\/chunk\/\?order=3&/, how: "unanswered", times: 1 });
            const content = bytesOf(size);
            const orders: (string | undefined)[] = [];
            const requests = await chunkRequests(async () => {
                expect((await bytes(await up(fileAsset(content)))).equals(content)).toBe(true);
            });
            for (const { query } of requests) orders.push(query.order);
            expect(orders.sort()).toEqual(["1", "2", "3", "3", "4"]);
        });

        test("one that fails for good ends the upload, and nothing is left", async () => {
            process.troubles.push({ path: /\/chunk\/\?order=2&/, how: refusal(406, 1605, "hash: is not the sha256") });
            const { message } = await failureOf(up(fileAsset(bytesOf(size))));
            expect(message).toMatch(/upload chunk 2 of the file.*hash/);
            const { sessions } = (await service.api("GET", "upload/details/")) as unknown as { sessions: object[] };
            expect([sessions, await listed()]).toEqual([[], []]);
        });

        test("as large as the plan's number of chunks needs them", async () => {
            const limits = { result: true, limits: { chunks: 2, chunk_size: 100 * mebibyte, size: 1024 * mebibyte } };
            process.troubles.push({ path: /\/upload\/limits\//, how: { status: 200, body: limits } });
            expect(await chunkRequests(() => up(fileAsset(bytesOf(size))))).toHaveLength(2);
        });

        test("beyond the plan: nothing is uploaded, and the limit is named", async () => {
            const limits = { result: true, size: 10 * mebibyte };
            process.troubles.push({ path: /\/upload\/limits\//, how: { status: 200, body: limits } });
            const requests = await service.requestsOf(async () => {
                const { message } = await failureOf(up(fileAsset(bytesOf(size))));
                expect(message).toContain("source: it has 13.0 MiB, and the plan allows 10.0 MiB a file");
            });
            expect(requests.filter(({ method }) => method === "POST")).toEqual([]);
        });

        test("a service that shows the steps of the assembly is waited for", async () => {
            const states = ["assembling", "complete", "storing"];
            watch(async (path, go) => {
                const status = path.includes("/details/?wait") ? states.shift() : undefined;
                if (status === undefined) return go();
                process.troubles.push({
                    path: /\/upload\/[^/]+\/details\//,
                    how: { status: 200, body: { result: true, session: { status } } },
                    times: 1,
                });
                return go();
            });
            await up(fileAsset(bytesOf(size)));
            expect([states, await listed()]).toEqual([[], ["plan.txt"]]);
        });

        test.each([
            [{ status: "assembly_failed", status_message: "Chunk 3 is missing." }, /Chunk 3 is missing\)\. Run/],
            [
                { status: "assembly_failed", status_message: "10778: differs" },
                /did not arrive as they were sent.*Nothing was stored/,
            ],
            [
                { status: "assembly_failed", integrity_failure: { expected_crc32c: "a", computed_crc32c: "b" } },
                /did not arrive as they were sent/,
            ],
            [
                { status: "store_failed" },
                /has all the bytes and could not put them into the storage: store_failed\. Run/,
            ],
            [{ status: "complete", new_file_id: null }, /has not stored the file within 30 minutes/],
            [{ status: "assembling" }, /has not stored the file within 30 minutes/],
        ])("that come to nothing, %j: an error", async (session, message) => {
            const how = { status: 200, body: { result: true, session } };
            process.troubles.push({ path: /\/upload\/[^/]+\/details\//, how });
            expect((await failureOf(up(fileAsset(bytesOf(size))))).message).toMatch(message);
        });

        test("cancelled in the middle: no session is left", async () => {
            const end = new AbortController();
            watch(async (path, go) => {
                if (path.includes("/chunk/?order=3")) end.abort();
                return go();
            });
            const created = process.lifecycle.create(
                { kind: "File", bounds: { end: end.signal, last: AbortSignal.timeout(30_000) } },
                { ...place, name: "plan.txt", source: fileAsset(bytesOf(size)) },
            );
            await failureOf(created);
            const { sessions } = (await service.api("GET", "upload/details/")) as unknown as { sessions: object[] };
            expect(sessions).toEqual([]);
        });

        test("a lost answer to the last request is no harm", async () => {
            process.troubles.push({ path: /\/complete\/$/, how: "unanswered", times: 1 });
            await up(fileAsset(bytesOf(size)));
            expect(await listed()).toEqual(["plan.txt"]);
        });

        test("with its progress in Pulumi's output", async () => {
            await up(fileAsset(bytesOf(size)));
            const lines = process.told.filter(({ message }) => message.startsWith("uploading"));
            expect(lines.at(-1)).toEqual({ severity: "info", message: 'uploading "plan.txt": 100 % of 13.0 MiB' });
            expect(lines).toHaveLength(10);
        });
    });
});
