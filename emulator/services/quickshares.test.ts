import { Driver } from "../driver";

describe("a quickshare", () => {
    const driver = new Driver();
    let [workspace, file, path] = ["", "", ""];
    beforeAll(async () => {
        workspace = await driver.workspace(await driver.organization());
        const form = new FormData();
        const target = { instance_id: workspace, folder_id: "root", action: "create" };
        for (const [key, value] of Object.entries({ name: "a.txt", size: "1", ...target })) form.append(key, value);
        form.append("chunk", new Blob(["x"]), "a.txt");
        file = (await driver.send("POST", "/upload/", undefined, form)).text("new_file_id");
        path = `/workspace/${workspace}/storage/${file}/quickshare/`;
    });
    const open = (id: string) => driver.get(`/quickshare/${id}/details/`, "");

    it("shows one file to everyone, until it expires or is revoked", async () => {
        const id = (await driver.post(path)).text("quickshare.id");
        expect((await open(id)).at("quickshare")).toMatchObject({
            expires: "2026-02-12 13:00:00 UTC",
            file: { id: file, name: "a.txt", size: 1 },
        });
        expect((await driver.get(`/workspace/${workspace}/quickshares/`)).list("quickshares")).toMatchObject([{ id }]);
        await driver.control("/clock", { advanceSeconds: 3600 });
        // Never longer than a day after it was made.
        const longer = await driver.post(path, { expires: "86400" });
        expect(longer.at("quickshare")).toMatchObject({ id, expires: "2026-02-13 10:00:00 UTC" });
        expect((await driver.post(path, { expires: "86401" })).outcome).toBe("406/1605");
        await driver.control("/clock", { advanceSeconds: 86_400 });
        expect([(await open(id)).outcome, (await driver.get(path)).outcome]).toEqual(["404/1609", "404/1609"]);
        const next = (await driver.post(path)).text("quickshare.id");
        expect((await driver.delete(path)).outcome).toBe("200");
        expect([(await open(next)).outcome, (await driver.delete(path)).outcome]).toEqual(["404/1609", "404/1609"]);
    });

    it("is for live files only", async () => {
        expect((await driver.post(`/workspace/${workspace}/storage/root/quickshare/`)).outcome).toBe("406/1605");
        const id = (await driver.post(path)).text("quickshare.id");
        await driver.delete(`/workspace/${workspace}/storage/${file}/delete/`);
        expect((await open(id)).outcome).toBe("404/1609");
    });
});
