/** getShare: a share by its id or custom name. */
import * as z from "zod";
import { defineFunction, exactlyOne, shownOf, shownProperties } from "../core/define-function";
import { ResourceError } from "../core/errors";
import { remoteOf, share, shareDetails, sharesOfAccount } from "../resources/share";
import { idArgument, lookUp } from "./lookup";

export const getShare = defineFunction({
    name: "getShare",
    description:
        "A share by its id or its custom name.\n\n" +
        "Answers the properties of a `Share` as far as the account may see them; never its password, which the service does not give.",
    inputs: z.object({
        id: idArgument("a share"),
        customName: z
            .string()
            .min(1, { error: "must not be empty" })
            .meta({ description: "Custom name of the share, as in its address; compared without case." })
            .optional(),
    }),
    outputs: shownProperties(share, ["workspaceId", "title", "customName", "url"]),
    rules: [exactlyOne("id", "customName")],
    samples: [{ customName: "acme-q4-report" }, { id: "1000000000000000001" }],

    async call(context, args) {
        const found = await lookUp(
            {
                noun: "share",
                nameInput: "customName",
                nameKey: "custom_name",
                details: (idOrName) => shareDetails(context, idOrName),
                list: () => sharesOfAccount(context),
            },
            args,
        );
        const remote = remoteOf(found, {});
        if (remote.workspaceId === undefined)
            throw new ResourceError(`the service does not say which workspace share ${found.id} belongs to`);
        return shownOf(share, found.id, remote);
    },
});
