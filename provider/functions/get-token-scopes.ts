/** getTokenScopes: what the provider's credential may reach. */
import * as z from "zod";
import { defineFunction } from "../core/define-function";
import { freeJson } from "../core/properties";

export const getTokenScopes = defineFunction({
    name: "getTokenScopes",
    description:
        "What the credential that the provider uses may reach.\n\n" +
        "Check it at the start of a program whose key is limited, so that a missing scope fails early and says so. Never answers the credential itself.",
    inputs: z.object({}),
    outputs: z.object({
        authType: z
            .string()
            .meta({ description: "Kind of the credential: `api_key`, `api_key_scoped`, `jwt_v1` or `jwt_v2`." })
            .optional(),
        scopes: z.array(z.string()).meta({
            description:
                "The scopes, `<user, org, workspace or share>:<id or *>:<r, rw or rwa>`; `rwa` may administer. Empty where the credential is not limited.",
        }),
        scopesDetail: freeJson().meta({
            description: "The scopes with the names of what they open, as the service gives them: a list of objects.",
        }),
        fullAccess: z
            .boolean()
            .meta({ description: "Whether the credential reaches all that the account does, and may write there." }),
        admin: z
            .boolean()
            .meta({
                description:
                    "Whether the credential may administer at all: close or change an organization or a workspace, manage people, read bills. " +
                    "A key made without scopes may not. Absent where the service makes no such difference.",
            })
            .optional(),
        legacy: z
            .boolean()
            .meta({
                description:
                    "Whether it is a key from before there were scopes: it reads and writes, and does not administer. Absent where the service does not tell.",
            })
            .optional(),
        isAgent: z.boolean().meta({ description: "Whether the account is an agent's." }),
        agentName: z.string().meta({ description: "Name of the agent that the credential was made for." }).optional(),
    }),
    samples: [{}],

    async call(context) {
        const { detail, expires: _, ...scopes } = await context.client.scopes();
        return { ...scopes, scopesDetail: detail };
    },
});
