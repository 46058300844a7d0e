// What a credential may do, as the service tells it.
import * as z from "zod";
import type { ApiRequest } from "./client";

export interface Scopes {
    /** Kind of the credential: `api_key`, `api_key_scoped`, `jwt_v1`, `jwt_v2`. */
    authType?: string | undefined;
    scopes: string[];
    /** The scopes as objects, with the names of what they open. */
    detail: unknown[];
    /** Whether it reaches all that the account does, and may write there. */
    fullAccess: boolean;
    /** Whether it may administer anything at all; undefined where the service does not tell the difference. */
    admin?: boolean | undefined;
    /** Whether it is a key from before there were scopes, which administers nothing. */
    legacy?: boolean | undefined;
    isAgent: boolean;
    agentName?: string | undefined;
    expires?: string | undefined;
}

const flag = z.union([
    z.boolean(),
    z.enum(["true", "yes", "false", "no"]).transform((text) => text === "true" || text === "yes"),
]);
/** Some answers give the list as the text of one. */
const scopes = z.preprocess((value) => {
    try {
        return typeof value === "string" ? JSON.parse(value) : value;
    } catch {
        return value;
    }
}, z.array(z.string()).nullish());
const answer = z
    .object({
        auth_type: z.string().nullish(),
        scopes,
        scopes_detail: z.array(z.json()).nullish(),
        is_agent: flag.nullish(),
        agent_name: z.string().nullish(),
        full_access: flag.nullish(),
        admin: flag.nullish(),
        legacy: flag.nullish(),
        expires: z.string().nullish(),
    })
    .transform(
        (token): Scopes => ({
            authType: token.auth_type ?? undefined,
            scopes: token.scopes ?? [],
            detail: token.scopes_detail ?? [],
            // A credential that is not limited has no scopes.
            fullAccess: token.full_access ?? (token.scopes ?? []).length === 0,
            admin: token.admin ?? undefined,
            legacy: token.legacy ?? undefined,
            isAgent: token.is_agent ?? false,
            agentName: token.agent_name ?? undefined,
            expires: token.expires ?? undefined,
        }),
    );

export const scopesRequest: ApiRequest<Scopes> = {
    operation: "read the token's scopes",
    method: "GET",
    path: ["auth", "scopes"],
    kind: "read",
    answer,
};
