import { Driver } from "../driver";

describe("events", () => {
    const driver = new Driver();
    let [org, workspace, share] = ["", "", ""];
    beforeAll(async () => {
        org = await driver.organization();
        workspace = await driver.workspace(org);
        share = await driver.share(workspace);
        await driver.control("/clock", { advanceSeconds: 60 });
        await driver.post(`/share/${share}/update/`, { title: "Renamed" });
        await driver.post(`/share/${share}/update/`, { title: "Renamed" });
        await driver.post(`/workspace/${workspace}/archive/`);
        await driver.post(`/workspace/${workspace}/unarchive/`);
        await driver.post(`/workspace/${workspace}/members/ann%40example.com/`);
        await driver.post(`/org/${org}/transfer/token/create/`);
    });
    const search = async (query: string, token?: string) =>
        (await driver.get(`/events/search/?${query}`, token)).list("events").map(({ event }) => event);

    it("tell what changed, newest first, for each scope and all below it", async () => {
        const below = ["share_updated", "share_created"];
        expect(await search(`share_id=${share}`)).toEqual(below);
        const inside = [
            "invitation_email_sent",
            "workspace_unarchived",
            "workspace_archived",
            ...below,
            "workspace_created",
        ];
        expect(await search(`workspace_id=${workspace}`)).toEqual(inside);
        expect(await search(`org_id=${org}`)).toEqual(["org_transfer_token_created", ...inside, "org_created"]);
        expect(await search("user_id=me&category=share")).toEqual(below);
    });

    it("are filtered and paged", async () => {
        expect(await search(`org_id=acme&event=share_updated&workspace_id=${workspace}`)).toEqual(["share_updated"]);
        expect(await search(`org_id=acme&object_id=${org}&created-max=2026-02-12 10:00:30`)).toEqual(["org_created"]);
        expect(await search("org_id=acme&created-min=2026-02-12 10:00:30&limit=1&offset=1")).toEqual([
            "invitation_email_sent",
        ]);
        for (const query of ["", "event=org_created", "org_id=acme&limit=251", "org_id=acme&acknowledged=1"]) {
            expect((await driver.get(`/events/search/?${query}`)).outcome).toBe("406/1605");
        }
    });

    it("are read and acknowledged one by one", async () => {
        const [event] = (await driver.get("/events/search/?org_id=acme&event=org_created")).list("events");
        expect((await driver.get(`/event/${event?.event_id}/details/`)).at("event")).toMatchObject({
            category: "org",
            object_id: org,
            acknowledged: false,
        });
        await driver.get(`/event/${event?.event_id}/ack/`);
        expect(await search("org_id=acme&acknowledged=true")).toEqual(["org_created"]);
        expect((await driver.get("/event/e2222/details/")).outcome).toBe("404/1609");
        const { token } = await driver.account("stranger@example.com");
        expect((await driver.get(`/event/${event?.event_id}/details/`, token)).outcome).toBe("401/1680");
        expect((await driver.get("/events/search/?org_id=acme", token)).outcome).toBe("401/1680");
    });

    it("tell a completed transfer", async () => {
        const { token } = await driver.account("human@example.com");
        const made = await driver.post(`/org/${org}/transfer/token/create/`);
        await driver.post("/org/transfer/claim/", { token: made.text("token") }, token);
        expect((await search("org_id=acme", token))[0]).toBe("org_transfer_completed");
    });
});
