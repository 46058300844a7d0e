import { building, roomKind, urnOf } from "../../tests/verbs/toy-room";
import { check, longestText, pathText } from "./check";
import type { Properties } from "./define";
import { unknownValue } from "./unknown";

const room = roomKind();
const good = { buildingId: building, name: "Red room" };

const failuresOf = (inputs: Properties, old: Properties = {}) => check(room, old, inputs).failures;
const inputsOf = (inputs: Properties, old: Properties = {}) => check(room, old, inputs).inputs;

describe("refusals name the property by its path", () => {
    test.each<[string, Properties, string, RegExp]>([
        ["a required property is missing", { name: "Red room" }, "buildingId", /^is required$/],
        ["null is as good as absent", { buildingId: null }, "buildingId", /^is required$/],
        [
            "a parent's name in place of its id, with the function that finds it",
            { ...good, buildingId: "acme" },
            "buildingId",
            /19-digit id of a building.*getBuildingOutput\(\{ name \}\)\.id/,
        ],
        ["an id that is a number", { ...good, buildingId: 1000000000000000 }, "buildingId", /19-digit|string/],
        ["an enum", { ...good, access: "Somebody" }, "access", /^must be one of "Nobody", "Everybody"$/],
        ["too short a text", { ...good, name: "R" }, "name", /at least 2/],
        ["a control character", { ...good, name: "Red\u0007room" }, "name", /control characters/],
        ["a line break where none is allowed", { ...good, name: "Red\nroom" }, "name", /control characters/],
        ["a wrong date", { ...good, access: "Everybody", opens: "tomorrow" }, "opens", /date and time such as/],
        [
            "an impossible date",
            { ...good, access: "Everybody", opens: "2027-13-01 10:00:00" },
            "opens",
            /date and time/,
        ],
        ["an element of a list", { ...good, members: ["ann"] }, "members[0]", /./],
        [
            "a property of an element",
            {
                ...good,
                members: [
                    { email: "a@x.org", role: "guest" },
                    { email: "b@x.org", role: "guest" },
                    { email: "c@x.org", role: "owner" },
                ],
            },
            "members[2].role",
            /must be one of "guest", "keeper"/,
        ],
        [
            "a missing property of an element",
            { ...good, members: [{ email: "a@x.org" }] },
            "members[0].role",
            /^is required$/,
        ],
        [
            "deeper still",
            { ...good, members: [{ email: "a@x.org", role: "guest", hours: { from: "nine" } }] },
            "members[0].hours.from",
            /./,
        ],
    ])("%s", (_case, inputs, property, reason) => {
        expect(failuresOf(inputs)).toEqual([{ property, reason: expect.stringMatching(reason) }]);
    });

    test("each wrong property is named once, all in one go", () => {
        const failures = failuresOf({ name: "R", access: "x", size: "big" });
        expect(failures.map(({ property }) => property).sort()).toEqual(["access", "buildingId", "name", "size"]);
    });

    test("a refusal never repeats the value, which may be a secret", () => {
        const [failure] = failuresOf({ ...good, password: "abc" });
        expect(failure).toEqual({ property: "", reason: expect.stringMatching(/^password: (?!.*abc)/) });
    });

    test("paths", () => {
        expect(pathText(["links", 1, "url"])).toBe("links[1].url");
        expect(pathText([])).toBe("");
    });
});

describe("unknown properties", () => {
    test.each([
        ["a slip", { ...good, nmae: "x" }, "nmae", "is not a property of Room; did you mean name?"],
        [
            "wrong case",
            { ...good, buildingID: building },
            "buildingID",
            "is not a property of Room; did you mean buildingId?",
        ],
        ["nothing near", { ...good, temperature: 3 }, "temperature", "is not a property of Room"],
        ["an output", { ...good, url: "x" }, "url", "is an output: the service sets it, a program cannot"],
        [
            "nested",
            { ...good, members: [{ email: "a@x.org", role: "guest", rol: "guest" }] },
            "members[0].rol",
            "is not a property of members[0]; did you mean role?",
        ],
        [
            "deeply nested",
            { ...good, members: [{ email: "a@x.org", role: "guest", hours: { from: 1, untl: 2 } }] },
            "members[0].hours.untl",
            "is not a property of members[0].hours; did you mean until?",
        ],
    ])("%s", (_case, inputs, property, reason) => {
        expect(failuresOf(inputs)).toEqual([{ property, reason }]);
    });

    test("what belongs to the provider is no property of the kind", () => {
        expect(failuresOf({ ...good, __provider: "text", __resource: urnOf("red") })).toEqual([]);
    });
});

describe("unknown values are tolerated at any depth", () => {
    test.each<[string, Properties]>([
        ["a required id", { ...good, buildingId: unknownValue }],
        ["an enum", { ...good, access: unknownValue }],
        ["a number", { ...good, size: unknownValue }],
        ["a date", { ...good, access: "Everybody", opens: unknownValue }],
        ["a whole list", { ...good, members: unknownValue }],
        ["an element", { ...good, members: [unknownValue] }],
        ["a property of an element", { ...good, members: [{ email: unknownValue, role: unknownValue }] }],
        ["an object within", { ...good, members: [{ email: "a@x.org", role: "guest", hours: unknownValue }] }],
        ["free JSON", { ...good, notes: { deep: [{ er: unknownValue }] } }],
    ])("%s", (_case, inputs) => {
        expect(failuresOf(inputs)).toEqual([]);
    });

    test("what is wrong beside an unknown value is still refused", () => {
        const members = [{ email: unknownValue, role: "owner" }];
        expect(failuresOf({ ...good, members })).toEqual([
            { property: "members[0].role", reason: expect.stringContaining("must be one of") },
        ]);
    });
});

describe("rules over several properties", () => {
    test("name their first property", () => {
        expect(failuresOf({ ...good, opens: "2027-01-01 10:00:00" })).toEqual([
            { property: "opens", reason: "needs an access other than Nobody" },
        ]);
    });

    test.each(["opens", "access"])("stay quiet while %s is unknown", (name) => {
        expect(failuresOf({ ...good, opens: "2027-01-01 10:00:00", [name]: unknownValue })).toEqual([]);
    });

    test("see the defaults that check fills in", () => {
        expect(failuresOf({ ...good, opens: "2027-01-01 10:00:00", access: "Everybody" })).toEqual([]);
    });
});

describe("defaults", () => {
    test("3.2 an access-relevant property that is not declared gets its default, so that a change by hand is drift", () => {
        expect(inputsOf(good)).toEqual({ ...good, access: "Nobody" });
    });

    test("others are left alone", () => {
        expect(Object.keys(inputsOf(good)).sort()).toEqual(["access", "buildingId", "name"]);
    });

    test("the name of the resource in the program", () => {
        expect(inputsOf({ buildingId: building, __resource: urnOf("blue") }).name).toBe("blue");
        expect(inputsOf({ ...good, __resource: urnOf("blue") }).name).toBe("Red room");
    });

    test("a declared value, an empty one too, is kept", () => {
        expect(inputsOf({ ...good, access: "Everybody", colour: "" })).toMatchObject({
            access: "Everybody",
            colour: "",
        });
    });
});

describe("3.9 generated names", () => {
    const undeclared = { buildingId: building, __resource: urnOf("Red Room") };

    test("a slug, and seven characters of a hash of parent and URN: the same in every run", () => {
        const { code } = inputsOf(undeclared);
        expect(code).toMatch(/^red-room-[0-9a-f]{7}$/);
        expect(inputsOf(undeclared).code).toBe(code);
    });

    test("another parent, another name, another stack: another code", () => {
        const codes = [
            undeclared,
            { ...undeclared, buildingId: "1000000000000000002" },
            { ...undeclared, __resource: urnOf("red room") },
            { ...undeclared, __resource: urnOf("Red Room").replace("::tests::", "::other::") },
        ].map((inputs) => inputsOf(inputs).code);
        expect(new Set(codes).size).toBe(4);
    });

    test("left out while the parent's id is unknown", () => {
        expect(inputsOf({ ...undeclared, buildingId: unknownValue })).not.toHaveProperty("code");
    });

    test("stays as it was once the object exists, also when it was declared then", () => {
        expect(inputsOf(undeclared, { buildingId: building, code: "as-it-was" }).code).toBe("as-it-was");
    });

    test("is another one in another parent", () => {
        const old = { buildingId: "1000000000000000002", code: "as-it-was" };
        expect(inputsOf(undeclared, old).code).toBe(inputsOf(undeclared).code);
    });

    test("what is generated passes the check", () => {
        for (const name of ["a", "日本語", "-", "…", "Ünïcödé & more", "x".repeat(200), "𝒜".repeat(60), "हिन्दी"])
            expect(failuresOf({ ...undeclared, name: "Room", __resource: urnOf(name) })).toEqual([]);
    });

    test("its longest length is read from the schema", () => {
        expect(longestText(room, "code")).toBe(20);
        expect(longestText(room, "colour")).toBe(Number.MAX_SAFE_INTEGER);
    });
});

describe("3.8 a replacement that would need the same unique name again", () => {
    const old = { ...good, access: "Nobody", code: "red-room", floor: 1 };

    test("is refused, with the property that asks for it and the way out", () => {
        expect(failuresOf({ ...old, floor: 2 }, old)).toEqual([
            { property: "floor", reason: expect.stringMatching(/replaces the room.*same code.*declare another code/) },
        ]);
    });

    test("also when the name differs in case only", () => {
        expect(failuresOf({ ...old, code: "RED-room", floor: 2 }, old)).toHaveLength(1);
    });

    test.each<[string, Properties]>([
        ["another name is declared", { ...old, floor: 2, code: "blue-room" }],
        ["the name is not known yet", { ...old, floor: 2, code: unknownValue }],
        ["the immutable property is not known yet: that shows as a replacement", { ...old, floor: unknownValue }],
        ["nothing immutable changes", { ...old, name: "Green room" }],
    ])("is not, when %s", (_case, inputs) => {
        expect(failuresOf(inputs, old)).toEqual([]);
    });

    test("is not, when a generated name is generated anew in the other parent", () => {
        const { code: _, ...undeclared } = old;
        const moved = { ...undeclared, buildingId: "1000000000000000002", __resource: urnOf("red") };
        expect(failuresOf(moved, old)).toEqual([]);
    });
});
