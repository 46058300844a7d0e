/** An organization that this account made things in as its owner and that is somebody else's now: left alone, and whose it is is said. */
import type { Properties } from "../../provider/core/define";
import { resources } from "../../provider/resources";
import { failureOf, Process, Resource, Service } from "./fixture";
import { sample } from "./samples";
import type { Account } from "./service";

let service: Service;
let process: Process;
let owner: Account;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    owner = await service.account("olga@example.com");
});
afterEach(() => process.close());

const kinds = resources.map(({ kind }) => kind);

/** Runs the work in a process of its own, as an earlier or later run. */
async function run<T>(work: (run: Process) => Promise<T>, token?: string): Promise<T> {
    const one = new Process(service, token === undefined ? {} : { token });
    return work(one).finally(() => one.close());
}

interface Stack {
    organization: string;
    /** One of each kind, in the order in which they were made. */
    made: Resource[];
}

/** The program's own organization, or one that it only looks up, with one of each kind in it. */
async function everything(how: "declared" | "looked up", token?: string): Promise<Stack> {
    return run(async (process) => {
        const made: Resource[] = [];
        const make = async (kind: string, args: Properties) => {
            const resource = new Resource(kind, `the-${kind}`);
            await resource.up(process, args);
            made.push(resource);
            return resource.ownId;
        };
        const of = (kind: string) => sample(kind, "minimal", parents);
        const parents: Record<string, string> = {};
        parents.Organization =
            how === "declared"
                ? await make("Organization", of("Organization"))
                : (await service.organization("acme")).id;
        parents.Workspace = await make("Workspace", of("Workspace"));
        parents.Share = await make("Share", of("Share"));
        parents.Folder = await make("Folder", of("Folder"));
        for (const kind of kinds.filter((kind) => !["Organization", "Workspace", "Share", "Folder"].includes(kind)))
            await make(kind, kind.endsWith("Branding") ? { ...of(kind), ...colours[kind] } : of(kind));
        return { organization: parents.Organization, made };
    }, token);
}
const colours: Record<string, Properties> = {
    OrganizationBranding: { accentColor: "#0055ff" },
    WorkspaceBranding: { accentColor: "#0055ff" },
    ShareBranding: { accentColor: "#0055ff" },
};

async function claim({ made }: Stack): Promise<void> {
    const token = made.find(({ kind }) => kind === "TransferToken")?.outputs.token;
    await service.api("POST", "org/transfer/claim/", { token: String(token) }, owner.token);
}

/** The owner puts this account out: of the organization, and of all that is in it. */
async function putOut({ organization, made }: Stack): Promise<void> {
    const idOf = (kind: string) => made.find((one) => one.kind === kind)?.ownId;
    for (const place of [`org/${organization}`, `workspace/${idOf("Workspace")}`, `share/${idOf("Share")}`])
        await service.api("DELETE", `${place}/members/agent@example.com/`, undefined, owner.token);
}

const destroyed = (made: readonly Resource[], process: Process) =>
    service.requestsOf(async () => {
        for (const one of [...made].reverse()) await one.delete(process);
    });

const owners = (requests: { path: string }[]) => requests.filter(({ path }) => /\/org\/\d+\/details\/$/.test(path));
const writes = (requests: { method: string }[]) => requests.filter(({ method }) => method !== "GET");

describe("claimed", () => {
    test.each(["declared", "looked up"] as const)(
        "a destroy makes no write, ends well, and says once what stays with whom; the organization was %s",
        async (how) => {
            const stack = await everything(how);
            await claim(stack);
            const before = await service.control("GET", "census");
            const requests = await destroyed(stack.made, process);
            expect(writes(requests)).toEqual([]);
            expect(owners(requests)).toHaveLength(1);
            expect(process.warnings).toEqual([
                expect.stringMatching(
                    new RegExp(
                        `organization acme \\(${stack.organization}\\) was handed over and belongs to olga@example.com now. .*stays there.*nothing there is deleted`,
                    ),
                ),
            ]);
            expect(await service.control("GET", "census")).toEqual(before);
        },
    );

    test("a refresh in between changes nothing of that", async () => {
        const stack = await everything("declared");
        await claim(stack);
        await run(async (process) => {
            for (const one of stack.made) expect(await one.refresh(process)).toMatchObject({ exists: true });
        });
        expect(writes(await destroyed(stack.made, process))).toEqual([]);
    });

    test("what was imported before is left alone as well", async () => {
        const stack = await everything("declared");
        const imported = await run(async (process) =>
            Promise.all(
                stack.made
                    .filter(({ kind }) =>
                        ["Organization", "Workspace", "Share", "Folder", "WorkspaceMember"].includes(kind),
                    )
                    .map(async (one) => {
                        const found = await process.lifecycle.read({ kind: one.kind }, one.ownId, {
                            inputs: {},
                            outputs: {},
                        });
                        const copy = one.copy();
                        copy.known = { inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
                        return copy;
                    }),
            ),
        );
        await claim(stack);
        expect(writes(await destroyed(imported, process))).toEqual([]);
    });

    test("a change works as far as the account may, and says once whose it is", async () => {
        const stack = await everything("declared");
        await claim(stack);
        const workspace = stack.made.find(({ kind }) => kind === "Workspace") as Resource;
        const organization = stack.made.find(({ kind }) => kind === "Organization") as Resource;
        expect(await organization.up(process, { ...organization.inputs, description: "Now somebody else's." })).toBe(
            "updated",
        );
        expect(await workspace.up(process, { ...workspace.inputs, description: "Now somebody else's." })).toBe(
            "updated",
        );
        expect(process.warnings).toEqual([
            expect.stringMatching(
                /organization acme \(\d+\) was handed over and belongs to olga@example.com now; this account/,
            ),
        ]);
    });

    test("a replacement leaves the old one where it is", async () => {
        const stack = await everything("declared");
        await claim(stack);
        const { id: elsewhere } = await service.organization("elsewhere");
        const workspace = stack.made.find(({ kind }) => kind === "Workspace") as Resource;
        const old = workspace.ownId;
        expect(await workspace.up(process, { organizationId: elsewhere })).toBe("replaced");
        expect(await service.api("GET", `workspace/${old}/details/`)).toBeDefined();
        expect(process.warnings).toEqual([expect.stringContaining("was handed over")]);
    });

    test("what is made in it afterwards is left alone, too", async () => {
        const stack = await everything("declared");
        await claim(stack);
        const later = new Resource("Folder", "later");
        await run(async (process) => {
            for (const one of stack.made.filter(({ kind }) => ["Organization", "Workspace"].includes(kind)))
                await one.up(process, one.inputs);
            const workspaceId = stack.made.find(({ kind }) => kind === "Workspace")?.ownId;
            await later.up(process, { workspaceId, name: "Later" });
        });
        expect(writes(await destroyed([later], process))).toEqual([]);
    });
});

describe("not handed over", () => {
    test("in an organization in which this account is an admin only, a destroy deletes all", async () => {
        const { id } = await service.organization("theirs", owner.token);
        await service.api("POST", `org/${id}/members/agent@example.com/`, { permissions: "admin" }, owner.token);
        const { id: workspaceId } = await service.workspace(id, "of-the-house", owner.token);
        await service.api(
            "POST",
            `workspace/${workspaceId}/members/agent@example.com/`,
            { permissions: "admin" },
            owner.token,
        );
        const before = await service.control("GET", "census");
        const made = await run(async (process) => {
            const workspace = new Resource("Workspace", "ours");
            await workspace.up(process, { organizationId: id });
            const rest: [string, Properties][] = [
                ["WorkspaceMember", { workspaceId: workspace.ownId, email: "ann@example.com", role: "guest" }],
                ["Folder", { workspaceId, name: "In theirs" }],
                ["WorkspaceMember", { workspaceId, email: "ben@example.com", role: "guest" }],
                ["OrganizationMember", { organizationId: id, email: "cat@example.com", role: "member" }],
            ];
            const all = [workspace];
            for (const [kind, args] of rest) {
                const resource = new Resource(kind, `${kind}-${all.length}`);
                await resource.up(process, args);
                all.push(resource);
            }
            return all;
        });
        await run(async (process) => {
            for (const one of made) await one.refresh(process);
        });
        await destroyed(made, process);
        expect(await service.control("GET", "census")).toEqual(before);
        expect(process.warnings).toEqual([]);
    });

    test("with another account's credential nothing leaves the state for that reason", async () => {
        const stack = await everything("declared");
        await service.api("POST", `org/${stack.organization}/members/${owner.email}/`, { permissions: "admin" });
        await run(async (process) => {
            const workspace = stack.made.find(({ kind }) => kind === "Workspace") as Resource;
            await failureOf(workspace.delete(process));
            expect(workspace.id).toBeDefined();
            expect(process.warnings).toEqual([]);
        }, owner.token);
    });

    test("when nobody can say whose it is, nothing is deleted and nothing leaves the state", async () => {
        const stack = await everything("declared");
        await claim(stack);
        process.troubles.push({ path: /\/org\/\d+\/details\//, how: 503 });
        for (const one of stack.made.filter(({ kind }) => kind !== "TransferToken")) {
            await failureOf(one.delete(process));
            expect(one.id).toBeDefined();
        }
    });
});

describe("put out", () => {
    test.each([
        ["of all of it", putOut],
        [
            "of the organization, while a workspace still knows it",
            ({ organization }: Stack) =>
                service.api("DELETE", `org/${organization}/members/agent@example.com/`, undefined, owner.token),
        ],
    ])("%s: a destroy makes no write and ends well", async (_what, out) => {
        const stack = await everything("declared");
        await claim(stack);
        await out(stack);
        const requests = await destroyed(stack.made, process);
        expect(writes(requests)).toEqual([]);
        expect(process.warnings).toEqual([
            expect.stringMatching(/belongs to somebody else now, and this account is not in it any more/),
        ]);
    });

    test.each(kinds)("%s: a refresh keeps the state, names the organization and the ways", async (kind) => {
        const stack = await everything("declared");
        await claim(stack);
        await putOut(stack);
        const one = stack.made.find((made) => made.kind === kind) as Resource;
        const before = one.known;
        const { message } = await failureOf(one.refresh(process));
        expect(message).toMatch(
            new RegExp(
                `agent@example.com \\(account \\d+\\) sees on .*: it is not in organization .*${stack.organization}.* \\(any more\\)`,
            ),
        );
        expect(message).toContain("stays in the state");
        expect(message).toContain(`pulumi state delete '${one.urn}' --target-dependents`);
        expect(one.known).toEqual(before);
    });

    test("one message for all that lies there", async () => {
        const stack = await everything("declared");
        await claim(stack);
        await putOut(stack);
        const outcomes = await Promise.allSettled(stack.made.map((one) => one.refresh(process)));
        expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
        expect(stack.made.every(({ id }) => id !== undefined)).toBe(true);
    });
});
