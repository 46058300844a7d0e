import { roomKind } from "../../tests/verbs/toy-room";
import { sameValue } from "./compare";

const room = roomKind();

describe("equal things are equal", () => {
    test.each<[string, string, unknown, unknown]>([
        ["undefined, null and empty text", "colour", undefined, ""],
        ["null and empty text", "colour", null, ""],
        ["a colour in another case", "colour", "#FF0000", "#ff0000"],
        ["an e-mail address in another case", "contact", "Ann@Example.com", "ann@example.com"],
        ["a date in RFC 3339 and in the API's form", "opens", "2027-03-01T12:00:00Z", "2027-03-01 12:00:00"],
        ["a date as the service writes it", "opens", "2027-03-01T12:00:00Z", "2027-03-01 12:00:00 UTC"],
        ["a date in another zone", "opens", "2027-03-01T12:00:00Z", "2027-03-01T14:00:00+02:00"],
        ["a date with fractions", "opens", "2027-03-01T12:00:00.000Z", "2027-03-01T12:00:00Z"],
        ["JSON with its keys in another order", "notes", { a: 1, b: { c: [1], d: 2 } }, { b: { d: 2, c: [1] }, a: 1 }],
        ["JSON text as the service may hand it back parsed", "notes", "42", 42],
    ])("%s", (_case, name, left, right) => {
        expect(sameValue(room, name, left, right)).toBe(true);
        expect(sameValue(room, name, right, left)).toBe(true);
    });
});

describe("different things are not", () => {
    test.each<[string, string, unknown, unknown]>([
        ["a value and nothing", "colour", "#ff0000", undefined],
        ["false and nothing", "archived", false, undefined],
        ["zero and nothing", "size", 0, null],
        ["a second", "opens", "2027-03-01T12:00:00Z", "2027-03-01T12:00:01Z"],
        ["JSON lists in another order", "notes", [1, 2], [2, 1]],
        ["JSON null and no key", "notes", { a: null }, {}],
        ["text in another case where nothing says otherwise", "name", "Red", "red"],
    ])("%s", (_case, name, left, right) => {
        expect(sameValue(room, name, left, right)).toBe(false);
    });
});
