/** Branding: images by their bytes, links, and what is left alone; on an organization, a workspace and a share alike. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashedAsset, textAsset } from "../../provider/core/assets";
import type { Properties } from "../../provider/core/define";
import { failureOf, Process, Resource, refusal, Service } from "./fixture";
import type { ParentSegment } from "./service";

let service: Service;
let process: Process;
const others: Process[] = [];
let folder: string;

beforeAll(async () => {
    service = await Service.open();
    folder = mkdtempSync(join(tmpdir(), "branding-"));
});
afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await service.close();
});
beforeEach(async () => {
    await service.reset();
    process = new Process(service);
});
afterEach(() => Promise.all([process, ...others.splice(0)].map((one) => one.close())));

/** A later run, which has forgotten what this one touched. */
function laterRun(): Process {
    const later = new Process(service);
    others.push(later);
    return later;
}

const png = Buffer.from("89504e470d0a1a0a0000", "hex");
const svg = (id: string) => `<svg xmlns="http://www.w3.org/2000/svg" id="${id}"/>`;

interface Bench {
    kind: string;
    segment: ParentSegment;
    /** The second image, where there is one. */
    second?: string;
    open(): Promise<{ id: string; args: Properties }>;
}

const benches: Bench[] = [
    {
        kind: "OrganizationBranding",
        segment: "org",
        second: "banner",
        open: async () => {
            const { id } = await service.organization("acme");
            return { id, args: { organizationId: id } };
        },
    },
    {
        kind: "WorkspaceBranding",
        segment: "workspace",
        open: async () => {
            const { id } = await service.workspace((await service.organization("acme")).id, "design");
            return { id, args: { workspaceId: id } };
        },
    },
    {
        kind: "ShareBranding",
        segment: "share",
        second: "background",
        open: async () => {
            const workspace = await service.workspace((await service.organization("acme")).id, "design");
            const { id } = await service.share(workspace.id, "Q4 Report");
            return { id, args: { shareId: id } };
        },
    },
];

/** As the engine sends a file that a program names. */
function fileAsset(name: string, bytes: Buffer | string): Properties {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return { ...hashedAsset(sha256(bytes)), path };
}

function sha256(bytes: Buffer | string): string {
    return createHash("sha256").update(bytes).digest("hex");
}

describe.each(benches)("$kind", ({ kind, segment, second, open }) => {
    let id: string;
    let args: Properties;
    let branding: Resource;

    beforeEach(async () => {
        ({ id, args } = await open());
        branding = new Resource(kind);
    });

    const path = (name: string) => `${segment}/${id}/assets/${name}`;
    const details = async () => (await service.api("GET", `${segment}/${id}/details/`))[segment];

    /** The image as anybody gets it. */
    async function shown(name: string): Promise<{ type: string | null; bytes: Buffer } | undefined> {
        const answer = await fetch(new URL(`${path(name)}/read/`, service.baseUrl), {
            headers: { Authorization: `Bearer ${service.emulator.token}` },
        });
        if (answer.status === 404) return undefined;
        return { type: answer.headers.get("content-type"), bytes: Buffer.from(await answer.arrayBuffer()) };
    }

    async function setByHand(name: string, text: string): Promise<void> {
        const body = new FormData();
        body.append("file", new Blob([text], { type: "image/svg+xml" }), "hand.svg");
        const headers = { Authorization: `Bearer ${service.emulator.token}` };
        const answer = await fetch(new URL(`${path(name)}/`, service.baseUrl), { method: "POST", headers, body });
        expect(answer.status).toBe(200);
    }

    /** The requests of the work that change an image. */
    async function uploadsOf(work: () => Promise<unknown>): Promise<string[]> {
        const requests = await service.requestsOf(work);
        return requests
            .filter((one) => one.path.includes("/assets/") && !["GET", "HEAD"].includes(one.method))
            .map((one) => `${one.method} ${one.path.split("/").at(-2)}`);
    }

    test("an id is the parent's, and an import by it or by name takes what has a plain value", async () => {
        await branding.up(process, { ...args, accentColor: "#0055FF", logo: textAsset(svg("1")) });
        expect(branding.id).toBe(id);
        const { accent_color: colour, ...shownParent } = await details();
        expect(colour).toEqual({ r: 0, g: 85, b: 255 });
        const name = shownParent.domain ?? shownParent.folder_name ?? shownParent.custom_name;
        for (const named of [id, String(name)]) {
            const found = await process.lifecycle.read({ kind }, named, { inputs: {}, outputs: {} });
            expect(found).toMatchObject({ id, inputs: { ...args, accentColor: { r: 0, g: 85, b: 255 } } });
            expect(Object.keys(found?.inputs ?? {})).not.toContain("logo");
        }
    });

    test("colours are equal by value, and drift by value", async () => {
        await branding.up(process, { ...args, accentColor: "#0055ff" });
        expect(branding.preview(process, { ...args, accentColor: { r: 0, g: 85, b: 255 } }).step).toBe("same");
        await branding.refresh(process);
        expect(branding.inputs).toEqual({ ...args, accentColor: "#0055ff" });
    });

    test("an image is uploaded with its name and type, and again only when its bytes change", async () => {
        const first = { ...args, logo: fileAsset("acme logo.png", png) };
        expect(await uploadsOf(() => branding.up(process, first))).toEqual(["POST logo"]);
        expect(await shown("logo")).toEqual({ type: "image/png", bytes: png });
        expect(branding.outputs).toMatchObject({
            logoSha256: sha256(png),
            logoUrl: expect.stringMatching(/^http.*logo/),
        });

        const moved = { ...args, logo: fileAsset("moved.png", png) };
        expect(branding.preview(process, moved)).toEqual({ step: "same", properties: [] });

        const changed = { ...args, logo: textAsset(svg("2")) };
        expect(branding.preview(process, changed)).toEqual({ step: "updated", properties: ["logo"] });
        expect(await uploadsOf(() => branding.up(process, changed))).toEqual(["POST logo"]);
        expect(await shown("logo")).toEqual({ type: "image/svg+xml", bytes: Buffer.from(svg("2")) });
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(await uploadsOf(() => branding.up(process, { ...changed, accentColor: "#000000" }))).toEqual([]);
        expect(branding.outputs.logoSha256).toBe(sha256(svg("2")));
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("outputs never hold an asset or its contents", async () => {
        await branding.up(process, { ...args, logo: textAsset(svg("canary")) });
        await branding.refresh(process);
        expect(Object.keys(branding.outputs)).not.toContain("logo");
        expect(JSON.stringify(branding.outputs)).not.toMatch(/canary|4dabf18193072939515e22adb298388d/);
    });

    test("an image that somebody replaced shows as drift, stays so, and is put back", async () => {
        const declared = { ...args, logo: textAsset(svg("1")) };
        await branding.up(process, declared);
        await setByHand("logo", svg("hand"));
        for (const drift of [["logo"], []]) {
            expect(await branding.refresh(process)).toEqual({ exists: true, drift });
            expect(branding.outputs.logoSha256).toBe(sha256(svg("hand")));
            expect(branding.preview(process, declared)).toEqual({ step: "updated", properties: ["logo"] });
        }
        expect(await uploadsOf(() => branding.up(process, declared))).toEqual(["POST logo"]);
        expect((await shown("logo"))?.bytes.toString()).toBe(svg("1"));
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(branding.preview(process, declared).step).toBe("same");
    });

    test("an image that somebody deleted shows as drift and is put back", async () => {
        const declared = { ...args, logo: textAsset(svg("1")) };
        await branding.up(process, declared);
        await service.api("DELETE", `${path("logo")}/`);
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: ["logo"] });
        expect(branding.outputs).not.toHaveProperty("logoSha256");
        expect(branding.preview(process, declared)).toEqual({ step: "updated", properties: ["logo"] });
        await branding.up(process, declared);
        expect((await shown("logo"))?.bytes.toString()).toBe(svg("1"));
    });

    test("the same image set by hand is no drift", async () => {
        await branding.up(process, { ...args, logo: textAsset(svg("1")) });
        await service.api("DELETE", `${path("logo")}/`);
        await setByHand("logo", svg("1"));
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("an image removed from the program is deleted, after a refresh that found another one too", async () => {
        for (const byHand of [false, true]) {
            await branding.up(process, { ...args, logo: textAsset(svg("1")) });
            if (byHand) {
                await setByHand("logo", svg("hand"));
                await branding.refresh(process);
            }
            expect(await branding.up(process, args)).toBe("updated");
            expect(await shown("logo")).toBeUndefined();
            expect(branding.outputs).not.toHaveProperty("logoSha256");
            expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
            expect(branding.preview(process, args).step).toBe("same");
        }
    });

    test("what is not declared is left alone: by create, update, refresh and delete", async () => {
        await setByHand("logo", svg("hand"));
        await branding.up(process, { ...args, accentColor: "#0055ff" });
        await branding.up(process, { ...args, accentColor: "#0055fe" });
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
        await branding.delete(laterRun());
        expect((await shown("logo"))?.bytes.toString()).toBe(svg("hand"));
        expect((await details()).accent_color).toBeNull();
    });

    test("an image that is there already is not uploaded again", async () => {
        await setByHand("logo", svg("1"));
        expect(await uploadsOf(() => branding.up(process, { ...args, logo: textAsset(svg("1")) }))).toEqual([]);
        expect(branding.outputs.logoSha256).toBe(sha256(svg("1")));
    });

    test("deleted, it clears what it declared, and leaves the parent", async () => {
        const images = { logo: textAsset(svg("1")), ...(second && { [second]: textAsset(svg("2")) }) };
        await branding.up(process, { ...args, accentColor: "#0055ff", ...images });
        await branding.delete(laterRun());
        expect(await shown("logo")).toBeUndefined();
        if (second) expect(await shown(second)).toBeUndefined();
        expect(await details()).toMatchObject({ id, accent_color: null, logo: null });
    });

    test("renamed in the program, the same branding stays", async () => {
        const declared = { ...args, accentColor: "#0055ff", logo: textAsset(svg("1")) };
        await branding.up(process, declared);
        const [run, renamed] = [laterRun(), new Resource(kind, "renamed")];
        expect(await uploadsOf(() => renamed.up(run, declared))).toEqual([]);
        await branding.delete(run);
        expect(run.warnings.join()).toContain("belongs to another resource of this program now");
        expect(await shown("logo")).toBeDefined();
    });

    test("renamed in the program, with properties that are declared no more: those are withdrawn, the others stay", async () => {
        const declared = { ...args, accentColor: "#0055ff", logo: textAsset(svg("1")) };
        for (const left of ["accentColor", "logo"] as const) {
            const { [left]: _, ...rest } = declared;
            const [run, old] = [laterRun(), new Resource(kind, "old")];
            await old.up(laterRun(), declared);
            const renamed = new Resource(kind, "renamed");
            await renamed.up(run, rest);
            await old.delete(run);
            const { accent_color: colour } = await details();
            expect([colour === null, (await shown("logo")) === undefined]).toEqual([
                left === "accentColor",
                left === "logo",
            ]);
            expect(await renamed.refresh(run)).toEqual({ exists: true, drift: [] });
        }
    });

    test("a service without ETags is believed by its bytes, whatever it makes of an image", async () => {
        // The stored form of the image, which is not the one that was sent.
        const stored = { status: 200, body: { kept: "in a form of its own" } };
        process.troubles.push(
            { method: "HEAD", path: /logo\/read/, how: 405 },
            { method: "GET", path: /logo\/read/, how: refusal(404, 1609), times: 1 },
            { method: "GET", path: /logo\/read/, how: stored },
        );
        const declared = { ...args, logo: textAsset(svg("1")) };
        await branding.up(process, declared);
        expect(branding.outputs).toMatchObject({
            logoSha256: sha256(svg("1")),
            logoRevision: sha256(JSON.stringify(stored.body)),
        });
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
        stored.body.kept = "changed";
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: ["logo"] });
    });

    test("an upload that fails leaves a resource that the next run completes", async () => {
        process.troubles.push({
            method: "POST",
            path: /assets\/logo/,
            how: refusal(406, 1605, "file: too wide"),
            times: 1,
        });
        const declared = { ...args, accentColor: "#0055ff", logo: textAsset(svg("1")) };
        const failure = await failureOf(branding.up(process, declared));
        expect(failure.message).toContain(`upload the ${segment === "org" ? "organization" : segment}'s logo`);
        expect(failure.message).toContain("file: too wide");
        expect(branding.id).toBe(id);
        expect(await uploadsOf(() => branding.up(process, declared))).toEqual(["POST logo"]);
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("a file that changed after Pulumi had read it is not uploaded", async () => {
        const logo = fileAsset("changing.png", png);
        writeFileSync(join(folder, "changing.png"), "other");
        expect((await failureOf(branding.up(process, { ...args, logo }))).message).toContain(
            "changed after Pulumi had read it",
        );
        expect(await shown("logo")).toBeUndefined();
    });

    if (second === undefined) return;
    test("two images do not touch each other", async () => {
        const declared = { ...args, logo: textAsset(svg("1")), [second]: textAsset(svg("2")) };
        await branding.up(process, declared);
        expect([await shown("logo"), await shown(second)].map((one) => one?.bytes.toString())).toEqual([
            svg("1"),
            svg("2"),
        ]);
        const changed = { ...declared, [second]: textAsset(svg("3")) };
        expect(await uploadsOf(() => branding.up(process, changed))).toEqual([`POST ${second}`]);
        const { [second]: _, ...without } = changed;
        expect(await uploadsOf(() => branding.up(process, without))).toEqual([`DELETE ${second}`]);
        expect(branding.outputs.logoSha256).toBe(sha256(svg("1")));
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });
});

describe("3.5 with its parent", () => {
    test.each<[string, Properties]>([
        ["colours", { accentColor: "#0055ff" }],
        ["images", { logo: textAsset(svg("1")) }],
    ])("%s are gone, and a delete has nothing to do", async (_, declared) => {
        const { id: organizationId } = await service.organization("acme");
        const { id } = await service.workspace(organizationId, "design");
        const branding = new Resource("WorkspaceBranding");
        await branding.up(process, { workspaceId: id, ...declared });
        await service.api("DELETE", `workspace/${id}/delete/?confirm=${id}`);
        await branding.copy().delete(laterRun());
        expect(await branding.refresh(process)).toEqual({ exists: false, drift: [] });
    });

    test("is there while the service only refuses to show it", async () => {
        const { id } = await service.organization("acme");
        const branding = new Resource("OrganizationBranding");
        await branding.up(process, { organizationId: id, logo: textAsset(svg("1")) });
        for (const status of [401, 403, 500]) {
            process.troubles.push({ path: /assets\/logo\/read/, how: refusal(status, 1680), times: 8 });
            await failureOf(branding.refresh(process));
            process.troubles.splice(0);
        }
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });
});

describe("under an archived workspace", () => {
    test("branding changes while it is open, and it is archived again", async () => {
        const workspace = await service.workspace((await service.organization("acme")).id, "design");
        await service.api("POST", `workspace/${workspace.id}/archive/`);
        const branding = new Resource("WorkspaceBranding");
        const args = { workspaceId: workspace.id, accentColor: "#0055ff", logo: textAsset(svg("1")) };
        await branding.up(process, args);
        await branding.up(process, { ...args, logo: textAsset(svg("2")) });
        await branding.refresh(process);
        await branding.delete(laterRun());
        const {
            archived,
            accent_color: colour,
            logo,
        } = (await service.api("GET", `workspace/${workspace.id}/details/`)).workspace;
        expect([archived, colour, logo]).toEqual([true, null, null]);
    });
});

describe("links of a share", () => {
    const about = { title: "About us", url: "https://example.com/about" };
    const terms = { title: "Terms", url: "https://example.com/terms" };
    let args: Properties;
    let shareId: string;
    let branding: Resource;

    beforeEach(async () => {
        const workspace = await service.workspace((await service.organization("acme")).id, "design");
        shareId = (await service.share(workspace.id, "Q4 Report")).id;
        args = { shareId };
        branding = new Resource("ShareBranding");
    });

    async function shown() {
        const { link_1, link_2, link_3 } = (await service.api("GET", `share/${shareId}/details/`)).share;
        return [link_1, link_2, link_3];
    }

    test("are set, changed, removed one by one and together", async () => {
        await branding.up(process, { ...args, links: [about, terms] });
        expect(await shown()).toEqual([about, terms, null]);
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
        expect(branding.preview(process, { ...args, links: [terms] })).toEqual({
            step: "updated",
            properties: ["links"],
        });
        await branding.up(process, { ...args, links: [terms] });
        expect(await shown()).toEqual([terms, null, null]);
        await branding.up(process, args);
        expect(await shown()).toEqual([null, null, null]);
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: [] });
    });

    test("drift, are put back, and go with the resource", async () => {
        await branding.up(process, { ...args, links: [about] });
        await service.api("POST", `share/${shareId}/update/`, { link_3: JSON.stringify({ ...terms, icon: "x" }) });
        expect(await branding.refresh(process)).toEqual({ exists: true, drift: ["links"] });
        await branding.up(process, { ...args, links: [about] });
        expect(await shown()).toEqual([about, null, null]);
        await branding.delete(laterRun());
        expect(await shown()).toEqual([null, null, null]);
    });
});
