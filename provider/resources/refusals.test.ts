import { urnOf } from "../../tests/verbs/toy-room";
import type { Properties } from "../core/define";
import { Lifecycle } from "../core/lifecycle";
import { Session } from "../core/session";
import { unknownValue } from "../core/unknown";
import { resources, resourcesByKind } from ".";

/** A provider that cannot make a call: it fails the test when it tries. */
function offline(): Lifecycle {
    return new Lifecycle({
        definitions: resourcesByKind,
        client: () => {
            throw new Error("check asked for the client");
        },
        session: new Session(),
        log: () => {},
    });
}

const failuresOf = (kind: string, inputs: Properties, old: Properties = {}) =>
    offline().check({ kind }, old, { __resource: urnOf("design", kind), ...inputs }).failures;

const organizationId = "1000000000000000001";
const workspaceId = "2000000000000000001";
const organization = { domain: "acme", name: "Acme" };
const workspace = { organizationId };
const member = { workspaceId, email: "ann@example.com", role: "member" };
const token = { organizationId };

type Refusal = [property: string, inputs: Properties, reason: RegExp];

const refusals: Record<string, Refusal[]> = {
    Organization: [
        ["domain", { name: "Acme" }, /^is required$/],
        ["name", { domain: "acme" }, /^is required$/],
        ["domain", { ...organization, domain: "a" }, /at least 2/],
        ["domain", { ...organization, domain: "a".repeat(64) }, /at most 63/],
        ["domain", { ...organization, domain: "Acme" }, /lower-case/],
        ["domain", { ...organization, domain: "-acme" }, /hyphen/],
        ["domain", { ...organization, domain: "acme.io" }, /lower-case letters, digits and hyphens/],
        ["name", { ...organization, name: "Ac" }, /at least 3/],
        ["name", { ...organization, name: "A".repeat(101) }, /at most 100/],
        ["name", { ...organization, name: "Ac\u0000me" }, /control characters/],
        ["description", { ...organization, description: "Too short" }, /at least 10/],
        ["description", { ...organization, description: "x".repeat(1001) }, /at most 1000/],
        ["description", { ...organization, description: "Two lines\nof text" }, /control characters/],
        ["industry", { ...organization, industry: "rockets" }, /must be one of "unspecified", "technology"/],
        ["billingEmail", { ...organization, billingEmail: "bills" }, /e-mail address/],
        ["homepage", { ...organization, homepage: "acme.com" }, /http or https address/],
        ["facebook", { ...organization, facebook: "ftp://facebook.com/acme" }, /http or https address/],
        ["twitter", { ...organization, twitter: "@acme" }, /http or https address/],
        ["instagram", { ...organization, instagram: 7 }, /./],
        ["youtube", { ...organization, youtube: "youtube" }, /http or https address/],
        ["permMemberManage", { ...organization, permMemberManage: "owner" }, /"Owner only", "Admin or above"/],
        ["permAuthDomains", { ...organization, permAuthDomains: "acme.com,other.com" }, /one e-mail domain/],
        ["permAuthDomains", { ...organization, permAuthDomains: "@acme.com" }, /one e-mail domain/],
        ["ownerDefined", { ...organization, ownerDefined: () => 1 }, /./],
        ["forceDestroy", { ...organization, forceDestroy: "yes" }, /./],
        ["plan", { ...organization, plan: "business" }, /is an output/],
        ["url", { ...organization, url: "https://acme.fast.io" }, /is an output/],
        ["domian", { ...organization, domian: "acme" }, /did you mean domain\?/],
        ["accentColour", { ...organization, accentColour: "#fff" }, /is not a property of Organization/],
    ],
    Workspace: [
        ["organizationId", {}, /^is required$/],
        [
            "organizationId",
            { organizationId: "acme" },
            /19-digit id of an organization.*getOrganizationOutput\(\{ domain \}\)\.id/,
        ],
        ["organizationId", { organizationId: "10000000000000000010" }, /19-digit/],
        ["name", { ...workspace, name: "D" }, /at least 2/],
        ["name", { ...workspace, name: "D".repeat(101) }, /at most 100/],
        ["name", { ...workspace, name: "De\tsign" }, /control characters/],
        ["folderName", { ...workspace, folderName: "abc" }, /at least 4/],
        ["folderName", { ...workspace, folderName: "a".repeat(81) }, /at most 80/],
        ["folderName", { ...workspace, folderName: "with space" }, /letters, digits and hyphens/],
        ["folderName", { ...workspace, folderName: "under_score" }, /letters, digits and hyphens/],
        ["description", { ...workspace, description: "Too short" }, /at least 10/],
        ["description", { ...workspace, description: `x${"y".repeat(1000)}` }, /at most 1000/],
        ["description", { ...workspace, description: "A bell \u0007 in here" }, /control characters/],
        ["permJoin", { ...workspace, permJoin: "Anyone" }, /"Only Org Owners", "Admin or above", "Member or above"/],
        ["permMemberManage", { ...workspace, permMemberManage: "Owner only" }, /"Admin or above", "Member or above"/],
        ["intelligence", { ...workspace, intelligence: "false" }, /./],
        ["archived", { ...workspace, archived: 1 }, /./],
        ["forceDestroy", { ...workspace, forceDestroy: "no" }, /./],
        ["url", { ...workspace, url: "https://acme.fast.io/workspace/design" }, /is an output/],
        ["organisationId", { ...workspace, organisationId: organizationId }, /did you mean organizationId\?/],
        ["foldername", { ...workspace, foldername: "design" }, /did you mean folderName\?/],
    ],
    WorkspaceMember: [
        ["workspaceId", { email: "ann@example.com", role: "member" }, /^is required$/],
        [
            "workspaceId",
            { ...member, workspaceId: "design" },
            /19-digit id of a workspace.*getWorkspaceOutput\(\{ folderName \}\)\.id/,
        ],
        ["email", { ...member, email: "ann" }, /e-mail address/],
        ["email", { workspaceId, role: "member" }, /exactly one of email and userId/],
        ["email", { ...member, userId: "3000000000000000001" }, /exactly one of email and userId/],
        ["userId", { workspaceId, role: "member", userId: "ann" }, /19-digit user id/],
        ["role", { workspaceId, email: "ann@example.com" }, /^is required$/],
        ["role", { ...member, role: "owner" }, /must be one of "admin", "member", "guest"/],
        ["role", { ...member, role: "view" }, /must be one of "admin", "member", "guest"/],
        ["expires", { ...member, expires: "next year" }, /date and time such as/],
        ["expires", { ...member, expires: "2027-02-30 10:00:00" }, /date and time such as/],
        ["notifyOptions", { ...member, notifyOptions: "never" }, /"Do not notify me"/],
        ["message", { ...member, message: "Welcome" }, /at least 10/],
        ["message", { ...member, message: "x".repeat(256) }, /at most 255/],
        [
            "message",
            { workspaceId, userId: "3000000000000000001", role: "member", message: "Welcome to us" },
            /a user id is never invited/,
        ],
        [
            "invitationExpires",
            { workspaceId, userId: "3000000000000000001", role: "member", invitationExpires: "2027-01-01 00:00:00" },
            /a user id is never invited/,
        ],
        ["invitationExpires", { ...member, invitationExpires: "2027-01-01" }, /date and time such as/],
        ["status", { ...member, status: "active" }, /is an output/],
        ["permissions", { ...member, permissions: "admin" }, /is not a property of WorkspaceMember/],
        [
            "emial",
            { workspaceId, role: "member", userId: "3000000000000000001", emial: "a@x.org" },
            /did you mean email\?/,
        ],
    ],
    TransferToken: [
        ["organizationId", {}, /^is required$/],
        ["organizationId", { organizationId: "acme" }, /19-digit id.*getOrganizationOutput/],
        ["organizationId", { organizationId: 1 }, /./],
        ["organizationId", { organizationId: "1000" }, /19-digit/],
        ["triggers", { ...token, triggers: "round 1" }, /./],
        ["triggers", { ...token, triggers: ["round 1"] }, /./],
        ["triggers.round", { ...token, triggers: { round: 1 } }, /./],
        ["rotateWhenExpired", { ...token, rotateWhenExpired: "true" }, /./],
        ["token", { ...token, token: "secret" }, /is an output/],
        ["claimUrl", { ...token, claimUrl: "https://go.fast.io/claim" }, /is an output/],
        ["status", { ...token, status: "active" }, /is an output/],
        ["trigger", { ...token, trigger: {} }, /did you mean triggers\?/],
        ["expires", { ...token, expires: "2027-01-01 00:00:00" }, /is not a property of TransferToken/],
    ],
};

test("every kind has at least eight", () => {
    for (const { kind } of resources) expect([kind, (refusals[kind] ?? []).length >= 8]).toEqual([kind, true]);
});

describe.each(Object.keys(refusals))("%s refuses, by the property's path and without a call", (kind) => {
    test.each(refusals[kind] ?? [])("%s of %j", (property, inputs, reason) => {
        expect(failuresOf(kind, inputs)).toEqual([{ property, reason: expect.stringMatching(reason) }]);
    });

    test("and takes its samples", () => {
        const { samples } = resourcesByKind.get(kind) ?? {};
        for (const sample of Object.values(samples ?? {})) expect(failuresOf(kind, sample)).toEqual([]);
    });

    test("and takes each property unknown, with all that depends on it", () => {
        const { samples } = resourcesByKind.get(kind) ?? {};
        for (const name of Object.keys(samples?.full ?? {}))
            expect(failuresOf(kind, { ...samples?.full, [name]: unknownValue })).toEqual([]);
    });
});

describe("values at the edge of what the contract allows are taken", () => {
    test.each<[string, Properties]>([
        ["Organization", { domain: "ab", name: "Abc" }],
        ["Organization", { domain: "a".repeat(63), name: "A".repeat(100) }],
        ["Organization", { domain: "9-to-5", name: "Nine", permAuthDomains: "" }],
        ["Organization", { ...organization, description: "x".repeat(10), ownerDefined: [null, "x", { a: [1] }] }],
        ["Workspace", { ...workspace, name: "Ab", folderName: "abcd", description: "Line one\nLine two" }],
        ["Workspace", { ...workspace, folderName: "Проект-7" }],
        ["WorkspaceMember", { ...member, email: "Ann.Lee+x@Example.COM", message: "x".repeat(10) }],
        [
            "WorkspaceMember",
            { ...member, expires: "2027-01-01T00:00:00+02:00", invitationExpires: "2027-01-01 00:00:00" },
        ],
        ["WorkspaceMember", { workspaceId, userId: "3000000000000000001", role: "guest" }],
        ["TransferToken", { ...token, triggers: {} }],
    ])("%s %j", (kind, inputs) => {
        expect(failuresOf(kind, inputs)).toEqual([]);
    });
});

describe("defaults", () => {
    test.each([
        ["Organization", organization, { permMemberManage: "Member or above", permAuthDomains: "" }],
        [
            "Workspace",
            workspace,
            {
                name: "design",
                folderName: expect.stringMatching(/^design-[0-9a-f]{7}$/),
                permJoin: "Member or above",
                permMemberManage: "Member or above",
                intelligence: false,
            },
        ],
        ["WorkspaceMember", member, {}],
        ["TransferToken", token, { rotateWhenExpired: false }],
    ])("of %s", (kind, inputs, filled) => {
        const __resource = urnOf("design", kind);
        expect(offline().check({ kind }, {}, { __resource, ...inputs }).inputs).toEqual({
            __resource,
            ...inputs,
            ...filled,
        });
    });

    test("a one-letter name is a name for the slug, and refused as the display name that it would be", () => {
        const inputs = { __resource: urnOf("a", "Workspace"), organizationId };
        expect(offline().check({ kind: "Workspace" }, {}, inputs)).toEqual({
            inputs: expect.objectContaining({ folderName: expect.stringMatching(/^a-[0-9a-f]{7}$/) }),
            failures: [{ property: "name", reason: expect.stringMatching(/at least 2/) }],
        });
        expect(offline().check({ kind: "Workspace" }, {}, { ...inputs, name: "Archive" }).failures).toEqual([]);
    });
});

describe("3.8 the reuse of a declared unique name", () => {
    const old = { organizationId, name: "Design", folderName: "acme-design" };
    const moved = { ...old, organizationId: "1000000000000000002" };

    test("by a replaced workspace is refused in check, with property and reason", () => {
        expect(failuresOf("Workspace", moved, old)).toEqual([
            {
                property: "organizationId",
                reason: expect.stringMatching(/replaces the workspace.*same folderName.*declare another folderName/),
            },
        ]);
    });

    test("shows as a replacement while the organization is unknown, and when the name is generated", () => {
        expect(failuresOf("Workspace", { ...old, organizationId: unknownValue }, old)).toEqual([]);
        const { folderName: _, ...generated } = moved;
        expect(failuresOf("Workspace", generated, old)).toEqual([]);
    });
});

describe("3.3 parents are ids", () => {
    const references = resources.flatMap(({ kind, inputs }) =>
        Object.keys(inputs.shape)
            .filter((name) => name.endsWith("Id") && name !== "userId")
            .map((name) => [kind, name] as const),
    );

    test.each(references)("%s.%s takes an id alone, and a change replaces", (kind, name) => {
        const sample = resourcesByKind.get(kind)?.samples.minimal ?? {};
        expect(failuresOf(kind, { ...sample, [name]: "acme" })).toHaveLength(1);
        const known = { inputs: sample, outputs: sample };
        const other = { ...sample, [name]: "1999999999999999999" };
        expect(offline().diff({ kind }, "1", known, other).replaces).toEqual([name]);
    });
});

describe("renames are changes in place, so that nothing below shows a replacement", () => {
    test.each<[string, Properties, Properties]>([
        ["Organization", organization, { domain: "acme-2", name: "Acme Two" }],
        [
            "Workspace",
            { organizationId, name: "A1", folderName: "aaaa" },
            { organizationId, name: "B1", folderName: "bbbb" },
        ],
    ])("3.3 %s", (kind, before, after) => {
        expect(offline().diff({ kind }, "1", { inputs: before, outputs: before }, after)).toMatchObject({
            changes: true,
            replaces: [],
        });
    });
});
