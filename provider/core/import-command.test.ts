import { forgetCommand, importCommand, importTargetOf } from "./import-command";

const urn = (types: string, name = "plan") => `urn:pulumi:dev::project::${types}::${name}`;

test.each<[string, string | undefined, string]>([
    ["nobody knows the resource", undefined, "npx pulumi-fastio adopt-file File 1/2"],
    ["a dynamic resource", urn("pulumi-nodejs:dynamic/fastio:File"), "npx pulumi-fastio adopt-file File 1/2 --as plan"],
    [
        "a dynamic resource in a component",
        urn("my:index:Room$pulumi-nodejs:dynamic/fastio:File"),
        "npx pulumi-fastio adopt-file File 1/2 --as plan --parent URN_OF_ITS_PARENT",
    ],
    ["the plugin's", urn("fastio:index:File"), "pulumi import fastio:index:File plan 1/2"],
    [
        "the plugin's under another",
        urn("fastio:index:Workspace$fastio:index:File"),
        "pulumi import fastio:index:File plan 1/2 --parent parent=URN_OF_ITS_PARENT",
    ],
    [
        "a name with a space and a quote",
        urn("fastio:index:File", "Bob's plan"),
        "pulumi import fastio:index:File 'Bob'\\''s plan' 1/2",
    ],
])("%s", (_case, of, command) => {
    expect(importCommand("File", "1/2", importTargetOf(of))).toBe(command);
});

test.each([
    [
        "the present URN",
        { urn: urn("fastio:index:File") },
        "`pulumi state delete 'urn:pulumi:dev::project::fastio:index:File::plan'`",
    ],
    [
        "an earlier one",
        { lastUrn: urn("my:index:Room$pulumi-nodejs:dynamic/fastio:File") },
        '`pulumi state delete URN`, with the URN of pulumi-nodejs:dynamic/fastio:File "plan" from `pulumi stack --show-urns`',
    ],
    ["none", {}, "`pulumi state delete URN`, with the URN from `pulumi stack --show-urns`"],
])("out of the stack, by %s", (_case, known, command) => {
    expect(forgetCommand(known)).toBe(command);
});
