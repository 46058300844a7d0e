import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { address, type Body, encodeBody } from "./encode";
import { ConfigurationError } from "./errors";

const base = new URL("https://api.fast.io/current/");
const request = { operation: "test", method: "GET" as const, path: ["ping"] };

/** What is sent, of exactly the announced length. */
async function sent(body: Body | undefined): Promise<Buffer> {
    if (body === undefined) throw new Error("there is no body");
    const bytes = await buffer(Readable.from(body.open()));
    expect(bytes).toHaveLength(body.size);
    return bytes;
}

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
    const body = encodeBody({ ...request, method: "POST", form });
    expect(body?.type).toBe("application/x-www-form-urlencoded");
    expect((await sent(body)).toString()).toBe("a=true&b=3&c=null&d=x+y%26z");
    expect(address(base, { ...request, query: form }).search).toBe("?a=true&b=3&c=null&d=x+y%26z");
});

test("a DELETE carries its form in the query and in the body", async () => {
    const parts = { ...request, method: "DELETE" as const, query: { a: 1 }, form: { confirm: "acme" } };
    expect(address(base, parts).search).toBe("?a=1&confirm=acme");
    expect((await sent(encodeBody(parts))).toString()).toBe("confirm=acme");
});

test("a POST without parameters is an empty form, or the JSON that was asked for", async () => {
    expect(await sent(encodeBody({ ...request, method: "POST" }))).toHaveLength(0);
    const body = encodeBody({ ...request, method: "POST", json: {} });
    expect([body?.type, (await sent(body)).toString()]).toEqual(["application/json", "{}"]);
});

test("multipart: fields, then the file byte for byte, each time anew", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const content = { size: 256, open: () => [bytes.subarray(0, 100), bytes.subarray(100)] };
    const file = { part: "file", name: 'a "b".png', type: "image/png", content };
    const body = encodeBody({ ...request, method: "POST", multipart: { fields: { size: 256 }, file } });
    for (const _ of ["first", "again"]) {
        const form = await new Response(new Uint8Array(await sent(body)), {
            headers: { "content-type": body?.type ?? "" },
        }).formData();
        expect(form.get("size")).toBe("256");
        const arrived = form.get("file") as File;
        expect([arrived.name, arrived.type]).toEqual(['a "b".png', "image/png"]);
        expect(new Uint8Array(await arrived.arrayBuffer())).toEqual(bytes);
    }
});
