import { Driver } from "../driver";

describe.each(["workspace", "share"])("storage of a %s", (kind) => {
    let driver = new Driver();
    let storage = "";
    beforeEach(async () => {
        driver = new Driver();
        const workspace = await driver.workspace(await driver.organization());
        storage =
            kind === "workspace"
                ? `/workspace/${workspace}/storage`
                : `/share/${await driver.share(workspace)}/storage`;
    });
    const folder = async (name: string, parent = "root") =>
        (await driver.post(`${storage}/${parent}/createfolder/`, { name })).text("node.id");
    const note = async (name: string, parent = "root", content = "# Plan\n") =>
        (await driver.post(`${storage}/${parent}/createnote/`, { name, content })).text("node.id");
    const names = async (parent = "root", query = "") =>
        (await driver.get(`${storage}/${parent}/list/${query}`)).list("nodes.items").map(({ name }) => name);

    it("starts with an empty root that is no object of the census", async () => {
        const root = await driver.get(`${storage}/root/details/`);
        expect(root.at("node")).toMatchObject({ type: "folder", name: "root", parent: null });
        expect((await driver.get(`${storage}/root/list/`)).body).toMatchObject({
            nodes: { count: 0, items: [] },
            pagination: { has_more: false, next_cursor: null, page_size: 100 },
        });
        expect(await driver.census()).toMatchObject({ folders: 0, files: 0, notes: 0 });
    });

    it("makes folders, answers an existing one, and another when forced", async () => {
        const id = await folder("Legal");
        expect(id).toMatch(/^2[a-z2-7]{4}(-[a-z2-7]{5}){4}-[a-z2-7]{4}$/);
        const inner = await folder("Contracts", id.replaceAll("-", "").toUpperCase());
        expect((await driver.get(`${storage}/${inner}/details/`)).at("node")).toMatchObject({
            type: "folder",
            parent: id,
            created: "2026-02-12 10:00:00 UTC",
        });
        expect(await folder("Legal")).toBe(id);
        expect((await driver.ledger()).at(-1)).toMatchObject({ effect: "none" });
        const forced = await driver.post(`${storage}/root/createfolder/`, { name: "Legal", force: "true" });
        expect(forced.at("node.name")).toBe("Legal (2)");
        expect(await names()).toEqual(["Legal", "Legal (2)"]);
    });

    it.each(["", "a/b", "a\\b", ".", "..", "x ", "x.", "a\u0000b", "a".repeat(256)])(
        "refuses the name %j",
        async (name) => {
            expect((await driver.post(`${storage}/root/createfolder/`, { name })).outcome).toBe("406/1605");
            const id = await folder("Good");
            expect((await driver.post(`${storage}/${id}/update/`, { name })).outcome).toBe("406/1605");
        },
    );

    it("renames, and refuses a name that is taken beside it", async () => {
        const [a] = [await folder("A"), await folder("B")];
        await driver.control("/clock", { advanceSeconds: 5 });
        const renamed = await driver.post(`${storage}/${a}/update/`, { name: "C" });
        expect(renamed.at("node")).toMatchObject({ id: a, name: "C", modified: "2026-02-12 10:00:05 UTC" });
        expect((await driver.post(`${storage}/${a}/update/`, { name: "B" })).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/${a}/update/`, {})).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/root/update/`, { name: "R" })).outcome).toBe("406/1605");
        const titled = await driver.post(`${storage}/${a}/update/`, { metadata_title: "Title" });
        expect(titled.at("node.metadata")).toEqual({ title: "Title", short: null });
        expect(
            (await driver.post(`${storage}/${a}/update/`, { metadata_title: "null" })).at("node.metadata"),
        ).toBeNull();
    });

    it("moves, but not into itself", async () => {
        const [a, b] = [await folder("A"), await folder("B")];
        const inner = await folder("Inner", a);
        const move = (id: string, parent: string) => driver.post(`${storage}/${id}/move/`, { parent });
        expect((await move(inner, b)).at("node.parent")).toBe(b);
        expect((await move(inner, "root")).at("node.parent")).toBe("root");
        expect((await move(b, a)).outcome).toBe("200");
        for (const target of [a, b]) expect((await move(a, target)).outcome).toBe("406/1605");
        expect((await move(a, "")).outcome).toBe("406/1605");
        expect((await move(a, await note("n.md"))).outcome).toBe("406/1605");
    });

    it("renames a folder that meets its name where it is moved to, and lets a note replace a note", async () => {
        const target = await folder("Target");
        await folder("Same", target);
        const replaced = await note("same.md", target);
        const moved = await driver.post(`${storage}/${await folder("Same")}/move/`, { parent: target });
        expect(moved.at("node.name")).toBe("Same (2)");
        await driver.post(`${storage}/${await note("same.md")}/move/`, { parent: target });
        expect(await names(target)).toEqual(["Same", "Same (2)", "same.md"]);
        expect((await driver.get(`${storage}/trash/list/`)).list("nodes.items")).toMatchObject([{ id: replaced }]);
    });

    it("puts into the trash, restores, purges and empties", async () => {
        const a = await folder("A");
        const inner = await folder("Inner", a);
        const trash = async () => (await driver.get(`${storage}/trash/list/`)).list("nodes.items").map(({ id }) => id);
        expect((await driver.delete(`${storage}/${a}/purge/`)).outcome).toBe("406/1658");
        expect((await driver.delete(`${storage}/${a}/delete/`)).body).toEqual({ result: true, status: "ok" });
        expect([await names(), await trash()]).toEqual([[], [a]]);
        expect(await driver.census()).toMatchObject({ folders: 0 });
        for (const id of [a, inner]) {
            expect((await driver.get(`${storage}/${id}/details/`)).at("node.deleted")).toBe("2026-02-12 10:00:00 UTC");
            expect((await driver.delete(`${storage}/${id}/delete/`)).outcome).toBe("404/1609");
            expect((await driver.get(`${storage}/${id}/list/`)).outcome).toBe("404/1609");
        }
        expect((await driver.get(`${storage}/${a}/details/`)).at("node.deleted_from")).toBe("root");
        expect((await driver.post(`${storage}/${inner}/restore/`)).outcome).toBe("406/1658");
        expect((await driver.post(`${storage}/${a}/restore/`)).at("node")).toMatchObject({
            id: a,
            parent: "root",
            deleted: null,
        });
        expect([await names(), await names(a), await trash()]).toEqual([["A"], ["Inner"], []]);
        await driver.delete(`${storage}/${inner}/delete/`);
        await driver.delete(`${storage}/${a}/delete/`);
        expect(new Set(await trash())).toEqual(new Set([a, inner]));
        expect((await driver.delete(`${storage}/${a}/purge/`)).outcome).toBe("200");
        expect((await driver.get(`${storage}/${a}/details/`)).outcome).toBe("404/1609");
        expect((await driver.post(`${storage}/${inner}/restore/`)).at("node.parent")).toBe("root");
        await driver.delete(`${storage}/${inner}/delete/`);
        expect((await driver.delete(`${storage}/trash/delete/`)).outcome).toBe("200");
        expect(await trash()).toEqual([]);
        expect((await driver.delete(`${storage}/root/delete/`)).outcome).toBe("406/1605");
    });

    it("pages by cursor in every order", async () => {
        for (let number = 0; number < 120; number += 1) {
            await folder(`f${String(number).padStart(3, "0")}`);
            if (number === 59) await driver.control("/clock", { advanceSeconds: 1 });
        }
        const all = (await names("root", "?page_size=250")) as string[];
        expect(all).toHaveLength(120);
        for (const order of [
            "sort_by=name",
            "sort_by=name&sort_dir=desc",
            "sort_by=created&sort_dir=desc",
            "sort_by=updated",
            "sort_by=type",
        ]) {
            const first = await driver.get(`${storage}/root/list/?${order}`);
            expect(first.at("pagination")).toMatchObject({ has_more: true, page_size: 100 });
            const second = await driver.get(
                `${storage}/root/list/?${order}&cursor=${first.text("pagination.next_cursor")}`,
            );
            expect(second.at("pagination")).toEqual({ has_more: false, next_cursor: null, page_size: 100 });
            const seen = [...first.list("nodes.items"), ...second.list("nodes.items")].map(({ name }) => name);
            expect(seen.sort()).toEqual(all);
        }
        expect((await names("root", "?sort_by=name&sort_dir=desc"))[0]).toBe("f119");
        expect(Number((await names("root", "?sort_by=created&sort_dir=desc"))[0]?.toString().slice(1))).toBeGreaterThan(
            59,
        );
    });

    it.each(["page_size=50", "sort_by=size", "sort_by=constructor", "sort_dir=up", "cursor=abc"])(
        "refuses a page of %s",
        async (query) => {
            expect((await driver.get(`${storage}/root/list/?${query}`)).outcome).toBe("406/1605");
        },
    );

    it("keeps notes, without control characters", async () => {
        const id = await note("plan.md", "root", "# Plan\n\tone\u0007\r\n");
        const read = await driver.get(`${storage}/${id}/readnote/`);
        expect(read.body).toMatchObject({
            content: "# Plan\n\tone\r\n",
            note: { id, type: "note", name: "plan.md", size: 13 },
        });
        const version = (await driver.get(`${storage}/${id}/details/`)).at("node.version");
        const updated = await driver.post(`${storage}/${id}/updatenote/`, { name: "plans.md", content: "new" });
        expect(updated.at("node")).toMatchObject({ id, name: "plans.md", size: 3 });
        expect(updated.at("node.version")).not.toBe(version);
        expect((await driver.get(`${storage}/${id}/readnote/`)).at("content")).toBe("new");
        expect(await driver.census()).toMatchObject({ notes: 1 });
    });

    it.each([
        ["plan.txt", "x"],
        [`${"a".repeat(98)}.md`, "x"],
        ["plan.md", ""],
        ["plan.md", "a".repeat(102_401)],
        ["plan.md", "```\nopen"],
    ])("refuses the note %#", async (name, content) => {
        expect((await driver.post(`${storage}/root/createnote/`, { name, content })).outcome).toBe("406/1605");
    });

    it("refuses what is not a note or a folder where one is needed", async () => {
        const [folderId, noteId] = [await folder("F"), await note("n.md")];
        expect((await driver.get(`${storage}/${folderId}/readnote/`)).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/${folderId}/updatenote/`, { content: "x" })).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/${noteId}/updatenote/`)).outcome).toBe("406/1605");
        expect((await driver.get(`${storage}/${noteId}/list/`)).outcome).toBe("406/1605");
        expect((await driver.post(`${storage}/${noteId}/createfolder/`, { name: "x" })).outcome).toBe("406/1605");
        expect((await driver.get(`${storage}/2zzzz-zzzzz-zzzzz-zzzzz-zzzzz-zzzz/details/`)).outcome).toBe("404/1609");
    });
});
