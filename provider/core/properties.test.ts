/** What properties share: colours and their spellings, free JSON, the length of a text. */
import * as z from "zod";
import { roomKind } from "../../tests/verbs/toy-room";
import { sameValue } from "./compare";
import { colour, freeJson, plainText, textOfLength } from "./properties";
import { fromAnswer, toForm } from "./wire";

const painted = roomKind({
    inputs: z.object({ paint: colour().meta({ description: "The walls' colour." }).optional() }),
    wire: { paint: "paint" },
});
const same = (one: unknown, other: unknown) => sameValue(painted, "paint", one, other);

test("a colour is its value, however it is written", () => {
    const blue = { r: 0, g: 85, b: 255 };
    for (const spelling of ["#0055ff", "#0055FF", blue, { ...blue, a: 1 }, { ...blue, name: "blue" }])
        expect([spelling, same(spelling, blue)]).toEqual([spelling, true]);
    for (const other of ["#0055fe", { ...blue, a: 0.5 }, null, "blue"])
        expect([other, same(other, blue)]).toEqual([other, false]);
    expect(same({ ...blue, a: 0.5 }, { a: 0.5, b: 255, g: 85, r: 0 })).toBe(true);
});

test("it goes to the service as the object that the service keeps, and comes back as that or as its text", () => {
    expect(toForm(painted, { paint: "#0055Ff" })).toEqual({ paint: '{"r":0,"g":85,"b":255}' });
    expect(toForm(painted, { paint: { r: 1, g: 2, b: 3, a: 0.5 } })).toEqual({ paint: '{"r":1,"g":2,"b":3,"a":0.5}' });
    for (const shown of [{ r: 1, g: 2, b: 3 }, '{"r":1,"g":2,"b":3}'])
        expect(fromAnswer(painted, { paint: shown })).toEqual({ paint: { r: 1, g: 2, b: 3 } });
});

test.each([
    ["blue", ""],
    ["#05f", ""],
    ["#0055fff", ""],
    ["0055ff", ""],
    [1, ""],
    [{ r: 0, g: 85, b: 256 }, "b"],
    [{ r: 0.5, g: 85, b: 255 }, ""],
    [{ r: 0, g: 85, b: 255, a: 2 }, "a"],
])("%j is no colour, and the error says what is", (value, path) => {
    expect(colour().safeParse(value).error?.issues).toMatchObject([
        { path: path === "" ? [] : [path], message: expect.stringMatching(/^must be a colour: "#rrggbb", or/) },
    ]);
});

test("an object has all parts, and no others", () => {
    expect(colour().safeParse({ r: 0, g: 85 }).success).toBe(false);
    expect(colour().safeParse({ r: 0, g: 85, b: 255, alpha: 1 }).success).toBe(false);
});

test("free JSON holds whole numbers only as far as everybody reads them exactly", () => {
    for (const value of [2 ** 53 - 1, -1.5, 1e-300, { a: [{ b: "9007199254740992" }] }, null])
        expect([value, freeJson().safeParse(value).success]).toEqual([value, true]);
    for (const value of [2 ** 53, 1e300, { a: [{ b: -(2 ** 60) }] }])
        expect(freeJson().safeParse(value).error?.issues[0]?.message).toMatch(/write them as text/);
});

test("a text is as long as it has code points, in the program and in the schema", () => {
    const folder = "\u{1f4c1}";
    const problems = (length: number) =>
        plainText(2, 5)
            .safeParse(folder.repeat(length))
            .error?.issues.map(({ message }) => message);
    expect([2, 5].map(problems)).toEqual([undefined, undefined]);
    expect(problems(1)).toEqual(["must have at least 2 characters"]);
    expect(problems(6)).toEqual(["must have at most 5 characters"]);
    expect(textOfLength(1, 5, "must not be empty").safeParse("").error?.issues[0]?.message).toBe("must not be empty");
    expect(z.toJSONSchema(plainText(2, 5).optional())).toMatchObject({ minLength: 2, maxLength: 5 });
});
