/** How the functions of the SDK reach the runtime: with plain arguments, once they are known, and as secret as they are. */
import * as pulumi from "@pulumi/pulumi";
import { functions } from "../../provider/functions";
import * as fastio from "../../sdk";

const call = jest.fn(async (_name: string, _args: object, _config: (key: string) => string | undefined) => ({
    id: "7",
}));
jest.mock("pulumi-fastio/runtime", () => ({ call: (...given: Parameters<typeof call>) => call(...given) }), {
    virtual: true,
});

beforeAll(() => {
    pulumi.runtime.setAllConfig({ "fastio:baseUrl": "http://127.0.0.1:1/" });
});
beforeEach(() => call.mockClear());

test("every function of the registry has both forms", () => {
    for (const { name } of functions) {
        expect(fastio).toHaveProperty(name, expect.any(Function));
        expect(fastio).toHaveProperty(`${name}Output`, expect.any(Function));
    }
});

test("the plain form passes arguments and the stack's configuration", async () => {
    expect(await fastio.getOrganization({ domain: "acme" })).toEqual({ id: "7" });
    const [name, args, config] = call.mock.calls[0] ?? [];
    expect([name, args, config?.("baseUrl"), config?.("token")]).toEqual([
        "getOrganization",
        { domain: "acme" },
        "http://127.0.0.1:1/",
        undefined,
    ]);
});

test("an output in the plain form is refused with the form that takes it", async () => {
    const args = { domain: pulumi.output("acme") } as unknown as fastio.GetOrganizationArgs;
    await expect(fastio.getOrganization(args)).rejects.toThrow(
        /domain is an output; getOrganizationOutput takes outputs/,
    );
    expect(call).not.toHaveBeenCalled();
});

test("the output form is as secret as its arguments", async () => {
    const open = fastio.getWorkspaceOutput({ folderName: pulumi.output("acme-design") });
    const hidden = fastio.getWorkspaceOutput({ folderName: pulumi.secret("acme-design") });
    expect(await pulumi.isSecret(open)).toBe(false);
    expect(await pulumi.isSecret(hidden)).toBe(true);
    expect(call.mock.calls.map(([, args]) => args)).toEqual([
        { folderName: "acme-design" },
        { folderName: "acme-design" },
    ]);
});

test("a failure has the runtime's message and is one that Pulumi shows without frames", async () => {
    call.mockRejectedValueOnce(new Error("there is no organization"));
    const failure = await fastio.getOrganization({ domain: "x" }).catch((error: unknown) => error);
    expect(pulumi.RunError.isInstance(failure)).toBe(true);
    expect((failure as Error).message).toBe("there is no organization");
});
