/** listWorkspaces: the workspaces of an organization. */
import * as z from "zod";
import { defineFunction, shownOf, shownProperties } from "../core/define-function";
import { parentId } from "../core/properties";
import { remoteOf, workspace, workspacesOf } from "../resources/workspace";

export const listWorkspaces = defineFunction({
    name: "listWorkspaces",
    description:
        "The workspaces of an organization.\n\n" +
        "Owners and admins of the organization get all of them, members those that they are in or may join.",
    inputs: z.object({
        organizationId: parentId("an organization", "getOrganization({ domain })").meta({
            description: "Id of the organization.",
        }),
        includeArchived: z
            .boolean()
            .meta({ description: "Whether archived workspaces are listed as well. Default false." })
            .optional(),
    }),
    outputs: z.object({
        workspaces: z
            .array(shownProperties(workspace, ["organizationId", "name", "folderName"]))
            .meta({ description: "The workspaces, each with what the list shows of it." }),
    }),
    samples: [
        { organizationId: "1000000000000000001" },
        { organizationId: "1000000000000000001", includeArchived: true },
    ],

    async call(context, { organizationId, includeArchived }) {
        const queries = includeArchived === true ? undefined : [{}];
        const rows = [...(await workspacesOf(context, String(organizationId), queries)).values()];
        return {
            workspaces: rows
                .filter((row) => row.closed !== true && (includeArchived === true || row.archived !== true))
                .map((row) => shownOf(workspace, row.id, { ...remoteOf(row), organizationId })),
        };
    },
});
