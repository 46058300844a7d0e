import { Driver } from "../driver";

describe("a workspace", () => {
    const driver = new Driver();
    let org = "";
    beforeAll(async () => {
        org = await driver.organization();
        await driver.control("/plan", { organizationId: org, workspaces: null });
    });

    it("is created with defaults, owned by its creator, and read by id and by folder name", async () => {
        const created = await driver.post("/org/acme/create/workspace/", { folder_name: "My-Files", name: "My files" });
        const id = created.text("workspace.id");
        for (const name of [id, "My-Files", "my-files"]) {
            expect((await driver.get(`/workspace/${name}/details/`)).at("workspace")).toMatchObject({
                id,
                name: "My files",
                folder_name: "My-Files",
                org_domain: "acme",
                parents: { org },
                user_status: "joined",
                user_permission: "owner",
                description: null,
                perm_join: "Member or above",
                perm_member_manage: "Member or above",
                intelligence: true,
                accent_color: null,
                archived: false,
                closed: false,
                created: "2026-02-12 10:00:00 UTC",
            });
        }
    });

    it.each([
        ["folder_name", ""],
        ["folder_name", "abc"],
        ["folder_name", "a".repeat(81)],
        ["folder_name", "with space"],
        ["folder_name", "under_score"],
        ["folder_name", "Settings"],
        ["name", "x"],
        ["name", "a".repeat(101)],
        ["description", "short"],
        ["perm_join", "Owner only"],
        ["perm_member_manage", "Owner only"],
        ["intelligence", "yes"],
        ["background_color1", "1"],
        ["owner_defined", "nope"],
    ])("refuses %s = %j with 406/1605 at create and update", async (key, value) => {
        const form = { folder_name: "fresh-files", name: "Fresh", [key]: value };
        expect((await driver.post("/org/acme/create/workspace/", form)).outcome).toBe("406/1605");
        expect((await driver.post("/workspace/my-files/update/", { [key]: value })).outcome).toBe("406/1605");
    });

    it("takes letters of any script in a folder name", async () => {
        const form = { folder_name: "Prüfung-資料室", name: "Prüfung" };
        expect((await driver.post("/org/acme/create/workspace/", form)).at("workspace.folder_name")).toBe(
            "Prüfung-資料室",
        );
        expect((await driver.get(`/workspace/${encodeURIComponent("Prüfung-資料室")}/details/`)).outcome).toBe("200");
    });

    it("refuses a folder name that is taken anywhere, in any case, with 406/1607", async () => {
        await driver.organization("elsewhere");
        const form = { folder_name: "MY-files", name: "Mine" };
        expect((await driver.post("/org/elsewhere/create/workspace/", form)).outcome).toBe("406/1607");
        await driver.workspace(org, "other-files");
        expect((await driver.post("/workspace/other-files/update/", { folder_name: "my-files" })).outcome).toBe(
            "406/1607",
        );
        expect((await driver.post("/workspace/other-files/update/", { folder_name: "Other-Files" })).outcome).toBe(
            "200",
        );
    });

    it("changes what an update names and clears with null", async () => {
        const changes = {
            name: "Our files",
            description: "What we share\nwith clients.",
            perm_join: "Only Org Owners",
            intelligence: "false",
            background_color1: '{"r":1}',
        };
        expect((await driver.post("/workspace/my-files/update/", changes)).at("workspace")).toMatchObject({
            ...changes,
            intelligence: false,
            background_color1: { r: 1 },
        });
        await driver.post("/workspace/my-files/update/", { description: "null", background_color1: "" });
        expect((await driver.get("/workspace/my-files/details/")).at("workspace")).toMatchObject({
            name: "Our files",
            description: null,
            background_color1: null,
            perm_join: "Only Org Owners",
        });
    });

    it.each([{}, { nonsense: "x" }])("refuses an update that names no field: %j", async (form) => {
        expect((await driver.post("/workspace/my-files/update/", form)).outcome).toBe("406/1605");
    });

    it("keeps its id when its folder name changes", async () => {
        const id = await driver.workspace(org, "before-files");
        expect((await driver.post("/workspace/before-files/update/", { folder_name: "after-files" })).outcome).toBe(
            "200",
        );
        expect((await driver.get("/workspace/after-files/details/")).at("workspace.id")).toBe(id);
        expect((await driver.get("/workspace/before-files/details/")).outcome).toBe("404/1609");
    });

    it("is deleted with a confirmation from the query or the body, and its shares with it", async () => {
        for (const where of ["query", "body"]) {
            const id = await driver.workspace(org, `${where}-files`);
            const share = await driver.share(id);
            expect((await driver.delete(`/workspace/${id}/delete/`)).outcome).toBe("406/1605");
            expect((await driver.delete(`/workspace/${id}/delete/?confirm=other`)).outcome).toBe("406/1605");
            const deleted =
                where === "query"
                    ? await driver.delete(`/workspace/${id}/delete/?confirm=query-files`)
                    : await driver.send(
                          "DELETE",
                          `/workspace/${id}/delete/`,
                          undefined,
                          new URLSearchParams({ confirm: id }),
                      );
            expect(deleted.body).toEqual({ result: true, status: "ok" });
            expect((await driver.get(`/workspace/${id}/details/`)).outcome).toBe("404/1609");
            expect((await driver.get(`/share/${share}/details/`)).outcome).toBe("404/1609");
            expect((await driver.delete(`/workspace/${id}/delete/?confirm=${id}`)).outcome).toBe("404/1609");
        }
        expect((await driver.get("/workspaces/check/name/query-files/")).at("available")).toBe(false);
        await driver.control("/names", { keepClosed: false });
        expect((await driver.get("/workspaces/check/name/query-files/")).at("available")).toBe(true);
    });

    it("tells whether a name is free", async () => {
        expect((await driver.get("/workspaces/check/name/free-files/")).at("available")).toBe(true);
        expect((await driver.get("/workspaces/check/name/MY-FILES/")).at("available")).toBe(false);
        expect((await driver.get("/workspaces/check/name/no%20good/")).outcome).toBe("406/1605");
    });
});

describe("an archived workspace", () => {
    const driver = new Driver();
    let [workspace, share] = ["", ""];
    beforeAll(async () => {
        workspace = await driver.workspace(await driver.organization());
        share = await driver.share(workspace);
        const archived = await driver.send("POST", `/workspace/${workspace}/archive/`, undefined, "{}", {
            "content-type": "application/json",
        });
        expect(archived.at("workspace.archived")).toBe(true);
    });

    it.each([
        ["POST", "/workspace/{w}/update/"],
        ["POST", "/workspace/{w}/create/share/"],
        ["POST", "/workspace/{w}/members/ann%40example.com/"],
        ["POST", "/workspace/{w}/members/join/"],
        ["DELETE", "/workspace/{w}/members/1111111111111111111/"],
        ["POST", "/workspace/{w}/storage/root/createfolder/"],
        ["DELETE", "/workspace/{w}/storage/trash/delete/"],
        ["POST", "/share/{s}/update/"],
        ["POST", "/share/{s}/archive/"],
        ["DELETE", "/share/{s}/delete/"],
        ["POST", "/share/{s}/members/ann%40example.com/"],
        ["GET", "/workspace/{w}/member/me/transfer_ownership/"],
    ])("refuses %s %s with 406/1670", async (method, path) => {
        const target = path.replace("{w}", workspace).replace("{s}", share);
        expect((await driver.send(method, target)).outcome).toBe("406/1670");
    });

    it.each([
        "/workspace/{w}/details/",
        "/workspace/{w}/members/list/",
        "/workspace/{w}/list/shares/",
        "/workspace/{w}/storage/root/list/",
        "/share/{s}/details/",
    ])("answers GET %s", async (path) => {
        expect((await driver.get(path.replace("{w}", workspace).replace("{s}", share))).outcome).toBe("200");
    });

    it("is left out of the organization's list unless asked for, and is in the list of all", async () => {
        const ids = async (path: string) => (await driver.get(path)).list("workspaces").map(({ id }) => id);
        const live = await driver.workspace("acme", "live-files");
        expect(await ids("/org/acme/list/workspaces/")).toEqual([live]);
        expect(await ids("/org/acme/list/workspaces/?archived=false")).toEqual([live]);
        expect(await ids("/org/acme/list/workspaces/?archived=true")).toEqual([workspace]);
        expect(await ids("/workspaces/all/")).toEqual([workspace, live]);
        expect((await driver.get("/org/acme/list/workspaces/?archived=maybe")).outcome).toBe("406/1605");
    });

    it("is archived and unarchived as often as one likes", async () => {
        const flags = [];
        for (const verb of ["archive", "unarchive", "unarchive", "archive"]) {
            flags.push((await driver.post(`/workspace/${workspace}/${verb}/`)).at("workspace.archived"));
        }
        expect(flags).toEqual([true, false, false, true]);
        expect((await driver.ledger()).slice(-4).map(({ effect }) => effect)).toEqual([
            "none",
            "updated",
            "none",
            "updated",
        ]);
    });

    it("can be deleted", async () => {
        expect((await driver.delete(`/workspace/${workspace}/delete/?confirm=${workspace}`)).outcome).toBe("200");
    });
});

describe("who may do what on a workspace", () => {
    const driver = new Driver();
    const people = ["orgOwner", "orgAdmin", "orgMember", "owner", "admin", "member", "guest", "stranger"];
    const tokens: Record<string, string> = {};
    let workspace = "";

    beforeAll(async () => {
        const org = await driver.organization();
        await driver.control("/plan", { organizationId: org, membersPerWorkspace: null });
        for (const person of people) tokens[person] = (await driver.account(`${person}@example.com`)).token;
        tokens.orgOwner = driver.emulator.token;
        const add = (parent: string, person: string, permissions: string, token?: string) =>
            driver.post(`${parent}/members/${person}%40example.com/`, { permissions }, token);
        await add("/org/acme", "orgAdmin", "admin");
        await add("/org/acme", "orgMember", "member");
        await add("/org/acme", "owner", "member");
        workspace = await driver.workspace("acme", "team-files", tokens.owner);
        for (const role of ["admin", "member", "guest"]) await add("/workspace/team-files", role, role, tokens.owner);
    });

    const no = "401/1680";
    it.each([
        ["GET", "/workspace/{w}/details/", ["200", "200", no, "200", "200", "200", "200", no]],
        ["GET", "/workspace/{w}/members/list/", ["200", "200", no, "200", "200", "200", "200", no]],
        ["GET", "/workspace/{w}/list/shares/", ["200", "200", no, "200", "200", "200", "200", no]],
        ["GET", "/workspace/{w}/storage/root/list/", ["200", "200", no, "200", "200", "200", "200", no]],
        ["POST", "/workspace/{w}/update/", ["406/1605", no, no, "406/1605", "406/1605", no, no, no]],
        ["POST", "/workspace/{w}/unarchive/", ["200", no, no, "200", "200", no, no, no]],
        ["POST", "/workspace/{w}/create/share/", ["406/1605", no, no, "406/1605", "406/1605", "406/1605", no, no]],
        [
            "POST",
            "/workspace/{w}/storage/root/createfolder/",
            ["406/1605", no, no, "406/1605", "406/1605", "406/1605", no, no],
        ],
        ["DELETE", "/workspace/{w}/delete/", ["406/1605", no, no, "406/1605", no, no, no, no]],
        ["POST", "/org/acme/create/workspace/", ["406/1605", "406/1605", "406/1605", "406/1605", no, no, no, no]],
    ])("%s %s", async (method, path, outcomes) => {
        const target = path.replace("{w}", workspace);
        const replies = await Promise.all(people.map((person) => driver.send(method, target, tokens[person])));
        expect(replies.map(({ outcome }) => outcome)).toEqual(outcomes);
    });

    it.each([
        ["Member or above", ["200", "200", "200"]],
        ["Admin or above", ["200", "200", no]],
    ])("lets join by perm_join %s", async (permJoin, outcomes) => {
        const id = await driver.workspace(
            "acme",
            `join-${outcomes.filter((outcome) => outcome === "200").length}-files`,
        );
        await driver.post(`/workspace/${id}/update/`, { perm_join: permJoin });
        const joiners = ["orgAdmin", "orgMember"];
        const visible = await Promise.all(
            joiners.map(async (person) =>
                (await driver.get("/workspaces/available/", tokens[person]))
                    .list("workspaces")
                    .some((row) => row.id === id),
            ),
        );
        expect(visible).toEqual(outcomes.slice(1).map((outcome) => outcome === "200"));
        const replies = await Promise.all(
            joiners.map((who) => driver.post(`/workspace/${id}/members/join/`, {}, tokens[who])),
        );
        expect(replies.map(({ outcome }) => outcome)).toEqual(outcomes.slice(1));
        expect((await driver.post(`/workspace/${id}/members/join/`, {}, tokens.orgAdmin)).outcome).toBe("409/1669");
        expect((await driver.post(`/workspace/${id}/members/join/`, {}, tokens.stranger)).outcome).toBe(no);
    });

    it("shows an organization's member only the workspaces that perm_join admits them to", async () => {
        const id = await driver.workspace("acme", "closed-files");
        await driver.post(`/workspace/${id}/update/`, { perm_join: "Only Org Owners" });
        const sees = async (person: string) =>
            (await driver.get("/org/acme/list/workspaces/", tokens[person]))
                .list("workspaces")
                .some((row) => row.id === id);
        expect([await sees("orgOwner"), await sees("orgAdmin"), await sees("orgMember")]).toEqual([true, true, false]);
    });
});

describe("the plan", () => {
    it("allows five workspaces, says so with 412/1685, and can be lifted", async () => {
        const driver = new Driver();
        const org = await driver.organization();
        for (const number of [1, 2, 3, 4, 5]) await driver.workspace(org, `files-${number}`);
        const sixth = () => driver.post(`/org/${org}/create/workspace/`, { folder_name: "files-6", name: "Six" });
        expect((await sixth()).outcome).toBe("412/1685");
        expect((await sixth()).text("error.text")).toContain("5 workspaces");
        await driver.post("/workspace/files-1/archive/");
        expect((await sixth()).outcome).toBe("412/1685");
        await driver.delete("/workspace/files-1/delete/?confirm=files-1");
        expect((await sixth()).outcome).toBe("200");
        await driver.control("/plan", { organizationId: org, workspaces: null });
        await driver.workspace(org, "files-7");
    });
});

it("a workspace tells its limits and how much of them is used", async () => {
    const driver = new Driver();
    const workspace = await driver.workspace(await driver.organization());
    await driver.share(workspace);
    await driver.post(`/workspace/${workspace}/storage/root/createnote/`, { name: "n.md", content: "12345" });
    expect((await driver.get(`/workspace/${workspace}/limits/`)).at("limits")).toEqual({
        members: { limit: 5, used: 1 },
        shares: { limit: 50, used: 1 },
        storage_bytes: { limit: 50 * 1024 ** 3, used: 5 },
    });
});
