/** getOrganization: an organization by its id or domain. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { isApiError } from "../api/errors";
import type { VerbContext } from "../core/define";
import { defineFunction, exactlyOne, shownOf, shownProperties } from "../core/define-function";
import { organization, organizationDetails, organizationsOfAccount, remoteOf } from "../resources/organization";
import { idArgument, lookUp } from "./lookup";

const answer = wrapped(["org", "organization"], z.looseObject({ id: identifier }));

/** The organization as the account may see it: whoever is not in it sees the public part. */
export async function visibleOrganization(context: VerbContext, idOrDomain: string) {
    try {
        return await organizationDetails(context, idOrDomain);
    } catch (error) {
        if (!isApiError(error, "denied")) throw error;
        return context.client.request({
            operation: "read the public part of the organization",
            method: "GET",
            path: ["org", idOrDomain, "public", "details"],
            kind: "read",
            answer,
        });
    }
}

export const getOrganization = defineFunction({
    name: "getOrganization",
    description:
        "An organization by its id or its domain.\n\n" +
        "Answers the properties of an `Organization` as far as the account may see them: members see less than admins, and strangers little more than the name.",
    inputs: z.object({
        id: idArgument("an organization"),
        domain: z
            .string()
            .min(1, { error: "must not be empty" })
            .meta({ description: "Domain of the organization, the first part of `https://<domain>.fast.io`." })
            .optional(),
    }),
    outputs: shownProperties(organization, ["domain", "name", "url"]),
    rules: [exactlyOne("id", "domain")],
    samples: [{ domain: "acme" }, { id: "1000000000000000001" }],

    async call(context, args) {
        const found = await lookUp(
            {
                noun: "organization",
                nameInput: "domain",
                nameKey: "domain",
                details: (idOrName) => visibleOrganization(context, idOrName),
                list: () => organizationsOfAccount(context),
            },
            args,
        );
        return shownOf(organization, found.id, remoteOf(found));
    },
});
