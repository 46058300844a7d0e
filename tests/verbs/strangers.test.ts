/** People who are invited and have no account: the lists of members show them without an id, and two of them are two people. */
import { Process, Resource, Service } from "./fixture";

test.each(["mid2026", "late2026"] as const)(
    "two strangers of one workspace are told apart in the dialect %s",
    async (dialect) => {
        const service = await Service.open(dialect);
        try {
            const { id: organizationId } = await service.organization("acme");
            const form = {
                folder_name: "design",
                name: "Design",
                perm_join: "Member or above",
                perm_member_manage: "Member or above",
            };
            const created = await service.api("POST", `org/${organizationId}/create/workspace/`, form);
            const workspaceId = created.workspace.id;
            const people = ["one@example.org", "two@example.org"].map((email) => ({
                resource: new Resource("WorkspaceMember", email),
                args: { workspaceId, email, role: "member" },
            }));
            const first = new Process(service);
            for (const { resource, args } of people) await resource.up(first, args);
            await first.close();
            const invitations = async () =>
                (await service.control<Record<string, number>>("GET", "census")).invitations;
            expect(await invitations()).toBe(2);
            const second = new Process(service);
            for (const { resource } of people) await resource.delete(second);
            await second.close();
            expect(await invitations()).toBe(0);
        } finally {
            await service.close();
        }
    },
);
