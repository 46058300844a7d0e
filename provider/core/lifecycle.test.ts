import { building, type Rooms, roomKind, urnOf } from "../../tests/verbs/toy-room";
import type { ApiClient } from "../api/client";
import { ApiError, type ApiErrorClass } from "../api/errors";
import type { Change, Properties, ResourceDefinition } from "./define";
import { PartialFailure, ResourceError } from "./errors";
import { Lifecycle } from "./lifecycle";
import { Session } from "./session";

const origin = "https://rooms.example";

function lifecycleOf(...definitions: ResourceDefinition[]) {
    const warnings: string[] = [];
    const lifecycle = new Lifecycle({
        definitions: new Map(definitions.map((definition) => [definition.kind, definition])),
        client: () => ({ origin }) as ApiClient,
        session: new Session(),
        log: (_severity, message) => {
            warnings.push(message);
        },
    });
    return { lifecycle, warnings };
}

const subject = { kind: "Room", urn: urnOf("red") };
const red = { buildingId: building, name: "Red room", access: "Nobody", code: "red-room" };

function refused(errorClass: ApiErrorClass, apiText = "No"): ApiError {
    return new ApiError({
        operation: "do it",
        class: errorClass,
        status: 406,
        apiText,
        resource: "POST /current/room/",
        attempts: 1,
    });
}

const failureOf = (work: Promise<unknown>) =>
    work.then(
        () => undefined,
        (error: unknown) => error,
    );

describe("3.15 only errors are thrown", () => {
    test.each([
        ["a string", "boom"],
        ["undefined", undefined],
        ["an object", { code: 1 }],
    ])("%s from a definition becomes one", async (_what, thrown) => {
        const { lifecycle } = lifecycleOf(
            roomKind({
                create: () => Promise.reject(thrown),
                read: () => Promise.reject(thrown),
                update: () => Promise.reject(thrown),
                delete: () => Promise.reject(thrown),
            }),
        );
        const known = { inputs: red, outputs: { ...red, __service: origin } };
        for (const work of [
            lifecycle.create(subject, red),
            lifecycle.read(subject, "1", known),
            lifecycle.update(subject, "1", known, { ...red, name: "Blue room" }),
            lifecycle.delete(subject, "1", known),
        ])
            expect(await failureOf(work)).toBeInstanceOf(ResourceError);
    });

    test("they name the verb and the resource as a person calls it", async () => {
        const { lifecycle } = lifecycleOf(roomKind({ create: () => Promise.reject(new Error("no")) }));
        expect(await failureOf(lifecycle.create(subject, red))).toMatchObject({
            message: 'creating room "Red room" failed: no',
        });
    });

    test("they name the property where the service speaks of its own key", async () => {
        const { lifecycle } = lifecycleOf(roomKind({ create: () => Promise.reject(refused("invalid", "title: bad")) }));
        expect(await failureOf(lifecycle.create(subject, red))).toMatchObject({
            message: expect.stringContaining("(title is the property name)"),
        });
    });
});

describe("3.1 outputs", () => {
    test("never hold undefined, and hold the origin", async () => {
        const remote = { ...red, url: "u", floor: undefined, colour: null, notes: { a: undefined, b: null } };
        const { lifecycle } = lifecycleOf(roomKind({ create: async () => ({ id: "1", remote }) }));
        const { outputs } = await lifecycle.create(subject, red);
        expect(outputs).toStrictEqual({ ...red, url: "u", notes: { b: null }, __service: origin });
    });

    test("keep a write-only value as it was declared", async () => {
        const { lifecycle } = lifecycleOf(roomKind());
        const { id, outputs } = await lifecycle.create(subject, { ...red, password: "hidden" });
        expect(outputs.password).toBe("hidden");
        const read = await lifecycle.read(subject, id, { inputs: { ...red, password: "hidden" }, outputs });
        expect([read?.inputs.password, read?.outputs.password]).toEqual(["hidden", "hidden"]);
    });
});

describe("3.2 an update sends what differs and no more", () => {
    const known = {
        inputs: { ...red, size: 12, colour: "#ff0000", contact: "a@x.org", password: "hidden", forceDestroy: true },
        outputs: { ...red, size: 12, colour: "#ff0000", contact: "a@x.org", password: "hidden", __service: origin },
    };

    async function changeTo(inputs: Properties): Promise<Pick<Change, "set" | "clear"> | undefined> {
        let seen: Change | undefined;
        const rooms: Rooms = new Map([["1", { ...known.outputs }]]);
        const toy = roomKind({}, rooms);
        const update: ResourceDefinition["update"] = async (context, id, change) => {
            seen = change;
            return toy.update(context, id, change);
        };
        const { lifecycle } = lifecycleOf({ ...toy, update });
        await lifecycle.update(subject, "1", known, inputs);
        return seen && { set: seen.set, clear: seen.clear };
    }

    test.each<[string, Properties, Pick<Change, "set" | "clear"> | undefined]>([
        ["a value", { ...known.inputs, name: "Blue room" }, { set: { name: "Blue room" }, clear: [] }],
        ["a new value", { ...known.inputs, notes: [1] }, { set: { notes: [1] }, clear: [] }],
        ["a removed one is cleared", { ...known.inputs, colour: undefined }, { set: {}, clear: ["colour"] }],
        ["or set to the contract's default", { ...known.inputs, size: undefined }, { set: { size: 10 }, clear: [] }],
        ["a secret", { ...known.inputs, password: "other" }, { set: { password: "other" }, clear: [] }],
        ["a provider-only property needs no request", { ...known.inputs, forceDestroy: false }, undefined],
    ])("%s", async (_case, inputs, expected) => {
        expect(await changeTo(inputs)).toEqual(expected);
    });
});

describe("3.9 names", () => {
    const generated = { buildingId: building, name: "Red room", access: "Nobody", __resource: urnOf("red") };

    test("five attempts at a generated name, and then the error of the last", async () => {
        const tried: unknown[] = [];
        const create: ResourceDefinition["create"] = async (_context, { code }) => {
            tried.push(code);
            throw refused("duplicate", "room_code is taken");
        };
        const { lifecycle } = lifecycleOf(roomKind({ create }));
        const { inputs } = lifecycle.check(subject, {}, generated);
        expect(await failureOf(lifecycle.create(subject, inputs))).toMatchObject({
            message: expect.stringMatching(
                /code: the service refuses all of "red-[0-9a-f]{7}", .*the name was made here/,
            ),
        });
        expect(new Set(tried).size).toBe(5);
    });

    test.each<[ApiErrorClass, string, number]>([
        ["duplicate", "taken", 2],
        ["exists", "taken", 2],
        ["conflict", "taken", 2],
        ["invalid", "room_code: is reserved", 2],
        ["invalid", "title: too long", 1],
        ["denied", "no", 1],
        ["limit", "no", 1],
    ])("a refusal of class %s (%s) is tried %i times", async (errorClass, text, attempts) => {
        let tried = 0;
        const create: ResourceDefinition["create"] = async () => {
            tried += 1;
            if (tried === 1) throw refused(errorClass, text);
            return { id: "1", remote: { ...red, url: "u" } };
        };
        const { lifecycle } = lifecycleOf(roomKind({ create }));
        const { inputs } = lifecycle.check(subject, {}, generated);
        await failureOf(lifecycle.create(subject, inputs));
        expect(tried).toBe(attempts);
    });

    test("the name that the service keeps is an output, and no drift", async () => {
        const rooms: Rooms = new Map();
        const create: ResourceDefinition["create"] = async (_context, { code, name }) => {
            rooms.set("1", { name, access: "Nobody", code: `acme-${code}`, url: "u" });
            return { id: "1", remote: rooms.get("1") };
        };
        const { lifecycle } = lifecycleOf(roomKind({ create }, rooms));
        const { outputs } = await lifecycle.create(subject, red);
        expect(outputs.code).toBe("acme-red-room");
        const read = await lifecycle.read(subject, "1", { inputs: red, outputs });
        expect(read?.inputs).toEqual(red);
    });
});

describe("3.15 a failure half-way", () => {
    test("after the create: the id, what is confirmed, and what the service shows", async () => {
        const create = async () => ({ id: "1", remote: { ...red, name: "Other", url: "u" } });
        const update = () => Promise.reject(refused("server"));
        const { lifecycle } = lifecycleOf(roomKind({ create, update }));
        const failure = await failureOf(lifecycle.create(subject, { ...red, __resource: urnOf("red") }));
        expect(failure).toBeInstanceOf(PartialFailure);
        const { name: _, ...confirmed } = red;
        expect(failure).toMatchObject({
            id: "1",
            inputs: { ...confirmed, __resource: urnOf("red") },
            outputs: { ...confirmed, name: "Other", url: "u", __service: origin },
        });
        const marker = { __declared: "Red room", __found: "Other" };
        expect((failure as PartialFailure).inputs).toHaveProperty("name", marker);
    });

    test("the next update, which no difference asks for, reads and goes on", async () => {
        const rooms: Rooms = new Map([["1", { ...red, url: "u" }]]);
        const { lifecycle } = lifecycleOf(roomKind({}, rooms));
        const outputs = await lifecycle.update(subject, "1", { inputs: red, outputs: { __service: origin } }, red);
        expect(outputs).toEqual({ ...red, url: "u", __service: origin });
    });
});

describe("3.4 what somebody changed by hand", () => {
    test("is found by the next refresh although an update of something else was answered with it", async () => {
        const rooms: Rooms = new Map([["1", { ...red, access: "Everybody", url: "u" }]]);
        const { lifecycle } = lifecycleOf(roomKind({}, rooms));
        const known = { inputs: red, outputs: { ...red, url: "u", __service: origin } };
        const blue = { ...red, name: "Blue room" };
        const outputs = await lifecycle.update(subject, "1", known, blue);
        expect(outputs).toMatchObject({ name: "Blue room", access: "Nobody" });
        const read = await lifecycle.read(subject, "1", { inputs: blue, outputs });
        expect(read?.inputs).toEqual({ ...blue, access: "Everybody" });
    });
});

describe("3.16 the ceiling of a plan", () => {
    const ceiling = async () => ({ name: "rooms in the building", allowed: 3, used: 3 });

    test("refuses before the create's own request, and counts those to come, each once", async () => {
        const create = jest.fn();
        const { lifecycle } = lifecycleOf(roomKind({ ceiling, create }));
        const inputsOf = (name: string) => ({ ...red, code: `${name}-room`, __resource: urnOf(name) });
        for (const name of ["a", "b", "c", "b"]) lifecycle.check(subject, {}, inputsOf(name));
        lifecycle.check(subject, inputsOf("d"), inputsOf("d"));
        lifecycle.check(subject, {}, { ...inputsOf("e"), buildingId: "1000000000000000009" });
        expect(await failureOf(lifecycle.create(subject, inputsOf("a")))).toMatchObject({
            message: expect.stringMatching(
                /the plan allows 3 rooms in the building and there are 3; nothing was requested, and 2 further ones are to come/,
            ),
        });
        expect(await failureOf(lifecycle.create(subject, inputsOf("b")))).toMatchObject({
            message: expect.stringContaining("and 1 further one is to come"),
        });
        expect(create).not.toHaveBeenCalled();
    });

    test("has nothing to say about what is there already", async () => {
        const found = { id: "1", remote: { ...red, url: "u" }, foreign: false, obstacles: [] };
        const { lifecycle } = lifecycleOf(roomKind({ ceiling, find: async () => found }));
        expect(await lifecycle.create(subject, red)).toMatchObject({ id: "1" });
    });
});

describe("3.7 guards", () => {
    const known = (more: Properties = {}) => ({ inputs: { ...red, ...more }, outputs: { ...red, __service: origin } });
    const guard = async () => ["3 chairs", "a table"];

    test("name what is in the way, and delete nothing", async () => {
        const remove = jest.fn();
        const { lifecycle } = lifecycleOf(roomKind({ guard, delete: remove }));
        expect(await failureOf(lifecycle.delete(subject, "1", known()))).toMatchObject({
            message: expect.stringMatching(/it still holds 3 chairs, a table, .*forceDestroy: true/),
        });
        expect(remove).not.toHaveBeenCalled();
    });

    test("are not asked with forceDestroy, in inputs or in outputs alone", async () => {
        const remove = jest.fn();
        const asked = jest.fn(guard);
        const { lifecycle } = lifecycleOf(roomKind({ guard: asked, delete: remove }));
        await lifecycle.delete(subject, "1", known({ forceDestroy: true }));
        await lifecycle.delete(subject, "2", { inputs: {}, outputs: { forceDestroy: true, __service: origin } });
        expect([asked.mock.calls.length, remove.mock.calls.length]).toEqual([0, 2]);
    });

    test("what is not found is deleted already, whoever says so", async () => {
        const gone = () => Promise.reject(refused("not-found"));
        for (const verbs of [{ guard: gone }, { delete: gone }])
            await lifecycleOf(roomKind(verbs)).lifecycle.delete(subject, "1", known());
    });
});

test("a kind that this version does not know is said to be unknown", () => {
    const { lifecycle } = lifecycleOf();
    expect(() => lifecycle.check(subject, {}, red)).toThrow("there is no kind Room in this version of pulumi-fastio");
});

test("4.10 check and diff ask for no client", () => {
    const lifecycle = new Lifecycle({
        definitions: new Map([["Room", roomKind()]]),
        client: () => {
            throw new Error("a client was asked for");
        },
        session: new Session(),
        log: () => {},
    });
    lifecycle.check(subject, {}, { ...red, __resource: urnOf("red") });
    lifecycle.diff(subject, "1", { inputs: red, outputs: red }, { ...red, name: "Blue room" });
});
