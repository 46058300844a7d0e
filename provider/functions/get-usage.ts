/** getUsage: what an organization has used of its plan. */
import * as z from "zod";
import { defineFunction } from "../core/define-function";
import { parentId } from "../core/properties";
import { toRfc3339 } from "../core/wire";
import { sharesWithin } from "../resources/organization";
import { membersOf } from "../resources/people";
import { workspacesOf } from "../resources/workspace";

const amount = z.number().nullish().catch(undefined);
const credits = z.looseObject({
    credits: z.looseObject({ limit: amount, used: amount, remaining: amount }).nullish(),
    period: z.looseObject({ start: z.string().nullish(), end: z.string().nullish() }).nullish(),
});
const plan = z.looseObject({
    plan: z.string().nullish(),
    limits: z
        .looseObject({
            workspaces: amount,
            shares: amount,
            members_per_workspace: amount,
            storage_bytes: amount,
            credits: amount,
        })
        .nullish(),
});

const limit = (what: string) =>
    z
        .number()
        .meta({ description: `${what}; absent where the plan has no limit.` })
        .optional();
const count = (what: string) => z.number().meta({ description: what });
const time = (value: string | null | undefined) => (value ? toRfc3339(value) : undefined);

export const getUsage = defineFunction({
    name: "getUsage",
    description:
        "What an organization has used of its plan: credits, limits, and how much there is of what they limit.\n\n" +
        "For owners and admins of the organization.",
    inputs: z.object({
        organizationId: parentId("an organization", "getOrganization({ domain })").meta({
            description: "Id of the organization.",
        }),
    }),
    outputs: z.object({
        plan: z.string().meta({ description: "The plan that the organization is on, such as `agent`." }).optional(),
        credits: z
            .object({
                limit: limit("Credits of one period"),
                used: z.number().meta({ description: "Credits used in this period." }).optional(),
                remaining: limit("Credits that are left of this period"),
                periodStart: z.string().meta({ description: "When this period began, RFC 3339." }).optional(),
                periodEnd: z.string().meta({ description: "When this period ends, RFC 3339." }).optional(),
            })
            .meta({ description: "Credits of the present period." }),
        limits: z
            .object({
                workspaces: limit("Workspaces of the organization"),
                shares: limit("Shares of the organization"),
                membersPerWorkspace: limit("Members of one workspace"),
                storageBytes: limit("Bytes of storage"),
                credits: limit("Credits of one period"),
            })
            .meta({ description: "The limits of the plan." }),
        counts: z
            .object({
                workspaces: count("Workspaces, archived ones included."),
                shares: count("Shares, archived ones included."),
                members: count("Members of the organization, the owner and invited people included."),
            })
            .meta({ description: "What there is." }),
    }),
    samples: [{ organizationId: "1000000000000000001" }],

    async call(context, args) {
        const organization = String(args.organizationId);
        const read = <T>(operation: string, path: string[], answer: z.ZodType<T>) =>
            context.client.request({
                operation,
                method: "GET",
                path: ["org", organization, ...path],
                kind: "read",
                answer,
            });
        const [spent, billing, workspaces, shares, members] = await Promise.all([
            read("read the organization's credits", ["billing", "usage", "limits", "credits"], credits),
            read("read the organization's plan", ["billing", "details"], plan),
            workspacesOf(context, organization),
            sharesWithin(context, organization),
            membersOf(context, "org", organization),
        ]);
        const limits = billing.limits ?? {};
        return {
            plan: billing.plan,
            credits: present({
                limit: spent.credits?.limit,
                used: spent.credits?.used,
                remaining: spent.credits?.remaining,
                periodStart: time(spent.period?.start),
                periodEnd: time(spent.period?.end),
            }),
            limits: present({
                workspaces: limits.workspaces,
                shares: limits.shares,
                membersPerWorkspace: limits.members_per_workspace,
                storageBytes: limits.storage_bytes,
                credits: limits.credits,
            }),
            counts: { workspaces: workspaces.size, shares: shares.length, members: members.length },
        };
    },
});

/** No limit is null on the wire. */
function present(values: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
