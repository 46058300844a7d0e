import { Driver } from "../driver";

describe("finding nodes", () => {
    const driver = new Driver();
    let [workspace, storage] = ["", ""];
    beforeAll(async () => {
        workspace = await driver.workspace(await driver.organization());
        storage = `/workspace/${workspace}/storage`;
        const id = (await driver.post(`${storage}/root/createfolder/`, { name: "Contracts" })).text("node.id");
        for (const name of ["Contract.md", "other.md", "gone contract.md"]) {
            await driver.control("/clock", { advanceSeconds: 1 });
            await driver.post(`${storage}/${id}/createnote/`, { name, content: "x" });
        }
        const gone = (await driver.get(`${storage}/search/?search=gone`)).at("files");
        await driver.delete(`${storage}/${Object.keys(gone as object)[0]}/delete/`);
    });
    const found = async (query: string, path = storage) => {
        const files = (await driver.get(`${path}/search/?${query}`)).at("files") as Record<string, { name: string }>;
        return Object.values(files).map(({ name }) => name);
    };

    it("by name goes through the whole storage, without case and without the trash", async () => {
        expect(await found("search=CONTRACT")).toEqual(["Contract.md", "Contracts"]);
        expect(await found("search=contract&limit=1&offset=1")).toEqual(["Contracts"]);
        const reply = await driver.get(`${storage}/search/?search=other`);
        expect(reply.at("pagination")).toMatchObject({ total: 1, has_more: false });
        expect(Object.values(reply.at("files") as object)).toMatchObject([
            { type: "note", parent_id: expect.any(String) },
        ]);
        for (const query of ["", "search=x"]) {
            expect((await driver.get(`${storage}/search/?${query}`)).outcome).toBe("406/1605");
        }
    });

    it("by change gives the last ones first, of one type if asked", async () => {
        const recent = async (query = "") =>
            (await driver.get(`${storage}/recent/${query}`)).list("nodes.items").map(({ name }) => name);
        expect(await recent()).toEqual(["other.md", "Contract.md", "Contracts"]);
        expect(await recent("?type=folder")).toEqual(["Contracts"]);
        expect((await driver.get(`${storage}/recent/?type=image`)).outcome).toBe("406/1605");
        expect((await driver.get(`${storage}/recent/?page_size=7`)).outcome).toBe("406/1605");
    });

    it("does not search a share of a workspace folder", async () => {
        const form = { storage_mode: "workspace_folder", create_folder: "true", folder_name: "Shown" };
        const share = await driver.share(workspace, form);
        expect((await driver.get(`/share/${share}/storage/search/?search=contract`)).outcome).toBe("404/1609");
        expect((await driver.get(`/share/${share}/storage/recent/`)).list("nodes.items")).toEqual([]);
    });
});
