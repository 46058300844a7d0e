/** OrganizationMember: a person's membership in an organization. */
import { memberDefinition } from "./member";
import { organizationRole } from "./phrases";

export const organizationMember = memberDefinition({
    kind: "OrganizationMember",
    parentKind: "Organization",
    parentNoun: "an organization",
    parentInput: "organizationId",
    segment: "org",
    lookUp: "getOrganizationOutput({ domain }).id",
    roles: organizationRole,
    roleEnum: "OrganizationRole",
    notifyKey: "notify_options",
});
