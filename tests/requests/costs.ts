/** For docs/costs.md: what each verb of each kind asks of the service, counted on a local Fast.io, and why. */
import type { LedgerEntry } from "../../emulator";
import type { Properties } from "../../provider/core/define";
import { resources } from "../../provider/resources";
import { Process, Resource } from "../verbs/fixture";
import { makeParents, sample } from "../verbs/samples";
import { Service } from "../verbs/service";
import { type Night, nights } from "./nights";

const person = (number: number): Properties => ({ email: `person-${number}@example.com` });

/** What tells several resources of a kind apart; a kind that is not in here is there once for a parent. */
const differs: Record<string, (number: number) => Properties> = {
    Organization: (number) => ({ domain: `organization-${number}` }),
    Workspace: (number) => ({ folderName: `workspace-${number}` }),
    Folder: (number) => ({ name: `Folder ${number}` }),
    File: (number) => ({ name: `file-${number}.txt` }),
    OrganizationMember: person,
    WorkspaceMember: person,
    ShareMember: person,
    Share: () => ({}),
    TransferToken: () => ({}),
};
/** A change of one property. */
const changed: Record<string, string> = {
    Organization: "description",
    Workspace: "description",
    Share: "title",
    Folder: "name",
    File: "name",
    OrganizationMember: "role",
    WorkspaceMember: "role",
    ShareMember: "role",
    OrganizationBranding: "backgroundColor",
    WorkspaceBranding: "accentColor",
    ShareBranding: "accentColor",
    TransferToken: "rotateWhenExpired",
};

interface Reason {
    verbs: RegExp;
    request: RegExp;
    why: string;
    /** What the page calls the requests, where their list would say little. */
    shown?: string;
}

/** Why each request is made, the first that fits: without one a request has no place in a verb. */
const reasons: readonly Reason[] = [
    {
        verbs: /create/,
        request: /GET \/user\/me\/details/,
        why: "Who owns the organization in which something is made is recorded with it. Once in a run.",
    },
    {
        verbs: /create/,
        request: /GET \/org\/\{id\}\/details/,
        why: "The same: once for an organization and run, and not below what the program made before.",
    },
    {
        verbs: /update|delete/,
        request: /GET \/org\/\{id\}\/details/,
        why: "Whose the organization is now: what was handed over is left alone by a delete, and a change of it says so. Once for an organization and run.",
    },
    {
        verbs: /create/,
        request: /GET .*billing\/details/,
        why: "What exceeds the plan is refused before it is asked for. Once for an organization and run.",
    },
    {
        verbs: /create/,
        request: /GET \/org\/\{name\}\/details/,
        why: "A repeated create meets its own work: who has the domain is looked at first. For a share it tells the id of the organization that a workspace names by domain, once in a run.",
    },
    {
        verbs: /create/,
        request: /GET .*list\/workspaces/,
        why: "How many there are, and whether the folder name is among them: live and archived ones are two lists. Once for an organization and run; where the plan does not limit workspaces, the name alone is looked at instead.",
    },
    {
        verbs: /create/,
        request: /GET \/workspace\/\{id\}\/details/,
        why: "Which organization's plan applies. Once for a workspace and run, and not for one that the run made.",
    },
    {
        verbs: /create/,
        request: /GET \/shares\/all/,
        why: "How many shares the plan counts already. Once for an organization and run.",
    },
    {
        verbs: /create/,
        request: /GET .*list\/shares/,
        why: "A share has no name that tells it from others: when an answer is lost, what is new since this list is ours. Once for a workspace and run.",
    },
    {
        verbs: /create/,
        request: /GET .*members\/(invitations\/)?list/,
        why: "Who is there already is taken over, and the owner is refused. Once for a parent and run, and not for one that the run made; in versions that list invited people apart it is two lists, and once in a run a third to learn that.",
    },
    {
        verbs: /create|update/,
        request: /GET .*storage\/root\/list/,
        why: "The service hands over or overwrites what has the name: a name that is taken is refused, by what is there at that moment. Those that are made at the same time share one look.",
    },
    {
        verbs: /create/,
        request: /GET .*transfer\/token\/list/,
        why: "How many are active, and which are earlier ones if the answer is lost. Once for an organization and run.",
    },
    {
        verbs: /create|refresh/,
        request: /(GET|HEAD) .*assets/,
        why: "What the service has of each declared image: its address, and the ETag or else the bytes that tell whether it is still the same.",
    },
    {
        verbs: /create/,
        request: /GET \/(org|workspace|share)\/\{id\}\/details/,
        why: "The settings beside an image, when the request that made it does not show them.",
    },
    {
        verbs: /create|update/,
        request: /GET .*storage\/\{id\}\/details/,
        why: "What it is and where it lies before the change, and what came of it, where the answer does not show all that was declared.",
    },
    {
        verbs: /create|update|delete/,
        request: /^(POST|DELETE) /,
        why: "The work itself.",
        shown: "each `POST` and `DELETE`",
    },
    {
        verbs: /refresh/,
        request: /GET .*(\/list\/?|list\/(workspaces|shares))\/?$/,
        why: "All of the kind under the parent in pages of 500, once in a run.",
    },
    {
        verbs: /refresh/,
        request: /GET .*details/,
        why: "What has no list, or the first of a kind beside its list: what the list does not show of it, each is asked for.",
    },
    {
        verbs: /delete/,
        request: /^GET /,
        why: "Nothing that still holds something is deleted without `forceDestroy`: what there is in it, and whether this account owns it.",
    },
];

const verbs = ["create", "each further create", "refresh", "each further refresh", "update", "delete"] as const;
type Verb = (typeof verbs)[number];

/** The requests of each verb of each kind, as method and path. */
export type Costs = ReadonlyMap<string, Readonly<Record<Verb, readonly string[]>>>;

export async function countCosts(): Promise<Costs> {
    const service = await Service.open();
    try {
        const costs = new Map<string, Record<Verb, string[]>>();
        for (const { kind } of resources) costs.set(kind, await costsOf(service, kind));
        return costs;
    } finally {
        await service.close();
    }
}

/** The reasons that nothing is made for, and the requests without a reason. */
export function gaps(costs: Costs): { unused: string[]; unexplained: string[] } {
    const asked = requestsIn(costs);
    const used = new Set(asked.map(({ reason }) => reason));
    return {
        unused: reasons.filter((reason) => !used.has(reason)).map(({ why }) => why),
        unexplained: asked.flatMap(({ reason, verb, request }) =>
            reason === undefined ? [`${verb}: ${request}`] : [],
        ),
    };
}

function requestsIn(costs: Costs) {
    return [...costs].flatMap(([kind, counted]) =>
        verbs.flatMap((verb) =>
            counted[verb].map((request) => {
                const reason = reasons.find((one) => one.verbs.test(verb) && one.request.test(request));
                return { kind, verb: verb.replace("each further ", ""), request, reason };
            }),
        ),
    );
}

export function costsPage(costs: Costs, counted: readonly Night[]): string {
    const asked = requestsIn(costs);
    const numbers = [...costs].map(([kind, counted]) =>
        row(kind, ...verbs.map((verb) => String(counted[verb].length))),
    );
    const explained = reasons.map((reason) => {
        const of = asked.filter((one) => one.reason === reason);
        const requests = [...new Set(of.map(({ request }) => `\`${shortened(request)}\``))];
        return row(
            [...new Set(of.map(({ verb }) => verb))].join(", "),
            reason.shown ?? requests.join("<br>"),
            reason.why,
        );
    });
    return [
        "<!-- Written by `make generate`; a test counts the requests again. Do not edit. -->",
        "# What each verb costs",
        "",
        "Requests to Fast.io, counted on the local one with the plan of a free account, which limits most. A preview and an `up` that changes nothing make none.",
        "",
        "The first of a kind in a run pays for what the others share: the plan, and one list of what is in the same place already. Members, workspaces, shares and",
        "transfer tokens cost one request each after that, however many there are; a refresh asks for a list of 500 instead of 500 objects.",
        "",
        row("kind", "create", "each further", "refresh", "each further", "update", "delete"),
        row(":--", ...verbs.map(() => "--:")),
        ...numbers,
        "",
        "A branding is counted with all its images. An update changes one property; a `File` whose bytes change is uploaded as well.",
        "",
        "## Several at once",
        "",
        "Processes with the same token share its budget by what the headers of the answers tell: each has an eighth of what is left under way at once, where nothing is",
        "known a single request, and waits before nothing is left. While it waits it says for what, how long and what is left.",
        "",
        "## A job that runs each night",
        "",
        `E-mails that ${nights} nights of \`pulumi up --refresh\` cause, one for each time that somebody is added or invited, and the nights in which the job says a word about the person.`,
        "",
        row("somebody who", "e-mails", "warnings"),
        row(":--", "--:", "--:"),
        ...counted.map(({ who, emails, warnings }) => row(who, String(emails), String(warnings))),
        "",
        "## Why",
        "",
        row("verb", "request", "why"),
        row(":--", ":--", ":--"),
        ...explained,
        "",
    ].join("\n");
}

/** What is alike for organizations, workspaces and shares, and for every image, stands in one line. */
function shortened(request: string): string {
    return request
        .replace(/\/(org|workspace|share)\/\{(id|name)\}/, "…")
        .replace(/assets\/(logo|banner|background)/, "assets/{image}");
}

function row(...cells: string[]): string {
    return `| ${cells.join(" | ")} |`;
}

async function costsOf(service: Service, kind: string): Promise<Record<Verb, string[]>> {
    await service.reset();
    const { id: organization } = await service.organization("first");
    const { id: workspace } = await service.workspace(organization, "first-place");
    const { id: share } = await service.share(workspace, "The first room");
    const { node } = await service.api("POST", `workspace/${workspace}/storage/root/createfolder/`, { name: "first" });
    const parents = {
        Organization: organization,
        Workspace: workspace,
        Share: share,
        Folder: `${workspace}/${node.id}`,
    };
    const others = kind in differs ? parents : await makeParents(service, "second");
    for (const number of [0, 1]) await service.account(`person-${number}@example.com`);
    const [first, second] = [0, 1].map((number) => ({
        resource: new Resource(kind, `costs-${number}`),
        args: {
            ...sample(kind, kind.endsWith("Branding") ? "full" : "minimal", number === 0 ? parents : others),
            ...differs[kind]?.(number),
        },
    })) as [One, One];
    const processes = ["up", "refresh", "change", "destroy"].map(() => new Process(service));
    const [up, refresh, change, destroy] = processes as [Process, Process, Process, Process];
    const different = Object.entries(sample(kind, "changed", parents)).filter(([name]) => name === changed[kind]);
    const count = async (work: () => Promise<unknown>) => (await service.requestsOf(work)).map(template);
    try {
        return {
            create: await count(() => first.resource.up(up, first.args)),
            "each further create": await count(() => second.resource.up(up, second.args)),
            refresh: await count(() => first.resource.refresh(refresh)),
            "each further refresh": await count(() => second.resource.refresh(refresh)),
            update: await count(() => first.resource.up(change, { ...first.args, ...Object.fromEntries(different) })),
            delete: await count(() => second.resource.delete(destroy)),
        };
    } finally {
        await Promise.all(processes.map((process) => process.close()));
    }
}

interface One {
    resource: Resource;
    args: Properties;
}

function template({ method, path }: LedgerEntry): string {
    return `${method} ${decodeURIComponent(path).replace(/^\/current/, "")}`
        .replace(/\b\d{19}\b/g, "{id}")
        .replace(/(storage|token)\/(?!root\b|list\b|create\b)[\w-]+/, "$1/{id}")
        .replace(/[\w.-]+@[\w.-]+/, "{email}")
        .replace(/\/(first|second|(organization|workspace)-\d+)\//, "/{name}/");
}
