/** listShares: the shares of a workspace or of an organization. */
import * as z from "zod";
import { defineFunction, exactlyOne, shownOf, shownProperties } from "../core/define-function";
import { parentId } from "../core/properties";
import { sharesWithin } from "../resources/organization";
import { remoteOf, share } from "../resources/share";
import { sharesIn } from "../resources/workspace";

export const listShares = defineFunction({
    name: "listShares",
    description:
        "The shares of a workspace, or of all workspaces of an organization, archived ones included.\n\n" +
        "For an organization the list holds the shares that the account can reach.",
    inputs: z.object({
        workspaceId: parentId("a workspace", "getWorkspace({ folderName })")
            .meta({ description: "Id of the workspace. Exactly one of `workspaceId` and `organizationId`." })
            .optional(),
        organizationId: parentId("an organization", "getOrganization({ domain })")
            .meta({ description: "Id of the organization. Exactly one of `workspaceId` and `organizationId`." })
            .optional(),
    }),
    outputs: z.object({
        shares: z
            .array(shownProperties(share, ["title"]))
            .meta({ description: "The shares, each with what the list shows of it." }),
    }),
    rules: [exactlyOne("workspaceId", "organizationId")],
    samples: [{ workspaceId: "1000000000000000001" }, { organizationId: "1000000000000000001" }],

    async call(context, { workspaceId, organizationId }) {
        const rows =
            workspaceId === undefined
                ? await sharesWithin(context, String(organizationId))
                : [...(await sharesIn(context, String(workspaceId))).values()];
        return {
            shares: rows
                .filter((row) => row.closed !== true && row.deleted !== true)
                .map((row) => shownOf(share, row.id, remoteOf(row, { workspaceId }))),
        };
    },
});
