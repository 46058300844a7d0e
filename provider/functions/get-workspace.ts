/** getWorkspace: a workspace by its id or folder name. */
import * as z from "zod";
import { identifier } from "../api/envelope";
import type { VerbContext } from "../core/define";
import { defineFunction, exactlyOne, shownOf, shownProperties } from "../core/define-function";
import { ResourceError } from "../core/errors";
import { remoteOf, workspace, workspaceDetails, workspacesOfAccount } from "../resources/workspace";
import { visibleOrganization } from "./get-organization";
import { idArgument, lookUp } from "./lookup";

/** The id of the organization that a workspace belongs to; some versions of the service show its domain alone. */
async function organizationIdOf(context: VerbContext, shown: Record<string, unknown>): Promise<string> {
    const parents = z.looseObject({ org: identifier }).safeParse(shown.parents);
    if (parents.success) return parents.data.org;
    const organization = await visibleOrganization(context, String(shown.org_domain));
    if (organization === undefined)
        throw new ResourceError(`the service does not say which organization workspace ${shown.id} belongs to`);
    return organization.id;
}

export const getWorkspace = defineFunction({
    name: "getWorkspace",
    description:
        "A workspace by its id or its folder name.\n\n" +
        "Answers the properties of a `Workspace` as far as the account may see them.",
    inputs: z.object({
        id: idArgument("a workspace"),
        folderName: z
            .string()
            .min(1, { error: "must not be empty" })
            .meta({ description: "Folder name of the workspace, as in its address; compared without case." })
            .optional(),
    }),
    outputs: shownProperties(workspace, ["organizationId", "name", "folderName", "url"]),
    rules: [exactlyOne("id", "folderName")],
    samples: [{ folderName: "acme-design" }, { id: "1000000000000000001" }],

    async call(context, args) {
        const found = await lookUp(
            {
                noun: "workspace",
                nameInput: "folderName",
                nameKey: "folder_name",
                details: (idOrName) => workspaceDetails(context, idOrName),
                list: () => workspacesOfAccount(context),
            },
            args,
        );
        const organizationId = await organizationIdOf(context, found);
        return shownOf(workspace, found.id, { organizationId, ...remoteOf(found) });
    },
});
