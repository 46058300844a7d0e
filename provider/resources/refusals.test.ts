import {
    folderId,
    link,
    member,
    organization,
    organizationId,
    person,
    refusals,
    share,
    shared,
    shareId,
    token,
    workspace,
    workspaceId,
} from "../../tests/verbs/refusals";
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
        ["Share", { ...share, title: "Q4" }],
        ["Share", { ...share, title: "Q".repeat(80), description: "x".repeat(500), customName: "abcd" }],
        ["Share", { ...share, customName: "Отчёт".repeat(20), customUrl: "x".repeat(10) }],
        ["Share", shared],
        ["Share", { ...shared, intelligence: false, archived: false, forceDestroy: true }],
        ["Share", { ...link, password: "x" }],
        ["Share", { ...share, shareType: "send", downloadSecurity: "high" }],
        [
            "Share",
            {
                ...share,
                shareType: "receive",
                accessOptions: "Anyone with a registered account",
                anonymousUploadsEnabled: true,
            },
        ],
        ["OrganizationMember", { ...person, organizationId, role: "admin" }],
        ["ShareMember", { ...person, shareId, role: "view" }],
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
                metadataExtraction: false,
            },
        ],
        [
            "Share",
            share,
            {
                shareType: "send",
                storageMode: "independent",
                accessOptions: "Only members of the Share or Workspace",
                invite: "owners",
                downloadEnabled: true,
                guestChatEnabled: false,
                anonymousUploadsEnabled: false,
                intelligence: false,
            },
        ],
        ["OrganizationMember", { ...person, organizationId }, {}],
        ["WorkspaceMember", member, {}],
        ["ShareMember", { ...person, shareId }, {}],
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

    test.each<[string, Properties]>([
        ["workspaceId", { workspaceId: "2000000000000000002" }],
        ["storageMode", { storageMode: "workspace_folder", folderId }],
    ])("by a replaced share is refused in check: %s", (property, change) => {
        for (const unique of ["customName", "customUrl"]) {
            const before = { ...share, storageMode: "independent", [unique]: "acme-q4-report" };
            const after = { ...before, ...change };
            const reason = new RegExp(
                `same ${unique} as the old one.*declare another ${unique}, or leave ${unique} out`,
            );
            expect(failuresOf("Share", after, before)).toEqual([{ property, reason: expect.stringMatching(reason) }]);
            expect(failuresOf("Share", { ...after, [unique]: "acme-q4-report-2" }, before)).toEqual([]);
            expect(failuresOf("Share", { ...after, [unique]: undefined }, before)).toEqual([]);
        }
    });

    test("shows as a replacement while the organization is unknown, and when the name is generated", () => {
        expect(failuresOf("Workspace", { ...old, organizationId: unknownValue }, old)).toEqual([]);
        const { folderName: _, ...generated } = moved;
        expect(failuresOf("Workspace", generated, old)).toEqual([]);
    });
});

describe("3.3 parents are ids", () => {
    // What lies in a folder is moved to another.
    const isMoved = (kind: string, name: string) => ["Folder.parentId", "File.folderId"].includes(`${kind}.${name}`);
    const references = resources.flatMap(({ kind, inputs }) =>
        Object.keys(inputs.shape)
            .filter((name) => name.endsWith("Id") && name !== "userId")
            .map((name) => [kind, name, isMoved(kind, name) ? "moves" : "replaces"] as const),
    );

    test.each(references)("%s.%s takes an id alone, and a change %s", (kind, name, how) => {
        const sample = resourcesByKind.get(kind)?.samples.minimal ?? {};
        expect(failuresOf(kind, { ...sample, [name]: "acme" })).toHaveLength(1);
        const known = { inputs: sample, outputs: sample };
        const other = { ...sample, [name]: "1999999999999999999" };
        expect(offline().diff({ kind }, "1", known, other)).toMatchObject({
            changes: true,
            replaces: how === "moves" ? [] : [name],
        });
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
        ["Share", { ...share, customName: "aaaa" }, { ...share, title: "Q4 Figures", customName: "bbbb" }],
    ])("3.3 %s", (kind, before, after) => {
        expect(offline().diff({ kind }, "1", { inputs: before, outputs: before }, after)).toMatchObject({
            changes: true,
            replaces: [],
        });
    });
});
