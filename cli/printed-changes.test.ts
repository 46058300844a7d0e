import { changedResources, failedResources } from "./printed-changes";

test("of a preview: what is planned, once for each resource, colours and spaces in names notwithstanding", () => {
    expect(
        changedResources(`Previewing update (dev):

    pulumi:pulumi:Stack project-dev running
 \u001b[32m+ \u001b[0m pulumi-nodejs:dynamic/fastio:Workspace deal create
 ~  pulumi-nodejs:dynamic/fastio:Organization Acme Deal update [diff: ~name]
 ~  pulumi-nodejs:dynamic/fastio:Organization Acme Deal update [diff: ~name]; warning: taken over
 +- fastio:index:Share data room replace [diff: ~storageMode]
    pulumi:pulumi:Stack project-dev
Resources:
    + 1 to create
`),
    ).toEqual([
        "+ pulumi-nodejs:dynamic/fastio:Workspace deal create",
        "~ pulumi-nodejs:dynamic/fastio:Organization Acme Deal update [diff: ~name]; warning: taken over",
        "+- fastio:index:Share data room replace [diff: ~storageMode]",
    ]);
});

test("of a refresh: only what differs in the end", () => {
    expect(
        changedResources(`Refreshing (dev):

 ~  pulumi:pulumi:Stack project-dev refreshing (0s)
 ~  fastio:index:Workspace deal refreshing (0s)
 ~  fastio:index:Workspace room refreshing (0s)
 ~  fastio:index:Workspace deal updated (0.02s) [diff: ~name]
    fastio:index:Workspace room
    pulumi:pulumi:Stack project-dev
`),
    ).toEqual(["~ fastio:index:Workspace deal updated [diff: ~name]"]);
});

test("of a failure: each error with its resource", () => {
    expect(
        failedResources(`Updating (dev):

 +  fastio:index:Workspace deal **creating failed** error: the plan is full
Diagnostics:
  fastio:index:Workspace (deal):
    error: the plan is full
    and more of it

  pulumi:pulumi:Stack (project-dev):
    error: Running program 'index.ts' failed with an unhandled exception:
    TSError: Unable to compile TypeScript:
    index.ts(1,2): error TS2304: Cannot find name 'x'.
    index.ts(2,2): error TS2304: Cannot find name 'y'.

    a line that the program printed

Resources:
    1 errored
`),
    ).toEqual([
        "fastio:index:Workspace (deal): the plan is full",
        "pulumi:pulumi:Stack (project-dev): Running program 'index.ts' failed with an unhandled exception: " +
            "TSError: Unable to compile TypeScript: index.ts(1,2): error TS2304: Cannot find name 'x'.",
    ]);
});
