/** What has members, and how it differs: for tests that hold for members of every kind of parent. */
import type { ParentSegment, Service } from "./service";

export interface MemberParent {
    kind: string;
    segment: ParentSegment;
    /** As in sentences. */
    noun: string;
    input: string;
    notifyKey: string;
    /** A role other than admin; other than member where there is one. */
    lesserRole: string;
    /** Makes a parent, within the organization where it is none itself. */
    open(service: Service, organizationId: string, name: string): Promise<string>;
    close(service: Service, id: string): Promise<unknown>;
}

export const memberParents: readonly MemberParent[] = [
    {
        kind: "OrganizationMember",
        segment: "org",
        noun: "organization",
        input: "organizationId",
        notifyKey: "notify_options",
        lesserRole: "member",
        open: async (service, _organizationId, name) => (await service.organization(name)).id,
        close: (service, id) => service.api("POST", `org/${id}/close/`, { confirm: id }),
    },
    {
        kind: "WorkspaceMember",
        segment: "workspace",
        noun: "workspace",
        input: "workspaceId",
        notifyKey: "notifications",
        lesserRole: "guest",
        open: async (service, organizationId, name) => (await service.workspace(organizationId, name)).id,
        close: (service, id) => service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`),
    },
    {
        kind: "ShareMember",
        segment: "share",
        noun: "share",
        input: "shareId",
        notifyKey: "notify_options",
        lesserRole: "view",
        open: async (service, organizationId, name) =>
            (await service.share((await service.workspace(organizationId, name)).id, name)).id,
        close: (service, id) => service.api("DELETE", `share/${id}/delete/?confirm=${id}`),
    },
];
