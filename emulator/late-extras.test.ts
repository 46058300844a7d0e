// What the service of October 2026 has beside workspaces, shares and people: its log, file shares, imports, gated features.
import { Driver, type Reply } from "./driver";

let driver: Driver;
let org: string;
let workspace: string;

beforeEach(async () => {
    driver = new Driver({ dialect: "late2026" });
    org = await driver.organization();
    workspace = await driver.workspace(org);
});

const names = (reply: Reply) => reply.list("error.params").map(({ name }) => name);

async function file(name = "a.txt"): Promise<string> {
    const body = new FormData();
    const form = { name, size: "5", action: "create", instance_id: workspace, folder_id: "root" };
    for (const [key, value] of Object.entries(form)) body.append(key, value);
    body.append("chunk", new Blob(["hello"]), name);
    const id = (await driver.send("POST", "/upload/", undefined, body)).text("id");
    return (await driver.get(`/upload/${id}/details/?wait=60`)).text("session.new_file_id");
}

describe("the events of an organization", () => {
    const search = (query = "") => driver.get(`/events/search/?org_id=${org}${query}`);
    const shown = (reply: Reply, key = "events") => reply.list(key).map(({ event }) => event);

    it("are walked with a cursor, and what happens meanwhile moves nothing", async () => {
        await driver.share(workspace);
        const first = await search("&limit=2");
        expect([shown(first), first.at("pagination.has_more"), first.at("pagination.page_size")]).toEqual([
            ["share_created", "workspace_created"],
            true,
            2,
        ]);
        await driver.workspace(org, "more-files");
        const second = await search(`&limit=2&cursor=${encodeURIComponent(first.text("pagination.next_cursor"))}`);
        expect(shown(second)).toEqual(["org_created"]);
        expect(second.body).toMatchObject({ pagination: { has_more: false, next_cursor: null } });
        expect((await search("&cursor=zzz")).status).toBe(406);
    });

    it("as an audit log are for administration", async () => {
        const plain = (await driver.post("/user/auth/key/", { memo: "plain" })).text("api_key");
        const path = `/events/search/?org_id=${org}`;
        expect((await driver.get(path, plain)).status).toBe(200);
        expect((await driver.get(`${path}&visibility=external_audit_log`, plain)).outcome).toBe("403/10767");
        expect((await search("&visibility=external_audit_log")).status).toBe(200);
    });

    it("are told as a feed from a cursor on", async () => {
        const feed = (query = "", token?: string) => driver.get(`/org/${org}/events/changes/${query}`, token);
        const from = (reply: Reply) => `?cursor=${encodeURIComponent(reply.text("cursor"))}`;
        const start = await feed();
        expect(start.body).toMatchObject({ changes: [], has_more: false, profiles: { items: [{ id: workspace }] } });
        await driver.share(workspace);
        await driver.workspace(org, "more-files");
        const first = await feed(`${from(start)}&limit=1`);
        expect([shown(first, "changes"), first.at("has_more")]).toEqual([["share_created"], true]);
        const second = await feed(from(first));
        expect([shown(second, "changes"), second.at("has_more")]).toEqual([["workspace_created"], false]);
        expect(second.at("profiles.version")).not.toBe(start.at("profiles.version"));
        expect((await feed(from(second))).list("changes")).toEqual([]);

        expect((await feed("?cursor=abc")).outcome).toBe("406/158008");
        expect((await feed("?limit=1001")).outcome).toBe("406/207321");
        const plain = (await driver.post("/user/auth/key/", { memo: "plain" })).text("api_key");
        expect((await feed(from(second), plain)).at("error.params.reason")).toBe("cursor_expired");
        const stranger = await driver.account("stranger@example.com");
        expect((await feed("", stranger.token)).outcome).toBe("403/135626");
    });
});

describe("a file share", () => {
    const create = (form: Record<string, string>) => driver.post(`/workspace/${workspace}/create/fileshare/`, form);
    const rows = async () => (await driver.get(`/workspace/${workspace}/list/fileshares/`)).list("fileshares");

    it("is of one file, and says what is wrong with another node", async () => {
        const missing = await create({});
        expect([missing.status, names(missing)]).toEqual([406, ["node"]]);
        expect((await create({ node: "root" })).status).toBe(406);
        expect((await create({ node: workspace })).status).toBe(406);
        const made = await create({ node: await file(), password: "open sesame", expires: "60" });
        expect(made.body).toMatchObject({
            fileshare: {
                access_option: "named_people",
                has_password: true,
                comments_enabled: true,
                expires_at: "2026-02-12 10:01:00 UTC",
                file: { name: "a.txt", size: 5 },
            },
        });
        expect(JSON.stringify(made.body)).not.toContain("sesame");
        expect((await create({ node: await file("b.txt"), expires: "60", expires_at: "" })).status).toBe(406);
    });

    it("is changed in part, cleared, deleted, and goes with its file", async () => {
        const node = await file();
        const { id = "" } = (await create({ node, title: "One", password: "open sesame" })).at("fileshare") as {
            id?: string;
        };
        const path = `/fileshare/${id}`;
        expect((await driver.post(`${path}/update/`, { password: "" })).body).toMatchObject({
            fileshare: { title: "One", has_password: false },
        });
        await create({ node });
        expect(await rows()).toHaveLength(2);
        expect((await driver.delete(`${path}/delete/`)).status).toBe(200);
        expect((await driver.delete(`${path}/delete/`)).status).toBe(404);
        await driver.delete(`/workspace/${workspace}/storage/${node}/delete/`);
        expect(await rows()).toEqual([]);
    });

    it("is opened to people, once each, and closed to them however often that is asked", async () => {
        const id = (await create({ node: await file() })).text("fileshare.id");
        const path = `/fileshare/${id}/grants/`;
        const ann = await driver.account("ann@example.com");
        expect((await driver.post(path, { capability: "view" })).status).toBe(406);
        expect((await driver.post(path, { email: "bob@example.com" })).status).toBe(406);
        expect((await driver.post(path, { user: ann.userId, capability: "view" })).at("user.id")).toBe(ann.userId);
        expect((await driver.post(path, { email: ann.email, capability: "edit" })).status).toBe(200);
        expect((await driver.post(path, { email: "bob@example.com", capability: "download" })).body).toMatchObject({
            grant: { email: "bob@example.com", capability: "download" },
        });
        const grants = (await driver.get(path)).list("grants");
        expect(grants.map(({ email, capability }) => [email, capability])).toEqual([
            [ann.email, "edit"],
            ["bob@example.com", "download"],
        ]);
        for (const _ of [1, 2]) expect((await driver.delete(`${path}?user=${ann.userId}`)).status).toBe(200);
        expect(await rows()).toMatchObject([{ grant_count: 1, grants_preview: [{ email: "bob@example.com" }] }]);
        expect((await driver.get(path, ann.token)).outcome).toBe("401/10545");
    });

    it("was there in the middle of the year, and not in February", async () => {
        const listed = async (dialect: "mid2026" | "seed") => {
            const older = new Driver({ dialect });
            const own = await older.workspace(await older.organization());
            return (await older.get(`/workspace/${own}/list/fileshares/`)).outcome;
        };
        expect([await listed("mid2026"), await listed("seed")]).toEqual(["200", "404/9992"]);
    });
});

describe("an import from the web", () => {
    const whole = () => ({
        source_url: "https://example.com/a.txt",
        profile_id: workspace,
        profile_type: "workspace",
        folder_id: "root",
        file_name: "a.txt",
    });

    it("names all that it lacks, and takes https on its own port only", async () => {
        const missing = await driver.post("/web_upload/");
        expect([missing.status, names(missing)]).toEqual([406, Object.keys(whole())]);
        for (const source_url of ["http://example.com/a.txt", "https://example.com:8443/a.txt", "zzz"])
            expect(names(await driver.post("/web_upload/", { ...whole(), source_url }))).toEqual(["source_url"]);
    });

    it("fails, because nothing is fetched, and is listed until it is removed", async () => {
        const id = (await driver.post("/web_upload/", whole())).text("id");
        expect((await driver.get(`/web_upload/${id}/details/`)).at("web_upload.status")).toBe("failed");
        expect((await driver.get("/web_upload/")).list("web_uploads")).toMatchObject([{ id, file_name: "a.txt" }]);
        expect((await driver.get("/web_upload/?status=complete")).list("web_uploads")).toEqual([]);
        expect((await driver.delete(`/web_upload/?id=${id}`)).status).toBe(200);
        expect((await driver.get(`/web_upload/${id}/details/`)).status).toBe(404);
    });
});

it("signing is refused by the plan until the organization has it", async () => {
    const path = `/workspace/${workspace}/sign_templates/list/`;
    expect((await driver.get(path)).status).toBe(403);
    await driver.control("/features", { organizationId: org, signing: true });
    expect((await driver.get(path)).list("sign_templates")).toEqual([]);
});

it("the drives of others are under cloudsync, the way before is gone", async () => {
    const providers = await driver.get(`/cloudsync/workspace/${workspace}/providers/`);
    expect(providers.at("providers")).toEqual(["google_drive", "box", "dropbox", "onedrive_business"]);
    expect((await driver.get(`/imports/workspace/${workspace}/providers/`)).outcome).toBe("404/9992");
});

it("nobody signs in to the emulator with a browser, so there are no sessions", async () => {
    expect((await driver.get("/oauth/sessions/")).list("sessions")).toEqual([]);
});
