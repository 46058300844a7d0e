/** A stack whose credential sees nothing any more, on every engine: the refresh fails and says so, the state keeps all, and what is really gone leaves it alone. */
import type { Properties } from "../../provider/core/define";
import { columns, fewerColumns } from "../lifecycle/columns";
import { Fixture } from "../lifecycle/fixture";
import { names, wholeProgram } from "../lifecycle/whole-program";
import { soaking } from "./reliability";

jest.setTimeout(300_000);

/** One of each kind, and what is above it. */
const declared = wholeProgram("full", names).filter(
    ({ name }) => !/^(workspace|share)-[12]/.test(name) && !/person-[1-9]/.test(name),
);
/** The stack's own resource counts as well. */
const count = declared.length + 1;

describe.each(soaking ? columns() : fewerColumns())("on $name", ({ engine, files }) => {
    let it_: Fixture;
    let key: { api_key: string; id: string };

    beforeAll(async () => {
        it_ = await Fixture.open(engine, undefined, { files });
        key = (await it_.api("POST", "user/auth/key/", {})) as unknown as typeof key;
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl, FASTIO_TOKEN: key.api_key });
        it_.declare(declared);
        await it_.stack.up();
    });
    afterAll(() => it_?.close());

    const reach = (scope: string | undefined) =>
        it_.api("POST", `user/auth/key/${key.id}/`, { scopes: scope === undefined ? "null" : `["${scope}"]` });

    /** What the state knows of each resource; what is encrypted looks different after every run. */
    async function known(): Promise<Map<string, object>> {
        const { deployment } = await it_.stack.exportStack();
        const plain = JSON.stringify(deployment, (key, value) => (key === "ciphertext" ? "secret" : value));
        const { resources } = JSON.parse(plain) as { resources: (Properties & { urn: string; type: string })[] };
        const own = resources.filter(({ type }) => !type.startsWith("pulumi:providers:"));
        return new Map(own.map(({ urn, id, inputs, outputs }) => [urn, { id, inputs, outputs }]));
    }

    async function refusal(): Promise<string> {
        return it_.stack.refresh().then(
            ({ stdout }) => `the refresh passes: ${stdout}`,
            (error: Error) => error.message,
        );
    }

    test("a token that lost its scope, and then is none any more, fails the refresh and empties nothing", async () => {
        const before = await known();
        expect(before.size).toBe(count);

        await reach(`org:${"7".repeat(19)}:rw`);
        const denied = await refusal();
        expect(denied).toMatch(
            /reading .* failed: .*The scopes of this API key do not reach this object.* This is what agent@example\.com \(account \d+\) sees on http:\S+\. Nothing leaves the state/s,
        );
        expect(await known()).toEqual(before);

        await it_.api("DELETE", `user/auth/key/${key.id}/`);
        expect(await refusal()).toMatch(/reading .* failed: .*the service rejects the token from the environment/s);
        expect(await known()).toEqual(before);
    });

    test("a single folder that is really gone leaves the state, and nothing else does", async () => {
        await it_.stack.setEnv({ FASTIO_BASE_URL: it_.baseUrl, FASTIO_TOKEN: it_.emulator.token });
        const before = await known();
        const [gone = "", { id }] = [...before].find(([urn]) => urn.endsWith("::workspace-0-c")) as [
            string,
            { id: string },
        ];
        const [workspaceId, folderId] = id.split("/");
        await it_.api("DELETE", `workspace/${workspaceId}/storage/${folderId}/delete/`);
        const { summary } = await it_.stack.refresh();
        expect(summary.resourceChanges).toEqual({ delete: 1, same: count - 1 });
        before.delete(gone);
        expect([...(await known()).keys()].sort()).toEqual([...before.keys()].sort());
    });
});
