/** Ends that a program declares, and answers that a person gives: once they have come, nothing is to be done, and a word says so. */
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, Service } from "./fixture";
import { type MemberParent, memberParents } from "./member-parents";

let of: MemberParent;
let service: Service;
let process: Process;
let organizationId: string;
let parentId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    organizationId = (await service.paidOrganization("acme")).id;
});
afterEach(() => process.close());

const hour = 3600;
const ann = "ann@example.com";
const invited = "new@example.com";
const byEmail = (email: string, more: Properties = {}) => ({ [of.input]: parentId, email, role: "member", ...more });
const api = (method: string, path: string, form?: Record<string, string>) =>
    service.api(method, `${of.segment}/${parentId}/${path}`, form);
const stored = (email: string) => service.member(parentId, email, of.segment);
const answer = (how: "accept" | "decline") => service.control("POST", `invitations/${how}`, { email: invited });
const writesOf = async (work: () => Promise<unknown>) =>
    (await service.requestsOf(work))
        .filter(({ method }) => method !== "GET")
        .map(({ method, path }) => `${method} ${decodeURIComponent(path).replace(/^.*\/(members?\/)/, "$1")}`);

async function nextRun(): Promise<Process> {
    await process.close();
    process = new Process(service);
    return process;
}

async function made(args: Properties, kind = of.kind): Promise<Resource> {
    const resource = new Resource(kind);
    await resource.up(process, args);
    return resource;
}

/** A night's job: what it wrote, and what it told. */
async function night(resource: Resource, args: Properties): Promise<{ writes: string[]; warnings: string[] }> {
    const run = await nextRun();
    const writes = await writesOf(async () => {
        await resource.refresh(run);
        expect(resource.preview(run, args)).toEqual({ step: "same", properties: [] });
        expect(await resource.up(run, args)).toBe("same");
    });
    return { writes, warnings: run.warnings };
}

describe.each(memberParents)("$kind", (parent) => {
    beforeAll(() => {
        of = parent;
    });
    beforeEach(async () => {
        parentId = await of.open(service, organizationId, "design");
        await service.account(ann);
    });

    test("a membership's declared end: expired, nothing to do in any night, and one warning", async () => {
        const expires = await service.inAnHour();
        const args = byEmail(ann, { expires });
        const resource = await made(args);
        await service.advance(hour + 60);
        const endedAt = `${expires.slice(0, 19)}Z`;
        for (const _ of [1, 2]) {
            const { writes, warnings } = await night(resource, args);
            expect(writes).toEqual([]);
            expect(warnings).toEqual([expect.stringContaining(ann)]);
            expect(warnings[0]).toMatch(
                new RegExp(`has ended as declared, since ${endedAt}.*Take the resource out.*later end in expires`),
            );
            expect(resource.outputs).toMatchObject({ status: "expired", endedAt, role: "member", firstName: "Ann" });
        }
    });

    test("a later end adds the person again", async () => {
        const resource = await made(byEmail(ann, { expires: await service.inAnHour() }));
        await service.advance(hour + 60);
        await resource.refresh(process);
        const later = byEmail(ann, { expires: "2099-01-01T00:00:00Z" });
        expect(await resource.up(await nextRun(), later)).toBe("updated");
        expect(await stored(ann)).toMatchObject({ status: "active", expires: "2099-01-01 00:00:00 UTC" });
        expect(resource.outputs).toMatchObject({ status: "active" });
        expect(resource.outputs).not.toHaveProperty("endedAt");
    });

    test("another role after the end is noted, and nobody is added", async () => {
        const expires = await service.inAnHour();
        const resource = await made(byEmail(ann, { expires }));
        await service.advance(hour + 60);
        for (const refreshes of [false, true]) {
            const run = await nextRun();
            if (refreshes) await resource.refresh(run);
            const args = byEmail(ann, { expires, role: refreshes ? "member" : "admin" });
            const writes = await writesOf(() => resource.up(run, args));
            expect(writes.filter((one) => one.startsWith("POST members"))).toEqual([]);
            expect(run.warnings.at(-1)).toContain("has ended as declared");
            expect(resource.outputs).toMatchObject({ status: "expired", role: args.role });
            expect((await night(resource, args)).writes).toEqual([]);
        }
    });

    test("a person whose end came is deleted without an error", async () => {
        const resource = await made(byEmail(ann, { expires: await service.inAnHour() }));
        await service.advance(hour + 60);
        await resource.refresh(process);
        await resource.delete(await nextRun());
    });

    test("with a resource that replaces an ended one, nobody is added", async () => {
        const expires = await service.inAnHour();
        const resource = await made(byEmail(ann, { expires }));
        await service.advance(hour + 60);
        await resource.refresh(process);
        const other = await of.open(service, organizationId, "other");
        const args = { ...byEmail(ann, { expires }), [of.input]: other };
        const run = await nextRun();
        expect(await resource.up(run, args)).toBe("replaced");
        expect(await service.member(other, ann, of.segment)).toBeUndefined();
        expect(resource.outputs).toMatchObject({ status: "expired" });
        expect((await night(resource, args)).writes).toEqual([]);
    });

    test("an end that was put off by hand after all is drift", async () => {
        const resource = await made(byEmail(ann, { expires: await service.inAnHour() }));
        const { id } = (await stored(ann)) ?? {};
        await api("POST", `member/${id}/update/`, { expires: "2099-01-01 00:00:00" });
        await service.advance(hour + 60);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: ["expires"] });
        expect(resource.outputs.status).toBe("active");
    });

    test("an end that somebody else set is none of the program's: gone, and added again", async () => {
        const resource = await made(byEmail(ann));
        const { id } = (await stored(ann)) ?? {};
        await api("POST", `member/${id}/update/`, {
            expires: (await service.inAnHour()).slice(0, 19).replace("T", " "),
        });
        await service.advance(hour + 60);
        expect((await resource.refresh(process)).exists).toBe(false);
        expect(await resource.up(process, byEmail(ann))).toBe("created");
    });

    test("an invitation's declared end: expired, nothing to do in any night, one warning; a later end invites again", async () => {
        const invitationExpires = await service.inAnHour();
        const args = byEmail(invited, { invitationExpires });
        const resource = await made(args);
        await service.advance(hour + 60);
        for (const _ of [1, 2]) {
            const { writes, warnings } = await night(resource, args);
            expect(writes).toEqual([]);
            expect(warnings).toEqual([
                expect.stringMatching(/nobody has answered the invitation of new@.*later end in invitationExpires/),
            ]);
            expect(resource.outputs).toMatchObject({
                status: "expired",
                endedAt: `${invitationExpires.slice(0, 19)}Z`,
            });
        }
        const later = byEmail(invited, { invitationExpires: "2099-01-01T00:00:00Z" });
        expect(await resource.up(await nextRun(), later)).toBe("updated");
        expect(resource.outputs).toMatchObject({ status: "pending" });
    });

    test("a membership's end that comes before an answer to the invitation", async () => {
        const args = byEmail(invited, { expires: await service.inAnHour() });
        const resource = await made(args);
        await service.advance(hour + 60);
        const { writes, warnings } = await night(resource, args);
        expect(writes).toEqual([]);
        expect(warnings).toEqual([expect.stringContaining("has ended as declared")]);
        expect(resource.outputs.status).toBe("expired");
    });

    test("an invitation's end long past says nothing about somebody who joined: put out by hand, added again", async () => {
        const args = byEmail(ann, { invitationExpires: await service.inAnHour() });
        const resource = await made(args);
        await service.advance(hour + 60);
        expect((await night(resource, args)).warnings).toEqual([]);
        const { id } = (await stored(ann)) ?? {};
        await api("DELETE", `members/${id}/`);
        expect((await resource.refresh(process)).exists).toBe(false);
        expect(await resource.up(process, args)).toBe("created");
        expect(resource.outputs.status).toBe("active");
    });

    test("an invitation that ran out by itself is invited again once, by the next up after a refresh", async () => {
        const args = byEmail(invited);
        const resource = await made(args);
        const end = (await service.inAnHour()).slice(0, 19).replace("T", " ");
        await api("POST", `members/${invited}/`, { permissions: "member", invitation_expires: end });
        await resource.refresh(process);
        await service.advance(hour + 60);
        await resource.refresh(process);
        expect(resource.outputs.status).toBe("expired");
        expect(process.warnings).toEqual([]);
        expect(resource.preview(process, args)).toEqual({ step: "updated", properties: [] });
        expect(await writesOf(() => resource.up(process, args))).toEqual([`POST members/${invited}/`]);
    });

    test("declined: nothing to do in any night, and one warning that says since when", async () => {
        const args = byEmail(invited, { message: "Welcome to us, dear." });
        const resource = await made(args);
        await answer("decline");
        let since: unknown;
        for (const _ of [1, 2]) {
            const { writes, warnings } = await night(resource, args);
            expect(writes).toEqual([]);
            expect(warnings).toEqual([
                expect.stringMatching(/new@example\.com has declined the invitation.*since \d{4}-.*change its role or/),
            ]);
            since ??= resource.outputs.endedAt;
            expect(resource.outputs).toMatchObject({ status: "declined", endedAt: since });
            await service.advance(24 * hour);
        }
    });

    test.each<[string, () => Properties]>([
        ["role", () => ({ role: of.lesserRole === "member" ? "admin" : of.lesserRole })],
        ["message", () => ({ message: "Please come after all." })],
        ["message, removed", () => ({ message: undefined })],
    ])("who declined is asked again, once, when the program changes the %s", async (_what, change) => {
        const resource = await made(byEmail(invited, { message: "Welcome to us, dear." }));
        await answer("decline");
        await resource.refresh(process);
        const { message = "Welcome to us, dear.", ...rest } = change();
        const args: Properties = byEmail(invited, {
            ...rest,
            ...("message" in change() && !change().message ? {} : { message }),
        });
        expect(resource.preview(await nextRun(), args).step).toBe("updated");
        expect(await writesOf(() => resource.up(process, args))).toEqual([`POST members/${invited}/`]);
        expect(resource.outputs.status).toBe("pending");
        expect(resource.outputs).not.toHaveProperty("endedAt");
        expect((await night(resource, args)).writes).toEqual([]);
    });

    test("a role for somebody who left since the last look: added again, with a word", async () => {
        const resource = await made(byEmail(ann));
        const { id } = (await stored(ann)) ?? {};
        await api("DELETE", `members/${id}/`);
        const run = await nextRun();
        expect(await resource.up(run, byEmail(ann, { role: "admin" }))).toBe("updated");
        expect(run.warnings).toEqual([expect.stringMatching(/ann@example\.com was not in .* any more/)]);
        expect(await stored(ann)).toMatchObject({ permissions: "admin" });
    });

    test("a user id whose account is closed: no promise that the next up helps", async () => {
        const { userId } = await service.account("leaves@example.com");
        const resource = await made({ [of.input]: parentId, userId, role: "member" });
        const { id } = (await stored("leaves@example.com")) ?? {};
        await api("DELETE", `members/${id}/`);
        process.troubles.push({
            method: "POST",
            path: new RegExp(`/members/${userId}/`),
            how: { status: 404, body: { result: false, error: { code: 1609, text: "No such user" } } },
        });
        const failure = failureOf(resource.up(process, { [of.input]: parentId, userId, role: "admin" }));
        const { message } = await failure;
        expect(message).toMatch(/userId: .*No account has this id any more.*declare another userId/);
        expect(message).not.toMatch(/makes it again/);
    });

    test.each(["expires", "invitationExpires"])("%s that has passed is refused when it is new", async (property) => {
        const past = { [property]: "2020-01-01T00:00:00Z" };
        const reason = `"property":"${property}","reason":"has passed already`;
        const resource = new Resource(of.kind);
        expect(() => resource.preview(process, byEmail(ann, past))).toThrow(reason);
        await resource.up(process, byEmail(ann, { [property]: "2099-01-01T00:00:00Z" }));
        expect(() => resource.preview(process, byEmail(ann, past))).toThrow(reason);
        expect(() => resource.preview(process, byEmail(ann, { [property]: "2099-01-02T00:00:00Z" }))).not.toThrow();
    });

    test("two resources for one person: refused with both names, before any request", async () => {
        const [first, second] = [new Resource(of.kind, "ann"), new Resource(of.kind, "ann-again")];
        first.preview(process, byEmail(ann));
        const requests = await service.requestsOf(async () => {
            const twice = byEmail("Ann@Example.com", { role: "admin" });
            expect(() => second.preview(process, twice)).toThrow(/"ann\\" and \\"ann-again\\"/);
        });
        expect(requests).toEqual([]);
        expect(() => first.preview(process, byEmail(ann))).not.toThrow();
        first.preview(process, byEmail(invited));
        expect(() => second.preview(process, byEmail(ann))).not.toThrow();
    });

    test("by address and by user id: what the run made for one is not taken over by the other", async () => {
        const { userId } = await service.account("bob@example.com");
        const byId = { [of.input]: parentId, userId, role: of.lesserRole };
        await made(byEmail("bob@example.com", { role: "admin" }));
        const second = new Resource(of.kind, "bob-by-id");
        expect((await failureOf(second.up(process, byId))).message).toMatch(/"design" and "bob-by-id"/);
        expect(await stored("bob@example.com")).toMatchObject({ permissions: "admin" });
    });
});

describe("Share", () => {
    let workspaceId: string;
    beforeEach(async () => {
        workspaceId = (await service.workspace(organizationId, "design")).id;
    });
    const room = (more: Properties) => ({ workspaceId, title: "Q4 Report", ...more });

    test("its declared end: it stays, nothing to do in any night, and one warning", async () => {
        const expires = await service.inAnHour();
        const args = room({ expires });
        const resource = await made(args, "Share");
        expect((await night(resource, args)).warnings).toEqual([]);
        await service.advance(hour + 60);
        for (const _ of [1, 2]) {
            const { writes, warnings } = await night(resource, args);
            expect(writes).toEqual([]);
            expect(warnings).toEqual([
                expect.stringMatching(/share "Q4 Report" .* has ended as declared, since .*later end in expires/),
            ]);
        }
        const run = await nextRun();
        expect(await resource.up(run, room({ expires, title: "Q4 Figures" }))).toBe("updated");
        expect(await resource.up(run, room({ expires: "2099-01-01T00:00:00Z", title: "Q4 Figures" }))).toBe("updated");
        await resource.refresh(run);
        expect(run.warnings).toEqual([]);
    });

    test("an end that has passed is refused when it is new, and in a replacement", () => {
        const past = room({ expires: "2020-01-01T00:00:00Z" });
        expect(() => new Resource("Share").preview(process, past)).toThrow('"property":"expires"');
        const resource = new Resource("Share");
        const check = (old: Properties) =>
            process.lifecycle.check({ kind: "Share" }, old, { ...past, __resource: resource.urn }).failures;
        expect(check(past)).toEqual([]);
        expect(check({})).toMatchObject([{ property: "expires" }]);
    });
});

test("an expired transfer token: one warning with the ways out, unless the program renews it", async () => {
    const resource = await made({ organizationId }, "TransferToken");
    await service.advance(73 * hour);
    for (const _ of [1, 2]) {
        const { writes, warnings } = await night(resource, { organizationId });
        expect(writes).toEqual([]);
        expect(warnings).toEqual([expect.stringMatching(/has expired, since .*change its triggers/)]);
    }
    resource.known.inputs.rotateWhenExpired = true;
    await resource.refresh(await nextRun());
    expect(process.warnings).toEqual([]);
});

test.each(["claimed", "revoked"])(
    "tokens that were %s cost one look at the organization, however many",
    async (how) => {
        const human = await service.account("human@example.com");
        const tokens = [1, 2, 3].map((number) => new Resource("TransferToken", `token-${number}`));
        for (const token of tokens) await token.up(process, { organizationId });
        const path = (token: Resource) => `org/${organizationId}/transfer/token/${token.ownId.split("/")[1]}/`;
        if (how === "revoked") for (const token of tokens) await service.api("DELETE", path(token));
        const value = String(tokens[0]?.outputs.token);
        if (how === "claimed") await service.api("POST", "org/transfer/claim/", { token: value }, human.token);
        const refreshed = async () => {
            const run = await nextRun();
            return service.requestsOf(() => Promise.all(tokens.map((token) => token.refresh(run))));
        };
        await refreshed();
        expect((await refreshed()).map((entry) => entry.path)).toEqual([expect.stringMatching(/\/details\//)]);
        expect(tokens.map(({ outputs }) => outputs.status)).toEqual([how, how, how]);
    },
);
