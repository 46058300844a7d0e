/**
 * What the provider's check refuses and takes, against what the emulator, an independent reading of the contract, does:
 * five hundred wrong arguments are refused at their place without a call, and what check takes at the edges the service takes.
 */
import fc from "fast-check";
import type * as z from "zod";
import { argumentFailures } from "../../provider/core/check";
import type { Properties } from "../../provider/core/define";
import { resources } from "../../provider/resources";
import { urnOf } from "../plugin/caller";
import { Service } from "../verbs/service";
import { frontEnds, type Verbs } from "./front-ends";
import { edgesOf, wrongArguments } from "./inverted";
import { attempts, record } from "./reliability";

jest.setTimeout(120_000);

/** Where the contract leaves a rule to the service, check takes more than any one version of it does. */
const leftToTheService = ["customName", "downloadSecurity"];

const seed = 20_270_301;
const wrongOnes = 500;

let service: Service;
beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());

describe.each(frontEnds)("wrong arguments, $name", (frontEnd) => {
    let verbs: Verbs;
    beforeAll(async () => {
        verbs = await frontEnd.start({ baseUrl: service.baseUrl, token: service.emulator.token });
    });
    afterAll(() => verbs.close());

    test.each(resources.map((one) => [one.kind, one] as const))("%s", async (kind, definition) => {
        const numRuns = Math.ceil(wrongOnes / resources.length);
        const requests = await service.requestsOf(async () => {
            for (const { args, path } of fc.sample(wrongArguments(definition, definition.samples.minimal), {
                numRuns,
                seed,
            })) {
                const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
                const { failures } = await verbs.check(urnOf(kind), {}, given);
                // Without a property the engine prints no value: the reason begins with the path then.
                const paths = failures.map(({ property, reason }) => property || (reason.split(": ")[0] ?? ""));
                // What is composed (a colour, an asset) may be refused in one of its parts, and what may be generated is.
                const isThere = paths.some(
                    (one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`),
                );
                expect({ args, path, paths: isThere ? [path] : paths }).toEqual({ args, path, paths: [path] });
                record({ attempt: attempts.wrong, frontEnd: frontEnd.name, engine: "none", outcome: "recovered" });
            }
        });
        expect(requests).toEqual([]);
    });
});

describe("arguments at the edges are taken by check and by the service alike", () => {
    let parents: Properties;
    let folderId: string;
    // What a process made, it does not delete: it belongs to the program that it runs.
    let processes: { name: string; maker: Verbs; remover: Verbs }[];
    beforeAll(async () => {
        const config = { baseUrl: service.baseUrl, token: service.emulator.token };
        processes = await Promise.all(
            frontEnds.map(async (one) => ({
                name: one.name,
                maker: await one.start(config),
                remover: await one.start(config),
            })),
        );
        await service.control("POST", "names", { keepClosed: false });
        const { id: organizationId } = await service.paidOrganization("umbrella");
        const unlimited = { workspaces: null, shares: null, membersPerWorkspace: null };
        await service.control("POST", "plan", { organizationId, ...unlimited });
        const { id: workspaceId } = await service.workspace(organizationId, "design");
        const { id: shareId } = await service.share(workspaceId, "Report");
        parents = { organizationId, workspaceId, shareId };
        const createFolder = `workspace/${workspaceId}/storage/root/createfolder/`;
        const { node } = await service.api("POST", createFolder, { name: "Shared" });
        folderId = `${workspaceId}/${node.id}`;
    });
    afterAll(() => Promise.all(processes.flatMap(({ maker, remover }) => [maker.close(), remover.close()])));

    /** What some values are taken with only. */
    const besides = (kind: string): Properties[] =>
        kind !== "Share"
            ? []
            : [
                  { title: "Shared folder", folderId },
                  { title: "Drop", shareType: "receive", accessOptions: "Anyone with a registered account" },
              ];

    let tried = 0;

    /** One object is declared by one resource of a run: each attempt has a person or a parent of its own. */
    async function ofItsOwn(kind: string, args: Properties, property: string): Promise<Properties> {
        const name = `edge-${tried}`;
        if (kind.endsWith("Member") && property !== "email") return { ...args, email: `${name}@example.com` };
        if (kind === "OrganizationBranding")
            return { ...args, organizationId: (await service.paidOrganization(name)).id };
        if (kind === "WorkspaceBranding")
            return { ...args, workspaceId: (await service.workspace(String(parents.organizationId), name)).id };
        if (kind === "ShareBranding")
            return { ...args, shareId: (await service.share(String(parents.workspaceId), name)).id };
        return args;
    }

    test.each(resources.map((one) => [one.kind, one] as const))("%s", async (kind, definition) => {
        const above = Object.fromEntries(
            Object.entries(parents).filter(
                ([name]) => name in definition.samples.minimal && name in definition.inputs.shape,
            ),
        );
        const { storageMode: _, folderId: __, parentId: ___, ...full } = definition.samples.full;
        const bases = [definition.samples.minimal, full, ...besides(kind)].map((sample) => ({ ...sample, ...above }));
        const disagreements: unknown[] = [];
        for (const [name, schema] of Object.entries(definition.inputs.shape) as [string, z.ZodType][]) {
            // Ids of what is above are no matter of form.
            if (
                name in above ||
                ["userId", "folderId", "parentId", "workspaceId", "shareId", ...leftToTheService].includes(name)
            )
                continue;
            for (const [index, value] of edgesOf(schema).entries()) {
                const args = bases
                    .map((base) => ({ ...base, [name]: value }))
                    .find((one) => argumentFailures(definition, one).length === 0);
                tried += 1;
                const urn = urnOf(kind, `edge-${tried}`);
                const {
                    name: frontEnd,
                    maker,
                    remover,
                } = processes[index % processes.length] as (typeof processes)[number];
                try {
                    const own = await ofItsOwn(kind, args ?? { ...bases[0], [name]: value }, name);
                    const { inputs, failures } = await maker.check(urn, {}, own);
                    if (failures.length > 0) throw new Error(JSON.stringify(failures));
                    const made = await maker.create(urn, inputs);
                    await remover.delete(urn, { ...made, outputs: { ...made.outputs, forceDestroy: true } });
                    record({ attempt: attempts.edge, frontEnd, engine: "none", outcome: "recovered" });
                } catch (error) {
                    disagreements.push({ name, value: JSON.stringify(value), says: (error as Error).message });
                }
            }
        }
        expect(disagreements).toEqual([]);
    });

    test("five hundred of them were tried", () => expect(tried).toBeGreaterThanOrEqual(500));
});
