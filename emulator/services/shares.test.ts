import { Driver } from "../driver";

const link = "Anyone with the link";
const registered = "Anyone with a registered account";

describe("a share", () => {
    const driver = new Driver();
    let [org, workspace] = ["", ""];
    beforeAll(async () => {
        org = await driver.organization();
        workspace = await driver.workspace(org);
    });
    const create = (form: Record<string, string>) =>
        driver.post(`/workspace/${workspace}/create/share/`, { title: "Room", ...form });
    const folder = async (name: string) =>
        (await driver.post(`/workspace/${workspace}/storage/root/createfolder/`, { name })).text("node.id");

    it("is created with defaults, owned by its creator, and read by id and by custom name", async () => {
        const created = await create({ custom_name: "q4-Financials" });
        const id = created.text("share.id");
        for (const name of [id, "q4-Financials", "Q4-FINANCIALS"]) {
            expect((await driver.get(`/share/${name}/details/`)).at("share")).toMatchObject({
                id,
                title: "Room",
                custom_name: "q4-Financials",
                custom_url: null,
                share_type: "exchange",
                storage_mode: "independent",
                folder_node_id: null,
                share_root_id: expect.stringMatching(/^2[a-z2-7]{4}(-[a-z2-7]{4,5}){5}$/),
                access_options: "Only members of the Share or Workspace",
                invite: "owners",
                notify: "never",
                display_type: "grid",
                comments: true,
                download_enabled: true,
                guest_chat_enabled: false,
                anonymous_uploads_enabled: false,
                intelligence: false,
                workspace_style: true,
                background_image: 0,
                password: false,
                expires: null,
                owner_defined: null,
                parent_org: org,
                parent_workspace: workspace,
                user_permission: "owner",
                archived: false,
                created: "2026-02-12 10:00:00 UTC",
            });
        }
    });

    it("gets a generated custom name when none is asked for", async () => {
        expect((await create({})).text("share.custom_name")).toMatch(/^[a-z0-9]{12}$/);
    });

    it.each([
        ["title", "x"],
        ["title", "a".repeat(81)],
        ["description", "short"],
        ["share_type", "give"],
        ["access_options", "Everybody"],
        ["invite", "all"],
        ["custom_name", "abc"],
        ["custom_name", "no good"],
        ["custom_url", "short"],
        ["expires", "2026-02-12 09:00:00"],
        ["expires", "2027-02-12T09:00:00Z"],
        ["notify", "always"],
        ["display_type", "table"],
        ["background_image", "129"],
        ["accent_color", "blue"],
        ["link_1", "https://example.com"],
        ["owner_defined", "{"],
    ])("refuses %s = %j with 406/1605 at create and update", async (key, value) => {
        expect((await create({ [key]: value })).outcome).toBe("406/1605");
        expect((await driver.post("/share/q4-financials/update/", { [key]: value })).outcome).toBe("406/1605");
    });

    it("refuses a title that is missing and a storage mode that does not exist", async () => {
        expect((await driver.post(`/workspace/${workspace}/create/share/`)).outcome).toBe("406/1605");
        expect((await create({ storage_mode: "room" })).outcome).toBe("406/1605");
    });

    it.each([
        ["link access on an exchange share", { access_options: link }, "406/1605"],
        ["link access on a receive share", { access_options: link, share_type: "receive" }, "406/1605"],
        ["link access on a send share", { access_options: link, share_type: "send" }, "200"],
        ["a password without link access", { password: "secret" }, "406/1605"],
        ["a password with link access", { access_options: link, share_type: "send", password: "secret" }, "200"],
        ["anonymous uploads to members", { anonymous_uploads_enabled: "true" }, "406/1605"],
        [
            "anonymous uploads to a send share",
            { anonymous_uploads_enabled: "true", access_options: registered, share_type: "send" },
            "406/1605",
        ],
        [
            "anonymous uploads of registered people",
            { anonymous_uploads_enabled: "true", access_options: registered },
            "200",
        ],
        [
            "an expiry of a workspace folder",
            {
                storage_mode: "workspace_folder",
                create_folder: "true",
                folder_name: "X",
                expires: "2027-01-01 00:00:00",
            },
            "406/1605",
        ],
        ["an expiry", { expires: "2027-01-01 00:00:00" }, "200"],
        ["a workspace folder without a folder", { storage_mode: "workspace_folder" }, "406/1605"],
        ["a new folder without a name", { storage_mode: "workspace_folder", create_folder: "true" }, "406/1605"],
    ])("with %s: %s", async (_, form: Record<string, string>, outcome) => {
        expect((await create(form)).outcome).toBe(outcome);
    });

    it("refuses a custom name or URL that is taken, in any case, with 406/1607", async () => {
        await create({ custom_url: "quarterly-numbers" });
        expect((await create({ custom_name: "Q4-financials" })).outcome).toBe("406/1607");
        expect((await create({ custom_url: "Quarterly-numbers" })).outcome).toBe("406/1607");
        const id = await driver.share(workspace);
        expect((await driver.post(`/share/${id}/update/`, { custom_name: "q4-financials" })).outcome).toBe("406/1607");
    });

    it("changes what an update names and clears with null", async () => {
        const id = await driver.share(workspace);
        const changed = await driver.post(`/share/${id}/update/`, {
            name: "Renamed",
            custom_name: "renamed-share",
            custom_url: "renamed-share-url",
            expires: "2027-01-01 00:00:00",
            download_enabled: "false",
            background_image: "12",
            link_1: '{"title":"Home","url":"https://example.com"}',
        });
        expect(changed.at("share")).toMatchObject({
            title: "Renamed",
            custom_name: "renamed-share",
            expires: "2027-01-01 00:00:00 UTC",
            download_enabled: false,
            background_image: 12,
            link_1: { title: "Home", url: "https://example.com" },
        });
        await driver.post(`/share/${id}/update/`, { title: "null", custom_url: "null", expires: "null", link_1: "" });
        const cleared = { title: null, custom_name: "renamed-share", custom_url: null, expires: null, link_1: null };
        expect((await driver.get("/share/renamed-share/details/")).at("share")).toMatchObject(cleared);
        for (const form of [{}, { nonsense: "x" }, { storage_mode: "workspace_folder" }]) {
            expect((await driver.post(`/share/${id}/update/`, form)).outcome).toBe("406/1605");
        }
    });

    it("keeps a password only as long as its link is open, and never tells it", async () => {
        const id = await driver.share(workspace, { share_type: "send", access_options: link, password: "secret" });
        const details = () => driver.get(`/share/${id}/details/`);
        expect((await details()).at("share.password")).toBe(true);
        expect(JSON.stringify((await details()).body)).not.toContain("secret");
        await driver.post(`/share/${id}/update/`, { access_options: registered });
        expect((await details()).at("share.password")).toBe(false);
        expect((await driver.post(`/share/${id}/update/`, { password: "secret" })).outcome).toBe("406/1605");
        expect(
            (await driver.post(`/share/${id}/update/`, { password: "secret", access_options: link })).at(
                "share.password",
            ),
        ).toBe(true);
        expect((await driver.post(`/share/${id}/update/`, { password: "null" })).at("share.password")).toBe(false);
        expect((await driver.post(`/share/${id}/update/`, { share_type: "exchange" })).outcome).toBe("406/1605");
    });

    it("shows a folder of its workspace, one share a folder", async () => {
        const id = await folder("Backing");
        const form = { storage_mode: "workspace_folder", folder_node_id: id, intelligence: "true" };
        const share = await create(form);
        expect(share.at("share")).toMatchObject({
            folder_node_id: id,
            share_root_id: id,
            intelligence: false,
            is_orphaned: false,
        });
        expect((await create(form)).outcome).toBe("409/1669");
        expect((await create({ ...form, folder_node_id: "root" })).outcome).toBe("406/1605");
        expect((await create({ ...form, folder_node_id: "2aaaa-aaaaa-aaaaa-aaaaa-aaaaa-aaaa" })).outcome).toBe(
            "404/1609",
        );
        const path = `/share/${share.text("share.id")}`;
        expect((await driver.post(`${path}/update/`, { intelligence: "true" })).outcome).toBe("406/1605");
        expect((await driver.post(`${path}/archive/`)).outcome).toBe("406/1670");
        await driver.post(`${path}/storage/root/createfolder/`, { name: "Inside" });
        const inside = await driver.get(`/workspace/${workspace}/storage/${id}/list/`);
        expect(inside.list("nodes.items")).toMatchObject([{ name: "Inside", parent: id }]);
        expect((await driver.get(`/workspace/${workspace}/storage/${id}/details/`)).at("node")).toMatchObject({
            is_share_root: true,
            share_id: share.at("share.id"),
        });
        expect((await driver.get(`${path}/storage/root/details/`)).at("node")).toMatchObject({
            name: "root",
            parent: null,
        });
        const outside = await folder("Outside");
        expect((await driver.get(`${path}/storage/${outside}/details/`)).outcome).toBe("404/1609");
        await driver.delete(`/workspace/${workspace}/storage/${id}/delete/`);
        expect((await driver.get(`${path}/details/`)).at("share.is_orphaned")).toBe(true);
        expect((await driver.delete(`${path}/storage/trash/delete/`)).outcome).toBe("404/1609");
        await driver.post(`/workspace/${workspace}/storage/${id}/restore/`);
        expect((await driver.get(`${path}/storage/root/list/`)).list("nodes.items")).toMatchObject([
            { name: "Inside" },
        ]);
    });

    it("makes its folder when asked to", async () => {
        const share = await create({ storage_mode: "workspace_folder", create_folder: "true", folder_name: "Fresh" });
        const id = share.text("share.folder_node_id");
        expect((await driver.get(`/workspace/${workspace}/storage/${id}/details/`)).at("node.name")).toBe("Fresh");
    });

    it("is archived, read, and closed to changes until it is unarchived", async () => {
        const id = await driver.share(workspace);
        expect((await driver.post(`/share/${id}/archive/`)).at("share.archived")).toBe(true);
        for (const path of ["update", "members/ann%40example.com", "storage/root/createfolder"]) {
            expect((await driver.post(`/share/${id}/${path}/`)).outcome).toBe("406/1670");
        }
        expect((await driver.get(`/share/${id}/details/`)).outcome).toBe("200");
        expect((await driver.post(`/share/${id}/unarchive/`)).at("share.archived")).toBe(false);
        expect((await driver.post(`/share/${id}/update/`, { title: "Again" })).outcome).toBe("200");
        await driver.post(`/share/${id}/archive/`);
        expect((await driver.delete(`/share/${id}/delete/?confirm=${id}`)).outcome).toBe("200");
    });

    it("is deleted with its id or custom name as confirmation; its name stays taken", async () => {
        const form = new URLSearchParams({ confirm: "short-lived" });
        const id = await driver.share(workspace, { custom_name: "short-lived" });
        expect((await driver.delete(`/share/${id}/delete/`)).outcome).toBe("406/1605");
        expect((await driver.send("DELETE", `/share/${id}/delete/`, undefined, form)).outcome).toBe("200");
        expect((await driver.get("/share/short-lived/details/")).outcome).toBe("404/1609");
        expect((await driver.get("/shares/check/name/short-lived/")).at("available")).toBe(false);
        expect((await driver.get("/shares/check/name/long-lived/")).at("available")).toBe(true);
        expect((await create({ custom_name: "short-lived" })).outcome).toBe("406/1607");
        await driver.control("/names", { keepClosed: false });
        expect((await create({ custom_name: "short-lived" })).outcome).toBe("200");
    });
});

describe("lists of shares", () => {
    const driver = new Driver();
    const titles = async (path: string, token?: string) =>
        (await driver.get(path, token)).list("shares").map(({ title }) => title);
    let workspace = "";
    beforeAll(async () => {
        workspace = await driver.workspace(await driver.organization());
        await driver.share(workspace, { title: "Live" });
        const old = await driver.share(workspace, { title: "Old" });
        await driver.post(`/share/${old}/archive/`);
        await driver.share(await driver.workspace(await driver.organization("other"), "other-files"), {
            title: "Other",
        });
    });

    it("of a workspace hold archived ones too, unless filtered", async () => {
        expect(await titles(`/workspace/${workspace}/list/shares/`)).toEqual(["Live", "Old"]);
        expect(await titles(`/workspace/${workspace}/list/shares/?archived=true`)).toEqual(["Old"]);
        expect(await titles(`/workspace/${workspace}/list/shares/?archived=false`)).toEqual(["Live"]);
    });

    it("of all that the caller reaches can be scoped to an organization", async () => {
        expect(await titles("/shares/all/")).toEqual(["Live", "Old", "Other"]);
        expect(await titles("/shares/all/?org_id=other")).toEqual(["Other"]);
        expect((await driver.get("/shares/all/?org_id=nowhere")).outcome).toBe("404/1609");
    });

    it("follow memberships", async () => {
        const { token, userId } = await driver.account("ann@example.com");
        expect(await titles("/shares/all/", token)).toEqual([]);
        await driver.post(`/workspace/${workspace}/members/${userId}/`, { permissions: "guest" });
        expect(await titles("/shares/all/", token)).toEqual(["Live", "Old"]);
        expect(await titles("/user/me/list/shares/", token)).toEqual([]);
        const other = (await driver.get("/shares/all/?org_id=other")).list("shares")[0]?.id;
        await driver.post(`/share/${other}/members/${userId}/`, { permissions: "view" });
        expect(await titles("/user/me/list/shares/", token)).toEqual(["Other"]);
        expect(await titles("/shares/available/", token)).toEqual(["Other"]);
    });
});

describe("who may do what on a share", () => {
    const driver = new Driver();
    const people = ["workspaceAdmin", "workspaceGuest", "admin", "member", "guest", "view", "orgMember", "stranger"];
    const tokens: Record<string, string> = {};
    let share = "";
    beforeAll(async () => {
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        share = await driver.share(workspace);
        for (const person of people) tokens[person] = (await driver.account(`${person}@example.com`)).token;
        const add = (parent: string, person: string, permissions: string) =>
            driver.post(`${parent}/members/${person}%40example.com/`, { permissions });
        await add(`/org/${org}`, "orgMember", "member");
        await add(`/workspace/${workspace}`, "workspaceAdmin", "admin");
        await add(`/workspace/${workspace}`, "workspaceGuest", "guest");
        for (const role of ["admin", "member", "guest", "view"]) await add(`/share/${share}`, role, role);
    });

    const no = "401/1680";
    const bad = "406/1605";
    it.each([
        ["GET", "details", ["200", "200", "200", "200", "200", "200", no, no]],
        ["GET", "public/details", ["200", "200", "200", "200", "200", "200", "200", "200"]],
        ["GET", "members/list", ["200", "200", "200", "200", "200", no, no, no]],
        ["POST", "update", [bad, no, bad, no, no, no, no, no]],
        ["POST", "unarchive", ["200", no, "200", no, no, no, no, no]],
        ["DELETE", "delete", [no, no, no, no, no, no, no, no]],
        ["POST", "storage/root/createfolder", [bad, no, bad, bad, no, no, no, no]],
        ["GET", "storage/root/list", ["200", "200", "200", "200", "200", "200", no, no]],
    ])("%s %s", async (method, path, outcomes) => {
        const replies = await Promise.all(
            people.map((person) => driver.send(method, `/share/${share}/${path}/`, tokens[person])),
        );
        expect(replies.map(({ outcome }) => outcome)).toEqual(outcomes);
    });

    it.each([
        ["Members of the Share, Workspace or Org", ["200", no]],
        [registered, ["200", "200"]],
    ])("opens to %s", async (access, outcomes) => {
        await driver.post(`/share/${share}/update/`, { access_options: access });
        const replies = await Promise.all(
            ["orgMember", "stranger"].map((who) => driver.get(`/share/${share}/details/`, tokens[who])),
        );
        expect(replies.map(({ outcome }) => outcome)).toEqual(outcomes);
    });

    it("tells the public neither owner-defined data nor members", async () => {
        await driver.post(`/share/${share}/update/`, { owner_defined: '{"deal":7}' });
        const shown = (await driver.get(`/share/${share}/public/details/`, tokens.stranger)).at("share");
        expect(shown).toMatchObject({ id: share, title: "Room" });
        expect(shown).not.toHaveProperty("owner_defined");
        expect((await driver.get(`/share/${share}/public/details/`, "")).outcome).toBe("401/1650");
    });

    it("lets whoever it is open to join as a guest", async () => {
        expect((await driver.post(`/share/${share}/members/join/`, {}, tokens.stranger)).at("member.permissions")).toBe(
            "guest",
        );
    });
});

describe("a name in another script", () => {
    it("is compared without case, and kept as it was sent", async () => {
        const driver = new Driver();
        const organization = await driver.organization();
        const workspace = await driver.workspace(organization, "Größe-Äpfel");
        const share = await driver.share(workspace, { custom_name: "Übersicht", custom_url: "übersicht-2027" });
        expect((await driver.get(`/share/${encodeURIComponent("übersicht")}/details/`)).at("share")).toMatchObject({
            id: share,
            custom_name: "Übersicht",
        });
        const again = { title: "Room", custom_name: "ÜBERSICHT" };
        expect((await driver.post(`/workspace/${workspace}/create/share/`, again)).outcome).toBe("406/1607");
        const other = { title: "Room", custom_url: "ÜBERSICHT-2027" };
        expect((await driver.post(`/workspace/${workspace}/create/share/`, other)).outcome).toBe("406/1607");
        expect((await driver.get(`/workspace/${encodeURIComponent("GRÖSSE-ÄPFEL")}/details/`)).status).toBe(404);
        expect(
            (await driver.get(`/workspace/${encodeURIComponent("GRÖßE-ÄPFEL")}/details/`)).text("workspace.id"),
        ).toBe(workspace);
    });
});

describe("guests", () => {
    let driver = new Driver();
    let share = "";
    beforeEach(async () => {
        driver = new Driver();
        const form = { share_type: "send", access_options: link, password: "secret" };
        share = `/share/${await driver.share(await driver.workspace(await driver.organization()), form)}`;
    });
    const enter = (form: Record<string, string> = { password: "secret" }, token = "") =>
        driver.post(`${share}/auth/password/`, form, token);
    const details = (token: string) => driver.get(`${share}/details/`, token);

    it("enter with the share's password, without an account, and see that share only", async () => {
        expect((await enter({ password: "guess" })).outcome).toBe("401/1650");
        expect((await enter({})).outcome).toBe("406/1605");
        expect((await driver.post(`${share}/auth/guest/`, {}, "")).outcome).toBe("401/1680");
        const entered = await enter();
        expect(entered.body).toMatchObject({ auth_token: expect.stringContaining("."), expires_in: 3600 });
        const token = entered.text("auth_token");
        expect((await details(token)).outcome).toBe("200");
        expect((await driver.get(`${share}/storage/root/list/`, token)).outcome).toBe("200");
        expect((await driver.ledger()).at(-1)).toMatchObject({ actor: "guest" });
        for (const path of ["/user/me/details/", "/orgs/all/", `${share}/members/list/`]) {
            expect((await driver.get(path, token)).outcome).toBe("401/1680");
        }
        expect((await driver.post(`${share}/members/join/`, {}, token)).outcome).toBe("401/1680");
        expect((await driver.post(`${share}/storage/root/createfolder/`, { name: "x" }, token)).outcome).toBe(
            "401/1680",
        );
        await driver.control("/clock", { advanceSeconds: 3600 });
        expect((await details(token)).outcome).toBe("401/1650");
    });

    it("with an account keep it", async () => {
        const { token } = await driver.account("ann@example.com");
        expect((await details(token)).outcome).toBe("401/1680");
        expect((await details((await enter(undefined, token)).text("auth_token"))).outcome).toBe("200");
        expect((await driver.ledger()).at(-1)).toMatchObject({ actor: "ann@example.com" });
    });

    it("enter without a password where there is none", async () => {
        await driver.post(`${share}/update/`, { password: "null" });
        const entered = await driver.post(`${share}/auth/guest/`, {}, "");
        expect((await details(entered.text("auth_token"))).outcome).toBe("200");
        expect((await enter()).outcome).toBe("401/1650");
    });

    it("are shut out when the share closes to them", async () => {
        const token = (await enter()).text("auth_token");
        await driver.post(`${share}/update/`, { expires: "2026-02-12 10:10:00" });
        await driver.control("/clock", { advanceSeconds: 600 });
        expect([(await enter()).outcome, (await details(token)).outcome]).toEqual(["401/1680", "401/1680"]);
        await driver.post(`${share}/update/`, { expires: "null" });
        await driver.post(`${share}/archive/`);
        expect([(await enter()).outcome, (await details(token)).outcome]).toEqual(["406/1670", "401/1680"]);
        await driver.post(`${share}/unarchive/`);
        expect((await details(token)).outcome).toBe("200");
        await driver.post(`${share}/update/`, { access_options: registered });
        expect((await details(token)).outcome).toBe("401/1680");
        expect((await driver.post(`${share}/auth/guest/`, {}, "")).outcome).toBe("401/1680");
    });
});

describe("the plan", () => {
    it("allows 50 shares in an organization", async () => {
        const driver = new Driver();
        const org = await driver.organization();
        const workspaces = [await driver.workspace(org, "first-files"), await driver.workspace(org, "second-files")];
        for (let count = 0; count < 50; count += 1) await driver.share(workspaces[count % 2] ?? "");
        const more = await driver.post("/workspace/first-files/create/share/", { title: "One more" });
        expect([more.outcome, more.text("error.text")]).toEqual(["412/1685", expect.stringContaining("50 shares")]);
        await driver.control("/plan", { organizationId: org, shares: 51 });
        expect((await driver.post("/workspace/first-files/create/share/", { title: "One more" })).outcome).toBe("200");
    });
});
