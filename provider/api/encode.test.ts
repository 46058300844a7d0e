import { address, encodeBody } from "./encode";
import { ConfigurationError } from "./errors";

const base = new URL("https://api.fast.io/current/");
const request = { operation: "test", method: "GET" as const, path: ["ping"] };

test("segments are percent-encoded, and a slash ends the path", () => {
    const path = ["org", "acme", "members", "ann+x@example.com", "a/b?c#d", "ünï"];
    expect(address(base, { ...request, path }).href).toBe(
        "https://api.fast.io/current/org/acme/members/ann%2Bx%40example.com/a%2Fb%3Fc%23d/%C3%BCn%C3%AF/",
    );
});

test.each(["", ".", ".."])("a segment %p would lead to another address", (segment) => {
    expect(() => address(base, { ...request, path: ["org", segment, "close"] })).toThrow(ConfigurationError);
});

test("booleans, numbers and null go as text", async () => {
    const form = { a: true, b: 3, c: null, d: "x y&z" };
    const body = await encodeBody({ ...request, method: "POST", form });
    expect(body?.type).toBe("application/x-www-form-urlencoded");
    expect(Buffer.from(body?.bytes ?? []).toString()).toBe("a=true&b=3&c=null&d=x+y%26z");
    expect(address(base, { ...request, query: form }).search).toBe("?a=true&b=3&c=null&d=x+y%26z");
});

test("a DELETE carries its form in the query and in the body", async () => {
    const parts = { ...request, method: "DELETE" as const, query: { a: 1 }, form: { confirm: "acme" } };
    expect(address(base, parts).search).toBe("?a=1&confirm=acme");
    expect(Buffer.from((await encodeBody(parts))?.bytes ?? []).toString()).toBe("confirm=acme");
});

test("a POST without parameters is an empty form, or the JSON that was asked for", async () => {
    expect((await encodeBody({ ...request, method: "POST" }))?.bytes).toHaveLength(0);
    const body = await encodeBody({ ...request, method: "POST", json: {} });
    expect(body).toEqual({ type: "application/json", bytes: Buffer.from("{}") });
});

test("multipart: fields, then the file byte for byte", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const file = { part: "file", name: 'a "b".png', type: "image/png", bytes };
    const body = await encodeBody({ ...request, method: "POST", multipart: { fields: { size: 256 }, file } });
    const form = await new Response(body?.bytes as Uint8Array<ArrayBuffer>, {
        headers: { "content-type": body?.type ?? "" },
    }).formData();
    expect(form.get("size")).toBe("256");
    const sent = form.get("file") as File;
    expect([sent.name, sent.type]).toEqual(['a "b".png', "image/png"]);
    expect(new Uint8Array(await sent.arrayBuffer())).toEqual(bytes);
});
