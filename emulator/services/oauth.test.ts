import { Driver } from "../driver";

describe("OAuth", () => {
    const driver = new Driver();
    const register = (method: string, body: object) =>
        driver.request("/current/oauth/register/", {
            method,
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
        });

    it("describes the server where it was asked, outside the API's version", async () => {
        const server = await driver.request("/.well-known/oauth-authorization-server/", {});
        expect(server.body).toMatchObject({
            issuer: "http://127.0.0.1:4010",
            registration_endpoint: "http://127.0.0.1:4010/current/oauth/register/",
            code_challenge_methods_supported: ["S256"],
        });
        const resource = await driver.request("/.well-known/oauth-protected-resource", {});
        expect(resource.body).toMatchObject({ authorization_servers: ["http://127.0.0.1:4010"] });
        expect((await driver.get("/.well-known/oauth-protected-resource/")).outcome).toBe("404/9992");
    });

    it("registers public clients; those of this machine may change", async () => {
        const local = await register("POST", { client_name: "Tool", redirect_uris: ["http://localhost:8080/cb"] });
        expect([local.status, local.body]).toMatchObject([
            201,
            { client_name: "Tool", redirect_uris: ["http://localhost:8080/cb"], token_endpoint_auth_method: "none" },
        ]);
        const client_id = local.text("client_id");
        const redirect_uris = ["http://127.0.0.1:9090/cb"];
        expect((await register("PUT", { client_id, redirect_uris })).at("redirect_uris")).toEqual(redirect_uris);
        expect((await register("PUT", { client_id, redirect_uris: ["https://a.example"] })).outcome).toBe("406/1670");
        expect((await register("PUT", { client_id: "nobody", redirect_uris })).outcome).toBe("404/1652");
        const remote = await register("POST", { redirect_uris: ["https://a.example/cb"] });
        expect((await register("PUT", { client_id: remote.at("client_id"), redirect_uris })).outcome).toBe("406/1670");
    });

    it.each([{}, { redirect_uris: [] }, { redirect_uris: "x" }, { redirect_uris: ["http://a.example/cb"] }])(
        "refuses the registration %j",
        async (body) => {
            expect((await register("POST", body)).outcome).toBe("406/1605");
        },
    );
});
