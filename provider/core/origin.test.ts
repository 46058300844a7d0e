import { requireSameService } from "./origin";

const production = "https://api.fast.io";
const refuse = (recorded: unknown, origin: string, former?: string) => () =>
    requireSameService("workspace 1", { __service: recorded }, origin, former);

describe("3.6 the origin in the state", () => {
    test("another one is refused, and both are named, with the way out", () => {
        expect(refuse(production, "http://127.0.0.1:4010")).toThrow(
            /workspace 1 was made on https:\/\/api\.fast\.io.*http:\/\/127\.0\.0\.1:4010.*Nothing was requested.*formerBaseUrl/,
        );
    });

    test.each<[string, unknown, string, string | undefined]>([
        ["the same", production, production, undefined],
        ["loopback with another port", "http://127.0.0.1:4010", "http://127.0.0.1:5555", undefined],
        ["loopback under another name", "http://localhost:4010", "http://[::1]:1", undefined],
        ["any address of the loopback network", "http://127.0.0.2:4010", "http://127.0.0.1:1", undefined],
        ["the former address", "https://old.example", production, "https://old.example"],
        ["a state without an origin", undefined, production, undefined],
    ])("%s is not", (_case, recorded, origin, former) => {
        expect(refuse(recorded, origin, former)).not.toThrow();
    });

    test.each<[string, string, string, string | undefined]>([
        ["another port elsewhere", "https://api.fast.io:8443", production, undefined],
        ["another protocol", "https://localhost:1", "http://localhost:1", undefined],
        ["a name that only begins like loopback", "http://127.0.0.1.example.com", "http://127.0.0.1", undefined],
        ["neither the present nor the former", "https://other.example", production, "https://old.example"],
    ])("%s is", (_case, recorded, origin, former) => {
        expect(refuse(recorded, origin, former)).toThrow("was made on");
    });
});
