/** What every kind does alike, from the samples of its definition: settle, change, come back, be replaced, go twice, get another name in the program. */
import type { Properties } from "../../provider/core/define";
import { resources, resourcesByKind } from "../../provider/resources";
import { failureOf, Process, Resource, Service } from "./fixture";
import { memberParents } from "./member-parents";
import { makeParents, type Parents, sample } from "./samples";

let service: Service;
let process: Process;
const later: Process[] = [];

beforeAll(async () => {
    service = await Service.open();
});
afterAll(() => service.close());
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => Promise.all([process, ...later.splice(0)].map((one) => one.close())));

const nextRun = () => {
    const next = new Process(service);
    later.push(next);
    return next;
};

/** Takes the object away by hand; kinds without an entry are parts of their parent and go with it, or get a status instead. */
const vanish: Record<string, (id: string) => Promise<unknown>> = {
    Organization: (id) => service.api("POST", `org/${id}/close/`, { confirm: id }),
    Workspace: (id) => service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`),
    Share: (id) => service.api("DELETE", `share/${id}/delete/?confirm=${id}`),
    ...Object.fromEntries(
        memberParents.map(({ kind, segment }) => [
            kind,
            (id: string) => {
                const [parent, email] = id.split("/");
                return service.api("DELETE", `${segment}/${parent}/members/invitation/${email}/`);
            },
        ]),
    ),
    Folder: (id) => trash(id),
    File: (id) => trash(id),
};

function trash(id: string): Promise<unknown> {
    const [workspace, node] = id.split("/");
    return service.api("DELETE", `workspace/${workspace}/storage/${node}/delete/`);
}

describe.each(resources.map(({ kind }) => kind))("%s", (kind) => {
    let parents: Parents;
    let resource: Resource;

    beforeEach(async () => {
        parents = await makeParents(service, "first");
        // Names that a closed object keeps are a matter of their own.
        await service.control("POST", "names", { keepClosed: false });
        resource = new Resource(kind);
        await resource.up(process, sample(kind, "full", parents));
    });

    test("a second run makes no request, and a refresh finds what was made", async () => {
        const next = nextRun();
        const requests = await service.requestsOf(async () => {
            expect(await resource.up(next, sample(kind, "full", parents))).toBe("same");
        });
        expect(requests).toEqual([]);
        expect(await resource.refresh(nextRun())).toEqual({ exists: true, drift: [] });
    });

    test("changed in everything and back, it is what was declared", async () => {
        for (const which of ["changed", "full"] as const) {
            expect(await resource.up(nextRun(), sample(kind, which, parents))).toMatch(/^(updated|replaced)$/);
            expect(await resource.refresh(nextRun())).toEqual({ exists: true, drift: [] });
            expect(await resource.up(nextRun(), sample(kind, which, parents))).toBe("same");
        }
    });

    const takeAway = vanish[kind];
    if (takeAway !== undefined) {
        test("taken away by hand, it is made again", async () => {
            await takeAway(resource.ownId);
            expect(await resource.refresh(nextRun())).toEqual({ exists: false, drift: [] });
            expect(await resource.up(nextRun(), sample(kind, "full", parents))).toBe("created");
            expect(await resource.refresh(nextRun())).toEqual({ exists: true, drift: [] });
        });
    }

    test("deleted twice, the second time is no error", async () => {
        const again = resource.copy();
        await resource.delete(nextRun());
        await again.delete(nextRun());
    });

    const [moved] = [resourcesByKind.get(kind)?.parent ?? []].flat().map(({ input }) => input);
    if (moved !== undefined) {
        test(`under another parent it is replaced: ${moved}`, async () => {
            const others = await makeParents(service, "second");
            const args = { ...sample(kind, "full", others), ...otherNames(kind) };
            expect(resource.preview(process, args).step).toBe("replaced");
            const before = resource.id;
            expect(await resource.up(nextRun(), args)).toBe("replaced");
            expect(resource.id).not.toBe(before);
            expect(await resource.refresh(nextRun())).toEqual({ exists: true, drift: [] });
        });
    }

    test("under another name in the program it stays, or says what to do", async () => {
        const next = nextRun();
        const renamed = new Resource(kind, "renamed");
        const made = renamed.up(next, sample(kind, "full", parents));
        if (["Folder", "File"].includes(kind)) {
            expect((await failureOf(made)).message).toMatch(/already/);
            return;
        }
        await made;
        await resource.delete(next);
        expect(await renamed.refresh(nextRun())).toEqual({ exists: true, drift: [] });
    });
});

/** A replacement that needs the same unique name again is refused in check. */
function otherNames(kind: string): Properties {
    if (kind === "Workspace") return { folderName: "acme-elsewhere" };
    if (kind === "Share") return { customName: "acme-elsewhere", customUrl: "acme-elsewhere-as-well" };
    return {};
}
