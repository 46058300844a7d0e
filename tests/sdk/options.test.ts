/** The options that name properties, in both SDKs: what no property is called is refused when the resource is made. */
import * as pulumi from "@pulumi/pulumi";
import { resources } from "../../provider/resources";
import * as dynamic from "../../sdk";
import * as plugin from "../../sdk/plugin";

beforeAll(() =>
    pulumi.runtime.setMocks(
        { newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }), call: () => ({}) },
        "project",
        "stack",
    ),
);

type Class = new (name: string, args: unknown, opts: pulumi.CustomResourceOptions) => unknown;
const classOf = (sdk: object, kind: string) => (sdk as Record<string, Class>)[kind] as Class;
let made = 0;

const byPath = ["ignoreChanges", "replaceOnChanges", "hideDiffs"] as const;
const options = [...byPath, "additionalSecretOutputs"] as const;

describe.each([
    ["pulumi-fastio", dynamic],
    ["pulumi-fastio/plugin", plugin],
])("%s", (_name, sdk) => {
    const make = (kind: string, opts: pulumi.CustomResourceOptions, args: object = {}) =>
        new (classOf(sdk, kind))(`made-${made++}`, args, opts);

    describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
        const { inputs, outputs } = resources.find((one) => one.kind === kind) as (typeof resources)[number];
        const names = Object.keys({ ...inputs.shape, ...outputs.shape });

        test.each(options)("%s takes every name of the kind", (option) => {
            expect(() => make(kind, { [option]: names })).not.toThrow();
        });

        test.each(options)("%s refuses a name that is written in another way, or is another kind's", (option) => {
            for (const name of names) {
                const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
                const typo = `${name.slice(0, 1)}${name.slice(2)}`;
                for (const wrong of [snake, typo].filter((one) => !names.includes(one)))
                    expect(() => make(kind, { [option]: [wrong] })).toThrow(
                        new RegExp(`^${kind} "made-\\d+": ${option} names "${wrong}".*\\b${name}\\b`),
                    );
            }
            expect(() => make(kind, { [option]: ["xyzzy"] })).toThrow(/it has /);
        });
    });

    test.each(byPath)("%s takes paths by their first segment, and what stands for every property", (option) => {
        const paths = ["links", "links[0].url", "links[*].url", '["links"][0]', "*", "links.*"];
        expect(() => make("ShareBranding", { [option]: paths }, { shareId: "1" })).not.toThrow();
        for (const wrong of ["links[0].url", '["access_options"]', "[0]", "", "accessOptions2"])
            expect(() => make("Share", { [option]: [wrong] })).toThrow(/is no property of a Share/);
        expect(() => make("Share", { [option]: ["acessOptions.x"] })).toThrow(/did you mean accessOptions\?/);
    });

    test("additionalSecretOutputs takes no path, which would leave plain what is below it", () => {
        const make_ = (path: string) => () => make("ShareBranding", { additionalSecretOutputs: [path] });
        expect(make_("links[0].url")).toThrow(
            /is a path where only whole properties can be named.*did you mean links\?/,
        );
        expect(make_("*")).toThrow(/is no property of a ShareBranding/);
    });
});

test("the options of a provider name its settings", () => {
    expect(() => new plugin.Provider("named", {}, { ignoreChanges: ["token"] })).not.toThrow();
    expect(() => new plugin.Provider("misnamed", {}, { ignoreChanges: ["base_url"] })).toThrow(
        /Provider "misnamed": ignoreChanges names "base_url".*did you mean baseUrl\?/,
    );
});
