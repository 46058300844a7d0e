/** The samples of the definitions, below something of each kind that can be above another. */
import { metaOf, type Properties } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import type { Service } from "./service";

/** Ids by kind. */
export type Parents = Record<string, string>;

export async function makeParents(service: Service, name: string): Promise<Parents> {
    const { id: organization = "" } = await service.paidOrganization(name);
    const { id: workspace = "" } = await service.workspace(organization, `${name}-place`);
    const { id: share = "" } = await service.share(workspace, `The ${name} room`);
    const { node } = await service.api("POST", `workspace/${workspace}/storage/root/createfolder/`, { name });
    return { Organization: organization, Workspace: workspace, Share: share, Folder: `${workspace}/${node.id}` };
}

/** A sample of the definition, below what is there. */
export function sample(kind: string, which: "minimal" | "full" | "changed", parents: Parents): Properties {
    const definition = resourcesByKind.get(kind);
    if (definition === undefined) throw new Error(`no ${kind}`);
    return Object.fromEntries(
        Object.entries(definition.samples[which]).map(([name, value]) => {
            const { reference } = metaOf(definition, name);
            return [name, reference === undefined ? value : parents[reference]];
        }),
    );
}
