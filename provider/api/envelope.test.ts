import * as z from "zod";
import { readEnvelope, wrapped } from "./envelope";

function data(body: unknown) {
    const envelope = readEnvelope(200, JSON.stringify(body));
    return envelope.kind === "data" ? envelope.data : envelope;
}

describe("data", () => {
    const org = { id: "1234567890123456789" };

    test.each([true, "yes"])("result %p, at the root", (result) => {
        expect(data({ result, status: "ok", org })).toMatchObject({ org });
    });

    test.each([true, "yes"])("result %p, under response", (result) => {
        expect(data({ result, response: { org }, current_api_version: "1.0" })).toMatchObject({ org });
    });

    test("beside a response that is null", () => {
        expect(data({ result: true, response: null, org })).toMatchObject({ org });
    });

    test("pagination beside the response", () => {
        expect(data({ result: true, response: { orgs: [org] }, pagination: { total: 1 } })).toMatchObject({
            orgs: [org],
            pagination: { total: 1 },
        });
    });

    test("a list as the response itself", () => {
        expect(data({ result: true, response: [org] })).toMatchObject({ response: [org] });
    });

    test("after a byte order mark", () => {
        expect(readEnvelope(200, '\uFEFF{"result":true,"a":1}')).toMatchObject({ kind: "data", data: { a: 1 } });
    });

    test("an id that arrives as a number keeps its digits", () => {
        expect(
            readEnvelope(200, '{"result":true,"id":1234567890123456789,"n":42,"f":0.1234567890123456}'),
        ).toMatchObject({
            data: { id: "1234567890123456789", n: 42, f: 0.1234567890123456 },
        });
        expect(
            readEnvelope(200, '{"result":true,"a":[ 1234567890123456789,\n-2234567890123456789],"b":"c"}'),
        ).toMatchObject({
            data: { a: ["1234567890123456789", "-2234567890123456789"], b: "c" },
        });
        expect(readEnvelope(200, '{"result":true,"text":"a, 1234567890123456789","n":1}')).toMatchObject({
            data: { text: "a, 1234567890123456789", n: 1 },
        });
    });
});

describe("refusals", () => {
    function refusal(status: number, body: unknown) {
        return readEnvelope(status, JSON.stringify(body));
    }

    test("the documented form", () => {
        expect(refusal(406, { result: false, error: { code: 1605, text: "Bad domain" } })).toEqual({
            kind: "refusal",
            class: "invalid",
            code: 1605,
            text: "Bad domain",
        });
    });

    test("result no, a code as text, the text as message", () => {
        expect(refusal(405, { result: "no", error: { code: "405", message: "Not allowed" } })).toEqual({
            kind: "refusal",
            class: "wrong-verb",
            code: 405,
            text: "Not allowed",
        });
    });

    test("a class code in error_code beside a site code", () => {
        expect(refusal(401, { result: false, error: { code: 195654, error_code: "1680", text: "No" } })).toMatchObject({
            class: "denied",
            code: 195654,
        });
    });

    test("flat error_message and error_id", () => {
        expect(refusal(404, { result: false, error_message: "Gone", error_id: 1652 })).toEqual({
            kind: "refusal",
            class: "not-found",
            code: 1652,
            text: "Gone",
        });
    });

    test("messages about fields are added once", () => {
        const params = [
            { name: "domain", kind: "invalid", message: "is taken" },
            { name: "name", kind: "missing" },
        ];
        expect(refusal(400, { result: false, error: { code: 10022, text: "domain: is taken", params } })).toMatchObject(
            {
                class: "invalid",
                text: "domain: is taken; name: missing",
            },
        );
    });

    test("params as an object, and a reason", () => {
        const error = { code: 10022, text: "Wrong input", params: { domain: "is taken" }, reason: "See the list" };
        expect(refusal(400, { result: false, error })).toMatchObject({
            text: "Wrong input; domain: is taken; See the list",
        });
    });

    test("a failure status with a populated body", () => {
        expect(refusal(404, { result: true, nodes: [] })).toMatchObject({ kind: "refusal", class: "not-found" });
    });

    test("a failure with status 200", () => {
        expect(refusal(200, { result: "no", error: { code: 1680, text: "No" } })).toMatchObject({ class: "denied" });
    });
});

describe("what is not the API's own answer", () => {
    test.each([
        ["", "the answer is empty"],
        ["<html>Sign in</html>", "the answer is not JSON"],
        ['{"result": tr', "the answer is not JSON"],
    ])("%p", (text, problem) => {
        expect(readEnvelope(404, text)).toEqual({ kind: "not-json", problem });
    });

    test.each(['{"message":"no such page"}', "[]", "null", '"yes"'])("%s", (text) => {
        expect(readEnvelope(404, text)).toMatchObject({ kind: "shape" });
    });
});

describe("wrapped", () => {
    const schema = wrapped(["org", "organization"], z.object({ id: z.string() }));

    test.each([{ org: { id: "1" } }, { organization: { id: "1" } }, { id: "1" }, { org: null, id: "1" }])(
        "%j",
        (body) => {
            expect(schema.parse(body)).toEqual({ id: "1" });
        },
    );

    test("an object that is nowhere", () => {
        expect(schema.safeParse({ workspace: { id: "1" } }).success).toBe(false);
    });
});
