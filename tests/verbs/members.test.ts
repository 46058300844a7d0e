/** 3.11: members of every kind of parent in all their states, by the clock and by what the invited person does. */
import type { Properties } from "../../provider/core/define";
import { PartialFailure } from "../../provider/core/errors";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import { type MemberParent, memberParents } from "./member-parents";
import type { Account } from "./service";

/** The kind of parent that the tests are about at the moment. */
let of: MemberParent;
let service: Service;
let process: Process;
let organizationId: string;
let parentId: string;
let ann: Account;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.organization("acme")).id;
    parentId = await of.open(service, organizationId, "design");
    ann = await service.account("ann@example.com");
});
afterEach(() => process.close());

/** A request about the parent. */
const api = (method: string, path: string, form?: Record<string, string>) =>
    service.api(method, `${of.segment}/${parentId}/${path}`, form);
const invited = "new@example.com";
const byEmail = (email: string, more: Properties = {}) => ({ [of.input]: parentId, email, role: "member", ...more });
const byUserId = (role = of.lesserRole): Properties => ({ [of.input]: parentId, userId: ann.userId, role });

async function up(args: Properties, name?: string): Promise<Resource> {
    const resource = new Resource(of.kind, name);
    await resource.up(process, args);
    return resource;
}

const stored = (email: string) => service.member(parentId, email, of.segment);
const invitations = async (state = "") =>
    (await api("GET", `members/invitations/list/${state && `${state}/`}`)).invitations;
const answer = (how: "accept" | "decline") => service.control("POST", `invitations/${how}`, { email: invited });
const sentOf = async (work: () => Promise<unknown>) =>
    (await service.requestsOf(work))
        .filter(({ method }) => method !== "GET")
        .map(({ method, path }) => `${method} ${decodeURIComponent(path).replace(/^.*\/(members?\/)/, "$1")}`);
/** An update of a process that is new: nothing is touched, nothing remembered. */
async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

describe.each(memberParents)("$kind", (parent) => {
    beforeAll(() => {
        of = parent;
    });

    describe("3.11 made", () => {
        test("somebody with an account is active at once", async () => {
            const resource = await up(byEmail("ann@example.com", { notifyOptions: "Do not notify me" }));
            expect(resource.id).toBe(`${parentId}/ann@example.com`);
            expect(resource.outputs).toMatchObject({
                status: "active",
                userId: ann.userId,
                firstName: "Ann",
                lastName: "Lee",
                role: "member",
            });
            expect(resource.outputs).not.toHaveProperty("invitationId");
            expect(await stored("ann@example.com")).toMatchObject({
                permissions: "member",
                [of.notifyKey]: "Do not notify me",
            });
        });

        test("somebody without one is invited, with message and end, and pending", async () => {
            const invitationExpires = "2099-01-01T00:00:00Z";
            const resource = await up(byEmail(invited, { message: "Welcome to us, dear.", invitationExpires }));
            const [invitation] = await invitations("pending");
            expect(invitation).toMatchObject({ message: "Welcome to us, dear.", permissions: "member" });
            expect(resource.outputs).toMatchObject({
                status: "pending",
                invitationId: invitation?.id,
                invitationExpiresAt: invitationExpires,
                userId: expect.stringMatching(/^\d{19}$/),
            });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });

        test("by user id", async () => {
            const resource = await up(byUserId());
            expect(resource.id).toBe(`${parentId}/${ann.userId}`);
            expect(resource.outputs).toMatchObject({ status: "active", userId: ann.userId });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });

        test("an unknown user id is the service's error", async () => {
            const { message } = await failureOf(up({ ...byUserId(), userId: "9999999999999999999" }));
            expect(message).toMatch(/HTTP 404.*declare another userId or an e-mail address/);
        });

        test("an e-mail address is one address in whatever case", async () => {
            const resource = await up(byEmail("Ann@Example.COM"));
            expect(resource.id).toBe(`${parentId}/ann@example.com`);
            expect(resource.inputs.email).toBe("Ann@Example.COM");
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(resource.preview(process, byEmail("ann@example.com")).step).toBe("same");
        });
    });

    describe("3.11 somebody who is a member already", () => {
        test.each<[string, () => Properties]>([
            ["by e-mail", () => byEmail("ann@example.com", { role: "admin" })],
            ["by e-mail in another case", () => byEmail("ANN@example.com", { role: "admin" })],
            ["by user id", () => byUserId("admin")],
        ])("is taken over and the role set, with a warning: %s", async (_case, args) => {
            await api("POST", `members/ann@example.com/`, { permissions: of.lesserRole });
            const resource = await up(args());
            expect(await stored("ann@example.com")).toMatchObject({ permissions: "admin" });
            expect(process.warnings).toEqual([expect.stringContaining("was already there and is taken over")]);
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });

        test("somebody invited already, with another role", async () => {
            await api("POST", `members/${invited}/`, { permissions: of.lesserRole });
            const resource = await up(byEmail(invited, { role: "admin" }));
            expect((await invitations("pending")).map(({ permissions }) => permissions)).toEqual(["admin"]);
            expect(resource.outputs).toMatchObject({ status: "pending", role: "admin" });
        });

        test("who joined between our look and our request", async () => {
            process.troubles.push({
                method: "POST",
                path: /\/members\/ann@/,
                how: refusal(409, 1669, "a member already"),
                times: 1,
                before: () => api("POST", `members/ann@example.com/`, { permissions: of.lesserRole }),
            });
            await up(byEmail("ann@example.com", { role: "admin" }));
            expect(await stored("ann@example.com")).toMatchObject({ permissions: "admin" });
        });

        test.each<[string, () => Promise<Properties>]>([
            ["by e-mail", async () => byEmail("agent@example.com")],
            [
                "by user id",
                async () => {
                    const owner = await stored("agent@example.com");
                    return { ...byUserId(), userId: owner?.id };
                },
            ],
        ])("the owner is refused: %s", async (_case, args) => {
            const declared = await args();
            let failure: Error | undefined;
            const sent = await sentOf(async () => {
                failure = await failureOf(up(declared));
            });
            expect(failure?.message).toMatch(
                new RegExp(`agent@example\\.com is the owner of the ${of.noun}.*cannot be declared`),
            );
            expect(failure?.message).toContain("pulumi state delete");
            expect(failure).not.toBeInstanceOf(PartialFailure);
            expect([sent, process.warnings]).toEqual([[], []]);
        });
    });

    describe("3.11 joining is no drift", () => {
        test("accepted: active, the same id, and no change", async () => {
            const args = byEmail(invited, { message: "Welcome to us, dear." });
            const resource = await up(args);
            const { id } = resource;
            const { userId } = resource.outputs;
            await answer("accept");
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(resource.id).toBe(id);
            expect(resource.outputs).toMatchObject({ status: "active", userId });
            expect(resource.outputs).not.toHaveProperty("invitationId");
            expect(resource.outputs).not.toHaveProperty("invitationExpiresAt");
            expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
        });

        test("pending: no change, however often it is looked at", async () => {
            const args = byEmail(invited);
            const resource = await up(args);
            for (const _ of [1, 2]) expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(await resource.up(process, args)).toBe("same");
        });

        test("read knows the person by the stored user id when the address changed", async () => {
            const resource = await up(byEmail("ann@example.com"));
            const row = { ...(await stored("ann@example.com")), email_address: "ann.lee@example.com" };
            process.troubles.push({
                path: /\/members\/list\//,
                how: { status: 200, body: { result: true, users: [row] } },
                times: 1,
            });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(resource.inputs).toEqual(byEmail("ann@example.com"));
            expect(resource.id).toBe(`${parentId}/ann@example.com`);
        });

        test("what is set with the invitation is there when it is accepted", async () => {
            const more = { role: of.lesserRole, expires: "2099-01-01 00:00:00", notifyOptions: "Notify me in app" };
            const resource = await up(byEmail(invited, more));
            await answer("accept");
            expect(await stored(invited)).toMatchObject({
                permissions: of.lesserRole,
                expires: "2099-01-01 00:00:00 UTC",
                [of.notifyKey]: "Notify me in app",
            });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });
    });

    describe("3.11 an invitation that ended", () => {
        test("expired by the service's clock: shown, and invited again by a later end", async () => {
            const args = byEmail(invited, { invitationExpires: await service.inAnHour() });
            const resource = await up(args);
            await service.advance(3500);
            await resource.refresh(process);
            expect(resource.outputs.status).toBe("pending");
            await service.advance(200);
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(resource.outputs).toMatchObject({ status: "expired", role: "member" });
            expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
            await resource.refresh(process);
            const later = { ...args, invitationExpires: "2099-01-01 00:00:00" };
            expect(await resource.up(await nextRun(), later)).toBe("updated");
            expect(resource.outputs.status).toBe("pending");
            expect(await invitations("pending")).toHaveLength(1);
        });

        test("listed although its end has passed: expired by the service's clock, not by ours", async () => {
            const resource = await up(byEmail(invited, { invitationExpires: "2099-01-01 00:00:00" }));
            const row = await stored(invited);
            const past = "2026-01-01 00:00:00 UTC";
            const invite = { ...(row?.invite as object), expires: past };
            const invitations = [{ ...row, ...invite, user_id: null, email: invited }];
            process.troubles.push({
                path: /\/members\/(invitations\/)?list\//,
                how: { status: 200, body: { result: true, users: [{ ...row, invite }], invitations } },
                times: 1,
            });
            await resource.refresh(process);
            expect(resource.outputs.status).toBe("expired");
        });

        test("declined: shown, and invited again when the program changes", async () => {
            const args = byEmail(invited, { role: of.lesserRole });
            const resource = await up(args);
            const first = resource.outputs;
            await answer("decline");
            await resource.refresh(process);
            expect(resource.outputs).toMatchObject({ status: "declined", role: of.lesserRole, userId: first.userId });
            expect(resource.outputs).not.toHaveProperty("invitationId");
            expect(resource.inputs).toEqual(args);
            expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
            for (const _ of [1, 2]) await resource.refresh(process);
            expect(resource.outputs.status).toBe("declined");
            const changed = { ...args, message: "Please come after all." };
            expect(await sentOf(() => resource.up(process, changed))).toEqual([`POST members/${invited}/`]);
            expect(resource.outputs).toMatchObject({ status: "pending" });
            expect(resource.outputs.invitationId).not.toBe(first.invitationId);
            await answer("accept");
            await resource.refresh(process);
            expect(resource.outputs).toMatchObject({ status: "active", role: of.lesserRole });
        });

        test("an earlier invitation that was declined says nothing about the present one", async () => {
            const first = await up(byEmail(invited));
            await answer("decline");
            await nextRun();
            const resource = await up(byEmail(invited), "second");
            expect(resource.outputs.status).toBe("pending");
            await api("DELETE", `members/invitation/${resource.outputs.invitationId}/`);
            expect((await resource.refresh(process)).exists).toBe(false);
            expect(first.outputs.invitationId).not.toBe(resource.outputs.invitationId);
        });

        test("declined once and again: whichever of the two invitations the state knows", async () => {
            const first = await up(byEmail(invited));
            await answer("decline");
            await nextRun();
            const second = await up(byEmail(invited), "second");
            await answer("decline");
            for (const resource of [first, second]) {
                await resource.refresh(process);
                expect(resource.outputs.status).toBe("declined");
            }
        });

        test("invited again by hand meanwhile: nothing to do", async () => {
            const resource = await up(byEmail(invited));
            await answer("decline");
            await resource.refresh(process);
            await api("POST", `members/${invited}/`, { permissions: "member" });
            await resource.refresh(process);
            expect(resource.outputs.status).toBe("pending");
            expect(await resource.up(process, byEmail(invited))).toBe("same");
        });

        test("a role that changes in the same run goes with the new invitation", async () => {
            const resource = await up(byEmail(invited));
            await answer("decline");
            await resource.refresh(process);
            await resource.up(process, byEmail(invited, { role: "admin" }));
            expect((await invitations("pending")).map(({ permissions }) => permissions)).toEqual(["admin"]);
        });
    });

    describe("3.11 removed behind our back", () => {
        test.each<[string, string, () => Promise<unknown>]>([
            ["active", "ann@example.com", () => api("DELETE", `members/${ann.userId}/`)],
            ["pending", invited, () => api("DELETE", `members/invitation/${invited}/`)],
        ])("%s: gone, and made again by the next up", async (_status, email, remove) => {
            const resource = await up(byEmail(email));
            await remove();
            expect(await resource.refresh(process)).toEqual({ exists: false, drift: [] });
            expect(await resource.up(process, byEmail(email))).toBe("created");
            expect(await stored(email)).toMatchObject({ permissions: "member" });
        });

        test("accepted, then removed: gone, not declined", async () => {
            const resource = await up(byEmail(invited));
            await answer("accept");
            const userId = String(resource.outputs.userId);
            await api("DELETE", `members/${userId}/`);
            expect((await resource.refresh(process)).exists).toBe(false);
        });

        test("without a refresh: an update adds the person again", async () => {
            const resource = await up(byEmail("ann@example.com"));
            await api("DELETE", `members/${ann.userId}/`);
            expect(await resource.up(process, byEmail("ann@example.com", { role: "admin" }))).toBe("updated");
            expect(await stored("ann@example.com")).toMatchObject({ permissions: "admin" });
        });

        test("made the owner behind our back: changed and removed no more", async () => {
            const resource = await up(byEmail("ann@example.com"));
            await api("POST", `member/${ann.userId}/transfer_ownership/`);
            await resource.refresh(process);
            expect(resource.inputs.role).toBe("owner");
            const update = failureOf(resource.up(await nextRun(), byEmail("ann@example.com")));
            expect((await update).message).toContain(`pulumi state delete '${resource.urn}'`);
            if (of.kind === "OrganizationMember") {
                // The organization is not this account's any more, so nothing in it is touched.
                const later = await nextRun();
                expect(await sentOf(() => resource.delete(later))).toEqual([]);
                expect(later.warnings).toEqual([expect.stringContaining("belongs to ann@example.com now")]);
                return;
            }
            const removal = failureOf(resource.delete(await nextRun()));
            expect((await removal).message).toContain(`pulumi state delete '${resource.urn}'`);
        });
    });

    describe("3.11 changes", () => {
        test("the role of somebody active", async () => {
            const resource = await up(byEmail("ann@example.com"));
            const sent = await sentOf(() => resource.up(process, byEmail("ann@example.com", { role: "admin" })));
            expect(sent).toEqual([`POST member/${ann.userId}/update/`]);
            expect(await stored("ann@example.com")).toMatchObject({ permissions: "admin" });
        });

        test("the role while pending changes the invitation, and nobody is invited twice", async () => {
            const resource = await up(byEmail(invited));
            const { invitationId } = resource.outputs;
            await resource.up(process, byEmail(invited, { role: "admin" }));
            expect((await invitations()).map(({ id, permissions }) => [id, permissions])).toEqual([
                [invitationId, "admin"],
            ]);
            expect(resource.outputs).toMatchObject({ status: "pending", role: "admin" });
            await answer("accept");
            expect(await stored(invited)).toMatchObject({ permissions: "admin" });
        });

        test("the membership's end while pending is the membership's, not the invitation's", async () => {
            const resource = await up(byEmail(invited, { invitationExpires: "2098-01-01 00:00:00" }));
            const later = { invitationExpires: "2098-01-01 00:00:00", expires: "2099-01-01 00:00:00" };
            await resource.up(process, byEmail(invited, later));
            expect((await invitations("pending")).map(({ expires }) => expires)).toEqual(["2098-01-01 00:00:00 UTC"]);
            await answer("accept");
            expect(await stored(invited)).toMatchObject({ expires: "2099-01-01 00:00:00 UTC" });
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        });

        test("a membership's end taken back while pending", async () => {
            const resource = await up(byEmail(invited, { expires: "2099-01-01 00:00:00" }));
            await resource.up(process, byEmail(invited));
            await answer("accept");
            expect(await stored(invited)).toMatchObject({ expires: null });
        });

        test("the notification while pending holds when the invitation is accepted", async () => {
            const resource = await up(byEmail(invited));
            await resource.up(process, byEmail(invited, { notifyOptions: "Do not notify me" }));
            await answer("accept");
            expect(await stored(invited)).toMatchObject({ [of.notifyKey]: "Do not notify me" });
        });

        test("the invitation's end while pending invites anew", async () => {
            const resource = await up(byEmail(invited, { invitationExpires: "2098-01-01 00:00:00" }));
            await resource.up(process, byEmail(invited, { invitationExpires: "2099-01-01 00:00:00" }));
            expect((await invitations("pending")).map(({ expires }) => expires)).toEqual(["2099-01-01 00:00:00 UTC"]);
        });

        test.each<[string, Properties, Properties]>([
            ["the message", { message: "Welcome to us, dear." }, { message: "Welcome back, dear friend." }],
            ["the message, removed", { message: "Welcome to us, dear." }, {}],
        ])("%s is a step without a write", async (_what, before, after) => {
            const resource = await up(byEmail(invited, before));
            expect(await service.requestsOf(() => resource.up(process, byEmail(invited, after)))).toEqual([]);
            expect(resource.preview(process, byEmail(invited, after)).step).toBe("same");
        });

        test("the invitation's end of somebody who has joined changes nothing", async () => {
            const resource = await up(byEmail("ann@example.com", { invitationExpires: "2098-01-01 00:00:00" }));
            const args = byEmail("ann@example.com", { invitationExpires: "2099-01-01 00:00:00" });
            expect(await sentOf(() => resource.up(process, args))).toEqual([]);
            expect(resource.preview(process, args).step).toBe("same");
        });

        test("somebody else is a replacement, created first", async () => {
            const resource = await up(byEmail("ann@example.com"));
            expect(await resource.up(await nextRun(), byEmail(invited))).toBe("replaced");
            expect(await stored("ann@example.com")).toBeUndefined();
            expect(await stored(invited)).toMatchObject({ status: "pending" });
        });

        test("the same person in another parent is a replacement that leaves neither behind", async () => {
            const other = await of.open(service, organizationId, "other");
            const resource = await up(byEmail("ann@example.com"));
            await resource.up(await nextRun(), { ...byEmail("ann@example.com"), [of.input]: other });
            expect(await stored("ann@example.com")).toBeUndefined();
            expect(await service.member(other, "ann@example.com", of.segment)).toMatchObject({ status: "active" });
        });
    });

    describe("3.11 deleted in each state", () => {
        test("active: removed", async () => {
            const resource = await up(byEmail("ann@example.com"));
            expect(await sentOf(async () => resource.delete(await nextRun()))).toEqual([
                `DELETE members/${ann.userId}/`,
            ]);
            expect(await stored("ann@example.com")).toBeUndefined();
        });

        test("by user id: removed", async () => {
            const resource = await up(byUserId());
            await resource.delete(await nextRun());
            expect(await stored("ann@example.com")).toBeUndefined();
        });

        test("pending: the invitation is revoked", async () => {
            const resource = await up(byEmail(invited));
            const { invitationId } = resource.outputs;
            const sent = await sentOf(async () => resource.delete(await nextRun()));
            expect(sent).toEqual([`DELETE members/invitation/${invitationId}/`]);
            expect([await stored(invited), await invitations()]).toEqual([undefined, []]);
        });

        test("accepted since the last look: removed", async () => {
            const resource = await up(byEmail(invited));
            await answer("accept");
            await resource.delete(await nextRun());
            expect(await stored(invited)).toBeUndefined();
        });

        test("declined: nothing to remove, and no write", async () => {
            const resource = await up(byEmail(invited));
            await answer("decline");
            await resource.refresh(process);
            expect(await sentOf(async () => resource.delete(await nextRun()))).toEqual([]);
        });

        test.each([true, false])("expired: nothing of it is left (refreshed before: %s)", async (refreshes) => {
            const resource = await up(byEmail(invited, { invitationExpires: await service.inAnHour() }));
            await service.advance(3700);
            if (refreshes) await resource.refresh(process);
            await resource.delete(await nextRun());
            expect([await stored(invited), await invitations()]).toEqual([undefined, []]);
        });

        test("gone already: no error", async () => {
            const resource = await up(byEmail(invited));
            await api("DELETE", `members/invitation/${invited}/`);
            await resource.delete(await nextRun());
        });

        test("with the parent gone: no error", async () => {
            const resource = await up(byEmail(invited));
            await of.close(service, parentId);
            await resource.delete(await nextRun());
        });
    });

    describe("3.11 imported", () => {
        test.each<[string, () => string]>([
            ["by e-mail", () => `${parentId}/ann@example.com`],
            ["by e-mail in another case, canonicalised", () => `${parentId}/Ann@Example.com`],
        ])("%s", async (_case, id) => {
            await api("POST", `members/ann@example.com/`, { permissions: of.lesserRole });
            const read = await process.lifecycle.read({ kind: of.kind }, id(), { inputs: {}, outputs: {} });
            expect(read).toMatchObject({
                id: `${parentId}/ann@example.com`,
                inputs: byEmail("ann@example.com", { role: of.lesserRole }),
            });
            expect(read?.inputs).not.toHaveProperty("userId");
        });

        test("by user id", async () => {
            await api("POST", `members/ann@example.com/`, { permissions: of.lesserRole });
            const id = `${parentId}/${ann.userId}`;
            const read = await process.lifecycle.read({ kind: of.kind }, id, { inputs: {}, outputs: {} });
            expect(read?.inputs).toMatchObject(byUserId());
            expect(read?.inputs).not.toHaveProperty("email");
        });
    });
});
