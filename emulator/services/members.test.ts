import { type Account, Driver } from "../driver";

const parents = ["org", "workspace", "share"] as const;

/** A parent of each kind, and the form of its members' notification preference. */
async function makeParent(
    driver: Driver,
    kind: (typeof parents)[number],
): Promise<{ path: string; id: string; notify: string }> {
    const org = await driver.organization();
    if (kind === "org") return { path: `/org/${org}`, id: org, notify: "notify_options" };
    await driver.control("/plan", { organizationId: org, membersPerWorkspace: null });
    const workspace = await driver.workspace(org);
    if (kind === "workspace") return { path: `/workspace/${workspace}`, id: workspace, notify: "notifications" };
    const share = await driver.share(workspace);
    return { path: `/share/${share}`, id: share, notify: "notify_options" };
}

describe.each(parents)("members of a %s", (kind) => {
    let driver = new Driver();
    let parent = { path: "", id: "", notify: "" };
    let ann: Account = { userId: "", email: "", token: "", password: "" };

    beforeEach(async () => {
        driver = new Driver();
        parent = await makeParent(driver, kind);
        ann = await driver.account("ann@example.com");
    });
    const add = (who: string, form = {}, token?: string) =>
        driver.post(`${parent.path}/members/${encodeURIComponent(who)}/`, form, token);
    /** Who is in the list, and who is invited, by their details. */
    const rows = async () => {
        const listed = (await driver.get(`${parent.path}/members/list/`)).list("users").map(({ id }) => id);
        const invited = (await invitations("pending/")).map(({ user_id }) => user_id);
        const details = (id: unknown) => driver.get(`${parent.path}/member/${id}/details/`);
        const replies = await Promise.all([...new Set([...listed, ...invited])].map(details));
        return replies.map((reply) => reply.at("member") as Record<string, unknown>);
    };
    const states = async () =>
        (await rows()).map(({ email_address, permissions, status }) => [email_address, permissions, status]);
    const invitations = async (state = "") =>
        (await driver.get(`${parent.path}/members/invitations/list/${state}`)).list("invitations");
    const owner = ["agent@example.com", "owner", "active"];

    it("adds an existing account at once, by e-mail and by user id", async () => {
        const added = await add("Ann@Example.com", { permissions: "admin", expires: "2027-01-01 00:00:00" });
        expect(added.at("member")).toMatchObject({
            id: ann.userId,
            email_address: "ann@example.com",
            permissions: "admin",
            status: "active",
            invite: null,
            expires: "2027-01-01 00:00:00 UTC",
        });
        const bob = await driver.account("bob@example.com", "agent");
        expect((await add(bob.userId)).at("member")).toMatchObject({ account_type: "agent", permissions: "member" });
        expect(await states()).toEqual([
            owner,
            ["ann@example.com", "admin", "active"],
            ["bob@example.com", "member", "active"],
        ]);
        expect((await add("ann@example.com")).outcome).toBe("409/1669");
        expect((await add("1111111111111111111")).outcome).toBe("404/1653");
        expect((await driver.ledger()).filter(({ effect }) => effect === "created").at(-1)).toMatchObject({
            kind: `${{ org: "organization", workspace: "workspace", share: "share" }[kind]}Member`,
            id: `${parent.id}/${bob.userId}`,
        });
    });

    it("takes `permission` for `permissions`", async () => {
        expect((await add("ann@example.com", { permission: "admin" })).at("member.permissions")).toBe("admin");
    });

    it.each([
        ["permissions", "owner"],
        ["permissions", "boss"],
        ["expires", "2027-01-01T00:00:00Z"],
        ["expires", "2027-02-31 00:00:00"],
    ])("refuses %s = %s with 406/1605", async (key, value) => {
        expect((await add("ann@example.com", { [key]: value })).outcome).toBe("406/1605");
        expect((await add("new@example.com", { [key]: value })).outcome).toBe("406/1605");
        await add("ann@example.com");
        expect((await driver.post(`${parent.path}/member/${ann.userId}/update/`, { [key]: value })).outcome).toBe(
            "406/1605",
        );
    });

    it("assigns only the roles that the parent has", async () => {
        const allowed = {
            org: ["admin", "member"],
            workspace: ["admin", "member", "guest"],
            share: ["admin", "member", "guest", "view"],
        }[kind];
        for (const permissions of ["admin", "member", "guest", "view"]) {
            const { outcome } = await add(`${permissions}@example.com`, { permissions });
            expect([permissions, outcome]).toEqual([permissions, allowed.includes(permissions) ? "200" : "406/1605"]);
        }
    });

    it("changes role, expiry and the preference under the parent's own key, and clears the expiry", async () => {
        await add(ann.userId);
        const update = (form: Record<string, string>) =>
            driver.post(`${parent.path}/member/${ann.userId}/update/`, form);
        const preference = "Notify me in app and via email";
        await update({ permissions: "admin", expires: "2027-01-01 00:00:00 UTC", [parent.notify]: preference });
        const member = await driver.get(`${parent.path}/member/ann%40example.com/details/`);
        expect(member.at("member")).toMatchObject({
            permissions: "admin",
            expires: "2027-01-01 00:00:00 UTC",
            [parent.notify]: preference,
        });
        expect((await update({ [parent.notify]: "Shout" })).outcome).toBe("406/1605");
        expect((await update({ nonsense: "x" })).outcome).toBe("200");
        expect((await update({ expires: "null" })).at("member")).toMatchObject({ permissions: "admin", expires: null });
        expect((await driver.post(`${parent.path}/member/1111111111111111111/update/`)).outcome).toBe("404/1653");
    });

    it("lapses when its expiry is reached, and can be added again", async () => {
        await add(ann.userId, { expires: "2026-02-12 10:01:00" });
        await driver.control("/clock", { advanceSeconds: 60 });
        expect(await states()).toEqual([owner]);
        expect((await driver.get(`${parent.path}/details/`, ann.token)).outcome).toBe("401/1680");
        expect((await driver.get(`${parent.path}/member/${ann.userId}/details/`)).outcome).toBe("404/1653");
        expect((await add(ann.userId)).outcome).toBe("200");
    });

    it("is removed by user id and by e-mail, and leaves", async () => {
        for (const name of [ann.userId, "ann%40example.com"]) {
            await add(ann.userId);
            expect((await driver.delete(`${parent.path}/members/${name}/`)).body).toEqual({
                result: true,
                status: "ok",
            });
            expect((await driver.delete(`${parent.path}/members/${name}/`)).outcome).toBe("404/1653");
        }
        await add(ann.userId);
        expect((await driver.delete(`${parent.path}/member/`, ann.token)).outcome).toBe("200");
        expect(await states()).toEqual([owner]);
    });

    it("keeps its owner", async () => {
        const me = (await driver.get("/user/me/details/")).text("id");
        expect((await driver.delete(`${parent.path}/members/${me}/`)).outcome).toBe("406/1670");
        expect((await driver.delete(`${parent.path}/member/`)).outcome).toBe("406/1670");
        expect((await driver.post(`${parent.path}/member/me/update/`, { permissions: "admin" })).outcome).toBe(
            "401/1680",
        );
        expect((await add("me")).outcome).toBe("409/1669");
    });

    it.each(["GET", "POST"])("hands ownership over by %s; the former owner is admin", async (method) => {
        const transfer = (user: string, token?: string) =>
            driver.send(method, `${parent.path}/member/${user}/transfer_ownership/`, token);
        expect((await transfer(ann.userId)).outcome).toBe("404/1653");
        await add(ann.userId);
        expect((await transfer(ann.userId, ann.token)).outcome).toBe("401/1680");
        await add("later@example.com");
        expect((await transfer("later%40example.com")).outcome).toBe("404/1653");
        expect((await transfer(ann.userId)).outcome).toBe("200");
        expect((await states()).slice(0, 3)).toEqual(
            expect.arrayContaining([
                ["agent@example.com", "admin", "active"],
                ["ann@example.com", "owner", "active"],
            ]),
        );
    });

    it("refuses those whose role may not manage members", async () => {
        const restricted = {
            org: "perm_member_manage=Admin or above",
            workspace: "perm_member_manage=Admin or above",
            share: "invite=owners",
        };
        await driver.post(`${parent.path}/update/`, Object.fromEntries([restricted[kind].split("=")]));
        await add(ann.userId, { permissions: "member" });
        expect((await add("bob@example.com", {}, ann.token)).outcome).toBe("401/1680");
        expect((await driver.delete(`${parent.path}/members/me/`, ann.token)).outcome).toBe("401/1680");
        const open = {
            org: "perm_member_manage=Member or above",
            workspace: "perm_member_manage=Member or above",
            share: "invite=guests",
        };
        await driver.post(`${parent.path}/update/`, Object.fromEntries([open[kind].split("=")]));
        expect((await add("bob@example.com", {}, ann.token)).outcome).toBe("200");
        expect((await add("eve@example.com", { permissions: "admin" }, ann.token)).outcome).toBe("401/1680");
    });

    describe("by invitation", () => {
        const sent = { permissions: "admin", message: "Please join us.", invitation_expires: "2026-02-13 10:00:00" };

        it("lists who has no account as pending, with a user id and the invitation", async () => {
            const invited = await add("New@Example.com", sent);
            expect(invited.at("invitation")).toMatchObject({
                email: "new@example.com",
                state: "pending",
                permissions: "admin",
                created: "2026-02-12 10:00:00 UTC",
                expires: "2026-02-13 10:00:00 UTC",
            });
            const id = invited.at("invitation.id");
            const [, row] = await rows();
            expect(row).toMatchObject({
                id: expect.stringMatching(/^[1-9]\d{18}$/),
                email_address: "new@example.com",
                permissions: "admin",
                status: "pending",
                invite: { id, created: "2026-02-12 10:00:00 UTC", expires: "2026-02-13 10:00:00 UTC" },
            });
            expect(await invitations("pending/")).toMatchObject([{ id, state: "pending" }]);
            expect(await invitations("accepted/")).toEqual([]);
            expect((await driver.get(`${parent.path}/members/invitations/list/open/`)).outcome).toBe("406/1605");
            expect(await driver.census()).toMatchObject({ users: 2, invitations: 1 });
        });

        it.each([
            ["message", "short"],
            ["invitation_expires", "tomorrow"],
        ])("refuses %s = %s with 406/1605", async (key, value) => {
            expect((await add("new@example.com", { [key]: value })).outcome).toBe("406/1605");
        });

        it("is renewed by a second invitation", async () => {
            const first = await add("new@example.com", sent);
            const second = await add("new@example.com", { permissions: "member", invitation_expires: "null" });
            expect(second.at("invitation")).toMatchObject({
                id: first.at("invitation.id"),
                permissions: "member",
                expires: null,
            });
            expect(await states()).toEqual([owner, ["new@example.com", "member", "pending"]]);
        });

        it("is updated and revoked by id and by e-mail", async () => {
            for (const byId of [true, false]) {
                const id = (await add("new@example.com", sent)).text("invitation.id");
                const path = `${parent.path}/members/invitation/${byId ? id : "New%40example.com"}/`;
                const updated = await driver.post(path, { permissions: "member", expires: "null" });
                expect(updated.at("invitation")).toMatchObject({ id, permissions: "member", expires: null });
                expect((await rows())[1]).toMatchObject({ permissions: "member", invite: { id, expires: null } });
                expect((await driver.delete(path)).outcome).toBe("200");
                expect(await states()).toEqual([owner]);
                expect((await driver.delete(path)).outcome).toBe("404/1652");
            }
        });

        it("is revoked with its pending member", async () => {
            const id = (await add("new@example.com")).text("invitation.id");
            const [, row] = await rows();
            expect((await driver.delete(`${parent.path}/members/${row?.id}/`)).outcome).toBe("200");
            expect(await invitations()).toEqual([]);
            expect((await driver.ledger()).at(-2)).toMatchObject({ effect: "deleted", kind: "invitation", id });
        });

        it("keeps the user id when the person signs up and accepts by key", async () => {
            await add("new@example.com", sent);
            const [, pending] = await rows();
            const [message] = (await driver.control("/mail")).list("messages");
            const person = await driver.account("new@example.com");
            expect(person.userId).toBe(pending?.id);
            const [own] = (await driver.get("/user/invitations/list/", person.token)).list("invitations");
            expect(own).toMatchObject({ invitation_key: message?.invitationKey, message: "Please join us." });
            for (const name of [own?.id, own?.invitation_key]) {
                const details = await driver.get(`/user/invitation/${name}/details/`, person.token);
                expect(details.at("invitation.id")).toBe(own?.id);
            }
            const answer = (action: string, token: string) =>
                driver.post(`${parent.path}/members/join/${own?.invitation_key}/${action}/`, {}, token);
            expect((await answer("accept", ann.token)).outcome).not.toBe("200");
            expect((await answer("shrug", person.token)).outcome).toBe("406/1605");
            expect((await answer("accept", person.token)).at("member")).toMatchObject({
                id: person.userId,
                status: "active",
            });
            expect((await answer("accept", person.token)).outcome).toBe("404/1652");
            expect(await states()).toEqual([owner, ["new@example.com", "admin", "active"]]);
            expect(await invitations("accepted/")).toMatchObject([{ id: own?.id, state: "accepted" }]);
            expect(
                (await driver.post(`${parent.path}/members/invitation/${own?.id}/`, { permissions: "member" })).outcome,
            ).toBe("406/1658");
            expect((await driver.delete(`${parent.path}/members/invitation/${own?.id}/`)).outcome).toBe("406/1658");
        });

        it("is accepted with all others at once, and by joining", async () => {
            await add("one@example.com");
            await add("two@example.com");
            const [one, two] = [await driver.account("one@example.com"), await driver.account("two@example.com")];
            expect((await driver.post("/user/invitations/acceptall/", {}, one.token)).at("accepted")).toBe(1);
            expect((await driver.post(`${parent.path}/members/join/`, {}, two.token)).at("member.status")).toBe(
                "active",
            );
            expect((await rows()).map(({ status }) => status)).toEqual(["active", "active", "active"]);
        });

        it("leaves the member list when it is declined, and can be sent again", async () => {
            await add("new@example.com", sent);
            const person = await driver.account("new@example.com");
            const [own] = (await driver.get("/user/invitations/list/", person.token)).list("invitations");
            await driver.post(`${parent.path}/members/join/${own?.invitation_key}/decline/`, {}, person.token);
            expect(await states()).toEqual([owner]);
            expect(await invitations("declined/")).toMatchObject([{ id: own?.id, state: "declined" }]);
            expect(await invitations("pending/")).toEqual([]);
            expect((await add("new@example.com")).at("member.status")).toBe("active");
        });

        it("leaves the member list when it expires, and can be sent again", async () => {
            const { userId } = await (async () => {
                await add("new@example.com", sent);
                return driver.account("new@example.com");
            })();
            const [own] = await invitations();
            await driver.control("/clock", { advanceSeconds: 86_400 });
            expect(await states()).toEqual([owner]);
            expect(await invitations("pending/")).toEqual([]);
            expect(await invitations()).toMatchObject([{ id: own?.id, state: "expired" }]);
            expect((await driver.control("/invitations/accept", { email: "new@example.com" })).status).toBe(404);
            expect(await driver.census()).toMatchObject({ invitations: 0 });
            expect((await add("new@example.com")).at("member.id")).toBe(userId);
        });

        it("is accepted and declined from the control plane, an account being made when there is none", async () => {
            for (const email of ["yes@example.com", "no@example.com"]) await add(email);
            const [, yes] = await rows();
            expect(
                (await driver.control("/invitations/accept", { email: "yes@example.com", parentId: parent.id })).list(
                    "accepted",
                ),
            ).toMatchObject([{ parentId: parent.id, userId: yes?.id }]);
            expect(
                (await driver.control("/invitations/decline", { email: "no@example.com" })).list("declined"),
            ).toHaveLength(1);
            expect(await states()).toEqual([owner, ["yes@example.com", "member", "active"]]);
            expect((await driver.control("/invitations/accept", { email: "no@example.com" })).status).toBe(404);
            expect(await driver.census()).toMatchObject({ users: 3 });
        });
    });
});

describe("the plan", () => {
    it("allows five members per workspace, pending ones and the owner included", async () => {
        const driver = new Driver();
        const org = await driver.organization();
        const workspace = await driver.workspace(org);
        const add = (email: string) => driver.post(`/workspace/${workspace}/members/${email}/`);
        await driver.account("a1@example.com");
        for (const number of [1, 2, 3, 4]) expect((await add(`a${number}%40example.com`)).outcome).toBe("200");
        const fifth = await add("a5%40example.com");
        expect([fifth.outcome, fifth.text("error.text")]).toEqual([
            "412/1685",
            expect.stringContaining("5 members per workspace"),
        ]);
        expect((await add("a4%40example.com")).outcome).toBe("200");
        await driver.control("/plan", { organizationId: org, membersPerWorkspace: 6 });
        expect((await add("a5%40example.com")).outcome).toBe("200");
        expect((await add("a6%40example.com")).outcome).toBe("412/1685");
    });
});
