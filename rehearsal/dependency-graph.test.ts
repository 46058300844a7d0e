import { allNeededBy, deleteRounds, dependentsOf, withoutDanglingReferences } from "./dependency-graph";
import type { ResourceState } from "./deployment-state";

function state(urn: string, needs: Partial<ResourceState> = {}): ResourceState {
    return {
        urn,
        type: "toy:index:Thing",
        custom: true,
        id: urn,
        inputs: {},
        outputs: {},
        parent: "",
        provider: "",
        dependencies: [],
        propertyDependencies: {},
        protect: false,
        delete: false,
        pendingReplacement: false,
        initErrors: [],
        additionalSecretOutputs: [],
        ignoreChanges: [],
        replaceOnChanges: [],
        hideDiff: [],
        retainOnDelete: false,
        deletedWith: "",
        replaceWith: [],
        replacementTrigger: null,
        customTimeouts: {},
        importId: "",
        external: false,
        carried: {},
        ...needs,
    };
}

const provider = state("provider");
const group = state("group", { custom: false });
const inside = state("inside", { parent: "group", provider: "provider::1" });
const user = state("user", { propertyDependencies: { of: ["inside"] }, provider: "provider::1" });
const follower = state("follower", { dependencies: ["group"] });
const alone = state("alone");
const all = [provider, group, inside, user, follower, alone];

test("a resource is deleted when nobody needs it any more, and what can go together goes together", () => {
    const rounds = deleteRounds(all, all).map((round) => round.map(({ urn }) => urn));
    expect(rounds).toEqual([["user", "follower"], ["inside"], ["provider", "group", "alone"]]);
});

test("who depends on a component depends on what is in it", () => {
    expect([...allNeededBy(follower, all)].map(({ urn }) => urn).sort()).toEqual(["group", "inside", "provider"]);
});

test("dependents follow dependencies and the provider, not the parent", () => {
    const found = (root: ResourceState) => dependentsOf(root, all, () => false).map(({ urn }) => urn);
    expect(found(group)).toEqual(["follower"]);
    expect(found(inside)).toEqual(["user"]);
    expect(found(provider)).toEqual(["inside", "user"]);
    expect(dependentsOf(provider, all, (urn) => urn === "inside").map(({ urn }) => urn)).toEqual(["user"]);
});

test("references to what is gone go with it, and a lost parent hands its children to its own", () => {
    const middle = state("middle", { parent: "group" });
    const leaf = state("leaf", { parent: "middle", dependencies: ["middle", "alone"] });
    withoutDanglingReferences([group, alone, leaf], [group, alone, middle, leaf]);
    expect(leaf).toMatchObject({ parent: "group", dependencies: ["alone"] });
});
