/** ShareMember: a person's membership in a share. */
import { memberDefinition } from "./member";
import { shareRole } from "./phrases";

export const shareMember = memberDefinition({
    kind: "ShareMember",
    parentKind: "Share",
    parentNoun: "a share",
    parentInput: "shareId",
    segment: "share",
    lookUp: "getShareOutput({ customName }).id",
    roles: shareRole,
    roleEnum: "ShareRole",
    notifyKey: "notify_options",
});
