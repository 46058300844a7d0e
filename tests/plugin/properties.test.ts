/** What holds for every kind and any valid arguments, over the plugin's own interface. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { pathText } from "../../provider/core/check";
import type { Properties } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import { Service } from "../verbs/service";
import { argumentsOf } from "./arguments";
import { Caller, type State, secret, unknown, urnOf } from "./caller";

jest.setTimeout(60_000);

let service: Service;
let plugin: Caller;

beforeAll(async () => {
    service = await Service.open();
    plugin = await Caller.start({ baseUrl: service.baseUrl, token: service.emulator.token });
});
afterAll(async () => {
    await plugin.close();
    await service.close();
});

/** The paths of everything within properties, containers included. */
function pathsWithin(value: unknown, path: (string | number)[] = []): string[] {
    const own = path.length === 0 ? [] : [pathText(path)];
    if (typeof value !== "object" || value === null) return own;
    const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return [...own, ...steps.flatMap((step) => pathsWithin((value as Properties)[step], [...path, step]))];
}

/** The same ones in every run: what is tried must not depend on luck. `numRuns` and `seed` are there to be turned up. */
const runs = { numRuns: 20, seed: 6 };

describe.each(resources.map((definition) => [definition.kind, definition] as const))("%s", (kind, definition) => {
    const urn = urnOf(kind);
    const args = argumentsOf(definition);

    test("check is idempotent, and equal inputs differ in nothing", async () => {
        await fc.assert(
            fc.asyncProperty(args, async (given) => {
                const { inputs, failures } = await plugin.check(urn, {}, given);
                expect(failures).toEqual([]);
                expect(await plugin.check(urn, inputs, inputs)).toEqual({ inputs, failures: [] });
                const state = { id: "1", inputs, outputs: {} };
                for (const news of [inputs, (await plugin.check(urn, inputs, given)).inputs])
                    expect(await plugin.diff(urn, state, news)).toMatchObject({ changes: false, details: {} });
            }),
            runs,
        );
    });

    test("every path that a difference names is there, and nothing but differences is named", async () => {
        await fc.assert(
            fc.asyncProperty(args, args, async (before, after) => {
                const { inputs } = await plugin.check(urn, {}, before);
                const news = (await plugin.check(urn, {}, after)).inputs;
                const { changes, details, diffs } = await plugin.diff(urn, { id: "1", inputs, outputs: {} }, news);
                const there = { old: pathsWithin(inputs), new: pathsWithin(news) };
                expect(changes).toBe(Object.keys(details).length > 0);
                for (const [path, how] of Object.entries(details)) {
                    if (!how.startsWith("ADD")) expect(there.old).toContain(path);
                    if (!how.startsWith("DELETE")) expect(there.new).toContain(path);
                }
                for (const name of diffs) expect(news[name]).not.toEqual(inputs[name]);
            }),
            runs,
        );
    });
});

describe("over the whole way", () => {
    let organizationId: string;
    let workspaceId: string;
    let shareId: string;

    beforeAll(async () => {
        organizationId = (await service.organization("umbrella")).id;
        workspaceId = (await service.workspace(organizationId, "design")).id;
        shareId = (await service.share(workspaceId, "Report")).id;
        const unlimited = { workspaces: null, shares: null, membersPerWorkspace: null };
        await service.control("POST", "names", { keepClosed: false });
        await service.control("POST", "plan", { organizationId, ...unlimited });
    });

    const cases: [kind: string, parents: () => Properties, without: string[]][] = [
        ["Organization", () => ({}), ["permAuthDomains"]],
        ["Workspace", () => ({ organizationId }), []],
        // What a name of a share may look like, and whether there is the newer switch of downloads, differs from version to
        // version of the service.
        ["Share", () => ({ workspaceId }), ["storageMode", "customName", "customUrl", "downloadSecurity"]],
        ["Folder", () => ({ workspaceId }), ["shareId"]],
        ["File", () => ({ workspaceId }), ["shareId"]],
        ["OrganizationMember", () => ({ organizationId }), ["userId"]],
        ["WorkspaceMember", () => ({ workspaceId }), ["userId"]],
        ["ShareMember", () => ({ shareId }), ["userId"]],
        ["OrganizationBranding", () => ({ organizationId }), []],
        ["WorkspaceBranding", () => ({ workspaceId }), []],
        ["ShareBranding", () => ({ shareId }), []],
        ["TransferToken", () => ({ organizationId }), []],
    ];

    test("every kind goes it", () => {
        expect(cases.map(([kind]) => kind).sort()).toEqual([...resourcesByKind.keys()].sort());
    });

    test.each(cases)(
        "%s: a read after the create gives the inputs back, and the preview was right",
        async (kind, parents, without) => {
            const definition = resourcesByKind.get(kind);
            if (definition === undefined) throw new Error(kind);
            const urn = urnOf(kind);
            await fc.assert(
                fc.asyncProperty(argumentsOf(definition, without), async (args) => {
                    const one = await Caller.start({ baseUrl: service.baseUrl, token: service.emulator.token });
                    const other = await Caller.start({ baseUrl: service.baseUrl, token: service.emulator.token });
                    try {
                        const { inputs, failures } = await one.check(urn, {}, { ...args, ...parents() });
                        expect(failures).toEqual([]);
                        const preview = await one.create(urn, inputs, { preview: true });
                        const made = await one.create(urn, inputs);
                        expect(foretold(preview.outputs, made.outputs)).toEqual({});
                        const read = await one.read(urn, made);
                        expect(read?.inputs).toEqual(inputs);
                        expect(await one.diff(urn, read as State, inputs)).toMatchObject({ changes: false });
                        await other.delete(urn, { ...made, outputs: { ...made.outputs, forceDestroy: true } });
                    } finally {
                        await Promise.all([one.close(), other.close()]);
                    }
                }),
                { ...runs, numRuns: 5 },
            );
        },
    );
});

/** What a preview said and what came otherwise. */
function foretold(preview: Properties, made: Properties): Properties {
    const open = [unknown, secret(unknown)];
    const wrong = Object.entries(preview).filter(
        ([name, value]) => ![...open, made[name]].some((one) => isDeepStrictEqual(value, one)),
    );
    const silent = Object.keys(made).filter((name) => !name.startsWith("__") && !(name in preview));
    return Object.fromEntries([
        ...wrong.map(([name, value]) => [name, { preview: value, made: made[name] }]),
        ...silent.map((name) => [name, { made: made[name] }]),
    ]);
}
