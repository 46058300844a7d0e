/** How the classes register: provider text, name in the plugin, options that cannot work. */
import * as pulumi from "@pulumi/pulumi";
import { dynamicType, providerText as textInTheState } from "../../provider/dynamic/host-state";
import { resources } from "../../provider/resources";
import * as fastio from "../../sdk";
import { refusingEmptyText } from "../../sdk/assets";
import * as plugin from "../../sdk/plugin";
import { dynamicTypes, providerText } from "../../sdk/resource";

interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
}

const registered: Registered[] = [];

beforeAll(() =>
    pulumi.runtime.setMocks(
        {
            newResource({ type, name, inputs, id }) {
                registered.push({ type, name, inputs });
                return { id: id || `${name}-id`, state: inputs };
            },
            call: () => ({}),
        },
        "project",
        "stack",
    ),
);

const find = (name: string) => registered.find((one) => one.name === name);

class Room extends pulumi.ComponentResource {
    readonly workspace: fastio.Workspace;

    constructor(name: string) {
        super("toy:index:Room", name);
        const company = new fastio.Organization("below", { domain: "below", name: "Below" }, { parent: this });
        this.workspace = new fastio.Workspace("beside", { organizationId: company.id }, { parent: this });
    }
}

/** One without any property. */
class Stub extends pulumi.CustomResource {
    constructor(name: string) {
        super("toy:index:Stub", name);
    }
}

test.each(resources.map(({ kind }) => kind))("the provider text of %s is frozen and short", (kind) => {
    const text = providerText(kind);
    expect(text).toBe(`exports.handler = () => require("pulumi-fastio/runtime").provider("${kind}");`);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(150);
    // The SDK knows nothing of the provider, and an import writes what the SDK registers.
    expect([textInTheState(kind), dynamicType(kind)]).toEqual([text, `${dynamicTypes}${kind}`]);
});

test("every kind of the registry is a class", () => {
    for (const { kind } of resources) expect(fastio).toHaveProperty(kind);
});

test("a resource registers as a dynamic one and tells the name that it has in the plugin, whatever its parents are", async () => {
    const company = new fastio.Organization("company", { domain: "acme", name: "Acme" });
    const design = new fastio.Workspace("design", { organizationId: company.id }, { parent: company });
    const ann = new fastio.WorkspaceMember(
        "ann",
        { workspaceId: design.id, email: "a@example.com", role: "admin" },
        { parent: design },
    );
    const room = new Room("room");
    await new Promise((resolve) => pulumi.all([ann.id, room.workspace.id]).apply(resolve));

    expect(find("company")?.type).toBe("pulumi-nodejs:dynamic/fastio:Organization");
    expect(find("company")?.inputs.__resource).toBe("urn:pulumi:stack::project::fastio:index:Organization::company");
    expect(find("ann")?.inputs.__resource).toBe(
        "urn:pulumi:stack::project::fastio:index:Organization$fastio:index:Workspace$fastio:index:WorkspaceMember::ann",
    );
    expect(find("beside")?.inputs.__resource).toBe(
        "urn:pulumi:stack::project::toy:index:Room$fastio:index:Workspace::beside",
    );
});

describe("frames", () => {
    /** How many are collected while the work is done; many a stack of Pulumi's is never looked at. */
    function framesOf(work: () => unknown): number {
        const { prepareStackTrace } = Error;
        let count = 0;
        Error.prepareStackTrace = (error, frames) => {
            count += frames.length;
            return String(error);
        };
        try {
            work();
        } finally {
            Error.prepareStackTrace = prepareStackTrace;
        }
        return count;
    }

    test.each([
        ["dynamic", fastio.Workspace],
        ["of the plugin", plugin.Workspace],
    ])("none are collected for the promises of a resource that is %s", (kind, Class) => {
        const limit = Error.stackTraceLimit;
        const count = framesOf(() => new Class(`quick-${kind}`, { organizationId: "1000000000000000001" }));
        // Where the program declares it, all the way up, is told to the engine.
        expect(count).toBeLessThan(framesOf(() => new Stub(`stub-${kind}`)));
        expect(Error.stackTraceLimit).toBe(limit);
    });

    test("a failure tells where it was", () => {
        const limit = Error.stackTraceLimit;
        const fail = () => new fastio.Workspace("", { organizationId: "1000000000000000001" });
        expect(fail).toThrow(expect.objectContaining({ stack: expect.stringContaining("resource.test.ts") }));
        expect(Error.stackTraceLimit).toBe(limit);
    });
});

describe.each([
    ["as it is", (asset: pulumi.asset.StringAsset) => asset],
    ["as a promise", (asset: pulumi.asset.StringAsset) => Promise.resolve(asset)],
])("an asset of text, %s", (_, given) => {
    const passed = (text: string): Promise<unknown> => {
        const value = refusingEmptyText(given(new pulumi.asset.StringAsset(text)), "File", "plan", "source");
        return Promise.resolve(value);
    };

    test("is refused when it is empty, because Pulumi cannot hand it back", async () => {
        await expect(passed("")).rejects.toThrow(
            'File "plan": source is a StringAsset of empty text, which Pulumi cannot',
        );
        expect(await passed("Confidential.")).toBeInstanceOf(pulumi.asset.StringAsset);
    });
});

test.each([
    ["dynamic", fastio.File],
    ["of the plugin", plugin.File],
])("a file that is %s registers with its text", async (kind, File) => {
    const file = new File(`text-${kind}`, {
        workspaceId: "1",
        name: "a",
        source: new pulumi.asset.StringAsset("text"),
    });
    await new Promise((resolve) => file.id.apply(resolve));
    expect(await Reflect.get(Object(find(`text-${kind}`)?.inputs.source), "text")).toBe("text");
});

test("the import option is refused with what to do instead", () => {
    const make = () => new fastio.Workspace("w", { organizationId: "1" }, { import: "4000000000000000001" });
    expect(make).toThrow(/Workspace "w".*import option.*npx pulumi-fastio adopt-file Workspace/s);
});

test.each(resources.map(({ kind }) => kind))("%s.get is refused with what to do instead", (kind) => {
    const { get } = (fastio as unknown as Record<string, { get(name: string, id: string): unknown }>)[kind] ?? {};
    expect(() => get?.("x", "4000000000000000001")).toThrow(
        new RegExp(`${kind} 4000000000000000001.*get${kind}.*adopt-file ${kind}`, "s"),
    );
});
