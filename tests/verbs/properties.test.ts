/** Every property of every kind: set, changed, removed and drifted one by one, and looked at through the API itself. */
import { textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { metaOf } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import { Process, Resource, Service } from "./fixture";
import { apiDate, dialect, type ParentSegment } from "./service";

let service: Service;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(() => service.reset());

/** A kind as these tests meet it: minimal arguments under a parent that exists, a direct look, and a hand on the service. */
interface Bench {
    args: Properties;
    /** What puts it on a folder of the workspace. */
    onFolder?: Properties;
    shown(id: string): Promise<Record<string, unknown>>;
    /** Changes something by hand. */
    hand(id: string, form: Record<string, string>): Promise<unknown>;
}

const benches: Record<string, () => Promise<Bench>> = {
    Organization: async () => ({
        args: { domain: "acme", name: "Acme" },
        shown: async (id) => (await service.api("GET", `org/${id}/details/`)).org,
        hand: (id, form) => service.api("POST", `org/${id}/update/`, form),
    }),
    Workspace: async () => {
        const { id: organizationId } = await service.paidOrganization("acme");
        return {
            args: { organizationId },
            shown: async (id) => (await service.api("GET", `workspace/${id}/details/`)).workspace,
            hand: (id, { archived, ...form }) =>
                archived === undefined
                    ? service.api("POST", `workspace/${id}/update/`, form)
                    : service.api("POST", `workspace/${id}/${archived === "true" ? "archive" : "unarchive"}/`),
        };
    },
    Share: async () => {
        const { id: organizationId } = await service.paidOrganization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const folder = { name: "Q4" };
        const { node } = await service.api("POST", `workspace/${workspaceId}/storage/root/createfolder/`, folder);
        return {
            args: { workspaceId, title: "Q4 Report" },
            onFolder: { storageMode: "workspace_folder", folderId: `${workspaceId}/${node.id}` },
            shown: async (id) => (await service.api("GET", `share/${id}/details/`)).share,
            hand: (id, { archived, ...form }) =>
                archived === undefined
                    ? service.api("POST", `share/${id}/update/`, form)
                    : service.api("POST", `share/${id}/${archived === "true" ? "archive" : "unarchive"}/`),
        };
    },
    OrganizationMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        return memberBench("org", { organizationId });
    },
    WorkspaceMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        return memberBench("workspace", { workspaceId });
    },
    ShareMember: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const { id: shareId } = await service.share(workspaceId, "Q4 Report");
        return memberBench("share", { shareId });
    },
    Folder: async () => {
        const { id: organizationId } = await service.organization("acme");
        return nodeBench((await service.workspace(organizationId, "design")).id, {});
    },
    File: async () => {
        const { id: organizationId } = await service.organization("acme");
        return nodeBench((await service.workspace(organizationId, "design")).id, { source: textAsset("What we do.") });
    },
    OrganizationBranding: async () => {
        const { id } = await service.organization("acme");
        return brandingBench("org", id, { organizationId: id });
    },
    WorkspaceBranding: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id } = await service.workspace(organizationId, "design");
        return brandingBench("workspace", id, { workspaceId: id });
    },
    ShareBranding: async () => {
        const { id: organizationId } = await service.organization("acme");
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const { id } = await service.share(workspaceId, "Q4 Report");
        return brandingBench("share", id, { shareId: id });
    },
};

function nodeBench(workspaceId: string, args: Properties): Bench {
    const path = (id: string) => `workspace/${workspaceId}/storage/${id.split("/")[1]}`;
    return {
        args: { workspaceId, name: "Legal", ...args },
        shown: async (id) => (await service.api("GET", `${path(id)}/details/`)).node,
        hand: (id, form) => service.api("POST", `${path(id)}/update/`, form),
    };
}

function brandingBench(segment: ParentSegment, id: string, args: Properties): Bench {
    return {
        args,
        shown: async () => (await service.api("GET", `${segment}/${id}/details/`))[segment],
        hand: (_id, form) => service.api("POST", `${segment}/${id}/update/`, form),
    };
}

async function memberBench(segment: ParentSegment, parent: Record<string, string>): Promise<Bench> {
    const [parentId = ""] = Object.values(parent);
    const { userId } = await service.account("ann@example.com");
    return {
        args: { ...parent, email: "ann@example.com", role: "member" },
        shown: async () => {
            const member = await service.member(parentId, "ann@example.com", segment);
            if (member === undefined) throw new Error("there is no such member");
            return member;
        },
        hand: (_id, form) => service.api("POST", `${segment}/${parentId}/member/${userId}/update/`, form),
    };
}

interface Property {
    kind: string;
    name: string;
    wire: string;
    /** The key in answers, where it is another. */
    shownAs?: string;
    /** The dialects that know it; all by default. */
    dialects?: readonly string[];
    value: unknown;
    other: unknown;
    /** What the service has once the program no longer declares it; `kept` where the API can neither clear nor reset it. */
    removed: unknown;
    /** What somebody sets by hand. */
    byHand: string;
    /** What has to be declared with it. */
    beside?: Properties;
    /** Whether it takes a share that shows a folder: with storage of its own it always sends. */
    onFolder?: true;
}

const kept = Symbol("kept");

const properties: Property[] = [
    {
        kind: "Organization",
        name: "domain",
        wire: "domain",
        value: "acme-1",
        other: "acme-2",
        removed: undefined,
        byHand: "acme-3",
    },
    {
        kind: "Organization",
        name: "name",
        wire: "name",
        value: "Acme One",
        other: "true",
        removed: undefined,
        byHand: "Acme Three",
    },
    {
        kind: "Organization",
        name: "description",
        wire: "description",
        value: "Acme builds rockets.",
        other: "Acme builds bigger rockets.",
        removed: null,
        byHand: "Somebody was here.",
    },
    {
        kind: "Organization",
        name: "industry",
        wire: "industry",
        value: "technology",
        other: "real_estate",
        removed: "unspecified",
        byHand: "legal",
    },
    {
        kind: "Organization",
        name: "billingEmail",
        wire: "billing_email",
        value: "a@example.com",
        other: "b@example.com",
        removed: kept,
        byHand: "c@example.com",
    },
    ...["homepage", "facebook", "twitter", "instagram", "youtube"].map((name) => ({
        kind: "Organization",
        name,
        wire: name,
        value: `https://${name}.example.com/acme`,
        other: `https://${name}.example.com/acme?x=1&y=2`,
        removed: null,
        byHand: `http://${name}.example.com/hand`,
    })),
    {
        kind: "Organization",
        name: "permMemberManage",
        wire: "perm_member_manage",
        value: "Owner only",
        other: "Admin or above",
        removed: "Member or above",
        byHand: "Owner only",
    },
    {
        kind: "Organization",
        name: "permAuthDomains",
        wire: "perm_auth_domains",
        value: "acme.com",
        other: "acme.co.uk",
        removed: null,
        byHand: "stranger.com",
    },
    {
        kind: "Organization",
        name: "ownerDefined",
        wire: "owner_defined",
        value: { team: "platform", none: null },
        other: [1, "42", { a: [null] }],
        removed: null,
        byHand: '{"by":"hand"}',
    },
    {
        kind: "Workspace",
        name: "name",
        wire: "name",
        value: "Design",
        other: "false",
        removed: "design",
        byHand: "By hand",
    },
    {
        kind: "Workspace",
        name: "folderName",
        wire: "folder_name",
        value: "acme-design",
        other: "acme-проект",
        removed: kept,
        byHand: "by-hand",
    },
    {
        kind: "Workspace",
        name: "description",
        wire: "description",
        value: "Drawings and\ntheir history.",
        other: "Drawings & =?ütf.",
        removed: null,
        byHand: "Somebody was here.",
    },
    {
        kind: "Workspace",
        name: "permJoin",
        wire: "perm_join",
        value: "Only Org Owners",
        other: "Admin or above",
        removed: "Member or above",
        byHand: "Only Org Owners",
    },
    {
        kind: "Workspace",
        name: "permMemberManage",
        wire: "perm_member_manage",
        value: "Admin or above",
        other: "Member or above",
        removed: "Member or above",
        byHand: "Admin or above",
    },
    {
        kind: "Workspace",
        name: "intelligence",
        wire: "intelligence",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    {
        kind: "Workspace",
        name: "metadataExtraction",
        wire: "metadata_extraction",
        dialects: ["late2026"],
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    {
        kind: "Workspace",
        name: "archived",
        wire: "archived",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    {
        kind: "Workspace",
        name: "ownerDefined",
        wire: "owner_defined",
        value: { cost: 42 },
        other: "42",
        removed: null,
        byHand: '"by hand"',
    },
    {
        kind: "Share",
        name: "title",
        wire: "title",
        value: "Q4 Figures",
        other: "false",
        removed: undefined,
        byHand: "By hand",
    },
    {
        kind: "Share",
        name: "shareType",
        wire: "share_type",
        value: "send",
        other: "receive",
        removed: "exchange",
        byHand: "send",
        onFolder: true,
    },
    {
        kind: "Share",
        name: "description",
        wire: "description",
        value: "The figures & more.",
        other: "The =?ütf figures.",
        removed: null,
        byHand: "Somebody was here.",
    },
    {
        kind: "Share",
        name: "accessOptions",
        wire: "access_options",
        value: "Members of the Share, Workspace or Org",
        other: "Anyone with a registered account",
        removed: "Only members of the Share or Workspace",
        byHand: "Members of the Share, Workspace or Org",
    },
    {
        kind: "Share",
        name: "invite",
        wire: "invite",
        value: "guests",
        other: "owners",
        removed: "owners",
        byHand: "guests",
    },
    {
        kind: "Share",
        name: "customName",
        wire: "custom_name",
        value: "acme-q4-report",
        other: "acme-отчёт-4",
        removed: kept,
        byHand: "by-hand",
    },
    {
        kind: "Share",
        name: "customUrl",
        wire: "custom_url",
        value: "acme-fourth-quarter",
        other: "acme-last-quarter",
        removed: null,
        byHand: "by-hand-this-time",
    },
    {
        kind: "Share",
        name: "expires",
        wire: "expires",
        value: "2099-12-31T23:59:59+02:00",
        other: "2098-12-31 23:59:59",
        removed: null,
        byHand: "2097-01-01 00:00:00",
    },
    {
        kind: "Share",
        name: "notify",
        wire: "notify",
        value: "notify_on_file_received",
        other: "notify_on_file_sent_or_received",
        removed: "never",
        byHand: "notify_on_file_received",
    },
    {
        kind: "Share",
        name: "displayType",
        wire: "display_type",
        value: "list",
        other: "grid",
        removed: "grid",
        byHand: "list",
    },
    {
        kind: "Share",
        name: "commentsEnabled",
        wire: "comments_enabled",
        shownAs: "comments",
        value: false,
        other: true,
        removed: true,
        byHand: "false",
    },
    {
        kind: "Share",
        name: "downloadEnabled",
        wire: "download_enabled",
        dialects: ["seed", "wrapped"],
        value: false,
        other: true,
        removed: true,
        byHand: "false",
    },
    {
        kind: "Share",
        name: "downloadSecurity",
        wire: "download_security",
        dialects: ["mid2026", "late2026"],
        value: "medium",
        other: "high",
        removed: "off",
        byHand: "medium",
    },
    {
        kind: "Share",
        name: "guestChatEnabled",
        wire: "guest_chat_enabled",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    {
        kind: "Share",
        name: "anonymousUploadsEnabled",
        wire: "anonymous_uploads_enabled",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
        beside: { accessOptions: "Anyone with a registered account" },
        onFolder: true,
    },
    {
        kind: "Share",
        name: "intelligence",
        wire: "intelligence",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    { kind: "Share", name: "archived", wire: "archived", value: true, other: false, removed: false, byHand: "true" },
    {
        kind: "Share",
        name: "ownerDefined",
        wire: "owner_defined",
        value: { quarter: 4 },
        other: [4, "4", null],
        removed: null,
        byHand: '"by hand"',
    },
    ...[
        { kind: "OrganizationMember", role: "admin", wire: "notify_options" },
        { kind: "WorkspaceMember", role: "guest", wire: "notifications" },
        { kind: "ShareMember", role: "view", wire: "notify_options" },
    ].flatMap(({ kind, role, wire }): Property[] => [
        {
            kind,
            name: "role",
            wire: "permissions",
            value: role,
            other: role === "admin" ? "member" : "admin",
            removed: undefined,
            byHand: role,
        },
        {
            kind,
            name: "expires",
            wire: "expires",
            value: "2099-12-31T23:59:59+02:00",
            other: "2098-12-31 23:59:59",
            removed: null,
            byHand: "2097-01-01 00:00:00",
        },
        {
            kind,
            name: "notifyOptions",
            wire,
            value: "Do not notify me",
            other: "Notify me in app",
            removed: kept,
            byHand: "Notify me in app and via email",
        },
    ]),
    ...[
        { kind: "OrganizationBranding", names: { accentColor: "accent_color", backgroundColor: "background_color" } },
        ...["WorkspaceBranding", "ShareBranding"].map((kind) => ({
            kind,
            names: {
                accentColor: "accent_color",
                backgroundColor1: "background_color1",
                backgroundColor2: "background_color2",
            },
        })),
    ].flatMap(({ kind, names }) =>
        Object.entries(names).map(([name, wire]) => ({
            kind,
            name,
            wire,
            value: { r: 0, g: 85, b: 255 },
            other: { r: 10, g: 20, b: 30, a: 0.5 },
            removed: null,
            byHand: '{"r":1,"g":2,"b":3}',
        })),
    ),
    ...["Folder", "File"].map((kind) => ({
        kind,
        name: "name",
        wire: "name",
        value: "Contracts",
        other: "Größe & Gewinn (2027)",
        removed: undefined,
        byHand: "Drafts",
    })),
    {
        kind: "OrganizationBranding",
        name: "backgroundMode",
        wire: "background_mode",
        value: "fixed",
        other: "stretched",
        removed: "stretched",
        byHand: "fixed",
    },
    {
        kind: "OrganizationBranding",
        name: "useBackground",
        wire: "use_background",
        value: true,
        other: false,
        removed: false,
        byHand: "true",
    },
    {
        kind: "ShareBranding",
        name: "backgroundImage",
        wire: "background_image",
        value: 7,
        other: 128,
        removed: 0,
        byHand: "9",
    },
    {
        kind: "ShareBranding",
        name: "workspaceStyle",
        wire: "workspace_style",
        value: false,
        other: true,
        removed: true,
        byHand: "false",
    },
];

/** As the service keeps it. */
function stored({ name }: Property, value: unknown): unknown {
    return name === "expires" && typeof value === "string"
        ? apiDate(value.includes("T") ? value : `${value.replace(" ", "T")}Z`)
        : value;
}

test("every input that the API has is in the table", () => {
    for (const [kind, { inputs, wire }] of resourcesByKind) {
        const expected = Object.keys(inputs.shape).filter((name) => {
            const { writeOnly, immutable } = metaOf({ inputs, outputs: inputs }, name);
            // A message is sent once, and a place is an id that the tests of folders and files know.
            const isElsewhere = ["message", "parentId", "folderId"].includes(name);
            return name in wire && !writeOnly && !immutable && !isElsewhere;
        });
        expect([kind, properties.filter((one) => one.kind === kind).map(({ name }) => name)]).toEqual([kind, expected]);
    }
});

const known = properties.filter(({ dialects }) => dialects === undefined || dialects.includes(dialect));

describe.each(known)("$kind: $name", (property) => {
    const { kind, name, wire, value, other, removed, byHand } = property;
    let bench: Bench;
    let process: Process;
    let resource: Resource;

    beforeEach(async () => {
        bench = await (benches[kind] as () => Promise<Bench>)();
        bench.args = { ...bench.args, ...property.beside, ...(property.onFolder && bench.onFolder) };
        process = new Process(service);
        resource = new Resource(kind);
    });
    afterEach(() => process.close());

    const shown = async () => (await bench.shown(resource.ownId))[property.shownAs ?? wire];

    test("is made with the object, and read back unchanged", async () => {
        const args = { ...bench.args, [name]: value };
        expect(await resource.up(process, args)).toBe("created");
        expect(await shown()).toEqual(stored(property, value));
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(resource.preview(process, args)).toEqual({ step: "same", properties: [] });
    });

    test("is set and changed by itself, in place", async () => {
        await resource.up(process, bench.args);
        const id = resource.ownId;
        for (const next of [value, other]) {
            const args = { ...bench.args, [name]: next };
            expect(resource.preview(process, args)).toEqual({ step: "updated", properties: [name] });
            expect(await resource.up(process, args)).toBe("updated");
            expect([await shown(), resource.id]).toEqual([stored(property, next), id]);
            expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(await resource.up(process, args)).toBe("same");
        }
    });

    const isRequired = removed === undefined;
    const withoutIt = isRequired
        ? "3.2 removed from the program: refused"
        : `3.2 removed from the program: ${removed === kept ? "kept" : `${removed}`}`;
    test(withoutIt, async () => {
        if (isRequired) {
            await resource.up(process, { ...bench.args, [name]: value });
            const { [name]: _, ...rest } = bench.args;
            expect(() => resource.preview(process, rest)).toThrow(`{"property":"${name}","reason":"is required"}`);
            return;
        }
        await await resource.up(process, { ...bench.args, [name]: value });
        const before = await shown();
        const keeps = removed === kept;
        expect(await resource.up(process, bench.args)).toBe(keeps ? "same" : "updated");
        expect(await shown()).toEqual(keeps ? before : removed);
        await resource.refresh(process);
        expect(resource.preview(process, bench.args)).toEqual({ step: "same", properties: [] });
    });

    test("3.4 drift by hand is shown by exactly this property, and repaired", async () => {
        const args = { ...bench.args, [name]: other };
        await resource.up(process, args);
        await bench.hand(resource.ownId, { [wire]: byHand });
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [name] });
        expect(resource.preview(process, args)).toEqual({ step: "updated", properties: [name] });
        expect(await resource.up(process, args)).toBe("updated");
        expect(await shown()).toEqual(stored(property, other));
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    if (isRequired) return;
    test("3.2 changed by hand while it is not declared: left alone, unless it decides about access", async () => {
        await resource.up(process, bench.args);
        await bench.hand(resource.ownId, { [wire]: byHand });
        const definition = resourcesByKind.get(kind);
        const guarded = definition !== undefined && Boolean(metaOf(definition, name).accessRelevant);
        // Names that check fills in are declared as well.
        const drifts = guarded || ["name", "folderName"].includes(name);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: drifts ? [name] : [] });
        await resource.up(process, bench.args);
        const left = await shown();
        const parsed = typeof value === "string" ? stored(property, byHand) : JSON.parse(byHand);
        if (drifts && guarded) expect(left).toEqual(removed);
        if (!drifts) expect(left).toEqual(parsed);
    });
});
