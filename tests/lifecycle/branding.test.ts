/** Branding and its images, as programs declare them, through each front-end on every engine. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fewerColumns } from "./columns";
import { Fixture } from "./fixture";

jest.setTimeout(120_000);

const svg = (id: string) => `<svg xmlns="http://www.w3.org/2000/svg" id="${id}"/>`;

describe.each(fewerColumns())("branding on $name", ({ engine, entry, files }) => {
    let it_: Fixture;

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
        it_.project.write({ "logo.svg": svg("file") });
    });
    afterAll(() => it_?.close());

    /** A program whose branding has these arguments, and which answers what it knows of the logo. */
    function declare(args: string): void {
        it_.project.write({
            "index.js": `
                const pulumi = require("@pulumi/pulumi");
                const fastio = require("${entry}");
                const company = new fastio.Organization("company", { domain: "acme", name: "Acme" });
                const look = new fastio.OrganizationBranding("look", { organizationId: company.id, ${args} });
                exports.path = look.logo.apply((logo) => logo && logo.path);
                exports.sha256 = look.logoSha256;
            `,
        });
    }

    /** The requests of a run that change an image. */
    async function uploads(): Promise<string[]> {
        const requests = await it_.requestsOf(() => it_.stack.up());
        return requests
            .filter((one) => one.path.includes("/assets/") && !["GET", "HEAD"].includes(one.method))
            .map(({ method, status, effect }) => `${method} ${status} ${effect}`);
    }

    async function logo(): Promise<string | undefined> {
        const answer = await fetch(new URL("org/acme/assets/logo/read/", it_.baseUrl), {
            headers: { Authorization: `Bearer ${it_.emulator.token}` },
        });
        return answer.ok ? answer.text() : undefined;
    }

    async function expectConverged(): Promise<void> {
        const requests = await it_.requestsOf(() => it_.stack.up());
        expect(requests).toEqual([]);
        expect(Object.keys((await it_.stack.refresh()).summary.resourceChanges ?? {})).toEqual(["same"]);
    }

    const file = `logo: new pulumi.asset.FileAsset("logo.svg")`;

    test("a file is uploaded from the project's folder, and the program has it as its output", async () => {
        declare(`accentColor: "#0055ff", ${file}`);
        expect((await it_.stack.preview()).changeSummary).toEqual({ create: 3 });
        await it_.stack.up();
        const outputs = await it_.stack.outputs();
        expect(outputs.path?.value).toBe("logo.svg");
        expect(outputs.sha256?.value).toBe(createHash("sha256").update(svg("file")).digest("hex"));
        expect(await logo()).toBe(svg("file"));
        await expectConverged();
    });

    test("changed bytes show in the preview and are uploaded, once", async () => {
        it_.project.write({ "logo.svg": svg("changed") });
        expect((await it_.stack.preview()).stdout).toContain("[diff: ~logo]");
        expect(await uploads()).toEqual(["POST 200 updated"]);
        expect(await logo()).toBe(svg("changed"));
    });

    test("an image replaced by hand shows after a refresh, and is put back", async () => {
        const body = new FormData();
        body.append("file", new Blob([svg("hand")], { type: "image/svg+xml" }), "hand.svg");
        const headers = { Authorization: `Bearer ${it_.emulator.token}` };
        await fetch(new URL("org/acme/assets/logo/", it_.baseUrl), { method: "POST", headers, body });
        expect((await it_.stack.refresh()).summary.resourceChanges).toEqual({ same: 2, update: 1 });
        expect((await it_.stack.preview()).stdout).toContain("[diff: ~logo");
        expect(await uploads()).toEqual(["POST 200 updated"]);
        expect(await logo()).toBe(svg("changed"));
        await expectConverged();
    });

    test("an image deleted by hand is put back", async () => {
        await it_.api("DELETE", "org/acme/assets/logo/");
        await it_.stack.refresh();
        expect(await uploads()).toEqual(["POST 200 created"]);
        expect(await logo()).toBe(svg("changed"));
    });

    test("text and remote assets are images as well, secret ones too", async () => {
        declare(
            `accentColor: { r: 0, g: 85, b: 255 }, logo: pulumi.secret(new pulumi.asset.StringAsset(${JSON.stringify(svg("canary"))}))`,
        );
        await it_.stack.up();
        expect(await logo()).toBe(svg("canary"));
        await expectConverged();
        expect(JSON.stringify(await it_.stack.exportStack())).not.toContain("canary");
        const web = createServer((_request, response) => response.end(svg("remote"))).listen(0, "127.0.0.1");
        await once(web, "listening");
        declare(
            `logo: new pulumi.asset.RemoteAsset("http://127.0.0.1:${(web.address() as AddressInfo).port}/logo.svg")`,
        );
        await it_.stack.up();
        web.close();
        expect(await logo()).toBe(svg("remote"));
    });

    test("an image that is declared no more is deleted", async () => {
        declare(`accentColor: "#0055ff"`);
        await it_.stack.up();
        expect(await logo()).toBeUndefined();
    });

    test("a destroy clears the branding with an image in it", async () => {
        declare(`accentColor: "#0055ff", ${file}`);
        await it_.stack.up();
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
    });
});
