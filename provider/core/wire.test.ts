import { roomKind } from "../../tests/verbs/toy-room";
import { fromAnswer, toApiTime, toForm, toRfc3339 } from "./wire";

const room = roomKind({
    wire: { name: "title", size: "size", opens: "opens", notes: "notes", archived: "archived", url: "address" },
});

describe("to the service", () => {
    test("under the API's keys; what has no key is left out", () => {
        expect(toForm(room, { name: "Red", size: 12, colour: "#ff0000", forceDestroy: true })).toEqual({
            title: "Red",
            size: 12,
        });
    });

    test.each([
        ["2027-03-01T12:00:00Z", "2027-03-01 12:00:00"],
        ["2027-03-01T14:00:00+02:00", "2027-03-01 12:00:00"],
        ["2027-03-01 12:00:00", "2027-03-01 12:00:00"],
        ["2027-03-01 12:00:00 UTC", "2027-03-01 12:00:00"],
    ])("the date %s in the one form that every endpoint takes", (declared, sent) => {
        expect(toForm(room, { opens: declared })).toEqual({ opens: sent });
    });

    test("free JSON encoded as a string, a JSON string too", () => {
        expect(toForm(room, { notes: { a: [1, null] } })).toEqual({ notes: '{"a":[1,null]}' });
        expect(toForm(room, { notes: "text" })).toEqual({ notes: '"text"' });
    });

    test("3.2 a removed property and an empty one are cleared with null", () => {
        expect(toForm(room, { name: "" }, ["notes", "colour"])).toEqual({ title: null, notes: null });
    });

    test("undefined sends nothing, false and 0 do", () => {
        expect(toForm(room, { name: undefined, archived: false, size: 0 })).toEqual({ archived: false, size: 0 });
    });

    test("an output is never sent", () => {
        expect(toForm(room, { url: "x" })).toEqual({});
    });
});

describe("from the service", () => {
    test("what the answer holds, and no more", () => {
        expect(fromAnswer(room, { title: "Red", unheard_of: 1 })).toEqual({ name: "Red" });
    });

    test.each([null, undefined, ""])("nothing as null: %p", (value) => {
        expect(fromAnswer(room, { title: value })).toEqual({ name: null });
    });

    test("dates as RFC 3339", () => {
        expect(fromAnswer(room, { opens: "2027-03-01 12:00:00 UTC" })).toEqual({ opens: "2027-03-01T12:00:00Z" });
    });

    test("free JSON, handed back parsed or as the text that was sent", () => {
        expect(fromAnswer(room, { notes: { a: 1 } })).toEqual({ notes: { a: 1 } });
        expect(fromAnswer(room, { notes: '{"a":1}' })).toEqual({ notes: { a: 1 } });
        expect(fromAnswer(room, { notes: "not JSON" })).toEqual({ notes: "not JSON" });
    });

    test("a flag spelled as text is a flag, a text that spells a flag is a text", () => {
        expect(fromAnswer(room, { archived: "true", title: "true" })).toEqual({ archived: true, name: "true" });
        expect(fromAnswer(room, { archived: false })).toEqual({ archived: false });
    });
});

test.each([
    ["2026-05-18 19:26:25 UTC", "2026-05-18T19:26:25Z"],
    ["2026-05-18 19:26:25", "2026-05-18T19:26:25Z"],
    ["2026-05-18T19:26:25.123Z", "2026-05-18T19:26:25Z"],
    ["2026-05-18T19:26:25-05:00", "2026-05-19T00:26:25Z"],
    ["never", "never"],
])("%s is %s", (text, expected) => {
    expect(toRfc3339(text)).toBe(expected);
});

test("there and back", () => {
    expect(toRfc3339(toApiTime("2026-05-18T19:26:25Z"))).toBe("2026-05-18T19:26:25Z");
});
