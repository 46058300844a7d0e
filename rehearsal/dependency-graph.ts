// Who needs whom among the resources of a state, which lists dependencies before their dependents.

import { providerUrn, type ResourceState } from "./deployment-state";

function neededUrns(resource: ResourceState): Set<string> {
    const urns = new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()]);
    if (resource.provider !== "") urns.add(providerUrn(resource.provider));
    if (resource.deletedWith !== "") urns.add(resource.deletedWith);
    return urns;
}

/** All that depend on `root`, directly or not, in the order of the state; parents do not count. */
export function dependentsOf(
    root: ResourceState,
    resources: ResourceState[],
    ignored: (urn: string) => boolean,
): ResourceState[] {
    const reached = new Set([root.urn]);
    const dependents: ResourceState[] = [];
    for (const candidate of resources.slice(resources.indexOf(root) + 1)) {
        if (ignored(candidate.urn) || ![...neededUrns(candidate)].some((urn) => reached.has(urn))) continue;
        reached.add(candidate.urn);
        dependents.push(candidate);
    }
    return dependents;
}

/** What `resource` needs directly: dependencies, a component's children, its provider, its parent. */
function neededBy(resource: ResourceState, resources: ResourceState[]): Set<ResourceState> {
    const needed = new Set<ResourceState>();
    const urns = neededUrns(resource);
    const before = resources.slice(0, resources.indexOf(resource));
    for (const candidate of before) {
        if (candidate.urn === resource.parent) needed.add(candidate);
        if (!urns.has(candidate.urn)) continue;
        needed.add(candidate);
        if (!candidate.custom) for (const child of descendants(candidate.urn, before)) needed.add(child);
    }
    return needed;
}

function descendants(urn: string, resources: ResourceState[]): ResourceState[] {
    return resources
        .filter((one) => one.parent === urn)
        .flatMap((child) => [child, ...descendants(child.urn, resources)]);
}

/** Everything that `resource` needs, directly or not. */
export function allNeededBy(resource: ResourceState, resources: ResourceState[]): Set<ResourceState> {
    const found = new Set<ResourceState>();
    const visit = (one: ResourceState) => {
        for (const needed of neededBy(one, resources)) {
            if (found.has(needed)) continue;
            found.add(needed);
            visit(needed);
        }
    };
    visit(resource);
    return found;
}

/** Rounds of deletes: a resource goes only after everything that needs it is gone. */
export function deleteRounds(condemned: ResourceState[], resources: ResourceState[]): ResourceState[][] {
    const left = new Set(condemned);
    const rounds: ResourceState[][] = [];
    while (left.size > 0) {
        const round = [...left].filter((one) => ![...neededBy(one, resources)].some((needed) => left.has(needed)));
        for (const one of round) left.delete(one);
        rounds.unshift(round);
    }
    return rounds;
}

/**
 * Drops what refers to resources that are no longer there: dependencies go, a lost parent is replaced by its own
 * parent. `all` is the state with the lost ones, which tells whose children they were.
 */
export function withoutDanglingReferences(kept: ResourceState[], all: ResourceState[]): void {
    const referable = new Set<string>();
    const parents = new Map(all.map((resource) => [resource.urn, resource.parent]));
    const present = new Set(kept.map((resource) => resource.urn));
    for (const resource of kept) {
        resource.dependencies = resource.dependencies.filter((urn) => referable.has(urn));
        resource.propertyDependencies = Object.fromEntries(
            Object.entries(resource.propertyDependencies)
                .map(([key, urns]): [string, string[]] => [key, urns.filter((urn) => referable.has(urn))])
                .filter(([, urns]) => urns.length > 0),
        );
        resource.replaceWith = resource.replaceWith.filter((urn) => referable.has(urn));
        if (!referable.has(resource.deletedWith)) resource.deletedWith = "";
        while (resource.parent !== "" && !present.has(resource.parent)) {
            resource.parent = parents.get(resource.parent) ?? "";
        }
        referable.add(resource.urn);
    }
}

/** Lets everything refer to the resource of `former` by the URN that it has from now on. */
export function rename(former: string, urn: string, resources: ResourceState[]): void {
    const renamed = (one: string) => (one === former ? urn : one);
    for (const resource of resources) {
        resource.urn = renamed(resource.urn);
        resource.parent = renamed(resource.parent);
        resource.deletedWith = renamed(resource.deletedWith);
        resource.dependencies = resource.dependencies.map(renamed);
        resource.replaceWith = resource.replaceWith.map(renamed);
        resource.propertyDependencies = Object.fromEntries(
            Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(renamed)]),
        );
    }
}
