/** listMembers: the people of an organization, a workspace or a share. */
import * as z from "zod";
import type { Properties } from "../core/define";
import { defineFunction, exactlyOne } from "../core/define-function";
import { parentId } from "../core/properties";
import { memberRemote, withExpiry } from "../resources/membership";
import { emailOf, membersOf } from "../resources/people";

const only = "Exactly one of `organizationId`, `workspaceId` and `shareId`.";
const parents = {
    organizationId: { segment: "org", notifyKey: "notify_options" },
    workspaceId: { segment: "workspace", notifyKey: "notifications" },
    shareId: { segment: "share", notifyKey: "notify_options" },
} as const;
type ParentInput = keyof typeof parents;

function parentOf(args: Properties): ParentInput {
    const [given = "organizationId"] = (Object.keys(parents) as ParentInput[]).filter(
        (name) => args[name] !== undefined,
    );
    return given;
}

const text = (description: string) => z.string().meta({ description });

export const listMembers = defineFunction({
    name: "listMembers",
    description:
        "The people of an organization, a workspace or a share: the owner, the members, and those whose invitation is open.",
    inputs: z.object({
        organizationId: parentId("an organization", "getOrganization({ domain })")
            .meta({ description: `Id of the organization. ${only}` })
            .optional(),
        workspaceId: parentId("a workspace", "getWorkspace({ folderName })")
            .meta({ description: `Id of the workspace. ${only}` })
            .optional(),
        shareId: parentId("a share", "getShare({ customName })")
            .meta({ description: `Id of the share. ${only}` })
            .optional(),
    }),
    outputs: z.object({
        members: z
            .array(
                z.object({
                    id: text(
                        "Id that a member resource of this person has when declared by e-mail: `<parent id>/<e-mail address>`; with the user id where the service shows no address.",
                    ),
                    organizationId: text("Id of the organization, where its members are listed.").optional(),
                    workspaceId: text("Id of the workspace, where its members are listed.").optional(),
                    shareId: text("Id of the share, where its members are listed.").optional(),
                    email: text("E-mail address in lower case.").optional(),
                    userId: text(
                        "Id of the person's account, where the service tells it of somebody invited.",
                    ).optional(),
                    role: text("What the person may do; `owner` for the owner.").optional(),
                    expires: text("When the membership ends by itself, RFC 3339.").optional(),
                    notifyOptions: text("How the person is told of what happens.").optional(),
                    status: text("`active`, `pending` (invited) or `expired` (the invitation)."),
                    firstName: text("First name of the person's account.").optional(),
                    lastName: text("Last name of the person's account.").optional(),
                    invitationId: text("Id of the invitation until it is accepted or declined.").optional(),
                    invitationExpiresAt: text("When the invitation ends, RFC 3339.").optional(),
                }),
            )
            .meta({ description: "The people, the owner among them." }),
    }),
    rules: [exactlyOne("organizationId", "workspaceId", "shareId")],
    samples: [
        { organizationId: "1000000000000000001" },
        { workspaceId: "1000000000000000001" },
        { shareId: "1000000000000000001" },
    ],

    async call(context, args) {
        const parentInput = parentOf(args);
        const { segment, notifyKey } = parents[parentInput];
        const parent = String(args[parentInput]);
        const rows = await membersOf(context, segment, parent);
        return {
            members: rows.map((row) => {
                const id = `${parent}/${emailOf(row) || row.id}`;
                const member = memberRemote({ parentInput, notifyKey }, row, id);
                const shown = Object.entries(withExpiry(context, member)).filter(([, value]) => value !== null);
                return { id, ...Object.fromEntries(shown) };
            }),
        };
    },
});
