/** Thirty nights of a job that refreshes and brings about one program: what its people cause in e-mails. */
import type { Properties } from "../../provider/core/define";
import { Process, Resource } from "../verbs/fixture";
import { apiDate, Service } from "../verbs/service";

export const nights = 30;
const day = 24 * 3600;

/** E-mails of all nights, and in how many nights the job has warned. */
export interface Night {
    who: string;
    emails: number;
    warnings: number;
}

interface Person {
    who: string;
    email: string;
    more?: (inDays: (days: number) => string) => Properties;
    /** What the person, or somebody at the service, does in the daytime. */
    does?: (world: World, afterNight: number) => Promise<unknown>;
}

interface World {
    service: Service;
    workspaceId: string;
    inDays(days: number): string;
}

const answers =
    (email: string, how: string, when: number) =>
    async ({ service }: World, night: number) =>
        night === when && service.control("POST", `invitations/${how}`, { email });

const people: readonly Person[] = [
    { who: "has an account and stays", email: "stays@example.com" },
    { who: "is invited and joins", email: "joins@example.com", does: answers("joins@example.com", "accept", 3) },
    {
        who: "is invited and declines",
        email: "declines@example.com",
        does: answers("declines@example.com", "decline", 3),
    },
    { who: "is invited and never answers", email: "waits@example.com" },
    {
        who: "lets each invitation run out, which the service ends after ten days",
        email: "late@example.com",
        async does({ service, workspaceId, inDays }) {
            const path = `workspace/${workspaceId}/members/invitation`;
            const { invitations } = await service.api("GET", `${path}s/list/pending/`);
            const open = invitations.find(({ email, expires }) => email === "late@example.com" && expires === null);
            if (open) await service.api("POST", `${path}/${open.id}/`, { expires: apiDate(inDays(10)) });
        },
    },
    {
        who: "has not answered by the `invitationExpires` of the program",
        email: "slow@example.com",
        more: (inDays) => ({ invitationExpires: inDays(10) }),
    },
    {
        who: "is a member until the `expires` of the program",
        email: "guest@example.com",
        more: (inDays) => ({ expires: inDays(10) }),
    },
    {
        who: "is put out by hand once, or leaves",
        email: "leaves@example.com",
        async does({ service, workspaceId }, night) {
            if (night !== 5) return;
            const { id } = (await service.member(workspaceId, "leaves@example.com")) ?? {};
            await service.api("DELETE", `workspace/${workspaceId}/members/${id}/`);
        },
    },
];

const withAccount = ["stays@example.com", "guest@example.com", "leaves@example.com"];

export async function countNights(): Promise<Night[]> {
    const service = await Service.open();
    try {
        const { id: organizationId } = await service.paidOrganization("nights");
        const { id: workspaceId } = await service.workspace(organizationId, "nights");
        for (const email of withAccount) await service.account(email);
        let now = Date.parse(await service.advance(0));
        const world = {
            service,
            workspaceId,
            inDays: (days: number) => new Date(now + days * day * 1000).toISOString(),
        };
        const all = people.map(({ email, more, ...person }) => ({
            ...person,
            email,
            args: { workspaceId, email, role: "member", ...more?.(world.inDays) },
            resource: new Resource("WorkspaceMember", email),
            counted: { who: person.who, emails: 0, warnings: 0 },
        }));
        for (let night = 0; night < nights; night += 1) {
            const job = new Process(service);
            for (const { resource } of all) if (resource.id !== undefined) await resource.refresh(job);
            for (const { resource, args, email, counted } of all) {
                const requests = await service.requestsOf(() => resource.up(job, args));
                // Whoever is added or invited is told so by e-mail.
                counted.emails += requests.filter(({ method, path }) => {
                    return method === "POST" && decodeURIComponent(path).endsWith(`/members/${email}/`);
                }).length;
                counted.warnings += job.warnings.some((text) => text.includes(email)) ? 1 : 0;
            }
            await job.close();
            for (const { does } of all) await does?.(world, night);
            now = Date.parse(await service.advance(day));
        }
        return all.map(({ counted }) => counted);
    } finally {
        await service.close();
    }
}
