// Other names under which the state may know a resource: those its program gives, and those that follow from its parent's.

import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import { stackType, urnName } from "./deployment-state";

/** A former URN, or the parts of it that were different. */
export type Alias =
    | { urn: string }
    | { name: string; type: string; stack: string; project: string; parent: string; noParent: boolean };

/** What aliases add to: a resource as the program names it now. */
export interface Named {
    urn: string;
    type: string;
    name: string;
    parent: string;
}

export function decodeAlias(message: AliasMessage): Alias {
    const spec = message.getSpec();
    if (!spec) return { urn: message.getUrn() };
    return {
        name: spec.getName(),
        type: spec.getType(),
        stack: spec.getStack(),
        project: spec.getProject(),
        parent: spec.getParenturn(),
        noParent: spec.getNoparent(),
    };
}

/** The URN of a resource: the types of its parents, the Stack left out, lead to its own. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const chain = parentType === undefined || parentType === stackType ? type : `${parentType}$${type}`;
    return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** Every former URN of `goal`, in the order in which they are looked for. `parentAlias` is the one its parent was found by. */
export function formerUrns(goal: Named, aliases: Alias[], parentAlias: string | undefined): string[] {
    const own = aliases.map((alias) => formerUrn(goal, alias));
    if (parentAlias === undefined) return own;
    const inherited = [goal.urn, ...own].map((urn) => inheritedUrn(urn, goal.parent, parentAlias));
    return [...new Set([...own, ...inherited])];
}

function formerUrn({ urn, type, name, parent }: Named, alias: Alias): string {
    if ("urn" in alias) return alias.urn;
    const [stack = "", project = ""] = urn.slice("urn:pulumi:".length).split("::");
    const formerParent = alias.noParent ? "" : alias.parent || parent;
    return makeUrn(
        alias.stack || stack,
        alias.project || project,
        formerParent,
        alias.type || type,
        alias.name || name,
    );
}

/** The URN that `urn` would have under its parent's former one; a name that begins with the parent's is renamed with it. */
function inheritedUrn(urn: string, parent: string, parentAlias: string): string {
    const [stack = "", project = "", chain = ""] = urn.slice("urn:pulumi:".length).split("::");
    const name = urnName(urn);
    const parentName = urnName(parent);
    const renamed = name.startsWith(parentName) ? urnName(parentAlias) + name.slice(parentName.length) : name;
    return makeUrn(stack, project, parentAlias, chain.split("$").pop() ?? chain, renamed);
}
