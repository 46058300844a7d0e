/** getTokenScopes: what the provider's credential may reach. */
import * as z from "zod";
import { defineFunction } from "../core/define-function";
import { freeJson } from "../core/properties";

const flag = z.union([
    z.boolean(),
    z.enum(["true", "yes", "false", "no"]).transform((text) => text === "true" || text === "yes"),
]);
const answer = z.object({
    auth_type: z.string().nullish(),
    scopes: z.array(z.string()).nullish(),
    scopes_detail: z.array(z.json()).nullish(),
    is_agent: flag.nullish(),
    agent_name: z.string().nullish(),
    full_access: flag.nullish(),
});

export const getTokenScopes = defineFunction({
    name: "getTokenScopes",
    description:
        "What the credential that the provider uses may reach.\n\n" +
        "Check it at the start of a program whose key is limited, so that a missing scope fails early and says so. Never answers the credential itself.",
    inputs: z.object({}),
    outputs: z.object({
        authType: z
            .string()
            .meta({ description: "Kind of the credential: `api_key`, `jwt_v1` or `jwt_v2`." })
            .optional(),
        scopes: z.array(z.string()).meta({
            description: "The scopes, `<org, workspace or share>:<id or *>:<r or rw>`; empty with full access.",
        }),
        scopesDetail: freeJson().meta({
            description: "The scopes with the names of what they open, as the service gives them: a list of objects.",
        }),
        fullAccess: z.boolean().meta({ description: "Whether the credential may do all that the account may." }),
        isAgent: z.boolean().meta({ description: "Whether the account is an agent's." }),
        agentName: z.string().meta({ description: "Name of the agent that the credential was made for." }).optional(),
    }),
    samples: [{}],

    async call(context) {
        const token = await context.client.request({
            operation: "read the token's scopes",
            method: "GET",
            path: ["auth", "scopes"],
            kind: "read",
            answer,
        });
        const scopes = token.scopes ?? [];
        return {
            authType: token.auth_type,
            scopes,
            scopesDetail: token.scopes_detail ?? [],
            // A credential that is not limited has no scopes.
            fullAccess: token.full_access ?? scopes.length === 0,
            isAgent: token.is_agent ?? false,
            agentName: token.agent_name,
        };
    },
});
