/** The plan's limits, read once for each organization and run. */
import * as z from "zod";
import { isApiError } from "../api/errors";
import type { VerbContext } from "../core/define";

const answer = z.looseObject({
    limits: z.looseObject({}).catchall(z.number().nullable().optional().catch(undefined)).optional().catch(undefined),
});

/** A limit of an organization's plan; undefined when there is none, or when this caller may not see it. */
export async function planLimit(
    context: VerbContext,
    organization: string,
    limit: "workspaces" | "shares" | "members_per_workspace",
): Promise<number | undefined> {
    const limits = await context.remember(`plan of ${organization}`, async () => {
        try {
            const details = await context.client.request({
                operation: "read the organization's plan",
                method: "GET",
                path: ["org", organization, "billing", "details"],
                kind: "read",
                answer,
            });
            return details.limits ?? {};
        } catch (error) {
            // The limits are for credentials that administer; for others the service itself refuses what is too much.
            if (isApiError(error)) return {};
            throw error;
        }
    });
    return limits[limit] ?? undefined;
}
