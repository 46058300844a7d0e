/** 3.10 for members: an address that moves from one resource to another in one run keeps the access that the new one gave. */
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import { type MemberParent, memberParents } from "./member-parents";

let of: MemberParent;
let service: Service;
let process: Process;
let parentId: string;
let annId: string;

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
    const { id } = await service.organization("acme");
    parentId = await of.open(service, id, "design");
    annId = (await service.account("ann@example.com")).userId;
    await service.account("bob@example.com");
});
afterEach(() => process.close());

const ann = "ann@example.com";
const bob = "bob@example.com";
const nobody = "new@example.com";
const byEmail = (email: string, role = "admin"): Properties => ({ [of.input]: parentId, email, role });
const byUserId = (role = "admin"): Properties => ({ [of.input]: parentId, userId: annId, role });
const roleOf = async (email: string) => (await service.member(parentId, email, of.segment))?.permissions;

/** Made in a process of its own, as by an earlier run. */
async function made(name: string, args: Properties): Promise<Resource> {
    const earlier = new Process(service);
    const resource = new Resource(of.kind, name);
    await resource.up(earlier, args);
    await earlier.close();
    return resource;
}

const make = async (name: string, args: Properties) => {
    const resource = new Resource(of.kind, name);
    await resource.up(process, args);
    return resource;
};

describe.each(memberParents)("$kind", (parent) => {
    beforeAll(() => {
        of = parent;
    });

    type Case = [what: string, person: string, declared: () => Properties, moves: () => Properties];
    const cases: Case[] = [
        ["the same address", ann, () => byEmail(ann, of.lesserRole), () => byEmail(ann)],
        ["the address in another case", ann, () => byEmail("Ann@Example.COM", of.lesserRole), () => byEmail(ann)],
        ["an invitation", nobody, () => byEmail(nobody, of.lesserRole), () => byEmail("New@example.com")],
        ["an address that becomes a user id", ann, () => byEmail(ann, of.lesserRole), () => byUserId()],
        ["a user id that becomes an address", ann, () => byUserId(of.lesserRole), () => byEmail(ann)],
    ];

    test.each(cases)("%s, to a new resource", async (_what, person, declared, moves) => {
        const old = await made("old", declared());
        const moved = await make("moved", moves());
        expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
        expect(process.warnings.at(-1)).toMatch(/belongs to another resource of this program now/);
        expect(await roleOf(person)).toBe("admin");
        expect(await moved.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test.each(cases)("%s, when the run was killed in between", async (_what, person, declared, moves) => {
        const old = await made("old", declared());
        const moved = await made("moved", moves());
        expect(await moved.up(process, moves())).toBe("same");
        expect(await service.requestsOf(() => old.delete(process))).toEqual([]);
        expect(await roleOf(person)).toBe("admin");
    });

    test("to a resource that had somebody else", async () => {
        const [first, second] = [await made("first", byEmail(ann, of.lesserRole)), await made("second", byEmail(bob))];
        await make("second", byEmail(ann));
        await second.delete(process);
        await first.delete(process);
        expect([await roleOf(ann), await roleOf(bob)]).toEqual(["admin", undefined]);
    });

    test("two that change places", async () => {
        const [first, second] = [await made("first", byEmail(ann, of.lesserRole)), await made("second", byEmail(bob))];
        await make("first", byEmail(bob, of.lesserRole));
        await make("second", byEmail(ann));
        for (const old of [first, second]) await old.delete(process);
        expect([await roleOf(ann), await roleOf(bob)]).toEqual(["admin", of.lesserRole]);
    });

    test("one that was imported by its address, to one by user id", async () => {
        await made("by hand", byEmail(ann, of.lesserRole));
        const imported = new Resource(of.kind, "imported");
        imported.id = `${parentId}/${ann}`;
        const read = await new Process(service).lifecycle.read({ kind: of.kind }, imported.id, imported.known);
        imported.known = { inputs: read?.inputs ?? {}, outputs: read?.outputs ?? {} };
        await make("moved", byUserId());
        await imported.delete(process);
        expect(await roleOf(ann)).toBe("admin");
    });

    test("within one resource, from address to user id and back: replaced, and never without access", async () => {
        const resource = await made("ann", byEmail(ann));
        for (const args of [byUserId(), byEmail(ann)]) {
            const next = new Process(service);
            const requests = await service.requestsOf(() => resource.up(next, args));
            expect(requests.filter(({ method }) => method === "DELETE")).toEqual([]);
            expect(await roleOf(ann)).toBe("admin");
            await next.close();
        }
    });

    test("a forced replacement keeps the access", async () => {
        const resource = await made("ann", byEmail(ann));
        const old = resource.copy();
        resource.preview(process, byEmail(ann));
        const args = { ...byEmail(ann), __resource: resource.urn };
        const { inputs } = process.lifecycle.check({ kind: of.kind }, {}, args);
        expect(await process.lifecycle.create({ kind: of.kind, urn: resource.urn }, inputs)).toMatchObject({
            id: old.id,
        });
        await old.delete(process);
        expect(await roleOf(ann)).toBe("admin");
    });

    test("a destroy is not affected", async () => {
        const resource = await made("ann", byEmail(ann));
        await resource.delete(process);
        expect(await roleOf(ann)).toBeUndefined();
    });

    test("a limit that the service has for itself is its error, with what to do", async () => {
        const text = "The plan allows 10 members; 10 exist.";
        process.troubles.push({ method: "POST", path: /\/members\/new/, how: refusal(412, 1685, text) });
        const { message } = await failureOf(make("new", byEmail(nobody)));
        expect(message).toMatch(/The plan allows 10 members; 10 exist.*upgrade the plan/);
    });

    test("the answer to a create is lost: the person is found, and asked once", async () => {
        process.troubles.push({ method: "POST", path: /\/members\/new/, how: "unanswered", times: 1 });
        const resource = new Resource(of.kind);
        const requests = await service.requestsOf(() => resource.up(process, byEmail(nobody)));
        expect(requests.filter(({ effect }) => effect === "created")).toHaveLength(1);
        expect(await resource.refresh(process)).toEqual({ exists: true, drift: [] });
    });
});
