import { defaultBaseUrl, readSettings } from "./config";

const settingsOf = (stack: Record<string, string>, environment: Record<string, string> = {}) =>
    readSettings((key) => stack[key], environment);

describe("credentials", () => {
    test("the stack's configuration before the environment, each as one source with a name for errors", () => {
        const { credentials } = settingsOf(
            { token: "from the stack" },
            { FASTIO_TOKEN: "from the environment", FASTIO_EMAIL: "a@x.org", FASTIO_PASSWORD: "p" },
        );
        expect(credentials).toEqual([
            { name: expect.stringContaining("fastio:token"), token: "from the stack" },
            {
                name: expect.stringContaining("FASTIO_TOKEN"),
                token: "from the environment",
                email: "a@x.org",
                password: "p",
            },
        ]);
    });

    test("FASTIO_TOKEN before FASTIO_API_KEY", () => {
        expect(settingsOf({}, { FASTIO_TOKEN: "t", FASTIO_API_KEY: "k" }).credentials[0]?.token).toBe("t");
        expect(settingsOf({}, { FASTIO_API_KEY: "k" }).credentials).toEqual([
            { name: expect.stringContaining("FASTIO_API_KEY"), token: "k" },
        ]);
    });

    test("half a pair is handed on, so that the client refuses it by its name", () => {
        expect(settingsOf({ email: "a@x.org" }).credentials).toEqual([
            { name: expect.stringContaining("stack configuration"), email: "a@x.org" },
        ]);
    });

    test("none, an empty variable included, is no error here: previews need none", () => {
        expect(settingsOf({}, { FASTIO_TOKEN: "" }).credentials).toEqual([]);
    });
});

describe("the rest", () => {
    test("the base URL: stack, environment, default", () => {
        const environment = { FASTIO_BASE_URL: "https://env.example/" };
        expect(settingsOf({ baseUrl: "https://stack.example/" }, environment).baseUrl).toBe("https://stack.example/");
        expect(settingsOf({}, environment).baseUrl).toBe("https://env.example/");
        expect(settingsOf({}).baseUrl).toBe(defaultBaseUrl);
    });

    test("the former base URL only where it is set", () => {
        expect(settingsOf({})).not.toHaveProperty("formerBaseUrl");
        expect(settingsOf({ formerBaseUrl: "https://old.example" }).formerBaseUrl).toBe("https://old.example");
    });

    test.each(["requestsPerMinute", "maxWaitSeconds"])("%s is a number above 0", (key) => {
        expect(settingsOf({ [key]: "30" })).toMatchObject({ [key]: 30 });
        expect(settingsOf({})).not.toHaveProperty(key);
        for (const wrong of ["0", "-1", "many", ""])
            expect(() => settingsOf({ [key]: wrong })).toThrow(`fastio:${key} must be a number above 0`);
    });

    test.each([
        [{ logRequests: "true" }, {}, true],
        [{}, { FASTIO_LOG_REQUESTS: "1" }, true],
        [{ logRequests: "false" }, { FASTIO_LOG_REQUESTS: "1" }, false],
        [{}, {}, false],
    ])("requests are logged: %j %j %s", (stack, environment, expected) => {
        expect(settingsOf(stack as Record<string, string>, environment as Record<string, string>).logRequests).toBe(
            expected,
        );
    });

    test("the authenticator's secret: stack, environment, none", () => {
        const environment = { FASTIO_TOTP_SECRET: "B" };
        expect(settingsOf({ totpSecret: "A" }, environment).totpSecret).toBe("A");
        expect(settingsOf({}, environment).totpSecret).toBe("B");
        expect(settingsOf({})).not.toHaveProperty("totpSecret");
    });

    test("a former base URL that is no URL is refused by its name", () => {
        expect(() => settingsOf({ formerBaseUrl: "fast.io" })).toThrow(/fastio:formerBaseUrl .*such as "https:/);
    });
});
