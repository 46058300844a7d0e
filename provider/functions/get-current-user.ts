/** getCurrentUser: the account that the provider uses. */
import * as z from "zod";
import { identifier, wrapped } from "../api/envelope";
import { defineFunction } from "../core/define-function";

const text = z.string().nullish();
const answer = wrapped(
    ["user"],
    z.object({
        id: identifier,
        email_address: text,
        email: text,
        account_type: text,
        first_name: text,
        last_name: text,
    }),
);

export const getCurrentUser = defineFunction({
    name: "getCurrentUser",
    description: "The account whose credential the provider uses.",
    inputs: z.object({}),
    outputs: z.object({
        id: z.string().meta({ description: "Id of the account, 19 digits." }),
        email: z.string().meta({ description: "E-mail address of the account." }).optional(),
        accountType: z.string().meta({ description: "`human` or `agent`." }).optional(),
        firstName: z.string().meta({ description: "First name." }).optional(),
        lastName: z.string().meta({ description: "Last name." }).optional(),
    }),
    samples: [{}],

    async call(context) {
        const user = await context.client.request({
            operation: "read the account",
            method: "GET",
            path: ["user", "me", "details"],
            kind: "read",
            answer,
        });
        return {
            id: user.id,
            email: user.email_address ?? user.email,
            accountType: user.account_type,
            firstName: user.first_name,
            lastName: user.last_name,
        };
    },
});
