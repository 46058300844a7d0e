/** The whole way of every kind on every engine: program, SDK, engine, dynamic provider host, runtime, HTTP, emulator. */
import { metaOf, type ResourceDefinition } from "../../provider/core/define";
import { resourcesByKind } from "../../provider/resources";
import { availableEngines } from "../engines/engines";
import { fewerColumns } from "./columns";
import { type Declaration, Fixture } from "./fixture";

jest.setTimeout(120_000);

const sample = (kind: string, which: "minimal" | "full" | "changed") => resourcesByKind.get(kind)?.samples[which] ?? {};

/** Every kind with one set of samples, below each other. */
function program(which: "minimal" | "full" | "changed"): Declaration[] {
    return [
        { kind: "Organization", name: "company", args: sample("Organization", which) },
        { kind: "Workspace", name: "design", args: { ...sample("Workspace", which), organizationId: "$company.id" } },
        {
            kind: "WorkspaceMember",
            name: "ann",
            args: { ...sample("WorkspaceMember", which), workspaceId: "$design.id" },
        },
        {
            kind: "WorkspaceMember",
            name: "bob",
            args: { ...sample("WorkspaceMember", which), workspaceId: "$design.id", email: "Bob@Example.com" },
        },
        {
            kind: "TransferToken",
            name: "handover",
            args: { ...sample("TransferToken", which), organizationId: "$company.id" },
        },
    ];
}

const writes = (requests: { effect: string }[]) =>
    requests.filter(({ effect }) => effect !== "read" && effect !== "none");

describe.each(fewerColumns())("lifecycle on $name", ({ engine, files, secrets }) => {
    let it_: Fixture;
    let ids: Record<string, string>;
    const canaries: string[] = [];

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
        await it_.control("POST", "accounts", {
            email: "ann@example.com",
            accountType: "human",
            firstName: "Ann",
            lastName: "Lee",
        });
    });
    afterAll(() => it_?.close());

    async function up() {
        const result = await it_.stack.up();
        ids = Object.fromEntries(Object.entries(await it_.stack.outputs()).map(([name, { value }]) => [name, value]));
        return result;
    }

    /** Nothing is planned, nothing is made, and nothing is asked. */
    async function expectConverged() {
        const requests = await it_.requestsOf(async () => {
            expect(Object.keys((await it_.stack.preview()).changeSummary)).toEqual(["same"]);
            expect(Object.keys((await it_.stack.up()).summary.resourceChanges ?? {})).toEqual(["same"]);
        });
        expect(requests).toEqual([]);
        const refreshed = await it_.requestsOf(async () => {
            const { summary } = await it_.stack.refresh();
            expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
        });
        expect(writes(refreshed)).toEqual([]);
    }

    /** The object as the service keeps it, compared with the declared properties by the contract's names, as far as this service knows them. */
    async function expectStored(kind: string, args: Record<string, unknown>, stored: Record<string, unknown>) {
        const definition = resourcesByKind.get(kind) as ResourceDefinition;
        const { wire } = definition;
        const isLacking = (name: string) => metaOf(definition, name).mayLack && !(String(wire[name]) in stored);
        const ours = ["message", "invitationExpires"];
        const declared = Object.entries(args).filter(
            ([name]) => name in wire && !ours.includes(name) && !isLacking(name),
        );
        const time = (text: unknown) =>
            typeof text === "string" ? text.replace(/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(Z| UTC)?$/, "$1 $2") : text;
        expect(Object.fromEntries(declared.map(([name]) => [name, time(stored[wire[name] ?? ""])]))).toEqual(
            Object.fromEntries(declared.map(([name, value]) => [name, time(value)])),
        );
    }

    const organization = async () => (await it_.api("GET", `org/${ids.company}/details/`)).org;
    const workspace = async () => (await it_.api("GET", `workspace/${ids.design}/details/`)).workspace;
    const members = () => it_.people(`workspace/${ids.design}`);
    const person = async (email: string) => (await members()).find((one) => one.email_address === email) ?? {};

    test("a preview needs no credentials and makes no request", async () => {
        it_.declare(program("full"));
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl });
        const requests = await it_.requestsOf(async () => {
            expect((await it_.stack.preview()).changeSummary).toEqual({ create: 6 });
        });
        expect(requests).toEqual([]);
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl, FASTIO_TOKEN: it_.emulator.token });
    });

    test("up makes everything that is declared, and the service keeps it under the contract's names", async () => {
        expect((await up()).summary.resourceChanges).toEqual({ create: 6 });
        await expectStored("Organization", sample("Organization", "full"), await organization());
        await expectStored("Workspace", sample("Workspace", "full"), await workspace());
        await expectStored("WorkspaceMember", sample("WorkspaceMember", "full"), await person("ann@example.com"));
        expect(await person("bob@example.com")).toMatchObject({ status: "pending", permissions: "member" });
        expect(await it_.census()).toMatchObject({
            organizations: 1,
            workspaces: 1,
            workspaceMembers: 1,
            invitations: 1,
            transferTokens: 1,
        });
    });

    test("nothing is left to do", expectConverged);

    test("secrets are encrypted in the state, and no canary is in it in plain text", async () => {
        const text = JSON.stringify(await it_.stack.exportStack());
        const { tokens } = await it_.api("GET", `org/${ids.company}/transfer/token/list/`);
        expect(tokens).toHaveLength(1);
        canaries.push(it_.emulator.token, tokens[0]?.token ?? "no token");
        for (const canary of canaries) expect(text.includes(canary)).toBe(false);
        const state = JSON.parse(text).deployment.resources as {
            urn: string;
            outputs?: Record<string, Record<string, unknown>>;
        }[];
        const handover = state.find(({ urn }) => urn.endsWith("::handover"))?.outputs ?? {};
        for (const name of secrets) expect(handover[name]).toHaveProperty("ciphertext");
    });

    test("every property changes in one up, in place or by replacement as declared", async () => {
        it_.declare(program("changed"));
        const preview = await it_.stack.preview();
        expect(preview.changeSummary).toEqual({ same: 1, update: 4, replace: 1 });
        await up();
        await expectStored("Organization", sample("Organization", "changed"), await organization());
        await expectStored("Workspace", sample("Workspace", "changed"), await workspace());
        await expectStored("WorkspaceMember", sample("WorkspaceMember", "changed"), await person("ann@example.com"));
        expect(await person("bob@example.com")).toMatchObject({ status: "pending", permissions: "admin" });
        expect((await it_.census()).transferTokens).toBe(1);
        await expectConverged();
    });

    test("what is no longer declared is cleared, set to its default, or kept as documented", async () => {
        const minimal = program("minimal").map((one) =>
            one.name === "company" ? { ...one, args: { domain: "acme-2", name: "Acme Two" } } : one,
        );
        it_.declare(minimal);
        await up();
        expect(await organization()).toMatchObject({
            description: null,
            industry: "unspecified",
            homepage: null,
            facebook: null,
            perm_member_manage: "Member or above",
            perm_auth_domains: null,
            owner_defined: null,
            billing_email: "invoices@example.com",
        });
        expect(await workspace()).toMatchObject({
            description: null,
            perm_join: "Member or above",
            intelligence: false,
            archived: false,
            owner_defined: null,
            folder_name: "acme-design-build",
        });
        expect(await person("ann@example.com")).toMatchObject({ expires: null, permissions: "member" });
        await expectConverged();
    });

    test("a change behind its back shows in the preview after a refresh, by property, and is repaired", async () => {
        await it_.api("POST", `org/${ids.company}/update/`, { name: "Changed by hand" });
        await it_.api("POST", `workspace/${ids.design}/update/`, { perm_join: "Only Org Owners" });
        const { id } = await person("ann@example.com");
        await it_.api("POST", `workspace/${ids.design}/member/${id}/update/`, { permissions: "guest" });
        await it_.stack.refresh();
        const preview = await it_.stack.preview();
        expect(preview.changeSummary).toEqual({ same: 3, update: 3 });
        for (const property of ["~name", "~permJoin", "~role"]) expect(preview.stdout).toContain(`[diff: ${property}]`);
        await up();
        expect(await organization()).toMatchObject({ name: "Acme Two" });
        expect(await workspace()).toMatchObject({ perm_join: "Member or above" });
        expect(await person("ann@example.com")).toMatchObject({ permissions: "member" });
        await expectConverged();
    });

    test("renaming parents shows no replacement below them", async () => {
        const renamed = program("minimal").map((one) => {
            if (one.name === "company") return { ...one, args: { domain: "acme-3", name: "Acme Three" } };
            return one.name === "design"
                ? { ...one, args: { ...one.args, name: "Renamed", folderName: "acme-renamed" } }
                : one;
        });
        it_.declare(renamed);
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 4, update: 2 });
        const before = ids;
        await up();
        expect(ids).toEqual(before);
        await expectConverged();
    });

    test("a member who is gone is added again, and who declined is not asked again", async () => {
        const { id } = await person("ann@example.com");
        await it_.api("DELETE", `workspace/${ids.design}/members/${id}/`);
        await it_.control("POST", "invitations/decline", { email: "bob@example.com" });
        const { tokens } = await it_.api("GET", `org/${ids.company}/transfer/token/list/`);
        await it_.api("DELETE", `org/${ids.company}/transfer/token/${tokens[0]?.id}/`);
        await it_.stack.refresh();
        const preview = await it_.stack.preview();
        expect(preview.changeSummary).toEqual({ same: 5, create: 1 });
        await up();
        expect(await person("ann@example.com")).toMatchObject({ status: "active" });
        expect(await person("bob@example.com")).toEqual({});
        expect((await it_.census()).transferTokens).toBe(0);
        await expectConverged();
    });

    test("renaming a resource in the program keeps the object", async () => {
        const declarations = program("minimal").map((one) => {
            if (one.name === "company") return { ...one, args: { domain: "acme-3", name: "Acme Three" } };
            if (one.name === "design")
                return { ...one, args: { ...one.args, name: "Renamed", folderName: "acme-renamed" } };
            return one.name === "ann" ? { ...one, name: "anna" } : one;
        });
        it_.declare(declarations);
        const { id } = await person("ann@example.com");
        const result = await up();
        expect(result.summary.resourceChanges).toMatchObject({ create: 1, delete: 1 });
        expect(result.stdout).toContain("taken over");
        expect(await person("ann@example.com")).toMatchObject({ id, status: "active" });
        await expectConverged();
    });

    test("a closed workspace whose declared name stays reserved is an error that says so, and is made again once the name is free", async () => {
        await it_.api("DELETE", `workspace/${ids.design}/delete/?confirm=${ids.design}`);
        await it_.stack.refresh();
        expect((await it_.stack.preview()).changeSummary).toEqual({ same: 3, create: 3 });
        await expect(it_.stack.up()).rejects.toThrow(/folderName.*acme-renamed.*kept by a closed workspace/s);
        await it_.control("POST", "names", { keepClosed: false });
        await up();
        expect(await workspace()).toMatchObject({ folder_name: "acme-renamed" });
        await expectConverged();
        await it_.control("POST", "names", { keepClosed: true });
    });

    test("a workspace that holds a file is not deleted, and what is in the way is named", async () => {
        await it_.api("POST", `workspace/${ids.design}/storage/root/createnote/`, {
            name: "plan.md",
            content: "# Plan",
        });
        it_.declare(
            program("minimal")
                .filter(({ name }) => name === "company")
                .map((one) => ({ ...one, args: { domain: "acme-3", name: "Acme Three" } })),
        );
        await expect(it_.stack.up()).rejects.toThrow(
            /the workspace \d{19} above it holds 1 file.*nothing below it is deleted.*forceDestroy/s,
        );
        expect((await it_.census()).workspaces).toBe(1);
        await it_.api("DELETE", `workspace/${ids.design}/storage/${await noteId()}/delete/`);
    });

    const noteId = async () => (await it_.api("GET", `workspace/${ids.design}/storage/root/list/`)).nodes.items[0]?.id;

    test("a token of the stack configuration that was revoked does not lock the user out of a refresh, and is an error in an up", async () => {
        const { api_key: key } = await it_.api("POST", "user/auth/key/", { memo: "rotated" });
        await it_.stack.setConfig({ "fastio:token": { value: key, secret: true } });
        await it_.stack.up();
        const { api_keys: keys } = await it_.api("GET", "user/auth/keys/");
        const { id } = keys.find(({ memo }) => memo === "rotated") ?? {};
        await it_.api("DELETE", `user/auth/key/${id}/`);
        const refreshed = await it_.stack.refresh();
        expect(refreshed.stdout).toMatch(/rejects.*fastio:token.*agent@example\.com/s);
        it_.declare([
            ...program("minimal"),
            { kind: "TransferToken", name: "another", args: { organizationId: "$company.id" } },
        ]);
        await expect(it_.stack.up()).rejects.toThrow(/fastio:token/);
        canaries.push(key);
        await it_.stack.setConfig({ "fastio:token": { value: it_.emulator.token, secret: true } });
        it_.declare(
            program("minimal")
                .filter(({ name }) => name === "company")
                .map((one) => ({ ...one, args: { domain: "acme-3", name: "Acme Three" } })),
        );
        await it_.stack.up();
    });

    test("destroy leaves nothing, and a second one has nothing to do", async () => {
        await it_.stack.destroy();
        expect(Object.values(await it_.census()).every((count) => count === 0)).toBe(true);
        const requests = await it_.requestsOf(() => it_.stack.destroy());
        expect(requests).toEqual([]);
        expect((await it_.ledgerAfter()).filter(({ unknown }) => unknown)).toEqual([]);
    });

    test("no secret was printed by any run, and none stands in the state in plain text", async () => {
        const state = JSON.stringify(await it_.stack.exportStack());
        for (const canary of canaries) {
            expect(it_.printed.includes(canary)).toBe(false);
            expect(state.includes(canary)).toBe(false);
        }
    });
});

describe.each(availableEngines())("sign-in with e-mail and password on $name", (engine) => {
    const password = "canary-of-a-password";

    test("works from the stack configuration, says which source was rejected, and never shows the password", async () => {
        const stack = await Fixture.open(engine, {});
        try {
            await stack.control("POST", "accounts", { email: "builder@example.com", accountType: "agent", password });
            const config = {
                "fastio:email": { value: "builder@example.com" },
                "fastio:password": { value: `${password}-wrong`, secret: true },
            };
            await stack.stack.setConfig(config);
            stack.declare([{ kind: "Organization", name: "company", args: sample("Organization", "minimal") }]);
            await expect(stack.stack.up()).rejects.toThrow(
                /stack configuration \(fastio:token, or fastio:email and fastio:password\)/,
            );
            await stack.stack.setConfig({ ...config, "fastio:password": { value: password, secret: true } });
            await stack.stack.up();
            expect(Object.keys((await stack.stack.refresh()).summary.resourceChanges ?? {})).toEqual(["same"]);
            await stack.stack.destroy();
            expect((await stack.census()).organizations).toBe(0);
            expect(stack.printed.includes(password)).toBe(false);
            expect(JSON.stringify(await stack.stack.exportStack()).includes(password)).toBe(false);
        } finally {
            await stack.close();
        }
    });
});
