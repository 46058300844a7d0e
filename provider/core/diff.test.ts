import { building, roomKind, urnOf } from "../../tests/verbs/toy-room";
import type { Properties } from "./define";
import { diff } from "./diff";
import { unknownValue } from "./unknown";

const room = roomKind();
const old = {
    buildingId: building,
    name: "Red room",
    code: "red-room-1234567",
    access: "Nobody",
    colour: "#ff0000",
    opens: "2027-03-01T12:00:00Z",
    size: 12,
    floor: 1,
    members: [{ email: "a@x.org", role: "guest" }],
    notes: { a: 1, b: 2 },
    forceDestroy: false,
};

function diffOf(news: Properties, outputs: Properties = old, definition = room) {
    return diff(definition, { inputs: old, outputs }, news);
}

const none = { differences: [], details: [], changes: false, replaces: [], deleteBeforeReplace: false };

function withoutKey(name: string): Properties {
    return Object.fromEntries(Object.entries(old).filter(([key]) => key !== name));
}

describe("no difference", () => {
    test.each<[string, Properties]>([
        ["the same", old],
        ["a colour in another case", { ...old, colour: "#FF0000" }],
        ["a date in the API's form", { ...old, opens: "2027-03-01 12:00:00" }],
        ["JSON in another order", { ...old, notes: { b: 2, a: 1 } }],
        [
            "3.9 the internal URN: a resource moved into a component is the same resource",
            { ...old, __resource: urnOf("x") },
        ],
        ["3.9 a generated name that is left out while the parent is unknown", withoutKey("code")],
        ["3.2 what the API cannot clear, removed", { ...old, contact: undefined }],
    ])("%s", (_case, news) => {
        expect(diffOf(news)).toEqual(none);
    });

    test("3.1 outputs that drifted: they serve drift, not the diff", () => {
        expect(diffOf(old, { ...old, name: "By hand", access: "Everybody" })).toEqual(none);
    });

    test("3.2 a property whose value is the contract's default already, removed", () => {
        const known = { inputs: { ...old, size: 10 }, outputs: {} };
        expect(diff(room, known, withoutKey("size"))).toEqual(none);
    });
});

describe("changes in place", () => {
    test.each<[string, Properties, string, string, string?]>([
        ["another value", { ...old, name: "Blue room" }, "name", "update"],
        ["a value where there was none", { ...old, contact: "a@x.org" }, "contact", "add"],
        ["3.2 a removed property", withoutKey("colour"), "colour", "delete"],
        ["3.2 a removed property with a default of the contract", withoutKey("size"), "size", "delete"],
        ["a declared unique name", { ...old, code: "blue-room" }, "code", "update"],
        [
            "something within a list",
            { ...old, members: [{ email: "a@x.org", role: "keeper" }] },
            "members",
            "update",
            "members[0].role",
        ],
        ["an unknown value", { ...old, name: unknownValue }, "name", "update"],
        ["an unknown value within", { ...old, notes: { a: unknownValue, b: 2 } }, "notes", "update", "notes.a"],
        ["a provider-only property", { ...old, forceDestroy: true }, "forceDestroy", "update"],
    ])("%s", (_case, news, property, kind, path = property) => {
        expect(diffOf(news)).toEqual({
            ...none,
            changes: true,
            differences: [{ property, kind, replace: false }],
            details: [{ path, kind, replace: false, ofInputs: true }],
        });
    });

    test("by path: what came, what went and what became another", () => {
        const members = [{ email: "a@x.org" }, { email: "b@x.org", role: "guest" }];
        const notes = { a: 1, "not a name": [null], valueOf: 1 };
        const paths = diffOf({ ...old, members, notes }).details.map(({ path, kind }) => [path, kind]);
        expect(paths).toEqual([
            ["members[0].role", "delete"],
            ["members[1]", "add"],
            ["notes.b", "delete"],
            ['notes["not a name"]', "add"],
            ["notes.valueOf", "add"],
        ]);
    });

    test("3.8 a provider-only property is never a replacement, not even when it is unknown", () => {
        expect(diffOf({ ...old, forceDestroy: unknownValue }).replaces).toEqual([]);
    });
});

describe("replacements", () => {
    test.each<[string, Properties]>([
        ["another value of an immutable property", { ...old, floor: 2 }],
        ["3.8 an unknown value against a known one", { ...old, floor: unknownValue }],
        ["an immutable property removed", withoutKey("floor")],
    ])("%s", (_case, news) => {
        expect(diffOf(news)).toMatchObject({ changes: true, replaces: ["floor"], deleteBeforeReplace: false });
    });

    test("a parent that is not known yet", () => {
        expect(diffOf({ ...old, buildingId: unknownValue }).replaces).toEqual(["buildingId"]);
    });

    test("3.8 guarded kinds delete first", () => {
        const guarded = roomKind({ guard: async () => [] });
        expect(diffOf({ ...old, floor: 2 }, old, guarded).deleteBeforeReplace).toBe(true);
        expect(diffOf({ ...old, name: "Blue" }, old, guarded).deleteBeforeReplace).toBe(false);
    });
});

describe("what the recorded state demands", () => {
    const demanding = roomKind({
        demands: ({ outputs }) =>
            outputs.status === "lapsed"
                ? { action: "update", property: "status" }
                : outputs.status === "over"
                  ? { action: "replace", property: "status" }
                  : undefined,
    });

    test.each([
        ["lapsed", { changes: true, replaces: [] }],
        ["over", { changes: true, replaces: ["status"] }],
        ["active", { changes: false, replaces: [] }],
    ])("%s", (status, expected) => {
        const result = diffOf(old, { ...old, status }, demanding);
        expect(result).toMatchObject({ ...expected, differences: [] });
        const detail = { path: "status", kind: "update", replace: status === "over", ofInputs: false };
        expect(result.details).toEqual(status === "active" ? [] : [detail]);
    });
});

test("4.5 the direction of a refresh: fresh state as old, stored inputs as new, names what drifted", () => {
    const fresh = { ...old, name: "By hand" };
    expect(diff(room, { inputs: fresh, outputs: fresh }, old).differences).toEqual([
        { property: "name", kind: "update", replace: false },
    ]);
});

test("3.13 no clock is asked", () => {
    const now = jest.spyOn(Date, "now").mockImplementation(() => {
        throw new Error("the clock was asked");
    });
    try {
        expect(diffOf({ ...old, opens: "2027-03-01 13:00:00" }).changes).toBe(true);
    } finally {
        now.mockRestore();
    }
});
