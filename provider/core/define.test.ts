import * as z from "zod";
import { roomKind } from "../../tests/verbs/toy-room";
import { metaOf, propertyNames, uniqueInput } from "./define";

const room = roomKind();

test("metadata is found on either side of optional()", () => {
    expect(metaOf(room, "forceDestroy").providerOnly).toBe(true);
    expect(metaOf(room, "contact").reset).toBe("keep");
    expect(metaOf(room, "url").description).toBeDefined();
    expect(metaOf(room, "unheard-of")).toEqual({});
});

test("the natural key and the order of properties", () => {
    expect(uniqueInput(room)).toBe("code");
    expect(propertyNames(room.inputs).slice(0, 3)).toEqual(["buildingId", "name", "code"]);
});

test("a mistake in a definition is found while it is loaded", () => {
    expect(() => roomKind({ wire: { nmae: "title" } })).toThrow("Room.wire names nmae, which is no property");
    expect(() => roomKind({ outputs: z.object({ url: z.string() }) })).toThrow("Room.url has no description");
});
